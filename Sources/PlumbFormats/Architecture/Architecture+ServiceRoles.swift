// The roles that AWS's services act in: running the model, copying objects, making backups.

import PlumbModel

extension Architecture {
    static func addServiceRoles(to graph: inout Graph, _ plan: Blueprint) {
        graph.roles.append(executionRole(plan))
        if plan.isGuarded { graph.roles.append(replicationRole(plan)) }
        if plan.isProduction { graph.roles.append(backupRole(plan)) }
    }

    /// A role that only `trust` may take, with one document of what it may do.
    static func role(
        _ id: String, _ suffix: String, _ purpose: Role.Purpose, trust: PolicyStatement, from path: String = "name",
        _ plan: Blueprint, may statements: [PolicyStatement]
    ) -> Role {
        plan.make(id, named: suffix, from: path) {
            $0.head.tags = plan.tags(for: purpose.rawValue)
            $0.purpose = .known(purpose)
            $0.trust = .known(PolicyDocument([trust]))
            $0.policies = .known([PolicyDocument(statements)])
        }
    }

    static func trust(_ service: String, when conditions: [PolicyCondition] = []) -> PolicyStatement {
        .allow(
            "Assume", ["sts:AssumeRole"], on: [], to: [.service(service)], when: [.fromThisAccount] + conditions)
    }

    private static func executionRole(_ plan: Blueprint) -> Role {
        let regions = ["${AWS::Region}"] + (plan.recoveryRegion.map { [$0] } ?? [])
        let sagemaker = PolicyCondition(
            "ArnLike", "aws:SourceArn", regions.map { plan.arn("sagemaker", "*", region: $0) })
        var statements: [PolicyStatement] = [
            .allow("ReadModels", ["s3:GetObject"], on: ["${ArtifactBucket.Arn}/models/*"]),
            .allow(
                "ListModels", ["s3:ListBucket"], on: ["${ArtifactBucket.Arn}"],
                when: [PolicyCondition("StringLike", "s3:prefix", ["models/*"])]),
            .allow("WriteCaptures", ["s3:PutObject"], on: ["${CaptureBucket.Arn}/captures/*"]),
            .allow(
                "UseTheDataKey", ["kms:Decrypt", "kms:GenerateDataKey"], on: ["${DataKey.Arn}"], when: [.via(["s3"])]),
            .allow("PullImages", imageReads, on: plan.imageRepositories),
            .allow("SignInToTheRegistry", ["ecr:GetAuthorizationToken"], on: ["*"]),
            .allow(
                "WriteLogs", ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                on: ["${EndpointLogGroup.Arn}:*"]),
            .allow(
                "PublishMetrics", ["cloudwatch:PutMetricData"], on: ["*"],
                when: [.equals("cloudwatch:namespace", ["AWS/SageMaker", "/aws/sagemaker/Endpoints"])]),
            // Without it the deployment guard has nothing to read and guards nothing (OPS-2.8).
            .allow(
                "ReadRollbackAlarms", ["cloudwatch:DescribeAlarms"],
                on: rollbackAlarms(plan).map { "${\($0.id).Arn}" }),
        ]
        if plan.isProduction { statements += networkInterfaces(plan) }
        if let region = plan.recoveryRegion { statements += recovering(in: region, plan) }
        return role(
            "ExecutionRole", "execution", .execution, trust: trust("sagemaker", when: [sagemaker]), from: "model", plan,
            may: statements)
    }

    private static func recovering(in region: String, _ plan: Blueprint) -> [PolicyStatement] {
        [
            .allow("ReadReplicas", ["s3:GetObject"], on: ["${ReplicaBucket.Arn}/models/*"]),
            .allow("WriteCapturesThere", ["s3:PutObject"], on: ["${ReplicaBucket.Arn}/captures/*"]),
            .allow(
                "UseTheReplicaKey", ["kms:Decrypt", "kms:GenerateDataKey"], on: [plan.replicaKeyARN],
                when: [.via(["s3"], region: region)]),
            .allow("PullReplicatedImages", imageReads, on: plan.imageRepositoryReplicas),
            .allow(
                "WriteLogsThere", ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                on: ["${ReplicaEndpointLogGroup.Arn}:*"]),
        ]
    }

    static let imageReads = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

    /// What a service needs to put its network interfaces into the deployment's subnets, and nowhere else.
    static func networkInterfaces(_ plan: Blueprint) -> [PolicyStatement] {
        let interfaces = plan.arn("ec2", "network-interface/*")
        let vpc = PolicyCondition("ArnEquals", "ec2:Vpc", ["${Network.Arn}"])
        return [
            .allow(
                "MakeInterfaces", ["ec2:CreateNetworkInterface"],
                on: [interfaces] + plan.subnets().map { "${\($0).Arn}" } + ["${ModelSecurityGroup.Arn}"]),
            .allow(
                "UseInterfaces",
                [
                    "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface",
                    "ec2:DeleteNetworkInterfacePermission",
                ],
                on: [interfaces], when: [vpc]),
            .allow(
                "DescribeTheNetwork",
                [
                    "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets", "ec2:DescribeVpcs",
                ],
                on: ["*"]),
        ]
    }

    private static func replicationRole(_ plan: Blueprint) -> Role {
        let target = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        func source(_ bucket: String) -> [PolicyStatement] {
            [
                .allow(
                    "Read\(bucket)Rules", ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                    on: ["${\(bucket).Arn}"]),
                .allow(
                    "Read\(bucket)Objects",
                    ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
                    on: ["${\(bucket).Arn}/*"]),
            ]
        }
        var statements = source("AccessLogBucket")
        statements += [
            .allow("CopyIntoTheArchive", target, on: ["${AuditBucket.Arn}/*"]),
            .allow(
                "SealTheArchive", ["kms:Encrypt", "kms:GenerateDataKey"], on: ["${AuditKey.Arn}"],
                when: [.via(["s3"])]),
        ]
        if let region = plan.recoveryRegion {
            statements += source("ArtifactBucket")
            if plan.mayReplicateCaptures { statements += source("CaptureBucket") }
            statements += [
                .allow("CopyToTheSecondRegion", target, on: ["${ReplicaBucket.Arn}/*"]),
                .allow("OpenTheSource", ["kms:Decrypt"], on: ["${DataKey.Arn}"], when: [.via(["s3"])]),
                .allow(
                    "SealTheReplica", ["kms:Encrypt"], on: [plan.replicaKeyARN], when: [.via(["s3"], region: region)]),
            ]
        }
        return role("ReplicationRole", "replication", .replication, trust: trust("s3"), plan, may: statements)
    }

    /// What AWS Backup asks for on buckets, limited to the deployment's own, and to the names that its restore tests
    /// make.
    private static func backupRole(_ plan: Blueprint) -> Role {
        let buckets = ["ArtifactBucket", "CaptureBucket", "AuditBucket"].map { "${\($0).Arn}" }
        // A bucket of such a name may belong to anyone.
        let ours = PolicyCondition.equals("aws:ResourceAccount", ["${AWS::AccountId}"])
        let tests = ["arn:${AWS::Partition}:s3:::awsbackup-restore-test-*"]
        let rules = [plan.arn("events", "rule/AwsBackupManagedRule*")]
        return role(
            "BackupRole", "backup", .backup, trust: trust("backup"), plan,
            may: [
                .allow(
                    "WatchBuckets",
                    [
                        "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketNotification", "s3:GetBucketTagging",
                        "s3:GetBucketVersioning", "s3:GetInventoryConfiguration", "s3:ListBucket",
                        "s3:ListBucketVersions", "s3:PutBucketNotification", "s3:PutInventoryConfiguration",
                    ], on: buckets),
                .allow(
                    "ReadObjects",
                    [
                        "s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersion",
                        "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging",
                    ], on: buckets.map { "\($0)/*" }),
                .allow(
                    "RestoreIntoTestBuckets",
                    [
                        "s3:CreateBucket", "s3:GetBucketVersioning", "s3:ListBucket", "s3:PutBucketVersioning",
                        "s3:PutBucketOwnershipControls",
                    ], on: tests, when: [ours]),
                .allow(
                    "RestoreTestObjects", ["s3:GetObject", "s3:PutObject"], on: tests.map { "\($0)/*" }, when: [ours]),
                .allow(
                    "UseTheKeys", ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
                    on: ["${DataKey.Arn}", "${AuditKey.Arn}"], when: [.via(["s3", "backup"])]),
                .allow(
                    "FollowChanges",
                    [
                        "events:DeleteRule", "events:DescribeRule", "events:DisableRule", "events:EnableRule",
                        "events:ListTargetsByRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets",
                    ], on: rules),
                .allow("Survey", ["cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets"], on: ["*"]),
            ])
    }
}
