// How much consecutive rows repeat one another.

import Foundation

/// Measures by means of longer and longer runs of rows: those of independent rows scatter by one over the root of
/// their length, those of rows that repeat one another by more.
public enum Dependence {
    /// Rows that are looked at; a memory of numbers as long for each feature while a baseline is made.
    public static let rowsMax = 1 << 14
    private static let runsMin = 24
    /// How many standard errors above one a scatter has to be, to be taken for more than chance.
    private static let caution = 4.5

    /// How many rows say as much as one independent row; at least 1. What a season explains is no dependence: values
    /// are compared with others of their stratum.
    public static func rowsPerIndependentRow(of values: [Float], strata: [UInt8] = []) -> Double {
        let present = values.indices.filter { !values[$0].isNaN }
        guard present.count >= 4 * runsMin else { return 1 }
        let ranks = ranks(
            of: present.map { values[$0] }, strata: present.map { strata.isEmpty ? 0 : strata[$0] })
        // The second time, the distance from the middle: a spread may repeat itself where a value does not.
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

    /// Ranks instead of values: neither outliers nor units matter. Equal values share one.
    private static func ranks(of values: [Float], strata: [UInt8]) -> [Double] {
        // The stratum above, then a number in order, and below the place it came from.
        let keys = values.indices.map { index -> UInt64 in
            let pattern = (values[index] + 0).bitPattern
            let key = pattern >> 31 == 1 ? ~pattern : pattern | 0x8000_0000
            return UInt64(strata[index]) << 56 | UInt64(key) << 24 | UInt64(index)
        }.sorted()
        var ranks = [Double](repeating: 0, count: keys.count)
        var start = 0
        while start < keys.count {
            let stop = keys[start...].firstIndex { $0 >> 56 != keys[start] >> 56 } ?? keys.count
            var first = start
            while first < stop {
                var end = first + 1
                while end < stop, keys[end] >> 24 == keys[first] >> 24 { end += 1 }
                let rank = Double(first + end - 2 * start) / 2 / Double(stop - start) - 0.5
                for index in first..<end { ranks[Int(keys[index] & 0xFF_FFFF)] = rank }
                first = end
            }
            start = stop
        }
        return ranks
    }
}
