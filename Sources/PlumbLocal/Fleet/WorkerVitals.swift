// What one worker has answered since it was last looked at; counted by event loops, read once a second.

import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine

/// Counters of one worker.
final class WorkerVitals: Sendable {
    private let counted = NIOLockedValueBox(InstanceVitals(id: "", isReady: false))

    func answered(status: Int, in time: TimeAmount) {
        counted.withLockedValue { vitals in
            vitals.requests += 1
            vitals.faultsInARow = 0
            vitals.latencySeconds += Double(time.nanoseconds) / 1e9
            if status >= 500 { vitals.serverErrors += 1 }
        }
    }

    func faulted() {
        counted.withLockedValue { vitals in
            vitals.faults += 1
            vitals.faultsInARow += 1
        }
    }

    /// Whether it has failed so often in a row that its health check alone proves nothing any more.
    var isDoubtful: Bool { counted.withLockedValue { $0.faultsInARow >= OutlierMachine.faultsInARowMax } }

    /// A new process bears no blame for the old one's faults.
    func clear() { counted.withLockedValue { $0 = InstanceVitals(id: "", isReady: false) } }

    /// What was counted since the last call.
    func take(id: String, isReady: Bool) -> InstanceVitals {
        counted.withLockedValue { vitals in
            var taken = vitals
            (taken.id, taken.isReady) = (id, isReady)
            let inARow = vitals.faultsInARow
            vitals = InstanceVitals(id: "", isReady: false)
            vitals.faultsInARow = inARow
            return taken
        }
    }
}
