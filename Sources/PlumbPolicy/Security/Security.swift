// Encryption, least privilege, audit: the seed's three policies on security, and the questions that they share.

import PlumbModel

extension Graph {
    /// One judgement for each endpoint: how a running engine, which has no templates to read, is asked.
    func judgeEndpoints(_ ask: (Endpoint, inout Inquiry) -> Void) -> [Judgement] {
        endpoints.map { endpoint in .about(endpoint) { ask(endpoint, &$0) } }
    }

    /// One judgement for each entry point of an engine; while it shows none, nothing can be told of its endpoints.
    func judgeGateways(showing what: String, _ ask: (EntryPoint, inout Inquiry) -> Void) -> [Judgement] {
        if !entryPoints.isEmpty { return entryPoints.map { entry in .about(entry) { ask(entry, &$0) } } }
        return judgeEndpoints { _, ask in
            ask.doubt("the engine does not show its gateway; its entry point (\(what)) would decide it")
        }
    }

    /// The newest evidence about an endpoint, or else about the engine as a whole, which keeps one state and one record
    /// for all that it serves.
    func engineEvidence(_ kind: Evidence.Kind, about endpoint: Endpoint) -> Evidence? {
        newestEvidence(kind, of: endpoint) ?? evidence(kind, for: "").first
    }

    /// The region of a resource: its own, or the graph's; nil where neither is known.
    func regionName(of resource: some Resource) -> String? {
        if resource.head.region.isUnknown { return nil }
        return resource.head.region.value ?? region.value
    }

    /// The bucket a reference points to, by id or by its physical name.
    func bucket(at reference: Fact<Reference>) -> Bucket? {
        switch reference.value {
        case .resource(let id)?: buckets[id: id]
        case .external(let name)?: joined(BucketJoin.self).position(of: name).map { buckets[$0] }
        case nil: nil
        }
    }

    /// The bucket behind an `s3://` address.
    func bucket(behind address: String) -> Bucket? {
        guard address.hasPrefix("s3://") else { return nil }
        let name = String(address.dropFirst(5).prefix { $0 != "/" })
        if let position = joined(BucketJoin.self).position(of: name) { return buckets[position] }
        return buckets[id: name.hasPrefix("${") ? String(name.dropFirst(2).dropLast()) : name]
    }
}

extension Bucket {
    /// Whether another bucket of the graph sends its server access logs here: what makes a bucket a log bucket is its
    /// wiring, not its tag.
    func receivesAccessLogs(in graph: Graph) -> Bool {
        graph.joined(BucketJoin.self).receivingLogs.contains(id)
    }

    /// Why access logs may be sent here although nothing shows it; nil where every destination is known, or where
    /// something else lies here.
    func mayReceiveLogs(in graph: Graph) -> String? {
        guard purpose.value == nil || purpose.value == .accessLogs, !receivesTrail(in: graph) else { return nil }
        return graph.joined(BucketJoin.self).undecided
    }

    /// Whether a trail delivers here.
    func receivesTrail(in graph: Graph) -> Bool {
        graph.joined(BucketJoin.self).receivingTrails.contains(id)
    }

    /// Whether another bucket is copied here.
    func receivesCopies(in graph: Graph) -> Bool {
        graph.joined(BucketJoin.self).receivingCopies.contains(id)
    }

    /// Whether artefacts, training data or captured traffic lie here: what the seed wants audited. A bucket that does
    /// not say what it is for counts, unless logs, trails or copies are sent to it.
    func holdsModelData(in graph: Graph) -> Fact<Bool> {
        switch purpose.value {
        case .artifacts?, .captures?: return true
        case .accessLogs?, .audit?, .replica?: return false
        case nil: break
        }
        if receivesAccessLogs(in: graph) || receivesTrail(in: graph) || receivesCopies(in: graph) { return false }
        return graph.joined(BucketJoin.self).undecided.map { .unknown($0) } ?? true
    }
}

extension Graph {
    /// Judges each bucket in which model data lies. Where it cannot be told whether any does, a failure is a doubt.
    func judgeModelDataBuckets(_ judge: (Bucket, inout Inquiry) -> Void) -> [Judgement] {
        buckets.compactMap { bucket in
            let holds = bucket.holdsModelData(in: self)
            if holds.value == false { return nil }
            var judgement = Judgement.about(bucket) { judge(bucket, &$0) }
            if let why = holds.whyUnknown, judgement.verdict == .fails {
                judgement.verdict = .unknown
                judgement.message =
                    "whether model data lies here cannot be told (\(why)); if it does: \(judgement.message)"
            }
            return judgement
        }
    }
}

extension Inquiry {
    /// The key must be the customer's own: `aws/…` aliases are AWS's keys, and an alias or ARN outside the graph does
    /// not say whose key it is.
    @discardableResult
    mutating func requireCustomerKey(_ fact: Fact<Reference>, of what: String, in graph: Graph) -> Key? {
        switch fact.state {
        case .absent:
            fail("\(what) has no customer-managed key, so a key of AWS's encrypts it", at: fact.place)
        case .unknown(let why):
            doubt("the key of \(what) cannot be told from this input: \(why)")
        case .known(.external(let name)) where name.contains("alias/aws/"):
            fail(
                "\(what) is encrypted under \(name), an AWS-managed key, wanted a customer-managed one", at: fact.place)
        case .known(.external(let name)):
            doubt("whether \(name), the key of \(what), is customer-managed is decided by kms:DescribeKey (KeyManager)")
        case .known(.resource(let id)):
            guard let key = graph.keys[id: id] else {
                doubt("the key \(id) of \(what) is not in this input")
                return nil
            }
            relate("the key of \(what)", at: key.place)
            // A key that a template makes is the customer's; only keys that it merely refers to can be AWS's.
            require(
                key.isCustomerManaged, "\(id), the key of \(what), being customer-managed", wanted: "true",
                absentAs: true
            ) { $0 }
            return key
        }
        return nil
    }
}

extension Sequence where Element == Judgement {
    /// One good one is enough: those that hold, else those that cannot be told, else those that fail.
    var bestOf: [Judgement] {
        let all = Array(self)
        for verdict in [Verdict.holds, .unknown] where all.contains(where: { $0.verdict == verdict }) {
            return all.filter { $0.verdict == verdict }
        }
        return all
    }
}
