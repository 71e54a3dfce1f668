// What a data set is like, in Model Monitor's words.

/// What the values of a feature are.
public enum InferredType: String, Sendable, Codable, Hashable, CaseIterable {
    case fractional = "Fractional"
    case integral = "Integral"
    case string = "String"
    case unknown = "Unknown"
}

/// The content of `statistics.json`.
public struct DatasetStatistics: Sendable, Equatable {
    public var itemCount: Int
    public var features: [FeatureStatistics]

    public init(itemCount: Int, features: [FeatureStatistics]) {
        self.itemCount = itemCount
        self.features = features
    }
}

public struct FeatureStatistics: Sendable, Equatable {
    public var name: String
    public var inferredType: InferredType
    public var present: Int
    public var missing: Int
    public var numerical: NumericalStatistics?
    public var text: TextStatistics?
    /// How many values were of which type; empty where it was read from a file, which does not say.
    public var typeCounts: [InferredType: Int] = [:]

    public init(name: String, inferredType: InferredType, present: Int, missing: Int) {
        self.name = name
        self.inferredType = inferredType
        self.present = present
        self.missing = missing
    }

    /// The part of the rows in which the feature has a value.
    public var completeness: Double {
        present + missing == 0 ? 0 : Double(present) / Double(present + missing)
    }
}

public struct NumericalStatistics: Sendable, Equatable {
    public struct Bucket: Sendable, Equatable {
        public var lowerBound: Double
        public var upperBound: Double
        public var count: Double
        public init(lowerBound: Double, upperBound: Double, count: Double) {
            self.lowerBound = lowerBound
            self.upperBound = upperBound
            self.count = count
        }
    }
    public var mean: Double
    public var sum: Double
    /// Of the population, as Model Monitor gives it.
    public var standardDeviation: Double
    public var minimum: Double
    public var maximum: Double
    public var buckets: [Bucket]
    public var sketch: SketchItems

    public init(
        mean: Double, sum: Double, standardDeviation: Double, minimum: Double, maximum: Double, buckets: [Bucket],
        sketch: SketchItems
    ) {
        self.mean = mean
        self.sum = sum
        self.standardDeviation = standardDeviation
        self.minimum = minimum
        self.maximum = maximum
        self.buckets = buckets
        self.sketch = sketch
    }
}

/// The items of a quantile sketch: an item of level n stands for 2ⁿ values.
public struct SketchItems: Sendable, Equatable {
    public var shrinkingFactor: Double
    public var size: Double
    public var levels: [[Double]]

    public init(shrinkingFactor: Double, size: Double, levels: [[Double]]) {
        self.shrinkingFactor = shrinkingFactor
        self.size = size
        self.levels = levels
    }
}

public struct TextStatistics: Sendable, Equatable {
    public struct Category: Sendable, Equatable {
        public var value: String
        public var count: Int
        public init(value: String, count: Int) {
            self.value = value
            self.count = count
        }
    }
    public var distinctCount: Double
    /// The most frequent first.
    public var categories: [Category]

    public init(distinctCount: Double, categories: [Category]) {
        self.distinctCount = distinctCount
        self.categories = categories
    }
}
