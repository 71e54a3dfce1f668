// Drills that somebody starts at the console: one at a time, each in a process of its own.

import Foundation
import Logging
import PlumbConsole
import PlumbEngine
import PlumbModel
import ServiceLifecycle
import Synchronization

/// Runs `plumb drill` for whoever may ask for it; what it measured goes into the audit record, as from the terminal.
final class PractisedDrills: DrillGround, Service {
    private let plane: any ControlPlane
    private let process: DrillProcess
    private let log: Logger
    private let newest = Mutex<DrillRun?>(nil)
    private let orders: AsyncStream<DrillRun>
    private let continuation: AsyncStream<DrillRun>.Continuation
    /// Drills that wait for the one under way.
    private static let ordersMax = 1

    init(plane: any ControlPlane, home: String, passphrase: String?, log: Logger) {
        self.plane = plane
        process = DrillProcess(home: home, passphrase: passphrase)
        self.log = log
        (orders, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.ordersMax))
    }

    func latest() -> DrillRun? { newest.withLock { $0 } }

    func start(_ run: DrillRun) throws {
        let isFree = newest.withLock { latest in
            guard latest?.succeeded != nil || latest == nil else { return false }
            latest = run
            return true
        }
        guard isFree, case .enqueued = continuation.yield(run) else {
            throw PlumbError(.conflict, "a drill is under way already", hint: "wait until it has ended")
        }
    }

    func run() async throws {
        for await order in orders.cancelOnGracefulShutdown() {
            var ended = order
            do {
                try await plane.note(
                    AuditEntry(
                        at: 0, actor: "", action: "drill.start",
                        subject: order.endpoint.map { "endpoint/\($0)" } ?? "engine",
                        details: ["kind": order.kind.rawValue]), by: order.by)
                (ended.succeeded, ended.text) = try await practise(order)
            } catch {
                log.error("the drill cannot be run: \(error)")
                (ended.succeeded, ended.text) = (false, "the drill cannot be run; the engine's log says why")
            }
            ended.endedAt = Date().timeIntervalSince1970
            let told = ended
            newest.withLock { $0 = told }
        }
    }

    private func practise(_ order: DrillRun) async throws -> (succeeded: Bool, text: String) {
        // Who started it has agreed. A name that begins with a hyphen is no option.
        try await process.run(order.kind.rawValue, order.endpoint.map { ["--yes", "--", $0] } ?? [])
    }
}
