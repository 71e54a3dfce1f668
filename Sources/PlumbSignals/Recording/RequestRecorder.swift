// What the gateway records at: one call a request, no allocation, fixed memory.

import Histogram
public import PlumbModel

/// Counts requests and their latencies, second by second for the latest quarter of an hour and in all since the start.
///
/// A value with `mutating` methods: whoever owns it owns the lock. About 1.4 MB each, allocated once. Counters are kept
/// for each second; latency distributions for each second of the latest two minutes and for each ten seconds of the
/// whole window, which is what CloudWatch's legal periods (10, 20, 30 and multiples of 60) can ask for.
public struct RequestRecorder: Sendable {
    /// How far back windows reach: an alarm may look at no more than this.
    public static let windowSecondsMax = 1000
    /// How far back percentiles of periods that are not multiples of ten seconds reach.
    public static let fineWindowSecondsMax = 120
    /// Longer latencies are counted as this: 67.1 s, more than the 60 s a SageMaker container may take.
    public static let latencyMicrosecondsMax = LatencyBuckets.microsecondsMax

    private static let secondsHeld = 1024
    private static let spanSeconds = 10

    /// Everything counted since the start, for Prometheus and status pages.
    public private(set) var totals = RequestTotals()
    /// Server errors since the last answer that was none: of recorders that are merged, the longest run of one.
    public private(set) var serverErrorsInARow = 0
    /// The latest second anything was recorded at; nil before the first request.
    public private(set) var newestSecond: Int?

    private var seconds = [RequestSecond](repeating: RequestSecond(), count: secondsHeld)
    private var fine = LatencyRing(spanSeconds: 1, slotCount: 128)
    private var coarse = LatencyRing(spanSeconds: spanSeconds, slotCount: 104)
    private var lifetime = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: UInt64(LatencyBuckets.microsecondsMax),
        numberOfSignificantValueDigits: .three)

    public init() {}

    /// Records one answered request.
    ///
    /// `status` is the model's HTTP status as SageMaker counts it; a timeout, a refused connection and a worker's crash
    /// are recorded as a 5XX. `second` is the caller's clock; a second that lies back within the window is recorded
    /// where it belongs. After a step back of more than the window the caller's new clock is believed.
    public mutating func record(latencyMicroseconds: Int, status: Int, at second: Int) {
        let latency = min(max(latencyMicroseconds, 0), LatencyBuckets.microsecondsMax)
        let outcome = RequestOutcome(status: status)
        advance(to: second)
        let slot = second & (Self.secondsHeld - 1)
        if seconds[slot].second != second { seconds[slot] = RequestSecond(second: second) }
        seconds[slot].count(outcome, latency: UInt32(truncatingIfNeeded: latency))
        totals.count(outcome, latency: latency)
        serverErrorsInARow = outcome == .serverError ? serverErrorsInARow &+ 1 : 0
        let bucket = LatencyBuckets.index(of: latency)
        fine.record(bucket: bucket, at: second)
        coarse.record(bucket: bucket, at: second)
        lifetime.record(UInt64(latency))
    }

    @inline(__always)
    private mutating func advance(to second: Int) {
        guard let newest = newestSecond, newest >= second, newest - second < Self.secondsHeld else {
            newestSecond = second
            return
        }
    }

    /// Adds what another recorder has seen, such as one kept by another event loop.
    public mutating func merge(_ other: RequestRecorder) {
        guard let newest = other.newestSecond else { return }
        newestSecond = max(newestSecond ?? newest, newest)
        serverErrorsInARow = max(serverErrorsInARow, other.serverErrorsInARow)
        for slot in seconds.indices where other.seconds[slot].second >= seconds[slot].second {
            if other.seconds[slot].second > seconds[slot].second {
                seconds[slot] = other.seconds[slot]
            } else {
                seconds[slot].add(other.seconds[slot])
            }
        }
        fine.merge(other.fine)
        coarse.merge(other.coarse)
        totals.add(other.totals)
        lifetime.add(other.lifetime)
    }

    /// The latency at a rank of 0 ... 100 over everything recorded, in µs, to three significant digits.
    public func lifetimePercentileMicroseconds(_ rank: Double) -> Double? {
        lifetime.totalCount == 0 ? nil : Double(lifetime.valueAtPercentile(rank))
    }

    /// How many requests took no longer than each of `boundsMicroseconds`: the buckets of a Prometheus histogram.
    public func lifetimeCounts(atOrBelow boundsMicroseconds: [Int]) -> [UInt64] {
        boundsMicroseconds.map { bound in
            bound < 0 ? 0 : lifetime.count(within: 0...UInt64(min(bound, LatencyBuckets.microsecondsMax)))
        }
    }

    /// What was recorded in `start ..< end`, or nil when the recorder no longer holds the whole of it.
    ///
    /// With `distribution` the latencies are merged too, which a percentile needs and the other statistics do not.
    func window(from start: Int, to end: Int, distribution wantsDistribution: Bool) -> RequestWindow? {
        var window = RequestWindow()
        guard let newest = newestSecond, start <= newest else { return window }
        guard end - start <= Self.windowSecondsMax, newest - start < Self.secondsHeld else { return nil }
        for second in start..<min(end, newest + 1) {
            let slot = seconds[second & (Self.secondsHeld - 1)]
            if slot.second == second { window.add(slot) }
        }
        guard wantsDistribution, window.requests > 0 else { return window }
        guard let merged = distribution(from: start, to: end, newest: newest) else { return nil }
        window.distribution = merged
        return window
    }

    private func distribution(from start: Int, to end: Int, newest: Int) -> LatencyDistribution? {
        var merged = LatencyDistribution()
        var second = start
        while second < end {
            if second % Self.spanSeconds == 0, second + Self.spanSeconds <= end {
                guard coarse.keeps(spanAt: second, newest: newest) else { return nil }
                coarse.add(spanAt: second, to: &merged)
                second += Self.spanSeconds
            } else {
                guard fine.keeps(spanAt: second, newest: newest) else { return nil }
                fine.add(spanAt: second, to: &merged)
                second += 1
            }
        }
        return merged
    }

    /// Why a recorder cannot feed `alarm`: its periods reach further back than anything is kept; nil when it can.
    public static func obstacle(to alarm: AlarmDefinition) -> Diagnostic? {
        let reach = alarm.periodSeconds.multipliedReportingOverflow(by: alarm.evaluationPeriods)
        let readsPercentile = alarm.queries.contains { query in
            if case .metric(_, .percentile, _, _) = query.source { true } else { false }
        }
        let isFine = readsPercentile && alarm.periodSeconds % spanSeconds != 0
        let limit = isFine ? fineWindowSecondsMax : windowSecondsMax
        guard reach.overflow || reach.partialValue > limit else { return nil }
        return Diagnostic(
            .error, "alarm \(alarm.name) looks back further than the \(limit) s that are recorded",
            hint: isFine
                ? "use a period that is a multiple of 10 s, or fewer periods"
                : "keep period x evaluation periods at \(limit) s or less")
    }
}
