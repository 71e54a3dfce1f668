// How good predictions were, under Model Monitor's names.

import Foundation

/// A measure, and between which values it lies with 95 % confidence; nil where too little is known to say.
public struct QualityMetric: Sendable, Equatable, Codable {
    public var name: String
    public var value: Double
    public var lower: Double?
    public var upper: Double?
}

/// Counts of a binary classification.
public struct BinaryQuality: Sendable, Equatable {
    public private(set) var truePositives = 0
    public private(set) var falsePositives = 0
    public private(set) var trueNegatives = 0
    public private(set) var falseNegatives = 0

    public init() {}

    public mutating func insert(predicted: Bool, actual: Bool) {
        switch (predicted, actual) {
        case (true, true): truePositives += 1
        case (true, false): falsePositives += 1
        case (false, false): trueNegatives += 1
        case (false, true): falseNegatives += 1
        }
    }

    public var metrics: [QualityMetric] {
        let (positives, negatives) = (truePositives + falseNegatives, trueNegatives + falsePositives)
        let all = positives + negatives
        let precision = QualityInterval.part("precision", truePositives, of: truePositives + falsePositives)
        let recall = QualityInterval.part("recall", truePositives, of: positives)
        let scores = [("f0_5", 0.25), ("f1", 1.0), ("f2", 4.0)].map { name, weight in
            let divisor =
                (1 + weight) * Double(truePositives) + weight * Double(falseNegatives) + Double(falsePositives)
            return QualityMetric(name: name, value: (1 + weight) * Double(truePositives) / max(divisor, 1))
        }
        return [
            QualityInterval.part("accuracy", truePositives + trueNegatives, of: all),
            QualityInterval.part("accuracy_best_constant_classifier", max(positives, negatives), of: all),
            precision, recall,
            QualityInterval.part("true_positive_rate", truePositives, of: positives),
            QualityInterval.part("true_negative_rate", trueNegatives, of: negatives),
            QualityInterval.part("false_positive_rate", falsePositives, of: negatives),
            QualityInterval.part("false_negative_rate", falseNegatives, of: positives),
        ] + scores
    }
}

/// Sums of a regression.
public struct RegressionQuality: Sendable, Equatable {
    private var count = 0.0
    private var absolute = 0.0
    private var squares = 0.0
    private var mean = 0.0
    private var scatter = 0.0

    public init() {}

    public mutating func insert(predicted: Double, actual: Double) {
        let error = predicted - actual
        count += 1
        absolute += abs(error)
        squares += error * error
        let difference = actual - mean
        mean += difference / count
        scatter += difference * (actual - mean)
    }

    public var metrics: [QualityMetric] {
        guard count > 0 else { return [] }
        let (mae, mse) = (absolute / count, squares / count)
        let error = 1.96 * (max(0, mse - mae * mae) / count).squareRoot()
        return [
            QualityMetric(name: "mae", value: mae, lower: mae - error, upper: mae + error),
            QualityMetric(name: "mse", value: mse), QualityMetric(name: "rmse", value: mse.squareRoot()),
            QualityMetric(name: "r2", value: scatter > 0 ? 1 - squares / scatter : 0),
        ]
    }
}

enum QualityInterval {
    /// A part of a whole with Wilson's interval.
    static func part(_ name: String, _ count: Int, of whole: Int) -> QualityMetric {
        guard whole > 0 else { return QualityMetric(name: name, value: 0) }
        let (part, rows, score) = (Double(count) / Double(whole), Double(whole), 1.96)
        let middle = (part + score * score / (2 * rows)) / (1 + score * score / rows)
        let half =
            score / (1 + score * score / rows)
            * (part * (1 - part) / rows + score * score / (4 * rows * rows)).squareRoot()
        return QualityMetric(name: name, value: part, lower: middle - half, upper: middle + half)
    }
}
