// Whether the endpoint keeps its promise of 99.9 %: burn rates, a drop in traffic, and the page that shows it all.

import PlumbModel

extension Architecture {
    /// Alarms that tell people and move nothing; production alone promises availability.
    static func addAvailabilityAlarms(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.isProduction else { return }
        graph.alarms.append(burnRate("BurnRateFastAlarm", "burn-rate-fast", factor: 14.4, hours: 1, plan))
        graph.alarms.append(burnRate("BurnRateSlowAlarm", "burn-rate-slow", factor: 6, hours: 6, plan))
        graph.alarms.append(
            plan.make("TrafficDropAlarm", named: "traffic-drop", from: "alarms") { alarm in
                informs(&alarm)
                alarm.comparison = .known(.lessThanThreshold)
                alarm.threshold = 1
                alarm.periodSeconds = 300
                alarm.evaluationPeriods = 3
                alarm.datapointsToAlarm = 3
                // Nobody asking is what it looks for, and CloudWatch has no data then.
                alarm.missingData = .known(.breaching)
                alarm.queries = .known([metricRow("AWS/SageMaker", "Invocations", "Sum", plan)])
            })
        guard plan.recoveryRegion != nil else { return }
        graph.alarms.append(
            plan.make("ReplicationLagAlarm", named: "replication-lag", from: "recovery") { alarm in
                informs(&alarm)
                alarm.comparison = .known(.greaterThanThreshold)
                // Two thirds of the 15 minutes that may be lost.
                alarm.threshold = 600
                alarm.periodSeconds = 60
                alarm.evaluationPeriods = 1
                alarm.datapointsToAlarm = 1
                alarm.missingData = .known(.breaching)
                alarm.queries = .known([metricRow(Blueprint.namespace, "ReplicationLagSeconds", "Maximum", plan)])
            })
    }

    private static func informs(_ alarm: inout Alarm) {
        alarm.isActionsEnabled = true
        alarm.actions = references(["AlarmTopic"])
    }

    /// The error budget of 0.1 % burns `factor` times too fast over `hours` (Site Reliability Workbook, chapter 5).
    private static func burnRate(
        _ id: String, _ suffix: String, factor: Double, hours: Int, _ plan: Blueprint
    ) -> Alarm {
        plan.make(id, named: suffix, from: "alarms.errorRate") { alarm in
            informs(&alarm)
            alarm.comparison = .known(.greaterThanThreshold)
            alarm.threshold = .known(factor / 10)
            alarm.evaluationPeriods = 1
            alarm.datapointsToAlarm = 1
            alarm.missingData = .known(.notBreaching)
            alarm.queries = .known(errorRateRows(plan, period: .known(hours * 3600)))
        }
    }

    static func addDashboard(to graph: inout Graph, _ plan: Blueprint) {
        let dimensions = [Dimension("EndpointName", plan.spec.name), Dimension("VariantName", plan.variant)]
        func metrics(_ namespace: String, _ names: [String]) -> [MetricIdentity] {
            names.map { MetricIdentity(namespace: namespace, name: $0, dimensions: dimensions) }
        }
        graph.dashboards.append(
            plan.make("Dashboard", named: "dashboard", from: "name") { dashboard in
                // Terraform's provider cannot tag one.
                dashboard.head.tags = .absent
                let requests = [
                    "Invocations", "Invocation4XXErrors", "Invocation5XXErrors", "ModelLatency", "OverheadLatency",
                ]
                let machine = ["CPUUtilization", "MemoryUtilization", "DiskUtilization"]
                let usesGPU = (InstanceType.named(plan.spec.instances.type)?.gpus ?? 0) > 0
                let own = plan.hasMonitors ? ["ProbeSuccess", "FeatureDrift", "QualityDegradation"] : ["ProbeSuccess"]
                dashboard.metrics = .known(
                    metrics("AWS/SageMaker", requests)
                        + metrics(
                            "/aws/sagemaker/Endpoints",
                            machine + (usesGPU ? ["GPUUtilization", "GPUMemoryUtilization"] : []))
                        + metrics(Blueprint.namespace, own))
            })
    }
}
