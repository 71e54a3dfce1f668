// How good a model's answers were, in Model Monitor's words.

/// What sort of answers a model gives.
public enum QualityProblem: String, Sendable, Codable, Hashable, CaseIterable {
    case binary = "BinaryClassification"
    case multiclass = "MulticlassClassification"
    case regression = "Regression"

    /// What its members are called in Model Monitor's files: `binary_classification_metrics`, `…_constraints`.
    public var key: String {
        switch self {
        case .binary: "binary_classification"
        case .multiclass: "multiclass_classification"
        case .regression: "regression"
        }
    }
}

/// A measure, and between which values it lies with 95 % confidence; nil where too little is known to say.
public struct QualityMetric: Sendable, Hashable, Codable {
    public var name: String
    public var value: Double
    public var lower: Double?
    public var upper: Double?
    /// Of the value in five samples of four fifths of the rows, as Model Monitor gives it; nil of fewer than 200 rows.
    public var standardDeviation: Double?

    public init(
        name: String, value: Double, lower: Double? = nil, upper: Double? = nil, standardDeviation: Double? = nil
    ) {
        self.name = name
        self.value = value
        self.lower = lower
        self.upper = upper
        self.standardDeviation = standardDeviation
    }

    /// Whether more of it is worse: errors of a regression, and the rates of what went wrong.
    public static func isError(_ name: String) -> Bool {
        ["mae", "mse", "rmse", "false_positive_rate", "false_negative_rate"].contains(name)
    }
}

/// The content of `statistics.json` of a model's quality.
public struct ModelQuality: Sendable, Equatable {
    /// How the two rates of a curve go together.
    public struct Curve: Sendable, Equatable {
        public var first: [Double] = []
        public var second: [Double] = []
        public init() {}
    }
    public var problem: QualityProblem
    public var itemCount: Int
    public var metrics: [QualityMetric] = []
    /// How often a label met which prediction; empty of a regression.
    public var confusion: [String: [String: Int]] = [:]
    /// False positive rates and true positive rates; empty where there are no probabilities.
    public var receiverOperating = Curve()
    /// Precisions and recalls.
    public var precisionRecall = Curve()

    public init(problem: QualityProblem, itemCount: Int) {
        self.problem = problem
        self.itemCount = itemCount
    }

    public subscript(name: String) -> QualityMetric? { metrics.first { $0.name == name } }
}

/// An entry of `constraint_violations.json` of a model's quality.
public struct QualityViolation: Sendable, Equatable, Codable {
    public var metric: String
    public var value: Double
    public var constraint: QualityConstraint

    public init(metric: String, value: Double, constraint: QualityConstraint) {
        self.metric = metric
        self.value = value
        self.constraint = constraint
    }

    public var check: String { constraint.isBrokenBelow ? "LessThanThreshold" : "GreaterThanThreshold" }
    public var description: String { "Metric \(metric) with \(value) was \(check) \(constraint.threshold)" }
}
