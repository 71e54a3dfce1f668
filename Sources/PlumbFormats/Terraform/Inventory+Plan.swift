// Resolved resources of a plan, and what its text shows beside them.

import PlumbModel

extension Inventory {
    /// Every managed resource that will be there once the plan is carried out.
    init(_ plan: Plan) {
        self.init()
        let resolver = PlanResolver(plan: plan)
        let regions = PlanRegions(plan)
        for resource in plan.resources where !resource.isData { append(resource, resolver, regions) }
        notes.changes = plan.changes
        var pins: [SourceNotes.ProviderPin] = []
        for provider in plan.providers {
            let name = provider.value["name"]?.text ?? provider.key
            guard !pins.contains(where: { $0.name == name }) else { continue }
            let place = provider.mark.place(in: plan.file)
            let versions: Fact<String> =
                provider.value["version_constraint"]?.text.map { .known($0, at: place) }
                ?? .absent(at: place)
            pins.append(SourceNotes.ProviderPin(name, versions: versions))
        }
        if !pins.isEmpty { notes.providers = .known(pins) }
    }

    private mutating func append(_ resource: PlanResource, _ resolver: PlanResolver, _ regions: PlanRegions) {
        let place = resource.mark.place(in: resolver.plan.file)
        let naming = PlanNaming.of(resource.type)
        let attributes = resolver.attributes(of: resource)
        var head = ResourceHead(id: resource.address, at: place)
        if let key = naming.nameAttribute {
            let name = attributes[key].name
            head.name = name.isKnown ? name : .known("${\(resource.address)}", at: place)
        }
        let allTags = attributes["tags_all"].tags
        head.tags = allTags.isKnown ? allTags : attributes["tags"].tags
        head.region = regions.region(of: resource)
        let why = "a plan does not show lifecycle.prevent_destroy"
        head.deletionPolicy = .unknown(why, at: place)
        head.updateReplacePolicy = .unknown(why, at: place)
        directory.enter(resource.address, kind: naming.kind, name: head.name)
        if let arn = resource.after?["arn"]?.text { directory.addName(arn, kind: naming.kind, to: resource.address) }
        PlanLiteralScan.scan(
            resource.configuration?["expressions"], in: resource.address, resolver.plan, &notes.literals)
        append(SourceResource(id: resource.address, type: resource.type, properties: attributes, head: head))
    }
}

/// Looks through constants of a plan's configuration for texts that tie it to one account or zone.
enum PlanLiteralScan {
    static func scan(
        _ node: DocumentNode?, in id: String, _ plan: Plan, _ literals: inout [SourceNotes.Literal], key: String = "",
        depth: Int = 0
    ) {
        guard let node, depth < DocumentReader.depthMax, literals.count < LiteralScan.literalsMax else { return }
        switch node.content {
        case .null: return
        case .scalar(let text, _):
            let word = key == "availability_zone" ? "AvailabilityZone" : key
            guard let kind = LiteralScan.kind(of: text, under: word) else { return }
            literals.append(SourceNotes.Literal(kind, in: id, text, at: node.mark.place(in: plan.file)))
        case .list(let items):
            for item in items { scan(item, in: id, plan, &literals, key: key, depth: depth + 1) }
        case .map(let entries):
            for entry in entries where entry.key != "references" {
                let inner = entry.key == "constant_value" ? key : entry.key
                scan(entry.value, in: id, plan, &literals, key: inner, depth: depth + 1)
            }
        }
    }
}
