// Watches labels as they come, and says when a model's answers are no longer as good as was promised.

/// What quality is measured by, and which side of the limit is good.
public enum LimitedMetric: String, Sendable, CaseIterable {
    /// The share of right answers; must not fall below the limit.
    case accuracy
    /// Mean absolute error, mean squared error and its root; must not rise above the limit.
    case mae, mse, rmse

    /// What one answer loses by this metric, and how much an answer may lose on average.
    func loss(predicted: String, actual: String) -> Double? {
        if self == .accuracy { return predicted == actual ? 0 : 1 }
        guard let predicted = Double(predicted), let actual = Double(actual), predicted.isFinite, actual.isFinite else {
            return nil
        }
        let error = abs(predicted - actual)
        return self == .mae ? error : error * error
    }

    func lossLimit(_ limit: Double) -> Double {
        switch self {
        case .accuracy: 1 - limit
        case .mae, .mse: limit
        case .rmse: limit * limit
        }
    }

    /// The metric for a mean loss.
    func value(meanLoss: Double) -> Double {
        switch self {
        case .accuracy: 1 - meanLoss
        case .mae, .mse: meanLoss
        case .rmse: meanLoss.squareRoot()
        }
    }
}

/// Bets that answers lose more than the limit allows, on average.
///
/// Of each of a few stakes λ: wealth ← (wealth + start) × (1 + λ (loss / limit - 1)), losses capped. While the mean
/// loss is within the limit the expected sum after n labels is at most n, so an alarm at a sum of
/// `labelsPerFalseAlarm` is false at most once in so many labels, however often one looks (e-detectors; Shin, Ramdas,
/// Rinaldo 2022).
public struct QualityMachine: Sendable {
    public let metric: LimitedMetric
    public let limit: Double
    public let labelsPerFalseAlarm: Double
    /// Labels since the beginning, and alarms among them.
    public private(set) var labels = 0
    public private(set) var alarms = 0
    /// How near to an alarm, 1 is one.
    public private(set) var level = 0.0
    private let lossLimit: Double
    private var wealth = [Double](repeating: 0, count: stakes.count)
    private var window: [Double] = []
    private var next = 0

    private static let stakes = [0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.2, 0.3]
    /// One answer counts for no more than so many limits: outliers do not decide alone.
    private static let lossMax = 50.0
    /// The last labels, of which the value is told.
    public static let windowMax = 5000

    /// Nil for a limit that no answer can keep or every answer does, such as an accuracy of 1.
    public init?(metric: LimitedMetric, limit: Double, labelsPerFalseAlarm: Double = 300_000) {
        lossLimit = metric.lossLimit(limit)
        guard lossLimit.isFinite, lossLimit > 0, metric != .accuracy || lossLimit < 1, labelsPerFalseAlarm > 1 else {
            return nil
        }
        self.metric = metric
        self.limit = limit
        self.labelsPerFalseAlarm = labelsPerFalseAlarm
    }

    /// Takes an answer and its label; nil when they cannot be compared, else whether this label proved a loss of
    /// quality. After an alarm the bets begin anew.
    public mutating func observe(predicted: String, actual: String) -> Bool? {
        guard let loss = metric.loss(predicted: predicted, actual: actual) else { return nil }
        labels += 1
        keep(loss)
        let excess = min(loss / lossLimit, Self.lossMax) - 1
        let start = 1 / Double(Self.stakes.count)
        var sum = 0.0
        for index in wealth.indices {
            wealth[index] = (wealth[index] + start) * (1 + Self.stakes[index] * excess)
            sum += wealth[index]
        }
        level = sum / labelsPerFalseAlarm
        guard level >= 1 else { return false }
        alarms += 1
        for index in wealth.indices { wealth[index] = 0 }
        return true
    }

    private mutating func keep(_ loss: Double) {
        if window.count < Self.windowMax {
            window.append(loss)
        } else {
            window[next] = loss
            next = (next + 1) % Self.windowMax
        }
    }

    /// The metric over the last labels, with the interval that holds it in 95 of 100 cases: Wilson's for accuracy, the
    /// normal one for means. Nil before the first label.
    public var value: (value: Double, lower: Double, upper: Double)? {
        guard !window.isEmpty else { return nil }
        let count = Double(window.count)
        let mean = window.reduce(0, +) / count
        if metric == .accuracy {
            let right = window.count { $0 == 0 }
            let interval = BinomialInterval.wilson(events: right, trials: window.count, confidence: 0.975)
            return (1 - mean, interval.lower, interval.upper)
        }
        let variance = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
        let half = Self.normal95 * (variance / count).squareRoot()
        return (
            metric.value(meanLoss: mean), metric.value(meanLoss: max(0, mean - half)),
            metric.value(meanLoss: mean + half)
        )
    }

    private static let normal95 = 1.959_963_984_540_054
}
