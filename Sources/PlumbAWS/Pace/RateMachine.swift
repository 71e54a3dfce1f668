// How fast one service is asked: a token bucket that shrinks when AWS says that this is too fast, and grows again.

import Foundation

/// Calls a second to one service and region; times are seconds of any clock.
struct RateMachine: Sendable {
    /// Nil is as fast as it goes.
    private(set) var callsPerSecond: Double?
    private let limit: Double?
    private var tokens = 1.0
    private var filledAt: Double?
    /// Calls a second of late, by which the first throttling knows where to begin.
    private var measured = 0.0
    private var slowedAt: Double?
    static let slowest = 0.5
    static let cut = 0.7
    static let growthPerSecond = 0.1
    /// Throttling of calls that were all under way at the same time is one message.
    static let slowingSeconds = 1.0
    /// Without throttling for so long the limit is lifted.
    static let forgivenAfterSeconds = 60.0
    private static let memorySeconds = 2.0

    /// `limit`: calls a second that are never passed.
    init(limit: Double? = nil) {
        self.limit = limit
        callsPerSecond = limit
    }

    /// Takes a place in the row; answers how many seconds the call has to wait for it.
    mutating func take(at now: Double) -> Double {
        let passed = max(0, now - (filledAt ?? now))
        filledAt = max(now, filledAt ?? now)
        measured = measured * exp(-passed / Self.memorySeconds) + 1 / Self.memorySeconds
        grow(by: passed, at: now)
        guard let rate = callsPerSecond else { return 0 }
        tokens = min(max(1, rate), tokens + passed * rate) - 1
        return tokens >= 0 ? 0 : -tokens / rate
    }

    /// AWS has said that this is too fast.
    mutating func throttled(at now: Double) {
        if let slowedAt, now - slowedAt < Self.slowingSeconds { return }
        slowedAt = now
        callsPerSecond = max(Self.slowest, min(callsPerSecond ?? .infinity, measured) * Self.cut)
        tokens = min(tokens, 0)
    }

    private mutating func grow(by passed: Double, at now: Double) {
        guard let slowed = slowedAt, let rate = callsPerSecond else { return }
        if now - slowed > Self.forgivenAfterSeconds {
            slowedAt = nil
            callsPerSecond = limit
        } else if now - slowed > Self.slowingSeconds {
            callsPerSecond = min(limit ?? .infinity, rate + passed * max(Self.slowest, rate * Self.growthPerSecond))
        }
    }
}
