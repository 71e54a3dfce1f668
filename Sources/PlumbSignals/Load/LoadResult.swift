// What a load came to: latencies from the moment each request was due, and what failed.

import Histogram

/// Latencies to three significant digits, up to ten minutes.
public struct LatencyHistogram: Sendable {
    /// Longer latencies are counted as this.
    public static let microsecondsMax = 600_000_000
    private var values = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: UInt64(microsecondsMax),
        numberOfSignificantValueDigits: .three)

    public init() {}

    public mutating func record(microseconds: Int) {
        values.record(UInt64(min(max(microseconds, 0), Self.microsecondsMax)))
    }

    public var count: Int { Int(values.totalCount) }

    /// The latency that `rank` percent do not exceed, in milliseconds; nil without any.
    public func milliseconds(atPercentile rank: Double) -> Double? {
        count == 0 ? nil : Double(values.valueAtPercentile(rank)) / 1000
    }

    public var meanMilliseconds: Double? { count == 0 ? nil : values.mean / 1000 }

    /// Every latency that occurred, with how many had it and how many no more than it.
    public var csv: String {
        var lines = ["latency_ms,requests,requests_at_or_below,percentile"]
        var seen: UInt64 = 0
        for value in values.recordedValues() {
            seen += value.countAddedInThisIterationStep
            let percentile = 100 * Double(seen) / Double(values.totalCount)
            lines.append("\(Double(value.value) / 1000),\(value.countAddedInThisIterationStep),\(seen),\(percentile)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// One load, run to its end.
public struct LoadResult: Sendable {
    /// Kinds of failure that are told apart; the rest is counted together.
    public static let failureKindsMax = 20
    public let rate: Double
    /// From the first request's due time to the last answer.
    public var elapsedSeconds = 0.0
    /// Requests that were due.
    public private(set) var requests = 0
    /// From when each was due to its answer; successes only.
    public private(set) var latency = LatencyHistogram()
    /// From when each was sent to its answer: what a closed loop would have called the latency.
    public private(set) var service = LatencyHistogram()
    public private(set) var failures: [String: Int] = [:]

    public init(rate: Double) { self.rate = rate }

    public mutating func requestWasDue() { requests += 1 }

    public mutating func succeeded(latencyMicroseconds: Int, serviceMicroseconds: Int) {
        latency.record(microseconds: latencyMicroseconds)
        service.record(microseconds: serviceMicroseconds)
    }

    public mutating func failed(_ kind: String) {
        let kind = failures[kind] != nil || failures.count < Self.failureKindsMax ? kind : "something else"
        failures[kind, default: 0] += 1
    }

    public var failed: Int { failures.values.reduce(0, +) }
    public var errorPercent: Double { requests == 0 ? 0 : 100 * Double(failed) / Double(requests) }
    /// Successes a second; the time that answers took beyond the schedule counts.
    public var successesPerSecond: Double { elapsedSeconds > 0 ? Double(latency.count) / elapsedSeconds : 0 }

    /// The percentiles that are told of every load.
    public static let toldPercentiles: [Double] = [50, 90, 95, 99, 99.9, 99.99, 100]
}
