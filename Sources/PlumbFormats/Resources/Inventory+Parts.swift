// Resources that only say something about another one, by that one: a fix changes them under their own names.

import PlumbModel

extension Inventory {
    /// Policies, settings and the like that the graph has joined into the resource that they speak of.
    var parts: [SourceNotes.Part] {
        Self.targets.flatMap { type, key, kind -> [SourceNotes.Part] in
            self[type].flatMap { resource in
                resource[key].items.compactMap { item in
                    guard case .resource(let owner)? = directory.reference(item, to: kind).value else { return nil }
                    return SourceNotes.Part(resource.id, type: type, of: owner, at: resource.head.place)
                }
            }
        }
    }

    /// The types, the property that names what each speaks of, and what sort of thing that is.
    private static let targets: [(type: String, key: String, kind: NameDirectory.Kind)] =
        [
            ("AWS::S3::BucketPolicy", "Bucket", "AWS::S3::Bucket"),
            ("AWS::SNS::TopicPolicy", "Topics", "AWS::SNS::Topic"),
            ("AWS::SNS::Subscription", "TopicArn", "AWS::SNS::Topic"),
            ("AWS::IAM::RolePolicy", "RoleName", "AWS::IAM::Role"),
            ("AWS::IAM::Policy", "Roles", "AWS::IAM::Role"),
            ("AWS::IAM::ManagedPolicy", "Roles", "AWS::IAM::Role"),
            ("AWS::KMS::Alias", "TargetKeyId", "AWS::KMS::Key"),
            ("aws_sns_topic_policy", "arn", "AWS::SNS::Topic"),
            ("aws_sns_topic_subscription", "topic_arn", "AWS::SNS::Topic"),
            ("aws_iam_role_policy", "role", "AWS::IAM::Role"),
            ("aws_kms_alias", "target_key_id", "AWS::KMS::Key"),
            ("aws_kms_key_policy", "key_id", "AWS::KMS::Key"),
            ("aws_ecr_repository_policy", "repository", "AWS::ECR::Repository"),
            ("aws_backup_vault_lock_configuration", "backup_vault_name", "AWS::Backup::BackupVault"),
        ]
        + [
            "policy", "public_access_block", "ownership_controls", "versioning",
            "server_side_encryption_configuration", "object_lock_configuration", "lifecycle_configuration", "logging",
            "replication_configuration",
        ].map { ("aws_s3_bucket_\($0)", "bucket", "AWS::S3::Bucket") }
}
