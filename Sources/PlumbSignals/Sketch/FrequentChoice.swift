// Which of many categories are watched one by one.

import PlumbModel

/// Chooses by frequency where it is plain, and else by chance.
///
/// Of categories that are about equally frequent, those that were met most often in a sample are those that it shows
/// too often. Watching just these would take the sample's error for a drift, so that the hash decides among them.
enum FrequentChoice {
    private static let errors = 4.0

    /// Indices of at most `max` of the counts.
    static func indices(of counts: [Double], hashes: [UInt64], max: Int) -> [Int] {
        guard counts.count > max else { return Array(counts.indices) }
        let cut = counts.sorted(by: >)[max]
        let plain = cut + errors * (cut.squareRoot() + 1)
        return Array(
            counts.indices.sorted { one, other in
                let (isOne, isOther) = (counts[one] > plain, counts[other] > plain)
                return isOne != isOther ? isOne : hashes[one] < hashes[other]
            }.prefix(max))
    }

    static func categories(_ all: [TextStatistics.Category]) -> [String] {
        let chosen = indices(
            of: all.map { Double($0.count) }, hashes: all.map { TextHash.of($0.value) }, max: ReferenceStratum.binsMax)
        return chosen.map { all[$0].value }
    }
}
