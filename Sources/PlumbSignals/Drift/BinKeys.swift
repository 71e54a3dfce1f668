// In which bin a value falls, found by halving.

import PlumbModel

/// Numbers and hashes of texts are both searched for as whole numbers in order.
enum BinKeys {
    /// Keys of a bettor; what is not used is larger than any value.
    static let keysMax = 32

    /// The feature with its categories in the order in which their keys are searched.
    static func inOrder(_ feature: FeatureReference) -> FeatureReference {
        guard feature.isText else { return feature }
        let keys = feature.categories.map(TextHash.of)
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        var ordered = feature
        ordered.categories = order.map { feature.categories[$0] }
        for stratum in ordered.strata.indices {
            let parts = feature.strata[stratum].probabilities
            ordered.strata[stratum].probabilities = Array(parts.prefix(2)) + order.map { parts[2 + $0] }
        }
        return ordered
    }

    /// A whole number for a number, in the same order.
    @inline(__always) static func key(_ bits: UInt64) -> UInt64 {
        // Adding zero makes one zero of the two.
        let pattern = (Double(bitPattern: bits) + 0).bitPattern
        return pattern ^ (UInt64(bitPattern: Int64(bitPattern: pattern) >> 63) | 0x8000_0000_0000_0000)
    }

    /// How many keys are smaller than a key.
    @inline(__always) static func smaller(than key: UInt64, in keys: Span<UInt64>, from base: Int) -> Int {
        var index = base
        // Sums instead of choices: what a processor cannot guess it should not have to.
        index &+= isSmaller(keys[index &+ 15], key) &<< 4
        index &+= isSmaller(keys[index &+ 7], key) &<< 3
        index &+= isSmaller(keys[index &+ 3], key) &<< 2
        index &+= isSmaller(keys[index &+ 1], key) &<< 1
        index &+= isSmaller(keys[index], key)
        return index &- base
    }

    /// 1 or 0.
    @inline(__always) private static func isSmaller(_ one: UInt64, _ other: UInt64) -> Int {
        Int(truncatingIfNeeded: one.subtractingReportingOverflow(other).overflow ? 1 : 0)
    }
}
