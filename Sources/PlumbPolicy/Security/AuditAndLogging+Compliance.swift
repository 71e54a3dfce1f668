// Personal data and regimes: SEC-3.8 and SEC-3.9.

import PlumbModel

extension PolicyBook {
    static let erasablePersonalData = Control(
        "SEC-3.8", "Personal data can be found, limited and erased",
        severities: Severities(production: .high),
        provableAt: [.spec, .cloudformation, .live, .engine], isAttestable: true,
        seed: "Enable compliance with GDPR",
        limit: "captured traffic is kept for at most 30 days",
        remedy:
            "Declare personalData (legalBasis, residency, captureTTLDays, subjectKey), end captured "
            + "objects and their old "
            + "versions within 30 days in a bucket without a lock, and keep replicas inside the residency.",
        traps: [
            "Deleting a versioned object leaves its old versions.",
            "Replication copies what must be erased.",
            "In a locked bucket nothing can be erased.",
        ],
        holds: [
            ControlExample("declared, limited and erasable"),
            ControlExample("no personal data", spec: "personalData: {processed: false}"),
        ],
        fails: [
            ControlExample("captures are kept for 90 days", spec: "personalData: {captureTTLDays: 90}"),
            ControlExample("old versions stay") { graph in
                graph.buckets[id: "CaptureBucket"]?.mutateRules { $0.noncurrentExpirationDays = .absent }
            },
            ControlExample("captures in a locked bucket") {
                $0.buckets[id: "CaptureBucket"]?.isObjectLockEnabled = true
            },
            ControlExample("a replica outside the residency") {
                $0.buckets[id: "ReplicaBucket"]?.head.region = "ap-southeast-2"
            },
            ControlExample("no field tells whose data it is") { graph in
                for index in graph.declarations.indices {
                    graph.declarations[index].personalData = graph.declarations[index].personalData.map { terms in
                        var nameless = terms
                        nameless.subjectKey = nil
                        return nameless
                    }
                }
            },
        ]
    ) { graph in
        graph.judgeEndpoints { endpoint, ask in
            guard
                let terms = ask.declared(
                    graph.declaration(of: endpoint)?.personalData, "personal data (spec: personalData)")
            else { return }
            guard terms.isProcessed else { return ask.prove("no personal data is processed, by its declaration") }
            ask.requireTerms(terms, in: graph)
            if graph.source == .engine || graph.source == .live {
                ask.requireErasureDrill(terms, on: graph.asOf)
            }
            if graph.source != .engine { ask.requireErasableCaptures(of: endpoint, terms, in: graph) }
        }
    }

    static let regimeEvidence = Control(
        "SEC-3.9", "HIPAA/SOC 2 evidence and artefact lineage are produced",
        severities: Severities(staging: .low, production: .medium),
        provableAt: [.spec, .live, .engine], isAttestable: true,
        seed: "\"HIPAA, SOC 2 requirements\" / \"All model artifacts and training data must be audited\"",
        remedy:
            "Declare regimes, attach the signed business associate agreement where health data is "
            + "processed, and record the "
            + "digests of image, model and training data with each deployment.",
        traps: [
            "No tool grants compliance: what is shown are mapped controls and their evidence.",
            "Without the digest of the training data a model's lineage ends at its file.",
        ],
        holds: [
            ControlExample("regimes with their papers, and a whole lineage"),
            ControlExample("an account that records its changes") { $0.showRecorders(1) },
            ControlExample(
                "SOC 2 alone needs no agreement", spec: "regimes: {names: [soc2], processesHealthData: false}"),
        ],
        fails: [
            ControlExample("health data without an agreement") { graph in
                for index in graph.declarations.indices {
                    graph.declarations[index].regimes = .known(Regimes(names: ["hipaa"], processesHealthData: true))
                }
            },
            ControlExample("an account that records no changes") { $0.showRecorders(0) },
            ControlExample("health data without HIPAA", spec: "regimes: {names: [soc2]}"),
            ControlExample("training data of unknown origin") { graph in
                for index in graph.declarations.indices {
                    graph.declarations[index].provenance = graph.declarations[index].provenance.map { provenance in
                        var rootless = provenance
                        rootless.trainingDataDigest = nil
                        return rootless
                    }
                }
            },
            ControlExample("an image by its tag") { graph in
                graph.models.mutateEach {
                    $0.image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/plumb-worker:latest"
                }
            },
        ]
    ) { graph in
        graph.judgeEndpoints { endpoint, ask in
            let declaration = graph.declaration(of: endpoint)
            if let regimes = ask.declared(declaration?.regimes, "the regimes that apply (spec: regimes)") {
                ask.requirePapers(of: regimes)
                ask.requireRecorder(for: regimes, in: graph)
            }
            ask.requireLineage(of: endpoint, declaration, in: graph)
        }
    }
}

extension Bucket {
    fileprivate mutating func mutateRules(_ change: (inout LifecycleRule) -> Void) {
        lifecycle = lifecycle.map { rules in
            rules.map { rule in
                var changed = rule
                change(&changed)
                return changed
            }
        }
    }
}

extension Inquiry {
    /// What people must have said; where they said nothing, nobody can tell.
    fileprivate mutating func declared<Value>(_ fact: Fact<Value>?, _ what: String) -> Value? {
        if let value = fact?.value { return value }
        doubt("\(what) not declared" + (fact?.whyUnknown.map { ": \($0)" } ?? ""))
        return nil
    }
}

// MARK: - SEC-3.8

extension Inquiry {
    fileprivate mutating func requireTerms(_ terms: PersonalDataTerms, in graph: Graph) {
        if terms.legalBasis?.isEmpty ?? true { fail("no legal basis is declared (personalData.legalBasis)") }
        if terms.subjectKey?.isEmpty ?? true { fail("no field tells whose data it is (personalData.subjectKey)") }
        if let days = terms.captureTTLDays {
            let most = Int(bounded: graph.thresholds.captureRetentionDays)
            if days > most { fail("captured traffic is kept for \(days) days, wanted at most \(most)") }
        } else {
            fail("no end of captured traffic is declared (personalData.captureTTLDays)")
        }
        guard let residency = terms.residency, !residency.isEmpty else {
            fail("the regions the data may be in are not declared (personalData.residency)")
            return
        }
        var used = graph.joined(NamedRegions.self).names
        if let home = graph.region.value {
            used.insert(home)
        } else if graph.source != .engine {
            doubt("the region of the deployment is not known")
        }
        let outside = used.subtracting(residency).sorted()
        if !outside.isEmpty {
            fail("\(outside.joined(separator: ", ")) is used, wanted \(residency.formatted(joinedBy: "or")) only")
        }
        prove(
            "legal basis, subject key, \(terms.captureTTLDays ?? 0) days of captures and residency are "
                + "declared and kept"
        )
    }

    fileprivate mutating func requireErasureDrill(_ terms: PersonalDataTerms, on today: Day) {
        if let day = terms.erasureDrill, day <= today {
            prove("erasure was practised on \(day)")
        } else {
            doubt("no drill shows that a subject's data can be erased (personalData.erasureDrill)")
        }
    }

    /// Captures must end, old versions too, in a bucket without a lock, and so must every copy.
    fileprivate mutating func requireErasableCaptures(
        of endpoint: Endpoint, _ terms: PersonalDataTerms, in graph: Graph
    ) {
        guard let config = graph.config(of: endpoint, &self) else { return }
        if let why = config.dataCapture.whyUnknown {
            return doubt("data capture cannot be told from this input: \(why)")
        }
        guard let capture = config.dataCapture.value, capture.isEnabled.value != false else {
            return prove("no traffic is captured")
        }
        guard let destination = need(capture.destination, "the destination of captured traffic") else { return }
        guard
            let bucket = graph.bucket(behind: destination)
                ?? graph.buckets.first(where: { $0.purpose.value == .captures })
        else { return doubt("the bucket of captured traffic is not in this input") }
        let most = Int(bounded: graph.thresholds.captureRetentionDays)
        let key = Graph.key(of: destination)
        requireErasure(in: bucket, under: key, within: min(terms.captureTTLDays ?? most, most))
        for rule in bucket.replication.value ?? [] where rule.isEnabled.value != false {
            if Self.covers(rule.prefix.value ?? "", key) == false { continue }
            if let copy = graph.bucket(at: rule.destination) {
                requireErasure(in: copy, under: key, within: most)
            } else {
                doubt("captured traffic is copied to a bucket that is not in this input")
            }
        }
    }

    /// Whether objects under a key begin with a rule's prefix; nil where SageMaker's own names decide it.
    private static func covers(_ prefix: String, _ key: String) -> Bool? {
        if prefix.isEmpty { return true }
        return key.isEmpty ? nil : (key.hasSuffix("/") ? key : key + "/").hasPrefix(prefix)
    }

    private mutating func requireErasure(in bucket: Bucket, under key: String, within daysMax: Int) {
        relate("captured traffic lies in \(bucket.id)", at: bucket.place)
        requireFlag(
            bucket.isObjectLockEnabled, "Object Lock of \(bucket.id), which forbids erasure,", is: false,
            absentAs: false)
        guard let rules = need(bucket.lifecycle, "the lifecycle rules of \(bucket.id)") else { return }
        let live = rules.filter { $0.isEnabled.value != false }
        requireOne(
            of: live, orFail: "no rule of \(bucket.id) ends captures", name: { $0.prefix.value ?? "every object" }
        ) {
            rule, ask in
            switch Self.covers(rule.prefix.value ?? "", key) {
            case true?: break
            case false?: return ask.fail("captures lie under '\(key)'")
            case nil: ask.doubt("captures lie under the names of endpoint and variant")
            }
            ask.require(rule.expirationDays, "the days until objects expire", wanted: "at most \(daysMax)") {
                $0 <= daysMax
            }
            // A bucket that says nothing keeps no versions.
            guard bucket.isVersioned.defaulting(to: false).value != false else { return }
            ask.require(
                rule.noncurrentExpirationDays, "the days until old versions expire", wanted: "at most \(daysMax)"
            ) { $0 <= daysMax }
        }
    }
}

// MARK: - SEC-3.9

extension Inquiry {
    fileprivate mutating func requirePapers(of regimes: Regimes) {
        let names = regimes.names.map { $0.lowercased() }
        if regimes.processesHealthData {
            if !names.contains("hipaa") { fail("health data is processed, but HIPAA is not among the regimes") }
            if regimes.businessAssociateAgreement?.isEmpty ?? true {
                fail(
                    "health data is processed without a business associate agreement "
                        + "(regimes.businessAssociateAgreement)"
                )
            }
        }
        prove(names.isEmpty ? "no regime applies, by its declaration" : "mapped to \(names.formatted(joinedBy: "and"))")
    }

    /// From training data to the running image, each by its digest, and who let it out.
    fileprivate mutating func requireLineage(of endpoint: Endpoint, _ declaration: Declaration?, in graph: Graph) {
        guard let declaration else {
            return doubt("the lineage of the model is not declared in this input (spec: provenance, model.digest)")
        }
        requireDigest(declaration.modelDigest, "the digest of the model (model.digest)")
        if let provenance = declared(declaration.provenance, "the provenance (spec: provenance)") {
            if provenance.trainingDataDigest?.isEmpty ?? true {
                fail("the digest of the training data is missing (provenance.trainingDataDigest)")
            }
            if graph.environment == .production, provenance.approver?.isEmpty ?? true {
                fail("who approved it is missing (provenance.approver)")
            }
        }
        if graph.environment == .production {
            _ = declared(declaration.benchmark, "the benchmark of this artefact (spec: benchmark)")
        }
        // The product's own server is no image on an engine.
        // In templates and plans the image is OPS-3.3's question.
        if graph.source == .spec || graph.source == .live {
            for variant in graph.variants(of: endpoint, &self) {
                guard let model = graph.models[variant.model] else {
                    doubt("the model of variant \(variant.name.value ?? "?") is not in this input")
                    continue
                }
                require(model.image, "the image of \(model.id)", wanted: "one by its digest (@sha256:)") {
                    $0.contains("@sha256:")
                }
            }
        }
        prove("image, model and training data are named by their digests")
    }

    private mutating func requireDigest(_ fact: Fact<String>, _ what: String) {
        guard let digest = declared(fact, what) else { return }
        if digest.count != 64 || !digest.allSatisfy(\.isHexDigit) {
            fail("\(what) is '\(digest)', wanted 64 hex digits")
        }
    }
}
