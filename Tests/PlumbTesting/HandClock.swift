// Time that stands still until a test turns it.

import Synchronization

/// Seconds since 1970-01-01 UTC, moved by hand.
public final class HandClock: Sendable {
    private let seconds: Mutex<Double>

    public init(at seconds: Double = 1_800_000_000) {
        self.seconds = Mutex(seconds)
    }

    public var now: Double { seconds.withLock { $0 } }

    public func advance(by step: Double) { seconds.withLock { $0 += step } }
}
