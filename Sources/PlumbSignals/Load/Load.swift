// What an open-loop load is made of: when its requests are sent, what they took, and the search of what can be borne.
//
// A closed loop sends its next request when the last one is answered, so a server that stalls is asked less and looks
// well (coordinated omission). Here requests are due by a schedule, and a latency counts from the moment its request
// was due, whether or not the client could send it then.

import Foundation

/// How requests arrive.
public enum Arrivals: String, Sendable, Codable, CaseIterable {
    /// One after another, evenly spaced.
    case constant
    /// As from many clients that know nothing of each other.
    case poisson
}

/// When each request of a load is due, in seconds from its start.
public struct ArrivalSchedule: Sendable {
    private let rate: Double
    private let arrivals: Arrivals
    private let durationSeconds: Double
    private var sent = 0
    private var last = 0.0
    private var state: UInt64

    /// `rate` requests a second for `durationSeconds`; the same seed gives the same schedule.
    public init(rate: Double, durationSeconds: Double, arrivals: Arrivals, seed: UInt64 = 1) {
        self.rate = rate
        self.arrivals = arrivals
        self.durationSeconds = durationSeconds
        state = seed
    }

    /// When the next request is due; nil once the load is over.
    public mutating func next() -> Double? {
        guard rate > 0 else { return nil }
        switch arrivals {
        // Multiplied, not added up: rounding must not bend the rate of a long load.
        case .constant: last = Double(sent) / rate
        case .poisson: last += -log(1 - uniform()) / rate
        }
        sent += 1
        return last < durationSeconds ? last : nil
    }

    /// Evenly spread over 0 ..< 1, by splitmix64 (Steele, Lea and Flood 2014).
    private mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }
}
