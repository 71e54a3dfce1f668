// How much consecutive rows repeat one another.

import Foundation

/// Measures by means of longer and longer runs of rows: those of independent rows scatter by one over the root of
/// their length, those of rows that repeat one another by more.
public enum Dependence {
    /// Rows that are looked at; a memory of numbers as long for each feature while a baseline is made.
    public static let rowsMax = 1 << 15
    private static let runsMin = 24
    /// How many standard errors above one a scatter has to be, to be taken for more than chance.
    private static let caution = 4.5

    /// How many rows say as much as one independent row; at least 1.
    public static func rowsPerIndependentRow(of values: [Float]) -> Double {
        let present = values.filter { !$0.isNaN }
        guard present.count >= 4 * runsMin else { return 1 }
        let sorted = present.sorted()
        // Ranks instead of values: neither outliers nor units matter. The second time, the distance from the middle.
        let ranks = present.map { value in
            let below = Double(lowerBound(sorted, value))
            let through = Double(lowerBound(sorted, value.nextUp))
            return (below + through) / 2 / Double(sorted.count) - 0.5
        }
        return max(longest(ranks), longest(ranks.map { abs($0) }))
    }

    private static func longest(_ ranks: [Double]) -> Double {
        let mean = ranks.reduce(0, +) / Double(ranks.count)
        let variance = ranks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ranks.count)
        guard variance > 0 else { return 1 }
        var found = 1.0
        var length = 2
        while ranks.count / length >= runsMin {
            let runs = ranks.count / length
            var scatter = 0.0
            for run in 0..<runs {
                var sum = 0.0
                for index in run * length..<(run + 1) * length { sum += ranks[index] - mean }
                scatter += sum * sum
            }
            let ratio = scatter / Double(runs * length) / variance
            if ratio > 1 + caution * (2 / Double(runs)).squareRoot() { found = max(found, ratio) }
            length *= 2
        }
        return found
    }

    private static func lowerBound(_ sorted: [Float], _ value: Float) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
