// An account with more of everything than fits on a page.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs moto, on which the double stands"))
struct ManyPagesTests {
    private static let count = 105

    @Test func nothingBehindTheFirstPageIsMissed() async throws {
        let double = try AWSDouble.empty.get()
        let watch = WatchedCalls()
        try await double.withClient { try await Self.fill($0) }
        let inventory = try await double.withClient(watch) { try await $0.survey() }
        for type in [
            "AWS::SageMaker::Endpoint", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm",
            "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy",
            "AWS::SageMaker::MonitoringSchedule", "AWS::Events::Rule", "AWS::Scheduler::Schedule",
            "AWS::Logs::LogGroup", "AWS::SageMaker::InferenceComponent",
        ] {
            #expect(inventory.resources.count { $0.type == type } == Self.count, "\(type)")
        }
        let endpoints = inventory.resources.filter { $0.type == "AWS::SageMaker::Endpoint" }
        #expect(endpoints.allSatisfy { $0.tags == ["ml:team": "vision"] })
        let actions = inventory.resources.filter { $0.type == "AWS::ApplicationAutoScaling::ScalableTarget" }
            .flatMap { $0.properties["ScheduledActions"].items }
        #expect(actions.count == Self.count)
        #expect(watch.count(of: "sagemaker:ListEndpoints") == 2)
        #expect(watch.count(of: "cloudwatch:DescribeAlarms") == 4)
        #expect(watch.count(of: "application-autoscaling:DescribeScalableTargets") == 3)
        #expect(watch.count(of: "sagemaker:DescribeEndpoint") == Self.count)
        // All endpoints share a configuration and a model.
        #expect(watch.count(of: "sagemaker:DescribeEndpointConfig") == 1)
        #expect(watch.count(of: "sagemaker:DescribeModel") == 1)
        // 105 x 4 rows.
        #expect(watch.count(of: "cloudwatch:GetMetricData") == 2)
        #expect(watch.count(of: "tag:GetResources") == 2)
    }

    private static func fill(_ client: AWSClient) async throws {
        let role = "arn:aws:iam::123456789012:role/serving"
        _ = try await client.call(
            .sageMaker, "CreateModel",
            ["ModelName": "m", "ExecutionRoleArn": .text(role), "PrimaryContainer": ["Image": "i"]])
        let variant: AWSValue = [
            "VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 1,
        ]
        _ = try await client.call(
            .sageMaker, "CreateEndpointConfig", ["EndpointConfigName": "c", "ProductionVariants": [variant]])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask { try await fill(client, "e\(number)", role) }
            }
            try await group.waitForAll()
        }
    }

    private static func fill(_ client: AWSClient, _ name: String, _ role: String) async throws {
        _ = try await client.call(
            .sageMaker, "CreateEndpoint",
            [
                "EndpointName": .text(name), "EndpointConfigName": "c",
                "Tags": [["Key": "ml:team", "Value": "vision"]],
            ])
        _ = try await client.call(
            .sageMaker, "CreateInferenceComponent",
            [
                "InferenceComponentName": .text(name), "EndpointName": .text(name), "VariantName": "main",
                "Specification": ["ModelName": "m"], "RuntimeConfig": ["CopyCount": 1],
            ])
        let schedule: AWSValue = [
            "ScheduleConfig": ["ScheduleExpression": "cron(0 * ? * * *)"],
            "MonitoringJobDefinition": ["MonitoringInputs": [["EndpointInput": ["EndpointName": .text(name)]]]],
        ]
        _ = try await client.call(
            .sageMaker, "CreateMonitoringSchedule",
            ["MonitoringScheduleName": .text(name), "MonitoringScheduleConfig": schedule])
        try await fillScaling(client, name)
        _ = try await client.call(
            .cloudWatch, "PutMetricAlarm",
            [
                "AlarmName": .text(name), "MetricName": "Invocations", "Namespace": "AWS/SageMaker",
                "EvaluationPeriods": 1, "Period": 60, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
                "Statistic": "Sum", "Dimensions": [["Name": "EndpointName", "Value": .text(name)]],
            ])
        _ = try await client.call(
            .cloudWatch, "PutCompositeAlarm", ["AlarmName": "\(name)-all", "AlarmRule": "ALARM(\(name))"])
        let pattern = #"{"source": ["aws.cloudwatch"], "detail": {"alarmName": ["\#(name)"]}}"#
        _ = try await client.call(.eventBridge, "PutRule", ["Name": .text(name), "EventPattern": .text(pattern)])
        _ = try await client.call(
            .scheduler, "CreateSchedule",
            [
                "Name": .text(name), "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": ["Mode": "OFF"],
                "Target": [
                    "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint", "RoleArn": .text(role),
                    "Input": #"{"EndpointName": "\#(name)"}"#,
                ],
            ])
        _ = try await client.call(
            .logs, "CreateLogGroup", ["logGroupName": "/aws/sagemaker/Endpoints/\(name)"])
    }

    private static func fillScaling(_ client: AWSClient, _ name: String) async throws {
        let place: AWSValue = [
            "ServiceNamespace": "sagemaker", "ResourceId": "endpoint/\(name)/variant/main",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        ]
        func call(_ operation: String, _ more: AWSValue) async throws {
            let input = AWSValue.map(place.members.merging(more.members) { $1 })
            _ = try await client.call(.applicationAutoScaling, operation, input)
        }
        try await call("RegisterScalableTarget", ["MinCapacity": 1, "MaxCapacity": 3])
        try await call(
            "PutScalingPolicy",
            [
                "PolicyName": .text(name), "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": [
                    "TargetValue": 70,
                    "PredefinedMetricSpecification": [
                        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                    ],
                ],
            ])
        try await call(
            "PutScheduledAction",
            [
                "ScheduledActionName": .text(name), "Schedule": "cron(0 7 * * ? *)",
                "ScalableTargetAction": ["MinCapacity": 2],
            ])
    }
}
