// A survey of the double: what it finds, what it leaves out, what it asks, and what becomes of refusals.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs moto, on which the double stands"))
struct SurveyTests {
    /// The concerns with what serves, scales and watches.
    private static let own: [Concern] = [
        .tags, .serving, .monitors, .scaling, .alarms, .metrics, .topics, .rules, .schedules, .functions, .logGroups,
        .canaries,
    ]

    private static func survey(
        _ scope: AccountScope = AccountScope(), _ watch: WatchedCalls = WatchedCalls()
    ) async throws -> AccountInventory {
        try await AWSDouble.populated.get().withClient(watch) { try await $0.survey(scope) }
    }

    private static func names(_ type: String, _ inventory: AccountInventory) -> Set<String> {
        Set(inventory.resources.filter { $0.type == type }.map(\.name))
    }

    private static func resource(_ type: String, _ name: String, _ inventory: AccountInventory) throws
        -> AccountResource
    {
        try #require(inventory.resources.first { $0.type == type && $0.name == name }, "\(type) \(name)")
    }

    // MARK: - What is found

    @Test func aRegionIsFoundWithAllThatBelongsToItsEndpoints() async throws {
        let inventory = try await Self.survey()
        let endpoints = (0..<3).map { "endpoint-000\($0)" }
        #expect(inventory.account == "123456789012")
        func expect(_ type: String, _ suffix: String) {
            #expect(Self.names(type, inventory) == Set(endpoints.map { $0 + suffix }), "\(type)")
        }
        expect("AWS::SageMaker::Endpoint", "")
        expect("AWS::SageMaker::EndpointConfig", "-config")
        expect("AWS::SageMaker::Model", "-model")
        expect("AWS::SageMaker::MonitoringSchedule", "-drift")
        expect("AWS::SageMaker::DataQualityJobDefinition", "-drift")
        expect("AWS::ApplicationAutoScaling::ScalingPolicy", "-requests")
        expect("AWS::CloudWatch::CompositeAlarm", "-health")
        expect("AWS::CloudWatch::AlarmMuteRule", "-nights")
        expect("AWS::CloudWatch::Dashboard", "")
        expect("AWS::Scheduler::Schedule", "-stop")
        expect("AWS::Lambda::Function", "-stop")
        #expect(Self.names("AWS::CloudWatch::Alarm", inventory).count == 12)
        #expect(Self.names("AWS::CloudWatch::Alarm", inventory).allSatisfy { $0.hasPrefix("endpoint-") })
        #expect(
            Self.names("AWS::Events::Rule", inventory)
                == Set(endpoints.flatMap { ["\($0)-alarms", "\($0)-evening"] }))
        #expect(Self.names("AWS::SNS::Topic", inventory) == ["oncall"])
        #expect(
            Self.names("AWS::Logs::LogGroup", inventory) == Set(endpoints.map { "/aws/sagemaker/Endpoints/\($0)" }))
    }

    @Test func anEndpointIsTold() async throws {
        let inventory = try await Self.survey()
        let endpoint = try Self.resource("AWS::SageMaker::Endpoint", "endpoint-0001", inventory)
        #expect(endpoint.arn == "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/endpoint-0001")
        #expect(endpoint.tags == ["ml:environment": "production", "ml:endpoint": "endpoint-0001"])
        let properties = endpoint.properties
        #expect(properties["EndpointConfigName"] == "endpoint-0001-config")
        let routing = properties["DeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
        #expect(routing["CanarySize"] == ["Type": "INSTANCE_COUNT", "Value": 1])
        #expect(properties["LiveStatus"] == "InService")
        #expect(properties["LiveInstances"]["Current"] == 2)
        let config = try Self.resource("AWS::SageMaker::EndpointConfig", "endpoint-0001-config", inventory)
        let variant = try #require(config.properties["ProductionVariants"].items.first)
        #expect(variant["ModelName"] == "endpoint-0001-model")
        #expect(variant["InstanceType"] == "ml.m5.xlarge")
        #expect(config.properties["CreationTime"] == .absent)
        let model = try Self.resource("AWS::SageMaker::Model", "endpoint-0001-model", inventory)
        #expect(model.properties["EnableNetworkIsolation"] == true)
    }

    @Test func aTargetIsToldWithItsActionsAndPolicies() async throws {
        let inventory = try await Self.survey()
        let name = "endpoint/endpoint-0002/variant/main|sagemaker:variant:DesiredInstanceCount|sagemaker"
        let target = try Self.resource("AWS::ApplicationAutoScaling::ScalableTarget", name, inventory)
        #expect(target.properties["MinCapacity"] == 2)
        let action = try #require(target.properties["ScheduledActions"].items.first)
        #expect(action["Schedule"] == "cron(0 7 * * ? *)")
        #expect(action["ScalableTargetAction"]["MinCapacity"] == 3)
        let policy = try Self.resource(
            "AWS::ApplicationAutoScaling::ScalingPolicy", "endpoint-0002-requests", inventory)
        #expect(policy.properties["ScalingTargetId"] == .text(name))
        #expect(policy.properties["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 700)
        let fleet = try #require(inventory.evidence.first { $0.kind == .fleet && $0.endpointName == "endpoint-0002" })
        #expect(fleet.numbers["running"] == 2)
        #expect(fleet.numbers["floor"] == 2)
        #expect(fleet.numbers["ceiling"] == 10)
        #expect(fleet.numbers["changesPerHourMax"] == 0)
    }

    @Test func whatWatchesIsTold() async throws {
        let inventory = try await Self.survey()
        let errors = try Self.resource("AWS::CloudWatch::Alarm", "endpoint-0000-errors", inventory)
        #expect(errors.properties["Metrics"].items.count == 3)
        #expect(errors.properties["LiveState"] == "INSUFFICIENT_DATA")
        #expect(errors.tags?["ml:endpoint"] == "endpoint-0000")
        let composite = try Self.resource("AWS::CloudWatch::CompositeAlarm", "endpoint-0000-health", inventory)
        #expect(composite.properties["AlarmRule"].text?.contains("endpoint-0000-errors") == true)
        let topic = try Self.resource("AWS::SNS::Topic", "oncall", inventory)
        let subscription = try #require(topic.properties["Subscription"].items.first)
        #expect(subscription["Endpoint"] == "oncall@example.com")
        #expect(subscription["LiveConfirmed"] != .absent)
        let rule = try Self.resource("AWS::Events::Rule", "endpoint-0000-alarms", inventory)
        #expect(rule.properties["Targets"].items.first?["Arn"] == topic.arn.map { .text($0) })
        let schedule = try Self.resource("AWS::Scheduler::Schedule", "endpoint-0000-stop", inventory)
        #expect(schedule.properties["Target"]["Input"].text?.contains("endpoint-0000") == true)
        let group = try Self.resource("AWS::Logs::LogGroup", "/aws/sagemaker/Endpoints/endpoint-0000", inventory)
        #expect(group.properties["RetentionInDays"] == 90)
        #expect(group.tags?["ml:endpoint"] == "endpoint-0000")
        let monitor = try Self.resource("AWS::SageMaker::MonitoringSchedule", "endpoint-0000-drift", inventory)
        #expect(monitor.properties["LiveLastExecution"] == .absent)
    }

    @Test func aFunctionIsToldWithoutItsSecrets() async throws {
        let inventory = try await Self.survey()
        let function = try Self.resource("AWS::Lambda::Function", "endpoint-0000-stop", inventory)
        #expect(function.tags == ["ml:purpose": "stop-endpoint"])
        let variables = function.properties["Environment"]["Variables"]
        #expect(variables["ENDPOINT"] == "endpoint-0000")
        guard case .unseen = variables["API_TOKEN"] else {
            Issue.record("the token is shown: \(variables["API_TOKEN"])")
            return
        }
        let permission = try #require(
            inventory.resources.first {
                $0.type == "AWS::Lambda::Permission" && $0.properties["FunctionName"] == "endpoint-0000-stop"
            })
        #expect(permission.properties["Principal"] == "events.amazonaws.com")
        #expect(!"\(inventory)".contains("a-secret"))
    }

    @Test func trafficIsMeasured() async throws {
        let inventory = try await Self.survey()
        let metrics = try #require(
            inventory.evidence.first { $0.kind == .metrics && $0.endpointName == "endpoint-0001" })
        #expect(metrics.numbers["requests"] == 3600)
        // Two of four processors.
        #expect(metrics.numbers["cpuP95Percent"] == 50)
        #expect(metrics.numbers["memoryP95Percent"] == 40)
        #expect(metrics.numbers["gpuP95Percent"] == nil)
        #expect(metrics.texts["metrics"]?.contains("ModelLatency") == true)
        #expect(metrics.texts["metrics"]?.contains("Invocation4XXErrors") == false)
        let availability = try #require(
            inventory.evidence.first { $0.kind == .availability && $0.endpointName == "endpoint-0001" })
        #expect(availability.numbers["good"] == 3564)
        #expect(availability.numbers["total"] == 3600)
    }

    @Test func oneEndpointIsFoundAlone() async throws {
        let inventory = try await Self.survey(AccountScope(endpoints: ["endpoint-0001"]))
        #expect(Self.names("AWS::SageMaker::Endpoint", inventory) == ["endpoint-0001"])
        #expect(Self.names("AWS::CloudWatch::Alarm", inventory).count == 4)
        #expect(Self.names("AWS::CloudWatch::CompositeAlarm", inventory) == ["endpoint-0001-health"])
        #expect(Self.names("AWS::Events::Rule", inventory) == ["endpoint-0001-alarms", "endpoint-0001-evening"])
        #expect(Self.names("AWS::Lambda::Function", inventory) == ["endpoint-0001-stop"])
        #expect(Self.names("AWS::ApplicationAutoScaling::ScalableTarget", inventory).count == 1)
        #expect(Self.names("AWS::SageMaker::MonitoringSchedule", inventory) == ["endpoint-0001-drift"])
        let alarm = try Self.resource("AWS::CloudWatch::Alarm", "endpoint-0001-latency", inventory)
        #expect(alarm.tags?["ml:endpoint"] == "endpoint-0001")
    }

    @Test func endpointsAreFoundByTheirTags() async throws {
        let inventory = try await Self.survey(AccountScope(tags: ["ml:endpoint": "endpoint-0002"]))
        #expect(Self.names("AWS::SageMaker::Endpoint", inventory) == ["endpoint-0002"])
        #expect(Self.names("AWS::SageMaker::Model", inventory) == ["endpoint-0002-model"])
    }

    @Test func aMistypedEndpointIsAnErrorThatNamesTheOthers() async throws {
        let error = await #expect(throws: PlumbError.self) {
            _ = try await Self.survey(AccountScope(endpoints: ["endpoint-1"]))
        }
        #expect(error?.kind == .notFound)
        #expect(error?.hint?.contains("endpoint-0002") == true)
    }

    @Test func theHistoryOfAnAlarmIsCounted() async throws {
        let double = try AWSDouble.populated.get()
        for state in ["OK", "ALARM", "OK"] {
            _ = try await double.withClient { client in
                try await client.call(
                    .cloudWatch, "SetAlarmState",
                    ["AlarmName": "endpoint-0002-latency", "StateValue": .text(state), "StateReason": "a test"])
            }
        }
        let inventory = try await Self.survey(AccountScope(endpoints: ["endpoint-0002"]))
        func evidence(_ alarm: String) throws -> Evidence {
            try #require(inventory.evidence.first { $0.kind == .alarm && $0.texts["alarm"] == alarm })
        }
        let latency = try evidence("endpoint-0002-latency")
        #expect(latency.texts["state"] == "OK")
        #expect(latency.numbers["changes"] == 3)
        #expect(latency.numbers["raised"] == 1)
        #expect(latency.numbers["evaluated"] == 1)
        #expect(try evidence("endpoint-0002-errors").numbers["evaluated"] == 0)
    }

    // MARK: - What is asked

    @Test func nothingIsAskedTwice() async throws {
        for scope in [AccountScope(), AccountScope(endpoints: ["endpoint-0000", "endpoint-0002"])] {
            let watch = WatchedCalls()
            _ = try await Self.survey(scope, watch)
            let twice = Dictionary(grouping: watch.calls) { $0 }.filter { $0.value.count > 1 }.keys
            #expect(twice.isEmpty, "\(twice.map { "\($0.action) \($0.content)" })")
        }
    }

    @Test func theReadsAreTheCalls() async throws {
        let (whole, few) = (WatchedCalls(), WatchedCalls())
        _ = try await Self.survey(AccountScope(), whole)
        _ = try await Self.survey(AccountScope(endpoints: ["endpoint-0000"]), few)
        let made = whole.actions.union(few.actions)
        #expect(made.isSubset(of: AWSClient.surveyActions()), "\(made.subtracting(AWSClient.surveyActions()))")
        let declared = Set(
            Self.own.flatMap(\.reads).map { IAMAction.name(service: $0.service.id, operation: $0.operation) })
        // The population has none of these.
        let others: Set = [
            "sagemaker:DescribeModelPackage", "sagemaker:DescribeModelQualityJobDefinition",
            "sagemaker:DescribeInferenceComponent",
        ]
        #expect(declared.subtracting(made) == others)
    }

    /// Each of our own calls denied in turn: the survey goes on, and says which permission is missing.
    @Test func aDeniedCallIsUnseenAndNamesThePermission() async throws {
        let actions = Set(
            Self.own.flatMap(\.reads).map { IAMAction.name(service: $0.service.id, operation: $0.operation) })
        for action in actions.sorted() {
            let watch = WatchedCalls(denying: [action])
            let inventory = try await Self.survey(AccountScope(), watch)
            guard watch.actions.contains(action) else { continue }
            #expect(inventory.gaps.contains { $0.action == action && $0.reason.contains("denied") }, "\(action)")
        }
    }

    @Test func whatWasDeniedIsUnseenWhereItWouldStand() async throws {
        func unseen(_ value: AccountValue) -> String? { if case .unseen(let why) = value { why } else { nil } }
        let watch = WatchedCalls(denying: [
            "sagemaker:DescribeModel", "application-autoscaling:DescribeScheduledActions",
            "sns:ListSubscriptionsByTopic", "tag:GetResources", "events:ListTargetsByRule", "scheduler:GetSchedule",
        ])
        let inventory = try await Self.survey(AccountScope(), watch)
        let model = try Self.resource("AWS::SageMaker::Model", "endpoint-0000-model", inventory)
        #expect(unseen(model.properties["EnableNetworkIsolation"]) == "sagemaker:DescribeModel is denied")
        let target = try #require(
            inventory.resources.first { $0.type == "AWS::ApplicationAutoScaling::ScalableTarget" })
        #expect(
            unseen(target.properties["ScheduledActions"])
                == "application-autoscaling:DescribeScheduledActions is denied")
        let topic = try Self.resource("AWS::SNS::Topic", "oncall", inventory)
        #expect(unseen(topic.properties["Subscription"]) == "sns:ListSubscriptionsByTopic is denied")
        let endpoint = try Self.resource("AWS::SageMaker::Endpoint", "endpoint-0000", inventory)
        #expect(endpoint.tags == nil)
        #expect(unseen(endpoint.properties["Tags"]) == "tag:GetResources is denied")
        let schedule = try Self.resource("AWS::Scheduler::Schedule", "endpoint-0000-stop", inventory)
        #expect(unseen(schedule.properties["Target"]) == "scheduler:GetSchedule is denied")
        #expect(inventory.gaps.contains { $0.action == "events:ListTargetsByRule" })
    }

    @Test func aRefusedListIsAGapOfItsType() async throws {
        let lists = [
            ("cloudwatch:DescribeAlarms", "AWS::CloudWatch::Alarm"), ("events:ListRules", "AWS::Events::Rule"),
            ("application-autoscaling:DescribeScalingPolicies", "AWS::ApplicationAutoScaling::ScalingPolicy"),
            ("sagemaker:ListMonitoringSchedules", "AWS::SageMaker::MonitoringSchedule"),
            ("scheduler:ListSchedules", "AWS::Scheduler::Schedule"),
            ("cloudwatch:ListDashboards", "AWS::CloudWatch::Dashboard"),
        ]
        let watch = WatchedCalls(denying: Set(lists.map(\.0)))
        let inventory = try await Self.survey(AccountScope(), watch)
        for (action, type) in lists {
            #expect(inventory.gaps.contains { $0.action == action && $0.type == type }, "\(action)")
        }
    }

    @Test func theLastRunOfAMonitorIsTold() async throws {
        let told = """
            {"MonitoringScheduleName": "endpoint-0000-drift", "MonitoringScheduleArn": "arn:aws:sagemaker:eu-central-1:\
            123456789012:monitoring-schedule/endpoint-0000-drift", "MonitoringScheduleStatus": "Scheduled",
             "MonitoringScheduleConfig": {"MonitoringType": "DataQuality"}, "EndpointName": "endpoint-0000",
             "LastMonitoringExecutionSummary": {"MonitoringExecutionStatus": "Failed", "ScheduledTime": 1800000000,
             "LastModifiedTime": 1800000300.5, "FailureReason": "no baseline"}}
            """
        let watch = WatchedCalls(answering: ["sagemaker:DescribeMonitoringSchedule": told])
        let inventory = try await Self.survey(AccountScope(endpoints: ["endpoint-0000"]), watch)
        let monitor = try Self.resource("AWS::SageMaker::MonitoringSchedule", "endpoint-0000-drift", inventory)
        #expect(
            monitor.properties["LiveLastExecution"] == [
                "Status": "Failed", "ScheduledTime": 1_800_000_000, "EndTime": 1_800_000_300.5,
                "ExitMessage": "no baseline",
            ])
    }
}
