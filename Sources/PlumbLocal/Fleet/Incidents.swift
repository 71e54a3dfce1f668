// What happens to workers, written into the audit record with its reason.

import Logging
import PlumbModel
import ServiceLifecycle

/// Something that befell a worker without anybody's asking.
struct Incident: Sendable, Hashable {
    /// `worker.ended`, `worker.stalled`, `worker.ejected`, `worker.readmitted`, `worker.killed`.
    var action: String
    var worker: String
    var endpoint: String
    var reason: String
}

/// Takes incidents from whoever notices them and appends them to the record, one after another.
final class Incidents: Service {
    private let ledger: StoreLedger
    /// Seconds since 1970.
    let now: @Sendable () -> Double
    private let log: Logger
    private let stream: AsyncStream<AuditEntry>
    private let continuation: AsyncStream<AuditEntry>.Continuation
    /// Incidents that may wait to be written; older ones give way, and stand in the log all the same.
    private static let waitingMax = 512

    init(ledger: StoreLedger, now: @escaping @Sendable () -> Double, log: Logger) {
        self.ledger = ledger
        self.now = now
        self.log = log
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.waitingMax))
    }

    func tell(_ incident: Incident) {
        log.warning("\(incident.action): \(incident.reason)", metadata: ["worker": "\(incident.worker)"])
        continuation.yield(
            AuditEntry(
                at: now(), actor: "plumb", action: incident.action,
                subject: "worker/\(incident.endpoint)/\(incident.worker)", details: ["reason": incident.reason]))
    }

    func run() async throws {
        for await entry in stream.cancelOnGracefulShutdown() {
            do {
                try await ledger.append(entry)
            } catch {
                log.error("an incident could not be written down", metadata: ["error": "\(error)"])
            }
        }
    }
}
