// An alarm in CloudWatch's own words, with every value known.
//
// `AlarmResource` in the graph carries the same fields as facts; this is what an evaluator can run.

/// The relation between a data point and the threshold that makes the point breaching.
public enum ComparisonOperator: String, Sendable, Codable, Hashable, CaseIterable {
    case greaterThanOrEqualToThreshold = "GreaterThanOrEqualToThreshold"
    case greaterThanThreshold = "GreaterThanThreshold"
    case lessThanThreshold = "LessThanThreshold"
    case lessThanOrEqualToThreshold = "LessThanOrEqualToThreshold"

    /// Whether `value` breaches `threshold`; NaN never does.
    public func isBreaching(_ value: Double, threshold: Double) -> Bool {
        switch self {
        case .greaterThanOrEqualToThreshold: value >= threshold
        case .greaterThanThreshold: value > threshold
        case .lessThanThreshold: value < threshold
        case .lessThanOrEqualToThreshold: value <= threshold
        }
    }
}

/// What a period without data counts as (CloudWatch `TreatMissingData`; its default is `missing`).
public enum MissingDataTreatment: String, Sendable, Codable, Hashable, CaseIterable {
    case breaching, notBreaching, ignore, missing
}

/// What a percentile alarm does with fewer than 10 / (1 - p) samples (CloudWatch `EvaluateLowSampleCountPercentile`).
public enum LowSampleCountPercentile: String, Sendable, Codable, Hashable, CaseIterable {
    case evaluate, ignore
}

/// How the samples of one period become one number.
public enum Statistic: Sendable, Hashable, Codable {
    case sampleCount, average, sum, minimum, maximum
    /// The value below which `rank` percent of the samples lie; 0 ... 100, written `p99`, `p99.9`.
    case percentile(rank: Double)

    /// Reads CloudWatch's spelling: `Average`, `Sum`, `p99`; nil for anything else.
    public init?(cloudWatch text: String) {
        switch text {
        case "SampleCount": self = .sampleCount
        case "Average": self = .average
        case "Sum": self = .sum
        case "Minimum": self = .minimum
        case "Maximum": self = .maximum
        default:
            guard text.hasPrefix("p"), let rank = Double(text.dropFirst()), (0...100).contains(rank) else { return nil }
            self = .percentile(rank: rank)
        }
    }

    /// CloudWatch's spelling.
    public var cloudWatchName: String {
        switch self {
        case .sampleCount: "SampleCount"
        case .average: "Average"
        case .sum: "Sum"
        case .minimum: "Minimum"
        case .maximum: "Maximum"
        case .percentile(let rank): rank == rank.rounded() ? "p\(Int(rank))" : "p\(rank)"
        }
    }
}

/// One named value that is part of a metric's identity, such as `EndpointName=digits`.
public struct Dimension: Sendable, Hashable, Codable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A metric: namespace, name and its exact set of dimensions.
///
/// CloudWatch matches dimensions exactly: a metric published with two dimensions is invisible to a question with one.
public struct MetricIdentity: Sendable, Hashable, Codable {
    public var namespace: String
    public var name: String
    /// Sorted by dimension name, so that two spellings of one metric are equal.
    public var dimensions: [Dimension]

    public init(namespace: String, name: String, dimensions: [Dimension]) {
        self.namespace = namespace
        self.name = name
        self.dimensions = dimensions.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    }

    /// The value of the dimension called `name`, if it has one.
    public func dimension(_ name: String) -> String? {
        dimensions.first { $0.name == name }?.value
    }
}

/// One row of an alarm's metric math (CloudWatch `MetricDataQuery`): a metric's statistic, or an expression over ids.
public struct MetricDataQuery: Sendable, Hashable, Codable {
    /// What the row takes its values from.
    public enum Source: Sendable, Hashable, Codable {
        /// A statistic of a metric over periods of `periodSeconds`; `unit` as CloudWatch spells it, nil for any.
        case metric(MetricIdentity, statistic: Statistic, periodSeconds: Int, unit: String?)
        /// An expression such as `errors / FILL(requests, 1) * 100`.
        case expression(String)
    }
    /// The name by which expressions refer to this row; starts with a lower-case letter.
    public var id: String
    public var source: Source
    /// Whether this row is the one that is compared with the threshold; exactly one row of an alarm is.
    public var returnsData: Bool

    public init(id: String, source: Source, returnsData: Bool) {
        self.id = id
        self.source = source
        self.returnsData = returnsData
    }
}

/// A metric alarm with CloudWatch's semantics: M of N data points of one period length against a threshold.
public struct AlarmDefinition: Sendable, Hashable, Codable {
    public var name: String
    /// A single metric is one row; exactly one row returns data.
    public var queries: [MetricDataQuery]
    public var comparison: ComparisonOperator
    public var threshold: Double
    /// Length of one data point, in seconds: 10, 20, 30 or a multiple of 60 on AWS; the embedded engine also takes 1.
    public var periodSeconds: Int
    /// N: how many of the latest periods are looked at.
    public var evaluationPeriods: Int
    /// M: how many of them must breach.
    public var datapointsToAlarm: Int
    public var missingData: MissingDataTreatment
    public var lowSamples: LowSampleCountPercentile

    public init(
        name: String, queries: [MetricDataQuery], comparison: ComparisonOperator, threshold: Double,
        periodSeconds: Int, evaluationPeriods: Int, datapointsToAlarm: Int? = nil,
        missingData: MissingDataTreatment = .missing, lowSamples: LowSampleCountPercentile = .evaluate
    ) {
        self.name = name
        self.queries = queries
        self.comparison = comparison
        self.threshold = threshold
        self.periodSeconds = periodSeconds
        self.evaluationPeriods = evaluationPeriods
        self.datapointsToAlarm = datapointsToAlarm ?? evaluationPeriods
        self.missingData = missingData
        self.lowSamples = lowSamples
    }
}

/// The three states of an alarm.
public enum AlarmState: String, Sendable, Codable, Hashable, CaseIterable {
    case ok = "OK"
    case alarm = "ALARM"
    case insufficientData = "INSUFFICIENT_DATA"
}
