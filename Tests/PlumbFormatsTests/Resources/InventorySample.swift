// Inventories from short YAML documents: what a tongue's reader hands to the mappings.

import PlumbModel

@testable import PlumbFormats

extension Inventory {
    /// `id: {type, kind, name, region, tags, properties}`; the kind is the type where none is given.
    static func sample(_ yaml: String) throws -> Inventory {
        let node = try DocumentReader.read(Array(yaml.utf8), file: "sample.yaml").get()
        var inventory = Inventory()
        for entry in node.entries {
            let source = Property(entry.value, in: "sample.yaml")
            let type = source["type"].string.value ?? ""
            var head = ResourceHead(id: entry.key, at: entry.mark.place(in: "sample.yaml"))
            head.name = source["name"].name
            head.region = source["region"].string
            head.tags = source["tags"].isAbsent ? .known([:]) : source["tags"].tags
            inventory.directory.enter(entry.key, kind: source["kind"].string.value ?? type, name: head.name)
            let properties = source["properties"]
            inventory.append(
                SourceResource(
                    id: entry.key, type: type, properties: properties.isAbsent ? Property(.map([])) : properties,
                    head: head))
        }
        return inventory
    }
}

extension Day {
    /// 24 November 2026, on which samples are judged.
    static let judged = Day(daysSinceEpoch: 20781)
}

extension Graph {
    /// What the mappings make of a sample, in production unless tags say otherwise.
    static func mapped(_ yaml: String, _ tongue: Tongue = .template) throws -> Graph {
        let inventory = try Inventory.sample(yaml)
        var graph = Graph(
            source: tongue == .template ? .cloudformation : .terraform, environment: .production,
            asOf: .judged)
        graph.environmentIsAssumed = true
        switch tongue {
        case .template: CloudFormationMapping.fill(&graph, from: inventory)
        case .plan: PlanMapping.fill(&graph, from: inventory)
        }
        return graph
    }
}
