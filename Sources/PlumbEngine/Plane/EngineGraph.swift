// What runs, as policies judge it: the same words as a template, filled from the live engine, and the evidence.

public import PlumbModel

/// What an engine knows of one endpoint beyond its record.
public struct EndpointEvidence: Sendable {
    public var fleets: [FleetObservation]
    public var alarms: [EndpointStatus.AlarmStatus]
    /// Names of the metrics that are collected for the active revision.
    public var metricNames: [String]
    /// Requests answered, and answered without a server error, since the engine started measuring.
    public var requests: Int
    public var good: Int
    public var measuredDays: Double
    /// The slowest instance's time from start to ready, in seconds.
    public var startSeconds: Double?
    /// What it has cost this month.
    public var spend: EndpointStatement?
    /// Workers outside its working hours; nil where that cannot be said.
    public var offHoursRunning: Double?
    /// Who is told of its budget.
    public var subscribers: Fact<[Fact<String>]> = .unknown("whom the engine tells was not looked at")

    public init(
        fleets: [FleetObservation], alarms: [EndpointStatus.AlarmStatus], metricNames: [String], requests: Int,
        good: Int, measuredDays: Double, startSeconds: Double?
    ) {
        self.fleets = fleets
        self.alarms = alarms
        self.metricNames = metricNames
        self.requests = requests
        self.good = good
        self.measuredDays = measuredDays
        self.startSeconds = startSeconds
    }
}

/// Builds the graph of a running engine.
public enum EngineGraph {
    /// The gateway as clients meet it.
    public static func gateway(addresses: [String], minimumTLS: String) -> EntryPoint {
        EntryPoint("Gateway") { gateway in
            gateway.head.name = "plumb"
            gateway.kind = .known(.gateway)
            gateway.minimumTLS = .known(minimumTLS)
            gateway.requiresAuthentication = true
            gateway.addresses = .known(addresses)
        }
    }

    /// Adds one endpoint's active revision and everything known of it.
    public static func add(
        _ record: EndpointRecord, _ known: EndpointEvidence, to graph: inout Graph, on day: Day
    ) {
        guard let active = record.revision(record.active) else { return }
        let spec = active.spec
        graph.declarations.append(Declaration(spec))
        let definitions = RevisionAlarms.definitions(for: active)
        addServing(active, definitions, to: &graph)
        addScaling(record, active, to: &graph)
        addBudget(of: active, toldTo: known.subscribers, to: &graph)
        for definition in definitions {
            var alarm = Alarm(definition, id: definition.name)
            alarm.head.place = spec.place(of: "alarms")
            alarm.state = known.alarms.first { $0.name == definition.name }.map { .known($0.state) } ?? .absent
            graph.alarms.append(alarm)
        }
        func evidence(_ kind: Evidence.Kind, _ numbers: [String: Double], _ texts: [String: String] = [:]) {
            graph.evidence.append(
                Evidence(kind, endpointName: record.name, day: day, origin: "engine", numbers: numbers, texts: texts))
        }
        if let fleet = known.fleets.first(where: { $0.revision == active.number }) {
            evidence(
                .fleet,
                [
                    "running": Double(fleet.desired), "healthy": Double(fleet.ready),
                    "domains": Double(fleet.readyZones), "floor": Double(spec.instances.minimum),
                    "ceiling": Double(spec.instances.maximum), "days": known.measuredDays,
                ].merging(scalingNumbers(record).merging(offHours(known)) { first, _ in first }) { first, _ in first })
        } else if record.parking?.isAway == true {
            evidence(.fleet, offHours(known))
        }
        evidence(.cost, costNumbers(known.spend, of: active))
        evidence(
            .metrics, ["requests": Double(known.requests)],
            ["metrics": known.metricNames.sorted().joined(separator: ",")])
        evidence(
            .healthProbe,
            [
                "intervalSeconds": spec.alarms.probeIntervalSeconds, "timeoutSeconds": spec.alarms.probeTimeoutSeconds,
                "failuresToEject": Double(spec.alarms.probeFailuresMax),
            ])
        evidence(
            .availability,
            ["good": Double(known.good), "total": Double(known.requests), "days": known.measuredDays])
        if let seconds = known.startSeconds { evidence(.startup, ["seconds": seconds]) }
        for definition in definitions {
            guard let status = known.alarms.first(where: { $0.name == definition.name }) else { continue }
            evidence(
                .alarm,
                [
                    "periodSeconds": Double(definition.periodSeconds),
                    "datapointsToAlarm": Double(definition.datapointsToAlarm),
                ],
                ["alarm": status.name, "state": status.state.rawValue, "reason": status.reason])
        }
        for rollout in record.history { graph.evidence.append(Evidence(of: rollout, endpoint: record.name)) }
    }

    private static func addServing(_ active: Revision, _ alarms: [AlarmDefinition], to graph: inout Graph) {
        let spec = active.spec
        graph.models.append(
            Model("\(active.configName)-model", at: spec.place(of: "model")) { model in
                model.head.name = .known("\(active.configName)-model")
                model.digest = .known(active.modelDigest)
                model.dataURL = .known("sha256:\(active.modelDigest)")
                model.isMultiModel = .known(spec.model.isMultiModel)
            })
        graph.endpointConfigs.append(
            EndpointConfig("\(active.configName)", at: spec.place(of: "instances")) { config in
                config.head.name = .known(active.configName)
                var variant = Variant()
                variant.name = .known(Revision.variantName)
                variant.model = .known(.resource("\(active.configName)-model"))
                variant.instanceType = .known(spec.instances.type, at: spec.place(of: "instances.type"))
                variant.initialInstanceCount = .known(spec.instances.initial, at: spec.place(of: "instances.initial"))
                variant.weight = 1
                variant.containerStartupTimeoutSeconds = .known(spec.model.startupTimeoutSeconds)
                variant.modelDataDownloadTimeoutSeconds = .known(spec.model.downloadTimeoutSeconds)
                config.variants = .known([variant])
                config.dataCapture = .known(capture(of: active), at: spec.place(of: "capture"))
            })
        addDetectors(of: active, to: &graph)
        graph.endpoints.append(
            Endpoint(spec.name, at: spec.place(of: "name")) { endpoint in
                endpoint.head.name = .known(spec.name)
                endpoint.config = .known(.resource(active.configName))
                endpoint.rollbackAlarms = .known(alarms.map { .known($0.name) })
                endpoint.retainsAllVariantProperties = true
                var policy = BlueGreenPolicy()
                let plan = spec.rollout
                policy.routing = .known(plan.strategy, at: spec.place(of: "rollout.strategy"))
                policy.canarySize = .known(CapacitySize(.capacityPercent, plan.canaryPercent))
                policy.linearStepSize = .known(CapacitySize(.capacityPercent, plan.stepPercent))
                policy.waitIntervalSeconds = .known(plan.waitSeconds, at: spec.place(of: "rollout.wait"))
                policy.terminationWaitSeconds = .known(
                    plan.terminationWaitSeconds, at: spec.place(of: "rollout.terminationWait"))
                policy.maximumExecutionTimeoutSeconds = .known(
                    plan.timeoutSeconds, at: spec.place(of: "rollout.timeout"))
                endpoint.blueGreen = .known(policy)
            })
    }

    private static func capture(of active: Revision) -> DataCapture {
        let plan = active.spec.capture
        var capture = DataCapture()
        capture.isEnabled = .known(plan.isEnabled, at: active.spec.place(of: "capture.enabled"))
        capture.samplingPercentage = .known(plan.samplingPercent, at: active.spec.place(of: "capture.samplingPercent"))
        capture.modes = .known(["Input", "Output"])
        capture.destination = .known("captures/\(active.endpoint)/\(Revision.variantName)")
        return capture
    }

    private static func addDetectors(of active: Revision, to graph: inout Graph) {
        let spec = active.spec
        func add(_ kind: MonitoringSchedule.Kind, _ fill: (inout MonitoringSchedule) -> Void) {
            graph.monitoringSchedules.append(
                MonitoringSchedule("\(active.configName)-\(kind.rawValue)", at: spec.place(of: "drift")) {
                    $0.head.name = .known("\(active.configName)-\(kind.rawValue)")
                    $0.kind = .known(kind)
                    $0.endpointName = .known(spec.name)
                    $0.isStreaming = true
                    fill(&$0)
                })
        }
        if active.isWatchedForDrift, let baseline = active.baseline {
            add(.dataQuality) {
                $0.baselineStatistics = .known("sha256:\(baseline.statisticsDigest)")
                $0.baselineConstraints = .known("sha256:\(baseline.constraintsDigest ?? baseline.statisticsDigest)")
            }
        }
        if active.isWatchedForQuality {
            add(.modelQuality) {
                $0.baselineConstraints = .known(
                    "\(spec.drift.qualityMetric ?? "") \(spec.drift.qualityThreshold ?? 0)",
                    at: spec.place(of: "drift.qualityThreshold"))
                $0.groundTruth = .known("POST /endpoints/\(spec.name)/ground-truth")
            }
        }
    }
}

extension Evidence {
    /// A rollout that ended, with the seconds between its four moments.
    fileprivate init(of rollout: RolloutRecord, endpoint: String) {
        var numbers: [String: Double] = [:]
        if let detected = rollout.detectedAt {
            if let fault = rollout.faultAt { numbers["faultToDetectedSeconds"] = detected - fault }
            if let moved = rollout.movedAt { numbers["detectedToMovedSeconds"] = moved - detected }
            if let moved = rollout.movedAt, let full = rollout.fullAt { numbers["movedToFullSeconds"] = full - moved }
        }
        var texts = ["revision": "\(rollout.new)", "outcome": "promoted"]
        if case .rolledBack(let reason) = rollout.outcome {
            texts["outcome"] = "rolledBack"
            texts["reason"] = reason
        }
        if rollout.isRollback { texts["isReturn"] = "true" }
        self.init(
            .rollout, endpointName: endpoint, day: Day(secondsSinceEpoch: rollout.endedAt), origin: "engine",
            numbers: numbers, texts: texts)
    }
}

extension Alarm {
    /// An alarm of the graph from one whose every value is known.
    public init(_ definition: AlarmDefinition, id: String) {
        self.init(id) { alarm in
            alarm.head.name = .known(definition.name)
            alarm.queries = .known(definition.queries.map(AlarmQuery.init))
            alarm.comparison = .known(definition.comparison)
            alarm.threshold = .known(definition.threshold)
            alarm.periodSeconds = .known(definition.periodSeconds)
            alarm.evaluationPeriods = .known(definition.evaluationPeriods)
            alarm.datapointsToAlarm = .known(definition.datapointsToAlarm)
            alarm.missingData = .known(definition.missingData)
            alarm.lowSamples = .known(definition.lowSamples)
        }
    }
}

extension AlarmQuery {
    fileprivate init(_ query: MetricDataQuery) {
        self.init()
        id = .known(query.id)
        returnsData = .known(query.returnsData)
        switch query.source {
        case .expression(let text): expression = .known(text)
        case .metric(let identity, let statistic, let period, let unit):
            namespace = .known(identity.namespace)
            metricName = .known(identity.name)
            dimensions = .known(identity.dimensions.map { DimensionFact($0.name, .known($0.value)) })
            self.statistic = .known(statistic.cloudWatchName)
            periodSeconds = .known(period)
            self.unit = unit.map { .known($0) } ?? .absent
        }
    }
}
