// How good a binary classifier probably is, by its own confidence; an estimate, never a measurement.

/// The expected accuracy of answers whose labels are not known. It sees changes of the data, not of the truth: where
/// the same data has other labels than before, it stays what it was.
public struct ConfidenceEstimate: Sendable, Equatable {
    private var sum = 0.0
    public private(set) var answers = 0

    public init() {}

    /// Takes in a calibrated probability of the positive class.
    public mutating func insert(probability: Double) {
        sum += max(probability, 1 - probability)
        answers += 1
    }

    public var estimatedAccuracy: Double? { answers > 0 ? sum / Double(answers) : nil }
}
