// Where plumb optimize meets SageMaker: a spec's model compiled there, and what came of it.

public import ArgumentParser
import Foundation
public import PlumbAWS
import PlumbFormats
import PlumbModel
import PlumbStore

extension CompilationFramework: ExpressibleByArgument {}

extension Composition {
    typealias ModelFramework = CompilationFramework

    /// A job that is described and not begun, without the room that it comes from.
    struct Compilation: Sendable {
        fileprivate var order: CompilationOrder
        /// What is published first; nil where the model lies in S3.
        fileprivate var upload: ArtefactSource?
        fileprivate var bucket: String
        /// SHA-256 of the model, where it is known.
        fileprivate var modelDigest: String?
        fileprivate var ownNotes: [String]

        var notes: [String] { order.notes + ownNotes }
        var kind: String { order.kind.noun }
        var name: String { order.name(attempt: 1) }
        /// The request as AWS's command line takes it: `aws sagemaker create-compilation-job --cli-input-json`.
        var request: any Encodable & Sendable { order.request(named: name) }
        /// What is asked before it is begun.
        var question: String {
            "Start \(kind) \(name) for \(order.target) in \(order.region), with \(order.source)?"
        }
    }

    /// How a job has ended, and the record of it for the spec; nil where nothing was made that could be digested.
    struct Compiled: Sendable {
        var isGood: Bool
        var lines: [String]
        var report: any Encodable & Sendable
        var record: OptimizationRecord?
    }

    // MARK: - The order

    /// Reads what is to be compiled, and from what. Throws for what SageMaker's documentation rules out.
    static func compilation(
        of given: LoadedSpec, _ options: CompilationOptions, for text: String
    ) throws -> Compilation {
        let loaded = try withDigest(given)
        let spec = loaded.spec
        let target = try CompilationTarget(text, instanceType: spec.instances.type)
        guard let role = options.role, let account = CompilationOrder.account(ofRole: role) else {
            throw PlumbError(
                .invalidInput, "SageMaker has to take on a role for the job",
                hint: "--role arn:aws:iam::ACCOUNT:role/NAME; docs/OPTIMIZE.md says what it may do")
        }
        let bucket = Rendering.artefactBucket(of: spec, account: account)
        let isLanguageModel = target.kind == .optimization
        let model = try source(of: loaded, options, isLanguageModel: isLanguageModel)
        var order = CompilationOrder(
            endpoint: spec.name, target: target, region: spec.region, role: role,
            source: model.upload.map { "s3://\(bucket)/\($0.key)" } ?? model.path,
            results: try folder(options.results ?? "s3://\(bucket)/compiled"),
            secondsMax: 60 * (options.jobMinutes ?? (isLanguageModel ? 720 : 30)))
        order.framework = options.framework ?? .onnx
        order.frameworkVersion = options.frameworkVersion
        order.compilerOptions = options.compilerOptions
        order.quantization = options.quantize?.rawValue
        order.image = options.image
        order.settings = try ParameterValues.read(files: [], words: options.setting)
        order.key = options.kmsKey
        order.tags = [
            "ml:endpoint": spec.name, "ml:team": spec.team, "ml:environment": spec.environment.rawValue,
        ]
        var notes: [String] = []
        if !isLanguageModel { order.inputs = try inputs(options.input, of: model.onnx, &notes) }
        if model.digest == nil {
            notes.append("the model's digest is not known here: PERF-2.1 asks for a baselineDigest in the record")
        }
        if options.kmsKey == nil { notes.append("the result is encrypted as its bucket does by itself (--kms-key)") }
        try order.check()
        return Compilation(
            order: order, upload: model.upload, bucket: bucket, modelDigest: model.digest, ownNotes: notes)
    }

    /// The address of a folder in S3, with a slash at its end.
    private static func folder(_ text: String) throws(PlumbError) -> String {
        guard text.hasPrefix("s3://"), text.count > "s3://".count else {
            throw PlumbError(.invalidInput, "'\(text)' is no folder of a bucket", hint: "--results s3://BUCKET/PREFIX/")
        }
        return text.hasSuffix("/") ? text : text + "/"
    }

    /// The model that is compiled: where it lies, and what has to be published for that.
    private struct CompiledModel {
        var path: String
        var digest: String?
        var upload: ArtefactSource?
        /// What the file says of itself, where it is an ONNX file of this machine.
        var onnx: ONNXFile?
    }

    private static func source(
        of loaded: LoadedSpec, _ options: CompilationOptions, isLanguageModel: Bool
    ) throws -> CompiledModel {
        guard let path = options.source ?? loaded.spec.model.path else {
            throw PlumbError(
                .invalidInput, "the spec names no model that could be compiled", hint: "--source FILE or s3://…")
        }
        let isOwn = options.source == nil
        if path.hasPrefix("s3://") {
            return CompiledModel(path: path, digest: isOwn ? loaded.spec.model.digest : nil)
        }
        guard !isLanguageModel else {
            throw PlumbError(
                .unsupported, "an optimisation job reads a language model from S3, and \(path) is a file here",
                hint: "--source s3://BUCKET/FOLDER/")
        }
        let file = isOwn ? try loaded.modelFile(for: "plumb optimize --compile") : path
        let digest = try ArtifactStore.digest(ofFileAt: file)
        var model = CompiledModel(
            path: file, digest: digest,
            upload: ArtefactSource(path: file, key: "models/\(digest)/model.tar.gz", digest: digest))
        if !file.hasSuffix(".tar.gz") {
            model.onnx = try ONNXFileReader.read(try Input.contents(of: file), file: file)
        }
        return model
    }

    /// The shapes that are said, and those of the file; in the file's order, as Neo wants them.
    private static func inputs(
        _ words: [String], of file: ONNXFile?, _ notes: inout [String]
    ) throws -> [CompilationOrder.Input] {
        var said: [CompilationOrder.Input] = []
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let shape = parts.last?.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) } ?? []
            guard parts.count == 2, !shape.isEmpty, shape.allSatisfy({ $0 ?? 0 > 0 }) else {
                throw PlumbError(.invalidInput, "'\(word)' is no shape", hint: "--input NAME=1,3,224,224")
            }
            said.append(CompilationOrder.Input(name: parts[0], shape: shape.compactMap { $0 }))
        }
        guard let file else { return said }
        let known = file.inputs.map(\.name)
        if let stranger = said.first(where: { !known.contains($0.name) }) {
            throw PlumbError(
                .invalidInput, "the model has no input '\(stranger.name)'",
                hint: "it has \(known.joined(separator: ", "))")
        }
        if let version = file.operatorSets[""], version > opsetMax {
            notes.append(
                "the model has operator set \(version); SageMaker documents ONNX 1.7 and earlier, which is \(opsetMax)")
        }
        return try file.inputs.map { input in
            try said.first { $0.name == input.name } ?? fixed(input, &notes)
        }
    }
    /// The operator set of ONNX 1.7.
    private static let opsetMax = 12

    /// The shape of an input with one row a request, where the file leaves the number of rows open.
    private static func fixed(_ input: ONNXFile.Input, _ notes: inout [String]) throws -> CompilationOrder.Input {
        var shape: [Int] = []
        for (index, dimension) in (input.dimensions ?? []).enumerated() {
            switch dimension {
            case .fixed(let size): shape.append(size)
            case .named where index == 0:
                shape.append(1)
                notes.append(
                    "input \(input.name) takes one row a request; --input \(input.name)=N,… says another number")
            case .named:
                let told = input.dimensions?.map { part in
                    switch part {
                    case .fixed(let size): "\(size)"
                    case .named(let name): name.isEmpty ? "?" : name
                    }
                }
                throw PlumbError(
                    .invalidInput,
                    "what is compiled has a fixed shape, and input \(input.name) is "
                        + "[\(told?.joined(separator: ", ") ?? "?")]",
                    hint: "--input \(input.name)=1,…")
            }
        }
        guard !shape.isEmpty else {
            throw PlumbError(
                .invalidInput, "the file does not say which shape the input \(input.name) has",
                hint: "--input \(input.name)=1,3,224,224")
        }
        return CompilationOrder.Input(name: input.name, shape: shape)
    }

    // MARK: - The job

    /// Finds the job or begins it, and watches it to its end. `agree` is asked before one is begun.
    static func compile(
        _ compilation: Compilation, _ options: CompilationOptions, tell: @escaping @Sendable (String) -> Void,
        agree: (String) throws -> Void
    ) async throws -> Compiled {
        let order = compilation.order
        let target = AWSTarget(access: options.access, region: order.region, home: options.home.folder)
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
        try AtomicFile.makeFolder(folder.path)
        // What was packed is made again when it is needed.
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await withAWS(options.access, region: order.region) { client in
            let job = CompilationJob(order, client: client, listener: listener(target) { tell(line($0)) })
            let sight = try await job.find(retrying: options.retry)
            if sight.described == nil {
                try agree(compilation.question)
                if let upload = compilation.upload {
                    try await job.publish(upload, in: compilation.bucket, workFolder: folder.path)
                }
                try await job.begin(sight.name)
            }
            let report = try await LeavableWork.watch(
                leaving: "no longer watched: \(order.kind.noun) \(sight.name) goes on",
                hint: "the same command watches it again; aws sagemaker stop-\(order.kind.noun) "
                    + "--\(order.kind.noun)-name \(sight.name) stops it"
            ) { try await job.untilEnded(sight.name) }
            return compiled(report, compilation)
        }
    }

    private static func compiled(_ found: CompilationReport, _ compilation: Compilation) -> Compiled {
        var report = found
        report.notes = compilation.notes + found.notes
        var record: OptimizationRecord?
        if report.isGood, let digest = report.digest {
            var made = OptimizationRecord(technique: compilation.order.technique)
            made.tool = "\(compilation.order.tool), \(report.job)"
            made.baselineDigest = compilation.modelDigest
            made.optimizedDigest = digest
            made.day = today()
            record = made
        }
        return Compiled(isGood: report.isGood, lines: lines(of: found), report: report, record: record)
    }

    private static func lines(of report: CompilationReport) -> [String] {
        var lines = ["\(report.job) \(report.outcome)" + (report.reason.map { ": \($0)" } ?? "")]
        if let artefact = report.artefact {
            lines.append("  artefact  \(artefact)" + (report.byteCount.map { ", \($0) bytes" } ?? ""))
        }
        if let digest = report.digest { lines.append("  sha256    \(digest)") }
        if let image = report.image { lines.append("  image     \(image)") }
        // Those of the order were told before it was begun.
        lines += report.notes.map { "  note      \($0)" }
        guard report.isGood, let artefact = report.artefact else {
            if !report.isGood { lines.append("  --retry makes another job of the same order") }
            return lines
        }
        let serving =
            report.kind == .compilation
            ? "  model: {path: \(artefact), digest: \(report.digest ?? "…"), image: \(report.image ?? "…")}"
            : "  the folder and the image above (ModelDataSource), which a spec here cannot name"
        return lines + [
            "",
            "That it is faster is not shown yet (PERF-2.2), nor that it answers as well (PERF-2.3). Deploy it beside",
            "the model as it is, on the same instance type, send both the same load, and measure them with",
            "  plumb optimize SPEC --compare ENDPOINT,NEW-ENDPOINT --record",
            "Quality is yours to measure, on the same held-out rows. The spec of the new one has",
            serving,
        ]
    }
}
