// The numbers of the policy book as values, so that an organisation may set its own.

/// The limits that controls hold a deployment to; what stands here by default are the seed's own numbers.
///
/// Units are in the names: percent, milliseconds, seconds, minutes, days, US dollars a month.
public struct Thresholds: Sendable, Hashable, Codable {
    public var errorRatePercent = 1.0
    public var latencyP99Milliseconds = 500.0
    public var rollbackSeconds = 300.0
    public var instancesMinimum = 2.0
    public var instancesMaximum = 4.0
    public var scaleOutPercent = 80.0
    public var scaleInPercent = 50.0
    public var recoveryTimeMinutes = 60.0
    public var recoveryPointMinutes = 15.0
    public var availabilityPercent = 99.9
    public var latencyReductionPercent = 30.0
    public var captureRetentionDays = 30.0
    public var unusedAccessDays = 90.0
    public var productionBudgetUSD = 5000.0
    public var stagingBudgetUSD = 500.0
    public var devBudgetUSD = 100.0
    public var costReviewDays = 31.0
    public var runningHoursPerWeek = 60.0

    public init() {}
}

/// One of the numbers: which controls read it, and which way is stricter.
public struct Threshold: Sendable {
    public enum Direction: Sendable {
        /// A lower number asks for more: a limit that must not be passed.
        case lowerIsStricter
        /// A higher number asks for more: something there must be enough of.
        case higherIsStricter
    }
    /// As it is written in the file.
    public let name: String
    public let path: any WritableKeyPath<Thresholds, Double> & Sendable
    public let direction: Direction
    /// The controls that read it; loosening it takes a waiver of each.
    public let controls: [String]
    /// What it bounds, as one sentence.
    public let summary: String

    /// Whether the number asks for less than the seed does.
    public func isLooser(_ thresholds: Thresholds) -> Bool {
        let (own, seed) = (thresholds[keyPath: path], Thresholds()[keyPath: path])
        return direction == .lowerIsStricter ? own > seed : own < seed
    }

    /// Whether the number is the seed's.
    public func isSeed(_ thresholds: Thresholds) -> Bool {
        thresholds[keyPath: path] == Thresholds()[keyPath: path]
    }
}
