// Makes of a finding the lines that mend it: in the language of the input, with the input's own names.

public import PlumbModel

/// Mends findings on one input. It keeps what it has compiled, since findings on one endpoint share it.
public struct FixRendering {
    private let graph: Graph
    private let index: ResourceIndex
    private var deployments: [String: FixDeployment?] = [:]
    /// A snippet of more resources is no snippet: `plumb render` writes the whole.
    private static let resourcesMax = 16
    /// Controls whose limit is the instance type itself: there the prescribed one stands in the place of the found one.
    private static let typeControls: Set<String> = ["PERF-1.2", "COST-2.1", "OPS-2.7"]

    /// - Parameter graph: What was read of the input.
    public init(_ graph: Graph) {
        self.graph = graph
        index = ResourceIndex(graph)
    }

    /// What to paste; nil where nothing can be said, such as of a control that needs a running system.
    public mutating func patch(for finding: Finding) -> Patch? {
        if let tongue, let language {
            let (fixes, types) = fixes(for: finding)
            if !fixes.isEmpty {
                let text = FixText(tongue: tongue, region: graph.region.value, types: types)
                return Patch(language, text.text(of: fixes))
            }
        }
        return SpecFixes.text(for: finding.control, in: graph.environment).map { Patch(.spec, $0) }
    }

    private var tongue: Tongue? {
        switch graph.source {
        case .cloudformation: .template
        case .terraform: .plan
        case .spec, .live, .engine: nil
        }
    }

    private var language: Patch.Language? {
        switch graph.source {
        case .cloudformation: .cloudformation
        case .terraform: .terraform
        case .spec, .live, .engine: nil
        }
    }

    // MARK: - Finding out what changes

    /// The resources that mend the finding, and the types of what they may refer to.
    mutating func fixes(for finding: Finding) -> (fixes: [ResourceFix], types: [String: String]) {
        let control = finding.control
        let endpoint = endpoint(of: finding)
        let spec = FixSpec(graph: graph, endpoint: endpoint, asOf: graph.asOf)
        guard let tongue, var deployment = deployment(spec, control, tongue) else { return ([], [:]) }
        let items = deployment.items(bearing: control)
        guard !items.isEmpty else { return ([], [:]) }
        var fixes: [ResourceFix] = []
        if let subject = index.byID[finding.resource], !(subject is Endpoint) {
            if !items.contains(where: { $0.theirs == subject.id }), let own = likest(to: subject, items, deployment) {
                deployment = deployment.putting(subject.id, for: own, spec, in: index)
            }
            let own = deployment.items(bearing: control).filter { $0.theirs == subject.id }
            fixes = self.fixes(own, control, tongue, isAsked: true)
        }
        if fixes.isEmpty, finding.verdict == .fails {
            let named = items.filter { $0.theirs.map(finding.names) ?? false }
            fixes = self.fixes(named, control, tongue, isAsked: false)
            if fixes.isEmpty { fixes = self.fixes(items, control, tongue, isAsked: false) }
            if fixes.isEmpty { fixes = self.fixes(named.isEmpty ? items : named, control, tongue, isAsked: true) }
        }
        return (complete(fixes, in: deployment), deployment.types)
    }

    /// - Parameter isAsked: Whether these are meant for sure: where nothing differs, they are then told whole.
    private func fixes(
        _ items: [FixDeployment.Item], _ control: String, _ tongue: Tongue, isAsked: Bool
    ) -> [ResourceFix] {
        let fixes = items.compactMap { item -> ResourceFix? in
            guard let present = item.present else {
                let isThere = graph.notes.parts.contains { $0.id == item.wanted.id }
                return ResourceFix(whole: item.wanted, isThere ? .replace : .add)
            }
            return ResourceFix(item.wanted, from: present, for: control, in: tongue)
        }
        guard fixes.isEmpty, isAsked else { return Array(fixes.prefix(Self.resourcesMax)) }
        return items.prefix(Self.resourcesMax).map { ResourceFix(whole: $0.wanted, .replace) }
    }

    /// With what is added, and refers to something that is not there either, comes that too.
    private func complete(_ fixes: [ResourceFix], in deployment: FixDeployment) -> [ResourceFix] {
        var fixes = fixes
        let absent = deployment.items.filter { $0.present == nil && $0.theirs == nil }.map(\.wanted)
        let byID = Dictionary(absent.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let reader = RenderedTextReader(ids: Set(byID.keys), recoveryRegion: nil)
        var known = Set(fixes.map(\.resource.id))
        var next = 0
        while next < fixes.count {
            let needed = fixes[next].resource.fields.reduce(into: Set<String>()) {
                $0.formUnion($1.value.references(among: reader))
            }
            for id in needed.sorted() where fixes.count < Self.resourcesMax {
                if let resource = byID[id], known.insert(id).inserted {
                    fixes.append(ResourceFix(whole: resource, .add))
                }
            }
            next += 1
        }
        return fixes
    }

    /// The resource of the architecture that is most like one of the input's.
    private func likest(
        to subject: any Resource, _ items: [FixDeployment.Item], _ deployment: FixDeployment
    ) -> String? {
        let words = Words.of(subject)
        let type = ObjectIdentifier(Swift.type(of: subject))
        let scored = items.compactMap { item -> (Double, String)? in
            guard let owner = item.owner.flatMap(deployment.resource), ObjectIdentifier(Swift.type(of: owner)) == type
            else { return nil }
            let kinship = Kinship.score(owner, subject) ?? -1
            return (kinship + 2 * Words.likeness(Words.of(owner), words), owner.id)
        }
        return scored.max { ($0.0, $1.1) < ($1.0, $0.1) }?.1
    }

    private mutating func deployment(_ spec: FixSpec, _ control: String, _ tongue: Tongue) -> FixDeployment? {
        let keepsType = !Self.typeControls.contains(control)
        let key = "\(spec.endpoint?.id ?? "") \(keepsType)"
        if let known = deployments[key] { return known }
        let made = spec.blueprint(keepingType: keepsType).map {
            FixDeployment(spec, $0, in: index, tongue: tongue)
        }
        deployments[key] = .some(made)
        return made
    }

    /// The endpoint that a finding is about: itself, or the one that its resource serves; else the first.
    private func endpoint(of finding: Finding) -> Endpoint? {
        if let endpoint = graph.endpoints[id: finding.resource] { return endpoint }
        return index.endpoint(servedBy: finding.resource) ?? graph.endpoints.first
    }
}

extension Finding {
    /// Whether the message or a link of the chain speaks of a resource.
    fileprivate func names(_ id: String) -> Bool {
        let name = id.split(separator: ".").last.map(String.init) ?? id
        return ([message] + related.map(\.message)).contains { text in
            text.split { !$0.isLetter && !$0.isNumber && !"_-.[]\"".contains($0) }.contains {
                $0 == id || $0 == name || $0.hasSuffix(".\(name)")
            }
        }
    }
}
