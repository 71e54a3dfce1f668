// The resources that keep things: keys, buckets, tables, images, backups.

/// An encryption key (`AWS::KMS::Key` or `AWS::KMS::ReplicaKey`), or a key the graph only refers to.
public struct Key: Resource {
    public static let type = "AWS::KMS::Key"
    public var head: ResourceHead
    /// True for a customer-managed key, false for AWS's own (`alias/aws/…`).
    public var isCustomerManaged: Fact<Bool> = .absent
    public var isEnabled: Fact<Bool> = .absent
    public var isRotating: Fact<Bool> = .absent
    public var rotationPeriodDays: Fact<Int> = .absent
    public var pendingWindowDays: Fact<Int> = .absent
    public var isMultiRegion: Fact<Bool> = .absent
    public var isReplica: Fact<Bool> = .absent
    public var keySpec: Fact<String> = .absent
    public var origin: Fact<String> = .absent
    public var policy: Fact<PolicyDocument> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// How a bucket encrypts what is put into it by default.
public struct BucketEncryption: Sendable, Hashable, Codable {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    public var algorithm: Fact<String> = .absent
    public var key: Fact<Reference> = .absent
    public init() {}
}

/// One rule that ends objects' lives.
public struct LifecycleRule: Sendable, Hashable, Codable {
    public var prefix: Fact<String> = .absent
    public var isEnabled: Fact<Bool> = .absent
    public var expirationDays: Fact<Int> = .absent
    public var noncurrentExpirationDays: Fact<Int> = .absent
    public init() {}
}

/// One rule that copies objects to another bucket.
public struct ReplicationRule: Sendable, Hashable, Codable {
    public var isEnabled: Fact<Bool> = .absent
    public var prefix: Fact<String> = .absent
    public var destination: Fact<Reference> = .absent
    public var destinationRegion: Fact<String> = .absent
    /// Replication Time Control, in minutes; 15 is the only legal value.
    public var timeControlMinutes: Fact<Int> = .absent
    public var hasMetrics: Fact<Bool> = .absent
    public var selectsKMSObjects: Fact<Bool> = .absent
    public var replicaKey: Fact<Reference> = .absent
    public init() {}
}

/// Object Lock's default retention.
public struct ObjectLock: Sendable, Hashable, Codable {
    public enum Mode: String, Sendable, Codable, Hashable {
        case governance = "GOVERNANCE"
        case compliance = "COMPLIANCE"
    }
    public var mode: Fact<Mode> = .absent
    public var retentionDays: Fact<Int> = .absent
    public init() {}
}

/// The four flags that keep a bucket private.
public struct PublicAccessBlock: Sendable, Hashable, Codable {
    public var blocksPublicACLs: Fact<Bool> = .absent
    public var ignoresPublicACLs: Fact<Bool> = .absent
    public var blocksPublicPolicy: Fact<Bool> = .absent
    public var restrictsPublicBuckets: Fact<Bool> = .absent
    public init() {}
}

/// A bucket with everything that is said of it, whichever resource says it (`AWS::S3::Bucket`).
public struct Bucket: Resource {
    /// What a bucket is for, where it says so (tag `ml:purpose`) or its wiring shows it.
    public enum Purpose: String, Sendable, Codable, Hashable {
        case artifacts, captures, accessLogs, audit, replica
    }
    public static let type = "AWS::S3::Bucket"
    public var head: ResourceHead
    public var purpose: Fact<Purpose> = .absent
    public var encryption: Fact<BucketEncryption> = .absent
    public var isVersioned: Fact<Bool> = .absent
    /// Whether it is emptied, versions and all, when it leaves the source (Terraform's `force_destroy`).
    public var isEmptiedOnRemoval: Fact<Bool> = .absent
    public var isObjectLockEnabled: Fact<Bool> = .absent
    public var objectLock: Fact<ObjectLock> = .absent
    public var publicAccessBlock: Fact<PublicAccessBlock> = .absent
    public var ownership: Fact<String> = .absent
    public var loggingDestination: Fact<Reference> = .absent
    public var lifecycle: Fact<[LifecycleRule]> = .absent
    public var replication: Fact<[ReplicationRule]> = .absent
    public var replicationRole: Fact<Reference> = .absent
    public var policy: Fact<PolicyDocument> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A table that keeps state (`AWS::DynamoDB::Table`).
public struct Table: Resource {
    public static let type = "AWS::DynamoDB::Table"
    public var head: ResourceHead
    public var isSSEEnabled: Fact<Bool> = .absent
    public var key: Fact<Reference> = .absent
    /// `NEW_AND_OLD_IMAGES`, `KEYS_ONLY`, …; absent when there is no stream.
    public var streamView: Fact<String> = .absent
    public var kinesisStream: Fact<String> = .absent
    public var hasPointInTimeRecovery: Fact<Bool> = .absent
    public var isDeletionProtected: Fact<Bool> = .absent
    public var replicaRegions: Fact<[String]> = .absent
    /// The key of each replica, in the order of `replicaRegions`; a replica without one falls back to a key of AWS's.
    public var replicaKeys: Fact<[Fact<Reference>]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// What reads a table's stream and keeps it (`AWS::Lambda::EventSourceMapping`).
public struct StreamConsumer: Resource {
    public static let type = "AWS::Lambda::EventSourceMapping"
    public var head: ResourceHead
    public var table: Fact<Reference> = .absent
    public var function: Fact<Reference> = .absent
    public var isEnabled: Fact<Bool> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// Where images are kept (`AWS::ECR::Repository`).
public struct Repository: Resource {
    public static let type = "AWS::ECR::Repository"
    public var head: ResourceHead
    public var isTagImmutable: Fact<Bool> = .absent
    public var encryptionType: Fact<String> = .absent
    public var key: Fact<Reference> = .absent
    public var replicationRegions: Fact<[String]> = .absent
    public var policy: Fact<PolicyDocument> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// Where recovery points are kept (`AWS::Backup::BackupVault`).
public struct BackupVault: Resource {
    public static let type = "AWS::Backup::BackupVault"
    public var head: ResourceHead
    public var key: Fact<Reference> = .absent
    public var isLocked: Fact<Bool> = .absent
    public var minimumRetentionDays: Fact<Int> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// One rule of a backup plan.
public struct BackupRule: Sendable, Hashable, Codable {
    public var name: Fact<String> = .absent
    public var vault: Fact<Reference> = .absent
    public var scheduleExpression: Fact<String> = .absent
    public var isContinuous: Fact<Bool> = .absent
    public var deleteAfterDays: Fact<Int> = .absent
    public var startWindowMinutes: Fact<Int> = .absent
    public var copyRegions: Fact<[String]> = .absent
    public init() {}
}

/// When and how backups are made (`AWS::Backup::BackupPlan`).
public struct BackupPlan: Resource {
    public static let type = "AWS::Backup::BackupPlan"
    public var head: ResourceHead
    public var rules: Fact<[BackupRule]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// What a backup plan takes (`AWS::Backup::BackupSelection`).
public struct BackupSelection: Resource {
    public static let type = "AWS::Backup::BackupSelection"
    public var head: ResourceHead
    public var plan: Fact<Reference> = .absent
    public var role: Fact<Reference> = .absent
    public var resources: Fact<[Fact<Reference>]> = .absent
    public var tagKey: Fact<String> = .absent
    public var tagValue: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A scheduled restore (`AWS::Backup::RestoreTestingPlan`), with its selections joined in.
public struct RestoreTestingPlan: Resource {
    public static let type = "AWS::Backup::RestoreTestingPlan"
    public var head: ResourceHead
    public var scheduleExpression: Fact<String> = .absent
    /// Resource types that its selections restore: `S3`, `DynamoDB`.
    public var selectedTypes: Fact<[String]> = .absent
    public var role: Fact<Reference> = .absent
    public init(head: ResourceHead) { self.head = head }
}
