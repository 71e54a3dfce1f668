// What buckets and roles are for: their own word, or else how they are wired.

import PlumbModel

/// Settles the purposes that controls ask for.
enum Purposes {
    private static let tag = "ml:purpose"
    private static let buckets: [String: Bucket.Purpose] = [
        "artifacts": .artifacts, "artifact": .artifacts, "artefacts": .artifacts, "models": .artifacts,
        "modelartifacts": .artifacts, "captures": .captures, "capture": .captures, "datacapture": .captures,
        "accesslogs": .accessLogs, "accesslog": .accessLogs, "serveraccesslogs": .accessLogs, "audit": .audit,
        "auditlogs": .audit, "trail": .audit, "replica": .replica,
    ]
    private static let roles: [String: Role.Purpose] = [
        "execution": .execution, "invoke": .invoke, "invocation": .invoke, "deploy": .deploy, "deployment": .deploy,
        "operate": .operate, "operation": .operate, "operations": .operate, "audit": .audit, "approve": .approve,
        "approval": .approve, "replication": .replication, "backup": .backup, "automation": .automation,
        "scheduler": .scheduler,
    ]
    /// What the service that plays a role says about it.
    private static let services: [String: Role.Purpose] = [
        "sagemaker.amazonaws.com": .execution, "s3.amazonaws.com": .replication, "backup.amazonaws.com": .backup,
        "scheduler.amazonaws.com": .scheduler, "lambda.amazonaws.com": .automation,
        "events.amazonaws.com": .automation, "ssm.amazonaws.com": .automation, "states.amazonaws.com": .automation,
    ]

    static func bucket(from tags: Fact<[String: String]>) -> Fact<Bucket.Purpose> { word(in: tags, buckets) }
    static func role(from tags: Fact<[String: String]>) -> Fact<Role.Purpose> { word(in: tags, roles) }

    /// Absent for a word that is none of ours: another use of the same tag, which the wiring may explain.
    private static func word<Purpose>(in tags: Fact<[String: String]>, _ words: [String: Purpose]) -> Fact<Purpose> {
        guard let text = tags.value?[tag], let purpose = words[text.lowercased().filter(\.isLetter)] else {
            return .absent
        }
        return .known(purpose, at: tags.place)
    }

    /// Gives a purpose to every bucket and role that has none, once all resources are in the graph.
    static func settle(in graph: inout Graph) {
        let ofBuckets = wiredBuckets(graph)
        graph.buckets.mutateEach { bucket in
            if bucket.purpose.isAbsent, let purpose = ofBuckets[bucket.id] { bucket.purpose = .known(purpose) }
        }
        let ofRoles = wiredRoles(graph)
        graph.roles.mutateEach { role in
            guard role.purpose.isAbsent else { return }
            if let purpose = ofRoles[role.id] ?? played(role) { role.purpose = .known(purpose) }
        }
    }

    private static func played(_ role: Role) -> Role.Purpose? {
        let allowed = (role.trust.value?.statements ?? []).filter { $0.effect == .allow }
        let players = Set(allowed.flatMap(\.principals).filter { $0.kind == "Service" }.map(\.id))
        guard players.count == 1, let player = players.first else { return nil }
        return services[player]
    }

    /// The first use counts: where the trail ends outweighs whatever else lies there.
    private static func wiredBuckets(_ graph: Graph) -> [String: Bucket.Purpose] {
        var idByName: [String: String] = [:]
        for bucket in graph.buckets { if let name = bucket.name.value { idByName[name] = bucket.id } }
        var purposes: [String: Bucket.Purpose] = [:]
        func give(_ purpose: Bucket.Purpose, to id: String?) {
            if let id, purposes[id] == nil { purposes[id] = purpose }
        }
        func id(_ reference: Fact<Reference>) -> String? {
            switch reference.value {
            case .resource(let id)?: id
            case .external(let name)?: idByName[name]
            case nil: nil
            }
        }
        func id(behind address: Fact<String>) -> String? {
            guard let address = address.value, address.hasPrefix("s3://") else { return nil }
            let name = String(address.dropFirst(5).prefix { $0 != "/" })
            if let id = idByName[name] { return id }
            guard name.hasPrefix("${"), name.hasSuffix("}") else { return nil }
            let inside = String(name.dropFirst(2).dropLast())
            return graph.buckets[id: inside]?.id
        }
        for trail in graph.trails { give(.audit, to: id(trail.bucket)) }
        for bucket in graph.buckets {
            if let purpose = invited(bucket) { give(purpose, to: bucket.id) }
        }
        for bucket in graph.buckets where id(bucket.loggingDestination) != bucket.id {
            give(.accessLogs, to: id(bucket.loggingDestination))
        }
        for bucket in graph.buckets {
            let isLog = purposes[bucket.id] == .accessLogs || bucket.purpose.value == .accessLogs
            for rule in bucket.replication.value ?? [] where id(rule.destination) != bucket.id {
                guard let target = id(rule.destination) else { continue }
                // Access logs are copied on to where the record is kept, if that is locked.
                if isLog, graph.buckets[id: target]?.isObjectLockEnabled.value != true { continue }
                give(isLog ? .audit : .replica, to: target)
            }
        }
        for model in graph.models {
            let bucket = id(behind: model.dataURL)
            // Where the second region's models lie, the first region's are copied to.
            let isElsewhere =
                !model.head.region.isAbsent && bucket.map { graph.buckets[id: $0]?.head.region.isAbsent } == false
            give(isElsewhere ? .replica : .artifacts, to: bucket)
        }
        for config in graph.endpointConfigs {
            if let capture = config.dataCapture.value { give(.captures, to: id(behind: capture.destination)) }
        }
        return purposes
    }

    /// What the one service that a bucket's policy lets write there says about the bucket: a plan often hides who is
    /// sent where, but not this.
    private static func invited(_ bucket: Bucket) -> Bucket.Purpose? {
        let writers: [String: Bucket.Purpose] = [
            "logging.s3.amazonaws.com": .accessLogs, "cloudtrail.amazonaws.com": .audit,
        ]
        let writing = (bucket.policy.value?.statements ?? []).filter { statement in
            statement.effect == .allow && statement.actions.contains { $0.lowercased() == "s3:putobject" }
        }
        let invited = Set(writing.flatMap(\.principals).compactMap { $0.kind == "Service" ? writers[$0.id] : nil })
        return invited.count == 1 ? invited.first : nil
    }

    private static func wiredRoles(_ graph: Graph) -> [String: Role.Purpose] {
        var purposes: [String: Role.Purpose] = [:]
        func give(_ purpose: Role.Purpose, to reference: Fact<Reference>) {
            if case .resource(let id)? = reference.value, purposes[id] == nil { purposes[id] = purpose }
        }
        for model in graph.models { give(.execution, to: model.role) }
        for bucket in graph.buckets { give(.replication, to: bucket.replicationRole) }
        for selection in graph.backupSelections { give(.backup, to: selection.role) }
        for plan in graph.restoreTestingPlans { give(.backup, to: plan.role) }
        for function in graph.functions { give(.automation, to: function.role) }
        for schedule in graph.schedules { give(.scheduler, to: schedule.role) }
        return purposes
    }
}
