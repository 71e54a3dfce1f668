// Answers and their labels, counted; of any number in the same memory.

import Foundation
public import PlumbModel

/// What is counted of some rows.
struct QualityCounts: Sendable {
    /// Different probabilities that are told apart; of more, those are taken together that differ by less than 1/65536.
    static let scoresMax = 50_000
    private static let step = 1.0 / 65_536

    /// By label, then by prediction.
    var confusion: [String: [String: Int]] = [:]
    /// Of each probability, how many rows were positive and how many negative.
    private(set) var scores: [Double: SIMD2<Int>] = [:]
    private var isRounded = false
    var sums = RegressionSums()

    mutating func insert(score: Double, isPositive: Bool) {
        let key = isRounded ? Self.rounded(score) : score
        scores[key, default: .zero] &+= isPositive ? SIMD2(1, 0) : SIMD2(0, 1)
        if !isRounded, scores.count > Self.scoresMax { round() }
    }

    private mutating func round() {
        isRounded = true
        var fewer: [Double: SIMD2<Int>] = [:]
        for (score, counts) in scores { fewer[Self.rounded(score), default: .zero] &+= counts }
        scores = fewer
    }

    private static func rounded(_ score: Double) -> Double { (score / step).rounded() * step }

    mutating func merge(_ other: QualityCounts) {
        for (actual, row) in other.confusion {
            for (predicted, count) in row { confusion[actual, default: [:]][predicted, default: 0] += count }
        }
        for (score, counts) in other.scores { scores[score, default: .zero] &+= counts }
        sums.merge(other.sums)
    }
}

/// Counts answers beside their labels, and tells Model Monitor's measures of them with how sure they are.
///
/// Rows are dealt to five parts. Whatever is no plain part of a whole has its interval from how much it changes when
/// one part is left out (a grouped jackknife), and its standard deviation, as Model Monitor does, from those five
/// samples of four fifths.
public struct QualityTally: Sendable {
    /// More labels than this are numbers, not classes.
    public static let classesMax = 1000
    private static let parts = 5
    /// Of fewer rows nothing is said of scatter.
    private static let rowsForScatterMin = 200
    /// Student's t for four degrees of freedom, 95 % on both sides together.
    private static let student = 2.776
    private static let normal95 = 1.959_963_984_540_054

    public let problem: QualityProblem
    /// The label that a probability is of.
    public let positive: String
    public private(set) var rows = 0
    /// Rows whose prediction or label is no number where one is needed.
    public private(set) var oddRows = 0
    private var counts = [QualityCounts](repeating: QualityCounts(), count: parts)

    public init(problem: QualityProblem, positive: String = "1") {
        self.problem = problem
        self.positive = Self.label(positive)
    }

    /// A label as it is compared: `1.0`, `1` and ` 1` are one.
    public static func label(_ text: String) -> String {
        let bare = text.trimmingCharacters(in: .whitespaces)
        guard let number = Double(bare), number == number.rounded(), abs(number) < 1e15 else { return bare }
        return String(Int(number))
    }

    /// Takes a row in; false where it cannot be compared. Predictions and labels are as `label` writes them.
    @discardableResult
    public mutating func insert(predicted: String, actual: String, probability: Double? = nil) -> Bool {
        // Which part a row belongs to must not follow any rhythm of the data.
        var hash = UInt64(truncatingIfNeeded: rows + oddRows) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
        let part = Int((hash &* 0xBF58_476D_1CE4_E5B9) >> 33) % Self.parts
        if problem == .regression {
            guard let predicted = Double(predicted), let actual = Double(actual), predicted.isFinite, actual.isFinite
            else {
                oddRows += 1
                return false
            }
            counts[part].sums.insert(predicted: predicted, actual: actual)
        } else {
            counts[part].confusion[actual, default: [:]][predicted, default: 0] += 1
            if let probability, problem == .binary, probability.isFinite {
                counts[part].insert(score: probability, isPositive: actual == positive)
            }
        }
        rows += 1
        return true
    }

    /// Whether there are more classes than a classifier has.
    public var hasTooManyClasses: Bool { counts.contains { $0.confusion.count > Self.classesMax } }

    private func merged(without left: Int? = nil) -> QualityCounts {
        var all = QualityCounts()
        for part in counts.indices where part != left { all.merge(counts[part]) }
        return all
    }

    private func values(of counts: QualityCounts) -> [QualityValue] {
        switch problem {
        case .binary: QualityMetrics.binary(counts, positive: positive)
        case .multiclass: QualityMetrics.multiclass(counts)
        case .regression: QualityMetrics.regression(counts.sums)
        }
    }

    public var quality: ModelQuality {
        let all = merged()
        var quality = ModelQuality(problem: problem, itemCount: rows)
        quality.confusion = all.confusion
        if !all.scores.isEmpty {
            let curves = RankCurves(all.scores)
            quality.receiverOperating = curves.receiverOperating
            quality.precisionRecall = curves.precisionRecall
        }
        var samples: [[String: Double]] = []
        if rows >= Self.rowsForScatterMin {
            samples = (0..<Self.parts).map { part in
                Dictionary(values(of: merged(without: part)).map { ($0.name, $0.value) }) { first, _ in first }
            }
        }
        let positives = Double(all.scores.values.reduce(0) { $0 + $1.x })
        let negatives = Double(all.scores.values.reduce(0) { $0 + $1.y })
        quality.metrics = values(of: all).map { value in
            var metric = QualityMetric(name: value.name, value: value.value)
            let told = samples.compactMap { $0[value.name] }
            if told.count == Self.parts { Self.scatter(told, &metric) }
            if let part = value.part, part.whole > 0 {
                let interval = BinomialInterval.wilson(events: part.count, trials: part.whole, confidence: 0.975)
                (metric.lower, metric.upper) = (interval.lower, interval.upper)
            } else if value.name == "auc" {
                let half =
                    Self.normal95
                    * RankCurves.standardError(auc: value.value, positives: positives, negatives: negatives)
                (metric.lower, metric.upper) = (max(0, value.value - half), min(1, value.value + half))
            }
            return metric
        }
        return quality
    }

    private static func scatter(_ samples: [Double], _ metric: inout QualityMetric) {
        let count = Double(samples.count)
        let mean = samples.reduce(0, +) / count
        let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        metric.standardDeviation = (squares / count).squareRoot()
        let half = student * ((count - 1) / count * squares).squareRoot()
        (metric.lower, metric.upper) = (metric.value - half, metric.value + half)
    }
}
