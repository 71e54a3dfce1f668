// One feature under watch: where its values fall, and what was seen lately.

import Foundation
import PlumbModel

/// What a bettor knows beside its tables and stakes, which stand with those of all others in the machine's memory.
struct DriftBettor: Sendable {
    let column: Int32
    let feature: Int32
    let isText: Bool
    /// Roots are taken by this much, because rows repeat one another.
    let root: Float
    /// The part of all stakes that each bet begins with; none for a bet that cannot gain.
    var stakes: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)
    /// Whether the last two bets follow what is seen.
    let isAdaptive: Bool
    var recentRows: UInt16 = 0
    var longRows: UInt16 = 0
    /// The row since which the bets have been growing; the next row while they are not.
    var since = 0

    /// Rows that the two memories hold before their counts are halved.
    static let recentRowsMax = 64
    static let longRowsMax = 1024
    /// Rows of the reference in the place of which a memory begins.
    static let recentPrior: Float = 40
    static let longPrior: Float = 100
}
