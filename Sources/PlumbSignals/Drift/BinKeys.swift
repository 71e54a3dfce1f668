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
        index &+= keys[index &+ 15] < key ? 16 : 0
        index &+= keys[index &+ 7] < key ? 8 : 0
        index &+= keys[index &+ 3] < key ? 4 : 0
        index &+= keys[index &+ 1] < key ? 2 : 0
        index &+= keys[index] < key ? 1 : 0
        return index &- base
    }
}
