// Parts a deployment into templates, each small enough to be given to CloudFormation in the request itself (51,200
// bytes): foundation, the second region, data, endpoint, what stands by, automation, operations.
//
// Each exports what the later ones import; the second region is spoken of by names alone. There is no template with all
// in it, because the model's artefact is published between the bucket and the model.

import PlumbModel

struct CloudFormationTemplates {
    /// What is printed of a layer before it is known what the later ones import of it.
    private struct Section {
        var layer: Layer
        var resources: [RenderedResource]
        var body: [String]
        var parameters: [RenderedParameter]
        /// Ids and attributes of what is imported from the layers before.
        var imports: [String]
    }

    let deployment: RenderedDeployment
    let resources: [RenderedResource]
    private let texts: RenderedTextReader
    private let byID: [String: RenderedResource]
    /// CloudFormation's type of each resource, by id.
    private let types: [String: String]

    /// A template's place in the order in which stacks are made.
    enum Layer: Int, CaseIterable, Comparable {
        case foundation, recovery, data, endpoint, standby, automation, operations

        /// Made in the second region.
        var isInRecoveryRegion: Bool { self == .recovery || self == .standby }

        var name: String { String(describing: self) }
        static func < (left: Layer, right: Layer) -> Bool { left.rawValue < right.rawValue }
    }

    init(_ deployment: RenderedDeployment) {
        self.deployment = deployment
        resources = deployment.resources()
        byID = Dictionary(resources.map { ($0.id, $0) }) { first, _ in first }
        types = byID.compactMapValues(\.template)
        texts = RenderedTextReader(ids: Set(byID.keys), recoveryRegion: deployment.plan.recoveryRegion)
    }

    /// The files of the layers; each exports what those after it import.
    func files() -> [RenderedFile] {
        let layers = layers()
        let used = Layer.allCases.filter { layer in layers.values.contains(layer) }
        let sections = used.map { section($0, layers) }
        let imported = Set(sections.flatMap(\.imports)).sorted()
        return sections.enumerated().map { index, section in
            let exports = imported.filter { layers[CloudFormationTemplates.id(of: $0)] == section.layer }
            return file(section, position: (index, used), exports: exports)
        }
    }

    private func section(_ layer: Layer, _ layers: [String: Layer]) -> Section {
        let own = resources.filter { layers[$0.id] == layer }
        var printer = CloudFormationPrinter(
            texts: texts, types: types, exportPrefix: deployment.plan.prefix, isRecovery: layer.isInRecoveryRegion,
            regions: (deployment.plan.spec.region, deployment.plan.recoveryRegion)
        ) { site(of: $0, from: layer, layers) }
        let body = printer.print(own)
        return Section(
            layer: layer, resources: own, body: body, parameters: printer.parameters, imports: printer.imports)
    }

    private static func id(of export: String) -> String {
        String(export.prefix { $0 != "." })
    }

    private func site(of id: String, from layer: Layer, _ layers: [String: Layer]) -> CloudFormationPrinter.Site {
        guard let other = layers[id], let resource = byID[id] else { return .earlier }
        if other == layer { return .here }
        if other.isInRecoveryRegion != layer.isInRecoveryRegion {
            return .elsewhere(arn: deployment.arn(of: resource), inProperty: deployment.propertyName(of: resource))
        }
        return .earlier
    }

    /// Each resource in the layer of its concern, or of the last thing that it refers to.
    private func layers() -> [String: Layer] {
        var layers: [String: Layer] = [:]
        var underWay: Set<String> = []
        let awaited = Set(resources.flatMap(\.dependsOn))
        func layer(_ id: String) -> Layer {
            if let known = layers[id] { return known }
            guard let resource = byID[id], underWay.insert(id).inserted else { return .foundation }
            defer { underWay.remove(id) }
            let needed = (references(of: resource) + resource.dependsOn).filter { byID[$0]?.region == nil }.map(layer)
            let base = Self.layer(of: resource, isAwaited: awaited.contains(id))
            let own = resource.region == nil ? max(base, needed.max() ?? base) : Self.layerThere(of: resource)
            layers[id] = own
            return own
        }
        for resource in resources { _ = layer(resource.id) }
        return layers
    }

    /// The second region's model comes after what it is made of has been copied there.
    private static func layerThere(of resource: RenderedResource) -> Layer {
        resource.concern == .serving ? .standby : .recovery
    }

    private static func layer(of resource: RenderedResource, isAwaited: Bool) -> Layer {
        // What a role may do follows when all of it is there, unless something cannot be made without.
        if resource.template == "AWS::IAM::RolePolicy" { return isAwaited ? .foundation : .operations }
        return switch resource.concern {
        case .keys, .network, .roles: .foundation
        case .storage, .state, .backup, .audit, .notification: .data
        case .serving, .scaling, .monitoring: .endpoint
        case .automation: .automation
        case .recovery, .cost, .schedule, .front: .operations
        }
    }

    /// Ids of what a resource's properties name.
    private func references(of resource: RenderedResource) -> [String] {
        var found: [String] = []
        for field in resource.fields where field.template != nil {
            field.value.visit { value in
                switch value {
                case .link(let id, _, _): found.append(id)
                case .text(let text):
                    for case .attribute(let id, _) in texts.parts(text) { found.append(id) }
                default: break
                }
            }
        }
        return found
    }

    // MARK: - One file

    private func file(
        _ section: Section, position: (index: Int, all: [Layer]), exports: [String]
    ) -> RenderedFile {
        let name = "\(section.layer.name).yaml"
        var lines = head(name, position)
        lines += ["", "AWSTemplateFormatVersion: '2010-09-09'"]
        lines.append("Description: \(YAMLText.scalar(summary(position)))")
        lines += metadata(isRecovery: section.layer.isInRecoveryRegion)
        lines += parameters(section.parameters)
        lines += ["", "Resources:"] + section.body.drop { $0.isEmpty }
        lines += outputs(exports, section.resources)
        return RenderedFile(path: name, text: lines.joined(separator: "\n") + "\n")
    }

    private func summary(_ position: (index: Int, all: [Layer])) -> String {
        let plan = deployment.plan
        let part = "\(position.all[position.index].name), \(position.index + 1) of \(position.all.count)"
        return "ML endpoint \(plan.spec.name), \(plan.spec.environment.rawValue) (\(part))"
    }

    /// How the file is deployed, and in which order.
    private func head(_ name: String, _ position: (index: Int, all: [Layer])) -> [String] {
        let plan = deployment.plan
        let layer = position.all[position.index]
        let order = position.all.map { "\($0.name).yaml" }.joined(separator: ", ")
        let region = layer.isInRecoveryRegion ? " --region \(plan.recoveryRegion ?? "REGION")" : ""
        var lines = [
            "Rendered by plumb from the spec of \(plan.spec.name): change the spec, not this file.",
            "Stacks are made in this order: \(order).", "",
        ]
        if layer == .endpoint {
            for upload in deployment.uploads { lines += [upload.reason, "", "  \(upload.command)", ""] }
        }
        lines += [
            "  aws cloudformation deploy --stack-name \(plan.prefix)-\(layer.name)\(region) \\",
            "    --template-file \(name) --capabilities CAPABILITY_NAMED_IAM", "",
            "The ids beside properties name the controls that rest on them: `plumb explain ID` tells why.",
        ]
        return lines.map { $0.isEmpty ? "#" : "# \($0)" }
    }

    /// Says which region a template is for: CloudFormation itself has no word for it.
    private func metadata(isRecovery: Bool) -> [String] {
        guard isRecovery, let region = deployment.plan.recoveryRegion else { return [] }
        return ["", "Metadata:", "  Plumbline:", "    Region: \(region)"]
    }

    private func parameters(_ parameters: [RenderedParameter]) -> [String] {
        guard !parameters.isEmpty else { return [] }
        var lines = ["", "Parameters:"]
        for parameter in parameters.sorted(by: { $0.name < $1.name }) {
            lines.append("  \(parameter.name):")
            switch parameter.kind {
            case .number(let bounds):
                lines += [
                    "    Type: Number", "    MinValue: \(bounds.lowerBound)", "    MaxValue: \(bounds.upperBound)",
                ]
            case .text(let pattern, let hint):
                lines += [
                    "    Type: String", "    AllowedPattern: \(YAMLText.scalar(pattern))",
                    "    ConstraintDescription: \(YAMLText.scalar(hint))",
                ]
            }
            lines.append("    Description: \(YAMLText.scalar(parameter.summary))")
            switch parameter.standard {
            case .text(let text): lines.append("    Default: \(YAMLText.scalar(text))")
            case .number(let number): lines.append("    Default: \(RenderedValue.digits(number))")
            default: break
            }
        }
        return lines
    }

    /// What later stacks import, and what people look for.
    private func outputs(_ exports: [String], _ resources: [RenderedResource]) -> [String] {
        var lines: [String] = []
        for key in exports {
            let id = CloudFormationTemplates.id(of: key)
            let attribute = key == id ? nil : String(key.dropFirst(id.count + 1))
            let output = key.filter { $0.isLetter || $0.isNumber }
            let name = CloudFormationPrinter.exportName(deployment.plan.prefix, id, attribute)
            lines += [
                "  \(output):", "    Value: \(attribute.map { "!GetAtt \(id).\($0)" } ?? "!Ref \(id)")",
                "    Export:", "      Name: \(name)",
            ]
        }
        for output in deployment.outputs where resources.contains(where: { $0.id == output.id }) {
            lines += [
                "  \(output.name):", "    Description: \(output.summary)",
                "    Value: \(output.template.map { "!GetAtt \(output.id).\($0)" } ?? "!Ref \(output.id)")",
            ]
        }
        return lines.isEmpty ? [] : ["", "Outputs:"] + lines
    }
}

extension RenderedValue {
    /// Calls `look` on this value and on every one inside it.
    func visit(_ look: (RenderedValue) -> Void) {
        look(self)
        switch self {
        case .list(let items): for item in items { item.visit(look) }
        case .block(let fields), .object(let fields): for field in fields { field.value.visit(look) }
        case .blocks(let blocks): for field in blocks.joined() { field.value.visit(look) }
        case .map(let map): for (_, value) in map.sorted(by: { $0.key < $1.key }) { value.visit(look) }
        case .pairs(let pairs): for pair in pairs { pair.value.visit(look) }
        case .document(let inner), .json(let inner): inner.visit(look)
        case .tags(let tags): for (_, value) in tags.sorted(by: { $0.key < $1.key }) { look(.text(value)) }
        case .text, .number, .bool, .link, .parameter, .expression: break
        }
    }
}
