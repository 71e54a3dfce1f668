// The alarms that guard a rollout and, after it, bring the previous revision back.

import PlumbModel

extension Architecture {
    /// Suffixes of the alarms in `AutoRollbackConfiguration`: at most ten.
    static func rollbackAlarms(_ plan: Blueprint) -> [RollbackAlarm] {
        var alarms: [RollbackAlarm] = [.errorRate, .latencyP99, .health]
        // The old fleet dilutes what a small canary does wrong; the new configuration's own series does not (OPS-2.9).
        if plan.isProduction { alarms.insert(.newRevisionErrorRate, at: 1) }
        if plan.hasMonitors { alarms += [.drift, .quality] }
        return alarms
    }

    static func addRollbackAlarms(to graph: inout Graph, _ plan: Blueprint) {
        for alarm in rollbackAlarms(plan) {
            graph.alarms.append(
                plan.make(alarm.id, named: plan.alarmSuffix(alarm), from: alarm.path) {
                    describe(alarm, &$0, plan)
                    $0.isActionsEnabled = true
                    $0.actions = references(["AlarmTopic"])
                })
        }
    }

    private static func describe(_ kind: RollbackAlarm, _ alarm: inout Alarm, _ plan: Blueprint) {
        let alarms = plan.spec.alarms
        switch kind {
        case .errorRate, .newRevisionErrorRate:
            tune(&alarm, alarms.errorRate, "alarms.errorRate", plan)
            alarm.comparison = .known(.greaterThanThreshold)
            alarm.threshold = plan.said(alarms.errorRate.threshold, "alarms.errorRate.thresholdPercent")
            alarm.queries = .known(
                errorRateRows(
                    plan, period: plan.said(alarms.errorRate.periodSeconds, "alarms.errorRate.period"),
                    ofNewRevision: kind == .newRevisionErrorRate))
        case .latencyP99:
            tune(&alarm, alarms.latencyP99, "alarms.latencyP99", plan)
            alarm.comparison = .known(.greaterThanThreshold)
            // ModelLatency is in microseconds.
            alarm.threshold = plan.said(alarms.latencyP99.threshold * 1000, "alarms.latencyP99.thresholdMilliseconds")
            alarm.lowSamples = .known(.evaluate)
            alarm.periodSeconds = plan.said(alarms.latencyP99.periodSeconds, "alarms.latencyP99.period")
            alarm.queries = .known([metricRow("AWS/SageMaker", "ModelLatency", "p99", plan)])
        case .health:
            tune(&alarm, alarms.health, "alarms.health", plan)
            describeHealth(&alarm, alarms.health, plan)
        case .drift:
            monitorAlarm(&alarm, metric: "FeatureDrift", plan)
        case .quality:
            monitorAlarm(&alarm, metric: "QualityDegradation", plan)
        }
    }

    /// The probe reports 1 or 0. A period is bad when a probe of it failed, or as many as the spec asks for.
    private static func describeHealth(_ alarm: inout Alarm, _ rule: AlarmPlan.Rule, _ plan: Blueprint) {
        alarm.threshold = plan.said(rule.threshold, "alarms.health.thresholdFailures")
        let period = plan.said(rule.periodSeconds, "alarms.health.period")
        guard rule.threshold != 1 else {
            alarm.comparison = .known(.lessThanThreshold)
            alarm.periodSeconds = period
            alarm.queries = .known([metricRow(Blueprint.namespace, "ProbeSuccess", "Minimum", plan)])
            return
        }
        alarm.comparison = .known(.greaterThanOrEqualToThreshold)
        func row(_ id: String, _ statistic: String) -> AlarmQuery {
            metricRow(
                Blueprint.namespace, "ProbeSuccess", statistic, plan, id: id, period: period, returnsData: false)
        }
        alarm.queries = .known([
            row("probes", "SampleCount"), row("answers", "Sum"), expressionRow("failures", "probes - answers"),
        ])
    }

    /// Periods, M of N and missing data as the spec has them.
    private static func tune(_ alarm: inout Alarm, _ rule: AlarmPlan.Rule, _ path: String, _ plan: Blueprint) {
        alarm.evaluationPeriods = plan.said(rule.evaluationPeriods, "\(path).evaluationPeriods")
        alarm.datapointsToAlarm = plan.said(rule.datapointsToAlarm, "\(path).datapointsToAlarm")
        alarm.missingData = plan.said(rule.missingData, "\(path).missingData")
    }

    /// The detectors publish their finding in units of their own limit: 1 is the limit, more is worse.
    private static func monitorAlarm(_ alarm: inout Alarm, metric: String, _ plan: Blueprint) {
        alarm.comparison = .known(.greaterThanThreshold)
        alarm.threshold = 1
        alarm.periodSeconds = 60
        alarm.evaluationPeriods = 1
        alarm.datapointsToAlarm = 1
        alarm.missingData = .known(.notBreaching)
        alarm.queries = .known([metricRow(Blueprint.namespace, metric, "Maximum", plan)])
    }

    /// One row that is a metric of the variant.
    static func metricRow(
        _ namespace: String, _ metric: String, _ statistic: String, _ plan: Blueprint, id: String = "m1",
        period: Fact<Int> = .absent, returnsData: Bool = true, ofNewRevision: Bool = false
    ) -> AlarmQuery {
        var row = AlarmQuery()
        row.id = .known(id)
        row.namespace = .known(namespace)
        row.metricName = .known(metric)
        row.statistic = .known(statistic)
        row.periodSeconds = period
        row.returnsData = .known(returnsData)
        var dimensions = plan.dimensions
        if ofNewRevision { dimensions.append(DimensionFact("EndpointConfigName", .known(plan.configName))) }
        row.dimensions = .known(dimensions)
        return row
    }

    /// One row that is computed from others.
    static func expressionRow(_ id: String, _ expression: String, at place: Place? = nil) -> AlarmQuery {
        var row = AlarmQuery()
        row.id = .known(id)
        row.expression = .known(expression, at: place)
        row.returnsData = true
        return row
    }

    /// Errors in percent of requests. A period with fewer requests than the minimum, or none, counts as 0: one error
    /// among a handful says nothing (T-19), and an idle endpoint is not a broken one.
    static func errorRateRows(_ plan: Blueprint, period: Fact<Int>, ofNewRevision: Bool = false) -> [AlarmQuery] {
        func count(_ id: String, _ metric: String) -> AlarmQuery {
            metricRow(
                "AWS/SageMaker", metric, "Sum", plan, id: id, period: period, returnsData: false,
                ofNewRevision: ofNewRevision)
        }
        let minimum = max(1, plan.spec.alarms.requestsMinimum)
        let rate = "100 * FILL(errors, 0) / FILL(requests, 1)"
        return [
            count("errors", "Invocation5XXErrors"), count("requests", "Invocations"),
            expressionRow(
                "rate", "IF(FILL(requests, 0) >= \(minimum), \(rate), 0)",
                at: plan.spec.place(of: "alarms.requestsMinimum")),
        ]
    }
}

/// An alarm that can bring the previous revision back.
enum RollbackAlarm: String, CaseIterable {
    case errorRate, newRevisionErrorRate, latencyP99, health, drift, quality

    var id: String {
        switch self {
        case .errorRate: "ErrorRateAlarm"
        case .newRevisionErrorRate: "NewRevisionErrorRateAlarm"
        case .latencyP99: "LatencyP99Alarm"
        case .health: "HealthAlarm"
        case .drift: "DriftAlarm"
        case .quality: "QualityAlarm"
        }
    }

    /// The key of the spec that it stands for.
    var path: String {
        switch self {
        case .errorRate, .newRevisionErrorRate: "alarms.errorRate"
        case .latencyP99: "alarms.latencyP99"
        case .health: "alarms.health"
        case .drift, .quality: "drift"
        }
    }
}

extension Blueprint {
    /// What follows the prefix in an alarm's name; the new revision's alarm is another one for each revision.
    func alarmSuffix(_ alarm: RollbackAlarm) -> String {
        switch alarm {
        case .errorRate: "error-rate"
        case .newRevisionErrorRate: "error-rate-\(revision)"
        case .latencyP99: "latency-p99"
        case .health: "health"
        case .drift: "drift"
        case .quality: "quality"
        }
    }

    func alarmName(_ alarm: RollbackAlarm) -> String {
        Blueprint.shortened("\(prefix)-\(alarmSuffix(alarm))", to: 64)
    }
}
