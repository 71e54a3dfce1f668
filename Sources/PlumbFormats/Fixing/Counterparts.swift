// Which resource of a template or plan does the work of which resource of the compiled architecture.

import PlumbModel

/// The resources of an input, found by type and by the endpoint that they serve. Made once for an input.
final class ResourceIndex: Sendable {
    let graph: Graph
    /// Resources that speak of one endpoint, by its name and then by type.
    private let owned: [String: [ObjectIdentifier: [any Resource]]]
    private let shared: [ObjectIdentifier: [any Resource]]
    let byID: [String: any Resource]
    /// What the input says of a resource in resources of their own, by the resource.
    let parts: [String: [SourceNotes.Part]]
    private let owners: [String: Set<String>]
    private let endpoints: [String: Endpoint]
    /// Every region that a resource names, in the order of the resources.
    let regions: [String]

    init(_ graph: Graph) {
        self.graph = graph
        endpoints = Dictionary(
            graph.endpoints.map { ($0.name.value ?? $0.id, $0) }, uniquingKeysWith: { first, _ in first })
        parts = Dictionary(grouping: graph.notes.parts, by: \.owner)
        let names = Set(endpoints.keys)
        let owners = Self.owners(in: graph)
        var owned: [String: [ObjectIdentifier: [any Resource]]] = [:]
        var shared: [ObjectIdentifier: [any Resource]] = [:]
        var byID: [String: any Resource] = [:]
        var regions: [String] = []
        for resource in graph.resources {
            byID[resource.id] = resource
            if let region = resource.head.region.value, !regions.contains(region) {
                regions.append(region)
            }
            let type = ObjectIdentifier(Swift.type(of: resource))
            let found = owners[resource.id] ?? resource.head.tags.value?["ml:endpoint"].map { [$0] } ?? []
            let own = found.intersection(names)
            if own.isEmpty { shared[type, default: []].append(resource) }
            for name in own { owned[name, default: [:]][type, default: []].append(resource) }
        }
        (self.owners, self.owned, self.shared, self.byID, self.regions) = (
            owners, owned, shared, byID, regions
        )
    }

    /// The endpoint that a resource is wired to, or that its tag names.
    func endpoint(servedBy id: String) -> Endpoint? {
        let names = owners[id] ?? (byID[id]?.head.tags.value?["ml:endpoint"]).map { [$0] } ?? []
        return names.sorted().lazy.compactMap { self.endpoints[$0] }.first
    }

    /// Those of a type that serve the endpoint, and those that serve nobody in particular.
    func resources(_ type: ObjectIdentifier, of endpoint: String) -> [any Resource] {
        (owned[endpoint]?[type] ?? []) + (shared[type] ?? [])
    }

    /// The names of the endpoints that resources are wired to.
    private static func owners(in graph: Graph) -> [String: Set<String>] {
        var owners: [String: Set<String>] = [:]
        func name(of endpoint: Endpoint) -> String { endpoint.name.value ?? endpoint.id }
        for endpoint in graph.endpoints {
            owners[endpoint.id] = [name(of: endpoint)]
            guard let config = graph.endpointConfigs[endpoint.config] else { continue }
            owners[config.id, default: []].insert(name(of: endpoint))
            for variant in config.variants.value ?? [] {
                if let model = graph.models[variant.model] { owners[model.id, default: []].insert(name(of: endpoint)) }
            }
        }
        for alarm in graph.alarms {
            for row in alarm.queries.value ?? [] {
                for dimension in row.dimensions.value ?? [] where dimension.name == "EndpointName" {
                    if let name = dimension.value.value { owners[alarm.id, default: []].insert(plain(name, graph)) }
                }
            }
        }
        for target in graph.scalableTargets {
            let parts = (target.resourceID.value ?? "").split(separator: "/")
            if parts.count > 1 { owners[target.id] = [plain(String(parts[1]), graph)] }
        }
        for policy in graph.scalingPolicies {
            if let target = graph.scalableTargets[policy.target] { owners[policy.id] = owners[target.id] }
        }
        for schedule in graph.monitoringSchedules {
            if let name = schedule.endpointName.value { owners[schedule.id] = [plain(name, graph)] }
        }
        return owners
    }

    /// `${Endpoint.EndpointName}` is the name of that endpoint.
    private static func plain(_ name: String, _ graph: Graph) -> String {
        guard name.hasPrefix("${"), name.hasSuffix("}") else { return name }
        var id = name.dropFirst(2).dropLast()
        while true {
            if let endpoint = graph.endpoints[id: String(id)] { return endpoint.name.value ?? endpoint.id }
            guard let dot = id.lastIndex(of: ".") else { return name }
            id = id[..<dot]
        }
    }
}

/// The counterpart of each resource of the compiled architecture that has one.
struct Counterparts {
    /// The input's id for each of the architecture's.
    private(set) var theirs: [String: String] = [:]

    init(of architecture: FixArchitecture, in index: ResourceIndex, endpoint: String) {
        var scored: [(score: Double, own: String, other: String)] = []
        let name = Words.of(endpoint)
        var candidates: [ObjectIdentifier: [(kin: Kin, words: Set<String>)]] = [:]
        for (own, ownWords) in architecture.kin {
            let type = ObjectIdentifier(Swift.type(of: own.resource))
            let others =
                candidates[type] ?? index.resources(type, of: endpoint).map { (Kin($0), Words.of($0)) }
            candidates[type] = others
            if others.isEmpty { continue }
            let words = ownWords.subtracting(name)
            for other in others {
                let alike = Words.likeness(words, other.words)
                guard let kinship = Kinship.score(own, other.kin), kinship + 2 * alike >= 1 else {
                    continue
                }
                scored.append((kinship + 2 * alike, own.resource.id, other.kin.resource.id))
            }
        }
        scored.sort { ($1.score, $0.own, $0.other) < ($0.score, $1.own, $1.other) }
        var taken: Set<String> = []
        for (_, own, other) in scored where theirs[own] == nil && !taken.contains(other) {
            theirs[own] = other
            taken.insert(other)
        }
    }

    /// Takes a vote in: what stands where the architecture refers to its own is the counterpart, also of several.
    mutating func add(_ votes: [String: [String: Int]]) {
        for (own, counts) in votes where theirs[own] == nil {
            theirs[own] = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        }
    }

    mutating func set(_ own: String, to other: String) { theirs[own] = other }
}

/// The words of ids and names.
enum Words {
    private static let empty: Set<String> = ["the", "this", "main", "default", "aws", "module", "of", "ml"]

    static func of(_ resource: any Resource, without noise: [String] = []) -> Set<String> {
        let own = resource.id.split(separator: ".").last.map(String.init) ?? resource.id
        let purpose = resource.head.tags.value?["ml:purpose"] ?? ""
        let ignored = Set(noise.flatMap(split))
        return Set(split(own) + split(purpose) + split(resource.name.value ?? "")).subtracting(ignored)
            .subtracting(empty)
    }

    static func of(_ name: String) -> Set<String> { Set(split(name)).subtracting(empty) }

    /// `LatencyP99Alarm` is `latency`, `p99`, `alarm`.
    private static func split(_ text: String) -> [String] {
        RenderedDeployment.snakeCase(text).utf8.split { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: false
            default: true
            }
        }.map { String(Substring($0)) }
    }

    static func likeness(_ left: Set<String>, _ right: Set<String>) -> Double {
        let common = left.intersection(right).count
        guard common > 0 else { return 0 }
        return Double(common) / Double(min(left.count, right.count) + 1)
    }
}
