// Endpoints, configurations, models, monitors and scaling as both tongues write them.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct ServingMappingTests {
    static let template = """
        Endpoint:
          type: AWS::SageMaker::Endpoint
          name: digits
          tags: {ml:environment: prod, ml:team: vision}
          properties:
            EndpointConfigName: digits-r7
            RetainAllVariantProperties: "true"
            DeploymentConfig:
              AutoRollbackConfiguration: {Alarms: [{AlarmName: digits-errors}, {AlarmName: "${Health}"}]}
              BlueGreenUpdatePolicy:
                TrafficRoutingConfiguration:
                  Type: CANARY
                  CanarySize: {Type: CAPACITY_PERCENT, Value: 50}
                  WaitIntervalInSeconds: "420"
                TerminationWaitInSeconds: 420
        Config:
          type: AWS::SageMaker::EndpointConfig
          name: digits-r7
          tags: {ml:workload: cpu}
          properties:
            KmsKeyId: "${Key.Arn}"
            ProductionVariants:
              - {VariantName: main, ModelName: "${Model}", InstanceType: ml.m5.xlarge, InitialInstanceCount: 2}
            ShadowProductionVariants:
              - {VariantName: shadow, ModelName: other, InstanceType: ml.m5.large, InitialInstanceCount: 1}
            DataCaptureConfig:
              EnableCapture: true
              InitialSamplingPercentage: 100
              DestinationS3Uri: s3://captures/digits
              CaptureOptions: [{CaptureMode: InputAndOutput}]
        Key: {type: AWS::KMS::Key}
        Model:
          type: AWS::SageMaker::Model
          properties:
            ExecutionRoleArn: "${Role.Arn}"
            EnableNetworkIsolation: true
            Containers:
              - {Image: 1.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:00ff, ModelDataUrl: s3://models/r7/model.tar.gz}
              - {Image: 1.dkr.ecr.eu-west-1.amazonaws.com/b:latest}
            VpcConfig: {Subnets: ["${A}", "${B}"], SecurityGroupIds: ["${Group.GroupId}"]}
        Role: {type: AWS::IAM::Role}
        A: {type: AWS::EC2::Subnet}
        B: {type: AWS::EC2::Subnet}
        Group: {type: AWS::EC2::SecurityGroup}
        Health: {type: AWS::CloudWatch::Alarm, properties: {MetricName: Up, Namespace: Own}}
        """

    static let plan = """
        aws_sagemaker_endpoint.this:
          type: aws_sagemaker_endpoint
          kind: AWS::SageMaker::Endpoint
          name: digits
          tags: {ml:environment: production}
          properties:
            endpoint_config_name: digits-r7
            deployment_config:
              - auto_rollback_configuration: [{alarms: [{alarm_name: digits-errors}]}]
                blue_green_update_policy:
                  - traffic_routing_configuration:
                      - {type: ALL_AT_ONCE, wait_interval_in_seconds: 300, canary_size: [], linear_step_size: []}
                    termination_wait_in_seconds: 300
                    maximum_execution_timeout_in_seconds: null
                rolling_update_policy: []
        aws_sagemaker_endpoint_configuration.recovery:
          type: aws_sagemaker_endpoint_configuration
          kind: AWS::SageMaker::EndpointConfig
          name: digits-r7
          region: us-west-2
          properties: {production_variants: []}
        aws_sagemaker_endpoint_configuration.this:
          type: aws_sagemaker_endpoint_configuration
          kind: AWS::SageMaker::EndpointConfig
          name: digits-r7
          properties:
            production_variants:
              - {model_name: digits-r7, instance_type: ml.m5.large, initial_instance_count: 2, serverless_config: [],
                 managed_instance_scaling: [], accelerator_type: null}
            shadow_production_variants: []
            async_inference_config: []
        """

    @Test func anEndpointIsReadWithItsConfigurationAndModel() throws {
        let graph = try Graph.mapped(Self.template)
        let endpoint = try #require(graph.endpoints.first)
        #expect(endpoint.config == .known(.resource("Config")))
        #expect(endpoint.rollbackAlarms == .known(["digits-errors", "${Health}"]))
        #expect(endpoint.retainsAllVariantProperties == true)
        let policy = try #require(endpoint.blueGreen.value)
        #expect(policy.canarySize == .known(CapacitySize(.capacityPercent, 50)))
        #expect(policy.waitIntervalSeconds == 420)
        #expect(policy.maximumExecutionTimeoutSeconds.isAbsent)
        #expect(endpoint.rolling.isAbsent)
        let config = try #require(graph.endpointConfigs.first)
        #expect(config.key == .known(.resource("Key")))
        #expect(config.dataCapture.value?.modes == .known(["Input", "Output"]))
        let variants = try #require(config.variants.value)
        #expect(variants.map(\.isShadow) == [false, true])
        #expect(variants[0].model == .known(.resource("Model")))
        #expect(variants[0].weight.isAbsent)
    }

    @Test func ofSeveralContainersTheOneThatCanChangeCounts() throws {
        let graph = try Graph.mapped(Self.template)
        let model = try #require(graph.models.first)
        #expect(model.image == "1.dkr.ecr.eu-west-1.amazonaws.com/b:latest")
        #expect(model.dataURL == "s3://models/r7/model.tar.gz")
        #expect(model.subnets == .known([.known(.resource("A")), .known(.resource("B"))]))
        #expect(model.securityGroups == .known([.known(.resource("Group"))]))
        #expect(model.role == .known(.resource("Role")))
    }

    @Test func aNameThatStandsInTwoRegionsIsTakenInOnesOwn() throws {
        let graph = try Graph.mapped(Self.plan, .plan)
        let endpoint = try #require(graph.endpoints.first)
        #expect(endpoint.config == .known(.resource("aws_sagemaker_endpoint_configuration.this")))
        #expect(endpoint.retainsAllVariantProperties.isAbsent)
        #expect(endpoint.rolling.isAbsent)
        #expect(endpoint.blueGreen.value?.canarySize.isAbsent == true)
    }

    @Test func aVariantWithoutANameIsUnknownInAPlan() throws {
        let graph = try Graph.mapped(Self.plan, .plan)
        let config = graph.endpointConfigs[id: "aws_sagemaker_endpoint_configuration.this"]
        let variant = try #require(config?.variants.value?.first)
        #expect(variant.name.isUnknown)
        #expect(!variant.isServerless)
        #expect(variant.managedMinimum.isAbsent)
    }

    @Test(arguments: [
        ("${AWS::AccountId}.dkr.ecr.eu-west-1.amazonaws.com/a:1", true), ("${Image}", false), ("a:${Tag}", false),
        ("1/${Repository}:latest", true),
        ("${Registry}/a@sha256:00ff", true),
    ])
    func anImageIsJudgedByWhatStandsBehindItsRegistry(_ text: String, _ isDecided: Bool) throws {
        let image = Property.Field(key: "Image", value: Property(.text(text, undecided: "a parameter has no value")))
        let container = Property.Field(key: "PrimaryContainer", value: Property(.map([image])))
        var inventory = Inventory()
        inventory.append(
            SourceResource(
                id: "Model", type: "AWS::SageMaker::Model", properties: Property(.map([container])),
                head: ResourceHead(id: "Model")))
        var graph = Graph(source: .cloudformation, environment: .production, asOf: .judged)
        ServingMapping.add(to: &graph, from: inventory, in: .template)
        #expect(graph.models.first?.image.isKnown == isDecided)
    }

    @Test func environmentAndDeclarationsComeFromTags() throws {
        let graph = try Graph.mapped(Self.template)
        #expect(graph.environment == .production)
        #expect(!graph.environmentIsAssumed)
        let declaration = try #require(graph.declaration(for: "digits"))
        #expect(declaration.team == "vision")
        #expect(declaration.workload == .known(.cpu))
        #expect(declaration.isCritical.whyUnknown?.contains("ml:critical") == true)
        #expect(declaration.owner.isAbsent)
        #expect(declaration.recovery.isUnknown)
    }

    @Test func monitorsAreJoinedWithTheirJobs() throws {
        let graph = try Graph.mapped(
            """
            Key: {type: AWS::KMS::Key}
            Job:
              type: AWS::SageMaker::ModelQualityJobDefinition
              properties:
                ModelQualityBaselineConfig: {ConstraintsResource: {S3Uri: s3://models/constraints.json}}
                ModelQualityJobInput:
                  EndpointInput: {EndpointName: digits}
                  GroundTruthS3Input: {S3Uri: s3://models/labels}
                ModelQualityJobOutputConfig: {KmsKeyId: "${Key.Arn}"}
                JobResources: {ClusterConfig: {VolumeKmsKeyId: "${Key.Arn}"}}
            Quality:
              type: AWS::SageMaker::MonitoringSchedule
              properties:
                MonitoringScheduleConfig:
                  MonitoringJobDefinitionName: "${Job.JobDefinitionName}"
                  MonitoringType: ModelQuality
                  ScheduleConfig: {ScheduleExpression: cron(0 * ? * * *)}
            Data:
              type: AWS::SageMaker::MonitoringSchedule
              properties:
                MonitoringScheduleConfig: >-
                  {"ScheduleConfig": {"ScheduleExpression": "cron(0 3 ? * * *)"}, "MonitoringJobDefinition":
                  {"MonitoringInputs": [{"EndpointInput": {"EndpointName": "digits"}}],
                  "BaselineConfig": {"StatisticsResource": {"S3Uri": "s3://models/statistics.json"}}}}
            """)
        let quality = try #require(graph.monitoringSchedules[id: "Quality"])
        #expect(quality.kind == .known(.modelQuality))
        #expect(quality.endpointName == "digits")
        #expect(quality.groundTruth == "s3://models/labels")
        #expect(quality.volumeKey == .known(.resource("Key")))
        let data = try #require(graph.monitoringSchedules[id: "Data"])
        #expect(data.kind == .known(.dataQuality))
        #expect(data.endpointName == "digits")
        #expect(data.baselineStatistics == "s3://models/statistics.json")
        #expect(data.scheduleExpression == "cron(0 3 ? * * *)")
    }

    @Test func aStackInsideAPlanHoldsTheQualityMonitor() throws {
        let graph = try Graph.mapped(
            #"""
            aws_kms_key.main: {type: aws_kms_key, kind: AWS::KMS::Key}
            aws_cloudformation_stack.quality:
              type: aws_cloudformation_stack
              properties:
                parameters: {KeyArn: "${aws_kms_key.main.Arn}"}
                template_body: >-
                  {"Resources": {"Definition": {"Type": "AWS::SageMaker::ModelQualityJobDefinition", "Properties":
                  {"ModelQualityJobInput": {"EndpointInput": {"EndpointName": "digits"}},
                  "ModelQualityJobOutputConfig": {"KmsKeyId": {"Ref": "KeyArn"}}}},
                  "Schedule": {"Type": "AWS::SageMaker::MonitoringSchedule", "Properties":
                  {"MonitoringScheduleConfig": {"MonitoringJobDefinitionName":
                  {"Fn::GetAtt": ["Definition", "JobDefinitionName"]}, "MonitoringType": "ModelQuality"}}}}}
            """#, .plan)
        let schedule = try #require(graph.monitoringSchedules.first)
        #expect(schedule.kind == .known(.modelQuality))
        #expect(schedule.endpointName == "digits")
        #expect(schedule.outputKey == .known(.resource("aws_kms_key.main")))
    }

    @Test func scalingIsReadInBothTongues() throws {
        let template = try Graph.mapped(
            """
            Target:
              type: AWS::ApplicationAutoScaling::ScalableTarget
              properties:
                ServiceNamespace: sagemaker
                ResourceId: endpoint/digits/variant/main
                MinCapacity: 2
                MaxCapacity: 4
                ScheduledActions:
                  - {ScheduledActionName: night, Schedule: cron(0 22 * * ? *), ScalableTargetAction: {MinCapacity: 1}}
            Policy:
              type: AWS::ApplicationAutoScaling::ScalingPolicy
              properties:
                PolicyType: TargetTrackingScaling
                ScalingTargetId: "${Target}"
                TargetTrackingScalingPolicyConfiguration:
                  TargetValue: 280
                  CustomizedMetricSpecification:
                    {MetricName: CPUUtilization, Namespace: /aws/sagemaker/Endpoints, Statistic: Average,
                     Dimensions: [{Name: EndpointName, Value: digits}, {Name: VariantName, Value: main}]}
            Tables:
              type: AWS::ApplicationAutoScaling::ScalableTarget
              properties: {ServiceNamespace: dynamodb, ResourceId: table/x}
            """)
        #expect(template.scalableTargets.count == 1)
        #expect(template.scalableTargets.first?.scheduled.value?.first?.minimum == 1)
        let policy = try #require(template.scalingPolicies.first)
        #expect(policy.target == .known(.resource("Target")))
        #expect(policy.metric.value?.first?.dimensions.value?.map(\.name) == ["EndpointName", "VariantName"])
        let plan = try Graph.mapped(
            """
            aws_appautoscaling_target.this:
              type: aws_appautoscaling_target
              kind: AWS::ApplicationAutoScaling::ScalableTarget
              properties:
                {service_namespace: sagemaker, resource_id: endpoint/digits/variant/main, min_capacity: 2,
                 max_capacity: 4, suspended_state: []}
            aws_appautoscaling_scheduled_action.night:
              type: aws_appautoscaling_scheduled_action
              properties:
                {name: night, resource_id: endpoint/digits/variant/main, schedule: cron(0 22 * * ? *),
                 scalable_target_action: [{min_capacity: "1", max_capacity: null}]}
            aws_appautoscaling_policy.out:
              type: aws_appautoscaling_policy
              kind: AWS::ApplicationAutoScaling::ScalingPolicy
              properties:
                policy_type: StepScaling
                resource_id: endpoint/digits/variant/main
                step_scaling_policy_configuration:
                  - adjustment_type: ChangeInCapacity
                    step_adjustment: [{metric_interval_lower_bound: "0", metric_interval_upper_bound: "",
                                       scaling_adjustment: 1}]
                target_tracking_scaling_policy_configuration: []
            """, .plan)
        let target = try #require(plan.scalableTargets.first)
        #expect(target.scheduled.value?.first?.minimum == 1)
        #expect(target.scheduled.value?.first?.maximum.isAbsent == true)
        let step = try #require(plan.scalingPolicies.first)
        #expect(step.target.isAbsent)
        #expect(step.resourceID == target.resourceID)
        #expect(step.steps.value?.first?.lowerBound == 0)
        #expect(step.steps.value?.first?.upperBound.isAbsent == true)
        #expect(step.metric.isAbsent)
    }
}
