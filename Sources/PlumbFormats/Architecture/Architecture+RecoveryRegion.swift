// The second region of a critical endpoint: a pilot light that holds everything but running instances (T-13), and the
// records by which clients find it.

import PlumbModel

extension Architecture {
    static func addRecoveryRegion(to graph: inout Graph, _ plan: Blueprint) {
        guard let region = plan.recoveryRegion else { return }
        func place<Element: Resource>(_ element: Element) -> Element {
            var element = element
            element.head.region = plan.said(region, "recovery.region")
            element.head.place = plan.spec.place(of: "recovery")
            return element
        }
        graph.keys.append(place(replicaKey(plan)))
        graph.buckets.append(
            place(
                bucket("ReplicaBucket", "replica", .replica, key: "ReplicaKey", from: "recovery", plan) {
                    var rules = [expiry(prefix: nil, noncurrentDays: 90)]
                    if plan.mayReplicateCaptures { rules += captureExpiry(plan) }
                    $0.lifecycle = .known(rules)
                }))
        addNetwork("Replica", region: region, to: &graph, plan)
        graph.models.append(place(model("ReplicaModel", network: "Replica", plan)))
        var config = endpointConfig("ReplicaEndpointConfig", model: "ReplicaModel", key: "ReplicaKey", plan)
        // What the second region captures stays there, under its own key.
        config.dataCapture = config.dataCapture.map { capture in
            var capture = capture
            capture.destination = .known("s3://\(plan.bucketName("replica"))/captures/")
            return capture
        }
        graph.endpointConfigs.append(place(config))
        graph.logGroups.append(
            place(
                plan.make("ReplicaEndpointLogGroup", named: nil, from: "recovery", isKept: true) {
                    $0.head.name = .known("/aws/sagemaker/Endpoints/\(plan.spec.name)")
                    $0.retentionDays = plan.said(plan.logRetentionDays, "retentionDays")
                    $0.key = reference("ReplicaKey")
                }))
        graph.analyzers.append(
            place(plan.make("ReplicaExternalAccessAnalyzer", named: "external-access") { $0.kind = "ACCOUNT" }))
        addFailover(to: &graph, plan)
    }

    /// DNS leaves a region when the health alarm fires: the endpoint is private, so no outside checker can reach it.
    private static func addFailover(to graph: inout Graph, _ plan: Blueprint) {
        graph.healthChecks.append(
            plan.make("FailoverHealthCheck", named: nil, from: "recovery") {
                // It follows the alarm at once: interval and threshold are for checks that ask an address.
                $0.alarmName = plan.said(plan.alarmName(.health), "alarms.health")
            })
        func record(_ id: String, _ failover: String) -> RecordSet {
            plan.make(id, named: nil, from: "recovery") {
                $0.head.name = plan.said("\(plan.prefix).ml.internal", "name")
                // Records have no tags.
                $0.head.tags = .absent
                $0.failover = .known(failover)
                $0.ttlSeconds = 60
                if failover == "PRIMARY" { $0.healthCheck = reference("FailoverHealthCheck") }
            }
        }
        graph.recordSets.append(record("PrimaryRecord", "PRIMARY"))
        graph.recordSets.append(record("SecondaryRecord", "SECONDARY"))
    }
}
