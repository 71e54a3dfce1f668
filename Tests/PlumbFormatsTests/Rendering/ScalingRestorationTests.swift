// The function that puts autoscaling back after the night, run for real, and what it is told.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct ScalingRestorationTests {
    private static let inService = #""sagemaker.describe_endpoint": [{"EndpointStatus": "InService"}]"#
    private static let policies = ["scale-out", "scale-in", "target-tracking"].map { "digits-staging-\($0)" }

    private func run(there names: [String], _ more: String = "") throws -> FunctionRun {
        let found = names.map { #"{"PolicyName": "\#($0)"}"# }.joined(separator: ", ")
        return try FunctionRun.of(
            "WorkingHoursFunction", in: .staging, event: "{}", overlay: more,
            answers: """
                {\(Self.inService),
                 "application-autoscaling.describe_scaling_policies": [{"ScalingPolicies": [\(found)]}],
                 "application-autoscaling.put_scaling_policy": [{"PolicyARN": "arn:new"}],
                 "cloudwatch.describe_alarms": [{"MetricAlarms": [{
                   "AlarmName": "digits-staging-scale-out", "AlarmArn": "arn:alarm", "StateValue": "OK",
                   "ActionsEnabled": true, "AlarmActions": ["arn:old"], "Dimensions": [], "Metrics": [{"Id": "used"}],
                   "Threshold": 80.0, "EvaluationPeriods": 2}]}]}
                """)
    }

    @Test func `after the night target, policies and alarms are put back as they were`() throws {
        let run = try run(there: [])
        #expect(run.raised == nil && run.result == "autoscaling is back in place")
        let target = try #require(run.arguments(of: "application-autoscaling.register_scalable_target").first)
        #expect(target.contains(#""ResourceId": "endpoint/digits/variant/primary""#))
        #expect(target.contains(#""ScalableDimension": "sagemaker:variant:DesiredInstanceCount""#))
        #expect(target.contains(#""MinCapacity": 2, "MaxCapacity": 4"#), "\(target)")
        let put = run.arguments(of: "application-autoscaling.put_scaling_policy")
        #expect(put.count == 3)
        for (policy, name) in zip(put, Self.policies) { #expect(policy.contains("\"PolicyName\": \"\(name)\"")) }
        #expect(put[0].contains(#""StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]"#))
        #expect(put[1].contains(#""StepAdjustments": [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}]"#))
        #expect(put[2].contains(#""TargetValue": 70, "DisableScaleIn": true"#))
        #expect(put[2].contains(#"{"Id": "used", "Expression": "load / 4", "ReturnData": true}"#), "\(put[2])")
        let asked = run.arguments(of: "cloudwatch.describe_alarms")
        #expect(asked.map { $0.contains("scale-out") } == [true, false] && asked.count == 2)
        let alarms = run.arguments(of: "cloudwatch.put_metric_alarm")
        #expect(alarms.count == 2)
        for alarm in alarms {
            #expect(alarm.contains(#""AlarmActions": ["arn:new"]"#) && alarm.contains(#""Threshold": 80.0"#))
            #expect(!alarm.contains("StateValue") && !alarm.contains("AlarmArn") && !alarm.contains("Dimensions"))
        }
    }

    @Test func `what is in place is left alone, and what was done by half is done again`() throws {
        let whole = try run(there: Self.policies + ["somebody's own"])
        #expect(whole.raised == nil && whole.arguments(of: "application-autoscaling.register_scalable_target").isEmpty)
        #expect(whole.arguments(of: "cloudwatch.put_metric_alarm").isEmpty)
        let half = try run(there: Array(Self.policies.prefix(2)))
        #expect(half.arguments(of: "application-autoscaling.put_scaling_policy").count == 3)
    }

    @Test func `scheduled changes of the bounds come back with them`() throws {
        let run = try run(
            there: [],
            "scaling: {scheduled: [{name: noon, expression: cron(0 12 * * ? *), timezone: Europe/Rome, minimum: 3}]}")
        let action = try #require(run.arguments(of: "application-autoscaling.put_scheduled_action").first)
        #expect(action.contains(#""ScheduledActionName": "noon", "Schedule": "cron(0 12 * * ? *)""#))
        #expect(action.contains(#""Timezone": "Europe/Rome", "ScalableTargetAction": {"MinCapacity": 3}"#))
    }

    @Test(arguments: [
        (#"{"raise": "ValidationException"}"#, "the endpoint is off"),
        (#"{"EndpointStatus": "Creating"}"#, "the endpoint is Creating"),
    ])
    func `while the endpoint is not in service nothing is put back`(answer: String, result: String) throws {
        let run = try FunctionRun.of(
            "WorkingHoursFunction", in: .dev, event: "{}",
            answers: #"{"sagemaker.describe_endpoint": [\#(answer)]}"#)
        #expect(run.raised == nil && run.result == result && run.calls.count == 1)
    }

    @Test func `an error that says nothing of the endpoint is told`() throws {
        let run = try FunctionRun.of(
            "WorkingHoursFunction", in: .dev, event: "{}",
            answers: #"{"sagemaker.describe_endpoint": [{"raise": "ThrottlingException"}]}"#)
        #expect(run.raised == "ClientError")
    }

    @Test func `only what is deleted at night and scales is put back`() throws {
        #expect(try ArchitectureExample.graph(.production).functions[id: "WorkingHoursFunction"] == nil)
        let still = try ArchitectureExample.graph(.staging, overlay: "scaling: {enabled: false}")
        #expect(still.functions[id: "WorkingHoursFunction"] == nil && still.roles[id: "WorkingHoursRole"] == nil)
        let always = try ArchitectureExample.graph(.dev, overlay: "workingHours: none")
        #expect(always.functions[id: "WorkingHoursFunction"] == nil)
    }

    @Test func `it has the bounds that the scalable target is given, and starts when that is there`() throws {
        let spec = try ArchitectureExample.spec(.staging)
        let all = RenderedDeployment(spec, asOf: ArchitectureExample.today, in: .template).resources()
        func bounds(_ id: String) throws -> Set<String> {
            var names: Set<String> = []
            for field in try #require(all.first { $0.id == id }).fields {
                field.value.visit { if case .parameter(let parameter) = $0 { names.insert(parameter.name) } }
            }
            return names
        }
        #expect(try bounds("WorkingHoursFunction") == bounds("ScalableTarget"))
        let rule = try #require(all.first { $0.id == "WorkingHoursRule" })
        #expect(Set(rule.dependsOn) == ["TargetTrackingPolicy", "ScaleOutPolicy", "ScaleInPolicy"])
    }

    @Test func `its settings fit into the environment of a function`() throws {
        for environment in [Environment.dev, .staging] {
            let function = try #require(
                try ArchitectureExample.graph(environment).functions[id: "WorkingHoursFunction"])
            let size = try #require(function.environment.value).reduce(0) {
                $0 + $1.key.utf8.count + $1.value.utf8.count
            }
            #expect(size < 2500)
        }
    }
}
