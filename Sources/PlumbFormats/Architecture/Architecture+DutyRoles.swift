// The roles of people and pipelines, one for each duty: who deploys cannot approve, who operates cannot erase.

import PlumbModel

extension Architecture {
    static func addDutyRoles(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.isGuarded else { return }
        graph.roles.append(duty("InvokeRole", "invoke", .invoke, plan, may: invoking(plan)))
        graph.roles.append(deployRole(plan))
        graph.roles.append(duty("OperateRole", "operate", .operate, plan, may: operating(plan)))
        graph.roles.append(duty("AuditRole", "audit", .audit, plan, may: auditing))
        graph.roles.append(duty("ApproveRole", "approve", .approve, plan, may: approving))
    }

    /// A role for principals of this account that carry the duty as a tag; people prove themselves twice.
    private static func duty(
        _ id: String, _ suffix: String, _ purpose: Role.Purpose, _ plan: Blueprint, may statements: [PolicyStatement]
    ) -> Role {
        var conditions: [PolicyCondition] = [
            .equals("aws:PrincipalTag/ml:duty", [purpose.rawValue]),
            .equals("aws:PrincipalTag/ml:team", [plan.spec.team]),
        ]
        if purpose != .invoke { conditions.append(PolicyCondition("Bool", "aws:MultiFactorAuthPresent", ["true"])) }
        let trust = PolicyStatement.allow("Assume", ["sts:AssumeRole"], on: [], to: [.account], when: conditions)
        return role(id, suffix, purpose, trust: trust, plan, may: statements)
    }

    private static func invoking(_ plan: Blueprint) -> [PolicyStatement] {
        [.allow("Ask", ["sagemaker:InvokeEndpoint"], on: ["${Endpoint.Arn}"], when: [invocationFence("invoke", plan)])]
    }

    /// CloudFormation takes this role to bring a revision out; it can neither approve nor touch what keeps records.
    private static func deployRole(_ plan: Blueprint) -> Role {
        role(
            "DeployRole", "deploy", .deploy, trust: trust("cloudformation"), from: "rollout", plan,
            may: creating(plan) + releasing(plan) + [
                .deny(
                    "NeverTouchTheRecord",
                    [
                        "cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "kms:DisableKey", "kms:ScheduleKeyDeletion",
                        "s3:BypassGovernanceRetention", "s3:DeleteBucketPolicy", "s3:PutBucketObjectLockConfiguration",
                        "s3:PutObjectRetention",
                    ], on: ["*"]),
                .deny(
                    "NeverApprove", ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
                    on: ["${StateTable.Arn}"],
                    when: [PolicyCondition("ForAnyValue:StringLike", "dynamodb:LeadingKeys", ["approval#*"])]),
            ])
    }

    /// Models and configurations, only of the kind the spec describes: in this network, under this key, of this type.
    private static func creating(_ plan: Blueprint) -> [PolicyStatement] {
        let isolated = PolicyCondition("Bool", "sagemaker:NetworkIsolation", ["true"])
        var model = [isolated]
        var config = among([("sagemaker:InstanceTypes", [plan.spec.instances.type])])
        if plan.isProduction {
            model += among([
                ("sagemaker:VpcSubnets", plan.subnets().map { "${\($0)}" }),
                ("sagemaker:VpcSecurityGroupIds", ["${ModelSecurityGroup}"]),
            ])
            // A type with local disks takes no key, and the condition would forbid every configuration of it.
            if plan.storesModelsOnNVMe != true {
                config.append(.equals("sagemaker:VolumeKmsKey", ["${DataKey.Arn}"]))
            }
        }
        return [
            .allow("CreateModels", ["sagemaker:CreateModel"], on: [plan.revisionsARN("model")], when: model),
            .allow(
                "CreateConfigurations", ["sagemaker:CreateEndpointConfig"], on: [plan.revisionsARN("endpoint-config")],
                when: config),
            .allow(
                "HandOverTheExecutionRole", ["iam:PassRole"], on: ["${ExecutionRole.Arn}"],
                when: [.equals("iam:PassedToService", ["sagemaker.amazonaws.com"])]),
        ]
    }

    /// Every value of a list-valued key is one of those given with it, and the key is there: a missing one would pass
    /// `ForAllValues`.
    private static func among(_ lists: [(key: String, values: [String])]) -> [PolicyCondition] {
        lists.map { PolicyCondition("ForAllValues:StringEquals", $0.key, $0.values) }
            + lists.map { PolicyCondition("Null", $0.key, ["false"]) }
    }

    private static func releasing(_ plan: Blueprint) -> [PolicyStatement] {
        let revisions = ["endpoint-config", "model"].map { plan.revisionsARN($0) }
        return [
            .allow(
                "Release", ["sagemaker:CreateEndpoint", "sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint"],
                on: ["${Endpoint.Arn}", plan.revisionsARN("endpoint-config")]),
            .allow("SeeRevisions", ["sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"], on: revisions),
            .allow("TagRevisions", ["sagemaker:AddTags"], on: revisions + ["${Endpoint.Arn}"]),
            .allow(
                "SetAlarms", ["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"],
                on: [plan.arn("cloudwatch", "alarm:\(plan.prefix)-*")]),
            .allow(
                "PublishArtefacts", ["s3:GetObject", "s3:PutObject"],
                on: ["${ArtifactBucket.Arn}/models/*", "${ArtifactBucket.Arn}/examples/*"]),
            .allow("PublishImages", imageReads + imageWrites, on: ["${ImageRepository.Arn}"]),
            .allow("SignInToTheRegistry", ["ecr:GetAuthorizationToken"], on: ["*"]),
            .allow("RecordReleases", ["dynamodb:GetItem", "dynamodb:PutItem"], on: ["${StateTable.Arn}"]),
            .allow(
                "UseTheDataKey", ["kms:Decrypt", "kms:GenerateDataKey"], on: ["${DataKey.Arn}"],
                when: [.via(["s3", "dynamodb"])]),
            // SageMaker takes a grant for the volumes of the fleet, and nothing else may.
            .allow(
                "LendTheKeyToVolumes", ["kms:CreateGrant"], on: ["${DataKey.Arn}"],
                when: [PolicyCondition("Bool", "kms:GrantIsForAWSResource", ["true"]), .via(["sagemaker"])]),
        ]
    }

    private static let imageWrites = [
        "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
    ]

    /// Emergency rollback to a known revision, capacity, silence for alarms; no new revisions.
    private static func operating(_ plan: Blueprint) -> [PolicyStatement] {
        let failover: [PolicyStatement] =
            plan.recoveryRegion.map { region in
                [
                    .allow(
                        "FailOver", ["sagemaker:CreateEndpoint", "sagemaker:DescribeEndpoint"],
                        on: [plan.recoveryEndpointARN, plan.revisionsARN("endpoint-config", region: region)])
                ]
            } ?? []
        return failover + [
            .allow(
                "GoBack",
                [
                    "sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint",
                    "sagemaker:UpdateEndpointWeightsAndCapacities",
                ],
                on: ["${Endpoint.Arn}", plan.revisionsARN("endpoint-config")]),
            .allow("SeeRevisions", ["sagemaker:DescribeEndpointConfig"], on: [plan.revisionsARN("endpoint-config")]),
            .allow("FindRevisions", ["sagemaker:ListEndpointConfigs"], on: ["*"]),
            .allow(
                "TendAlarms",
                ["cloudwatch:DescribeAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"],
                on: [plan.arn("cloudwatch", "alarm:\(plan.prefix)-*")]),
            .allow("ReadMetrics", ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], on: ["*"]),
            .allow("ReadLogs", ["logs:FilterLogEvents"], on: ["${EndpointLogGroup.Arn}:*"]),
            .allow("ReadCosts", ["ce:GetCostAndUsage", "ce:GetCostForecast"], on: ["*"]),
        ]
    }

    private static var auditing: [PolicyStatement] {
        [
            .allow("ReadTheRecord", ["s3:GetObject"], on: ["${AuditBucket.Arn}/*"]),
            .allow("ListTheRecord", ["s3:ListBucket"], on: ["${AuditBucket.Arn}"]),
            .allow("OpenTheRecord", ["kms:Decrypt"], on: ["${AuditKey.Arn}"], when: [.via(["s3"])]),
            .allow("SeeTheTrail", ["cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"], on: ["${Trail.Arn}"]),
            .allow("LookUpEvents", ["cloudtrail:LookupEvents"], on: ["*"]),
            .allow(
                "ReviewAccess", ["access-analyzer:ListFindings", "access-analyzer:GetFinding"],
                on: ["${ExternalAccessAnalyzer.Arn}", "${UnusedAccessAnalyzer.Arn}"]),
        ]
    }

    /// The second pair of eyes writes approvals, and nothing else.
    private static var approving: [PolicyStatement] {
        [
            .allow(
                "Approve", ["dynamodb:GetItem", "dynamodb:PutItem"], on: ["${StateTable.Arn}"],
                when: among([("dynamodb:LeadingKeys", ["approval#release"])])),
            .allow(
                "OpenTheState", ["kms:Decrypt", "kms:GenerateDataKey"], on: ["${DataKey.Arn}"],
                when: [.via(["dynamodb"])]),
        ]
    }
}
