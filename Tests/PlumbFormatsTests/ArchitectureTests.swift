import PlumbFormats
import PlumbModel
import Testing

@Suite struct ArchitectureTests {
    @Test(arguments: [(Environment.dev, 60), (.staging, 74), (.production, 88)])
    func anEnvironmentHasItsResources(environment: Environment, count: Int) throws {
        let graph = try ArchitectureExample.graph(environment, overlay: "critical: false\ncache: {ttl: 0}")
        #expect(graph.resources.count == count)
        #expect(Set(graph.resources.map(\.id)).count == count)
        #expect(graph.source == .spec && graph.environment == environment && graph.region.value == "eu-central-1")
    }

    @Test(arguments: Environment.allCases)
    func everyEnvironmentCanBeWatchedAndRolledBack(environment: Environment) throws {
        let graph = try ArchitectureExample.graph(environment)
        for id in [
            "Endpoint", "EndpointConfig", "Model", "ScalableTarget", "TargetTrackingPolicy", "ScaleOutPolicy",
            "ScaleInPolicy", "ErrorRateAlarm", "LatencyP99Alarm", "HealthAlarm", "DriftAlarm", "QualityAlarm",
            "ScaleOutAlarm", "ScaleInAlarm", "Dashboard", "AlarmTopic", "LateRollbackRule", "LateRollbackFunction",
            "ProbeFunction", "ProbeRule", "DataKey", "AuditKey", "ArtifactBucket", "CaptureBucket", "AuditBucket",
            "StateTable", "ImageRepository", "ExecutionRole", "AutomationRole", "ExternalAccessAnalyzer",
            "UnusedAccessAnalyzer", "Trail", "EndpointLogGroup", "Budget", "DriftFunction", "QualityFunction",
        ] {
            #expect(graph.resources.contains { $0.id == id }, "\(id)")
        }
    }

    @Test func onlyProductionPaysForANetworkBackupsAndASecondRegion() throws {
        let own = [
            "Network", "SubnetA", "SubnetB", "RouteTable", "ModelSecurityGroup", "EndpointSecurityGroup",
            "RuntimeVPCEndpoint", "S3VPCEndpoint", "ECRApiVPCEndpoint", "KMSVPCEndpoint", "BackupVault", "BackupPlan",
            "BackupSelection", "RestoreTestingPlan", "BackupRole", "TrafficDropAlarm", "BurnRateFastAlarm",
            "BurnRateSlowAlarm", "NewRevisionErrorRateAlarm", "ReplicaKey", "ReplicaBucket", "ReplicaModel",
            "ReplicaEndpointConfig", "ReplicationLagAlarm", "FailoverHealthCheck", "PrimaryRecord", "SecondaryRecord",
            "EntryPoint", "Distribution", "CachePolicy",
        ]
        let production = Set(try ArchitectureExample.graph().resources.map(\.id))
        #expect(production.isSuperset(of: own))
        for environment in [Environment.dev, .staging] {
            let ids = Set(try ArchitectureExample.graph(environment).resources.map(\.id))
            #expect(ids.isDisjoint(with: own))
            #expect(ids.isSuperset(of: ["StopSchedule", "StartSchedule", "SchedulerRole"]))
        }
        #expect(!production.contains("StopSchedule"))
    }

    @Test func aSecondRegionIsForCriticalEndpointsThatNameOne() throws {
        let common = try ArchitectureExample.graph(overlay: "critical: false")
        #expect(common.resources.allSatisfy { $0.head.region.isAbsent })
        #expect(common.buckets[id: "ArtifactBucket"]?.replication.isAbsent == true)
        let critical = try ArchitectureExample.graph()
        let there = critical.resources.filter { $0.head.region.value == "eu-west-1" }.map(\.id)
        #expect(Set(there).isSuperset(of: ["ReplicaKey", "ReplicaBucket", "ReplicaModel", "ReplicaEndpointConfig"]))
        #expect(critical.endpoints.count == 1, "a pilot light has no running instances")
        #expect(critical.models[id: "ReplicaModel"]?.image.value?.contains(".dkr.ecr.eu-west-1.") == true)
    }

    @Test(arguments: Environment.allCases, [true, false])
    func everyReferenceNamesAResource(environment: Environment, rollsBackLate: Bool) throws {
        let graph = try ArchitectureExample.graph(environment, overlay: "rollout: {rollsBackLate: \(rollsBackLate)}")
        let ids = Set(graph.resources.map(\.id))
        for resource in graph.resources {
            let names = GraphNames(of: resource)
            for id in names.references + names.mentions {
                #expect(ids.contains(id), "\(resource.id) names \(id)")
            }
        }
    }

    @Test(arguments: Environment.allCases)
    func theSameSpecAlwaysGivesTheSameGraph(environment: Environment) throws {
        let spec = try ArchitectureExample.spec(environment)
        let graph = Architecture.compile(spec, asOf: ArchitectureExample.today)
        for _ in 0..<20 { #expect(Architecture.compile(spec, asOf: ArchitectureExample.today) == graph) }
    }

    @Test func whatTheSpecDeclaresIsDeclared() throws {
        let declaration = try #require(try ArchitectureExample.graph().declaration(for: "digits"))
        #expect(declaration.team.value == "vision" && declaration.workload.value == .cpu)
        #expect(declaration.isCritical.value == true && declaration.modelDigest.value == ArchitectureExample.digest)
        #expect(declaration.recovery.value?.region == "eu-west-1")
        #expect(declaration.benchmark.isAbsent && declaration.rollbackDrill.isAbsent)
    }

    @Test func aValueThatBreaksAPolicyIsCarriedOverAsItStands() throws {
        let graph = try ArchitectureExample.graph(
            overlay: """
                instances: {minimum: 1, maximum: 10, initial: 1, zones: 1}
                alarms:
                  errorRate: {thresholdPercent: 5, missingData: breaching}
                  latencyP99: {thresholdMilliseconds: 900}
                scaling: {targetPercent: 90, scaleOutAbovePercent: 95, scaleInBelowPercent: 60}
                rollout: {strategy: allAtOnce, terminationWait: 0}
                budget: {monthlyUSD: 9000}
                capture: {enabled: false}
                retentionDays: 30
                """)
        let alarm = try #require(graph.alarms[id: "ErrorRateAlarm"])
        #expect(alarm.threshold.value == 5 && alarm.missingData.value == .breaching)
        #expect(graph.alarms[id: "LatencyP99Alarm"]?.threshold.value == 900_000)
        #expect(graph.scalableTargets[id: "ScalableTarget"]?.minimum.value == 1)
        #expect(graph.scalableTargets[id: "ScalableTarget"]?.maximum.value == 10)
        #expect(graph.scalingPolicies[id: "TargetTrackingPolicy"]?.targetValue.value == 90)
        #expect(graph.alarms[id: "ScaleOutAlarm"]?.threshold.value == 95)
        #expect(graph.alarms[id: "ScaleInAlarm"]?.threshold.value == 60)
        #expect(graph.subnets.filter { $0.head.region.isAbsent }.count == 1)
        let blueGreen = try #require(graph.endpoints[id: "Endpoint"]?.blueGreen.value)
        #expect(blueGreen.routing.value == .allAtOnce && blueGreen.canarySize.isAbsent)
        #expect(blueGreen.terminationWaitSeconds.value == 0)
        #expect(graph.budgets[id: "Budget"]?.limitUSD.value == 9000)
        #expect(graph.endpointConfigs[id: "EndpointConfig"]?.dataCapture.value?.isEnabled.value == false)
        #expect(graph.buckets[id: "AuditBucket"]?.objectLock.value?.retentionDays.value == 30)
    }

    @Test func workingHoursAreKeptWhereTheyAreWrittenEvenInProduction() throws {
        let hours = "workingHours: {timezone: Europe/Berlin, days: [mon, fri], start: '07:30', stop: '19:00'}"
        let graph = try ArchitectureExample.graph(overlay: hours)
        #expect(graph.schedules[id: "StartSchedule"]?.expression.value == "cron(30 7 ? * MON,FRI *)")
        #expect(graph.schedules[id: "StopSchedule"]?.expression.value == "cron(0 19 ? * MON,FRI *)")
        #expect(graph.schedules[id: "UnmuteSchedule"]?.expression.value == "cron(0 8 ? * MON,FRI *)")
        #expect(graph.schedules[id: "StopSchedule"]?.timezone.value == "Europe/Berlin")
        #expect(graph.schedules[id: "StopSchedule"]?.endpointName.value == "digits")
    }

    @Test func hoursThatHoldTheWholeWeekStopNothing() throws {
        let graph = try ArchitectureExample.graph(
            overlay: "workingHours: {days: mon-sun, start: '00:00', stop: '24:00'}")
        #expect(graph.schedules.isEmpty)
    }

    /// EventBridge has no 24:00; and where one day follows on another without a break there is nothing to stop.
    @Test(arguments: [
        ("sat, sun", "23:45", "24:00", "45 23 ? * SAT,SUN", "0 0 ? * MON,SUN", "15 0 ? * MON,SUN"),
        ("mon, tue, sun", "00:00", "24:00", "0 0 ? * SUN", "0 0 ? * WED", "30 0 ? * SUN"),
        ("mon, wed", "00:00", "24:00", "0 0 ? * MON,WED", "0 0 ? * TUE,THU", "30 0 ? * MON,WED"),
    ]) func hoursThatEndAtMidnightStopOnTheNextDay(
        days: String, start: String, stop: String, starts: String, stops: String, unmutes: String
    ) throws {
        let graph = try ArchitectureExample.graph(
            overlay: "workingHours: {days: [\(days)], start: '\(start)', stop: '\(stop)'}")
        #expect(graph.schedules[id: "StartSchedule"]?.expression.value == "cron(\(starts) *)")
        #expect(graph.schedules[id: "StopSchedule"]?.expression.value == "cron(\(stops) *)")
        #expect(graph.schedules[id: "UnmuteSchedule"]?.expression.value == "cron(\(unmutes) *)")
    }
}
