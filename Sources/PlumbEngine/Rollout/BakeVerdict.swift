// What a whole bake says of a revision, when single seconds held too few requests for the alarms to speak.

import PlumbModel
import PlumbSignals

/// The verdict over the time a revision was watched, from its own metrics.
///
/// An alarm looks at periods, and a period with few requests says nothing (T-19): a slow revision with three requests a
/// second would pass every one of them. Over the bake there are enough.
enum BakeVerdict {
    /// With fewer requests than this a single straggler is the 99th percentile: the 90th must be late as well.
    static let requestsForP99 = 100.0
    /// The recorders' windows: percentiles of old seconds are kept in spans of ten.
    private static let spanSeconds = 10
    private static let windowSecondsMax = 900

    /// Why the revision must not be given more traffic; nil when nothing speaks against it.
    static func trouble(
        with revision: Revision, from source: any MetricSource, since start: Double, until end: Double
    ) -> String? {
        let last = Int(end)
        let first = roundedUp(max(Int(start.rounded(.up)), last - windowSecondsMax), isOld: last - Int(start) > 100)
        guard last > first else { return nil }
        let plan = revision.spec.alarms
        func value(_ metric: RequestMetric, _ statistic: Statistic) -> Double? {
            source.datapoint(
                RevisionAlarms.identity(of: revision).metric(metric), statistic: statistic, periodStart: first,
                periodSeconds: last - first)?.value
        }
        guard let requests = value(.invocations, .sum), requests >= Double(max(1, plan.requestsMinimum)) else {
            return nil
        }
        let errors = value(.serverErrors, .sum) ?? 0
        let least = BinomialInterval.clopperPearson(events: Int(errors), trials: Int(requests)).lower * 100
        if least > plan.errorRate.threshold {
            return "\(Int(errors)) of \(Int(requests)) requests failed while it was watched: at least "
                + "\(text(least)) % with 95 % confidence, allowed are \(text(plan.errorRate.threshold)) %"
        }
        let limit = plan.latencyP99.threshold * 1000
        guard let p99 = value(.modelLatency, .percentile(rank: 99)), p99 > limit else { return nil }
        guard requests >= requestsForP99 || (value(.modelLatency, .percentile(rank: 90)) ?? 0) > limit else {
            return nil
        }
        return "p99 over the \(Int(requests)) requests while it was watched is \(text(p99 / 1000)) ms, allowed are "
            + "\(text(plan.latencyP99.threshold)) ms"
    }

    private static func roundedUp(_ second: Int, isOld: Bool) -> Int {
        isOld ? (second + spanSeconds - 1) / spanSeconds * spanSeconds : second
    }

    private static func text(_ value: Double) -> String {
        let scaled = (value * 10).rounded() / 10
        return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
    }
}
