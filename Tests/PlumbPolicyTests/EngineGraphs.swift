// What a running engine shows of itself, in the shape of its own graph.

import PlumbModel

enum EngineGraphs {
    /// One endpoint with the three alarms of its revision, after a rollback that was measured.
    static var afterRollback: Graph {
        var graph = Graph(source: .engine, environment: .production, asOf: BaseSpec.today)
        graph.endpoints.append(
            Endpoint("digits") { endpoint in
                endpoint.head.name = "digits"
                endpoint.config = .known(.resource("digits-1"))
                endpoint.rollbackAlarms = .known(["digits-1-error-rate", "digits-1-latency-p99", "digits-1-health"])
                var policy = BlueGreenPolicy()
                policy.routing = .known(.canary)
                policy.canarySize = .known(CapacitySize(.capacityPercent, 10))
                policy.waitIntervalSeconds = 10
                policy.terminationWaitSeconds = 10
                policy.maximumExecutionTimeoutSeconds = 1800
                endpoint.blueGreen = .known(policy)
            })
        graph.endpointConfigs.append(
            EndpointConfig("digits-1") { config in
                var variant = Variant()
                variant.name = "primary"
                variant.initialInstanceCount = 2
                variant.weight = 1
                config.head.name = "digits-1"
                config.variants = .known([variant])
            })
        let requests = row("requests", "AWS/SageMaker", "Invocations", "Sum")
        graph.alarms.append(
            alarm(
                "error-rate", 1, .greaterThanThreshold, .notBreaching,
                [
                    requests, row("errors", "AWS/SageMaker", "Invocation5XXErrors", "Sum"),
                    result("IF(requests >= 5, 100 * errors / requests, 0)"),
                ]))
        graph.alarms.append(
            alarm(
                "latency-p99", 500_000, .greaterThanThreshold, .notBreaching,
                [
                    requests, row("p99", "AWS/SageMaker", "ModelLatency", "p99"),
                    result("IF(requests >= 5, p99, 0)"),
                ]))
        var probe = row("probe", "Plumbline/Endpoints", "ProbeSuccess", "Maximum")
        probe.returnsData = true
        graph.alarms.append(alarm("health", 1, .lessThanThreshold, .breaching, [probe]))
        graph.evidence = [
            Evidence(
                .metrics, endpointName: "digits", day: BaseSpec.today, origin: "engine", numbers: ["requests": 900],
                texts: ["metrics": "Invocation5XXErrors,Invocations,ModelLatency,ProbeSuccess"]),
            Evidence(
                .rollout, endpointName: "digits", day: BaseSpec.today.adding(days: -2), origin: "engine",
                numbers: ["faultToDetectedSeconds": 3.1, "detectedToMovedSeconds": 0.02, "movedToFullSeconds": 0.4],
                texts: ["outcome": "rolledBack", "reason": "error rate"]),
        ]
        var declaration = Declaration(endpointName: "digits")
        declaration.keptRevisions = 2
        graph.declarations = [declaration]
        return graph
    }

    private static func alarm(
        _ kind: String, _ threshold: Double, _ comparison: ComparisonOperator, _ missing: MissingDataTreatment,
        _ rows: [AlarmQuery]
    ) -> Alarm {
        Alarm("digits-1-\(kind)") { alarm in
            alarm.head.name = .known("digits-1-\(kind)")
            alarm.queries = .known(rows)
            alarm.comparison = .known(comparison)
            alarm.threshold = .known(threshold)
            alarm.periodSeconds = 1
            alarm.evaluationPeriods = 3
            alarm.datapointsToAlarm = 2
            alarm.missingData = .known(missing)
        }
    }

    private static func row(_ id: String, _ namespace: String, _ metric: String, _ statistic: String) -> AlarmQuery {
        var row = AlarmQuery()
        row.id = .known(id)
        row.namespace = .known(namespace)
        row.metricName = .known(metric)
        row.statistic = .known(statistic)
        row.periodSeconds = 1
        row.dimensions = .known([
            DimensionFact("EndpointName", "digits"), DimensionFact("VariantName", "primary"),
            DimensionFact("EndpointConfigName", "digits-1"),
        ])
        row.returnsData = false
        return row
    }

    private static func result(_ expression: String) -> AlarmQuery {
        var row = AlarmQuery()
        row.id = "result"
        row.expression = .known(expression)
        row.returnsData = true
        return row
    }
}
