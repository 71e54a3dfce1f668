// How long the record lasts, and whose data it may hold: SEC-3.5 to SEC-3.9.

import PlumbModel

extension PolicyBook {
    static let immutableLogs = Control(
        "SEC-3.5", "Audit logs are immutable",
        severities: Severities(staging: .low, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Retention: Logs stored in S3 with Object Lock for immutability",
        remedy:
            "Give the audit bucket versioning and Object Lock with a default retention: COMPLIANCE in "
            + "production, as long as "
            + "the strictest regime asks.",
        traps: [
            "Object Lock without a default rule locks nothing.",
            "GOVERNANCE can be bypassed by whoever has the right to.",
            "The lock protects new objects only; it can never be switched off again.",
        ],
        holds: [
            ControlExample("locked in COMPLIANCE mode for as long as HIPAA asks"),
            ControlExample("one day of GOVERNANCE in staging", in: .staging) { graph in
                graph.buckets[id: "AuditBucket"]?.lock(.governance, days: 1)
            },
        ],
        fails: [
            ControlExample("a lock without a default rule") { $0.buckets[id: "AuditBucket"]?.objectLock = .absent },
            ControlExample("GOVERNANCE in production") { $0.buckets[id: "AuditBucket"]?.lock(.governance, days: 2192) },
            ControlExample("a year, where HIPAA asks for six") {
                $0.buckets[id: "AuditBucket"]?.lock(.compliance, days: 365)
            },
            ControlExample("a lock without versioning") { $0.buckets[id: "AuditBucket"]?.isVersioned = .absent },
            ControlExample("the trail goes to a bucket without a lock") { graph in
                graph.trails.mutateEach { $0.bucket = .known(.resource("AccessLogBucket")) }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeUndecided(
                "the engine does not show that its record is sealed against deletion for the retention period")
        }
        let logs = graph.auditBuckets
        guard !logs.isEmpty else { return graph.judgeMissingAuditBucket() }
        return logs.map { bucket in .about(bucket) { $0.requireLock(of: bucket, in: graph) } }
    }

    static let lockWithoutDetour = Control(
        "SEC-3.6", "The lock cannot be walked around",
        severities: Severities(staging: .low, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Object Lock for immutability",
        remedy:
            "Replicate the access logs to the audit bucket, let no role bypass retention or change that "
            + "bucket's policy, and "
            + "keep the key of the logs from being deleted.",
        traps: [
            "Whoever deletes the key deletes the logs: kms:ScheduleKeyDeletion is the classic way around.",
            "A replication target must be versioned.",
            "A lifecycle rule that ends logs before their retention does.",
        ],
        holds: [
            ControlExample("logs end in the locked bucket, and no role is above it"),
            ControlExample("a break-glass role") { graph in
                graph.roles.append(Role("BreakGlassRole") { $0.head.tags = .known(["ml:purpose": "break-glass"]) })
                graph.allow("BreakGlassRole", ["s3:BypassGovernanceRetention"], on: ["${AuditBucket.Arn}/*"])
            },
        ],
        fails: [
            ControlExample("access logs stay where they are delivered") {
                $0.buckets[id: "AccessLogBucket"]?.replication = .absent
            },
            ControlExample("a role that may bypass retention") {
                $0.allow("OperateRole", ["s3:Bypass*"], on: ["${AuditBucket.Arn}/*"])
            },
            ControlExample("a role that may delete the key of the logs") {
                $0.allow("OperateRole", ["kms:ScheduleKeyDeletion"], on: ["*"])
            },
            ControlExample("logs expire after 30 days") { graph in
                var rule = LifecycleRule()
                rule.isEnabled = true
                rule.expirationDays = 30
                graph.buckets[id: "AuditBucket"]?.lifecycle = .known([rule])
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeUndecided("the engine does not show that the key of its record cannot be destroyed")
        }
        return graph.judgeDetours()
    }

    static let explicitRetention = Control(
        "SEC-3.7", "Retention is explicit and long enough",
        severities: Severities(dev: .low, staging: .low, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "\"Retention\" / \"Enable compliance with GDPR, HIPAA, SOC 2\"",
        limit: "SOC 2 365 days, HIPAA 2192 days, otherwise 90 days",
        remedy:
            "Set RetentionInDays on every log group, and a lock of 2192 days under HIPAA, 365 under SOC 2, else 90.",
        traps: [
            "No retention is retention for ever, against GDPR's storage limitation.",
            "2190 is not among CloudWatch's values; 2192 is.",
            "SageMaker makes the endpoint's log group itself, without an end, if you do not.",
        ],
        holds: [
            ControlExample("every log group ends, and the lock is long enough"),
            ControlExample("a shorter lock where no regime asks", spec: "regimes: {names: []}") { graph in
                graph.buckets[id: "AuditBucket"]?.lock(.compliance, days: 90)
            },
        ],
        fails: [
            ControlExample("a log group without an end") { graph in
                graph.logGroups.mutateEach { $0.retentionDays = .absent }
            },
            ControlExample("2190 days, which CloudWatch does not know") { graph in
                graph.logGroups.mutateEach { $0.retentionDays = 2190 }
            },
            ControlExample("zero, Terraform's word for never") { graph in
                graph.logGroups.mutateEach { $0.retentionDays = 0 }
            },
            ControlExample("a lock of one year under HIPAA") {
                $0.buckets[id: "AuditBucket"]?.lock(.compliance, days: 365)
            },
        ]
    ) { graph in
        if graph.source == .engine && graph.logGroups.isEmpty {
            return graph.judgeUndecided("the engine does not show how long it keeps each class of log")
        }
        return graph.judgeRetention()
    }
}

extension Bucket {
    fileprivate mutating func lock(_ mode: ObjectLock.Mode, days: Int) {
        var lock = ObjectLock()
        lock.mode = .known(mode)
        lock.retentionDays = .known(days)
        objectLock = .known(lock)
    }
}

// MARK: - SEC-3.5

extension Graph {
    /// Where the record ends: the buckets trails deliver to, and those that say they are for it.
    var auditBuckets: [Bucket] {
        buckets.filter { $0.purpose.value == .audit || $0.receivesTrail(in: self) }
    }

    fileprivate func judgeMissingAuditBucket() -> [Judgement] {
        judgeAccount { ask in
            if trails.contains(where: { !$0.bucket.isAbsent }) {
                ask.doubt("the trail's bucket is not in this input, so its lock cannot be told")
            } else {
                ask.fail("no bucket keeps the audit record: there is neither a trail nor a bucket for it")
            }
        }
    }

    /// The longest retention that any endpoint's regimes ask for, in days.
    fileprivate var regimeRetentionDays: Fact<Int> {
        var days = 90
        for endpoint in endpoints {
            guard let regimes = declaration(of: endpoint)?.regimes else {
                return .unknown("the regimes of \(endpoint.id) are not declared in this input")
            }
            if let why = regimes.whyUnknown { return .unknown(why, at: regimes.place) }
            for name in regimes.value?.names ?? [] {
                days = max(days, ["soc2": 365, "hipaa": 2192][name.lowercased()] ?? 90)
            }
        }
        return .known(days)
    }
}

extension Inquiry {
    fileprivate mutating func requireLock(of bucket: Bucket, in graph: Graph) {
        requireFlag(bucket.isObjectLockEnabled, "Object Lock", absentAs: false)
        requireFlag(bucket.isVersioned, "versioning", absentAs: false)
        guard let lock = need(bucket.objectLock, "the default retention, without which the lock keeps nothing,") else {
            return
        }
        if graph.environment == .production {
            require(lock.mode, "the mode", wanted: "COMPLIANCE") { $0 == .compliance }
            requireRetention(lock.retentionDays, in: graph)
        } else {
            require(lock.mode, "the mode", wanted: "GOVERNANCE or COMPLIANCE") { _ in true }
            require(lock.retentionDays, "the days of retention", wanted: "at least 1") { $0 >= 1 }
        }
    }

    /// The lock must outlast what the regimes ask; where they are not known, only the extremes decide.
    fileprivate mutating func requireRetention(_ fact: Fact<Int>, in graph: Graph) {
        guard let days = need(fact, "the days of retention") else { return }
        switch graph.regimeRetentionDays.state {
        case .known(let wanted) where days >= wanted: prove("logs are locked for \(days) days, wanted \(wanted)")
        case .known(let wanted): fail("logs are locked for \(days) days, wanted at least \(wanted)", at: fact.place)
        case _ where days >= 2192: prove("logs are locked for \(days) days, as long as any regime asks")
        case _ where days < 90: fail("logs are locked for \(days) days, wanted at least 90", at: fact.place)
        default:
            doubt("logs are locked for \(days) days; whether that is enough is decided by the regimes (spec: regimes)")
        }
    }
}

// MARK: - SEC-3.6

extension Graph {
    fileprivate func judgeDetours() -> [Judgement] {
        let logs = auditBuckets
        guard !logs.isEmpty else { return judgeMissingAuditBucket() }
        let keyed = logs.map { bucket in
            Judgement.about(bucket) { $0.forbidEarlyEnd(of: bucket) }
        }
        let delivered = buckets.filter { $0.receivesAccessLogs(in: self) }.map { bucket in
            Judgement.about(bucket) { $0.requireForwarding(from: bucket, in: self) }
        }
        let archived = streamConsumers.map { consumer in
            Judgement.about(consumer) { $0.requireArchive(of: consumer, to: logs, in: self) }
        }
        let keys = logKeys(of: logs)
        let guarded = roles.filter { !$0.isBreakGlass }.map { role in
            Judgement.about(role) { ask in
                if let why = role.whyUndecided { ask.doubt("what the role may do cannot be told: \(why)") }
                for action in [
                    "s3:BypassGovernanceRetention", "s3:PutObjectRetention", "s3:DeleteBucketPolicy",
                    "kms:ScheduleKeyDeletion", "kms:DisableKey",
                ] {
                    for statement in role.grants(of: action) where statement.touches(logs, keys) {
                        ask.fail("it may \(action): \(statement.title)", at: statement.place ?? role.policies.place)
                    }
                }
                ask.prove("it has no right over the lock or the key of the logs")
            }
        }
        return keyed + delivered + archived + guarded
    }

    /// The keys without which the record could not be read.
    fileprivate func logKeys(of logs: [Bucket]) -> [Key] {
        let references = logs.compactMap { $0.encryption.value?.key } + trails.map(\.key)
        let ids = Set(references.compactMap { keys[$0]?.id })
        return keys.filter { ids.contains($0.id) }
    }
}

extension PolicyStatement {
    /// Whether it reaches the audit buckets, their objects, or the keys they are encrypted under.
    fileprivate func touches(_ logs: [Bucket], _ keys: [Key]) -> Bool {
        if logs.contains(where: { touchesObjects(of: $0) || coversAny(of: $0.spellings) }) { return true }
        if coversAny(of: keys.map { "${\($0.id).Arn}" }) { return true }
        return keys.compactMap(\.name.value).contains { name in
            resources.contains { ARN($0).map { Glob.matches($0.resource, "key/\(name)") } == true }
        }
    }
}

extension Inquiry {
    fileprivate mutating func forbidEarlyEnd(of bucket: Bucket) {
        if let why = bucket.lifecycle.whyUnknown { doubt("the lifecycle rules cannot be told: \(why)") }
        let locked = bucket.objectLock.value?.retentionDays.value ?? 0
        if bucket.isEmptiedOnRemoval.value == true {
            fail("it is emptied when it leaves the source (force_destroy)", at: bucket.isEmptiedOnRemoval.place)
        }
        for rule in bucket.lifecycle.value ?? [] where rule.isEnabled.value != false {
            if let why = rule.expirationDays.whyUnknown { doubt("when objects expire cannot be told: \(why)") }
            if let days = rule.expirationDays.value, days < locked {
                fail(
                    "objects expire after \(days) days, before their retention of \(locked) ends",
                    at: bucket.lifecycle.place)
            }
        }
        prove("no rule ends a log before its retention")
    }

    fileprivate mutating func requireForwarding(from bucket: Bucket, in graph: Graph) {
        requireFlag(bucket.isVersioned, "versioning, which replication needs,", absentAs: false)
        guard let rules = need(bucket.replication, "the replication of access logs to the locked bucket") else {
            return
        }
        requireOne(
            of: rules.filter { $0.isEnabled.value != false },
            orFail: "no rule copies the access logs to a locked and versioned bucket",
            name: { rule in
                graph.bucket(at: rule.destination)?.id ?? "a rule"
            }
        ) { rule, ask in
            guard let target = graph.bucket(at: rule.destination) else {
                return ask.doubt("the target of the replication is not in this input")
            }
            ask.requireFlag(target.isObjectLockEnabled, "its Object Lock", absentAs: false)
            ask.requireFlag(target.isVersioned, "its versioning", absentAs: false)
            ask.relate("copied to \(target.id)", at: target.place)
        }
    }

    fileprivate mutating func requireArchive(of consumer: StreamConsumer, to logs: [Bucket], in graph: Graph) {
        guard let function = graph.functions[consumer.function], let role = graph.roles[function.role] else {
            return doubt("where the changes are kept is not in this input")
        }
        let writes = role.grants(of: "s3:PutObject")
        if writes.contains(where: { statement in logs.contains { statement.touchesObjects(of: $0) } }) {
            prove("\(function.id) writes the changes to the locked bucket")
        } else if role.whyUndecided != nil {
            doubt("where \(role.id) may write cannot be told")
        } else {
            fail(
                "\(function.id) may not write to the locked bucket, so the stream's archive is not locked",
                at: function.place)
        }
    }
}

// MARK: - SEC-3.7

extension Graph {
    /// `RetentionInDays` of CloudFormation's `AWS::Logs::LogGroup`.
    private static let legalRetentions = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]

    fileprivate func judgeRetention() -> [Judgement] {
        let groups = logGroups.map { group in
            Judgement.about(group) { ask in
                ask.require(
                    group.retentionDays, "the retention in days", wanted: "one of CloudWatch's values, such as 365"
                ) {
                    Self.legalRetentions.contains($0)
                }
            }
        }
        if source == .engine { return groups }
        let own = endpoints.map { endpoint in
            Judgement.about(endpoint) { $0.requireOwnLogGroup(of: endpoint, in: self, else: "which never ends") }
        }
        guard environment == .production else { return groups + own }
        let locks = auditBuckets.map { bucket in
            Judgement.about(bucket) { ask in
                guard let lock = ask.need(bucket.objectLock, "the default retention") else { return }
                ask.requireRetention(lock.retentionDays, in: self)
            }
        }
        return groups + own + (locks.isEmpty ? judgeMissingAuditBucket() : locks)
    }
}
