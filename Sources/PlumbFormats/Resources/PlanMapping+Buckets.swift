// Buckets of a plan: one resource for the bucket, one for each thing that is said of it, older plans all in one.

import PlumbModel

extension PlanMapping {
    static func addBuckets(to graph: inout Graph, from inventory: Inventory) {
        let parts = BucketParts(inventory)
        for resource in inventory["aws_s3_bucket"] {
            var bucket = Bucket(head: resource.head)
            bucket.purpose = Purposes.bucket(from: resource.head.tags)
            parts.fill(&bucket, from: resource)
            graph.buckets.append(bucket)
        }
    }
}

/// The resources that say something about a bucket, by the bucket.
private struct BucketParts {
    private let inventory: Inventory
    private let versioning, encryption, accessBlock, ownership, policy, logging, lifecycle, replication,
        lock: Attachments
    /// The account's own block covers every bucket of it.
    private let accountBlock: Fact<PublicAccessBlock>

    init(_ inventory: Inventory) {
        self.inventory = inventory
        func part(_ type: String) -> Attachments {
            Attachments(inventory["aws_s3_bucket_\(type)"], to: "AWS::S3::Bucket", in: inventory) { $0["bucket"] }
        }
        versioning = part("versioning")
        encryption = part("server_side_encryption_configuration")
        accessBlock = part("public_access_block")
        ownership = part("ownership_controls")
        policy = part("policy")
        logging = part("logging")
        lifecycle = part("lifecycle_configuration")
        replication = part("replication_configuration")
        lock = part("object_lock_configuration")
        accountBlock =
            inventory["aws_s3_account_public_access_block"].first.map { Self.accessBlock($0.properties) } ?? .absent
    }

    func fill(_ bucket: inout Bucket, from resource: SourceResource) {
        let id = resource.id
        bucket.encryption = encryption.fact(of: id) { encryptionFact($0["rule"]) }
            .otherwise(encryptionFact(resource["server_side_encryption_configuration"]["rule"]))
        bucket.isVersioned = versioning.fact(of: id) { $0["versioning_configuration"]["status"].isWord("Enabled") }
            .otherwise(resource["versioning"]["enabled"].bool)
        bucket.isEmptiedOnRemoval = resource["force_destroy"].bool
        fillLock(of: &bucket, from: resource)
        bucket.publicAccessBlock = widened(accessBlock.fact(of: id) { Self.accessBlock($0.properties) })
        bucket.ownership = ownership.fact(of: id) { $0["rule"]["object_ownership"].string }
        bucket.loggingDestination = logging.fact(of: id) { inventory.bucket($0["target_bucket"]) }
            .otherwise(inventory.bucket(resource["logging"]["target_bucket"]))
        bucket.lifecycle = lifecycle.fact(of: id) { $0["rule"].list(Self.lifecycleRule) }
            .otherwise(unlessEmpty(resource["lifecycle_rule"].list(Self.inlineLifecycleRule)))
        fillReplication(of: &bucket, from: resource)
        bucket.policy = PolicyDocument.onlyOne(of: policy, on: id, at: { $0["policy"] }) {
            PolicyDocument.read($0, inventory.directory)
        }.otherwise(PolicyDocument.read(resource["policy"].unlessEmpty, inventory.directory))
    }

    /// An inline block that nobody wrote is an empty list.
    private func unlessEmpty<Value>(_ fact: Fact<[Value]>) -> Fact<[Value]> {
        fact.value?.isEmpty == true ? .absent(at: fact.place) : fact
    }

    private func encryptionFact(_ rule: Property) -> Fact<BucketEncryption> {
        rule.first["apply_server_side_encryption_by_default"].structure { rule in
            var encryption = BucketEncryption()
            encryption.algorithm = rule["sse_algorithm"].string
            encryption.key = inventory.key(rule["kms_master_key_id"])
            return encryption
        }
    }

    /// A lock is switched on by the bucket's own flag, or later by its configuration.
    private func fillLock(of bucket: inout Bucket, from resource: SourceResource) {
        func retention(_ rule: Property) -> Fact<ObjectLock> {
            rule["default_retention"].structure { retention in
                var lock = ObjectLock()
                lock.mode = retention["mode"].choice()
                lock.retentionDays = retention["days"].int.otherwise(retention["years"].int.map(ObjectLock.days))
                return lock
            }
        }
        let inline = resource["object_lock_configuration"]
        let isConfigured = lock.fact(of: resource.id) { configuration in
            configuration["object_lock_enabled"].isWord("Enabled").defaulting(to: true)
        }.otherwise(inline["object_lock_enabled"].isWord("Enabled"))
        let flag = resource["object_lock_enabled"].bool
        bucket.isObjectLockEnabled = flag.value == true || isConfigured.isAbsent ? flag : isConfigured
        bucket.objectLock = lock.fact(of: resource.id) { retention($0["rule"]) }.otherwise(retention(inline["rule"]))
    }

    private static func accessBlock(_ flags: Property) -> Fact<PublicAccessBlock> {
        flags.structure { flags in
            var block = PublicAccessBlock()
            block.blocksPublicACLs = flags["block_public_acls"].bool
            block.ignoresPublicACLs = flags["ignore_public_acls"].bool
            block.blocksPublicPolicy = flags["block_public_policy"].bool
            block.restrictsPublicBuckets = flags["restrict_public_buckets"].bool
            return block
        }
    }

    /// What the account blocks is blocked, whatever the bucket says.
    private func widened(_ own: Fact<PublicAccessBlock>) -> Fact<PublicAccessBlock> {
        guard let account = accountBlock.value else { return own }
        guard var block = own.value else { return own.isAbsent ? accountBlock : own }
        let flags: [WritableKeyPath<PublicAccessBlock, Fact<Bool>>] = [
            \.blocksPublicACLs, \.ignoresPublicACLs, \.blocksPublicPolicy, \.restrictsPublicBuckets,
        ]
        for flag in flags where account[keyPath: flag].value == true { block[keyPath: flag] = true }
        return .known(block, at: own.place)
    }

    private static func lifecycleRule(_ property: Property) -> LifecycleRule {
        var rule = LifecycleRule()
        rule.isEnabled = property["status"].isWord("Enabled")
        rule.prefix = prefix(of: property)
        rule.expirationDays = expiration(property["expiration"])
        rule.noncurrentExpirationDays = property["noncurrent_version_expiration"]["noncurrent_days"].int
        return rule
    }

    private static func inlineLifecycleRule(_ property: Property) -> LifecycleRule {
        var rule = LifecycleRule()
        rule.isEnabled = property["enabled"].bool
        rule.prefix = property["prefix"].unlessEmpty.name
        rule.expirationDays = expiration(property["expiration"])
        rule.noncurrentExpirationDays = property["noncurrent_version_expiration"]["days"].int
        return rule
    }

    /// The provider writes 0 where days were left out.
    private static func expiration(_ property: Property) -> Fact<Int> {
        let days = property["days"].int
        guard days.value == 0 || days.isAbsent else { return days }
        let date = property["date"].unlessEmpty
        return date.isAbsent
            ? .absent(at: property.place) : .unknown("objects expire on a day, not at an age", at: date.place)
    }

    private static func prefix(of rule: Property) -> Fact<String> {
        let filter = rule["filter"]
        return filter["prefix"].unlessEmpty.name.otherwise(filter["and"]["prefix"].unlessEmpty.name)
            .otherwise(rule["prefix"].unlessEmpty.name)
    }

    private func fillReplication(of bucket: inout Bucket, from resource: SourceResource) {
        let inline = resource["replication_configuration"]
        bucket.replication = replication.fact(of: resource.id) { $0["rule"].list(replicationRule) }
            .otherwise(unlessEmpty(inline["rules"].list(replicationRule)))
        bucket.replicationRole = replication.fact(of: resource.id) { inventory.role($0["role"]) }
            .otherwise(inventory.role(inline["role"]))
    }

    private func replicationRule(_ property: Property) -> ReplicationRule {
        var rule = ReplicationRule()
        rule.isEnabled = property["status"].isWord("Enabled")
        rule.prefix = Self.prefix(of: property)
        let destination = property["destination"]
        rule.destination = inventory.bucket(destination["bucket"])
        let time = destination["replication_time"]
        let minutes = time["time"]["minutes"].int.otherwise(time["minutes"].int)
        rule.timeControlMinutes = time["status"].isWord("Disabled").value == true ? .absent(at: time.place) : minutes
        rule.hasMetrics = destination["metrics"]["status"].isWord("Enabled")
        let selected = property["source_selection_criteria"]["sse_kms_encrypted_objects"]
        rule.selectsKMSObjects = selected["status"].isWord("Enabled").otherwise(selected["enabled"].bool)
        rule.replicaKey = inventory.key(destination["encryption_configuration"]["replica_kms_key_id"])
            .otherwise(inventory.key(destination["replica_kms_key_id"]))
        return rule
    }
}
