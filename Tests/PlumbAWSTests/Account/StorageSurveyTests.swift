// What a survey sees of buckets, keys, tables, repositories and backups.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs it"))
struct StorageSurveyTests {
    private static let bucket = """
        s3, kms = aws("s3"), aws("kms")
        place = {"LocationConstraint": "eu-central-1"}
        key = kms.create_key(Description="models")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/models", TargetKeyId=key)
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
        for name in ("models", "logs", "other"):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        s3.create_bucket(Bucket="audit", CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
        s3.put_object_lock_configuration(Bucket="audit", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}}})
        s3.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_encryption(Bucket="models", ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/models"}}]})
        s3.put_public_access_block(Bucket="models", PublicAccessBlockConfiguration={"BlockPublicAcls": True,
            "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": False})
        s3.put_bucket_ownership_controls(Bucket="models",
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
        s3.put_bucket_logging(Bucket="models",
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "models/"}})
        s3.put_bucket_lifecycle_configuration(Bucket="models", LifecycleConfiguration={"Rules": [
            {"ID": "captures", "Status": "Enabled", "Filter": {"Prefix": "captures/"}, "Expiration": {"Days": 30},
             "NoncurrentVersionExpiration": {"NoncurrentDays": 7}}]})
        s3.put_bucket_policy(Bucket="models", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::models/*",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}))
        s3.put_bucket_tagging(Bucket="models", Tagging={"TagSet": [{"Key": "ml:endpoint", "Value": "digits"}]})
        print(key)
        """

    @Test func aBucketIsToldInCloudFormationsWords() async throws {
        let double = try AccountDouble()
        let key = try double.make(Self.bucket)
        let found = try await double.survey(
            [.buckets, .keys], wanting: [Wanted("AWS::S3::Bucket", "models"), Wanted("AWS::S3::Bucket", "gone")])
        let bucket = try found.one("AWS::S3::Bucket", "models")
        #expect(bucket.arn == "arn:aws:s3:::models" && bucket.region == "eu-central-1")
        #expect(bucket.tags == ["ml:endpoint": "digits"])
        #expect(bucket.properties["VersioningConfiguration"]["Status"] == "Enabled")
        let rule = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"].first
        #expect(rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms")
        let block = bucket.properties["PublicAccessBlockConfiguration"]
        #expect(block["BlockPublicAcls"] == "true" && block["RestrictPublicBuckets"] == "false")
        #expect(bucket.properties["OwnershipControls"]["Rules"].first["ObjectOwnership"] == "BucketOwnerEnforced")
        let lifecycle = bucket.properties["LifecycleConfiguration"]["Rules"].first
        #expect(lifecycle["Prefix"] == "captures/" && lifecycle["ExpirationInDays"] == "30")
        #expect(lifecycle["NoncurrentVersionExpiration"]["NoncurrentDays"] == "7")
        #expect(bucket.properties["ObjectLockEnabled"] == .absent)
        #expect(bucket.properties["ReplicationConfiguration"] == .absent)
        guard case .text(let policy) = try found.one("AWS::S3::BucketPolicy", "models").properties["PolicyDocument"]
        else { throw Missing() }
        #expect(policy.contains("aws:SecureTransport"))
        // The bucket that it logs to is looked at, one that nothing points to is not, and one that is gone is left out.
        #expect(bucket.properties["LoggingConfiguration"]["DestinationBucketName"] == "logs")
        #expect(Set(found.all("AWS::S3::Bucket").map(\.name)) == ["models", "logs"])
        // The key is found by its alias, once.
        let seen = try found.one("AWS::KMS::Key")
        #expect(seen.name == key && seen.otherNames == ["alias/models"])
        #expect(seen.properties["EnableKeyRotation"] == true && seen.properties["RotationPeriodInDays"] == 180)
        #expect(seen.properties["LiveManager"] == "CUSTOMER" && seen.properties["LiveState"] == "Enabled")
        #expect(double.asked.filter { $0 == "KMS DescribeKey" }.count == 1)
        #expect(double.operations == Concern.buckets.saidReads.union(Concern.keys.saidReads))
        #expect(found.gaps.isEmpty)
    }

    @Test func aLockIsTold() async throws {
        let double = try AccountDouble()
        try double.make(Self.bucket)
        let found = try await double.survey([.buckets], wanting: [Wanted("AWS::S3::Bucket", "audit")])
        let bucket = try found.one("AWS::S3::Bucket")
        #expect(bucket.properties["ObjectLockEnabled"] == true)
        let retention = bucket.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        #expect(retention["Mode"] == "COMPLIANCE" && retention["Years"] == "1")
    }

    @Test(arguments: [
        ("GetBucketEncryption", "BucketEncryption", "s3:GetEncryptionConfiguration"),
        ("GetPublicAccessBlock", "PublicAccessBlockConfiguration", "s3:GetBucketPublicAccessBlock"),
        ("GetObjectLockConfiguration", "ObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
    ])
    func aDenialHidesOnePropertyAndNamesThePermission(_ operation: String, _ property: String, _ action: String)
        async throws
    {
        let double = try AccountDouble()
        try double.make(Self.bucket + "\ndeny('s3:\(operation)')")
        let found = try await double.survey([.buckets], wanting: [Wanted("AWS::S3::Bucket", "models")])
        let bucket = try found.one("AWS::S3::Bucket", "models")
        #expect(bucket.properties[property] == .unseen("\(action) is denied"))
        #expect(bucket.properties["VersioningConfiguration"]["Status"] == "Enabled")
        #expect(found.gaps.map(\.action) == [action])
    }

    @Test func aBucketPolicyThatMayNotBeReadIsThereUnseen() async throws {
        let double = try AccountDouble()
        try double.make(Self.bucket + "\ndeny('s3:GetBucketPolicy', 's3:ListBuckets')")
        let found = try await double.survey([.buckets], wanting: [Wanted("AWS::S3::Bucket", "models")])
        let policy = try found.one("AWS::S3::BucketPolicy", "models")
        #expect(policy.properties["PolicyDocument"] == .unseen("s3:GetBucketPolicy is denied"))
        // Without the list of buckets each one is asked where it lives.
        #expect(try found.one("AWS::S3::Bucket", "models").region == "eu-central-1")
    }

    @Test func aKeyThatMayNotBeDescribedIsUnseen() async throws {
        let double = try AccountDouble()
        let key = try double.make(Self.bucket + "\ndeny('kms:DescribeKey')")
        let found = try await double.survey(
            [.keys], wanting: [Wanted("AWS::KMS::Key", "arn:aws:kms:eu-central-1:123456789012:key/\(key)")])
        let seen = try found.one("AWS::KMS::Key", key)
        #expect(seen.properties["EnableKeyRotation"] == .unseen("kms:DescribeKey is denied"))
        #expect(seen.properties["LiveManager"].isUnseen)
    }

    @Test func aTableAndItsReplicaAreAGlobalTable() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            dynamodb = aws("dynamodb")
            for name in ("registry", "plain"):
                dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
                    Tags=[{"Key": "ml:purpose", "Value": "registry"}])
            dynamodb.update_continuous_backups(TableName="registry",
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
            dynamodb.update_table(TableName="registry", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
            """)
        let found = try await double.survey(
            [.tables],
            wanting: ["registry", "plain", "gone"].map { Wanted("AWS::DynamoDB::Table", $0) })
        let plain = try found.one("AWS::DynamoDB::Table")
        #expect(plain.properties["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES")
        #expect(plain.properties["SSESpecification"] == .absent)
        #expect(plain.properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == false)
        #expect(plain.properties["DeletionProtectionEnabled"] == false)
        let global = try found.one("AWS::DynamoDB::GlobalTable", "registry")
        guard case .list(let replicas) = global.properties["Replicas"] else { throw Missing() }
        #expect(replicas.map { $0["Region"] } == ["eu-central-1", "eu-west-1"])
        #expect(replicas[0]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true)
        #expect(double.operations.isSubset(of: Concern.tables.saidReads))
    }

    @Test func anImageOfAnotherAccountIsNotTakenForOnesOwn() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            ecr = aws("ecr")
            for name in ("models/digits", "pytorch-inference", "unused"):
                ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
            ecr.set_repository_policy(repositoryName="models/digits", policyText=json.dumps({
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:BatchGetImage",
                    "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}))
            """)
        let images = [
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/models/digits@sha256:0a",
            "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-inference:2.1",
        ]
        let found = try await double.survey([.repositories], wanting: images.compactMap(Wanted.init(in:)))
        let repository = try found.one("AWS::ECR::Repository")
        #expect(repository.name == "models/digits")
        #expect(repository.properties["ImageTagMutability"] == "IMMUTABLE")
        #expect(repository.properties["EncryptionConfiguration"]["EncryptionType"] == "AES256")
        #expect(repository.properties["RepositoryPolicyText"] != .absent)
        #expect(double.operations == Concern.repositories.saidReads)
    }

    @Test func backupsAreThoseThatTakeWhatWasFound() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            backup = aws("backup")
            for name in ("vault", "elsewhere"):
                backup.create_backup_vault(BackupVaultName=name)
            backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=7)
            for name, vault in (("daily", "vault"), ("foreign", "elsewhere")):
                plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [
                    {"RuleName": "r", "TargetBackupVaultName": vault, "EnableContinuousBackup": True,
                     "Lifecycle": {"DeleteAfterDays": 35}}]})["BackupPlanId"]
                backup.create_backup_selection(BackupPlanId=plan, BackupSelection={"SelectionName": "s",
                    "IamRoleArn": "arn:aws:iam::123456789012:role/backup", "ListOfTags": [
                        {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": name}]})
            tests = backup.create_restore_testing_plan(RestoreTestingPlan={"RestoreTestingPlanName": "quarterly",
                "ScheduleExpression": "cron(0 5 1 */3 ? *)", "RecoveryPointSelection": {
                    "Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}})
            backup.create_restore_testing_selection(RestoreTestingPlanName="quarterly", RestoreTestingSelection={
                "RestoreTestingSelectionName": "buckets", "ProtectedResourceType": "S3",
                "IamRoleArn": "arn:aws:iam::123456789012:role/backup"})
            arn = tests["RestoreTestingPlanArn"]
            keep("restore jobs", {arn: [
                {"Status": "COMPLETED", "ValidationStatus": "SUCCESSFUL", "CompletionDate": 1790000000,
                 "CreationDate": 1789990000, "ResourceType": "S3", "AccountId": "123456789012", "RestoreJobId": "1"}]})
            keep("recovery points", {"arn:aws:s3:::models": 1790000000})
            """)
        let bucket = AccountResource(
            "AWS::S3::Bucket", name: "models", arn: "arn:aws:s3:::models", tags: ["backup": "daily"])
        let found = try await double.survey([.backup], noting: [bucket])
        let plan = try found.one("AWS::Backup::BackupPlan")
        #expect(plan.properties["BackupPlan"]["BackupPlanName"] == "daily")
        let rule = plan.properties["BackupPlan"]["BackupPlanRule"].first
        #expect(rule["TargetBackupVault"] == "vault" && rule["Lifecycle"]["DeleteAfterDays"] == 35)
        let selection = try found.one("AWS::Backup::BackupSelection")
        #expect(selection.properties["BackupPlanId"] == .text(plan.name))
        #expect(selection.properties["BackupSelection"]["ListOfTags"].first["ConditionKey"] == "backup")
        let vault = try found.one("AWS::Backup::BackupVault")
        #expect(vault.name == "vault" && vault.properties["LockConfiguration"]["MinRetentionDays"] == 7)
        let test = try found.one("AWS::Backup::RestoreTestingPlan")
        #expect(test.properties["LiveRestores"].first["ValidationStatus"] == "SUCCESSFUL")
        #expect(test.properties["LiveRestores"].first["Day"] == "2026-09-21")
        #expect(
            try found.one("AWS::Backup::RestoreTestingSelection").properties["ProtectedResourceType"] == "S3")
        #expect(try found.one("AWS::S3::Bucket").properties["LiveNewestRecoveryPoint"] == "2026-09-21")
        #expect(double.operations == Concern.backup.saidReads)
    }
}

/// Something that the test looks for is not there.
struct Missing: Error {}
