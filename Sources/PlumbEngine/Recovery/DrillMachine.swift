// Decides when a recovery is practised: whenever the last drill on record is too old.

/// Pure: the clock and the record are arguments, so an engine that was away or started anew misses nothing.
public struct DrillMachine: Sendable {
    /// The last drill on record.
    public struct Drill: Sendable {
        public var at: Double
        public var succeeded: Bool
        public init(at: Double, succeeded: Bool) {
            self.at = at
            self.succeeded = succeeded
        }
    }
    private let everySeconds: Double
    private let startedAt: Double
    private var triedAt: Double?
    /// One that failed, or left no record, is tried again after this time at the latest.
    private static let retrySecondsMax = 3600.0
    /// An engine that has just started has other things to do.
    private static let restSeconds = 10.0

    public init(everySeconds: Double, startedAt: Double) {
        self.everySeconds = everySeconds
        self.startedAt = startedAt
    }

    /// Whether a drill is to begin now; answers yes once, and not again before it is due anew.
    public mutating func tick(at now: Double, last: Drill?) -> Bool {
        guard now - startedAt >= min(Self.restSeconds, everySeconds) else { return false }
        let retry = min(everySeconds, Self.retrySecondsMax)
        if let triedAt, now - triedAt < retry { return false }
        if let last, now - last.at < (last.succeeded ? everySeconds : retry) { return false }
        triedAt = now
        return true
    }
}
