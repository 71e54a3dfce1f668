// Makes of a finding the lines that mend it: in the language of the input, with the input's own names.

public import PlumbModel

/// Mends findings on one input. It keeps what it has compiled, since findings on one endpoint share it.
public struct FixRendering {
    private let index: ResourceIndex
    private var graph: Graph { index.graph }
    private var deployments: [String: FixDeployment?] = [:]
    private var architectures: [String: FixArchitecture?] = [:]
    private var specLines: [String: Patch?] = [:]
    /// A snippet of more resources is no snippet: `plumb render` writes the whole.
    static let resourcesMax = 16
    /// Compiling an architecture takes longer than judging one: in a large fleet the first endpoints have fixes.
    static let deploymentsMax = 40
    /// How the message of a finding begins that only wants proof.
    private static let unproved = "declared but not proved"
    /// Controls whose limit is the instance type itself: there the prescribed one stands in the place of the found one.
    private static let typeControls: Set<String> = ["PERF-1.2", "COST-2.1", "COST-2.5", "COST-3.5"]

    /// - Parameter graph: What was read of the input.
    public init(_ graph: Graph) { self.init(ResourceIndex(graph)) }

    init(_ index: ResourceIndex) { self.index = index }

    /// What to paste; nil where nothing can be said, such as of a control that needs a running system.
    public mutating func patch(for finding: Finding) -> Patch? {
        let isKnown = Self.deploymentKey(of: finding, in: index).map { deployments[$0] != nil } ?? false
        return patch(for: finding, compiling: isKnown || deployments.count < Self.deploymentsMax)
    }

    /// The same, from compiled resources only where `isCompiling`: else the keys of a spec are all that can be said.
    mutating func patch(for finding: Finding, compiling isCompiling: Bool) -> Patch? {
        // What stands there as it should needs proof, not lines.
        if finding.verdict == .unknown, finding.message.hasPrefix(Self.unproved) { return nil }
        if let pin = providerPin(finding) { return pin }
        if let language, isCompiling {
            let (fixes, deployment) = fixes(for: finding)
            if let deployment, !fixes.isEmpty {
                let text = FixText(deployment, region: graph.region.value).text(of: fixes)
                let isJSON = (finding.place?.file ?? "").lowercased().hasSuffix(".json") && language == .cloudformation
                return Patch(language, isJSON ? TemplateJSON.text(ofYAML: text) ?? text : text)
            }
        }
        if let known = specLines[finding.control] { return known }
        let patch = SpecFixes.text(for: finding.control, in: graph.environment).map { Patch(.spec, $0) }
        specLines[finding.control] = .some(patch)
        return patch
    }

    /// A provider is no resource: its version is settled in the configuration's own block. It keeps the least version
    /// that was allowed so far.
    private func providerPin(_ finding: Finding) -> Patch? {
        guard graph.source == .terraform, finding.resource.hasPrefix("provider ") else { return nil }
        let name = String(finding.resource.dropFirst("provider ".count))
        let pin = graph.notes.providers.value?.first { $0.name == name }?.versions.value ?? ""
        let number = pin.split(separator: ",").first?.drop { !$0.isNumber } ?? ""
        let version = HCLText.quoted("~> \(number.isEmpty ? "5.100" : String(number))")
        var lines = [HCLLine(0, "terraform {"), HCLLine(2, "required_providers {"), HCLLine(4, "\(name) = {")]
        lines += [
            HCLLine(6, "source", assign: "= \(HCLText.quoted("hashicorp/\(name)"))"),
            HCLLine(6, "version", assign: "= \(version) # OPS-3.3"), HCLLine(4, "}"), HCLLine(2, "}"),
            HCLLine(0, "}"),
        ]
        return Patch(.terraform, HCLText.text(lines))
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

    /// The resources that mend the finding, and the deployment that they are taken from.
    mutating func fixes(for finding: Finding) -> (fixes: [ResourceFix], deployment: FixDeployment?) {
        let control = finding.control
        let endpoint = Self.endpoint(of: finding, in: index)
        let spec = FixSpec(index: index, endpoint: endpoint, asOf: graph.asOf)
        guard let tongue, var deployment = deployment(spec, finding, tongue) else { return ([], nil) }
        var items = deployment.items(bearing: control)
        if let subject = index.byID[finding.resource], !(subject is Endpoint),
            !items.contains(where: { $0.theirs == subject.id }),
            let own = likest(to: subject, items, deployment, named: spec.name)
        {
            deployment = deployment.putting(subject.id, for: own)
            items = deployment.items(bearing: control)
        }
        let choice = FixChoice(finding, index: index, tongue: tongue)
        return (complete(choice.fixes(of: items), in: deployment), deployment)
    }

    /// With what is added, and refers to something that is not there either, comes that too.
    private func complete(_ fixes: [ResourceFix], in deployment: FixDeployment) -> [ResourceFix] {
        var fixes = fixes
        // The endpoint names its alarms.
        func areNamed(in resource: RenderedResource) -> [String] {
            guard resource.template == "AWS::SageMaker::Endpoint" else { return [] }
            return deployment.absentAlarms.filter { alarm in
                guard let name = alarm.fields["alarm_name", .plan]?.value else { return false }
                return resource.fields.contains { $0.value.holds(name) }
            }.map(\.id)
        }
        var known = Set(fixes.map(\.resource.id))
        var next = 0
        while next < fixes.count {
            let needed = fixes[next].resource.fields.reduce(into: Set<String>()) {
                $0.formUnion($1.value.references(among: deployment.absentTexts))
            }
            for id in needed.sorted() + areNamed(in: fixes[next].resource) where fixes.count < Self.resourcesMax {
                if let position = deployment.absent[id], known.insert(id).inserted {
                    fixes.append(ResourceFix(whole: deployment.item(position).wanted, .add))
                }
            }
            next += 1
        }
        return fixes
    }

    /// The resource of the architecture that is most like one of the input's.
    private func likest(
        to subject: any Resource, _ items: [FixDeployment.Item], _ deployment: FixDeployment, named name: String
    ) -> String? {
        let (kin, words) = (Kin(subject), Words.of(subject))
        let type = ObjectIdentifier(Swift.type(of: subject))
        let scored = items.compactMap { item -> (Double, String)? in
            guard let owner = item.owner.flatMap({ deployment.architecture.elements[$0] }),
                ObjectIdentifier(Swift.type(of: owner)) == type
            else { return nil }
            let kinship = Kinship.score(Kin(owner), kin) ?? -1
            let own = deployment.architecture.words(of: owner, named: name)
            return (kinship + 2 * Words.likeness(own, words), owner.id)
        }
        return scored.max { ($0.0, $1.1) < ($1.0, $0.1) }?.1
    }

    private mutating func deployment(_ spec: FixSpec, _ finding: Finding, _ tongue: Tongue) -> FixDeployment? {
        let key = Self.deploymentKey(of: finding, in: index) ?? ""
        if let known = deployments[key] { return known }
        let keepsType = !Self.typeControls.contains(finding.control)
        let made = architecture(spec, keepsType, tongue).map { FixDeployment(spec, $0) }
        deployments[key] = .some(made)
        return made
    }

    /// What tells apart the deployments that findings are mended from; nil for a finding that needs none.
    static func deploymentKey(of finding: Finding, in index: ResourceIndex) -> String? {
        if finding.verdict == .unknown, finding.message.hasPrefix(unproved) { return nil }
        if finding.resource.hasPrefix("provider ") { return nil }
        return "\(endpoint(of: finding, in: index)?.id ?? "") \(!typeControls.contains(finding.control))"
    }

    private mutating func architecture(_ spec: FixSpec, _ keepsType: Bool, _ tongue: Tongue) -> FixArchitecture? {
        let standIn = FixArchitecture.standIn(for: spec.name)
        let text = spec.text(named: standIn ?? spec.name, keepingType: keepsType)
        let key = "\(text)\n\(spec.variant)"
        if let known = architectures[key] { return known }
        let made = spec.blueprint(text).map {
            FixArchitecture($0, standIn: standIn, asOf: graph.asOf, in: tongue)
        }
        architectures[key] = .some(made)
        return made
    }

    /// The endpoint that a finding is about: itself, or the one that its resource serves; else the first.
    private static func endpoint(of finding: Finding, in index: ResourceIndex) -> Endpoint? {
        if let endpoint = index.graph.endpoints[id: finding.resource] { return endpoint }
        return index.endpoint(servedBy: finding.resource) ?? index.graph.endpoints.first
    }
}
