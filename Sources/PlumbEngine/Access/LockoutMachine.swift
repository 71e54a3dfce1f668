// How often one address may fail to prove who it is: a few times at once, then once in a while.

/// Counts failures by address; a success costs nothing.
public struct LockoutMachine: Sendable {
    private struct Count: Sendable {
        /// Failures, less what time has forgiven.
        var failures: Double
        var at: Double
    }
    private var counts: [String: Count] = [:]

    /// Failures that may come at once, and the seconds after which one is forgiven.
    public static let failuresMax = 10.0
    public static let forgivenAfterSeconds = 6.0
    /// Addresses remembered; with more of them, all count as one.
    static let addressesMax = 10_000
    private static let everybodyElse = "*"

    public init() {}

    /// Whether an address is heard at all.
    public func mayTry(_ address: String, at now: Double) -> Bool {
        failures(counts[key(address)], at: now) + 1 <= Self.failuresMax
    }

    public mutating func failed(_ address: String, at now: Double) {
        if counts.count >= Self.addressesMax { tick(at: now) }
        let key = key(address)
        counts[key] = Count(failures: failures(counts[key], at: now) + 1, at: now)
    }

    /// Forgets those to whom all is forgiven.
    public mutating func tick(at now: Double) {
        counts = counts.filter { failures($0.value, at: now) > 0 }
    }

    private func key(_ address: String) -> String {
        counts[address] != nil || counts.count < Self.addressesMax ? address : Self.everybodyElse
    }

    private func failures(_ count: Count?, at now: Double) -> Double {
        guard let count else { return 0 }
        return max(0, count.failures - max(0, now - count.at) / Self.forgivenAfterSeconds)
    }
}
