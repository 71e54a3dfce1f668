// How much data a disaster may take, and how copies of it are kept.

import PlumbModel

extension PolicyBook {
    static let dataLoss = Control(
        "REL-3.4", "Computed data loss is under 15 minutes for every class",
        severities: Severities(production: .critical),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "RPO (Recovery Point Objective): < 15 minutes data loss tolerance",
        limit: "15 minutes",
        remedy:
            "Version every bucket, replicate the models of critical endpoints with Replication Time Control and "
            + "alarm on its latency, and switch on point-in-time recovery of every table.",
        traps: [
            "Hourly backups lose 60 + 60 minutes and the time of the job, whatever the plan's text says.",
            "Captured requests are flushed in batches: their loss is flush + 15 minutes.",
            "Point-in-time recovery restores into a new table.",
        ],
        holds: [
            ControlExample("versioned, replicated with time control, point-in-time recovery"),
            ControlExample("a table with replicas instead of point-in-time recovery") { graph in
                graph.tables.mutateEach { table in
                    table.hasPointInTimeRecovery = false
                    table.replicaRegions = .known(["eu-west-1"])
                }
            },
        ],
        fails: [
            ControlExample("models in a bucket without versions, backed up hourly") { graph in
                graph.buckets[id: "ArtifactBucket"]?.isVersioned = false
            },
            ControlExample("a table without point-in-time recovery or replicas") { graph in
                graph.tables.mutateEach { table in
                    table.hasPointInTimeRecovery = .absent
                    table.replicaRegions = .absent
                }
            },
            ControlExample("replication without time control") { graph in
                graph.changeReplication { $0.timeControlMinutes = .absent }
            },
            ControlExample("replication whose latency nobody watches") { graph in
                graph.alarms.removeAll { $0.id == "ReplicationLagAlarm" }
            },
        ],
        judge: losesLittle)

    @Sendable private static func losesLittle(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine {
            return graph.judgeUndecided(
                "the engine has recorded no snapshot interval or copy of its state, which decide it")
        }
        let artefacts = Set(graph.artefactBuckets.map(\.id))
        let classes = graph.buckets.filter { bucket in
            artefacts.contains(bucket.id) || bucket.purpose.value == .captures || bucket.purpose.value == .audit
        }
        let ofBuckets = classes.map { bucket -> Judgement in
            .about(bucket) { ask in
                requireVersions(bucket, &ask)
                guard artefacts.contains(bucket.id) else { return }
                requireReplicationLag(bucket, in: graph, &ask)
            }
        }
        let ofTables = graph.tables.map { table -> Judgement in
            .about(table) { ask in requirePointInTime(table, in: graph, &ask) }
        }
        return ofBuckets + ofTables + graph.judgeMissingArtefacts("the loss of models")
    }

    private static func requireVersions(_ bucket: Bucket, _ ask: inout Inquiry) {
        switch bucket.isVersioned.defaulting(to: false).state {
        case .known(true): ask.prove("versions lose 0 min to a mistake in the region")
        case .unknown(let why): ask.doubt("whether it keeps versions cannot be told: \(why)")
        default:
            let minutes = Arithmetic.text(DataLoss.hourlySnapshotMinutes)
            ask.fail("it keeps no versions; hourly backups lose 60 + 60 = \(minutes) min and more, wanted under 15")
        }
    }

    private static func requirePointInTime(_ table: Table, in graph: Graph, _ ask: inout Inquiry) {
        if table.replicaRegions.value?.isEmpty == false {
            return ask.prove("replicas in other regions lag by seconds")
        }
        ask.requireFlag(table.hasPointInTimeRecovery, "point-in-time recovery", absentAs: false)
        let limit = graph.thresholds.recoveryPointMinutes
        if limit < DataLoss.pointInTimeMinutes {
            let minutes = Arithmetic.text(DataLoss.pointInTimeMinutes)
            ask.fail("point-in-time recovery lags by \(minutes) min, wanted at most \(Arithmetic.text(limit))")
        }
    }

    /// For critical endpoints the loss of the region counts as well.
    private static func requireReplicationLag(_ bucket: Bucket, in graph: Graph, _ ask: inout Inquiry) {
        let critical = graph.criticality
        if critical.value == false { return }
        guard critical.isKnown else {
            return ask.doubt("whether the models are critical cannot be told: \(critical.whyUnknown ?? "")")
        }
        guard let rules = ask.need(bucket.replication, "replication to another region") else { return }
        let limit = graph.thresholds.recoveryPointMinutes
        ask.requireOne(of: rules.enumerated(), orFail: "no rule replicates", name: { "rule \($0.offset + 1)" }) {
            let rule = $0.element
            $1.requireFlag(rule.isEnabled, "its status (enabled)", absentAs: false)
            $1.require(rule.timeControlMinutes, "its time control in minutes", wanted: Arithmetic.text(limit)) {
                Double($0) <= limit
            }
        }
        let watching = graph.alarms[graph.joined(ReplicationAlarms.self).positions]
        if watching.isEmpty, graph.source == .terraform {
            return ask.doubt("no alarm of this plan watches the replication's latency; another configuration may")
        }
        ask.requireOne(of: watching, orFail: "no alarm watches the replication's latency", name: \.id) {
            $1.require($0.threshold, "its threshold in seconds", wanted: "at most \(Arithmetic.text(limit * 60))") {
                $0 <= limit * 60
            }
        }
    }

    static let artefactReplication = Control(
        "REL-3.5", "Artefacts are versioned and replicated to another region with time control",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "multi-region deployment for critical workloads / < 15 minutes",
        limit: "15 minutes",
        remedy: "Replicate the model bucket to a bucket of another region with ReplicationTime and Metrics, and with "
            + "SseKmsEncryptedObjects and a replica key of that region.",
        traps: [
            "Without SseKmsEncryptedObjects, objects under a KMS key are silently left out.",
            "Replication within the region is no recovery from its loss.",
            "Objects that were there before the rule are not replicated.",
        ],
        holds: [
            ControlExample("replicated with time control and a key of the other region"),
            ControlExample("a rule limited to a prefix that covers the models") { graph in
                graph.models.mutateEach { $0.dataURL = "s3://models-example/digits/model.tar.gz" }
                graph.changeReplication { $0.prefix = "digits/" }
            },
        ],
        fails: [
            ControlExample("objects under a KMS key not selected") { graph in
                graph.changeReplication { $0.selectsKMSObjects = .absent }
            },
            ControlExample("a destination in the same region") { graph in
                let region = graph.region
                graph.changeReplication { $0.destinationRegion = region }
                graph.buckets[id: "ReplicaBucket"]?.head.region = region
            },
            ControlExample("a rule that is switched off") { graph in
                graph.changeReplication { $0.isEnabled = false }
            },
            ControlExample("no time control") { graph in
                graph.changeReplication { $0.timeControlMinutes = .absent }
            },
            ControlExample("a rule for another prefix") { graph in
                graph.models.mutateEach { $0.dataURL = "s3://models-example/digits/model.tar.gz" }
                graph.changeReplication { $0.prefix = "reports/" }
            },
        ],
        judge: replicatesArtefacts)

    @Sendable private static func replicatesArtefacts(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine {
            return graph.judgeUndecided("the engine has recorded no second store of its artefacts, which decides it")
        }
        let critical = graph.criticality
        let ofBuckets = graph.artefactBuckets.map { bucket in
            graph.ifCritical(critical, bucket.id, at: bucket.place) {
                .about(bucket) { ask in
                    ask.requireFlag(bucket.isVersioned, "versioning", absentAs: false)
                    guard let rules = ask.need(bucket.replication, "its replication") else { return }
                    if bucket.replicationRole.isAbsent { ask.fail("its replication has no role") }
                    ask.requireOne(
                        of: rules.enumerated(), orFail: "no rule replicates the models",
                        name: { "rule \($0.offset + 1)" }
                    ) { requireFullReplication($0.element, of: bucket, in: graph, &$1) }
                }
            }
        }
        return ofBuckets + (critical.value == false ? [] : graph.judgeMissingArtefacts("their replication"))
    }

    private static func requireFullReplication(
        _ rule: ReplicationRule, of bucket: Bucket, in graph: Graph, _ ask: inout Inquiry
    ) {
        ask.requireFlag(rule.isEnabled, "its status (enabled)", absentAs: false)
        ask.require(rule.timeControlMinutes, "its time control in minutes", wanted: "15") { $0 == 15 }
        ask.requireFlag(rule.hasMetrics, "its metrics", absentAs: false)
        requirePrefix(rule, in: graph, &ask)
        let target = graph.buckets[rule.destination]
        var region = rule.destinationRegion
        if region.isAbsent, let target { region = graph.region(of: target) }
        if region.isAbsent {
            ask.doubt("the destination's region cannot be seen in a bucket's ARN; the live account decides it")
        } else if graph.region(of: bucket).isAbsent {
            ask.doubt("the copies go to \(region.value ?? "a region"); where the bucket itself is made, is not said")
        } else if let own = ask.need(graph.region(of: bucket), "the bucket's region") {
            ask.require(region, "the destination's region", wanted: "another than \(own)") { $0 != own }
        }
        // A bucket that says nothing is encrypted under S3's own keys, which replicate without more ado.
        let algorithm = bucket.encryption.value?.algorithm ?? bucket.encryption.map { _ in "" }
        if let why = algorithm.whyUnknown { return ask.doubt("how the bucket encrypts cannot be told: \(why)") }
        guard algorithm.value?.hasPrefix("aws:kms") == true else { return }
        ask.requireFlag(rule.selectsKMSObjects, "SseKmsEncryptedObjects", absentAs: false)
        guard let key = ask.need(rule.replicaKey, "the key of the replicas") else { return }
        // A key serves its own region only, and so tells where the copies are.
        if let known = graph.keys[key], graph.isElsewhere(known).value == false {
            ask.fail("the replicas' key \(known.id) lies in the primary region", at: known.place)
        }
    }

    private static func requirePrefix(_ rule: ReplicationRule, in graph: Graph, _ ask: inout Inquiry) {
        guard let prefix = rule.prefix.value, !prefix.isEmpty else {
            if rule.prefix.isUnknown { ask.doubt("which prefix it covers cannot be told") }
            return
        }
        for model in graph.models {
            guard let address = model.dataURL.value, address.hasPrefix("s3://") else {
                if !model.dataURL.isAbsent {
                    ask.doubt("whether '\(prefix)' covers the data of \(model.id) is not known")
                }
                continue
            }
            let key = Graph.key(of: address)
            if !key.hasPrefix(prefix) { ask.fail("it covers '\(prefix)', and \(model.id) lies under '\(key)'") }
        }
    }

    static let backups = Control(
        "REL-3.6", "Backups are automatic, matched, encrypted and locked",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Implementation: Automated backups",
        limit: "35 days at most for continuous backups",
        remedy:
            "Back the model bucket up continuously into a locked vault under a customer-managed key, by a selection "
            + "that names it or its tag, and switch on point-in-time recovery of tables.",
        traps: [
            "A selection by a tag that no resource carries backs nothing up.",
            "Continuous backup covers S3, not DynamoDB: tables need their own point-in-time recovery.",
            "AWS Backup does not back up endpoints: their template does.",
        ],
        holds: [
            ControlExample("a continuous backup in a locked vault"),
            ControlExample("a selection by a tag that the bucket carries") { graph in
                graph.backupSelections.mutateEach {
                    $0.resources = .absent
                    $0.tagKey = "ml:backup"
                    $0.tagValue = "yes"
                }
                graph.buckets.mutateEach { $0.head.tags = .known(["ml:backup": "yes"]) }
            },
        ],
        fails: [
            ControlExample("a selection by a tag that nothing carries") { graph in
                graph.backupSelections.mutateEach {
                    $0.resources = .absent
                    $0.tagKey = "backup"
                    $0.tagValue = "true"
                }
            },
            ControlExample("a vault without a lock") { graph in
                graph.backupVaults.mutateEach { $0.isLocked = .absent }
            },
            ControlExample("continuous backups kept for a year") { graph in
                graph.changeBackupRules { $0.deleteAfterDays = 365 }
            },
            ControlExample("daily snapshots only") { graph in
                graph.changeBackupRules { $0.isContinuous = .absent }
            },
            ControlExample("a table that relies on the backup plan") { graph in
                graph.tables.mutateEach { $0.hasPointInTimeRecovery = false }
            },
            ControlExample("no backup plan") { graph in
                graph.backupPlans = []
                graph.backupSelections = []
            },
        ],
        judge: backsUp)

    @Sendable private static func backsUp(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine {
            return graph.judgeUndecided(
                "the engine has recorded no snapshot that was restored and verified, which decides it")
        }
        let ofBuckets = graph.artefactBuckets.map { bucket -> Judgement in
            .about(bucket) { ask in
                ask.requireOne(
                    of: graph.backupSelections, orFail: "no backup takes this bucket", name: \.id
                ) { requireBackup(of: bucket, by: $0, in: graph, &$1) }
                requireCopyElsewhere(bucket, in: graph, &ask)
            }
        }
        let ofTables = graph.tables.map { table -> Judgement in
            .about(table) { ask in
                ask.requireFlag(table.hasPointInTimeRecovery, "point-in-time recovery", absentAs: false)
                let limit = graph.thresholds.recoveryPointMinutes
                if limit < DataLoss.pointInTimeMinutes {
                    let minutes = Arithmetic.text(DataLoss.pointInTimeMinutes)
                    ask.fail("point-in-time recovery lags by \(minutes) min, wanted at most \(Arithmetic.text(limit))")
                }
            }
        }
        return ofBuckets + ofTables + graph.judgeMissingArtefacts("their backup")
    }

    private static func requireBackup(
        of bucket: Bucket, by selection: BackupSelection, in graph: Graph, _ ask: inout Inquiry
    ) {
        requireMatch(selection, bucket, &ask)
        guard let reference = ask.need(selection.plan, "its plan") else { return }
        guard let plan = graph.backupPlans[reference] else { return ask.doubt("its plan is not part of this input") }
        ask.relate("the backup plan \(plan.id)", at: plan.place)
        guard let rules = ask.need(plan.rules, "the rules of \(plan.id)") else { return }
        ask.requireOne(
            of: rules, orFail: "\(plan.id) has no rule that is right", name: { $0.name.value ?? "a rule" }
        ) { rule, ask in
            ask.requireFlag(rule.isContinuous, "EnableContinuousBackup", absentAs: false)
            ask.require(rule.deleteAfterDays, "DeleteAfterDays", wanted: "1 to 35") { (1...35).contains($0) }
            guard let vault = ask.need(rule.vault, "its vault") else { return }
            guard let vault = graph.backupVaults[vault] else { return ask.doubt("its vault is not part of this input") }
            ask.requireFlag(vault.isLocked, "the lock of \(vault.id)", absentAs: false)
            guard let key = ask.need(vault.key, "the key of \(vault.id)") else { return }
            if let key = graph.keys[key] {
                ask.requireFlag(key.isCustomerManaged, "customer management of \(key.id)", absentAs: true)
            } else if case .external(let name) = key, name.contains("alias/aws/") {
                ask.fail("\(vault.id) is encrypted under AWS's own key")
            }
        }
    }

    /// A selection takes a bucket that it names, or that carries its tag.
    private static func requireMatch(_ selection: BackupSelection, _ bucket: Bucket, _ ask: inout Inquiry) {
        let resources = selection.resources.value ?? []
        let isNamed = resources.contains { resource in
            switch resource.value {
            case .resource(let id): id == bucket.id
            case .external(let arn): arn == "*" || (bucket.name.value.map { arn.hasSuffix(":::\($0)") } ?? false)
            case nil: false
            }
        }
        if isNamed { return ask.prove("it names the bucket") }
        if selection.resources.isUnknown || resources.contains(where: \.isUnknown) {
            return ask.doubt("which resources it takes cannot be told from this input")
        }
        guard let key = selection.tagKey.value, let wanted = selection.tagValue.value else {
            if selection.tagKey.isUnknown || selection.tagValue.isUnknown {
                return ask.doubt("by which tag it selects cannot be told")
            }
            return ask.fail("it does not name \(bucket.id)")
        }
        switch bucket.head.tags.state {
        case .known(let tags) where tags[key] == wanted: ask.prove("the bucket carries its tag \(key)=\(wanted)")
        case .unknown(let why): ask.doubt("whether \(bucket.id) carries \(key)=\(wanted) cannot be told: \(why)")
        default: ask.fail("it selects by the tag \(key)=\(wanted), which \(bucket.id) does not carry")
        }
    }

    /// Critical endpoints keep a copy outside the region: the backup's, or the replication's.
    private static func requireCopyElsewhere(_ bucket: Bucket, in graph: Graph, _ ask: inout Inquiry) {
        guard graph.criticality.value == true else { return }
        let isReplicated = (bucket.replication.value ?? []).contains { $0.isEnabled.value == true }
        let isCopied = graph.backupPlans.contains { plan in
            (plan.rules.value ?? []).contains { $0.copyRegions.value?.isEmpty == false }
        }
        if isReplicated || isCopied { return ask.prove("a copy lies outside the region") }
        if bucket.replication.isUnknown { return ask.doubt("whether a copy lies outside the region cannot be told") }
        ask.fail("no copy lies outside the region: neither the backup's nor a replication's")
    }
}

extension Graph {
    /// Changes every replication rule of the model bucket, for examples.
    fileprivate mutating func changeReplication(_ change: (inout ReplicationRule) -> Void) {
        guard var rules = buckets[id: "ArtifactBucket"]?.replication.value else { return }
        for index in rules.indices { change(&rules[index]) }
        buckets[id: "ArtifactBucket"]?.replication = .known(rules)
    }

    /// Changes every rule of every backup plan, for examples.
    fileprivate mutating func changeBackupRules(_ change: (inout BackupRule) -> Void) {
        backupPlans.mutateEach { plan in
            guard var rules = plan.rules.value else { return }
            for index in rules.indices { change(&rules[index]) }
            plan.rules = .known(rules)
        }
    }
}
