import PlumbFormats
import PlumbModel
import Testing

/// A finding is only useful when it names the line to change.
@Suite struct ArchitecturePlacesTests {
    private typealias Look = @Sendable (Graph) -> Place?

    private static let facts: [(key: String, look: Look)] = [
        ("name", { $0.endpoints[id: "Endpoint"]?.head.name.place }),
        ("region", { $0.region.place }),
        ("instances.type", { $0.endpointConfigs[id: "EndpointConfig"]?.variants.value?.first?.instanceType.place }),
        (
            "instances.initial",
            { $0.endpointConfigs[id: "EndpointConfig"]?.variants.value?.first?.initialInstanceCount.place }
        ),
        ("instances.minimum", { $0.scalableTargets[id: "ScalableTarget"]?.minimum.place }),
        ("instances.maximum", { $0.scalableTargets[id: "ScalableTarget"]?.maximum.place }),
        ("scaling.targetPercent", { $0.scalingPolicies[id: "TargetTrackingPolicy"]?.targetValue.place }),
        ("scaling.scaleOutAbovePercent", { $0.alarms[id: "ScaleOutAlarm"]?.threshold.place }),
        ("scaling.scaleInBelowPercent", { $0.alarms[id: "ScaleInAlarm"]?.threshold.place }),
        ("scaling.scaleInCooldown", { $0.scalingPolicies[id: "ScaleInPolicy"]?.cooldownSeconds.place }),
        ("alarms.errorRate.thresholdPercent", { $0.alarms[id: "ErrorRateAlarm"]?.threshold.place }),
        ("alarms.errorRate.evaluationPeriods", { $0.alarms[id: "ErrorRateAlarm"]?.evaluationPeriods.place }),
        ("alarms.errorRate.datapointsToAlarm", { $0.alarms[id: "ErrorRateAlarm"]?.datapointsToAlarm.place }),
        ("alarms.errorRate.missingData", { $0.alarms[id: "ErrorRateAlarm"]?.missingData.place }),
        ("alarms.errorRate.period", { $0.alarms[id: "ErrorRateAlarm"]?.queries.value?.first?.periodSeconds.place }),
        ("alarms.latencyP99.thresholdMilliseconds", { $0.alarms[id: "LatencyP99Alarm"]?.threshold.place }),
        ("alarms.latencyP99.period", { $0.alarms[id: "LatencyP99Alarm"]?.periodSeconds.place }),
        ("alarms.health.thresholdFailures", { $0.alarms[id: "HealthAlarm"]?.threshold.place }),
        ("alarms.notify", { $0.topics[id: "AlarmTopic"]?.subscriptions.place }),
        ("rollout.strategy", { $0.endpoints[id: "Endpoint"]?.blueGreen.value?.routing.place }),
        ("rollout.canaryPercent", { $0.endpoints[id: "Endpoint"]?.blueGreen.value?.canarySize.place }),
        ("rollout.wait", { $0.endpoints[id: "Endpoint"]?.blueGreen.value?.waitIntervalSeconds.place }),
        ("rollout.terminationWait", { $0.endpoints[id: "Endpoint"]?.blueGreen.value?.terminationWaitSeconds.place }),
        ("rollout.timeout", { $0.endpoints[id: "Endpoint"]?.blueGreen.value?.maximumExecutionTimeoutSeconds.place }),
        ("rollout.rollsBackLate", { $0.eventRules[id: "LateRollbackRule"]?.isEnabled.place }),
        (
            "capture.samplingPercent",
            { $0.endpointConfigs[id: "EndpointConfig"]?.dataCapture.value?.samplingPercentage.place }
        ),
        ("capture.ttlDays", { $0.buckets[id: "CaptureBucket"]?.lifecycle.value?.first?.expirationDays.place }),
        ("drift.baseline", { $0.monitoringSchedules[id: "DriftFunction/schedule"]?.baselineConstraints.place }),
        ("budget.monthlyUSD", { $0.budgets[id: "Budget"]?.limitUSD.place }),
        ("budget.alerts", { $0.budgets[id: "Budget"]?.notifications.place }),
        ("retentionDays", { $0.buckets[id: "AuditBucket"]?.objectLock.value?.retentionDays.place }),
        ("recovery.region", { $0.models[id: "ReplicaModel"]?.head.region.place }),
        ("model.image", { $0.models[id: "Model"]?.image.place }),
        ("model.digest", { $0.models[id: "Model"]?.digest.place }),
        (
            "model.downloadTimeout",
            { $0.endpointConfigs[id: "EndpointConfig"]?.variants.value?.first?.modelDataDownloadTimeoutSeconds.place }
        ),
        (
            "model.startupTimeout",
            { $0.endpointConfigs[id: "EndpointConfig"]?.variants.value?.first?.containerStartupTimeoutSeconds.place }
        ),
        ("cache.ttl", { $0.cachePolicies[id: "CachePolicy"]?.maxTTLSeconds.place }),
    ]

    /// A spec in which every key has a line of its own, as if all had been written.
    private func graph() throws -> (graph: Graph, lines: [String: Place]) {
        var spec = try ArchitectureExample.spec()
        spec.places = [:]
        for (index, fact) in Self.facts.enumerated() {
            spec.places[fact.key] = Place(file: "plumb.yaml", line: index + 1, column: 1)
        }
        return (Architecture.compile(spec, asOf: ArchitectureExample.today), spec.places)
    }

    @Test func everyFactOfTheSpecCarriesItsPlace() throws {
        let (graph, lines) = try graph()
        for fact in Self.facts {
            #expect(fact.look(graph) == lines[fact.key], "\(fact.key)")
        }
    }

    @Test func theReadersOwnPlacesArrive() throws {
        let graph = try ArchitectureExample.graph()
        let alarm = try #require(graph.alarms[id: "ErrorRateAlarm"])
        #expect(alarm.threshold.place?.line == 14)
        #expect(alarm.missingData.place?.line == 14, "what was not written stands where its parent does")
        #expect(graph.scalableTargets[id: "ScalableTarget"]?.maximum.place?.line == 12)
    }

    @Test(arguments: Environment.allCases)
    func everyResourceStandsSomewhere(environment: Environment) throws {
        for resource in try ArchitectureExample.graph(environment).resources {
            #expect(resource.place != nil, "\(resource.id)")
        }
    }
}
