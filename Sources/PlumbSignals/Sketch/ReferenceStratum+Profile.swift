// From what a column is like to where its values are expected to fall.

public import PlumbModel

extension ReferenceStratum {
    /// Bins beside those for no value and for an odd one.
    public static let binsMax = 26
    /// Fewer rows say too little of a distribution.
    public static let rowsMin = 100
    /// Outer bins begin where so many values are left.
    private static let outerRowsMin = 8.0
    /// Standard deviations between two edges, were the values normal.
    private static let step = 0.2

    init(_ column: ColumnProfile, dependence: Double) {
        self.init(
            column.quantiles, missing: column.missing, odd: column.texts.total, mean: column.mean,
            standardDeviation: column.standardDeviation, dependence: dependence)
    }

    /// Of numbers.
    init(
        _ sketch: QuantileSketch, missing: Int, odd: Int, mean: Double, standardDeviation: Double, dependence: Double
    ) {
        let ranked = sketch.ranks()
        let present = Double(ranked.total)
        let all = present + Double(missing + odd)
        var edges: [Double] = []
        let half = (Self.binsMax - 1) / 2
        for index in -half...half {
            let part = NormalScore.probability(below: Double(index) * Self.step)
            guard min(part, 1 - part) * present >= Self.outerRowsMin, let edge = ranked.quantile(part) else { continue }
            // The last value is no edge: nothing would be above it.
            if edge != edges.last, edge < ranked.values.last ?? edge { edges.append(edge) }
        }
        var counts = [Double(missing), Double(odd)]
        var below = 0
        for edge in edges {
            counts.append(Double(ranked.rank(of: edge) - below))
            below = ranked.rank(of: edge)
        }
        counts.append(Double(ranked.total - below))
        let sketchRows = sketch.rankError > 0 ? 0.25 / (sketch.rankError * sketch.rankError) : .infinity
        let rows = 1 / (dependence / max(1, all) + 1 / sketchRows)
        self.init(
            rows: rows, probabilities: Self.parts(counts), edges: edges, mean: mean,
            standardDeviation: standardDeviation)
    }

    /// Of texts.
    init(_ column: ColumnProfile, categories: [String], dependence: Double) {
        let texts = column.asTexts
        var counted: [String: Int] = [:]
        for category in texts.categories() { counted[category.value] = category.count }
        self.init(counted, total: texts.total, missing: column.missing, categories: categories, dependence: dependence)
    }

    init(_ counted: [String: Int], total: Int, missing: Int, categories: [String], dependence: Double) {
        let known = categories.map { Double(counted[$0] ?? 0) }
        let other = max(0, Double(total) - known.reduce(0, +))
        self.init(
            rows: Double(max(1, total + missing)) / dependence,
            probabilities: Self.parts([Double(missing), other] + known), edges: [])
    }

    /// What was never seen may still come: it is given the part that one value would have.
    private static func parts(_ counts: [Double]) -> [Double] {
        let raised = counts.map { max($0, 1) }
        let total = raised.reduce(0, +)
        return raised.map { $0 / total }
    }
}

extension DriftReference {
    /// What a detector can know from statistics alone: neither seasons nor how much rows repeat one another.
    public init(_ statistics: DatasetStatistics) {
        self.init(season: .none, features: statistics.features.map(FeatureReference.init))
    }
}

extension FeatureReference {
    init(_ feature: FeatureStatistics) {
        if let numbers = feature.numerical {
            self.init(
                name: feature.name, isText: false, dependence: 1, categories: [],
                strata: [
                    ReferenceStratum(
                        QuantileSketch(numbers.sketch), missing: feature.missing, odd: 0, mean: numbers.mean,
                        standardDeviation: numbers.standardDeviation, dependence: 1)
                ])
        } else {
            let all = feature.text?.categories ?? []
            let categories = FrequentChoice.categories(all)
            var counted: [String: Int] = [:]
            for category in all { counted[category.value] = category.count }
            self.init(
                name: feature.name, isText: true, dependence: 1, categories: categories,
                strata: [
                    ReferenceStratum(
                        counted, total: feature.present, missing: feature.missing, categories: categories,
                        dependence: 1)
                ])
        }
    }
}
