// Which alarms watch a variant, and whether each does what it is there for: judged by what it does, not how it is
// written.

import PlumbModel
import PlumbSignals

/// What an alarm is meant to watch, by the metrics it reads. The first three guard every deployment.
enum AlarmClass: String, CaseIterable {
    case errorRate, latency, health, drift, quality

    static let deployment: [AlarmClass] = [.errorRate, .latency, .health]

    /// How a message names it.
    var title: String {
        switch self {
        case .errorRate: "error-rate"
        case .latency: "latency"
        case .health: "health"
        case .drift: "data-drift"
        case .quality: "model-quality"
        }
    }

    /// What must set it off, and what must not; nothing for the classes that the canonical traces say nothing about,
    /// and no trace that a number of the organisation's own puts on the other side of the limit.
    func traces(under thresholds: Thresholds) -> (firing: [CanonicalTrace], silent: [CanonicalTrace]) {
        switch self {
        case .errorRate:
            (
                thresholds.errorRatePercent < 2 ? [.serverErrors] : [],
                thresholds.errorRatePercent > 0.2 ? [.healthy, .slow] : []
            )
        case .latency:
            (
                thresholds.latencyP99Milliseconds < 900 ? [.slow] : [],
                thresholds.latencyP99Milliseconds > 120 ? [.healthy, .serverErrors] : []
            )
        case .health: ([.containerDead, .containerDeadProbeSilent], [.healthy, .idle])
        case .drift, .quality: ([], [])
        }
    }

    /// Traffic just beyond the limit the policy names; an alarm must fire on it too.
    func edge(under thresholds: Thresholds) -> SteadyTraffic? {
        switch self {
        case .errorRate:
            let percent = thresholds.errorRatePercent * 1.1
            return SteadyTraffic(
                title: "\(Arithmetic.text(percent, places: 3)) % of answers being 5XX", errorRate: percent / 100,
                tailMicroseconds: 120_000)
        case .latency:
            let milliseconds = thresholds.latencyP99Milliseconds * 1.02
            return SteadyTraffic(
                title: "a p99 of \(Arithmetic.text(milliseconds)) ms", errorRate: 0.002,
                tailMicroseconds: milliseconds * 1000)
        case .health, .drift, .quality: return nil
        }
    }
}

extension CanonicalTrace {
    /// How a message names it.
    var title: String {
        switch self {
        case .healthy: "healthy traffic (0.2 % 5XX, p99 120 ms)"
        case .serverErrors: "2 % of answers being 5XX"
        case .slow: "a p99 of 900 ms"
        case .containerDead: "a dead container"
        case .containerDeadProbeSilent: "a dead container and a silent probe"
        case .idle: "an idle endpoint"
        }
    }
}

/// 1,000 requests a minute that never change, of one variant: for questions at the very edge of a limit.
struct SteadyTraffic {
    let title: String
    let errorRate: Double
    /// The latency of the slowest 2 % of requests.
    let tailMicroseconds: Double

    /// The traffic of this variant as a metric source.
    func source(of identity: VariantIdentity) -> some MetricSource { Source(traffic: self, identity: identity) }

    private struct Source: MetricSource {
        let traffic: SteadyTraffic
        let identity: VariantIdentity

        func datapoint(
            _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
        ) -> Datapoint? {
            let two = VariantIdentity(endpoint: identity.endpoint, variant: identity.variant)
            guard let sort = RequestMetric(metric),
                [two, identity].contains(where: { $0.metric(sort) == metric })
            else { return nil }
            let requests = 1000 * Double(periodSeconds) / 60
            // Low and high value of one request, and the share of the high one.
            let (low, high, share): (Double, Double, Double) =
                switch sort {
                case .invocations: (1, 1, 0)
                case .clientErrors: (0, 0, 0)
                case .serverErrors, .modelErrors: (0, 1, traffic.errorRate)
                case .modelLatency: (60_000, traffic.tailMicroseconds, 0.02)
                }
            let average = low + (high - low) * share
            let value: Double =
                switch statistic {
                case .sampleCount: requests
                case .average: average
                case .sum: average * requests
                case .minimum: low
                case .maximum: share > 0 ? high : low
                case .percentile(let rank): 1 - rank / 100 < share ? high : low
                }
            return Datapoint(value: value, sampleCount: requests)
        }

        func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool {
            RequestMetric(metric)?.isPublished(in: unit) ?? false
        }
    }
}

/// One production variant, and the alarms that may watch it.
struct WatchedVariant {
    /// SageMaker's longest bake: what takes longer to notice guards no deployment.
    static let detectionSecondsMax = 3600

    let identity: VariantIdentity
    /// The endpoint's alarms, without those that name another endpoint or another of its variants, and those that
    /// speak of no endpoint at all.
    let alarms: [Alarm]
    /// By the ids of the alarms.
    private let readings: [String: AlarmReading]
    private let judge: AlarmJudge
    private let isEngine: Bool
    private let replays: AlarmReplays
    private let thresholds: Thresholds

    init(_ identity: VariantIdentity, of endpoint: ResourceHead, siblings: Set<String>, in graph: Graph) {
        self.identity = identity
        replays = graph.joined()
        thresholds = graph.thresholds
        isEngine = graph.source == .engine
        let join = graph.joined(AlarmJoin.self)
        let endpoints = graph.joined(EndpointsByName.self).names
        let others = siblings.subtracting([identity.variant])
        let watching = join.watching(identity.endpoint).filter { position in
            let reading = join.readings[position]
            let isForeign =
                !reading.endpointNames.isEmpty
                && reading.endpointNames.allSatisfy { $0 != identity.endpoint && endpoints.contains($0) }
            let isSibling = !reading.variantNames.isEmpty && reading.variantNames.allSatisfy(others.contains)
            return !isForeign && !isSibling && !graph.isElsewhere(graph.alarms[position].head, than: endpoint)
        }
        alarms = graph.alarms[watching]
        readings = Dictionary(uniqueKeysWithValues: watching.map { (graph.alarms[$0].id, join.readings[$0]) })
        let probes = watching.flatMap { join.readings[$0].probes }.filter { $0.isOf(identity.endpoint) }
        judge = AlarmJudge(
            identity, probes: probes.map(\.healthProbe), timing: isEngine ? .engine : .cloudWatch)
    }

    /// Whether one of its alarms has this id.
    func isWatched(by alarmID: String) -> Bool { readings[alarmID] != nil }

    /// Whether an alarm watches a metric that may probe it or not.
    var mayBeProbed: Bool { alarms.contains { readings[$0.id]?.mayProbe(identity.endpoint) == true } }

    /// The metrics that its alarms read.
    var metrics: [MetricIdentity] { alarms.flatMap { readings[$0.id]?.metrics ?? [] } }

    /// The alarms whose metrics say that they are meant for this, and those that may be.
    ///
    /// An alarm on the number of requests is often taken for a health check; it is heard, and found to confuse idle
    /// with dead.
    func alarms(for purpose: AlarmClass) -> [Alarm] {
        alarms.filter { alarm in
            guard let reading = readings[alarm.id] else { return false }
            if reading.isUnreadable || reading.purposes(for: identity.endpoint).contains(purpose) { return true }
            return purpose == .health && (reading.probes(identity.endpoint) || reading.readsOnlyInvocations)
        }
    }

    /// Asks whether the alarm fires on what it is there for, and keeps still on the rest.
    func ask(_ alarm: Alarm, as purpose: AlarmClass, _ ask: inout Inquiry) {
        ask.relate("the alarm \(alarm.id)", at: alarm.place)
        let reading = readings[alarm.id]
        let found = reading?.definition ?? alarm.definition
        guard let written = found.value else {
            return ask.doubt("what it does cannot be told: \(found.whyUnknown ?? "it is incomplete")")
        }
        let definition = isEngine ? written.inSageMakersNamespace : written
        let replay = replays.replay(definition, by: judge)
        if purpose == .health, reading?.mayProbe(identity.endpoint) == true {
            ask.doubt("whether its metric probes this endpoint cannot be told")
        }
        let traces = purpose.traces(under: thresholds)
        for trace in traces.firing {
            switch replay.behaviour(on: trace) {
            case .fires(let seconds) where seconds > Self.detectionSecondsMax:
                ask.fail("fires on \(trace.title) only after \(seconds) s, wanted \(Self.detectionSecondsMax) at most")
            case .fires(let seconds): ask.prove("fires on \(trace.title) within \(seconds) s")
            case .silent: ask.fail("never fires on \(trace.title): \(reason(definition, on: trace))")
            case .unknown(let why): ask.doubt("what it does cannot be told: \(why)")
            }
        }
        if let edge = purpose.edge(under: thresholds), let outcome = replay.edges[purpose], outcome.state != .alarm {
            ask.fail("does not fire on \(edge.title): \(outcome.reason)")
        }
        for trace in traces.silent {
            guard case .fires = replay.behaviour(on: trace) else { continue }
            ask.fail("fires on \(trace.title): \(reason(definition, on: trace))")
        }
    }

    /// The evaluator's own words on the trace, and where it sees nothing, what it would have to look at.
    private func reason(_ definition: AlarmDefinition, on trace: CanonicalTrace) -> String {
        // An alarm that cannot be evaluated has been told as such by its behaviour.
        guard let evaluator = try? AlarmEvaluator(definition) else { return "it cannot be evaluated" }
        let source = TracedVariant(trace, of: identity, probes: judge.probes)
        let outcome = evaluator.evaluate(from: source, at: definition.settledSecond, previous: .ok)
        guard outcome.datapoints.allSatisfy({ $0 == nil }), trace != .idle, trace != .containerDeadProbeSilent else {
            return outcome.reason
        }
        let wanted = identity.dimensions.prefix(2).map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        return outcome.reason + "; SageMaker publishes the variant's metrics in AWS/SageMaker with \(wanted), "
            + "latencies in Microseconds"
    }
}

extension HealthProbe {
    /// A probe that counts failures shows 0 while all is well.
    static func reading(_ metric: MetricIdentity) -> HealthProbe {
        let name = metric.name.lowercased()
        let countsFailures = ["unhealthy", "unavailab", "unready", "fail"].contains { name.holds($0) }
        return countsFailures
            ? HealthProbe(metric: metric, healthyValue: 0, deadValue: 1) : HealthProbe(metric: metric)
    }
}

extension AlarmDefinition {
    /// The embedded engine publishes SageMaker's metrics in its own namespace; the traces are in SageMaker's.
    var inSageMakersNamespace: AlarmDefinition {
        var copy = self
        copy.queries = queries.map { query in
            guard case .metric(var metric, let statistic, let period, let unit) = query.source,
                metric.namespace == "Plumbline/Endpoints", RequestMetric(rawValue: metric.name) != nil
            else { return query }
            metric.namespace = RequestMetric.namespace
            var copy = query
            copy.source = .metric(metric, statistic: statistic, periodSeconds: period, unit: unit)
            return copy
        }
        return copy
    }
}
