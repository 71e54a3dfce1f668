// Spans that have ended and wait to be written.

import NIOConcurrencyHelpers

/// Bounded: beyond it spans are left out and counted, for tracing must hold up nothing.
final class SpanQueue: Sendable {
    struct Counters: Equatable {
        /// Spans that were taken.
        var taken = 0
        /// Spans that were left out of everything: more ended than could be written.
        var dropped = 0
        /// Spans that are in the file but did not reach the collector.
        var undelivered = 0
    }
    private struct State {
        var spans: [FinishedSpan] = []
        var counters = Counters()
    }
    private let state = NIOLockedValueBox(State())

    func offer(_ span: FinishedSpan) {
        state.withLockedValue { state in
            guard state.spans.count < TracingLimits.waitingMax else {
                state.counters.dropped += 1
                return
            }
            state.counters.taken += 1
            state.spans.append(span)
        }
    }

    func drain() -> [FinishedSpan] {
        state.withLockedValue { state in
            defer { state.spans = [] }
            return state.spans
        }
    }

    func countUndelivered(_ count: Int) { state.withLockedValue { $0.counters.undelivered += count } }

    /// Spans that were taken but could not be written.
    func countDropped(_ count: Int) { state.withLockedValue { $0.counters.dropped += count } }

    var counters: Counters { state.withLockedValue { $0.counters } }
}
