// What a backup selection takes: things it names, patterns that match them, tags that they carry.

import PlumbModel

/// The things of an inventory that AWS Backup may take, by name and tag.
struct BackupTargets {
    /// How one selection chooses; either tongue fills it.
    struct Choice {
        var resources: Fact<[Fact<Reference>]> = .absent
        var excluded: Fact<[Fact<Reference>]> = .absent
        /// Tags of which one is enough.
        var anyTags: [(key: Fact<String>, value: Fact<String>)] = []
        /// Tags that all must be there, beside the resources.
        var allTags: [(key: Fact<String>, value: Fact<String>)] = []
        /// Why its tags cannot be told.
        var undecided: String?
    }

    private let heads: [(arnPrefix: String, head: ResourceHead)]
    private let idsByTag: [String: [String]]

    init(_ graph: Graph) {
        heads =
            graph.buckets.map { ("arn:aws:s3:::", $0.head) }
            + graph.tables.map { ("arn:aws:dynamodb:*:*:table/", $0.head) }
        var idsByTag: [String: [String]] = [:]
        for (_, head) in heads {
            for (key, value) in head.tags.value ?? [:] { idsByTag[Self.tag(key, value), default: []].append(head.id) }
        }
        self.idsByTag = idsByTag
    }

    private static func tag(_ key: String, _ value: String) -> String { "\(key)\u{0}\(value)" }

    /// Fills what a selection takes: every thing of this graph that it reaches, by whatever way, is named.
    func fill(_ selection: inout BackupSelection, by choice: Choice) {
        if let why = choice.undecided ?? choice.resources.whyUnknown ?? choice.excluded.whyUnknown {
            selection.resources = .unknown(why, at: choice.resources.place)
            return
        }
        var taken: [Fact<Reference>] = []
        for resource in choice.resources.value ?? [] { taken += spread(resource) }
        for tag in choice.anyTags { taken += carriers(tag) }
        if !choice.allTags.isEmpty {
            let allowed = choice.allTags.map { Set(carriers($0)) }
            taken.removeAll { thing in thing.value != nil && !allowed.allSatisfy { $0.contains(thing) } }
        }
        let excluded = Set((choice.excluded.value ?? []).flatMap(spread))
        taken.removeAll { $0.isKnown && excluded.contains($0) }
        if let tag = choice.anyTags.first ?? choice.allTags.first {
            (selection.tagKey, selection.tagValue) = tag
        }
        selection.resources = taken.isEmpty ? .absent(at: choice.resources.place) : .known(taken)
        let open = (choice.anyTags + choice.allTags).compactMap { $0.key.whyUnknown ?? $0.value.whyUnknown }.first
        if taken.isEmpty, let open { selection.resources = .unknown(open) }
    }

    private func carriers(_ tag: (key: Fact<String>, value: Fact<String>)) -> [Fact<Reference>] {
        guard let key = tag.key.value, let value = tag.value.value else { return [] }
        return (idsByTag[Self.tag(key, value)] ?? []).map { .known(.resource($0)) }
    }

    /// A pattern as the things that match it; anything else as it stands.
    private func spread(_ resource: Fact<Reference>) -> [Fact<Reference>] {
        guard case .external(let text)? = resource.value, text.contains("*") else { return [resource] }
        let pattern = text.replacing("arn:${AWS::Partition}:", with: "arn:aws:")
        let matching = heads.filter { item in
            if pattern == "*" || pattern == item.arnPrefix + "*" { return true }
            guard let name = item.head.name.value, let star = pattern.firstIndex(of: "*"),
                pattern[star...] == "*", item.arnPrefix == "arn:aws:s3:::"
            else { return false }
            return (item.arnPrefix + name).hasPrefix(pattern[..<star])
        }
        return matching.isEmpty ? [resource] : matching.map { .known(.resource($0.head.id), at: resource.place) }
    }
}

extension Inventory {
    /// The vault that a plan names; names of vaults are a region's own.
    func vault(_ property: Property, near plan: SourceResource) -> Fact<Reference> {
        let reference = directory.reference(
            property, to: "AWS::Backup::BackupVault", "AWS::Backup::LogicallyAirGappedBackupVault")
        guard case .resource(let id)? = reference.value else { return reference }
        var siblings: [String: [String: String]] = [:]
        return .known(.resource(namesake(of: id, near: plan, siblings: &siblings)), at: reference.place)
    }
}

extension BackupPlan {
    /// The regions that copies of a rule go to, as far as the ARNs of the vaults say.
    static func copyRegions(
        _ copies: Property, vault key: String, in graph: Graph, _ inventory: Inventory
    ) -> Fact<[String]> {
        if let why = copies.whyUnknown { return .unknown(why, at: copies.place) }
        var regions: [String] = []
        for copy in copies.items {
            let vault = inventory.directory.reference(copy[key], to: "AWS::Backup::BackupVault")
            switch vault.state {
            case .known(.resource(let id)):
                if let region = inventory[id: id]?.head.region.value { regions.append(region) }
            case .known(.external(let arn)):
                let parts = ARN.split(arn)
                if parts.count == 6, !parts[3].isEmpty { regions.append(parts[3]) }
            case .unknown(let why): return .unknown(why, at: copy.place)
            case .absent: continue
            }
        }
        let home = graph.region.value
        regions.removeAll { $0 == home || $0 == "${AWS::Region}" }
        return regions.isEmpty ? .absent(at: copies.place) : .known(regions, at: copies.place)
    }
}
