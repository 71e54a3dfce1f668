// How far two data sets are apart as Model Monitor measures it: L-infinity, between sketches or counts.

import Foundation

public enum SketchDistance {
    /// By so much of their scatter two samples of one distribution may differ (a chance of 0.003).
    public static let allowance = 1.8

    /// The largest difference between two distributions of numbers.
    public static func simple(
        _ one: QuantileSketch, _ other: QuantileSketch, ties: TieRule = .fixed
    ) -> Double {
        let (first, second) = (one.ranks(ties: ties), other.ranks(ties: ties))
        guard first.total > 0, second.total > 0 else { return 0 }
        var (index, next, largest) = (0, 0, 0.0)
        // Both lists in step, so that the time is that of their lengths.
        while index < first.values.count || next < second.values.count {
            let value = min(
                index < first.values.count ? first.values[index] : .infinity,
                next < second.values.count ? second.values[next] : .infinity)
            if index < first.values.count, first.values[index] == value { index += 1 }
            if next < second.values.count, second.values[next] == value { next += 1 }
            let below = index == 0 ? 0 : Double(first.ranks[index - 1]) / Double(first.total)
            let otherBelow = next == 0 ? 0 : Double(second.ranks[next - 1]) / Double(second.total)
            largest = max(largest, abs(below - otherBelow))
            if value == .infinity { break }
        }
        return largest
    }

    public static func robust(
        _ one: QuantileSketch, _ other: QuantileSketch, ties: TieRule = .fixed
    ) -> Double {
        corrected(
            simple(one, other, ties: ties), Double(one.ranks(ties: ties).total), Double(other.ranks(ties: ties).total))
    }

    /// The largest difference between the parts of a category.
    public static func simple(_ one: [String: Int], _ other: [String: Int]) -> Double {
        let (first, second) = (one.values.reduce(0, +), other.values.reduce(0, +))
        guard first > 0, second > 0 else { return 0 }
        return Set(one.keys).union(other.keys).reduce(0) { largest, key in
            max(largest, abs(Double(one[key] ?? 0) / Double(first) - Double(other[key] ?? 0) / Double(second)))
        }
    }

    public static func robust(_ one: [String: Int], _ other: [String: Int], chance: Double? = nil) -> Double {
        corrected(
            simple(one, other), Double(one.values.reduce(0, +)), Double(other.values.reduce(0, +)), chance: chance)
    }

    private static func corrected(_ distance: Double, _ first: Double, _ second: Double, chance: Double? = nil)
        -> Double
    {
        guard first > 0, second > 0 else { return 0 }
        let factor = chance.map { (-log($0 / 2) / 2).squareRoot() } ?? allowance
        return max(0, distance - factor * ((first + second) / (first * second)).squareRoot())
    }
}
