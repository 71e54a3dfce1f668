// One role for each function, so that the probe cannot move traffic and the rollback cannot read data.

import PlumbModel

extension Architecture {
    static func addAutomationRoles(to graph: inout Graph, _ plan: Blueprint) {
        graph.roles.append(
            role("ProbeRole", "probe", .automation, trust: trust("lambda"), from: "example", plan, may: probing(plan)))
        if plan.spec.rollout.rollsBackLate {
            graph.roles.append(
                role(
                    "AutomationRole", "late-rollback", .automation, trust: trust("lambda"),
                    from: "rollout.rollsBackLate", plan, may: rollingBack(plan)))
        }
        if plan.isGuarded {
            graph.roles.append(
                role("ArchiveRole", "audit-archive", .automation, trust: trust("lambda"), plan, may: archiving(plan)))
        }
    }

    private static func ownLogs(_ group: String) -> PolicyStatement {
        .allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], on: ["${\(group).Arn}:*"])
    }

    private static func probing(_ plan: Blueprint) -> [PolicyStatement] {
        var statements: [PolicyStatement] = [
            .allow(
                "Ask", ["sagemaker:InvokeEndpoint"], on: ["${Endpoint.Arn}"],
                when: [invocationFence("automation", plan)]),
            .allow("ReadTheExample", ["s3:GetObject"], on: ["${ArtifactBucket.Arn}/examples/*"]),
            .allow("OpenTheExample", ["kms:Decrypt"], on: ["${DataKey.Arn}"], when: [.via(["s3"])]),
            .allow(
                "Report", ["cloudwatch:PutMetricData"], on: ["*"],
                when: [.equals("cloudwatch:namespace", [Blueprint.namespace])]),
            ownLogs("ProbeFunctionLogGroup"),
        ]
        if plan.recoveryRegion != nil {
            statements.append(.allow("SeeReplication", ["s3:GetObject"], on: ["${ArtifactBucket.Arn}/models/*"]))
        }
        return plan.isProduction ? statements + networkInterfaces(plan) : statements
    }

    private static func rollingBack(_ plan: Blueprint) -> [PolicyStatement] {
        [
            .allow("SeeTheEndpoint", ["sagemaker:DescribeEndpoint"], on: ["${Endpoint.Arn}"]),
            .allow("FindEarlierRevisions", ["sagemaker:ListEndpointConfigs"], on: ["*"]),
            .allow(
                "GoBack", ["sagemaker:UpdateEndpoint"],
                on: ["${Endpoint.Arn}", plan.revisionsARN("endpoint-config")]),
            ownLogs("LateRollbackFunctionLogGroup"),
        ]
    }

    private static func archiving(_ plan: Blueprint) -> [PolicyStatement] {
        [
            .allow(
                "ReadChanges", ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                on: ["${StateTable.StreamArn}"]),
            .allow("FindStreams", ["dynamodb:ListStreams"], on: ["*"]),
            .allow("ReadLogs", ["logs:FilterLogEvents"], on: plan.logGroups.map { "${\($0.id).Arn}:*" }),
            .allow("Archive", ["s3:PutObject"], on: ["${AuditBucket.Arn}/state/*", "${AuditBucket.Arn}/logs/*"]),
            .allow("SealTheArchive", ["kms:GenerateDataKey"], on: ["${AuditKey.Arn}"], when: [.via(["s3"])]),
            .allow("OpenTheState", ["kms:Decrypt"], on: ["${DataKey.Arn}"], when: [.via(["dynamodb"])]),
            // Of changes that could not be kept, people are told while the stream still has them.
            .allow("TellOfLostChanges", ["sns:Publish"], on: ["${AlarmTopic.Arn}"]),
            .allow(
                "SealWhatIsTold", ["kms:Decrypt", "kms:GenerateDataKey"], on: ["${AuditKey.Arn}"], when: [.via(["sns"])]
            ),
            ownLogs("AuditArchiveFunctionLogGroup"),
        ]
    }

    /// In production the endpoint is asked through the network's own door only; elsewhere by roles of that duty.
    static func invocationFence(_ duty: String, _ plan: Blueprint) -> PolicyCondition {
        plan.isProduction
            ? .equals("aws:SourceVpce", ["${RuntimeVPCEndpoint}"])
            : .equals("aws:PrincipalTag/ml:purpose", [duty])
    }
}
