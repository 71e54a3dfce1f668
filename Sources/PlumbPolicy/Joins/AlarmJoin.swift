// Alarms by what they are called and by the endpoints they look at, each read once.

import PlumbModel
import PlumbSignals

/// What an alarm's rows say, read once.
struct AlarmReading: Sendable {
    let metrics: [MetricIdentity]
    let definition: Fact<AlarmDefinition>
    let isUnreadable: Bool
    /// The endpoints that its metrics name.
    let endpointNames: [String]
    let variantNames: [String]
    /// The metrics that probe an endpoint's health.
    let probes: [ProbeSighting]
    /// What it is meant to watch whatever endpoint is asked about.
    let purposes: Set<AlarmClass>
    /// Whether it reads nothing but the number of requests, which is often taken for a health check.
    let readsOnlyInvocations: Bool

    init(_ alarm: Alarm, _ canaries: CanariesByName, _ signals: inout [String: Set<AlarmClass>]) {
        metrics = alarm.metrics
        definition = alarm.definition
        isUnreadable = alarm.isUnreadable
        endpointNames = metrics.compactMap { $0.dimension("EndpointName") ?? $0.dimension("Endpoint") }
        variantNames = metrics.compactMap { $0.dimension("VariantName") }
        for name in metrics.map(\.name) where signals[name] == nil { signals[name] = Graph.signals(of: name) }
        probes = metrics.compactMap { signals[$0.name]?.isEmpty == true ? canaries.probe($0) : nil }
        purposes = metrics.reduce(into: []) { $0.formUnion(Self.purposes(of: $1, signals[$1.name] ?? [])) }
        readsOnlyInvocations = !metrics.isEmpty && metrics.allSatisfy { RequestMetric($0) == .invocations }
    }

    private static func purposes(of metric: MetricIdentity, _ signals: Set<AlarmClass>) -> Set<AlarmClass> {
        switch RequestMetric(rawValue: metric.name) {
        case .serverErrors?, .modelErrors?, .clientErrors?: return [.errorRate]
        case .modelLatency?: return [.latency]
        case .invocations?: return []
        case nil:
            let latency: Set<AlarmClass> = metric.name == "OverheadLatency" ? [.latency] : []
            guard metric.namespace != RequestMetric.namespace else { return latency }
            return latency.union(signals)
        }
    }

    /// Whether one of its metrics probes this endpoint.
    func probes(_ endpointName: String) -> Bool { probes.contains { $0.isOf(endpointName) } }

    /// Whether a metric that looks like a probe may be of this endpoint or not.
    func mayProbe(_ endpointName: String) -> Bool {
        probes.contains { $0.isOf(endpointName) && $0.reading == .likely }
    }

    /// What the alarm is meant to watch, by its metrics; empty for scaling, traffic and everything else.
    func purposes(for endpointName: String) -> Set<AlarmClass> {
        let isProbe = probes.contains { $0.isOf(endpointName) && $0.reading == .certain }
        return isProbe ? purposes.union([.health]) : purposes
    }

    /// Whether it can matter to endpoints that it does not name.
    var isOpen: Bool {
        isUnreadable || !purposes.isEmpty || probes.contains { $0.endpointName == nil }
            || metrics.contains { RequestMetric(rawValue: $0.name) != nil }
    }
}

/// Every alarm of a graph, read, and found by what it is called and whom it watches.
struct AlarmJoin: GraphJoin {
    /// In the order of the graph's alarms.
    private(set) var readings: [AlarmReading] = []
    private var positions: [String: Int] = [:]
    private(set) var byName = PositionsByText()
    private(set) var compositesByName = PositionsByText()
    /// Composite alarms by the names of the alarms in their rules.
    private(set) var compositesByAlarm = PositionsByText()
    /// Whether there is an alarm, composite or not, whose name is not known.
    private(set) var isAnyNameOpen = false
    /// Whether there is an alarm whose metrics cannot be told, and the first one.
    private(set) var firstUnknown: Int?
    /// Alarms by the endpoints that they name or probe.
    private var byEndpoint = PositionsByText()
    /// Alarms that name no endpoint, nor a canary that is here, but look like a probe; those whose rows cannot be told;
    /// and those whose metrics have no dimension for an endpoint.
    private var probing: AlarmsByWording
    private var unread: AlarmsByWording
    private var unaddressed: AlarmsByWording
    /// Alarms that name an endpoint which does not exist, by that name in lower case, and the first few of them.
    private var strangers = PositionsByText()
    private var firstStrangers: [Int] = []

    init(_ graph: Graph) {
        let canaries = graph.joined(CanariesByName.self)
        let endpoints = graph.joined(EndpointsByName.self).names
        let wording = EndpointWording(endpoints, graph)
        (probing, unread, unaddressed) = (AlarmsByWording(), AlarmsByWording(), AlarmsByWording())
        // Drift and quality by the names of metrics, of which a template has few.
        var signals: [String: Set<AlarmClass>] = [:]
        for (position, alarm) in graph.alarms.enumerated() {
            let reading = AlarmReading(alarm, canaries, &signals)
            readings.append(reading)
            positions[alarm.id] = position
            if let name = alarm.name.value { byName.add(name, position) } else { isAnyNameOpen = true }
            if alarm.queries.isUnknown { firstUnknown = firstUnknown ?? position }
            for name in reading.endpointNames { byEndpoint.add(name, position) }
            for name in reading.probes.compactMap(\.endpointName) { byEndpoint.add(name, position) }
            let strange = reading.endpointNames.filter { !endpoints.contains($0) }
            if reading.isUnreadable || alarm.hasUnknownDimension {
                unread.add(position, alarm, reading, meaning: wording.endpoints(meantBy: alarm, reading))
            } else if reading.endpointNames.isEmpty && reading.isOpen {
                let names = wording.endpoints(meantBy: alarm, reading)
                if reading.probes.isEmpty {
                    unaddressed.add(position, alarm, reading, meaning: names)
                } else {
                    probing.add(position, alarm, reading, meaning: names)
                }
            } else if !strange.isEmpty {
                for name in strange { strangers.add(name.lowercased(), position) }
                firstStrangers.append(position)
            }
        }
        for (position, composite) in graph.compositeAlarms.enumerated() {
            if let name = composite.name.value {
                compositesByName.add(name, position)
            } else {
                isAnyNameOpen = true
            }
            for name in composite.alarmNames { compositesByAlarm.add(name, position) }
        }
        firstStrangers = Array(firstStrangers.few)
    }

    /// What an alarm of the graph is meant to watch, by its metrics; empty for scaling, traffic and everything else.
    func purposes(of alarmID: String, for endpointName: String) -> Set<AlarmClass> {
        positions[alarmID].map { readings[$0].purposes(for: endpointName) } ?? []
    }

    /// The alarms that may watch an endpoint: all but those that name, or are called after, other endpoints, and those
    /// that cannot concern any. Of those that name an endpoint which does not exist, the ones that come near it and a
    /// few besides, for the message.
    func watching(_ endpointName: String) -> [Int] {
        [
            probing.near(endpointName), unread.near(endpointName), unaddressed.near(endpointName),
            strangers[endpointName.lowercased()], firstStrangers,
        ].reduce(byEndpoint[endpointName], merged)
    }
}

/// The canaries of CloudWatch Synthetics, and which metrics probe whom.
struct CanariesByName: GraphJoin {
    /// The endpoint that the canary of this name or id calls.
    private var endpointNames: [String: Fact<String>] = [:]

    init(_ graph: Graph) {
        for canary in graph.canaries {
            for name in [canary.name.value, canary.id].compactMap({ $0 }) where endpointNames[name] == nil {
                endpointNames[name] = canary.endpointName
            }
        }
    }

    /// Whether a metric probes an endpoint's health, and which; nil when it does not.
    ///
    /// SageMaker has no metric of healthy hosts: a probe is a canary of CloudWatch Synthetics, or a metric in a
    /// namespace of one's own that names the endpoint, and is no signal of drift or quality.
    func probe(_ metric: MetricIdentity) -> ProbeSighting? {
        if metric.namespace == "CloudWatchSynthetics" {
            guard let canaryName = metric.dimension("CanaryName") else { return nil }
            guard let target = endpointNames[canaryName], !target.isUnknown else {
                return ProbeSighting(metric: metric, endpointName: nil, reading: .likely)
            }
            return target.value.map { ProbeSighting(metric: metric, endpointName: $0, reading: .certain) }
        }
        guard !["AWS/", "/aws/", "aws/"].contains(where: { metric.namespace.hasPrefix($0) }),
            let endpointName = metric.dimension("EndpointName"), RequestMetric(rawValue: metric.name) == nil
        else { return nil }
        let name = metric.name.lowercased()
        let words = ["probe", "health", "success", "ping", "availab", "alive", "heartbeat", "ready"]
        let isCertain = words.contains { name.holds($0) } || name == "up"
        return ProbeSighting(metric: metric, endpointName: endpointName, reading: isCertain ? .certain : .likely)
    }
}

/// A metric that probes an endpoint's health.
struct ProbeSighting: Sendable {
    let metric: MetricIdentity
    /// The endpoint; nil when it may be any.
    let endpointName: String?
    let reading: ProbeReading
    /// What it shows while the endpoint is well, and when it is dead.
    let healthProbe: HealthProbe

    init(metric: MetricIdentity, endpointName: String?, reading: ProbeReading) {
        self.metric = metric
        self.endpointName = endpointName
        self.reading = reading
        healthProbe = HealthProbe.reading(metric)
    }

    func isOf(_ name: String) -> Bool { endpointName == nil || endpointName == name }
}

/// The metrics that dashboards draw.
struct DrawnMetrics: GraphJoin {
    let metrics: Set<MetricIdentity>
    /// Whether it cannot be told what one of them draws.
    let isAnyOpen: Bool

    init(_ graph: Graph) {
        metrics = Set(graph.dashboards.flatMap { $0.metrics.value ?? [] })
        isAnyOpen = graph.dashboards.contains { $0.metrics.isUnknown }
    }
}

/// Event rules that start something when an alarm changes its state.
struct AlarmRules: GraphJoin {
    private var byAlarmName = PositionsByText()
    /// Rules that take every alarm, or of which it cannot be told.
    private var open: [Int] = []
    /// The first few of the others, which an answer of "none" names.
    private var first: [Int] = []

    init(_ graph: Graph) {
        for (position, rule) in graph.eventRules.enumerated() {
            guard
                rule.detailTypes.isUnknown || rule.detailTypes.value?.contains("CloudWatch Alarm State Change") == true
            else { continue }
            first.append(position)
            let names = rule.names.value ?? []
            for name in names.compactMap(\.value) { byAlarmName.add(name, position) }
            if names.isEmpty || rule.detailTypes.isUnknown || names.contains(where: \.isUnknown) {
                open.append(position)
            }
        }
        first = Array(first.few)
    }

    /// The rules that may take this alarm; where none does, a few that take others.
    func near(_ alarm: Alarm) -> [Int] { merged(merged(byAlarmName[alarm.name.value ?? ""], open), first) }
}

/// Monitoring schedules and schedules by the endpoints they act on.
struct SchedulesByEndpoint: GraphJoin {
    private var monitoring = PositionsByText()
    /// Monitoring schedules that name no endpoint, as far as can be told.
    private var openMonitoring: [Int] = []
    private var acting = PositionsByText()
    /// Schedules of which it cannot be told on which endpoint they act.
    private var openActing: [Int] = []

    init(_ graph: Graph) {
        for (position, schedule) in graph.monitoringSchedules.enumerated() {
            if let name = schedule.endpointName.value {
                monitoring.add(name, position)
            } else {
                openMonitoring.append(position)
            }
        }
        for (position, schedule) in graph.schedules.enumerated() {
            if let name = schedule.endpointName.value { acting.add(name, position) }
            if schedule.endpointName.isUnknown { openActing.append(position) }
        }
    }

    /// The schedules that act on this endpoint, or may.
    func acting(_ endpoint: Endpoint) -> [Int] {
        merged(endpoint.name.value.map { acting[$0] } ?? [], openActing)
    }

    /// The monitoring schedules that watch this endpoint, or may.
    func monitoring(_ endpoint: Endpoint) -> [Int] {
        merged(endpoint.name.value.map { monitoring[$0] } ?? [], openMonitoring)
    }
}
