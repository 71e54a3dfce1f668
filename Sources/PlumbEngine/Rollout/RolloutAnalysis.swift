// What a whole bake says of a revision, when single seconds held too few requests for the alarms to speak.

import PlumbModel
import PlumbSignals

/// The verdict over the time a revision was watched: against its own limits, and beside the old one in the same window.
///
/// An alarm looks at periods, and a period with few requests says nothing (T-19): a slow revision with three requests a
/// second would pass every one of them. Over the bake there are enough. A fault is proven when chance alone would not
/// show it in one of twenty such bakes: by the lower bound of the binomial interval, never by a raw ratio. What looks
/// bad and is not proven is inconclusive, and more requests decide it.
struct RolloutAnalysis {
    /// The recorders' windows: percentiles of old seconds are kept in spans of ten.
    private static let spanSeconds = 10
    private static let windowSecondsMax = 900
    /// Fewer requests of either side are not compared.
    static let comparedMin = 100
    /// Below this part of the latency alarm's threshold the ratio of two latencies is noise.
    static let comparedLatencyShare = 0.1

    let revision: Revision
    let old: Revision?
    let source: any MetricSource

    /// What one revision did in the window.
    private struct Window {
        var requests: Int
        var errors: Int
    }

    /// Judges the stretch from `start` to `end`.
    func verdict(since start: Double, until end: Double) -> AnalysisVerdict {
        let last = Int(end)
        let first = Self.roundedUp(
            max(Int(start.rounded(.up)), last - Self.windowSecondsMax), isOld: last - Int(start) > 100)
        guard last > first else { return .inconclusive("no whole second has passed") }
        let span = first..<last
        let seen = window(of: revision, span)
        let needed = min(revision.spec.alarms.requestsMinimum, revision.spec.rollout.requestsMinimum)
        guard seen.requests >= max(needed, 1) else {
            return needed == 0
                ? .pass("it had no requests, and none were asked for")
                : .inconclusive("\(seen.requests) of \(needed) requests that a verdict needs were seen")
        }
        let verdicts = [errors(seen), latency(seen, span)] + (old.map { compared(seen, to: $0, span) } ?? [])
        if let failed = verdicts.first(where: { $0.failure != nil }) { return failed }
        if let open = verdicts.first(where: { !$0.isPass }) { return open }
        return .pass("\(seen.requests) requests: " + verdicts.map(\.text).joined(separator: ", "))
    }

    private func errors(_ seen: Window) -> AnalysisVerdict {
        let allowed = revision.spec.alarms.errorRate.threshold
        let told = "\(seen.errors) of \(seen.requests) requests failed while it was watched"
        let least = BinomialInterval.clopperPearson(events: seen.errors, trials: seen.requests).lower * 100
        if least > allowed {
            return .fail(
                "\(told): at least \(Self.text(least)) % with 95 % confidence, allowed are \(Self.text(allowed)) %")
        }
        let rate = 100 * Double(seen.errors) / Double(seen.requests)
        if rate > allowed {
            return .inconclusive("\(told), above \(Self.text(allowed)) % but too few to prove it")
        }
        return .pass("\(Self.text(rate)) % failed, allowed are \(Self.text(allowed)) %")
    }

    private func latency(_ seen: Window, _ span: Range<Int>) -> AnalysisVerdict {
        let allowed = revision.spec.alarms.latencyP99.threshold
        guard let p99 = milliseconds(of: revision, rank: 99, span) else {
            return .error("the latencies of \(revision.configName) are not kept for this long")
        }
        guard p99 > allowed else {
            return .pass("p99 \(Self.text(p99)) ms, allowed are \(Self.text(allowed)) ms")
        }
        // The value that enough of the requests exceed to prove that one in a hundred does.
        let rank = Self.rankBelowP99(of: seen.requests)
        guard let least = milliseconds(of: revision, rank: rank, span), least > allowed else {
            return .inconclusive(
                "p99 over the \(seen.requests) requests while it was watched is \(Self.text(p99)) ms, above "
                    + "\(Self.text(allowed)) ms but too few to prove it")
        }
        return .fail(
            "p99 over the \(seen.requests) requests while it was watched is \(Self.text(p99)) ms, at least "
                + "\(Self.text(least)) ms with 95 % confidence, allowed are \(Self.text(allowed)) ms")
    }

    /// Beside the old revision, where both had enough requests.
    private func compared(_ seen: Window, to old: Revision, _ span: Range<Int>) -> [AnalysisVerdict] {
        let other = window(of: old, span)
        guard seen.requests >= Self.comparedMin, other.requests >= Self.comparedMin else {
            return [.pass("too few requests to compare with r\(old.number)")]
        }
        let limits = revision.spec.rollout.comparison
        let mine = BinomialInterval.clopperPearson(events: seen.errors, trials: seen.requests)
        let theirs = BinomialInterval.clopperPearson(events: other.errors, trials: other.requests)
        let difference = (mine.lower - theirs.upper) * 100
        guard difference <= limits.errorPercentMax else {
            return [
                .fail(
                    "\(seen.errors) of \(seen.requests) requests failed, of r\(old.number)'s \(other.errors) of "
                        + "\(other.requests) in the same time: at least \(Self.text(difference)) percentage points "
                        + "more, allowed are \(Self.text(limits.errorPercentMax))")
            ]
        }
        guard let p99 = milliseconds(of: revision, rank: Self.rankBelowP99(of: seen.requests), span),
            let oldP99 = milliseconds(of: old, rank: Self.rankAboveP99(of: other.requests), span),
            p99 > revision.spec.alarms.latencyP99.threshold * Self.comparedLatencyShare,
            p99 > limits.p99RatioMax * oldP99
        else { return [.pass("no worse than r\(old.number) with its \(other.requests)")] }
        return [
            .fail(
                "its p99 is at least \(Self.text(p99)) ms, that of r\(old.number) in the same time at most "
                    + "\(Self.text(oldP99)) ms: more than \(Self.text(limits.p99RatioMax)) times as long")
        ]
    }

    // MARK: - Reading

    private func window(of revision: Revision, _ span: Range<Int>) -> Window {
        func sum(_ metric: RequestMetric) -> Int { Int(value(metric, .sum, revision, span) ?? 0) }
        return Window(requests: sum(.invocations), errors: sum(.serverErrors))
    }

    private func milliseconds(of revision: Revision, rank: Double, _ span: Range<Int>) -> Double? {
        value(.modelLatency, .percentile(rank: rank), revision, span).map { $0 / 1000 }
    }

    private func value(
        _ metric: RequestMetric, _ statistic: Statistic, _ revision: Revision, _ span: Range<Int>
    ) -> Double? {
        source.datapoint(
            RevisionAlarms.identity(of: revision).metric(metric), statistic: statistic, periodStart: span.lowerBound,
            periodSeconds: span.count)?.value
    }

    /// The rank above which there are just enough of `requests` to prove that more than one in a hundred is there.
    static func rankBelowP99(of requests: Int) -> Double {
        let beyond = firstCount(upTo: requests) {
            BinomialInterval.clopperPearson(events: $0, trials: requests).lower > 0.01
        }
        return 100 * (1 - Double(beyond) / Double(requests))
    }

    /// The rank above which there are so few that fewer than one in a hundred is proven to be there; 100 when there are
    /// too few requests for that.
    static func rankAboveP99(of requests: Int) -> Double {
        let first = firstCount(upTo: requests) {
            BinomialInterval.clopperPearson(events: $0, trials: requests).upper >= 0.01
        }
        return 100 * (1 - Double(max(0, first - 1)) / Double(requests))
    }

    /// The least count of which it holds, given that it then holds of all greater ones.
    private static func firstCount(upTo limit: Int, _ holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, limit)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func roundedUp(_ second: Int, isOld: Bool) -> Int {
        isOld ? (second + spanSeconds - 1) / spanSeconds * spanSeconds : second
    }

    static func text(_ value: Double) -> String {
        let scaled = (value * 10).rounded() / 10
        return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
    }
}
