// One JSON line an event, on standard error, at a bounded rate.

import Synchronization

/// Writes one JSON object a line to standard error, and never so many that the log becomes the load.
final class Log: Sendable {
    /// The most lines of one second; the rest are counted and told with the next one written.
    static let linesPerSecondMax = 20

    private struct State {
        var windowStart: ContinuousClock.Instant?
        var linesInWindow = 0
        var dropped = 0
    }

    private let state = Mutex(State())
    private let write: @Sendable ([UInt8]) -> Void

    /// A log whose lines, line end included, go to `write`.
    init(write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
    }

    /// Writes one line: what happened, and what belongs to it.
    func line(_ event: String, _ fields: [(key: String, value: String)] = [], at now: ContinuousClock.Instant = .now) {
        let dropped: Int? = state.withLock { state in
            if let start = state.windowStart, now - start < .seconds(1) {
                state.linesInWindow += 1
            } else {
                state.windowStart = now
                state.linesInWindow = 1
            }
            guard state.linesInWindow <= Log.linesPerSecondMax else {
                state.dropped += 1
                return nil
            }
            defer { state.dropped = 0 }
            return state.dropped
        }
        guard let dropped else { return }
        var writer = JSONWriter()
        writer.raw("{\"event\":")
        writer.string(event)
        for (key, value) in fields + (dropped > 0 ? [("linesDropped", String(dropped))] : []) {
            writer.raw(",")
            writer.string(key)
            writer.raw(":")
            writer.string(value)
        }
        writer.raw("}\n")
        write(writer.bytes)
    }
}
