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
        let (succeeded, text) = try await DrillProcess(home: home, passphrase: passphrase).run("dr")
        guard !succeeded else { return log.notice("the recovery was practised, as it is on schedule") }
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
}
