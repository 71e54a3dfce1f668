// How carefully a detector of drift watches.

public struct DriftSettings: Sendable, Equatable {
    /// Rows, on average, to a false alarm over all features; at least so many, however often anyone looks.
    public var rowsPerFalseAlarm = 10_000_000.0
    /// The largest difference of distribution (L-infinity) that is not worth an alarm; nil for any difference.
    public var tolerance: Double?
    /// How many standard errors of the reference a bet has to pay for.
    public var referenceErrors = 2.5

    public init(rowsPerFalseAlarm: Double = 10_000_000, tolerance: Double? = nil) {
        self.rowsPerFalseAlarm = rowsPerFalseAlarm
        self.tolerance = tolerance
    }
}
