// The quantiles of any number of values, in a few thousand of them.

public import PlumbModel

/// A KLL sketch that keeps the very items that Deequ keeps, and therefore Model Monitor.
///
/// A level holds values that each stand for 2^level values. When there are too many in all, the first level that is
/// full is sorted, and every second of its values goes up to the next level.
public struct QuantileSketch: Sendable, Equatable {
    public static let sizeDefault = 2048
    public static let shrinkingFactorDefault = 0.64
    /// More than 2^48 values would be needed to fill as many levels.
    public static let levelsMax = 48

    public let size: Int
    public let shrinkingFactor: Double
    private(set) var levels: [[Double]] = [[]]
    // Of each level: how often it was compacted, and from which of two neighbours the last time.
    private var compactions: [Int] = [0]
    private var offsets: [Int] = [0]
    private var kept = 0
    private var capacity: Int

    public init(size: Int = sizeDefault, shrinkingFactor: Double = shrinkingFactorDefault) {
        self.size = size
        self.shrinkingFactor = shrinkingFactor
        capacity = Self.capacity(size, shrinkingFactor, level: 0)
    }

    public init(_ items: SketchItems) {
        self.init(size: max(2, Int(clamping: Int64(items.size))), shrinkingFactor: items.shrinkingFactor)
        for level in items.levels.prefix(Self.levelsMax).indices {
            while levels.count <= level { addLevel() }
            levels[level] = items.levels[level].filter { !$0.isNaN }
        }
        kept = levels.reduce(0) { $0 + $1.count }
    }

    public var items: SketchItems {
        SketchItems(shrinkingFactor: shrinkingFactor, size: Double(size), levels: levels)
    }

    /// How many values the sketch stands for.
    public var count: Int { levels.indices.reduce(0) { $0 + levels[$1].count << $1 } }
    public var isEmpty: Bool { kept == 0 }

    public mutating func insert(_ value: Double) {
        levels[0].append(value)
        kept += 1
        if kept > capacity { condense() }
    }

    public mutating func merge(_ other: QuantileSketch) {
        while levels.count < other.levels.count { addLevel() }
        for level in other.levels.indices { levels[level] += other.levels[level] }
        kept += other.kept
        while kept >= capacity, condense() {}
    }

    @discardableResult
    private mutating func condense() -> Bool {
        guard
            let level = levels.indices.first(where: {
                levels[$0].count >= Self.capacity(size, shrinkingFactor, level: $0)
            }), level + 1 < Self.levelsMax
        else { return false }
        if level + 1 == levels.count { addLevel() }
        let even = levels[level].count & ~1
        if compactions[level] & 1 == 1 { offsets[level] = 1 - offsets[level] }
        compactions[level] += 1
        DigitSort.sort(&levels[level], first: even)
        for index in stride(from: offsets[level], to: even, by: 2) { levels[level + 1].append(levels[level][index]) }
        levels[level].removeFirst(even)
        kept -= even / 2
        return true
    }

    private mutating func addLevel() {
        levels.append([])
        compactions.append(0)
        offsets.append(0)
        capacity += Self.capacity(size, shrinkingFactor, level: levels.count - 1)
    }

    private static func capacity(_ size: Int, _ shrinkingFactor: Double, level: Int) -> Int {
        var share = Double(size)
        for _ in 0..<level { share *= shrinkingFactor }
        return 2 * (Int((share / 2).rounded(.up)) + 1)
    }

    /// The standard error of a rank by the sketch alone, as a part of all values.
    public var rankError: Double {
        let all = Double(max(1, count))
        var variance = 0.0
        for level in levels.indices.dropLast() {
            let weight = Double(1 << level)
            let compacted = all / weight / Double(Self.capacity(size, shrinkingFactor, level: level))
            variance += compacted * weight * weight / 4
        }
        return variance.squareRoot() / all
    }

    /// The kept values in order, each with how many values stand at or below it.
    public func ranks(ties: TieRule = .fixed) -> RankedValues {
        var weighted: [(value: Double, weight: Int)] = []
        weighted.reserveCapacity(kept)
        for level in levels.indices {
            for value in levels[level] { weighted.append((value, 1 << level)) }
        }
        weighted.sort { $0.value < $1.value || ($0.value == $1.value && $0.weight < $1.weight) }
        var ranked = RankedValues()
        var sum = 0
        for index in weighted.indices {
            let isLast = index + 1 == weighted.count || weighted[index + 1].value != weighted[index].value
            // Deequ kept one weight of equal values, that of the highest level.
            if ties == .fixed || isLast { sum += weighted[index].weight }
            if isLast {
                ranked.values.append(weighted[index].value)
                ranked.ranks.append(sum)
            }
        }
        return ranked
    }
}

/// How equal values are counted.
public enum TieRule: String, Sendable, CaseIterable {
    /// As Deequ did until September 2026, and as Model Monitor's images may: equal values count once.
    case compat
    case fixed
}

/// Distinct values in order, each with how many values stand at or below it.
public struct RankedValues: Sendable, Equatable {
    public internal(set) var values: [Double] = []
    public internal(set) var ranks: [Int] = []

    public var total: Int { ranks.last ?? 0 }

    /// How many values are at or below a value.
    public func rank(of value: Double) -> Int {
        let above = firstIndex { $0 > value }
        return above == 0 ? 0 : ranks[above - 1]
    }

    public func rankBelow(_ value: Double) -> Int {
        let index = firstIndex { $0 >= value }
        return index == 0 ? 0 : ranks[index - 1]
    }

    /// The smallest value with at least this part of all values at or below it.
    public func quantile(_ part: Double) -> Double? {
        let wanted = part * Double(total)
        var (low, high) = (0, ranks.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(ranks[middle]) >= wanted { high = middle } else { low = middle + 1 }
        }
        return values.isEmpty ? nil : values[min(low, values.count - 1)]
    }

    private func firstIndex(where isBeyond: (Double) -> Bool) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
