// What one column is like: completeness, types, moments, range, quantiles, and the frequent texts.

import Foundation
public import PlumbModel

public struct ColumnProfile: Sendable {
    private static let bucketsMax = 10
    /// Texts that are told in a file of statistics.
    private static let categoriesToldMax = 200

    public private(set) var missing = 0
    public private(set) var integral = 0
    public private(set) var fractional = 0
    private var sum = 0.0
    // Sums of differences from the first value keep their digits where the values lie far from zero.
    private var origin: Double?
    private var differences = 0.0
    private var squares = 0.0
    private var minimum = Double.infinity
    private var maximum = -Double.infinity
    private(set) var quantiles: QuantileSketch
    private(set) var texts = CategorySketch()

    public init(sketchSize: Int = QuantileSketch.sizeDefault) { quantiles = QuantileSketch(size: sketchSize) }

    public var present: Int { integral + fractional + texts.total }

    public mutating func insert(_ batch: borrowing RowBatch, column: Int, rows: Range<Int>) {
        let cells = batch.cells.span
        var index = rows.lowerBound * batch.columns + column
        for _ in rows {
            let cell = cells[index]
            index += batch.columns
            switch cell.kind {
            case .integral:
                integral += 1
                insert(cell.number)
            case .fractional:
                fractional += 1
                insert(cell.number)
            case .text: texts.insert(hash: cell.bits) { batch.text(of: cell) }
            case .missing: missing += 1
            }
        }
    }

    private mutating func insert(_ value: Double) {
        let first = origin ?? value
        origin = first
        let difference = value - first
        sum += value
        differences += difference
        squares += difference * difference
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
        quantiles.insert(value)
    }

    public mutating func merge(_ other: ColumnProfile) {
        missing += other.missing
        integral += other.integral
        fractional += other.fractional
        sum += other.sum
        if let theirs = other.origin {
            let count = Double(other.integral + other.fractional)
            let shift = theirs - (origin ?? theirs)
            origin = origin ?? theirs
            squares += other.squares + 2 * shift * other.differences + count * shift * shift
            differences += other.differences + count * shift
        }
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        quantiles.merge(other.quantiles)
        texts.merge(other.texts)
    }

    public var inferredType: InferredType {
        if texts.total > 0 { return .string }
        if fractional > 0 { return .fractional }
        return integral > 0 ? .integral : .unknown
    }

    public var standardDeviation: Double {
        let count = Double(integral + fractional)
        guard count > 0 else { return 0 }
        return max(0, squares / count - (differences / count) * (differences / count)).squareRoot()
    }

    public var mean: Double { (origin ?? 0) + differences / Double(max(1, integral + fractional)) }

    /// Texts and, in a column of both, numbers as they would be written.
    public var asTexts: CategorySketch {
        guard texts.total > 0, integral + fractional > 0 else { return texts }
        var all = texts
        let items = quantiles.items.levels
        for level in items.indices {
            for value in items[level] { all.insert(Self.written(value), count: 1 << level) }
        }
        return all
    }

    private static func written(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    public func statistics(name: String) -> FeatureStatistics {
        let type = inferredType
        var told = FeatureStatistics(name: name, inferredType: type, present: present, missing: missing)
        told.typeCounts = [.integral: integral, .fractional: fractional, .string: texts.total]
        switch type {
        case .string:
            let all = asTexts
            told.text = TextStatistics(
                distinctCount: all.distinctCount, categories: all.categories(max: Self.categoriesToldMax))
        case .integral, .fractional:
            told.numerical = NumericalStatistics(
                mean: mean, sum: sum, standardDeviation: standardDeviation, minimum: minimum, maximum: maximum,
                buckets: buckets, sketch: quantiles.items)
        case .unknown: break
        }
        return told
    }

    /// Ten of one width from the smallest value to the largest, which belongs to the last.
    private var buckets: [NumericalStatistics.Bucket] {
        let ranks = quantiles.ranks()
        let width = maximum - minimum
        return (0..<Self.bucketsMax).map { index in
            let lower = minimum + width * Double(index) / Double(Self.bucketsMax)
            let upper = minimum + width * Double(index + 1) / Double(Self.bucketsMax)
            let end = index + 1 == Self.bucketsMax ? ranks.rank(of: upper) : ranks.rankBelow(upper)
            return NumericalStatistics.Bucket(
                lowerBound: lower, upperBound: upper, count: Double(end - ranks.rankBelow(lower)))
        }
    }
}
