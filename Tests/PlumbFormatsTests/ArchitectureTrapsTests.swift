import PlumbFormats
import PlumbModel
import Testing

/// What templates most often get wrong while they look right.
@Suite struct ArchitectureTrapsTests {
    // Alarms

    @Test(arguments: Environment.allCases)
    func everyAlarmNamesTheEndpointAndItsVariant(environment: Environment) throws {
        let graph = try ArchitectureExample.graph(environment)
        for alarm in graph.alarms {
            #expect(!alarm.metrics.isEmpty, "\(alarm.id)")
            for metric in alarm.metrics {
                #expect(metric.dimension("EndpointName") == "digits" && metric.dimension("VariantName") == "primary")
            }
        }
    }

    @Test func theGuardNamesTheRevisionsOwnSeriesAndAllAlarmsExist() throws {
        let graph = try ArchitectureExample.graph()
        let guards = try #require(graph.endpoints[id: "Endpoint"]?.rollbackAlarms.value).compactMap(\.value)
        #expect(guards.count == 6)
        #expect(Set(graph.alarms.compactMap(\.name.value)).isSuperset(of: guards))
        let config = try #require(graph.endpointConfigs[id: "EndpointConfig"]?.name.value)
        #expect(config.hasPrefix("digits-production-9f86d081-"))
        let alarm = try #require(graph.alarms[id: "NewRevisionErrorRateAlarm"])
        #expect(alarm.metrics.allSatisfy { $0.dimension("EndpointConfigName") == config })
    }

    @Test(arguments: [
        "model: {startupTimeout: 400}", "instances: {type: ml.m5.2xlarge}", "capture: {samplingPercent: 50}",
    ])
    func anotherRevisionHasAnotherName(overlay: String) throws {
        let before = try ArchitectureExample.graph(), after = try ArchitectureExample.graph(overlay: overlay)
        #expect(
            before.endpointConfigs[id: "EndpointConfig"]?.name.value
                != after.endpointConfigs[id: "EndpointConfig"]?.name.value)
    }

    // Scaling

    @Test(arguments: [("ml.m5.xlarge", "load / 4"), ("ml.m5.4xlarge", "load / 16"), ("ml.g5.12xlarge", "load / 4")])
    func utilisationIsOfRealCapacity(type: String, expression: String) throws {
        let graph = try ArchitectureExample.graph(overlay: "instances: {type: \(type)}")
        for queries in [
            graph.alarms[id: "ScaleOutAlarm"]?.queries, graph.scalingPolicies[id: "TargetTrackingPolicy"]?.metric,
        ] {
            let rows = try #require(queries?.value)
            #expect(rows.last?.expression.value == expression)
            #expect(rows.first?.metricName.value == (type.contains("g5") ? "GPUUtilization" : "CPUUtilization"))
            #expect(rows.first?.namespace.value == "/aws/sagemaker/Endpoints")
        }
    }

    @Test func aTypeThatNobodyKnowsLeavesUtilisationUnknown() throws {
        var spec = try ArchitectureExample.spec()
        spec.instances.type = "ml.z9.huge"
        let graph = Architecture.compile(spec, asOf: ArchitectureExample.today)
        #expect(graph.alarms[id: "ScaleOutAlarm"]?.queries.isUnknown == true)
        #expect(graph.scalingPolicies[id: "TargetTrackingPolicy"]?.metric.isUnknown == true)
    }

    @Test(arguments: [(Environment.production, 46.0), (.staging, 35), (.dev, 35)])
    func takingAnInstanceAwayCannotFlap(environment: Environment, percent: Double) throws {
        let graph = try ArchitectureExample.graph(
            environment, overlay: environment == .production ? "" : "instances: {minimum: 1, initial: 1}")
        #expect(graph.alarms[id: "ScaleInAlarm"]?.threshold.value == percent)
        #expect(graph.scalingPolicies[id: "TargetTrackingPolicy"]?.disablesScaleIn.value == true)
    }

    // Keeping

    @Test(arguments: ["ml.g5.xlarge", "ml.g4dn.xlarge", "ml.m5d.xlarge", "ml.p5.48xlarge"])
    func aTypeWithLocalDisksHasNoVolumeKey(type: String) throws {
        let graph = try ArchitectureExample.graph(overlay: "instances: {type: \(type)}")
        #expect(graph.endpointConfigs[id: "EndpointConfig"]?.key.isAbsent == true)
        #expect(graph.endpointConfigs[id: "EndpointConfig"]?.dataCapture.value?.key.value == .resource("DataKey"))
        let deploy = try #require(graph.roles[id: "DeployRole"]?.policies.value?.first)
        #expect(!deploy.statements.contains { $0.conditions.contains { $0.key == "sagemaker:VolumeKmsKey" } })
    }

    @Test func aTypeOnEBSHasTheDataKey() throws {
        #expect(
            try ArchitectureExample.graph().endpointConfigs[id: "EndpointConfig"]?.key.value == .resource("DataKey"))
    }

    @Test func accessLogsGoThroughAPlainBucketIntoTheLockedOne() throws {
        let graph = try ArchitectureExample.graph()
        for id in ["ArtifactBucket", "CaptureBucket"] {
            #expect(graph.buckets[id: id]?.loggingDestination.value == .resource("AccessLogBucket"))
        }
        let logs = try #require(graph.buckets[id: "AccessLogBucket"])
        #expect(logs.encryption.value?.algorithm.value == "AES256" && logs.isObjectLockEnabled.value == false)
        #expect(logs.loggingDestination.isAbsent && logs.isVersioned.value == true)
        #expect(logs.replication.value?.first?.destination.value == .resource("AuditBucket"))
        let audit = try #require(graph.buckets[id: "AuditBucket"])
        #expect(audit.isObjectLockEnabled.value == true && audit.isVersioned.value == true)
        #expect(graph.trails[id: "Trail"]?.bucket.value == .resource("AuditBucket"))
    }

    @Test func theLockFitsTheEnvironment() throws {
        let production = try #require(try ArchitectureExample.graph().buckets[id: "AuditBucket"]?.objectLock.value)
        #expect(production.mode.value == .compliance && production.retentionDays.value == 365)
        let staging = try #require(try ArchitectureExample.graph(.staging).buckets[id: "AuditBucket"]?.objectLock.value)
        #expect(staging.mode.value == .governance && staging.retentionDays.value == 1)
        let dev = try ArchitectureExample.graph(.dev).buckets[id: "AuditBucket"]
        #expect(dev?.isObjectLockEnabled.value == false && dev?.objectLock.isAbsent == true)
    }

    @Test func capturesLeaveTheRegionOnlyWhereTheyMayGo() throws {
        let allowed = try ArchitectureExample.graph()
        let rule = try #require(allowed.buckets[id: "CaptureBucket"]?.replication.value?.first)
        #expect(allowed.buckets[rule.destination]?.head.region.value == "eu-west-1")
        let refused = try ArchitectureExample.graph(overlay: "personalData: {residency: [eu-central-1]}")
        #expect(refused.buckets[id: "CaptureBucket"]?.replication.isAbsent == true)
        #expect(refused.buckets[id: "ArtifactBucket"]?.replication.isKnown == true)
    }

    @Test(arguments: [(364, 365), (365, 365), (2190, 2192), (2192, 2192), (9999, 3653)])
    func logGroupsAreKeptForANumberOfDaysThatExists(said: Int, kept: Int) throws {
        let graph = try ArchitectureExample.graph(overlay: "retentionDays: \(said)")
        #expect(graph.logGroups.allSatisfy { $0.retentionDays.value == kept })
    }

    // Names

    @Test func namesStayWithinAWSsLimits() throws {
        var spec = try ArchitectureExample.spec()
        spec.name = String(repeating: "Aa", count: 31) + "z"
        let graph = Architecture.compile(spec, asOf: ArchitectureExample.today)
        let account = "123456789012"
        for bucket in graph.buckets {
            let name = try #require(bucket.name.value).replacing("${AWS::AccountId}", with: account)
            #expect(name.count <= 63 && name.wholeMatch(of: /[a-z0-9][a-z0-9-]*[a-z0-9]/) != nil, "\(name)")
        }
        for role in graph.roles { #expect(try #require(role.name.value).count <= 64) }
        for function in graph.functions { #expect(try #require(function.name.value).count <= 64) }
        for config in graph.endpointConfigs { #expect(try #require(config.name.value).count <= 63) }
        let testing = try #require(graph.restoreTestingPlans.first?.name.value)
        #expect(testing.count <= 50 && testing.wholeMatch(of: /[A-Za-z0-9_]+/) != nil)
    }

    @Test(arguments: Environment.allCases)
    func everyARNIsInNormalForm(environment: Environment) throws {
        for role in try ArchitectureExample.graph(environment).roles {
            let documents = (role.policies.value ?? []) + [try #require(role.trust.value)]
            for statement in documents.flatMap(\.statements) {
                #expect(
                    !statement.actions.isEmpty
                        && statement.actions.allSatisfy { !$0.contains("*") || statement.effect == .deny })
                for resource in statement.resources {
                    #expect(
                        resource == "*" || resource.hasPrefix("arn:${AWS::Partition}:") || resource.hasPrefix("${"),
                        "\(role.id) \(resource)")
                }
            }
        }
    }

    @Test(arguments: [(Environment.production, 5), (.staging, 6), (.dev, 5)])
    func functionsFitIntoATemplate(environment: Environment, count: Int) throws {
        let functions = try ArchitectureExample.graph(environment).functions
        #expect(functions.count == count)
        for function in functions { #expect(try #require(function.code.value).utf8.count <= 4096, "\(function.id)") }
    }
}
