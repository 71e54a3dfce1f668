// What a rollout may do beside shifting traffic: compare, mirror, hold an experiment.

/// How much worse than the old revision, in the same window, the new one may be.
public struct RolloutComparison: Sendable, Hashable, Codable {
    /// Percentage points by which its error rate may be higher.
    public var errorPercentMax: Double
    /// Times by which its 99th percentile may be longer.
    public var p99RatioMax: Double
    public init(errorPercentMax: Double = 1, p99RatioMax: Double = 2) {
        self.errorPercentMax = errorPercentMax
        self.p99RatioMax = p99RatioMax
    }
}

/// Mirrored traffic before any real one: the new revision answers too, and its answers are compared and thrown away.
public struct ShadowPlan: Sendable, Hashable, Codable {
    /// Share of the old revision's requests that are mirrored, 1 ... 100.
    public var percent = 100
    public var holdSeconds = 60
    /// Answers that must have been compared.
    public var requestsMinimum = 100
    /// Percent of the answers that may differ.
    public var mismatchPercentMax = 1.0
    /// How far two numbers of an answer may be apart and count as equal, relative to the greater.
    public var tolerance = 0.000001
    public init() {}
}

/// Both revisions side by side at a fixed share (A/B), for a time or until somebody decides.
public struct ExperimentPlan: Sendable, Hashable, Codable {
    /// The new revision's share, 1 ... 99.
    public var percent = 50
    /// Nil until told: `plumb rollout promote` or `abort` ends it.
    public var holdSeconds: Int?
    /// Nobody leaves an experiment running for longer than this.
    public static let holdSecondsMax = 30 * 86_400
    public init() {}
}
