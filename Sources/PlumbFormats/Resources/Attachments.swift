// Resources that say something about another one: bucket policies, routes, rules of a group, attached policies.

import PlumbModel

/// Resources found by the one that they speak of.
struct Attachments {
    private var byTarget: [String: [SourceResource]] = [:]
    /// Why it cannot be told of whom one of them speaks: whoever has none here may have that one.
    private(set) var undecided: String?

    /// Resources as they are attached to what `target` names, which is found by a plain name among `kinds`; a list
    /// names several.
    init(
        _ resources: [SourceResource], to kinds: NameDirectory.Kind..., in inventory: Inventory,
        target: (SourceResource) -> Property
    ) {
        var siblings: [String: [String: String]] = [:]
        for resource in resources {
            let property = target(resource)
            if let why = property.whyUnknown { doubt(resource, why) }
            for item in property.items {
                if let why = item.whyUnknown { doubt(resource, why) }
                // A name that is nobody's here belongs to a thing that is made elsewhere.
                for kind in kinds {
                    guard case .resource(let id)? = inventory.directory.reference(item, to: kind).value else {
                        continue
                    }
                    let target = inventory.namesake(of: id, near: resource, siblings: &siblings)
                    byTarget[target, default: []].append(resource)
                    break
                }
            }
        }
    }

    private mutating func doubt(_ resource: SourceResource, _ why: String) {
        if undecided == nil { undecided = "what \(resource.id) belongs to cannot be told: \(why)" }
    }

    /// What is attached to a resource, in source order.
    subscript(id: String) -> [SourceResource] { byTarget[id] ?? [] }

    /// A fact that one attached resource states; the last one counts where several do.
    func fact<Value>(of id: String, _ read: (SourceResource) -> Fact<Value>) -> Fact<Value> {
        if let resource = byTarget[id]?.last { return read(resource) }
        return undecided.map { .unknown($0) } ?? .absent
    }

    /// What all attached resources add to a list that the resource itself may begin.
    ///
    /// Absent only where neither says anything.
    func appended<Value>(
        to own: Fact<[Value]>, of id: String, _ read: (SourceResource) -> [Value]
    ) -> Fact<[Value]> {
        if own.isUnknown { return own }
        let more = self[id].flatMap(read)
        if more.isEmpty {
            if own.value?.isEmpty == false { return own }
            return undecided.map { .unknown($0) } ?? own
        }
        return .known((own.value ?? []) + more, at: own.place ?? self[id].first?.head.place)
    }
}

extension Property {
    /// The first item of a list, or the thing itself: for lists that AWS allows one entry of.
    var first: Property {
        guard case .list(let items) = state else { return self }
        return items.first ?? Property(.absent, at: place)
    }

    /// Itself, but absent where it is an empty text: how a provider writes what was left out.
    var unlessEmpty: Property {
        if case .text("", nil) = state { return Property(.absent, at: place) }
        return self
    }

    /// Itself, but absent where it is an empty list.
    var unlessEmptyList: Property {
        if case .list(let items) = state, items.isEmpty { return Property(.absent, at: place) }
        return self
    }

    /// Whether a word is exactly this one, such as a status that is `Enabled`.
    func isWord(_ word: String) -> Fact<Bool> { string.map { $0 == word } }
}

extension Fact {
    /// This fact, or the other one where nothing is said here.
    func otherwise(_ other: @autoclosure () -> Fact) -> Fact { isAbsent ? other() : self }
}

extension Inventory {
    /// The thing of the same type and name that stands in a resource's own region, where names are a region's own;
    /// `siblings` keeps what was looked up, by type.
    func namesake(of id: String, near resource: SourceResource, siblings: inout [String: [String: String]]) -> String {
        guard let found = self[id: id], found.head.region != resource.head.region, let name = found.head.name.value
        else { return id }
        func spot(_ head: ResourceHead, _ name: String) -> String { "\(head.region.value ?? "")\u{0}\(name)" }
        if siblings[found.type] == nil {
            var ids: [String: String] = [:]
            for other in self[found.type] {
                if let name = other.head.name.value { ids[spot(other.head, name)] = other.id }
            }
            siblings[found.type] = ids
        }
        return siblings[found.type]?[spot(resource.head, name)] ?? id
    }

    /// The key a property points to, through an alias of this inventory too.
    ///
    /// AWS's own keys and those made elsewhere stay external, by the name they are given.
    func key(_ property: Property) -> Fact<Reference> {
        let property = property.unlessEmpty
        var reference = directory.reference(
            property, to: "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
        // `arn:aws:kms:REGION:ACCOUNT:alias/name`
        if case .external(let name)? = reference.value, let alias = ARN.split(name).last, alias.hasPrefix("alias/") {
            let byAlias = directory.reference(.text(alias, at: property.place), to: "AWS::KMS::Alias")
            if self[byAlias] != nil { reference = byAlias }
        }
        guard let alias = self[reference], directory.kind(of: alias.id) == "AWS::KMS::Alias" else {
            return isOfAnotherRegion(property, than: reference) ? property.name.map { .external($0) } : reference
        }
        let target = alias.type == "AWS::KMS::Alias" ? alias["TargetKeyId"] : alias["target_key_id"]
        var fact = directory.reference(target, to: "AWS::KMS::Key", "AWS::KMS::ReplicaKey")
        fact.place = property.place
        return fact
    }

    /// Whether an ARN names another region than that of the key it leads to: a multi-region key has the same id in all
    /// of them.
    private func isOfAnotherRegion(_ property: Property, than reference: Fact<Reference>) -> Bool {
        guard let key = self[reference], case .text(let text, _) = property.state else { return false }
        let parts = ARN.split(text)
        guard parts.count == 6, !parts[3].isEmpty, parts[3] != "${AWS::Region}" else { return false }
        return key.head.region.value != parts[3]
    }

    /// The function a property points to, by name or ARN, with a version or alias behind it or not.
    func function(_ property: Property) -> Fact<Reference> {
        functionReference(
            directory.reference(property, to: "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"))
    }

    func bucket(_ property: Property) -> Fact<Reference> {
        directory.reference(property.unlessEmpty, to: "AWS::S3::Bucket")
    }
    func role(_ property: Property) -> Fact<Reference> {
        directory.reference(property.unlessEmpty, to: "AWS::IAM::Role")
    }

    /// Names in normal form that are compared with those of resources here, ARNs by the resource they name; one that
    /// cannot be told makes the list unknown.
    func canonicalNames(_ property: Property) -> Fact<[String]> {
        if case .list(let items) = property.state,
            let why = items.lazy.compactMap({ $0.name.whyUnknown }).first
        {
            return .unknown(why, at: property.place)
        }
        return property.list { $0.name }.map { $0.compactMap { $0.value.map(directory.canonical) } }
    }
}
