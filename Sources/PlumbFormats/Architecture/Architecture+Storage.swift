// Where artefacts, captured traffic, images and state are kept.

import PlumbModel

extension Architecture {
    static func addDataBuckets(to graph: inout Graph, _ plan: Blueprint) {
        graph.buckets.append(
            bucket("ArtifactBucket", "artifacts", .artifacts, key: "DataKey", from: "model", plan) {
                logsAccess(&$0, plan)
                $0.lifecycle = .known([expiry(prefix: nil, noncurrentDays: 90)])
                if plan.recoveryRegion != nil { replicate(&$0, prefix: nil, plan) }
            })
        graph.buckets.append(
            bucket("CaptureBucket", "captures", .captures, key: "DataKey", from: "capture", plan) {
                logsAccess(&$0, plan)
                $0.lifecycle = .known(captureExpiry(plan), at: plan.spec.place(of: "capture.ttlDays"))
                if plan.recoveryRegion != nil, plan.mayReplicateCaptures { replicate(&$0, prefix: "captures/", plan) }
            })
    }

    /// Captured payloads and labels end with their time to live, every version of them (T-10).
    static func captureExpiry(_ plan: Blueprint) -> [LifecycleRule] {
        ["captures/", "labels/"].map { prefix in
            var rule = expiry(prefix: prefix, noncurrentDays: 1)
            rule.expirationDays = plan.said(plan.spec.capture.ttlDays, "capture.ttlDays")
            return rule
        }
    }

    /// A rule for what lies under `prefix`; for every object without one.
    static func expiry(prefix: String?, noncurrentDays: Int) -> LifecycleRule {
        var rule = LifecycleRule()
        rule.prefix = prefix.map { .known($0) } ?? .absent
        rule.isEnabled = true
        rule.noncurrentExpirationDays = .known(noncurrentDays)
        return rule
    }

    private static func logsAccess(_ bucket: inout Bucket, _ plan: Blueprint) {
        if plan.isGuarded { bucket.loggingDestination = reference("AccessLogBucket") }
    }

    /// Copies to the second region within 15 minutes. Objects under a customer key are skipped in silence unless the
    /// rule selects them.
    private static func replicate(_ bucket: inout Bucket, prefix: String?, _ plan: Blueprint) {
        var rule = ReplicationRule()
        rule.isEnabled = true
        rule.prefix = prefix.map { .known($0) } ?? .absent
        rule.destination = reference("ReplicaBucket")
        rule.timeControlMinutes = 15
        rule.hasMetrics = true
        rule.selectsKMSObjects = true
        rule.replicaKey = reference("ReplicaKey")
        bucket.replication = .known([rule])
        bucket.replicationRole = reference("ReplicationRole")
    }

    /// A private, versioned bucket that speaks TLS 1.2 or better; encrypted with `key`, or by S3 itself without one.
    static func bucket(
        _ id: String, _ suffix: String, _ purpose: Bucket.Purpose, key: String?, from path: String, _ plan: Blueprint,
        extra statements: [PolicyStatement] = [], _ configure: (inout Bucket) -> Void
    ) -> Bucket {
        plan.make(id, named: suffix, from: path, isKept: true) { bucket in
            bucket.head.name = plan.said(plan.bucketName(suffix), "name")
            bucket.head.tags = plan.tags(for: purpose.rawValue)
            bucket.purpose = .known(purpose)
            var encryption = BucketEncryption()
            encryption.algorithm = .known(key == nil ? "AES256" : "aws:kms")
            encryption.key = key.map { reference($0) } ?? .absent
            bucket.encryption = .known(encryption)
            bucket.isVersioned = true
            bucket.isObjectLockEnabled = false
            var block = PublicAccessBlock()
            block.blocksPublicACLs = true
            block.ignoresPublicACLs = true
            block.blocksPublicPolicy = true
            block.restrictsPublicBuckets = true
            bucket.publicAccessBlock = .known(block)
            bucket.ownership = "BucketOwnerEnforced"
            let whole = ["${\(id).Arn}", "${\(id).Arn}/*"]
            let floor: [PolicyStatement] = [
                .deny("OnlyOverTLS", ["s3:*"], on: whole, to: [.anyone], when: [.insecureTransport]),
                .deny(
                    "OnlyTLS12OrBetter", ["s3:*"], on: whole, to: [.anyone],
                    when: [PolicyCondition("NumericLessThan", "s3:TlsVersion", ["1.2"])]),
            ]
            bucket.policy = .known(PolicyDocument(floor + statements))
            configure(&bucket)
        }
    }

    /// Images, and the table in which deployments, approvals and promotions are recorded.
    static func addState(to graph: inout Graph, _ plan: Blueprint) {
        let regions = plan.recoveryRegion.map { [$0] } ?? []
        graph.repositories.append(
            plan.make("ImageRepository", named: "images", from: "model.image", isKept: true) {
                $0.head.name = plan.said(plan.imageRepositoryName, "name")
                $0.isTagImmutable = true
                $0.encryptionType = "KMS"
                $0.key = reference("DataKey")
                if !regions.isEmpty { $0.replicationRegions = plan.said(regions, "recovery.region") }
            })
        graph.tables.append(
            plan.make("StateTable", named: "state", isKept: true) {
                $0.isSSEEnabled = true
                $0.key = reference("DataKey")
                if plan.isGuarded { $0.streamView = "NEW_AND_OLD_IMAGES" }
                $0.hasPointInTimeRecovery = .known(plan.isProduction)
                $0.isDeletionProtected = .known(plan.isProduction)
                if !regions.isEmpty {
                    $0.replicaRegions = plan.said(regions, "recovery.region")
                    $0.replicaKeys = references(["ReplicaKey"])
                }
            })
        guard plan.isGuarded else { return }
        // A stream forgets after 24 hours.
        graph.streamConsumers.append(
            plan.make("StateStreamConsumer", named: nil) {
                $0.table = reference("StateTable")
                $0.function = reference("AuditArchiveFunction")
                $0.isEnabled = true
            })
    }
}
