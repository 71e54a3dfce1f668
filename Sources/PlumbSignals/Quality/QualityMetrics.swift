// The measures of a model's quality under Model Monitor's names, computed from counts and sums.

import Foundation
import PlumbModel

/// A measure before anything is said of how sure it is; `part` where it is a count of a whole.
struct QualityValue {
    var name: String
    var value: Double
    var part: (count: Int, whole: Int)?

    init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }

    init(_ name: String, _ count: Int, of whole: Int) {
        self.name = name
        value = whole > 0 ? Double(count) / Double(whole) : 0
        part = (count, whole)
    }
}

enum QualityMetrics {
    /// A score of precision and recall from counts; the weight of recall is the square of the score's number.
    private static func score(_ weight: Double, hits: Double, falseAlarms: Double, misses: Double) -> Double {
        let divisor = (1 + weight) * hits + weight * misses + falseAlarms
        return divisor > 0 ? (1 + weight) * hits / divisor : 0
    }

    private static let scores: [(name: String, weight: Double)] = [("f0_5", 0.25), ("f1", 1), ("f2", 4)]

    /// The constant classifier says that all is positive, as in the example that AWS published.
    static func binary(_ counts: QualityCounts, positive: String) -> [QualityValue] {
        var (hits, falseAlarms, misses, rejections) = (0, 0, 0, 0)
        for (actual, row) in counts.confusion {
            for (predicted, count) in row {
                switch (predicted == positive, actual == positive) {
                case (true, true): hits += count
                case (true, false): falseAlarms += count
                case (false, true): misses += count
                case (false, false): rejections += count
                }
            }
        }
        let (positives, negatives) = (hits + misses, falseAlarms + rejections)
        let all = positives + negatives
        var values = [
            QualityValue("recall", hits, of: positives), QualityValue("precision", hits, of: hits + falseAlarms),
            QualityValue("accuracy", hits + rejections, of: all),
            QualityValue("recall_best_constant_classifier", positives > 0 ? 1 : 0),
            QualityValue("precision_best_constant_classifier", positives, of: all),
            QualityValue("accuracy_best_constant_classifier", positives, of: all),
            QualityValue("true_positive_rate", hits, of: positives),
            QualityValue("true_negative_rate", rejections, of: negatives),
            QualityValue("false_positive_rate", falseAlarms, of: negatives),
            QualityValue("false_negative_rate", misses, of: positives),
        ]
        if positives > 0, negatives > 0, !counts.scores.isEmpty {
            let curves = RankCurves(counts.scores)
            values += [QualityValue("auc", curves.auc), QualityValue("au_prc", curves.auPRC)]
        }
        for (name, weight) in scores {
            values.append(
                QualityValue(
                    name,
                    score(weight, hits: Double(hits), falseAlarms: Double(falseAlarms), misses: Double(misses))))
        }
        for (name, weight) in scores {
            values.append(
                QualityValue(
                    "\(name)_best_constant_classifier",
                    score(weight, hits: Double(positives), falseAlarms: Double(negatives), misses: 0)))
        }
        return values
    }

    /// Each class against the others, weighted by how frequent it is. The constant classifier names the most frequent.
    static func multiclass(_ counts: QualityCounts) -> [QualityValue] {
        var labels: [String: Int] = [:]
        var predictions: [String: Int] = [:]
        var right = 0
        for (actual, row) in counts.confusion {
            for (predicted, count) in row {
                labels[actual, default: 0] += count
                predictions[predicted, default: 0] += count
                if actual == predicted { right += count }
            }
        }
        let all = labels.values.reduce(0, +)
        guard all > 0 else { return [] }
        // In one order, so that sums are the same to the last digit.
        let names = labels.keys.sorted()
        func weighted(_ measure: (_ hits: Double, _ named: Double, _ label: Double) -> Double) -> Double {
            names.reduce(0) { sum, name in
                let label = Double(labels[name] ?? 0)
                let hits = Double(counts.confusion[name]?[name] ?? 0)
                return sum + label / Double(all) * measure(hits, Double(predictions[name] ?? 0), label)
            }
        }
        let most = names.map { labels[$0] ?? 0 }.max() ?? 0
        let share = Double(most) / Double(all)
        let recall = QualityValue("weighted_recall", right, of: all)
        var values = [
            QualityValue("accuracy", right, of: all), recall,
            QualityValue("weighted_precision", weighted { hits, named, _ in named > 0 ? hits / named : 0 }),
        ]
        for (name, weight) in scores {
            values.append(
                QualityValue(
                    "weighted_\(name)",
                    weighted { score(weight, hits: $0, falseAlarms: $1 - $0, misses: $2 - $0) }))
        }
        values += [
            QualityValue("accuracy_best_constant_classifier", most, of: all),
            QualityValue("weighted_recall_best_constant_classifier", most, of: all),
            QualityValue("weighted_precision_best_constant_classifier", share * share),
        ]
        for (name, weight) in scores {
            let score = score(weight, hits: Double(most), falseAlarms: Double(all - most), misses: 0)
            values.append(QualityValue("weighted_\(name)_best_constant_classifier", share * score))
        }
        return values
    }

    static func regression(_ sums: RegressionSums) -> [QualityValue] {
        guard sums.count > 0 else { return [] }
        let mse = sums.squares / sums.count
        return [
            QualityValue("mae", sums.absolute / sums.count), QualityValue("mse", mse),
            QualityValue("rmse", mse.squareRoot()),
            QualityValue("r2", sums.scatter > 0 ? 1 - sums.squares / sums.scatter : 0),
        ]
    }
}

/// Sums of a regression's errors, and of how much the labels themselves scatter.
struct RegressionSums: Sendable, Equatable {
    private(set) var count = 0.0
    private(set) var absolute = 0.0
    private(set) var squares = 0.0
    private var mean = 0.0
    private(set) var scatter = 0.0

    mutating func insert(predicted: Double, actual: Double) {
        let error = predicted - actual
        count += 1
        absolute += abs(error)
        squares += error * error
        let difference = actual - mean
        mean += difference / count
        scatter += difference * (actual - mean)
    }

    mutating func merge(_ other: RegressionSums) {
        guard other.count > 0 else { return }
        let total = count + other.count
        let difference = other.mean - mean
        scatter += other.scatter + difference * difference * count * other.count / total
        mean += difference * other.count / total
        absolute += other.absolute
        squares += other.squares
        count = total
    }
}

/// What the order by probability says, whatever the threshold.
struct RankCurves {
    private static let pointsMax = 200
    private(set) var auc = 0.0
    private(set) var auPRC = 0.0
    private(set) var receiverOperating = ModelQuality.Curve()
    private(set) var precisionRecall = ModelQuality.Curve()

    init(_ scores: [Double: SIMD2<Int>]) {
        let order = scores.sorted { $0.key > $1.key }
        let positives = Double(order.reduce(0) { $0 + $1.value.x })
        let negatives = Double(order.reduce(0) { $0 + $1.value.y })
        guard positives > 0, negatives > 0 else { return }
        let step = max(1, order.count / Self.pointsMax)
        var (hits, falseAlarms) = (0.0, 0.0)
        var (recall, precision, rate) = (0.0, 1.0, 0.0)
        keep(rate, recall, precision)
        for (index, entry) in order.enumerated() {
            hits += Double(entry.value.x)
            falseAlarms += Double(entry.value.y)
            let (nextRecall, nextRate) = (hits / positives, falseAlarms / negatives)
            let nextPrecision = hits / (hits + falseAlarms)
            // Before the first row precision is what it is at the first.
            if index == 0 { precision = nextPrecision }
            auc += (nextRate - rate) * (nextRecall + recall) / 2
            auPRC += (nextRecall - recall) * (nextPrecision + precision) / 2
            (recall, precision, rate) = (nextRecall, nextPrecision, nextRate)
            if index % step == step - 1 || index == order.count - 1 { keep(rate, recall, precision) }
        }
    }

    private mutating func keep(_ rate: Double, _ recall: Double, _ precision: Double) {
        receiverOperating.first.append(rate)
        receiverOperating.second.append(recall)
        precisionRecall.first.append(precision)
        precisionRecall.second.append(recall)
    }

    /// The standard error of an area under the curve (Hanley and McNeil, Radiology 143, 1982).
    static func standardError(auc: Double, positives: Double, negatives: Double) -> Double {
        let (first, second) = (auc / (2 - auc), 2 * auc * auc / (1 + auc))
        let square =
            auc * (1 - auc) + (positives - 1) * (first - auc * auc) + (negatives - 1) * (second - auc * auc)
        return (max(0, square) / (positives * negatives)).squareRoot()
    }
}
