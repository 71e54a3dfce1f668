// What is recorded, and where the record goes: SEC-3.1 to SEC-3.4.

import PlumbModel

// MARK: - SEC-3.1

extension Inquiry {
    mutating func requireCompleteness(of trail: Trail, in graph: Graph) {
        // Terraform's own default; CloudFormation wants it written.
        requireFlag(trail.isLogging, "logging", absentAs: graph.source == .terraform ? true : nil)
        // CreateTrail's own default.
        requireFlag(trail.includesGlobalEvents, "recording of global services", absentAs: true)
        requireFlag(trail.isMultiRegion, "recording of all regions", absentAs: false)
        requireFlag(trail.validatesLogFiles, "log-file validation", absentAs: false)
        if graph.environment == .production { requireCustomerKey(trail.key, of: "the trail", in: graph) }
        requireManagementEvents(of: trail)
        requireTarget(of: trail, in: graph)
        requireDelivery(of: trail, in: graph)
    }

    private mutating func requireManagementEvents(of trail: Trail) {
        switch trail.selectors.state {
        case .absent: prove("all management events are recorded, as by default")
        case .unknown(let why): doubt("the selectors cannot be told from this input: \(why)")
        case .known(let selectors):
            let management = selectors.filter { $0.category.value == "Management" }
            if let vague = selectors.first(where: { $0.category.isUnknown }), management.isEmpty {
                doubt("what a selector records cannot be told: \(vague.category.whyUnknown ?? "")")
            } else if management.isEmpty && !selectors.isEmpty {
                fail(
                    "no selector is for management events, so a list of selectors drops them", at: trail.selectors.place
                )
            }
            for selector in management {
                require(selector.readWrite, "the management events", wanted: "reads and writes (All)", absentAs: "All")
                {
                    $0 == "All"
                }
                require(selector.excludedSources, "the excluded sources", wanted: "none", absentAs: []) { $0.isEmpty }
            }
        }
    }

    private mutating func requireTarget(of trail: Trail, in graph: Graph) {
        guard need(trail.bucket, "the trail's bucket") != nil else { return }
        guard let bucket = graph.bucket(at: trail.bucket) else {
            doubt("the trail's bucket is not in this input, so its lock cannot be told")
            return
        }
        relate("the trail's bucket \(bucket.id)", at: bucket.place)
        guard graph.environment == .production else { return }
        requireFlag(bucket.isObjectLockEnabled, "Object Lock of the trail's bucket \(bucket.id)", absentAs: false)
    }

    /// An engine's record of control actions: entries under one head, by which any change of them would show.
    mutating func requireChainedRecord(_ evidence: Evidence?) {
        guard let evidence else {
            doubt(
                "the engine does not show its record of control actions; evidence of audit (entries, head) "
                    + "would decide it"
            )
            return
        }
        let entries = Int(bounded: evidence.numbers["entries"] ?? 0)
        guard let head = evidence.texts["head"], !head.isEmpty else {
            doubt("\(entries) control actions are recorded, but without a head nothing shows that none was changed")
            return
        }
        guard entries > 0 else {
            return doubt("the record of control actions is empty, though the endpoint was deployed")
        }
        prove("\(entries) control actions are recorded under the head \(head.prefix(16)) on \(evidence.day)")
    }
}

// MARK: - SEC-3.2

extension Graph {
    func judgeDataEvents() -> [Judgement] {
        guard !trails.isEmpty else {
            return judgeAccount { $0.fail("no trail is there to record access to objects, items and inferences") }
        }
        let objects = judgeModelDataBuckets { bucket, ask in
            ask.requireDataEvents(of: "AWS::S3::Object", in: self) { selector in
                selector.coversObjects(of: bucket)
            } hint: { selector in
                bucket.spellings.first { (selector.resources.value ?? []).map(PolicyStatement.normal).contains($0) }
                    .map { "'\($0)' lacks the trailing /" }
            }
        }
        let items = tables.map { table in
            Judgement.about(table) { ask in
                ask.requireDataEvents(of: "AWS::DynamoDB::Table", in: self) {
                    $0.covers(table, arnEnd: table.name.value.map { "table/\($0)" })
                }
            }
        }
        let inferences = endpoints.map { endpoint in
            Judgement.about(endpoint) { ask in
                ask.requireDataEvents(of: "AWS::SageMaker::Endpoint", in: self) {
                    $0.covers(endpoint, arnEnd: endpoint.name.value.map { "endpoint/\($0)" })
                }
            }
        }
        return objects + items + inferences + loops()
    }

    /// Writing a log file is itself a data event of the trail's bucket.
    private func loops() -> [Judgement] {
        trails.compactMap { trail in
            guard let target = bucket(at: trail.bucket) else { return nil }
            let feedsItself = (trail.selectors.value ?? []).contains {
                $0.category.value == "Data" && $0.resourceType.value == "AWS::S3::Object"
                    && $0.coversObjects(of: target)
            }
            guard feedsItself else { return nil }
            return .about(trail) {
                $0.fail("it records the objects of \(target.id), its own bucket, and so feeds itself")
            }
        }
    }
}

extension TrailSelector {
    /// Whether the whole type is recorded: nothing limits it.
    private var isUnlimited: Bool { resources.isAbsent || resources.value == [] }

    /// Values are prefixes that must reach past the bucket's name: `arn:aws:s3:::name/`, or `arn:aws:s3` for all.
    fileprivate func coversObjects(of bucket: Bucket) -> Bool {
        let barred = (excludedResources.value ?? []).map(PolicyStatement.normal)
        if barred.contains(where: { value in bucket.spellings.contains { ($0 + "/").hasPrefix(value) } }) {
            return false
        }
        if isUnlimited { return true }
        return (resources.value ?? []).map(PolicyStatement.normal).contains { value in
            ["arn:aws:s3", "arn:aws:s3:::"].contains(value) || bucket.spellings.contains { value == $0 + "/" }
        }
    }

    /// Whether it names a resource by its id in the graph, or by the end of its ARN.
    fileprivate func covers(_ resource: some Resource, arnEnd: String?) -> Bool {
        func names(_ value: String) -> Bool {
            value.hasPrefix("${\(resource.id).") || value.hasPrefix("${\(resource.id)}")
        }
        if (excludedResources.value ?? []).contains(where: names) { return false }
        if isUnlimited { return true }
        return (resources.value ?? []).contains { value in
            if names(value) { return true }
            guard let arnEnd, let named = ARN(value)?.resource.lowercased() else { return false }
            return named == arnEnd.lowercased() || named == arnEnd.prefix { $0 != "/" } + "/"
        }
    }
}

extension Inquiry {
    /// Some trail must record reads and writes of this type on this resource.
    fileprivate mutating func requireDataEvents(
        of type: String, in graph: Graph, covering covers: (TrailSelector) -> Bool,
        hint: (TrailSelector) -> String? = { _ in nil }
    ) {
        var hints: [String] = []
        var isUndecided = false
        for trail in graph.trails {
            if trail.selectors.isUnknown { isUndecided = true }
            for selector in trail.selectors.value ?? [] where selector.resourceType.value == type {
                if selector.resources.isUnknown || selector.readWrite.isUnknown { isUndecided = true }
                if selector.excludedResources.isUnknown { isUndecided = true }
                guard covers(selector) else {
                    if let hint = hint(selector) { hints.append(hint) }
                    continue
                }
                if let only = selector.readWrite.value, only != "All" {
                    hints.append("\(trail.id) records \(only)")
                } else if type == "AWS::SageMaker::Endpoint", trail.usesAdvancedSelectors.value == false {
                    hints.append("\(trail.id) uses basic selectors, which know no inferences")
                } else if !selector.resources.isUnknown && !selector.readWrite.isUnknown
                    && !selector.excludedResources.isUnknown
                {
                    relate("recorded by the trail \(trail.id)", at: trail.place)
                    return prove("\(trail.id) records every access (\(type))")
                }
            }
        }
        if isUndecided {
            doubt("which data events of \(type) are recorded cannot be told from this input; the account would show it")
        } else {
            fail(
                "no trail records all data events of \(type) here"
                    + (hints.isEmpty ? "" : ": " + hints.joined(separator: ", ")))
        }
    }
}

// MARK: - SEC-3.3

extension Inquiry {
    mutating func requireAccessLogging(of bucket: Bucket, in graph: Graph) {
        guard need(bucket.loggingDestination, "server access logging") != nil else { return }
        guard let target = graph.bucket(at: bucket.loggingDestination) else {
            doubt("the bucket that receives the access logs is not in this input")
            return
        }
        relate("its access logs go to \(target.id)", at: target.place)
        if target.id == bucket.id {
            return fail("it logs to itself, and so logs its own logs", at: bucket.loggingDestination.place)
        }
        if let own = graph.regionName(of: bucket), let its = graph.regionName(of: target), own != its {
            fail(
                "\(target.id) is in \(its), wanted the bucket's own region \(own)", at: bucket.loggingDestination.place)
        }
        let lock = target.isObjectLockEnabled
        requireFlag(lock, "Object Lock of \(target.id), which would refuse the logs,", is: false, absentAs: false)
        requireLogService(isLetInto: target)
        if let algorithm = target.encryption.value?.algorithm.value, algorithm != "AES256" {
            // Not supported, though reported to work: a warning if it is all that is wrong.
            if judgement.verdict != .fails { severity = .low }
            fail(
                "\(target.id) encrypts with \(algorithm), wanted AES256: delivery supports no other",
                at: target.encryption.place)
        }
    }

    private mutating func requireLogService(isLetInto target: Bucket) {
        guard let policy = need(target.policy, "the policy of \(target.id)") else { return }
        let grants = policy.grants(of: "s3:PutObject").filter { statement in
            statement.principals.contains { $0.id == "logging.s3.amazonaws.com" }
        }
        if grants.isEmpty {
            fail("\(target.id) does not let logging.s3.amazonaws.com put objects", at: target.policy.place)
        } else if !grants.contains(where: { $0.isBound(by: ["aws:SourceAccount", "aws:SourceArn"]) }) {
            fail(
                "\(target.id) lets logging.s3.amazonaws.com in for any account: aws:SourceAccount must bind it",
                at: grants.first?.place ?? target.policy.place)
        } else {
            prove("\(target.id) lets the log service in, for this account")
        }
    }
}

// MARK: - SEC-3.4

extension Inquiry {
    mutating func requireKeptStream(of table: Table, in graph: Graph) {
        if let why = table.kinesisStream.whyUnknown { doubt("its Kinesis stream cannot be told: \(why)") }
        if let stream = table.kinesisStream.value { return prove("changes go to the Kinesis stream \(stream)") }
        require(table.streamView, "the stream's view", wanted: "NEW_AND_OLD_IMAGES") { $0 == "NEW_AND_OLD_IMAGES" }
        let consumers = graph.streamConsumers.filter { graph.tables[$0.table]?.id == table.id || $0.table.isUnknown }
        requireOne(
            of: consumers, orFail: "a stream keeps 24 hours, and nothing that reads it keeps more", name: \.id
        ) { consumer, ask in
            if let why = consumer.table.whyUnknown { ask.doubt("which table it reads cannot be told: \(why)") }
            ask.requireFlag(consumer.isEnabled, "that it is enabled", absentAs: true)
            guard let function = graph.functions[consumer.function] else {
                ask.doubt("what the function does with the changes is not in this input")
                return
            }
            ask.relate("read by \(function.id)", at: function.place)
            guard let role = graph.roles[function.role] else {
                return ask.doubt("the role of \(function.id) is not in this input")
            }
            let writes = ["s3:PutObject", "firehose:PutRecord", "firehose:PutRecordBatch"]
            if writes.contains(where: { !role.grants(of: $0).isEmpty }) {
                ask.prove("\(function.id) writes them on")
            } else if role.whyUndecided != nil {
                ask.doubt("what \(role.id) may write cannot be told")
            } else {
                ask.fail("\(function.id) may write neither to a bucket nor to Firehose")
            }
        }
    }
}
