// When an instance that ended is started again.

/// Back-off for one instance: at once the first time, then doubling pauses, until it has been healthy for a while.
public struct RestartMachine: Sendable, Hashable, Codable {
    /// First pause after a second quick end, in seconds.
    static let pauseSeconds = 0.2
    static let pauseSecondsMax = 10.0
    /// An instance that was ready this long starts with a clean slate: what ends again and again does so sooner, and
    /// one that served and was then killed is wanted back at once.
    public static let healthySeconds = 5.0
    /// Ends in a row without ever being ready, after which the fleet's failure is told.
    public static let failuresMax = 3

    /// Ends in a row without a healthy spell between.
    public private(set) var ends = 0
    /// Ends in a row before the instance was ever ready.
    public private(set) var failedStarts = 0
    private var readySince: Double?

    public init() {}

    /// The instance passed its first health check.
    public mutating func becameReady(at now: Double) {
        readySince = now
        failedStarts = 0
    }

    /// The instance ended unasked; answers how many seconds to wait before it is started again.
    public mutating func ended(at now: Double) -> Double {
        if let readySince {
            if now - readySince >= Self.healthySeconds { ends = 0 }
        } else {
            failedStarts += 1
        }
        readySince = nil
        ends += 1
        guard ends > 1 else { return 0 }
        // 2^16 pauses are far beyond the limit already; more would overflow nothing but help nobody.
        let doublings = Double(min(ends - 2, 16))
        return min(Self.pauseSecondsMax, Self.pauseSeconds * exp2(doublings))
    }

    private func exp2(_ power: Double) -> Double {
        var result = 1.0
        for _ in 0..<Int(power) { result *= 2 }
        return result
    }
}
