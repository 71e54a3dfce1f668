// What a recovery rests on: criticality, the buckets that hold the models, and the second region.

import PlumbModel

extension Graph {
    /// Whether an endpoint was declared critical; not declared means it is not.
    func isCritical(_ endpoint: Endpoint) -> Fact<Bool> {
        guard let declaration = declaration(of: endpoint) else {
            return .unknown("nothing is declared about the endpoint")
        }
        return declaration.isCritical.defaulting(to: false)
    }

    /// For examples: an account whose restore testing plans last restored so many days ago.
    mutating func showRestores(_ status: String, daysAgo days: Int) {
        source = .live
        for plan in restoreTestingPlans {
            live.restores[plan.id] = .known([LiveFacts.Run(status, on: asOf.adding(days: -days))])
        }
    }

    /// Whether any endpoint was declared critical, for resources that belong to no single one.
    var criticality: Fact<Bool> { joined(Criticality.self).isAnyCritical }

    /// Applies a rule that only critical endpoints are held to.
    ///
    /// When it is not known whether the endpoint is critical, a breach is only as certain as that.
    func ifCritical(
        _ isCritical: Fact<Bool>, _ resource: String, at place: Place?, _ judge: () -> Judgement
    ) -> Judgement {
        switch isCritical.state {
        case .known(false), .absent:
            return Judgement(.notApplicable, resource, at: place, "not declared critical")
        case .known(true): return judge()
        case .unknown(let why):
            var judgement = judge()
            guard judgement.verdict == .fails else { return judgement }
            judgement.verdict = .unknown
            judgement.message = "whether it is critical cannot be told (\(why)); if it is: \(judgement.message)"
            return judgement
        }
    }

    /// The buckets that hold model artefacts: so marked, or named by a model's data.
    var artefactBuckets: [Bucket] {
        let named = Set(models.compactMap { Self.bucketName(of: $0.dataURL.value) })
        return buckets.filter { bucket in
            guard bucket.purpose.value != .replica else { return false }
            return bucket.purpose.value == .artifacts || bucket.name.value.map(named.contains) ?? false
                || named.contains("${\(bucket.id)}")
        }
    }

    /// The bucket of an `s3://` address.
    static func bucketName(of address: String?) -> String? {
        guard let address, address.hasPrefix("s3://") else { return nil }
        return address.dropFirst(5).split(separator: "/").first.map(String.init)
    }

    /// The part of an `s3://` address behind the bucket.
    static func key(of address: String) -> String {
        address.dropFirst(5).split(separator: "/", maxSplits: 1).dropFirst().joined()
    }

    /// The region of a resource: its own, or the graph's.
    func region(of resource: some Resource) -> Fact<String> {
        resource.head.region.isAbsent ? region : resource.head.region
    }

    /// Whether a resource lies outside the region of the primary; unknown when either is.
    func isElsewhere(_ resource: some Resource) -> Fact<Bool> {
        guard !resource.head.region.isAbsent else { return false }
        guard let own = resource.head.region.value else {
            return .unknown(resource.head.region.whyUnknown ?? "its region is not known")
        }
        guard let primary = region.value else {
            return .unknown(region.whyUnknown ?? "the primary region is not known")
        }
        return .known(own != primary)
    }

    /// How long resolvers keep the records by which clients leave a region.
    var failoverTTLs: [Int] { recordSets.filter { !$0.failover.isAbsent }.compactMap(\.ttlSeconds.value) }

    /// A judgement for each endpoint whose model artefacts lie in no bucket of this input.
    func judgeMissingArtefacts(_ subject: String) -> [Judgement] {
        guard artefactBuckets.isEmpty else { return [] }
        return endpoints.map {
            .about($0) { ask in
                ask.doubt(
                    "the bucket that holds the model is not part of this input; \(subject) is decided where it is")
            }
        }
    }
}

extension Inquiry {
    /// The plan of an endpoint; its absence fails.
    mutating func needRecoveryPlan(of endpoint: Endpoint, in graph: Graph) -> RecoveryPlan? {
        guard let declaration = graph.declaration(of: endpoint) else {
            doubt("nothing is declared about the endpoint; its spec (recovery) decides it")
            return nil
        }
        return need(declaration.recovery, "the recovery plan (spec: recovery)")
    }

    /// A record must not be older than `daysMax`, nor dated in the future.
    mutating func requireFresh(_ day: Day?, _ what: String, daysMax: Int, on today: Day) {
        guard let day else { return fail("\(what) has no date") }
        let age = today.days(since: day)
        if age < 0 {
            fail("\(what) is dated \(day), which is after \(today)")
        } else if age > daysMax {
            fail("\(what) is \(age) days old (\(day)), wanted at most \(daysMax)")
        } else {
            prove("\(what) is \(age) days old")
        }
    }
}
