// Practises a recovery on schedule, in a process of its own, and says so loudly when it fails.

import Foundation
import Logging
import PlumbEngine
import PlumbModel
import ServiceLifecycle

/// One drill at a time: the loop waits for it.
struct DrillService: Service {
    let plane: any ControlPlane
    let home: String
    let passphrase: String?
    let everySeconds: Double
    let log: Logger
    private static let pauseSeconds = 5.0
    /// Of what a drill said, what is kept.
    private static let outputMax = 2000

    func run() async throws {
        var machine = DrillMachine(everySeconds: everySeconds, startedAt: Date().timeIntervalSince1970)
        while !Task.isShuttingDownGracefully {
            do {
                try await look(&machine)
            } catch {
                log.error("the recovery drill cannot be run: \(error)")
            }
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(Self.pauseSeconds)) }
            } catch {
                break
            }
        }
    }

    private func look(_ machine: inout DrillMachine) async throws {
        // Nothing can answer where nothing serves: that is no drill that failed.
        guard try await plane.status().endpoints.contains(where: { $0.record.active != nil }) else { return }
        let before = try newest()
        let last = before.map { DrillMachine.Drill(at: $0.at, succeeded: $0.outcome == .done) }
        guard machine.tick(at: Date().timeIntervalSince1970, last: last) else { return }
        let (status, text) = try await drill()
        guard status != 0 else { return log.notice("the recovery was practised, as it is on schedule") }
        log.critical("the recovery drill FAILED: \(text)")
        // One that ended before it wrote anything down is written down here.
        guard try newest() == before else { return }
        let entry = AuditEntry(
            at: 0, actor: "", action: "drill.dr", subject: "engine", outcome: .failed, details: ["failure": text])
        try await plane.note(entry, by: "plumb")
    }

    private func newest() throws -> AuditEntry? {
        try Composition.drills(in: home, last: 1, kinds: ["drill.dr"]).last
    }

    private func drill() async throws -> (status: Int32, text: String) {
        var environment = ProcessInfo.processInfo.environment.filter { $0.key != "PLUMB_ENGINE_URL" }
        if let passphrase { environment["PLUMB_PASSPHRASE"] = passphrase }
        let run = try await Program.run(
            Composition.executablePath, ["drill", "dr", "--record", "--home", home], environment: environment)
        let text = (run.output + run.errors).trimmingCharacters(in: .whitespacesAndNewlines)
        return (run.status, String(text.suffix(Self.outputMax)))
    }
}
