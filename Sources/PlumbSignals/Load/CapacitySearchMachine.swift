// The highest rate that still keeps a promise, found in few trials.

/// Doubles the rate until the promise breaks, then halves the gap until it is narrow.
///
/// A rate that failed is tried once more before it is believed: on a shared machine one bad second would else end the
/// search early.
public struct CapacitySearchMachine: Sendable, Hashable {
    /// The gap, as a share of the highest good rate, at which the search ends.
    public static let gapMax = 0.05
    public static let trialsMax = 40

    /// The rate to try next; nil once the search is over.
    public private(set) var next: Double?
    /// The highest rate that kept the promise; nil when none has.
    public private(set) var best: Double?
    /// The lowest rate that broke it, twice.
    public private(set) var broken: Double?
    public private(set) var trials = 0
    private var isSecondChance = false
    private let rateMax: Double

    /// Starts at `rate`, and never tries more than `rateMax`.
    public init(startingAt rate: Double, rateMax: Double) {
        next = min(max(rate, 1), rateMax)
        self.rateMax = rateMax
    }

    /// Takes in how the trial at `next` went.
    public mutating func tried(holds: Bool) {
        guard let rate = next else { return }
        trials += 1
        if !holds, !isSecondChance, trials < Self.trialsMax {
            isSecondChance = true
            return
        }
        isSecondChance = false
        if holds { best = max(best ?? 0, rate) } else { broken = min(broken ?? .infinity, rate) }
        next = trials >= Self.trialsMax ? nil : following(rate)
    }

    private func following(_ rate: Double) -> Double? {
        guard let broken else { return rate >= rateMax ? nil : min(rate * 2, rateMax) }
        guard let best else { return broken <= 1 ? nil : max(1, broken / 4) }
        return broken - best <= Self.gapMax * best ? nil : (best + broken) / 2
    }
}
