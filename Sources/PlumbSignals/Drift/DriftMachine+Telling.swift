// Which features have drifted, how far, and since when.

import Foundation
import PlumbModel

extension DriftMachine {
    static let suspectedMax = 10

    static func power(_ factor: Float, _ root: Float) -> Float { pow(factor, root) }

    /// Names features by the rule of Benjamini and Hochberg for e-values: the largest number of features of which each
    /// holds at least an equal share of what an alarm takes.
    func alarm(row: Int, time: Int64) -> DriftAlarm {
        var best: [Int: (bettor: Int, holding: Double)] = [:]
        for bettor in bettors.indices {
            let (feature, holding) = (Int(bettors[bettor].feature), holding(of: bettor))
            if holding > best[feature]?.holding ?? -1 { best[feature] = (bettor, holding) }
        }
        let order = best.values.sorted { $0.holding != $1.holding ? $0.holding > $1.holding : $0.bettor < $1.bettor }
        var named = 1
        for (index, entry) in order.enumerated()
        where entry.holding * Double(index + 1) >= settings.rowsPerFalseAlarm { named = index + 1 }
        let floor = settings.rowsPerFalseAlarm.squareRoot()
        let suspected = order.dropFirst(named).prefix { $0.holding >= floor }.prefix(Self.suspectedMax)
        return DriftAlarm(
            row: row, time: time, features: order.prefix(named).map { tell($0.bettor, row: row) },
            suspected: suspected.map { tell($0.bettor, row: row) })
    }

    /// Each feature as it was in the last rows (a few thousand at most) beside the reference, the furthest apart first;
    /// empty before the first rows.
    public func comparison(_ limit: Int) -> [DriftedFeature] {
        var bettor: [Int32: Int] = [:]
        for index in bettors.indices where bettor[bettors[index].feature] == nil {
            bettor[bettors[index].feature] = index
        }
        let distances = bettor.values.sorted().compactMap { bettor -> (bettor: Int, now: [Double], distance: Double)? in
            guard let now = distribution(of: bettor, long) else { return nil }
            let feature = reference.features[Int(bettors[bettor].feature)]
            let expected = feature.strata[stratum].probabilities
            return (bettor, now, Self.distance(expected, now, isText: feature.isText))
        }
        return distances.sorted { ($1.distance, $0.bettor) < ($0.distance, $1.bettor) }.prefix(limit).map {
            tell($0.bettor, $0.now, row: rows)
        }
    }

    private func tell(_ bettor: Int, row: Int) -> DriftedFeature {
        let stratum = reference.features[Int(bettors[bettor].feature)].strata[stratum]
        return tell(bettor, distribution(of: bettor, moved) ?? stratum.probabilities, row: row)
    }

    /// The shares of the bins in one of the counts, with the block that is under way; nil of none.
    private func distribution(of bettor: Int, _ counted: [UInt16]) -> [Double]? {
        let bins = reference.features[Int(bettors[bettor].feature)].strata[stratum].probabilities.indices
        let counts = bins.map { bin -> Double in
            let index = bettor * Self.binsMax + bin
            return Double(counted[index]) + Double(unfinished(index))
        }
        let total = counts.reduce(0, +)
        return total > 0 ? counts.map { $0 / total } : nil
    }

    private func tell(_ bettor: Int, _ now: [Double], row: Int) -> DriftedFeature {
        let known = bettors[bettor]
        let feature = reference.features[Int(known.feature)]
        let stratum = feature.strata[stratum]
        let gain = Double(min(gain(of: bettor), .greatestFiniteMagnitude))
        return DriftedFeature(
            name: feature.name, since: onset(of: known, row: row, gain: gain),
            distance: Self.distance(stratum.probabilities, now, isText: feature.isText),
            change: DriftChange.text(feature, stratum, now: now), evidence: log10(max(gain, 1)),
            expected: Sparkline.text(stratum.probabilities.dropFirst(2).map { $0 }),
            observed: Sparkline.text(now.dropFirst(2).map { $0 }))
    }

    /// Back along the growth of the bets, from where they left what is usual to where they were none.
    private func onset(of bettor: DriftBettor, row: Int, gain: Double) -> Int {
        let (left, usual) = (log(1000.0), log(50.0))
        guard gain > 2000, row > bettor.since else { return max(0, min(row, bettor.since)) }
        let back = Double(row - bettor.since) * (left - usual) / (log(gain) - left)
        return max(0, bettor.since - Int(min(back, Double(row - bettor.since))))
    }

    private static func distance(_ expected: [Double], _ now: [Double], isText: Bool) -> Double {
        var (difference, largest) = (0.0, 0.0)
        for bin in expected.indices {
            difference = (isText ? 0 : difference) + now[bin] - expected[bin]
            largest = max(largest, abs(difference))
        }
        return largest
    }
}

/// What changed, in words.
enum DriftChange {
    static func text(_ feature: FeatureReference, _ stratum: ReferenceStratum, now: [Double]) -> String {
        let expected = stratum.probabilities
        if now[0] - expected[0] > 0.05 { return "no value in \(percent(now[0])) (\(percent(expected[0])) before)" }
        if now[1] - expected[1] > 0.05 {
            let what = feature.isText ? "values never seen before" : "values that are no numbers"
            return "\(what) in \(percent(now[1])) (\(percent(expected[1])) before)"
        }
        return feature.isText ? textChange(feature, expected, now) : numberChange(stratum, now)
    }

    private static func textChange(_ feature: FeatureReference, _ expected: [Double], _ now: [Double]) -> String {
        let bins = expected.indices.sorted { abs(now[$0] - expected[$0]) > abs(now[$1] - expected[$1]) }
        return bins.prefix(2).map { bin in
            let name = bin == 0 ? "no value" : bin == 1 ? "others" : "'\(feature.categories[bin - 2])'"
            return "\(name) \(percent(expected[bin])) → \(percent(now[bin]))"
        }.joined(separator: ", ")
    }

    private static func numberChange(_ stratum: ReferenceStratum, _ now: [Double]) -> String {
        let bins = Array(stratum.probabilities.dropFirst(2))
        let seen = Array(now.dropFirst(2))
        if bins.count > 3, let largest = seen.max(), largest > 0.98 { return "nearly always one value" }
        let (before, after) = (moments(bins, bins), moments(bins, seen))
        let shift = (after.mean - before.mean) / max(before.spread, 1e-9)
        let spread = after.spread / max(before.spread, 1e-9)
        if abs(shift) >= abs(spread - 1) { return "moved by \(signed(shift)) standard deviations" }
        return "spread × \(hundredths(spread))"
    }

    /// Mean and spread of normal scores of the bins.
    private static func moments(_ bins: [Double], _ weights: [Double]) -> (mean: Double, spread: Double) {
        let all = bins.reduce(0, +)
        var (below, mean, square) = (0.0, 0.0, 0.0)
        let total = max(weights.reduce(0, +), 1e-12)
        for (part, weight) in zip(bins, weights) {
            let score = NormalScore.score(of: min(max((below + part / 2) / all, 1e-6), 1 - 1e-6))
            below += part
            mean += weight / total * score
            square += weight / total * score * score
        }
        return (mean, max(0, square - mean * mean).squareRoot())
    }

    static func percent(_ part: Double) -> String {
        let tenths = (part * 1000).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) %" : "\(tenths) %"
    }

    static func hundredths(_ value: Double) -> String { String((value * 100).rounded() / 100) }
    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + hundredths(value) }
}
