// What a detector of drift compares with: for each feature, how often its values fall where.

/// By what the expected distribution of a feature changes in the course of time.
public enum Season: String, Sendable, Codable, Hashable, CaseIterable {
    case none, hourOfDay, dayOfWeek, hourOfWeek

    public var strata: Int {
        switch self {
        case .none: 1
        case .hourOfDay: 24
        case .dayOfWeek: 7
        case .hourOfWeek: 168
        }
    }

    /// Which part of the season a moment belongs to, in UTC.
    public func stratum(at seconds: Int64) -> Int {
        let hours = seconds >= 0 ? seconds / 3600 : (seconds - 3599) / 3600
        // 1970 began on a Thursday, the fourth day of the week from Monday = 0.
        let hourOfWeek = Int(((hours + 3 * 24) % 168 + 168) % 168)
        switch self {
        case .none: return 0
        case .hourOfDay: return hourOfWeek % 24
        case .dayOfWeek: return hourOfWeek / 24
        case .hourOfWeek: return hourOfWeek
        }
    }
}

public struct DriftReference: Sendable, Equatable, Codable {
    public var season: Season
    public var features: [FeatureReference]

    public init(season: Season, features: [FeatureReference]) {
        self.season = season
        self.features = features
    }
}

public struct FeatureReference: Sendable, Equatable, Codable {
    public var name: String
    public var isText: Bool
    /// How many rows, one after another, say as much as one independent row; 1 where rows are independent.
    public var dependence: Double
    /// Of a text: the frequent values; whatever is not among them is counted as one.
    public var categories: [String]
    /// One, or one for each part of the season.
    public var strata: [ReferenceStratum]

    public init(name: String, isText: Bool, dependence: Double, categories: [String], strata: [ReferenceStratum]) {
        self.name = name
        self.isText = isText
        self.dependence = dependence
        self.categories = categories
        self.strata = strata
    }
}

/// Where the values of a feature fall.
public struct ReferenceStratum: Sendable, Equatable, Codable {
    /// How many independent rows would know the distribution as well as it is known.
    public var rows: Double
    /// The parts without a value, of an odd type (of a text: not among the frequent values), then of each bin.
    public var probabilities: [Double]
    /// Of a number: the largest value of each bin but the last.
    public var edges: [Double]
    /// Of a number: what its bins are measured in.
    public var mean: Double
    public var standardDeviation: Double

    public init(
        rows: Double, probabilities: [Double], edges: [Double], mean: Double = 0, standardDeviation: Double = 0
    ) {
        self.rows = rows
        self.probabilities = probabilities
        self.edges = edges
        self.mean = mean
        self.standardDeviation = standardDeviation
    }
}
