// What a data set should be like, and where it is not, in Model Monitor's words.

/// The content of `constraints.json`.
public struct DatasetConstraints: Sendable, Equatable {
    public var features: [FeatureConstraints]
    public var evaluates = true
    public var emitsMetrics = true
    /// The part of the values that has to be of the expected type.
    public var typeThreshold = 1.0
    /// The part of the values that has to be among the known ones.
    public var domainThreshold = 1.0
    public var comparison = DistributionComparison()
    /// Thresholds of model quality, by metric; empty in a baseline of data.
    public var quality: [QualityConstraint] = []

    public init(features: [FeatureConstraints]) { self.features = features }
}

public struct FeatureConstraints: Sendable, Equatable {
    public var name: String
    public var inferredType: InferredType
    /// The part of the rows in which the feature has to have a value.
    public var completeness: Double
    public var isNonNegative: Bool?
    /// The values that may be met; nil for any.
    public var domains: [String]?

    public init(
        name: String, inferredType: InferredType, completeness: Double, isNonNegative: Bool? = nil,
        domains: [String]? = nil
    ) {
        self.name = name
        self.inferredType = inferredType
        self.completeness = completeness
        self.isNonNegative = isNonNegative
        self.domains = domains
    }
}

/// How two distributions are compared.
public struct DistributionComparison: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable {
        case simple = "Simple"
        /// Less what two samples of one distribution differ by.
        case robust = "Robust"
    }
    public enum CategoricalMethod: String, Sendable, CaseIterable {
        case largestDifference = "LInfinity"
        case chiSquared = "ChiSquared"
    }
    public var isEnabled = true
    public var threshold = 0.1
    public var method = Method.robust
    public var categoricalThreshold = 0.1
    public var categoricalMethod = CategoricalMethod.largestDifference

    public init() {}
}

public struct QualityConstraint: Sendable, Equatable, Codable {
    /// As its member of the file is called without `_constraints`.
    public var problem: String
    public var metric: String
    public var threshold: Double
    public var isBrokenBelow: Bool

    public init(problem: String, metric: String, threshold: Double, isBrokenBelow: Bool) {
        self.problem = problem
        self.metric = metric
        self.threshold = threshold
        self.isBrokenBelow = isBrokenBelow
    }
}

/// An entry of `constraint_violations.json`.
public struct ConstraintViolation: Sendable, Equatable {
    public enum Check: String, Sendable, CaseIterable {
        case dataType = "data_type_check"
        case completeness = "completeness_check"
        case drift = "baseline_drift_check"
        case missingColumn = "missing_column_check"
        case extraColumn = "extra_column_check"
        case categories = "categorical_values_check"
    }
    public var feature: String
    public var check: Check
    public var description: String

    public init(feature: String, check: Check, description: String) {
        self.feature = feature
        self.check = check
        self.description = description
    }
}
