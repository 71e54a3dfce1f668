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

    static func starter(name: String, team: String, model: String) -> String {
        SpecStarter.text(name: name, team: team, model: model)
    }

    // MARK: - Judging

    static func today() -> Day { Day(secondsSinceEpoch: Date().timeIntervalSince1970) }

    /// Compiles a spec to the whole architecture and holds it to the policies.
    static func assess(_ loaded: LoadedSpec) -> Assessment {
        var graph = Architecture.compile(loaded.spec, asOf: today())
        graph.environmentIsAssumed = loaded.environmentIsAssumed
        return PolicyBook.assess(graph, path: loaded.path, diagnostics: loaded.diagnostics)
    }

    static func assess(_ graph: Graph, path: String) -> Assessment { PolicyBook.assess(graph, path: path) }

    // MARK: - Telling

    private static var style: TextStyle { TextStyle(colours: Terminal.wantsColours, width: Terminal.width) }

    static func text(_ assessment: Assessment) -> String { TextReport.render(assessment, style: style) }
    static func json(_ assessment: Assessment) -> String { JSONReport.render(assessment, style: style) }

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

    /// Whether the files a revision was made of are still what they were.
    static func isUnchanged(_ revision: Revision, in home: String) -> Bool {
        guard revision.spec.model.command == nil, let path = revision.spec.model.path else { return true }
        // Unreadable is not unchanged.
        return (try? ArtifactStore.digest(ofFileAt: revision.absolute(path))) == revision.modelDigest
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
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// An embedded engine in pieces, and how to put it away.
    struct EmbeddedEngine {
        var plane: any ControlPlane
        var services: [any Service]
        var whenShutDown: (@escaping @Sendable () -> Void) async -> Void
        var close: () async throws -> Void
    }

    static func embeddedEngine(
        home: String, host: String, port: Int, threads: Int, log: Logger
    ) async throws -> EmbeddedEngine {
        let house = try await LocalHouse(
            LocalSettings(
                folder: home, host: host, port: port, workerPath: workerPath, threads: threads, version: version),
            log: log)
        let (plane, services) = try await house.furnish()
        let control = ControlService(plane, socketPath: controlSocket(home), log: log)
        return EmbeddedEngine(
            plane: plane, services: services + [control], whenShutDown: { await plane.whenShutDown($0) },
            close: { try await house.close() })
    }
}
