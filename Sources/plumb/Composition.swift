// Where all meets: the only file that names a concrete engine, format or report.

import Foundation
import Logging
import PlumbConsole
import PlumbEngine
import PlumbFormats
import PlumbLocal
import PlumbModel
import PlumbPolicy
import PlumbReport
import PlumbStore
import ServiceLifecycle

/// Builds what the commands need.
enum Composition {
    static let version = "0.1.0"

    // MARK: - Reading

    /// A spec and the folder its paths start from.
    struct LoadedSpec {
        var spec: Spec
        var folder: String
        var path: String
        var diagnostics: [Diagnostic]
        var environmentIsAssumed: Bool
    }

    /// Reads one spec file. Its errors are all told at once; then `invalidInput` is thrown.
    static func loadSpec(_ path: String, environment: PlumbModel.Environment?) throws -> LoadedSpec {
        let data = try contents(of: path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw PlumbError(.invalidInput, "\(path) is not UTF-8 text", hint: "save it as UTF-8")
        }
        let reading = SpecReader.read(text, file: path, environment: environment)
        let errors = reading.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty, let spec = reading.spec else {
            Terminal.tell(reading.diagnostics)
            throw PlumbError(
                .invalidInput, "\(path) has \(errors.count) error\(errors.count == 1 ? "" : "s")",
                hint: "plumb spec schema describes every key; plumb spec init writes a file to start from")
        }
        let absolute = URL(fileURLWithPath: path).standardizedFileURL
        return LoadedSpec(
            spec: spec, folder: absolute.deletingLastPathComponent().path, path: path,
            diagnostics: reading.diagnostics, environmentIsAssumed: reading.environmentIsAssumed)
    }

    private static func contents(of path: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlumbError(
                .notFound, "\(path) is not there or cannot be read", hint: "plumb spec init > \(path) writes a starter")
        }
        return data
    }

    static var schema: String { SpecSchema.jsonSchema() }
    static var policySchema: String { PolicyFileSchema.jsonSchema() }

    static func starter(name: String, team: String, model: String) -> String {
        SpecStarter.text(name: name, team: team, model: model)
    }

    /// One thing to judge, and what was odd about it.
    struct Subject: Sendable {
        var graph: Graph
        var path: String
        var diagnostics: [Diagnostic]
        /// The ways in which a template's open conditions can turn out; `graph` is the first of them. Empty where there
        /// is but one.
        var worlds: [TemplateReading.World] = []

        var graphs: [Graph] { worlds.isEmpty ? [graph] : worlds.map(\.graph) }

        /// This subject, reckoned by other prices than the embedded ones.
        func priced(by prices: PriceBook) -> Subject {
            var subject = self
            subject.graph.prices = prices
            for index in subject.worlds.indices { subject.worlds[index].graph.prices = prices }
            return subject
        }
    }

    /// Everything there is to judge, and all that is wrong with the input.
    struct Loading: Sendable {
        var subjects: [Subject] = []
        var diagnostics: [Diagnostic] = []
    }

    /// Tells specs, templates and plans apart by their content, and reads them: all templates are one deployment, each
    /// spec and each plan is one of its own.
    ///
    /// A file that nobody named and that is none of these is left out with a note; one that was named is an error.
    static func load(
        _ files: [InputFile], kind: String?, parameters: [String: String], environment: PlumbModel.Environment?
    ) -> Loading {
        var loading = Loading()
        var templates: [InputFile] = []
        var others: [String] = []
        for file in files {
            let found = FileTongue(file.bytes, isNamed: file.isNamed)
            let forced = kind.flatMap { FileTongue(rawValue: $0) }
            switch file.isNamed ? forced ?? found : forced == nil || forced == found ? found : nil {
            case .spec: loadSpec(file, environment, into: &loading)
            case .cloudformation: templates.append(file)
            case .terraform: loadPlan(file, environment, into: &loading)
            case nil where file.isNamed: loading.diagnostics.append(isOfNoTongue(file))
            case nil: others.append(file.path)
            }
        }
        if !templates.isEmpty { loadTemplates(templates, parameters, environment, into: &loading) }
        if let kind, !others.isEmpty {
            let names = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
            loading.diagnostics.append(Diagnostic(.note, "left out, being no \(kind): \(names)"))
        }
        return loading
    }

    /// Whether a file that nobody named is one to judge.
    static func isJudgeable(_ bytes: [UInt8]) -> Bool { FileTongue(bytes, isNamed: false) != nil }

    private static func loadSpec(
        _ file: InputFile, _ environment: PlumbModel.Environment?, into loading: inout Loading
    ) {
        let reading = SpecReader.read(bytes: file.bytes, file: file.path, environment: environment)
        guard let spec = reading.spec else {
            loading.diagnostics += reading.diagnostics
            return
        }
        var graph = Architecture.compile(spec, asOf: today())
        graph.environmentIsAssumed = reading.environmentIsAssumed
        loading.subjects.append(Subject(graph: graph, path: file.path, diagnostics: reading.diagnostics))
    }

    private static func loadTemplates(
        _ files: [InputFile], _ parameters: [String: String], _ environment: PlumbModel.Environment?,
        into loading: inout Loading
    ) {
        var documents = files.compactMap { document($0, into: &loading) }
        guard documents.count == files.count else { return }
        addNested(to: &documents, &loading)
        let reading = TemplateReader.read(documents, parameters: parameters, environment: environment, asOf: today())
        guard let first = reading.worlds.first, !reading.hasErrors else {
            loading.diagnostics += reading.diagnostics
            return
        }
        let path = files.count == 1 ? files[0].path : "\(files[0].path) and \(files.count - 1) more"
        loading.subjects.append(
            Subject(
                graph: first.graph, path: path, diagnostics: reading.diagnostics,
                worlds: reading.worlds.count > 1 ? reading.worlds : []))
    }

    /// Templates that others nest by local path are read with them, whether they were named or not.
    private static func addNested(to documents: inout [SourceDocument], _ loading: inout Loading) {
        var seen = Set(documents.map { URL(filePath: $0.path).standardizedFileURL.path })
        var index = 0
        while index < documents.count, documents.count < nestedMax {
            for path in documents[index].nestedTemplatePaths
            where seen.insert(URL(filePath: path).standardizedFileURL.path).inserted && FileKind(path) == .file {
                do throws(PlumbError) {
                    let file = InputFile(path: path, bytes: try Input.contents(of: path), isNamed: true)
                    if let nested = document(file, into: &loading) { documents.append(nested) }
                } catch {
                    loading.diagnostics.append(Diagnostic(.error, error.message, at: error.place, hint: error.hint))
                }
            }
            index += 1
        }
    }

    /// Templates of one deployment; CloudFormation allows 500 stacks below one.
    private static let nestedMax = 500

    private static func loadPlan(
        _ file: InputFile, _ environment: PlumbModel.Environment?, into loading: inout Loading
    ) {
        guard let document = document(file, into: &loading) else { return }
        let reading = PlanReader.read(document, environment: environment, asOf: today())
        guard let graph = reading.graph, !reading.hasErrors else {
            loading.diagnostics += reading.diagnostics
            return
        }
        loading.subjects.append(Subject(graph: graph, path: file.path, diagnostics: reading.diagnostics))
    }

    /// A parsed file; what is wrong with it is told with the rest.
    private static func document(_ file: InputFile, into loading: inout Loading) -> SourceDocument? {
        switch SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)) {
        case .success(let document): return document
        case .failure(let error):
            loading.diagnostics.append(Diagnostic(.error, error.message, at: error.place, hint: error.hint))
            return nil
        }
    }

    private static func isOfNoTongue(_ file: InputFile) -> Diagnostic {
        let keys = FileTongue.topKeys(of: file.bytes).map { "'\($0)'" }.joined(separator: ", ")
        let found =
            file.bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
            ? "it is empty"
            : file.bytes.prefix(4096).contains(0)
                ? "it is not text"
                : keys.isEmpty ? "it is no mapping" : "its top keys are \(keys)"
        let hint =
            file.path.hasSuffix(".tf")
            ? "terraform plan -out=plan, then: terraform show -json plan | plumb check -"
            : "a spec has `workload:` and `model:`, a template `Resources:`, a plan (terraform show -json) "
                + "`planned_values`; --kind reads it as one"
        return Diagnostic(
            .error, "this is no spec, CloudFormation template or Terraform plan: \(found)", at: Place(file: file.path),
            hint: hint)
    }

    // MARK: - Judging

    static func today() -> Day { Day(secondsSinceEpoch: Date().timeIntervalSince1970) }

    /// The whole architecture that a spec describes.
    static func compiled(_ loaded: LoadedSpec) -> Graph {
        var graph = Architecture.compile(loaded.spec, asOf: today())
        graph.environmentIsAssumed = loaded.environmentIsAssumed
        return graph
    }

    /// Holds what a spec is compiled to, to the policies.
    static func assess(_ loaded: LoadedSpec, compiled graph: Graph, under overlay: PolicyOverlay) async -> Assessment {
        await PolicyBook.assessSideBySide(graph, path: loaded.path, diagnostics: loaded.diagnostics, under: overlay)
    }

    static func assess(_ subject: Subject, under overlay: PolicyOverlay) async -> Assessment {
        func assess(_ graph: Graph) async -> Assessment {
            await PolicyBook.assessSideBySide(
                graph, path: subject.path, diagnostics: subject.diagnostics, under: overlay)
        }
        guard !subject.worlds.isEmpty else { return await assess(subject.graph) }
        var assessments: [(TemplateReading.World, Assessment)] = []
        for world in subject.worlds { assessments.append((world, await assess(world.graph))) }
        return PolicyBook.combine(assessments.map { ($0.0.assumptions, $0.1) })
    }

    /// The name of the policy file that is read where none is named.
    static let policyFile = "plumb.policy.yaml"

    /// What the organisation lays over the book: the file at `path`, else the working folder's, else nothing. Its
    /// errors are all told at once; then `invalidInput` is thrown.
    static func overlay(_ path: String?) throws -> PolicyOverlay {
        guard path != nil || FileKind(policyFile) != nil else { return PolicyOverlay() }
        let path = path ?? policyFile
        guard FileKind(path) == .file else {
            throw PlumbError(.notFound, "\(path) is no file", hint: "docs/POLICY.md says what a policy file may hold")
        }
        let reading = PolicyFileReader.read(try Input.contents(of: path), file: path)
        Terminal.tell(reading.diagnostics)
        guard var overlay = reading.overlay else {
            throw PlumbError(
                .invalidInput, "\(path) cannot be used", hint: "plumb spec schema --policy describes every key")
        }
        overlay.leftOut = try PolicyBook.leftOut(only: overlay.only, skip: overlay.skip, named: "in \(path)")
        return overlay
    }

    // MARK: - Telling

    static var style: TextStyle {
        TextStyle(colours: Terminal.wantsColours, width: Terminal.width, toolVersion: version)
    }

    /// The assessments in a format; text is laid out for the terminal only where it goes there.
    static func render(
        _ assessments: [Assessment], as format: ReportOption, showsUnknown: Bool = false, isForTerminal: Bool = true
    ) -> String {
        var style = isForTerminal ? style : TextStyle(toolVersion: version)
        style.showsUnknown = showsUnknown
        return format.format.render(assessments, style: style)
    }

    /// What changed, step by step in the resources and as a whole in the verdicts, and the findings that are new.
    static func difference(
        from before: Assessment, to after: Assessment, resources steps: [DriftStep], format: OutputFormat
    ) -> (text: String, new: [Finding]) {
        let difference = AssessmentDiff(from: before, to: after)
        let text =
            format == .json
            ? DiffReport.json(difference, resources: steps)
            : DiffReport.text(difference, resources: steps, style: style)
        return (text, difference.new)
    }

    /// The review of one policy document. What sort it is, its principals tell where nobody says it.
    static func review(
        _ file: InputFile, kind: AccessPolicyKind?, accounts: Set<String>, format: OutputFormat
    ) throws -> (text: String, findings: [AccessFinding]) {
        let source = SourceFile(path: file.path, bytes: file.bytes)
        let reading = try AccessPolicyReader.read(source)
        let kind = kind ?? reading.apparentKind
        // What is no policy about the text comes first: the rest is reviewed as far as it could be read.
        let findings =
            reading.findings + AccessReview.findings(in: reading.document, kind: kind, ownAccounts: accounts)
        let text =
            format == .json
            ? AccessReport.json(findings, of: file.path, kind: kind)
            : AccessReport.text(findings, of: file.path, kind: kind, style: style)
        return (text, findings)
    }

    /// Writes a report whole or not at all; folders on the way are made.
    static func write(_ text: String, to path: String) throws {
        let url = URL(filePath: path).resolvingSymlinksInPath()
        switch FileKind(url.path) {
        case nil: try AtomicFile.makeFolder(url.deletingLastPathComponent().path, permissions: 0o755)
        case .file: break
        case .folder: throw PlumbError(.invalidInput, "\(path) is a folder", hint: "name a file in it")
        case .other:
            throw PlumbError(.invalidInput, "\(path) is no file", hint: "--format writes to standard output")
        }
        try AtomicFile.write(Data(text.utf8), to: url.path, permissions: 0o644)
    }

    /// A control, a policy or the whole book, explained.
    static func explain(_ id: String?, format: OutputFormat) throws(PlumbError) -> String {
        guard let id else {
            return format == .json
                ? ExplainReport.json(PolicyBook.policies) : ExplainReport.list(PolicyBook.policies, style: style)
        }
        if let (policy, control) = PolicyBook.control(id) {
            return format == .json
                ? ExplainReport.json(control, of: policy) : ExplainReport.text(control, of: policy, style: style)
        }
        guard let policy = PolicyBook.policies.first(where: { $0.id == id.uppercased() }) else {
            let known = PolicyBook.policies.map(\.id).joined(separator: ", ")
            throw PlumbError(
                .notFound, "there is no control or policy '\(id)'",
                hint: "the policies are \(known); plumb explain lists their controls")
        }
        return format == .json ? ExplainReport.json([policy]) : ExplainReport.list([policy], style: style)
    }

    // MARK: - Running

    /// The folder of an engine's state: an option, else PLUMB_HOME, else `.plumb`; absolute.
    static func home(_ option: String?) -> String {
        let path = option ?? ProcessInfo.processInfo.environment["PLUMB_HOME"] ?? ".plumb"
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// A spec's text, and what is odd about it.
    static func reading(of text: String, path: String) -> (spec: Spec?, diagnostics: [Diagnostic]) {
        let reading = SpecReader.read(bytes: Array(text.utf8), file: path, environment: nil)
        return (reading.spec, reading.diagnostics)
    }

    static func digest(ofFileAt path: String) throws -> String { try ArtifactStore.digest(ofFileAt: path) }

    /// Copies a file over one that may be there, which is whole at any time.
    static func copyFile(_ path: String, to target: String) throws {
        try AtomicFile.write(Data(try contents(of: path)), to: target)
    }

    static func absolute(_ path: String, from folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    /// Whether the files a revision was made of are still what they were.
    static func isUnchanged(_ revision: Revision, in home: String) -> Bool {
        guard revision.spec.model.command == nil, let path = revision.spec.model.path else { return true }
        let file = revision.absolute(path)
        guard revision.spec.model.isMultiModel else {
            // Unreadable is not unchanged.
            return (try? ArtifactStore.digest(ofFileAt: file)) == revision.modelDigest
        }
        // The same.
        return (try? ArtifactStore.digest(ofModelsIn: file)) == revision.modelDigest
    }

    static func controlSocket(_ home: String) -> String { RunFolder.controlSocket(for: home) }

    /// The model server: PLUMB_WORKER, else beside this program.
    static var workerPath: String {
        if let path = ProcessInfo.processInfo.environment["PLUMB_WORKER"] { return path }
        return URL(fileURLWithPath: executablePath).deletingLastPathComponent().appendingPathComponent("plumb-worker")
            .path
    }

    /// This program's own file.
    static var executablePath: String {
        // Where there is no /proc the name it was called by has to do.
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        guard let path else { return CommandLine.arguments[0] }
        // Linux says so of a program whose file was replaced; its successor lies at the same path.
        let gone = " (deleted)"
        return path.hasSuffix(gone) ? String(path.dropLast(gone.count)) : path
    }

    /// An embedded engine in pieces, and how to put it away.
    struct EmbeddedEngine {
        var plane: any ControlPlane
        var services: [any Service]
        var whenShutDown: (@escaping @Sendable () -> Void) async -> Void
        var close: () async throws -> Void
        /// Becomes the program anew, as `LocalHouse.handOver` does.
        var replace: @Sendable () async throws -> Void
    }

    /// Where an engine's state and the proofs of it are kept a second time.
    struct Keeping {
        var backup: String?
        var anchoring: AnchorOptions
        var alarms: AlarmOptions
        var passphrase: String?
        var drillSeconds: Double?
    }

    static func openListener(host: String, port: Int) throws -> Int32 {
        try ListeningSocket.open(host: host, port: port)
    }

    /// What workers here would be kept from, in words, and whether nothing is missing.
    static func isolation(home: String) async -> (text: String, remedy: String?) {
        await WorkerIsolation.look(worker: workerPath, home: home)
    }

    static func embeddedEngine(
        home: String, host: String, port: Int, threads: Int, region: String, readsModelsFromS3: Bool,
        clientCertificates: ClientCertificates, workerMemoryMiB: Int?, keeping: Keeping, console place: ConsolePlace,
        tracing: Tracing?, through line: OutsideLine, log: Logger
    ) async throws -> EmbeddedEngine {
        var settings = LocalSettings(
            folder: home, host: host, port: port, workerPath: workerPath, threads: threads, version: version,
            region: region)
        settings.workerMemoryBytesMax = workerMemoryMiB.map { $0 << 20 }
        settings.asksClients = clientCertificates != .off
        settings.needsClientCertificates = clientCertificates == .required
        try await keep(keeping, in: &settings, through: line, log: log)
        settings.tracing = tracing?.settings
        settings.prices = try prices(in: home)
        let house = try await LocalHouse(settings, monitor: CapturedTrafficMonitor(), log: log)
        begin(house.tracer)
        let (plane, services) = try await house.furnish()
        let face = try await awsFace(over: plane, home: home, modelsFrom: readsModelsFromS3 ? region : nil, log: log)
        let desk = ControlDesk(plane, face: face, log: log)
        house.seat(desk)
        let console = try console(
            over: plane, of: house, desk: desk, settings: settings, home: home, place, log: log)
        let control = ControlService(plane, socketPath: controlSocket(home), console: console?.console, log: log)
        let faces: [any Service] = console.map { [$0.drills] + $0.console.services } ?? []
        let drills = keeping.drillSeconds.map {
            [DrillService(plane: plane, home: home, passphrase: keeping.passphrase, everySeconds: $0, log: log)]
        }
        return EmbeddedEngine(
            plane: plane, services: services + [face, control] + faces + (drills ?? []),
            whenShutDown: { await plane.whenShutDown($0) },
            close: {
                try await house.close()
                try await tracing?.collector?.close()
                try await line.close()
            },
            replace: {
                try await house.handOver(to: executablePath, arguments: Array(CommandLine.arguments.dropFirst()))
            })
    }
}

extension ReportOption {
    /// The report's own name for it.
    fileprivate var format: ReportFormat {
        switch self {
        case .text: .text
        case .json: .json
        case .sarif: .sarif
        case .junit: .junit
        case .markdown: .markdown
        case .html: .html
        case .github: .github
        case .badge: .badge
        }
    }
}
