// Each feature of one data set beside that of another: how far apart they are, and which differ by more than chance.

public import PlumbModel

public struct FeatureComparison: Sendable, Equatable, Codable {
    /// The chance that anything is said to differ while nothing does, over all features together.
    public static let chanceMax = 0.01
    private static let bins = 20

    public var name: String
    public var largestDifference: Double
    public var populationStability: Double
    public var jensenShannon: Double
    /// Of so large a difference between samples of one distribution.
    public var chance: Double
    public var differs: Bool

    /// Compares the features that both have, by Holm's rule: no correction by hand for their number is needed.
    public static func all(_ now: DatasetStatistics, _ before: DatasetStatistics) -> [FeatureComparison] {
        let known = Dictionary(before.features.map { ($0.name, $0) }) { first, _ in first }
        var compared = now.features.compactMap { feature in known[feature.name].flatMap { compare(feature, $0) } }
        let order = compared.indices.sorted { compared[$0].chance < compared[$1].chance }
        for (rank, index) in order.enumerated() {
            guard compared[index].chance <= chanceMax / Double(order.count - rank) else { break }
            compared[index].differs = true
        }
        return compared
    }

    private static func compare(_ now: FeatureStatistics, _ before: FeatureStatistics) -> FeatureComparison? {
        if let numbers = now.numerical, let reference = before.numerical {
            return compare(now.name, QuantileSketch(numbers.sketch), QuantileSketch(reference.sketch))
        }
        guard let texts = now.text, let reference = before.text else { return nil }
        let counts = Dictionary(texts.categories.map { ($0.value, $0.count) }) { $0 + $1 }
        let expected = Dictionary(reference.categories.map { ($0.value, $0.count) }) { $0 + $1 }
        let keys = Set(counts.keys).union(expected.keys).sorted()
        let (one, other) = (keys.map { Double(expected[$0] ?? 0) }, keys.map { Double(counts[$0] ?? 0) })
        let (parts, otherParts) = (Self.parts(one), Self.parts(other))
        return FeatureComparison(
            name: now.name, largestDifference: SketchDistance.simple(counts, expected),
            populationStability: WindowDistance.populationStability(parts, otherParts),
            jensenShannon: WindowDistance.jensenShannon(parts, otherParts),
            chance: WindowDistance.chance(ofCounts: one, other), differs: false)
    }

    private static func compare(_ name: String, _ now: QuantileSketch, _ before: QuantileSketch) -> FeatureComparison? {
        guard !now.isEmpty, !before.isEmpty else { return nil }
        let (ranks, expected) = (now.ranks(), before.ranks())
        var edges: [Double] = []
        for bin in 1..<bins {
            if let edge = expected.quantile(Double(bin) / Double(bins)), edge != edges.last { edges.append(edge) }
        }
        func parts(_ values: RankedValues) -> [Double] {
            var below = 0.0
            let upTo = edges.map { Double(values.rank(of: $0)) / Double(values.total) } + [1]
            return upTo.map { part in
                defer { below = part }
                return part - below
            }
        }
        let distance = SketchDistance.simple(now, before)
        // What the sketches may be wrong by is no difference: two standard errors of each.
        let sure = max(0, distance - 2 * (now.rankError + before.rankError))
        return FeatureComparison(
            name: name, largestDifference: distance,
            populationStability: WindowDistance.populationStability(parts(expected), parts(ranks)),
            jensenShannon: WindowDistance.jensenShannon(parts(expected), parts(ranks)),
            chance: WindowDistance.chance(
                ofDistance: sure, rows: Double(ranks.total), otherRows: Double(expected.total)), differs: false)
    }

    private static func parts(_ counts: [Double]) -> [Double] {
        let total = max(1, counts.reduce(0, +))
        return counts.map { $0 / total }
    }
}
