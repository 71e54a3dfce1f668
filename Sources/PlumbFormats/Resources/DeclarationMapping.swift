// What people declared about their endpoints, as far as tags can say it.

import PlumbModel

/// Takes environment and declarations from the tags of endpoints and their configurations.
enum DeclarationMapping {
    /// Call it last: it asks the resources that are there.
    static func add(to graph: inout Graph) {
        if graph.environmentIsAssumed, let environment = environment(of: graph) {
            graph.environment = environment
            graph.environmentIsAssumed = false
        }
        var seen: Set<String> = []
        for endpoint in graph.endpoints {
            guard let name = endpoint.name.value, seen.insert(name).inserted else { continue }
            graph.declarations.append(declaration(of: endpoint, name, in: graph))
        }
    }

    // MARK: - Environment

    /// The tag `ml:environment` of the endpoints, else of their configurations, else of most resources; of several the
    /// strictest. Nil when no tag says it.
    private static func environment(of graph: Graph) -> Environment? {
        let configs = graph.endpoints.compactMap { graph.endpointConfigs[$0.config] }
        for heads in [graph.endpoints.map(\.head), configs.map(\.head)] {
            let found = heads.compactMap(tagged)
            if let strictest = strictest(found) { return strictest }
        }
        let counts = graph.resources.compactMap { tagged($0.head) }.reduce(into: [Environment: Int]()) {
            $0[$1, default: 0] += 1
        }
        return strictest(counts.filter { $0.value == counts.values.max() }.map(\.key))
    }

    private static func strictest(_ found: [Environment]) -> Environment? {
        [.production, .staging, .dev].first(where: found.contains)
    }

    private static func tagged(_ head: ResourceHead) -> Environment? {
        head.tags.value?["ml:environment"].flatMap(environment)
    }

    /// People abbreviate.
    static func environment(_ text: String) -> Environment? {
        switch text.lowercased() {
        case "production", "prod", "prd": .production
        case "staging", "stage", "stg": .staging
        case "development", "dev", "test": .dev
        default: nil
        }
    }

    // MARK: - Declarations

    private static func declaration(of endpoint: Endpoint, _ name: String, in graph: Graph) -> Declaration {
        let config = graph.endpointConfigs[endpoint.config]
        let tags = DeclaredTags([endpoint.head, config?.head].compactMap { $0 })
        var declaration = Declaration(endpointName: name, at: endpoint.place)
        declaration.team = tags["ml:team"]
        declaration.owner = tags["ml:owner"]
        declaration.workload = tags.required("ml:workload", on: "the endpoint configuration") { Workload(rawValue: $0) }
        declaration.isCritical = tags.required("ml:critical", on: "the endpoint") { text in
            ["true": true, "yes": true, "false": false, "no": false][text.lowercased()]
        }
        declaration.modelDigest = digest(config, tags, in: graph)
        declaration.provenance = provenance(tags)
        declaration.optimization =
            tags["ml:optimization"].value.map { technique in
                .unknown(
                    "the tag ml:optimization says '\(technique)'; a spec's optimization holds the record with digests",
                    at: endpoint.place)
            } ?? only("optimization")
        declaration.regimes = tags.spoken("ml:regimes", else: "regimes") { text in
            Regimes(names: text.lowercased().split { " +,/:".contains($0) }.map(String.init))
        }
        declaration.personalData = tags.spoken("ml:personal-data", else: "personalData") { text in
            // That it is processed says nothing of the terms; that it is not leaves none to ask for.
            text.lowercased() == "false" ? PersonalDataTerms(isProcessed: false) : nil
        }
        declaration.modelSize = only("model.size")
        declaration.peakRequestsPerSecond = only("peakRequestsPerSecond")
        declaration.workingHours = only("workingHours")
        declaration.monthlyBudgetUSD = only("budget.monthlyUSD")
        declaration.stopsAtBudget = only("budget.stopAtLimit")
        declaration.cache = only("cache")
        declaration.benchmark = only("benchmark")
        declaration.recovery = only("recovery")
        declaration.rollbackDrill = only("rollbackDrill")
        declaration.costReview = only("costReview")
        declaration.keptRevisions = only("rollout.keptRevisions")
        declaration.warmRollbackMinutes = only("rollout.warmRollback")
        declaration.deploymentsPerMonth = only("deploymentsPerMonth")
        return declaration
    }

    /// What no tag can say.
    fileprivate static func only<Value>(_ key: String) -> Fact<Value> {
        .unknown("this input has no place for it: \(key) in a spec would say it")
    }

    private static func digest(_ config: EndpointConfig?, _ tags: DeclaredTags, in graph: Graph) -> Fact<String> {
        let tagged = tags["ml:model-digest"]
        if tagged.isKnown { return tagged }
        let models = (config?.variants.value ?? []).compactMap { graph.models[$0.model] }
        return models.lazy.map(\.digest).first { $0.isKnown }
            ?? .unknown("the tag ml:model-digest, or an artefact's path with its SHA-256, would say it")
    }

    /// Tags name the change; who reviewed it they cannot.
    private static func provenance(_ tags: DeclaredTags) -> Fact<Provenance> {
        let told = [("ml:commit", "commit"), ("ml:pr", "pull request")].compactMap { key, word in
            tags[key].value.map { "\(word) \($0)" }
        }
        guard !told.isEmpty else { return only("provenance") }
        return .unknown(
            "the tags name \(told.joined(separator: " and ")); who approved it, a spec's provenance would say")
    }
}

/// The tags of an endpoint, and behind them those of its configuration.
private struct DeclaredTags {
    let heads: [ResourceHead]
    init(_ heads: [ResourceHead]) { self.heads = heads }

    /// The first that says it; absent where all tags are known and none does.
    subscript(key: String) -> Fact<String> {
        for head in heads {
            if let value = head.tags.value?[key] { return .known(value, at: head.place) }
        }
        if let why = heads.lazy.compactMap(\.tags.whyUnknown).first { return .unknown(why, at: heads.first?.place) }
        return .absent(at: heads.first?.place)
    }

    /// A tag without which it is not known.
    func required<Value>(_ key: String, on what: String, _ read: (String) -> Value?) -> Fact<Value> {
        let tag = self[key]
        guard let text = tag.value else {
            return .unknown(tag.whyUnknown ?? "the tag \(key) on \(what) says it", at: tag.place)
        }
        guard let value = read(text) else {
            return .unknown("the tag \(key) is '\(text)', which says nothing here", at: tag.place)
        }
        return .known(value, at: tag.place)
    }

    /// A tag that may say what else only a spec does.
    func spoken<Value>(_ key: String, else path: String, _ read: (String) -> Value?) -> Fact<Value> {
        guard let text = self[key].value, let value = read(text) else {
            return .unknown("the tag \(key), or \(path) in a spec, would say it", at: heads.first?.place)
        }
        return .known(value, at: heads.first?.place)
    }
}
