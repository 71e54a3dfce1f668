// What mirrored requests have shown: how often the new revision answered otherwise, and how fast.

public import PlumbModel
import PlumbSignals

/// Answers of the new revision to mirrored requests, beside those the clients were given.
public struct ShadowObservation: Sendable, Hashable, Codable {
    /// The share that is mirrored now.
    public var percent: Int
    public var compared: Int
    /// Answers that differ, failures included.
    public var differing: Int
    /// Server errors and time-outs of the new revision.
    public var failed: Int
    /// Mirrored requests that were left out, because the new revision had no time for them.
    public var dropped: Int
    public var p99Milliseconds: Double?
    public var oldP99Milliseconds: Double?

    public init(
        percent: Int, compared: Int = 0, differing: Int = 0, failed: Int = 0, dropped: Int = 0,
        p99Milliseconds: Double? = nil, oldP99Milliseconds: Double? = nil
    ) {
        self.percent = percent
        self.compared = compared
        self.differing = differing
        self.failed = failed
        self.dropped = dropped
        self.p99Milliseconds = p99Milliseconds
        self.oldP99Milliseconds = oldP99Milliseconds
    }

    /// Below this a ratio of latencies is noise.
    static let latencyMillisecondsMin = 5.0

    /// What they say by a plan.
    public func verdict(by plan: ShadowPlan, allowed: RolloutComparison) -> AnalysisVerdict {
        let told = "\(differing) of \(compared) answers to mirrored requests differ (\(failed) failed)"
        let least = BinomialInterval.clopperPearson(events: differing, trials: compared).lower * 100
        if compared > 0, least > plan.mismatchPercentMax {
            return .fail(
                "\(told): at least \(RolloutAnalysis.text(least)) % with 95 % confidence, allowed are "
                    + "\(RolloutAnalysis.text(plan.mismatchPercentMax)) %")
        }
        guard compared >= plan.requestsMinimum else {
            return .inconclusive("\(compared) of \(plan.requestsMinimum) answers to mirrored requests were compared")
        }
        guard 100 * Double(differing) / Double(compared) <= plan.mismatchPercentMax else {
            return .inconclusive("\(told), too few to prove it")
        }
        if let p99Milliseconds, let oldP99Milliseconds, p99Milliseconds > Self.latencyMillisecondsMin,
            p99Milliseconds > allowed.p99RatioMax * oldP99Milliseconds
        {
            return .fail(
                "its p99 on mirrored requests is \(RolloutAnalysis.text(p99Milliseconds)) ms, the clients' "
                    + "\(RolloutAnalysis.text(oldP99Milliseconds)) ms: more than "
                    + "\(RolloutAnalysis.text(allowed.p99RatioMax)) times as long")
        }
        return .pass(told)
    }
}
