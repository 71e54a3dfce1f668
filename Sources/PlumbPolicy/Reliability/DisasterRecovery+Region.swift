// Running in the second region, and how clients get there.

import PlumbModel

extension PolicyBook {
    static let secondRegion = Control(
        "REL-3.7", "A critical endpoint can run in the second region and clients get there",
        severities: Severities(production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "multi-region deployment for critical workloads",
        remedy:
            "Keep the model, its configuration, a key and the image in the second region, and two failover records, "
            + "the first with a health check on the health alarm (spec: recovery.region).",
        traps: [
            "CloudFront's origin groups never fail over a POST.",
            "The health check of a private endpoint must be one on a CloudWatch alarm.",
            "Execution roles and ECR images are bound to an account and a region.",
            "The second region must be one the data may be in.",
        ],
        holds: [
            ControlExample("a pilot light and health-checked records"),
            ControlExample("the replica's image in the second region's registry") { graph in
                let region = graph.models[id: "ReplicaModel"]?.head.region.value ?? ""
                graph.models[id: "ReplicaModel"]?.image = .known(image(in: region))
            },
        ],
        fails: [
            ControlExample("no model outside the region") { graph in
                graph.models.removeAll { $0.id == "ReplicaModel" }
            },
            ControlExample("a replica in the same region") { graph in
                graph.models[id: "ReplicaModel"]?.head.region = graph.region
                graph.endpointConfigs[id: "ReplicaEndpointConfig"]?.head.region = graph.region
            },
            ControlExample("a replica whose image lies in the failed region's registry") { graph in
                graph.models[id: "ReplicaModel"]?.image = .known(image(in: graph.region.value ?? ""))
            },
            ControlExample("a primary record without a health check") { graph in
                graph.recordSets.mutateEach { $0.healthCheck = .absent }
            },
            ControlExample("a health check that follows no alarm") { graph in
                graph.healthChecks.mutateEach { $0.alarmName = .absent }
            },
            ControlExample("a second region the personal data may not be in") { graph in
                let region = graph.region.value ?? ""
                graph.changeDeclarations { declaration in
                    guard var terms = declaration.personalData.value else { return }
                    terms.residency = [region]
                    declaration.personalData = .known(terms)
                }
            },
        ],
        judge: runsElsewhere)

    private static func image(in region: String) -> String {
        "111122223333.dkr.ecr.\(region).amazonaws.com/plumb-worker@sha256:a4e624d686e03ed2"
    }

    @Sendable private static func runsElsewhere(_ graph: Graph) -> [Judgement] {
        graph.endpoints.filter { graph.isElsewhere($0).value != true }.map { endpoint in
            graph.ifCritical(graph.isCritical(endpoint), endpoint.id, at: endpoint.place) {
                .about(endpoint) { ask in
                    if graph.source == .engine {
                        return ask.doubt("the engine has recorded no peer in a second region, which decides it")
                    }
                    requireRouting(graph, &ask)
                    let region = requireReplica(in: graph, &ask)
                    requireImages(in: region, graph, &ask)
                    guard let region else { return }
                    requireKey(in: region, graph, &ask)
                    requireResidency(of: region, endpoint, graph, &ask)
                }
            }
        }
    }

    /// A model and a configuration of it in one other region, which is answered.
    private static func requireReplica(in graph: Graph, _ ask: inout Inquiry) -> String? {
        guard graph.region.isKnown else {
            ask.doubt("the primary region cannot be told: \(graph.region.whyUnknown ?? "it is not named")")
            return nil
        }
        let models = graph.models.filter { graph.isElsewhere($0).value == true }
        guard let region = models.compactMap({ $0.head.region.value }).first else {
            if graph.models.contains(where: { $0.head.region.isUnknown }) {
                ask.doubt("the region of a model cannot be told")
            } else if graph.source == .cloudformation, graph.resources.allSatisfy({ $0.head.region.isAbsent }) {
                ask.doubt("a stack makes things in one region only: check the second region's together with this one")
            } else {
                ask.fail(
                    "no model lies outside \(graph.region.value ?? "the region"); if a second stack makes it, check "
                        + "it together with this one")
            }
            return nil
        }
        let ids = Set(models.map(\.id))
        let configs = graph.endpointConfigs.filter { graph.isElsewhere($0).value == true }
        ask.requireOne(of: configs, orFail: "no endpoint configuration lies in \(region)", name: \.id) { config, ask in
            guard let variants = ask.need(config.variants, "its variants") else { return }
            let models = variants.compactMap { graph.models[$0.model]?.id }
            guard models.contains(where: ids.contains) else { return ask.fail("it serves no model of \(region)") }
            ask.relate("the configuration \(config.id) in \(region)", at: config.place)
            ask.prove("it serves \(models.joined(separator: ", ")) in \(region)")
        }
        return region
    }

    /// `region` is nil where the second one cannot be told: any other is good then.
    private static func requireImages(in region: String?, _ graph: Graph, _ ask: inout Inquiry) {
        for model in graph.models where graph.isElsewhere(model).value == true {
            if let why = model.image.whyUnknown {
                ask.doubt("where the image of \(model.id) lies is not known: \(why)")
            }
            guard let image = model.image.value, let registry = image.split(separator: "/").first,
                registry.contains(".dkr.ecr.")
            else { continue }
            guard let region, !registry.contains(".ecr.\(region)."), !registry.contains("${") else { continue }
            ask.fail("the image of \(model.id) lies outside \(region): \(registry)", at: model.image.place)
        }
        for repository in graph.repositories where !graph.isElsewhereForCertain(repository) {
            ask.require(
                repository.replicationRegions, "the regions \(repository.id) is replicated to",
                wanted: region ?? "another region", absentAs: []
            ) { regions in region.map(regions.contains) ?? !regions.isEmpty }
        }
    }

    private static func requireKey(in region: String, _ graph: Graph, _ ask: inout Inquiry) {
        let isThere = graph.keys.contains { $0.head.region.value == region }
        if isThere {
            ask.prove("a key lies in \(region)")
        } else if graph.keys.contains(where: { $0.head.region.isUnknown }) {
            ask.doubt("whether a key lies in \(region) cannot be told")
        } else {
            ask.fail("no key lies in \(region), and the replicas cannot be read without one")
        }
    }

    private static func requireRouting(_ graph: Graph, _ ask: inout Inquiry) {
        let records = graph.recordSets
        for side in ["PRIMARY", "SECONDARY"] where !records.contains(where: { $0.failover.value == side }) {
            if records.contains(where: { $0.failover.isUnknown }) {
                ask.doubt("whether a record is the \(side) one cannot be told")
            } else {
                ask.fail("clients do not get there: no record is the \(side) one of a failover pair")
            }
        }
        for record in records where record.failover.value == "PRIMARY" {
            guard let reference = ask.need(record.healthCheck, "the health check of \(record.id)") else { continue }
            guard let check = graph.healthChecks[reference] else {
                ask.doubt("the health check of \(record.id) is not part of this input")
                continue
            }
            ask.relate("the health check \(check.id)", at: check.place)
            guard let alarm = ask.need(check.alarmName, "the alarm that \(check.id) follows") else { continue }
            let isThere = graph.alarms.contains { $0.name.value == alarm || $0.id == alarm }
            if isThere {
                ask.prove("\(record.id) fails over on alarm \(alarm)")
            } else {
                ask.doubt("the alarm '\(alarm)' that \(check.id) follows is not part of this input")
            }
        }
    }

    /// A declared residency that leaves the region out; what is not declared is SEC-3.8's question.
    private static func requireResidency(
        of region: String, _ endpoint: Endpoint, _ graph: Graph, _ ask: inout Inquiry
    ) {
        guard let terms = graph.declaration(of: endpoint)?.personalData.value, terms.isProcessed,
            let allowed = terms.residency
        else { return }
        if allowed.contains(region) {
            ask.prove("personal data may be in \(region)")
        } else {
            ask.fail(
                "personal data may be in \(allowed.formatted(joinedBy: "or")) only, and the replica is in \(region)")
        }
    }
}

extension Graph {
    /// Whether a resource is known to lie outside the primary region.
    fileprivate func isElsewhereForCertain(_ resource: some Resource) -> Bool { isElsewhere(resource).value == true }
}
