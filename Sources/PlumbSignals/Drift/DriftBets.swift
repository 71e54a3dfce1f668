// What a detector bets on: for each way in which a distribution may change, what each value is then worth.
//
// A bet multiplies its stake by the probability of the value if the distribution had changed, over its probability by
// the reference. While nothing changes no bet gains on average; when it changes so, the bet grows exponentially.

import Foundation
import PlumbModel

struct DriftBets: Sendable {
    /// Bets of a feature; three registers of four.
    static let betsMax = 12
    /// The last two bets of a feature on any drift are on what was lately seen.
    static let recentBet = 10
    static let longBet = 11

    /// The factor of each bet at each bin (no value, odd value, then the bins); bin-major.
    var factors: [[Double]]
    /// Whether each bet can gain anything with what is known of the reference.
    var isSound: [Bool]

    /// Shifts in standard deviations, then spreads.
    private static let tilts: [(shift: Double, spread: Double)] = [
        (0.125, 1), (-0.125, 1), (0.25, 1), (-0.25, 1), (0.5, 1), (-0.5, 1), (1, 1), (-1, 1), (0, 1.5), (0, 0.7),
    ]

    /// Bets that the numbers have moved or spread, as a normal distribution would.
    static func onNumbers(_ stratum: ReferenceStratum) -> [[Double]] {
        let parts = stratum.probabilities
        let present = parts.dropFirst(2).reduce(0, +)
        var below = 0.0
        var scores: [Double] = [-.infinity]
        for part in parts.dropFirst(2) {
            below += part / present
            scores.append(NormalScore.score(of: below))
        }
        scores[scores.count - 1] = .infinity
        return tilts.map { tilt in
            [1, 1]
                + (2..<parts.count).map { bin in
                    let low = (scores[bin - 2] - tilt.shift) / tilt.spread
                    let high = (scores[bin - 1] - tilt.shift) / tilt.spread
                    let changed = NormalScore.probability(below: high) - NormalScore.probability(below: low)
                    return max(changed, 1e-9) / (parts[bin] / present)
                }
        }
    }

    private static let categoriesBetOn = 5
    private static let movedPart = 0.1

    /// Bets that each of the most frequent texts has become more frequent, or less, by a tenth of all.
    static func onTexts(_ stratum: ReferenceStratum) -> [[Double]] {
        let parts = stratum.probabilities
        // Bins stand in the order of their hashes, but for the first two.
        let bins = Array(parts.indices.dropFirst())
        let frequent = FrequentChoice.indices(
            of: bins.map { parts[$0] * stratum.rows }, hashes: bins.map(UInt64.init), max: categoriesBetOn
        ).map { bins[$0] }
        var bets: [[Double]] = []
        for bin in frequent {
            let more = parts[bin] + movedPart * (1 - parts[bin])
            let less = max(parts[bin] - movedPart, parts[bin] / 2)
            for changed in [more, less] {
                bets.append(
                    parts.indices.map { $0 == bin ? changed / parts[bin] : (1 - changed) / (1 - parts[bin]) })
            }
        }
        while bets.count < recentBet { bets.append(parts.map { _ in 1 }) }
        return bets
    }

    /// How far beyond the tolerance the second and the first set of bets look.
    static let reaches = [1.0, 2.8]
    /// Normal scores at which a tolerant bettor cuts the distribution in two.
    private static let cuts = [-1.2, -0.6, -0.2, 0.2, 0.6, 1.2]

    /// Bets that more (or less) than the tolerance has moved across a cut. Of no value is taken for the smallest, an
    /// odd one for the largest.
    static func beyondTolerance(
        _ stratum: ReferenceStratum, isText: Bool, tolerance: Double, reach: Double, errors: Double
    ) -> DriftBets {
        let parts = stratum.probabilities
        var bets = DriftBets(factors: [], isSound: [])
        for isInside in events(parts, isText: isText) {
            let inside = zip(parts, isInside).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
            let error = errors * (max(inside * (1 - inside), 0) / stratum.rows).squareRoot()
            for (expected, isWanted) in [(inside, true), (1 - inside, false)] {
                let most = expected + tolerance + error
                let bet = min(expected + tolerance + tolerance * reach, (1 + most) / 2)
                let isSound = most < 0.995 && bet > most + 0.005 && expected > 0
                bets.isSound.append(isSound)
                bets.factors.append(
                    isInside.map { inside in
                        guard isSound else { return 1 }
                        return inside == isWanted ? bet / most : (1 - bet) / (1 - most)
                    })
            }
        }
        while bets.factors.count < betsMax {
            bets.factors.append(parts.map { _ in 1 })
            bets.isSound.append(false)
        }
        return bets
    }

    /// The sets of bins of which the tolerance holds: of numbers all up to a cut, of texts each frequent one.
    private static func events(_ parts: [Double], isText: Bool) -> [[Bool]] {
        if isText {
            let frequent = parts.indices.sorted { parts[$0] > parts[$1] }.prefix(betsMax / 2)
            return frequent.map { bin in parts.indices.map { $0 == bin } }
        }
        var upTo: [Double] = []
        for part in parts.dropFirst(2) { upTo.append((upTo.last ?? parts[0]) + part) }
        var chosen: Set<Int> = []
        for cut in cuts {
            let wanted = NormalScore.probability(below: cut)
            if let nearest = upTo.indices.dropLast().min(by: { abs(upTo[$0] - wanted) < abs(upTo[$1] - wanted) }) {
                chosen.insert(nearest)
            }
        }
        return chosen.sorted().map { last in parts.indices.map { $0 == 0 || ($0 >= 2 && $0 - 2 <= last) } }
    }

    /// Makes each bet pay for what is not known of the reference, and for rows that repeat one another.
    ///
    /// By the true distribution, which the reference only estimates from some rows, a bet may gain a little while
    /// nothing changes: on average by its scatter over the root of the rows. So much is taken off. Rows of which so
    /// many say no more than one are worth a root of the factor.
    static func careful(
        _ bets: [[Double]], _ stratum: ReferenceStratum, dependence: Double, errors: Double
    ) -> DriftBets {
        var careful = DriftBets(factors: [], isSound: [])
        for factors in bets {
            let charge = charge(factors, stratum, errors: errors)
            let mean = zip(factors, stratum.probabilities).reduce(0) { $0 + $1.0 * $1.1 }
            let paid = factors.map { pow($0 / mean / charge, 1 / dependence) }
            let gain = zip(factors, stratum.probabilities).reduce(0) {
                $0 + $1.0 / mean * $1.1 * log($1.0 / mean / charge)
            }
            careful.factors.append(paid)
            careful.isSound.append(gain > 1e-4)
        }
        return careful
    }

    static func charge(_ factors: [Double], _ stratum: ReferenceStratum, errors: Double) -> Double {
        let square = zip(factors, stratum.probabilities).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
        return 1 + errors * (max(0, square - 1) / stratum.rows).squareRoot()
    }
}
