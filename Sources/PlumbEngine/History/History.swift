// What an endpoint's traffic came to over hours and months: a few numbers for each stretch of time, kept for long.

import PlumbModel
public import PlumbSignals

/// What one stretch of time saw of an endpoint, all its revisions together.
public struct MetricPoint: Sendable, Hashable, Codable {
    /// Where the stretch begins; whole seconds since 1970-01-01 UTC.
    public var at: Int
    /// Answered requests, and those of them that were answered 4XX and 5XX.
    public var requests = 0
    public var clientErrors = 0
    public var serverErrors = 0
    /// Nil without requests. Of several stretches together, the highest of theirs: percentiles do not add up.
    public var p50Milliseconds: Double?
    public var p99Milliseconds: Double?
    /// Instances that were ready at the end.
    public var instances = 0
    /// The share of the instances' cores that was used, in percent; nil where nobody has looked.
    public var utilizationPercent: Double?
    /// The quality metric over the last labels; nil before the first, and where none is watched.
    public var quality: Double?
    /// How near the traffic was to an alarm for drift: 1 is one; nil where it is not watched.
    public var driftLevel: Double?

    public init(at: Int) { self.at = at }

    /// Whether there was anything to tell.
    public var isEmpty: Bool { requests == 0 && instances == 0 }

    /// Server errors in percent of the requests; nil without requests.
    public var errorPercent: Double? { requests > 0 ? 100 * Double(serverErrors) / Double(requests) : nil }

    /// Several stretches as one that begins at `at`: counts are added, the worst latency, load and drift stay, and of
    /// instances and quality the last. Nil of none.
    static func together(_ points: some Collection<MetricPoint>, at: Int) -> MetricPoint? {
        guard !points.isEmpty else { return nil }
        var sum = MetricPoint(at: at)
        for point in points {
            sum.requests += point.requests
            sum.clientErrors += point.clientErrors
            sum.serverErrors += point.serverErrors
            sum.p50Milliseconds = highest(sum.p50Milliseconds, point.p50Milliseconds)
            sum.p99Milliseconds = highest(sum.p99Milliseconds, point.p99Milliseconds)
            sum.instances = point.instances
            sum.utilizationPercent = highest(sum.utilizationPercent, point.utilizationPercent)
            sum.quality = point.quality ?? sum.quality
            sum.driftLevel = highest(sum.driftLevel, point.driftLevel)
        }
        return sum
    }

    private static func highest(_ one: Double?, _ other: Double?) -> Double? {
        [one, other].compactMap { $0 }.max()
    }
}

/// How fine points are that are kept on disk, and for how long.
public enum HistoryTier: Int, Sendable, CaseIterable {
    case fine = 300
    case coarse = 3600

    /// The length of a point.
    public var periodSeconds: Int { rawValue }
    /// What is kept as one record.
    public var chunkSeconds: Int { self == .fine ? 3600 : 86_400 }
    /// More than what is shown of it, so that a whole span always is there.
    public var keptSeconds: Int { (self == .fine ? 8 : 92) * 86_400 }
}

/// How much of the past is looked at.
public enum HistorySpan: String, Sendable, Codable, CaseIterable {
    case hour = "1h"
    case day = "24h"
    case week = "7d"
    case quarter = "90d"

    public var seconds: Int {
        switch self {
        case .hour: 3600
        case .day: 86_400
        case .week: 7 * 86_400
        case .quarter: 90 * 86_400
        }
    }
    /// The length of one point that is told.
    public var stepSeconds: Int {
        switch self {
        case .hour: 60
        case .day: 300
        case .week: 1800
        case .quarter: 21_600
        }
    }
    /// What it is read from; nil for the minutes in memory.
    var tier: HistoryTier? {
        switch self {
        case .hour: nil
        case .day, .week: .fine
        case .quarter: .coarse
        }
    }
}

/// The past of an endpoint, oldest point first; a stretch in which nothing ran and nobody asked has none.
public struct EndpointHistory: Sendable, Hashable, Codable {
    public var endpoint: String
    public var span: HistorySpan
    public var stepSeconds: Int
    /// The end of the last whole step; seconds since 1970-01-01 UTC.
    public var end: Int
    public var points: [MetricPoint]

    public init(endpoint: String, span: HistorySpan, end: Int, points: [MetricPoint]) {
        self.endpoint = endpoint
        self.span = span
        stepSeconds = span.stepSeconds
        self.end = end
        self.points = points
    }

    /// One value a step over the whole span, oldest first; nil where there is none.
    public func values(_ value: (MetricPoint) -> Double?) -> [Double?] {
        let count = span.seconds / stepSeconds
        var values = [Double?](repeating: nil, count: count)
        for point in points {
            let index = (point.at - (end - span.seconds)) / stepSeconds
            if values.indices.contains(index) { values[index] = value(point) }
        }
        return values
    }
}

/// What is seen of an endpoint when a stretch of time is over.
public struct HistorySight: Sendable {
    public var endpoint: String
    public var source: any MetricSource & Sendable
    public var instances: Int
    public var utilizationPercent: Double?
    public var quality: Double?
    public var driftLevel: Double?

    public init(
        endpoint: String, source: any MetricSource & Sendable, instances: Int, utilizationPercent: Double? = nil,
        quality: Double? = nil, driftLevel: Double? = nil
    ) {
        self.endpoint = endpoint
        self.source = source
        self.instances = instances
        self.utilizationPercent = utilizationPercent
        self.quality = quality
        self.driftLevel = driftLevel
    }

    /// What was measured in `at ..< at + seconds`.
    func point(at: Int, seconds: Int) -> MetricPoint {
        let identity = VariantIdentity(endpoint: endpoint, variant: Revision.variantName)
        func value(_ metric: RequestMetric, _ statistic: Statistic) -> Double? {
            source.datapoint(
                identity.metric(metric), statistic: statistic, periodStart: at, periodSeconds: seconds)?.value
        }
        var point = MetricPoint(at: at)
        point.requests = Int(value(.invocations, .sum) ?? 0)
        if point.requests > 0 {
            point.clientErrors = Int(value(.clientErrors, .sum) ?? 0)
            point.serverErrors = Int(value(.serverErrors, .sum) ?? 0)
            point.p50Milliseconds = value(.modelLatency, .percentile(rank: 50)).map { $0 / 1000 }
            point.p99Milliseconds = value(.modelLatency, .percentile(rank: 99)).map { $0 / 1000 }
        }
        point.instances = instances
        (point.utilizationPercent, point.quality, point.driftLevel) = (utilizationPercent, quality, driftLevel)
        return point
    }
}
