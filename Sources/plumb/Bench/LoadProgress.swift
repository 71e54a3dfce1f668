// How a load is going, on one line that is written over.

import PlumbSignals
import Synchronization

/// Shown on the event loop of a load, cleared by the command.
final class LoadProgress: Sendable {
    private let progress = Mutex(Progress())
    private let durationSeconds: Double

    init(durationSeconds: Double) { self.durationSeconds = durationSeconds }

    func show(_ result: LoadResult) {
        progress.withLock { line in
            line.say(
                "\(BenchReport.number(result.rate))/s for \(BenchReport.number(durationSeconds)) s: "
                    + "\(result.requests) sent, \(result.failed) failed, p99 "
                    + BenchReport.milliseconds(result.latency.milliseconds(atPercentile: 99)))
        }
    }

    func clear() { progress.withLock { $0.clear() } }
}
