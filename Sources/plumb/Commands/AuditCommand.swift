// plumb audit: what was done, by whom.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read the audit record of control actions, and erase a subject's captures.",
        subcommands: [AuditLogCommand.self, AuditEraseCommand.self])
}

struct AuditLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Print the newest entries, oldest first.",
        discussion: "Example: plumb audit log --limit 20 --format json")

    @Option(help: "How many entries.") var limit = 50
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        guard limit > 0 else { throw ValidationError("--limit takes a number from 1 up") }
        let entries = try await entries()
        guard format.format == .text else { return try Terminal.printJSON(entries) }
        for entry in entries {
            let time = Date(timeIntervalSince1970: entry.at).formatted(.iso8601)
            let details = entry.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let outcome = entry.outcome == .done ? "" : " \(entry.outcome.rawValue)"
            print("\(time) \(entry.actor) \(entry.action)\(outcome) \(entry.subject) \(details.joined(separator: " "))")
        }
    }

    /// From the engine that holds the record; where none runs, from the record itself.
    private func entries() async throws -> [AuditEntry] {
        do {
            return try await RemotePlane.with(socketPath: home.controlSocket) { plane in
                try await plane.auditEntries(limit: limit)
            }
        } catch let error as PlumbError where error.kind == .notFound {
            guard let kept = try await Composition.keptAuditEntries(in: home.folder, limit: limit) else { throw error }
            return kept
        }
    }
}

struct AuditEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase every captured request and answer of one subject (GDPR, article 17).",
        discussion: """
            A record is the subject's when its inference id, its request id, or
            subject=… in its X-Amzn-SageMaker-Custom-Attributes is the name given. The
            audit record keeps how many records went, and not whose.

            Example: plumb audit erase --subject patient-4711
            """)

    @Option(help: "The subject's name, exactly as requests carry it.") var subject: String
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let count = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            try await plane.eraseCaptures(of: subject, by: Actor.name)
        }
        if format.format == .json { return try Terminal.printJSON(["records": count]) }
        print("\(count) captured \(count == 1 ? "record is" : "records are") erased")
    }
}
