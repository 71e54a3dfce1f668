// How good a binary classifier probably is, by its own confidence; an estimate, never a measurement.

import Foundation
public import PlumbModel

/// What may be expected of answers whose labels are not known. It sees changes of the data, not of the truth: where
/// the same data has other labels than before, it stays what it was.
///
/// Answers are gathered by their probability. Where enough of a group have labels, the part of them that is positive
/// takes the place of what the model says of itself.
public struct ConfidenceEstimate: Sendable, Equatable {
    private struct Group: Sendable, Equatable {
        var answers = 0
        var sum = 0.0
        var labels = 0
        var positives = 0

        var expected: Double {
            labels >= ConfidenceEstimate.labelsMin
                ? Double(positives) / Double(labels) : sum / Double(max(1, answers))
        }
    }
    private static let groups = 50
    /// Fewer labels say less of a group than the model itself.
    private static let labelsMin = 30

    // Those that were called negative, then those that were called positive.
    private var gathered = [Group](repeating: Group(), count: 2 * groups)
    public private(set) var answers = 0
    public private(set) var labels = 0

    public init() {}

    /// Takes in a probability of the positive class, what was made of it, and the label where it is known.
    public mutating func insert(probability: Double, isPositive: Bool? = nil, actual: Bool? = nil) {
        guard (0...1).contains(probability) else { return }
        let group = min(Self.groups - 1, Int(probability * Double(Self.groups)))
        let index = group + (isPositive ?? (probability > 0.5) ? Self.groups : 0)
        gathered[index].answers += 1
        gathered[index].sum += probability
        answers += 1
        guard let actual else { return }
        labels += 1
        gathered[index].labels += 1
        if actual { gathered[index].positives += 1 }
    }

    public var estimatedAccuracy: Double? { metrics.first?.value }

    /// The expected accuracy, with the interval in which the true one lies in 95 of 100 cases while the probabilities
    /// are right; and what goes with it.
    public var metrics: [QualityMetric] {
        guard answers > 0 else { return [] }
        var (hits, falseAlarms, misses, rejections, variance) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (index, group) in gathered.enumerated() where group.answers > 0 {
            let (count, part) = (Double(group.answers), group.expected)
            variance += count * part * (1 - part)
            if index >= Self.groups {
                hits += count * part
                falseAlarms += count * (1 - part)
            } else {
                misses += count * part
                rejections += count * (1 - part)
            }
        }
        let accuracy = (hits + rejections) / Double(answers)
        let half = 1.96 * variance.squareRoot() / Double(answers)
        func ratio(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole : 0 }
        return [
            QualityMetric(
                name: "accuracy", value: accuracy, lower: max(0, accuracy - half), upper: min(1, accuracy + half)),
            QualityMetric(name: "precision", value: ratio(hits, hits + falseAlarms)),
            QualityMetric(name: "recall", value: ratio(hits, hits + misses)),
            QualityMetric(name: "f1", value: ratio(2 * hits, 2 * hits + falseAlarms + misses)),
        ]
    }
}
