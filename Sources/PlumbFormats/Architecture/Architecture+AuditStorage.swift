// Where logs end: access logs land in a plain bucket, which no lock may guard, and are copied on into the locked one
// (T-9).

import PlumbModel

extension Architecture {
    static func addAuditBuckets(to graph: inout Graph, _ plan: Blueprint) {
        if plan.isGuarded { graph.buckets.append(accessLogBucket(plan)) }
        graph.buckets.append(auditBucket(plan))
    }

    private static func accessLogBucket(_ plan: Blueprint) -> Bucket {
        let sources = ["${ArtifactBucket.Arn}", "${CaptureBucket.Arn}"]
        let delivery = PolicyStatement.allow(
            "DeliverAccessLogs", ["s3:PutObject"], on: ["${AccessLogBucket.Arn}/access/*"],
            to: [.service("logging.s3")],
            when: [.fromThisAccount, PolicyCondition("ArnLike", "aws:SourceArn", sources)])
        return bucket(
            "AccessLogBucket", "access-logs", .accessLogs, key: nil, from: "retentionDays", plan, extra: [delivery]
        ) {
            // The locked copy is the record; this one only hands it on.
            var rule = expiry(prefix: nil, noncurrentDays: 1)
            rule.expirationDays = 30
            $0.lifecycle = .known([rule])
            var copy = ReplicationRule()
            copy.isEnabled = true
            copy.prefix = "access/"
            copy.destination = reference("AuditBucket")
            $0.replication = .known([copy])
            $0.replicationRole = reference("ReplicationRole")
        }
    }

    private static func auditBucket(_ plan: Blueprint) -> Bucket {
        let trail = PolicyCondition.equals("aws:SourceArn", [plan.arn("cloudtrail", "trail/\(plan.trailName)")])
        let delivery: [PolicyStatement] = [
            .allow(
                "CheckBeforeDelivery", ["s3:GetBucketAcl"], on: ["${AuditBucket.Arn}"], to: [.service("cloudtrail")],
                when: [trail]),
            .allow(
                "DeliverTheTrail", ["s3:PutObject"], on: ["${AuditBucket.Arn}/AWSLogs/${AWS::AccountId}/*"],
                to: [.service("cloudtrail")],
                when: [trail, .equals("s3:x-amz-acl", ["bucket-owner-full-control"])]),
        ]
        return bucket("AuditBucket", "audit", .audit, key: "AuditKey", from: "retentionDays", plan, extra: delivery) {
            let place = plan.spec.place(of: "retentionDays")
            let days = plan.spec.retentionDays
            // Kept for ever would break storage limitation; expired before the lock ends would be a dead rule.
            var rule = expiry(prefix: nil, noncurrentDays: 30)
            rule.expirationDays = .known(days + 1, at: place)
            $0.lifecycle = .known([rule])
            guard plan.isGuarded else { return }
            // A compliance lock makes a stack undeletable: right for production alone (T-24).
            $0.isObjectLockEnabled = true
            var lock = ObjectLock()
            lock.mode = .known(plan.isProduction ? .compliance : .governance)
            lock.retentionDays = plan.isProduction ? .known(days, at: place) : 1
            $0.objectLock = .known(lock)
        }
    }
}
