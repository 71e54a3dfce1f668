// Whether an Allow hands out what should be held tight: data, keys, credentials, the audit trail, access itself.

import PlumbModel

enum SensitiveRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        subject.allows.filter { !GrantRules.isFullAdmin($0.statement) }.flatMap { about in
            [
                exfiltration(subject, about), decryption(subject, about), tampering(subject, about),
                credentials(subject, about), exposure(subject, about), widening(subject, about),
            ].compactMap { $0 }
        }
    }

    /// What of a list an Allow grants, as the policy spells it where that is a name.
    private static func granted(
        _ actions: [String], _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [String] {
        actions.filter { subject.grants($0, by: about) }
    }

    private static func told(_ granted: [String], _ statement: PolicyStatement) -> String {
        let reach = PolicyStatement.told(statement.widestResources, most: 2)
        let spelling = statement.spelling(of: granted[0])
        let isHidden = !spelling.contains { $0.lowercased() == granted[0].lowercased() }
        let source = isHidden ? " (by \(PolicyStatement.told(spelling, most: 1)))" : ""
        return "\(PolicyStatement.told(granted))\(source) on \(reach)"
    }

    // MARK: Data

    private static let reading = [
        "s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue",
        "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory",
        "dynamodb:Scan", "dynamodb:ExportTableToPointInTime", "rds:CopyDBSnapshot", "ec2:ModifySnapshotAttribute",
        "lambda:GetFunction",
    ]
    /// What narrows a reader on `*` to what is meant for it.
    private static let dataGuards = [
        "s3:ExistingObjectTag/", "aws:ResourceTag/", "secretsmanager:ResourceTag/", "ssm:resourceTag/",
        "s3:DataAccessPointArn", "aws:ResourceAccount", "s3:ResourceAccount",
    ]

    private static func exfiltration(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        let granted = granted(reading, subject, about)
        guard !granted.isEmpty, statement.breadth >= .kind, !statement.isBound(by: dataGuards) else { return nil }
        // Every parameter or table of one account is less than every bucket of the world.
        let isWorld = statement.breadth == .everything
        return subject.finding(
            .dataExfiltration, about, "\(told(granted, statement)) reads whatever is stored there", actions: granted,
            resources: statement.widestResources, as: isWorld ? nil : .warning, severity: isWorld ? nil : .medium)
    }

    // MARK: Keys

    private static let decrypting = [
        "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:GenerateDataKeyPair",
        "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant",
    ]
    private static let keyGuards = [
        "kms:ViaService", "kms:EncryptionContext:", "kms:EncryptionContextKeys", "kms:ResourceAliases",
        "kms:RequestAlias", "aws:ResourceTag/", "kms:GrantIsForAWSResource",
    ]

    private static func decryption(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        let granted = granted(decrypting, subject, about)
        guard !granted.isEmpty, statement.breadth >= .kind, !statement.isBound(by: keyGuards) else { return nil }
        return subject.finding(
            .decryptStar, about, "\(told(granted, statement)) works with every key that lets IAM decide",
            actions: granted, resources: statement.widestResources)
    }

    // MARK: Audit

    private static let undoing = [
        "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors",
        "cloudtrail:DeleteEventDataStore", "s3:BypassGovernanceRetention", "kms:ScheduleKeyDeletion", "kms:DisableKey",
        "config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel",
        "guardduty:DeleteDetector", "guardduty:UpdateDetector", "securityhub:DisableSecurityHub",
        "access-analyzer:DeleteAnalyzer", "backup:DeleteBackupVaultLockConfiguration", "backup:DeleteRecoveryPoint",
        "logs:DeleteLogGroup", "logs:DeleteLogStream", "s3:PutBucketObjectLockConfiguration",
    ]
    /// What a deployment may do to its own, named resources; on everything it erases others' records.
    private static let undoingOwn: Set<String> = [
        "logs:DeleteLogGroup", "logs:DeleteLogStream", "backup:DeleteRecoveryPoint",
        "s3:PutBucketObjectLockConfiguration",
    ]

    private static func tampering(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        let granted = granted(undoing, subject, about).filter {
            !undoingOwn.contains($0) || statement.breadth >= .kind
        }
        guard !granted.isEmpty else { return nil }
        let isNamed = statement.breadth < .kind
        return subject.finding(
            .auditTampering, about, "\(told(granted, statement)) can stop or erase the record of what was done",
            actions: granted, resources: statement.widestResources, severity: isNamed ? .high : nil)
    }

    // MARK: Credentials

    /// `ecr:GetAuthorizationToken` is not here: every image pull needs it, it takes no resource, and the token opens
    /// only the repositories that the role may read; nor `sts:GetSessionToken`, which returns one's own.
    private static let fetching = [
        "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile",
        "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential", "sts:AssumeRole",
        "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:GetFederationToken",
        "sagemaker:CreatePresignedDomainUrl", "sagemaker:CreatePresignedNotebookInstanceUrl",
        "sagemaker:CreatePresignedMlflowTrackingServerUrl", "sagemaker:CreatePartnerAppPresignedUrl",
        "cognito-identity:GetCredentialsForIdentity", "cognito-identity:GetOpenIdToken",
        "cognito-identity:GetOpenIdTokenForDeveloperIdentity", "codepipeline:PollForJobs", "rds-db:connect",
        "redshift:GetClusterCredentials", "sso:GetRoleCredentials", "lightsail:GetInstanceAccessDetails",
        "connect:GetFederationToken", "gamelift:RequestUploadCredentials", "mediapackage:RotateChannelCredentials",
        "mediapackage:RotateIngestEndpointCredentials", "gamelift:GetInstanceAccess", "gamelift:GetComputeAccess",
        "gamelift:GetComputeAuthToken", "connect:GetFederationTokens", "lightsail:DownloadDefaultKeyPair",
        "lightsail:CreateBucketAccessKey", "lightsail:GetRelationalDatabaseMasterUserPassword",
        "redshift:GetClusterCredentialsWithIAM", "redshift-serverless:GetCredentials", "ec2:GetPasswordData",
        "codeartifact:GetAuthorizationToken", "emr-containers:GetManagedEndpointSessionCredentials",
        "finspace-api:GetProgrammaticAccessCredentials", "airflow:CreateCliToken", "airflow:CreateWebLoginToken",
        "appsync:CreateApiKey", "chime:CreateApiKey", "cloud9:CreateEnvironmentToken",
        "grafana:CreateWorkspaceApiKey", "license-manager:GetAccessToken",
    ]
    private static let credentialGuards = [
        "aws:ResourceTag/", "sagemaker:ResourceTag/", "iam:ResourceTag/", "aws:ResourceAccount", "aws:ResourceOrgID",
        "sagemaker:OwnerUserProfileArn",
    ]

    private static func credentials(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        let granted = granted(fetching, subject, about)
        guard !granted.isEmpty, statement.breadth >= .kind, !statement.isBound(by: credentialGuards) else { return nil }
        return subject.finding(
            .credentialsExposure, about, "\(told(granted, statement)) returns credentials of whoever is asked for",
            actions: granted, resources: statement.widestResources)
    }

    // MARK: Access itself

    /// Actions that write resource policies, so that others get in.
    private static let opening = [
        "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl",
        "s3:PutBucketPublicAccessBlock", "s3:PutAccountPublicAccessBlock", "s3:PutAccessPointPolicy",
        "kms:PutKeyPolicy", "ecr:SetRepositoryPolicy", "lambda:AddPermission", "sns:AddPermission",
        "sns:SetTopicAttributes", "sqs:AddPermission", "secretsmanager:PutResourcePolicy",
        "sagemaker:PutModelPackageGroupPolicy",
        "backup:PutBackupVaultAccessPolicy", "logs:PutResourcePolicy", "iam:UpdateAssumeRolePolicy",
        "dynamodb:PutResourcePolicy", "events:PutPermission", "s3:PutObjectVersionAcl", "s3:PutBucketOwnershipControls",
        "s3:PutAccessPointPolicyForObjectLambda", "s3:PutMultiRegionAccessPointPolicy", "s3:CreateAccessGrant",
        "s3:PutAccessGrantsInstanceResourcePolicy", "s3:PutAccessPointPublicAccessBlock", "ecr:PutRegistryPolicy",
        "lambda:AddLayerVersionPermission", "sqs:SetQueueAttributes", "ssm:PutResourcePolicy",
        "ssm:ModifyDocumentPermission", "backup:PutBackupVaultSharingPolicy", "elasticfilesystem:PutFileSystemPolicy",
        "ec2:ModifyImageAttribute", "ec2:PutResourcePolicy", "ec2:ModifyVpcEndpointServicePermissions",
        "ec2:DisableImageBlockPublicAccess", "ec2:DisableSnapshotBlockPublicAccess", "glue:PutResourcePolicy",
        "redshift:PutResourcePolicy", "kinesis:PutResourcePolicy", "ram:CreateResourceShare",
        "ram:AssociateResourceShare", "ram:EnableSharingWithAwsOrganization", "iam:CreateOpenIDConnectProvider",
        "iam:CreateSAMLProvider", "iam:UpdateSAMLProvider",
    ]

    private static func exposure(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        let granted = granted(opening, subject, about)
        guard !granted.isEmpty, statement.breadth == .everything else { return nil }
        return subject.finding(
            .resourceExposure, about, "\(told(granted, statement)) can open any of them to others", actions: granted,
            resources: statement.widestResources)
    }

    private static let objectActions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    /// Rights over a bucket by which their holder reaches its objects.
    private static let widenings: [(right: String, reached: [String])] = [
        ("s3:PutBucketPolicy", objectActions), ("s3:PutBucketAcl", objectActions),
        ("s3:PutLifecycleConfiguration", ["s3:DeleteObject"]),
    ]

    /// Who may write a bucket's policy, but not its objects, can write the objects all the same.
    private static func widening(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        guard statement.breadth < .everything else { return nil }
        let granted = widenings.filter { subject.grants($0.right, by: about) }
        guard !granted.isEmpty else { return nil }
        for bucket in statement.resources where isBucket(bucket) {
            let withheld = objectActions.filter { !isAllowed($0, on: bucket + "/*", subject) }
            let used = granted.filter { $0.reached.contains(where: withheld.contains) }
            guard !used.isEmpty else { continue }
            let reached = withheld.filter { action in used.contains { $0.reached.contains(action) } }
            let names = PolicyStatement.told(reached)
            return subject.finding(
                .resourceExposure, about,
                "\(told(used.map(\.right), statement)) reaches what the policy withholds: \(names)",
                actions: used.map(\.right), resources: [bucket], as: .warning, severity: .medium,
                fix: "Take the action out, or allow what it reaches so that everybody sees it.")
        }
        return nil
    }

    private static func isBucket(_ resource: String) -> Bool {
        guard let arn = ARN(PolicyStatement.normal(resource)) else { return false }
        return arn.service == "s3" && arn.account.isEmpty && !arn.resource.contains("/")
    }

    private static func isAllowed(_ action: String, on resource: String, _ subject: AccessSubject) -> Bool {
        subject.allows(granting: action).contains { allow in
            let resources = allow.statement.resources
            return resources.isEmpty
                || resources.contains { Glob.overlap(PolicyStatement.normal($0), PolicyStatement.normal(resource)) }
        }
    }
}
