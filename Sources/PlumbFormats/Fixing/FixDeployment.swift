// The compiled architecture of one endpoint of an input, in the input's own names, beside what the input has of it.

import PlumbModel

/// What fixes for one endpoint are taken from.
final class FixDeployment {
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
    let architecture: FixArchitecture
    private let spec: FixSpec
    private let counterparts: Counterparts
    /// The items with the ids of the input, and the names of the architecture still.
    private let drafts: [Item]
    /// Items whose names are the input's already: a finding asks for a few of them.
    private var made: [Int: Item] = [:]
    private let renaming: RenderedNames
    private let plain: RenderedNames

    var tongue: Tongue { architecture.tongue }
    private var index: ResourceIndex { spec.index }

    convenience init(_ spec: FixSpec, _ architecture: FixArchitecture) {
        let name = spec.endpoint.map { $0.name.value ?? $0.id } ?? spec.name
        var counterparts = Counterparts(of: architecture, in: spec.index, endpoint: name)
        if let endpoint = spec.endpoint { counterparts.set("Endpoint", to: endpoint.id) }
        let own = Self.rendered(counterparts, in: spec.index, architecture)
        let votes = Self.votes(own, counterparts, architecture, spec.index)
        let count = counterparts.theirs.count
        counterparts.add(votes)
        self.init(spec, architecture, counterparts, count == counterparts.theirs.count ? own : nil)
    }

    /// `own` is what the input has by its ids, where that is rendered already.
    private init(
        _ spec: FixSpec, _ architecture: FixArchitecture, _ counterparts: Counterparts,
        _ own: [String: RenderedResource]? = nil
    ) {
        self.spec = spec
        self.architecture = architecture
        self.counterparts = counterparts
        let standIns = architecture.standIns(for: spec.name)
        let ids = Self.ids(of: architecture, counterparts, spec.index, standIns)
        let own = own ?? Self.rendered(counterparts, in: spec.index, architecture)
        drafts = architecture.resources.map { Self.draft($0, ids, own, architecture, counterparts, spec.index) }
        (renaming, plain) = Self.names(spec, architecture, counterparts, ids, standIns)
    }

    /// This deployment, with another of the input's resources in the place of one of the architecture.
    func putting(_ theirID: String, for ownID: String) -> FixDeployment {
        var counterparts = counterparts
        counterparts.set(ownID, to: theirID)
        return FixDeployment(spec, architecture, counterparts)
    }

    // MARK: - What is in it

    var items: [Item] { drafts.indices.map(item) }

    /// What the control asks for.
    func items(bearing control: String) -> [Item] {
        drafts.indices.filter { index in
            let draft = drafts[index]
            return switch control {
            case "COST-1.2": draft.present?.fields.contains(where: \.isTags) ?? false
            case "OPS-3.6": draft.wanted.deletionPolicy == "Retain"
            case _ where draft.theirs == nil: architecture.bears(control, at: index)
            default: draft.wanted.bears(control) || draft.present?.bears(control) ?? false
            }
        }.map(item)
    }

    /// Where in `items` that stands which the input has nothing of, by id.
    private(set) lazy var absent: [String: Int] = drafts.indices.reduce(into: [:]) { absent, index in
        let draft = drafts[index]
        if draft.present == nil, draft.theirs == nil, absent[draft.wanted.id] == nil { absent[draft.wanted.id] = index }
    }

    /// Takes apart texts that may name what the input has nothing of.
    private(set) lazy var absentTexts = RenderedTextReader(ids: Set(absent.keys), recoveryRegion: nil)

    /// Alarms that the input has nothing of, in the order of `items`; those of the second region guard nothing here.
    private(set) lazy var absentAlarms: [RenderedResource] = absent.values.sorted().filter { index in
        drafts[index].wanted.template == "AWS::CloudWatch::Alarm" && drafts[index].wanted.region == nil
    }.map { item($0).wanted }

    /// The type of everything that is here, by id.
    private(set) lazy var types: [String: String] = drafts.reduce(into: [:]) { types, draft in
        for resource in [draft.present, draft.wanted] {
            if let resource { types[resource.id] = resource.type(in: tongue) }
        }
    }

    /// Takes apart the texts of everything that is here.
    private(set) lazy var texts = RenderedTextReader(ids: Set(types.keys), recoveryRegion: nil)

    /// The second region's name for what lies there, by id.
    private(set) lazy var regions: [String: String] = drafts.reduce(into: [:]) { $0[$1.wanted.id] = $1.wanted.region }

    /// What lies in the second region, as those in the first name it.
    private(set) lazy var elsewhere: [String: (arn: String, inProperty: String)] = {
        guard tongue == .template else { return [:] }
        let deployment = architecture.deployment
        return zip(architecture.resources, drafts).reduce(into: [:]) { elsewhere, pair in
            guard pair.0.region != nil else { return }
            elsewhere[pair.1.wanted.id] = (
                renaming.text(deployment.arn(of: pair.0)), renaming.text(deployment.propertyName(of: pair.0))
            )
        }
    }()

    /// An item with the names of the input.
    func item(_ position: Int) -> Item {
        if let known = made[position] { return known }
        var item = drafts[position]
        item.wanted = renaming.resource(item.wanted)
        item.present = item.present.map(plain.resource)
        if tongue == .template, let their = item.theirs, architecture.resources[position].id == item.owner,
            let other = index.byID[their]
        {
            item.present?.fields += Item.filled(other)
        }
        made[position] = item
        return item
    }

    // MARK: - Making it

    /// What the input has, by its ids.
    private static func rendered(
        _ counterparts: Counterparts, in index: ResourceIndex, _ architecture: FixArchitecture
    ) -> [String: RenderedResource] {
        let part = index.graph.only(Set(counterparts.theirs.values).sorted())
        return RenderedDeployment(part, architecture.plan, in: architecture.tongue).resources()
            .reduce(into: [:]) { $0[$1.id] = $1 }
    }

    /// How often each of the input's resources stands where the architecture has one of its own.
    private static func votes(
        _ own: [String: RenderedResource], _ counterparts: Counterparts, _ architecture: FixArchitecture,
        _ index: ResourceIndex
    ) -> [String: [String: Int]] {
        var votes: [String: [String: Int]] = [:]
        for resource in architecture.resources {
            guard let owner = architecture.owners[resource.id], let their = counterparts.theirs[owner],
                let other = own[their + resource.id.dropFirst(owner.count)]
            else { continue }
            resource.fields.correspond(with: other.fields, in: architecture.tongue) { own, their in
                guard let element = architecture.elements[own], let candidate = index.byID[their],
                    ObjectIdentifier(Swift.type(of: candidate)) == ObjectIdentifier(Swift.type(of: element))
                else { return }
                votes[own, default: [:]][their, default: 0] += 1
            }
        }
        return votes
    }

    /// What each of the architecture's ids is called in the input.
    private static func ids(
        of architecture: FixArchitecture, _ counterparts: Counterparts, _ index: ResourceIndex,
        _ standIns: [(own: String, other: String)]
    ) -> [String: String] {
        var ids: [String: String] = [:]
        for resource in architecture.resources {
            for standIn in standIns where resource.id.holds(standIn.own) {
                ids[resource.id] = resource.id.putting(standIn.other, for: standIn.own)
            }
            guard let owner = architecture.owners[resource.id], let their = counterparts.theirs[owner] else { continue }
            ids[resource.id] = id(ofPart: resource, their, owner, index, architecture.tongue)
        }
        for (own, their) in counterparts.theirs { ids[own] = their }
        return ids
    }

    private static func names(
        _ spec: FixSpec, _ architecture: FixArchitecture, _ counterparts: Counterparts, _ ids: [String: String],
        _ standIns: [(own: String, other: String)]
    ) -> (renaming: RenderedNames, plain: RenderedNames) {
        let (own, index) = (architecture.plan.spec.name, spec.index)
        var names: [String: String] = [:]
        for (id, their) in counterparts.theirs {
            guard let name = architecture.elements[id]?.name.value, name != own, let other = index.byID[their] else {
                continue
            }
            names[name] = other.name.value ?? "${\(their)}"
        }
        if let name = spec.endpoint?.name.value, name != spec.name { names[own] = name }
        var renaming = RenderedNames(ids: ids, names: names, prefix: own)
        renaming.tags = ["ml:managed-by": nil, "ml:critical": spec.isCritical ? "true" : "false"]
        // A region or partition that is written out is the same as one that is asked for.
        var literals = ["arn:aws:": "arn:${AWS::Partition}:"]
        if let region = index.graph.region.value, !region.isEmpty { literals[region] = "${AWS::Region}" }
        var plain = RenderedNames(ids: [:], names: literals, prefix: "")
        renaming.standIns = standIns
        plain.standIns = standIns
        return (renaming, plain)
    }

    private static func draft(
        _ original: RenderedResource, _ ids: [String: String], _ own: [String: RenderedResource],
        _ architecture: FixArchitecture, _ counterparts: Counterparts, _ index: ResourceIndex
    ) -> Item {
        let owner = architecture.owners[original.id]
        let their = owner.flatMap { counterparts.theirs[$0] }
        var item = Item(wanted: original, present: nil, owner: owner, theirs: their)
        item.wanted.id = ids[original.id] ?? original.id
        item.wanted.dependsOn = original.dependsOn.map { ids[$0] ?? $0 }
        guard let owner, let their else { return item }
        item.present = own[their + original.id.dropFirst(owner.count)]
        guard architecture.tongue == .template else { return item }
        if isWrittenInItsRole(item.wanted, of: their, index) { item.writeInto(role: their) }
        if original.id == owner, let other = index.byID[their] { item.empty(other) }
        return item
    }

    // MARK: - Parts

    /// The id under which the input has what the architecture knows as a part of another resource: its own id for it,
    /// or one made of its resource's id.
    private static func id(
        ofPart part: RenderedResource, _ their: String, _ owner: String, _ index: ResourceIndex, _ tongue: Tongue
    ) -> String {
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
    private static func isWrittenInItsRole(
        _ wanted: RenderedResource, of role: String, _ index: ResourceIndex
    ) -> Bool {
        guard wanted.template == "AWS::IAM::RolePolicy" else { return false }
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
        if other is SecurityGroup, wanted.fields["SecurityGroupIngress", .template] == nil {
            wanted.fields.append(Self.list("SecurityGroupIngress", [], for: ["SEC-1.4"]))
        }
        for field in Self.filled(other) {
            let controls = field.template == "ArchiveRules" ? ["SEC-2.7"] : ["SEC-2.1", "SEC-2.2"]
            wanted.fields.append(Self.list(field.template, [], for: controls))
        }
    }

    /// Those lists, where the input fills them.
    fileprivate static func filled(_ other: any Resource) -> [RenderedField] {
        if let role = other as? Role, let names = role.managedPolicies.value, !names.isEmpty {
            return [list("ManagedPolicyArns", names.compactMap(\.value).map { .text($0) })]
        }
        if let analyzer = other as? Analyzer, let rules = analyzer.archiveRuleKeys.value, !rules.isEmpty {
            return [list("ArchiveRules", rules.map { .texts($0) })]
        }
        return []
    }

    private static func list(_ key: String?, _ items: [RenderedValue], for controls: [String] = []) -> RenderedField {
        RenderedField(template: key, plan: nil, value: .list(items), controls: controls)
    }
}
