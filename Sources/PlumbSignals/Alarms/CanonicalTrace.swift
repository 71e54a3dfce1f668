// Five ways an endpoint can be, as measurements: what alarms are judged on.

public import PlumbModel

/// A course of things that a set of alarms must tell apart: healthy before second 0, and the trace from then on.
///
/// 1,000 requests a minute, spread evenly: every period has exactly its share, so that an alarm is judged by its terms
/// and not by the luck of a sample. Container death comes twice, because a probe may say 0 or fall silent with it.
public enum CanonicalTrace: String, Sendable, Hashable, CaseIterable {
    /// 0.2 % of answers are 5XX, p99 is 120 ms, the probe says healthy.
    case healthy
    /// 2 % of answers are 5XX.
    case serverErrors
    /// 2 % of requests take 900 ms, which makes it the p99.
    case slow
    /// No requests are answered, and the probe reports the failure.
    case containerDead
    /// No requests are answered, and the probe has stopped reporting.
    case containerDeadProbeSilent
    /// Nobody asks anything; the probe says healthy.
    case idle

    /// Requests in a minute.
    static let requestsPerMinute = 1000.0
    /// Probes in a minute.
    static let probesPerMinute = 12.0

    /// What a period shows, or nil for the metrics of requests that nobody made.
    struct Traffic: Sendable {
        /// The share of answers that are 5XX.
        var errorRate: Double
        /// Latencies in µs with the share of requests that have them, fastest first; the shares add up to 1.
        var latencies: [(microseconds: Double, share: Double)]
    }

    /// Four fifths in 30 ms, the rest in 60 ms, and a tail of 2 % whose latency tells healthy from slow.
    private static func traffic(errorRate: Double, tail: Double) -> Traffic {
        Traffic(errorRate: errorRate, latencies: [(30_000, 0.8), (60_000, 0.18), (tail, 0.02)])
    }

    var traffic: Traffic? {
        switch self {
        case .healthy: Self.traffic(errorRate: 0.002, tail: 120_000)
        case .serverErrors: Self.traffic(errorRate: 0.02, tail: 120_000)
        case .slow: Self.traffic(errorRate: 0.002, tail: 900_000)
        case .containerDead, .containerDeadProbeSilent, .idle: nil
        }
    }
}

/// A metric that says whether this endpoint is healthy, and what it shows.
public struct HealthProbe: Sendable, Hashable {
    public var metric: MetricIdentity
    public var healthyValue: Double
    /// What it shows when the container is dead and the probe still reports.
    public var deadValue: Double

    public init(metric: MetricIdentity, healthyValue: Double, deadValue: Double = 0) {
        self.metric = metric
        self.healthyValue = healthyValue
        self.deadValue = deadValue
    }

    /// A probe that shows 1 when healthy and 0 when not; a CloudWatch canary's success is in percent.
    public init(metric: MetricIdentity) {
        let isPercent = metric.namespace == "CloudWatchSynthetics" && metric.name == "SuccessPercent"
        self.init(metric: metric, healthyValue: isPercent ? 100 : 1)
    }
}

/// A canonical trace of one variant as a metric source: healthy before second 0, the trace from second 0 on.
///
/// Answers the variant's invocation metrics with two dimensions and, when the identity has a configuration, with
/// three; and the health probes it is given. Anything else has no data, as a misspelt metric has in CloudWatch.
public struct TracedVariant: MetricSource {
    public var trace: CanonicalTrace
    public var identity: VariantIdentity
    public var probes: [HealthProbe]

    public init(_ trace: CanonicalTrace, of identity: VariantIdentity, probes: [HealthProbe] = []) {
        self.trace = trace
        self.identity = identity
        self.probes = probes
    }

    public func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        let now = periodStart >= 0 ? trace : .healthy
        if let probe = probes.first(where: { $0.metric == metric }) {
            return Self.datapoint(probe, during: now, statistic, periodSeconds)
        }
        guard let requestMetric = RequestMetric(metric), isOurs(metric), let traffic = now.traffic else { return nil }
        let requests = CanonicalTrace.requestsPerMinute * Double(periodSeconds) / 60
        return traffic.datapoint(requestMetric, statistic, requests: requests)
    }

    /// All periods before second 0 are alike, and so are all after it: two data points stand for the whole series.
    public func datapoints(
        _ metric: MetricIdentity, statistic: Statistic, unit: String? = nil, periodSeconds: Int, count: Int,
        before second: Int
    ) -> [Datapoint?] {
        if let unit, !isPublished(metric, in: unit) { return Array(repeating: nil, count: count) }
        let end = second.alignedDown(to: periodSeconds)
        func point(at start: Int) -> Datapoint? {
            datapoint(metric, statistic: statistic, periodStart: start, periodSeconds: periodSeconds)
        }
        let traced = min(count, max(0, end / periodSeconds))
        let before = traced < count ? point(at: -periodSeconds) : nil
        let after = traced > 0 ? point(at: 0) : nil
        return Array(repeating: before, count: count - traced) + Array(repeating: after, count: traced)
    }

    public func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool {
        if probes.contains(where: { $0.metric == metric }) { return true }
        return RequestMetric(metric)?.isPublished(in: unit) ?? false
    }

    private func isOurs(_ metric: MetricIdentity) -> Bool {
        let found = metric.dimensions
        guard found.count == 2 || found.count == 3 && identity.config != nil else { return false }
        return found.allSatisfy { dimension in
            switch dimension.name {
            case "EndpointName": dimension.value == identity.endpoint
            case "VariantName": dimension.value == identity.variant
            case "EndpointConfigName": found.count == 3 && dimension.value == identity.config
            default: false
            }
        } && Set(found.map(\.name)).count == found.count
    }

    private static func datapoint(
        _ probe: HealthProbe, during trace: CanonicalTrace, _ statistic: Statistic, _ periodSeconds: Int
    ) -> Datapoint? {
        guard trace != .containerDeadProbeSilent else { return nil }
        let value = trace == .containerDead ? probe.deadValue : probe.healthyValue
        let samples = CanonicalTrace.probesPerMinute * Double(periodSeconds) / 60
        return switch statistic {
        case .sampleCount: Datapoint(value: samples, sampleCount: samples)
        case .sum: Datapoint(value: samples * value, sampleCount: samples)
        case .average, .minimum, .maximum, .percentile: Datapoint(value: value, sampleCount: samples)
        }
    }
}

extension CanonicalTrace.Traffic {
    /// One statistic of a period with `requests` requests.
    fileprivate func datapoint(_ metric: RequestMetric, _ statistic: Statistic, requests: Double) -> Datapoint {
        let samples: [(value: Double, share: Double)] =
            switch metric {
            case .invocations: [(1, 1)]
            case .clientErrors: [(0, 1)]
            case .serverErrors, .modelErrors: [(0, 1 - errorRate), (1, errorRate)]
            case .modelLatency: latencies.map { ($0.microseconds, $0.share) }
            }
        let average = samples.reduce(0) { $0 + $1.value * $1.share }
        let value: Double =
            switch statistic {
            case .sampleCount: requests
            case .average: average
            case .sum: average * requests
            case .minimum: samples.first { $0.share > 0 }?.value ?? 0
            case .maximum: samples.last { $0.share > 0 }?.value ?? 0
            case .percentile(let rank): Self.percentile(rank, of: samples)
            }
        return Datapoint(value: value, sampleCount: requests)
    }

    /// The smallest value that at least `rank` percent of the requests do not exceed.
    private static func percentile(_ rank: Double, of samples: [(value: Double, share: Double)]) -> Double {
        var covered = 0.0
        for sample in samples {
            covered += sample.share
            // Shares such as 0.8 + 0.18 are not exact; a billionth of the requests decides nothing.
            if covered + 1e-9 >= rank / 100, sample.share > 0 { return sample.value }
        }
        return samples.last?.value ?? 0
    }
}
