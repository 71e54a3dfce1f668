// The parts of a bucket: structures that stand inside it in CloudFormation, and as resources of their own in Terraform.

import PlumbModel

/// What is said of a bucket beside its name.
enum BucketPart {
    case lock, versioning, encryption, accessBlock, ownership, logging, lifecycle, replication

    /// The controls that rest on this part of a bucket of this purpose.
    func controls(of bucket: Bucket) -> [String] {
        let purpose = bucket.purpose.value
        return switch self {
        case .lock: purpose == .audit ? ["SEC-3.5", "SEC-3.7"] : purpose == .accessLogs ? ["SEC-3.3"] : []
        case .versioning: purpose == .audit ? ["SEC-3.5"] : ["REL-3.5"]
        case .encryption: purpose == .accessLogs ? ["SEC-1.5", "SEC-3.3"] : ["SEC-1.5"]
        case .accessBlock, .ownership: ["SEC-2.4"]
        case .logging: ["SEC-3.3"]
        case .lifecycle:
            switch purpose {
            case .audit: ["SEC-3.6"]
            case .captures, .replica: ["SEC-3.8"]
            default: []
            }
        case .replication: purpose == .accessLogs ? ["SEC-3.6"] : ["REL-3.4", "REL-3.5"]
        }
    }
}

extension RenderedDeployment {
    func status(_ fact: Fact<Bool>, off: String = "Disabled") -> RenderedValue? {
        fact.value.map { .text($0 ? "Enabled" : off) }
    }

    func versioning(of bucket: Bucket) -> [RenderedField]? {
        status(bucket.isVersioned, off: "Suspended").map { status in
            RenderedFields { $0.put("Status", "status", status) }.list
        }
    }

    func encryptionRule(of bucket: Bucket) -> [RenderedField]? {
        guard let encryption = bucket.encryption.value else { return nil }
        let rule = RenderedFields { rule in
            // A key for the bucket's own use saves a call to KMS for each object.
            if encryption.key.isKnown { rule.put("BucketKeyEnabled", "bucket_key_enabled", .bool(true)) }
            rule.putBlock("ServerSideEncryptionByDefault", "apply_server_side_encryption_by_default") {
                $0.put("SSEAlgorithm", "sse_algorithm", encryption.algorithm)
                $0.put("KMSMasterKeyID", "kms_master_key_id", .link(encryption.key, "Arn", "arn"))
            }
        }
        return rule.list
    }

    func accessBlock(of bucket: Bucket) -> [RenderedField]? {
        guard let block = bucket.publicAccessBlock.value else { return nil }
        let flags = RenderedFields { flags in
            flags.put("BlockPublicAcls", "block_public_acls", block.blocksPublicACLs)
            flags.put("IgnorePublicAcls", "ignore_public_acls", block.ignoresPublicACLs)
            flags.put("BlockPublicPolicy", "block_public_policy", block.blocksPublicPolicy)
            flags.put("RestrictPublicBuckets", "restrict_public_buckets", block.restrictsPublicBuckets)
        }
        return flags.list
    }

    func ownershipRule(of bucket: Bucket) -> [RenderedField]? {
        guard bucket.ownership.isKnown else { return nil }
        return RenderedFields { $0.put("ObjectOwnership", "object_ownership", bucket.ownership) }.list
    }

    /// The prefix stands in the receiving bucket's policy and in its replication rule.
    func logging(of bucket: Bucket) -> [RenderedField]? {
        guard bucket.loggingDestination.isKnown else { return nil }
        let prefix = "access/\(bucket.purpose.value?.rawValue ?? bucket.id)/"
        return RenderedFields {
            $0.put("DestinationBucketName", "target_bucket", .link(bucket.loggingDestination))
            $0.put("LogFilePrefix", "target_prefix", .text(prefix))
        }.list
    }

    func lock(of bucket: Bucket) -> [RenderedField]? {
        guard let lock = bucket.objectLock.value else { return nil }
        let fields = RenderedFields { fields in
            fields.put("ObjectLockEnabled", nil, .text("Enabled"))
            fields.putBlock("Rule", "rule") { rule in
                rule.putBlock("DefaultRetention", "default_retention") {
                    $0.put("Mode", "mode", lock.mode.map(\.rawValue))
                    $0.put("Days", "days", lock.retentionDays)
                }
            }
        }
        return fields.list
    }

    func lifecycleRules(of bucket: Bucket) -> [[RenderedField]]? {
        guard let rules = bucket.lifecycle.value, !rules.isEmpty else { return nil }
        return rules.map { rule in RenderedFields { add(rule, to: &$0) }.list }
    }

    private func add(_ rule: LifecycleRule, to fields: inout RenderedFields) {
        let words = rule.prefix.value.map { "-" + $0.filter { $0 != "/" } } ?? ""
        fields.put("Id", "id", .text("expire\(words)"))
        fields.put("Status", "status", status(rule.isEnabled))
        fields.put("Prefix", nil, rule.prefix)
        // Terraform takes an empty filter for every object.
        fields.put(nil, "filter", .block { $0.put(nil, "prefix", rule.prefix) })
        fields.put("ExpirationInDays", nil, rule.expirationDays)
        fields.putBlock(nil, "expiration") { $0.put(nil, "days", rule.expirationDays) }
        fields.putBlock("NoncurrentVersionExpiration", "noncurrent_version_expiration") {
            $0.put("NoncurrentDays", "noncurrent_days", rule.noncurrentExpirationDays)
        }
        // Parts of uploads that nobody finished are in no listing, and are paid for.
        fields.putBlock("AbortIncompleteMultipartUpload", "abort_incomplete_multipart_upload") {
            $0.put("DaysAfterInitiation", "days_after_initiation", .int(7))
        }
    }

    func replication(of bucket: Bucket) -> [RenderedField]? {
        guard let rules = bucket.replication.value, !rules.isEmpty else { return nil }
        let blocks = rules.enumerated().map { number, rule in
            RenderedFields { add(rule, priority: number + 1, to: &$0) }.list
        }
        return RenderedFields {
            $0.put("Role", "role", .link(bucket.replicationRole, "Arn", "arn"))
            $0.put("Rules", "rule", .blocks(blocks))
        }.list
    }

    private func add(_ rule: ReplicationRule, priority: Int, to fields: inout RenderedFields) {
        let leavesRegion = rule.timeControlMinutes.isKnown
        fields.put("Id", "id", .text(leavesRegion ? "second-region" : "archive"))
        fields.put("Priority", "priority", .int(priority))
        fields.put("Status", "status", status(rule.isEnabled))
        fields.putBlock("Filter", nil) { $0.put("Prefix", nil, .text(rule.prefix.value ?? "")) }
        fields.put(nil, "filter", .block { $0.put(nil, "prefix", rule.prefix) })
        // What is deleted is deleted in the second region too; from an archive nothing is.
        fields.putBlock("DeleteMarkerReplication", "delete_marker_replication") {
            $0.put("Status", "status", status(.known(leavesRegion)))
        }
        fields.putBlock("SourceSelectionCriteria", "source_selection_criteria", for: "REL-3.5") { criteria in
            criteria.putBlock("SseKmsEncryptedObjects", "sse_kms_encrypted_objects") {
                $0.put("Status", "status", status(rule.selectsKMSObjects))
            }
        }
        fields.putBlock("Destination", "destination") { addDestination(of: rule, to: &$0) }
    }

    private func addDestination(of rule: ReplicationRule, to fields: inout RenderedFields) {
        fields.put("Bucket", "bucket", .link(rule.destination, "Arn", "arn"))
        fields.putBlock("EncryptionConfiguration", "encryption_configuration", for: "REL-3.5", "SEC-1.8") {
            $0.put("ReplicaKmsKeyID", "replica_kms_key_id", .link(rule.replicaKey, "Arn", "arn"))
        }
        func minutes(_ fields: inout RenderedFields, _ template: String, _ plan: String) {
            fields.putBlock(template, plan) { $0.put("Minutes", "minutes", rule.timeControlMinutes) }
        }
        if rule.timeControlMinutes.isKnown {
            fields.putBlock("ReplicationTime", "replication_time", for: "REL-3.4", "REL-3.5") {
                $0.put("Status", "status", .text("Enabled"))
                minutes(&$0, "Time", "time")
            }
        }
        fields.putBlock("Metrics", "metrics", for: "REL-3.5") {
            $0.put("Status", "status", status(rule.hasMetrics))
            minutes(&$0, "EventThreshold", "event_threshold")
        }
    }
}

// Terraform's resources, in the order in which S3 takes them
extension RenderedDeployment {
    /// Everything of a bucket but the bucket itself and its policy.
    func planParts(of bucket: Bucket) -> [RenderedResource] {
        let isVersioned = bucket.isVersioned.isKnown ? ["\(bucket.id)Versioning"] : []
        func part(
            _ kind: BucketPart, _ suffix: String, _ type: String, _ fields: [RenderedField]?,
            after needed: [String] = []
        ) -> RenderedResource? {
            guard let fields else { return nil }
            var part = RenderedResource(
                "\(bucket.id)\(suffix)", nil, "aws_s3_bucket_\(type)", in: .storage, region: bucket.head.region.value,
                for: kind.controls(of: bucket)
            ) { $0.put(nil, "bucket", .link(.resource(bucket.id))) }
            part.fields += fields
            part.dependsOn = needed
            return part
        }
        func nested(_ key: String, _ blocks: [[RenderedField]]?) -> [RenderedField]? {
            blocks.map { blocks in RenderedFields { $0.put(nil, key, .blocks(blocks)) }.list }
        }
        let encryption = nested("rule", encryptionRule(of: bucket).map { [$0] })
        let parts = [
            part(.accessBlock, "PublicAccessBlock", "public_access_block", accessBlock(of: bucket)),
            part(
                .ownership, "Ownership", "ownership_controls", nested("rule", ownershipRule(of: bucket).map { [$0] })),
            part(
                .versioning, "Versioning", "versioning",
                nested("versioning_configuration", versioning(of: bucket).map { [$0] })),
            part(.encryption, "Encryption", "server_side_encryption_configuration", encryption),
            part(.lock, "Lock", "object_lock_configuration", lock(of: bucket), after: isVersioned),
            part(
                .lifecycle, "Lifecycle", "lifecycle_configuration", nested("rule", lifecycleRules(of: bucket)),
                after: isVersioned),
            part(.logging, "Logging", "logging", logging(of: bucket), after: readiness(toReceiveLogsOf: bucket)),
            part(
                .replication, "Replication", "replication_configuration", replication(of: bucket),
                after: isVersioned + readiness(toReceiveCopiesOf: bucket)),
        ]
        return parts.compactMap { $0 }
    }

    /// S3 must be let in before logs are sent there, and copied on from the first one: what lies there before a rule is
    /// made is not copied.
    private func readiness(toReceiveLogsOf bucket: Bucket) -> [String] {
        guard let target = graph.buckets[bucket.loggingDestination] else { return [] }
        let parts = [
            target.policy.isKnown ? "\(target.id)Policy" : nil,
            target.replication.isKnown ? "\(target.id)Replication" : nil,
        ]
        return parts.compactMap { $0 }
    }

    /// S3 refuses a rule whose destination is not versioned.
    private func readiness(toReceiveCopiesOf bucket: Bucket) -> [String] {
        var needed: [String] = []
        for rule in bucket.replication.value ?? [] {
            guard let target = graph.buckets[rule.destination] else { continue }
            let parts = [
                target.isVersioned.isKnown ? "\(target.id)Versioning" : nil,
                target.objectLock.isKnown ? "\(target.id)Lock" : nil,
            ]
            needed += parts.compactMap { $0 }.filter { !needed.contains($0) }
        }
        return needed
    }
}
