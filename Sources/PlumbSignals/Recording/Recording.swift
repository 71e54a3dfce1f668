// Where measurements come from: recorders that count as requests pass, and the question every source answers.

public import PlumbModel

/// The value of one statistic over one period, and how many samples it stands on.
public struct Datapoint: Sendable, Hashable, Codable {
    /// In the metric's own unit.
    public var value: Double
    /// How many samples the period had; 0 for the result of an expression, which has none of its own.
    public var sampleCount: Double

    public init(value: Double, sampleCount: Double = 0) {
        self.value = value
        self.sampleCount = sampleCount
    }
}

/// Something that can say what a metric's statistic was over a period: a recorder, a canonical trace, CloudWatch.
public protocol MetricSource: Sendable {
    /// The statistic over `periodStart ..< periodStart + periodSeconds`, or nil when that period has no data.
    ///
    /// `periodStart` is in whole seconds on the clock that the source was recorded with. Dimensions match exactly: a
    /// source that knows the metric with other dimensions answers nil.
    func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint?

    /// Whether `metric` is published in `unit` (CloudWatch's spelling): a question in another unit finds no data.
    func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool

    /// The `count` latest complete periods before `second`, oldest first; nil where a period has no data.
    ///
    /// Periods are aligned to multiples of `periodSeconds`, as CloudWatch aligns them. A source need not write this
    /// itself: one that can answer for many periods at once may.
    func datapoints(
        _ metric: MetricIdentity, statistic: Statistic, unit: String?, periodSeconds: Int, count: Int,
        before second: Int
    ) -> [Datapoint?]
}

extension MetricSource {
    public func datapoints(
        _ metric: MetricIdentity, statistic: Statistic, unit: String? = nil, periodSeconds: Int, count: Int,
        before second: Int
    ) -> [Datapoint?] {
        if let unit, !isPublished(metric, in: unit) { return Array(repeating: nil, count: count) }
        let end = second.alignedDown(to: periodSeconds)
        return (0..<count).map { index in
            datapoint(
                metric, statistic: statistic, periodStart: end - (count - index) * periodSeconds,
                periodSeconds: periodSeconds)
        }
    }
}

/// Several sources asked in turn; the first that has the data point answers.
public struct MetricSources: MetricSource {
    public var sources: [any MetricSource]

    public init(_ sources: [any MetricSource]) {
        self.sources = sources
    }

    public func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        for source in sources {
            let point = source.datapoint(
                metric, statistic: statistic, periodStart: periodStart, periodSeconds: periodSeconds)
            if let point { return point }
        }
        return nil
    }

    public func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool {
        sources.contains { $0.isPublished(metric, in: unit) }
    }
}

extension Int {
    /// The largest multiple of `step` that is not above this number; holds for negative numbers too.
    func alignedDown(to step: Int) -> Int {
        let remainder = self % step
        return remainder < 0 ? self - remainder - step : self - remainder
    }
}
