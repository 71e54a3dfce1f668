// One run of a model has an end, also where the model has none.

import OnnxRuntime
import Synchronization

/// Runs models, and ends the process when one run takes too long: an ONNX file may hold a loop that never ends.
enum RunLimit {
    /// The longest that SageMaker waits for an answer.
    static let secondsMax = 60

    private static let begun = Mutex<ContinuousClock.Instant?>(nil)
    private static let isWatched = HostProcess.startThread {
        while true {
            HostProcess.sleep(milliseconds: 1000)
            let start = begun.withLock { $0 }
            guard let start, ContinuousClock.now - start > .seconds(secondsMax) else { continue }
            let told = "plumb-worker: one run of the model takes more than \(secondsMax) s, and so long nobody waits\n"
            HostProcess.writeError(Array(told.utf8))
            HostProcess.abandon(2)
        }
    }

    static func run(_ model: Model, _ row: [Tensor]) throws -> [Tensor] {
        guard isWatched else { throw StartFailure("no thread is left to watch the runs") }
        begun.withLock { $0 = .now }
        defer { begun.withLock { $0 = nil } }
        return try model.run(row)
    }
}
