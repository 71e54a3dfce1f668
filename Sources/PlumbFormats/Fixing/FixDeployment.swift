// The compiled architecture of one endpoint of an input, in the input's own names, beside what the input has of it.

import PlumbModel

/// What fixes for one endpoint are taken from.
struct FixDeployment {
    let tongue: Tongue
    /// A resource of the architecture: ids and names of what the input has are the input's.
    struct Item {
        var wanted: RenderedResource
        /// The same of what the input has.
        var present: RenderedResource?
        /// The resource of the architecture's graph that it is, or is a part of.
        var owner: String?
        /// The input's resource that it is, or is a part of.
        var theirs: String?
    }
    private(set) var items: [Item] = []
    let counterparts: Counterparts
    private let architecture: Graph
    private let plan: Blueprint
    private let owners: [String: String]
    private let originals: [RenderedResource]

    init(_ spec: FixSpec, _ plan: Blueprint, in index: ResourceIndex, tongue: Tongue) {
        self.tongue = tongue
        self.plan = plan
        let deployment = RenderedDeployment(Architecture.compile(plan, asOf: spec.asOf), plan, in: tongue)
        architecture = deployment.graph
        originals = deployment.resources()
        owners = Self.owners(of: originals, in: architecture)
        let name = spec.endpoint.map { $0.name.value ?? $0.id } ?? spec.name
        var counterparts = Counterparts(of: architecture, in: index, endpoint: name)
        if let endpoint = spec.endpoint { counterparts.set("Endpoint", to: endpoint.id) }
        var own = Self.rendered(counterparts, in: index, plan, tongue)
        counterparts.add(Self.votes(originals, own, owners, counterparts, architecture, index, tongue))
        own = Self.rendered(counterparts, in: index, plan, tongue)
        self.counterparts = counterparts
        rename(own, spec, in: index)
    }

    /// The type of everything that is here, by id.
    var types: [String: String] {
        items.reduce(into: [:]) { types, item in
            for resource in [item.present, item.wanted] {
                if let resource { types[resource.id] = resource.type(in: tongue) }
            }
        }
    }

    /// What the control asks for.
    func items(bearing control: String) -> [Item] {
        items.filter { item in
            switch control {
            case "COST-1.2": item.present?.fields.contains(where: \.isTags) ?? false
            case "OPS-3.6": item.wanted.deletionPolicy == "Retain"
            default: item.wanted.bears(control) || item.present?.bears(control) ?? false
            }
        }
    }

    /// What lies in the second region, as those in the first name it.
    private(set) var elsewhere: [String: (arn: String, inProperty: String)] = [:]

    /// A resource of the architecture.
    func resource(_ id: String) -> (any Resource)? { architecture.resources.first { $0.id == id } }

    /// This deployment, with another of the input's resources in the place of one of the architecture.
    func putting(_ theirID: String, for ownID: String, _ spec: FixSpec, in index: ResourceIndex) -> FixDeployment {
        FixDeployment(self, putting: theirID, for: ownID, spec, index)
    }

    private init(
        _ other: FixDeployment, putting theirID: String, for ownID: String, _ spec: FixSpec, _ index: ResourceIndex
    ) {
        tongue = other.tongue
        plan = other.plan
        architecture = other.architecture
        owners = other.owners
        originals = other.originals
        var counterparts = other.counterparts
        counterparts.set(ownID, to: theirID)
        self.counterparts = counterparts
        rename(Self.rendered(counterparts, in: index, plan, tongue), spec, in: index)
    }

    // MARK: - Making it

    private static func owners(of resources: [RenderedResource], in graph: Graph) -> [String: String] {
        let ids = Set(graph.resources.map(\.id))
        return resources.reduce(into: [:]) { owners, resource in
            var id = Substring(resource.id)
            while !id.isEmpty, !ids.contains(String(id)) { id = id.dropLast() }
            if !id.isEmpty { owners[resource.id] = String(id) }
        }
    }

    private static func rendered(
        _ counterparts: Counterparts, in index: ResourceIndex, _ plan: Blueprint, _ tongue: Tongue
    ) -> [String: RenderedResource] {
        let part = index.graph.only(Set(counterparts.theirs.values).sorted())
        return RenderedDeployment(part, plan, in: tongue).resources().reduce(into: [:]) { $0[$1.id] = $1 }
    }

    /// How often each of the input's resources stands where the architecture has one of its own.
    private static func votes(
        _ originals: [RenderedResource], _ own: [String: RenderedResource], _ owners: [String: String],
        _ counterparts: Counterparts, _ architecture: Graph, _ index: ResourceIndex, _ tongue: Tongue
    ) -> [String: [String: Int]] {
        let types = Dictionary(
            architecture.resources.map { ($0.id, ObjectIdentifier(Swift.type(of: $0))) },
            uniquingKeysWith: { first, _ in first })
        var votes: [String: [String: Int]] = [:]
        for resource in originals {
            guard let owner = owners[resource.id], let their = counterparts.theirs[owner],
                let other = own[their + resource.id.dropFirst(owner.count)]
            else { continue }
            resource.fields.correspond(with: other.fields, in: tongue) { own, their in
                guard let type = types[own], let candidate = index.byID[their],
                    ObjectIdentifier(Swift.type(of: candidate)) == type
                else { return }
                votes[own, default: [:]][their, default: 0] += 1
            }
        }
        return votes
    }

    private mutating func rename(
        _ own: [String: RenderedResource], _ spec: FixSpec, in index: ResourceIndex
    ) {
        var ids: [String: String] = [:]
        for resource in originals {
            guard let owner = owners[resource.id], let their = counterparts.theirs[owner] else { continue }
            ids[resource.id] = id(ofPart: resource, their, owner, index)
        }
        for (own, their) in counterparts.theirs { ids[own] = their }
        var names: [String: String] = [:]
        for own in architecture.resources {
            guard let their = counterparts.theirs[own.id], let name = own.name.value, name != spec.name,
                let other = index.byID[their]
            else { continue }
            names[name] = other.name.value ?? "${\(their)}"
        }
        if let name = spec.endpoint?.name.value, name != spec.name { names[spec.name] = name }
        var renaming = RenderedNames(ids: ids, names: names, prefix: plan.spec.name)
        renaming.tags = ["ml:managed-by": nil, "ml:critical": spec.isCritical ? "true" : "false"]
        // A region or partition that is written out is the same as one that is asked for.
        var literals = ["arn:aws:": "arn:${AWS::Partition}:"]
        if let region = index.graph.region.value, !region.isEmpty { literals[region] = "${AWS::Region}" }
        let plain = RenderedNames(ids: [:], names: literals, prefix: "")
        items = originals.map { original in
            let owner = owners[original.id]
            let their = owner.flatMap { counterparts.theirs[$0] }
            var wanted = renaming.resource(original)
            wanted.id = ids[original.id] ?? original.id
            wanted.dependsOn = original.dependsOn.map { ids[$0] ?? $0 }
            var item = Item(wanted: wanted, present: nil, owner: owner, theirs: their)
            if let owner, let their {
                item.present = own[their + original.id.dropFirst(owner.count)].map(plain.resource)
            }
            if let their {
                if isWrittenInItsRole(wanted, of: their, index) { item.writeInto(role: their) }
                if original.id == owner, tongue == .template, let other = index.byID[their] { item.empty(other) }
            }
            return item
        }
        let deployment = RenderedDeployment(architecture, plan, in: tongue)
        for (original, item) in zip(originals, items) where original.region != nil && tongue == .template {
            elsewhere[item.wanted.id] = (
                renaming.text(deployment.arn(of: original)), renaming.text(deployment.propertyName(of: original))
            )
        }
    }

    // MARK: - Parts

    /// The id under which the input has what the architecture knows as a part of another resource: its own id for it,
    /// or one made of its resource's id.
    private func id(ofPart part: RenderedResource, _ their: String, _ owner: String, _ index: ResourceIndex) -> String {
        let suffix = part.id.dropFirst(owner.count)
        guard !suffix.isEmpty else { return their }
        let types =
            part.template == "AWS::IAM::RolePolicy" && tongue == .template
            ? ["AWS::IAM::RolePolicy", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"] : [part.type(in: tongue)]
        let found = index.parts[their]?.first { types.contains($0.type) }
        if let found { return found.id }
        guard tongue == .plan else { return their + suffix }
        // `aws_s3_bucket.models["eu"]` has `aws_s3_bucket_versioning.models_versioning`.
        let address = FixAddress(their, type: "")
        let module = address.module.isEmpty ? "" : address.module + "."
        return "\(module)\(part.plan ?? "").\(address.name)\(RenderedDeployment.snakeCase("x\(suffix)").dropFirst())"
    }

    /// A template may write a role's policies into the role.
    private func isWrittenInItsRole(_ wanted: RenderedResource, of role: String, _ index: ResourceIndex) -> Bool {
        guard tongue == .template, wanted.template == "AWS::IAM::RolePolicy" else { return false }
        return !(index.parts[role] ?? []).contains { $0.type.hasPrefix("AWS::IAM::") }
    }
}

extension FixDeployment.Item {
    /// A policy as a property of its role.
    fileprivate mutating func writeInto(role: String) {
        func written(_ policy: RenderedResource) -> RenderedResource {
            var resource = policy
            resource.id = role
            resource.template = "AWS::IAM::Role"
            let own = policy.fields.filter { ["PolicyName", "PolicyDocument"].contains($0.template) }
            resource.fields = [
                RenderedField(
                    template: "Policies", plan: nil, value: .blocks([own]), controls: own.flatMap(\.controls))
            ]
            return resource
        }
        wanted = written(wanted)
        present = present.map(written)
    }

    /// Lists that a resource of the architecture does without, and this one of the input does not.
    fileprivate mutating func empty(_ other: any Resource) {
        func field(_ key: String, _ items: [RenderedValue], _ controls: [String]) -> RenderedField {
            RenderedField(template: key, plan: nil, value: .list(items), controls: controls)
        }
        if other is SecurityGroup, wanted.fields["SecurityGroupIngress", .template] == nil {
            wanted.fields.append(field("SecurityGroupIngress", [], ["SEC-1.4"]))
        }
        if let role = other as? Role, let names = role.managedPolicies.value, !names.isEmpty {
            let arns = names.compactMap(\.value).map { RenderedValue.text($0) }
            present?.fields.append(field("ManagedPolicyArns", arns, []))
            wanted.fields.append(field("ManagedPolicyArns", [], ["SEC-2.1", "SEC-2.2"]))
        }
        if let analyzer = other as? Analyzer, let rules = analyzer.archiveRuleKeys.value, !rules.isEmpty {
            present?.fields.append(field("ArchiveRules", rules.map { .texts($0) }, []))
            wanted.fields.append(field("ArchiveRules", [], ["SEC-2.7"]))
        }
    }
}
