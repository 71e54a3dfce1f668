// Two customer-managed keys: one for the deployment's data, one for logs, trail and alarms, so that shredding data
// never destroys the record of it.

import PlumbModel

extension Architecture {
    static func addKeys(to graph: inout Graph, _ plan: Blueprint) {
        graph.keys.append(
            key("DataKey", "data", plan) {
                $0.isMultiRegion = .known(plan.recoveryRegion != nil)
                $0.policy = .known(
                    PolicyDocument([administration(mayDestroy: true), dataUse(region: "${AWS::Region}")]))
            })
        graph.keys.append(
            key("AuditKey", "audit", plan) {
                $0.isMultiRegion = false
                $0.policy = .known(PolicyDocument(auditKeyStatements(plan)))
            })
    }

    /// The data key's twin in the second region; it rotates with its primary, and is of the same kind.
    static func replicaKey(_ plan: Blueprint) -> Key {
        key("ReplicaKey", "data-replica", plan) {
            $0.isMultiRegion = true
            $0.isReplica = true
            ($0.isRotating, $0.rotationPeriodDays, $0.keySpec, $0.origin) = (.absent, .absent, .absent, .absent)
            let region = plan.recoveryRegion ?? "${AWS::Region}"
            $0.policy = .known(
                PolicyDocument([
                    administration(mayDestroy: true), dataUse(region: region), logGroupUse(region: region, plan),
                ]))
        }
    }

    private static func key(
        _ id: String, _ suffix: String, _ plan: Blueprint, _ configure: (inout Key) -> Void
    ) -> Key {
        plan.make(id, named: suffix, isKept: true) {
            $0.head.name = .known("alias/\(plan.prefix)-\(suffix)")
            $0.isCustomerManaged = true
            $0.isReplica = false
            $0.isEnabled = true
            $0.isRotating = true
            $0.rotationPeriodDays = 365
            $0.pendingWindowDays = 30
            $0.keySpec = "SYMMETRIC_DEFAULT"
            $0.origin = "AWS_KMS"
            configure(&$0)
        }
    }

    /// Administrators care for the key and cannot use it; IAM policies of the account say who they are.
    private static func administration(mayDestroy: Bool) -> PolicyStatement {
        let care = [
            "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:EnableKey", "kms:EnableKeyRotation",
            "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies",
            "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ReplicateKey", "kms:RevokeGrant", "kms:TagResource",
            "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
        ]
        let destruction = ["kms:CancelKeyDeletion", "kms:DisableKey", "kms:ScheduleKeyDeletion"]
        return .allow("Administration", mayDestroy ? care + destruction : care, on: ["*"], to: [.account])
    }

    /// Roles of this account may use the key where their own policies allow it, and only through these services.
    private static func dataUse(region: String) -> PolicyStatement {
        .allow(
            "UseThroughServices",
            [
                "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
                "kms:ReEncryptTo", "kms:CreateGrant",
            ],
            on: ["*"], to: [.account],
            when: [
                .equals("kms:CallerAccount", ["${AWS::AccountId}"]),
                .via(["s3", "dynamodb", "ecr", "sagemaker", "backup"], region: region),
            ])
    }

    private static func logGroupUse(region: String, _ plan: Blueprint) -> PolicyStatement {
        .allow(
            "EncryptLogGroups",
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"], on: ["*"],
            to: [.service("logs.\(region)")],
            when: [
                PolicyCondition(
                    "ArnLike", "kms:EncryptionContext:aws:logs:arn", [plan.arn("logs", "log-group:*", region: region)])
            ])
    }

    private static func auditKeyStatements(_ plan: Blueprint) -> [PolicyStatement] {
        let publishers = ["cloudwatch", "budgets", "costalerts", "events"].map { PolicyPrincipal.service($0) }
        var statements = [
            administration(mayDestroy: !plan.isProduction),
            .allow(
                "ReadAndArchiveThroughServices", ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], on: ["*"],
                to: [.account],
                when: [.equals("kms:CallerAccount", ["${AWS::AccountId}"]), .via(["s3", "sns", "backup"])]),
            .allow(
                "PublishToTheTopic", ["kms:Decrypt", "kms:GenerateDataKey*"], on: ["*"], to: publishers,
                when: [.fromThisAccount]),
            .allow(
                "EncryptTheTrail", ["kms:DescribeKey", "kms:GenerateDataKey*"], on: ["*"],
                to: [.service("cloudtrail")],
                when: [.equals("aws:SourceArn", [plan.arn("cloudtrail", "trail/\(plan.trailName)")])]),
            logGroupUse(region: "${AWS::Region}", plan),
        ]
        // Whoever destroys the key destroys the logs, lock or no lock.
        if plan.isProduction {
            statements.append(
                .deny("NobodyDestroysTheLogs", ["kms:DisableKey", "kms:ScheduleKeyDeletion"], on: ["*"], to: [.anyone]))
        }
        return statements
    }
}
