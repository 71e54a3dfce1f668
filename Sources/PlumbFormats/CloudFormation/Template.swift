// One template as it stands in its file: its sections, before anything is resolved.

import PlumbModel

/// A parameter of a template.
struct TemplateParameter: Sendable {
    var name: String
    var type: String
    var defaultValue: DocumentNode?
    var allowedValues: [String]?
    var isSecret: Bool
    var mark: Mark

    /// A value that CloudFormation looks up when it deploys: the default is only the name to look under.
    var isLookedUp: Bool { type.hasPrefix("AWS::SSM::Parameter::Value<") }
    var isList: Bool { type == "CommaDelimitedList" || type.hasPrefix("List<") }
}

/// A resource of a template.
struct TemplateResource: Sendable {
    var logicalID: String
    var type: String
    var node: DocumentNode
    var mark: Mark
    var properties: DocumentNode? { node["Properties"] }
    var condition: String? { node["Condition"]?.text }
}

/// A CloudFormation template.
struct Template: Sendable {
    let file: String
    var parameters: [String: TemplateParameter] = [:]
    var parameterNames: [String] = []
    var mappings: [String: DocumentNode] = [:]
    var conditions: [String: DocumentNode] = [:]
    var resources: [TemplateResource] = []
    var indexByLogicalID: [String: Int] = [:]
    var outputs: [DocumentNode.Entry] = []
    /// Macros that change the template before it is deployed, except those that this reader carries out itself.
    var transforms: [String] = []
    /// The region that its metadata says it is for; nil where it says nothing.
    var region: String?
    var diagnostics: [Diagnostic] = []

    /// The sections that CloudFormation knows.
    static let sections: Set<String> = [
        "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions",
        "Transform", "Resources", "Outputs", "Hooks", "Globals",
    ]

    init(_ root: DocumentNode, file: String) {
        self.file = file
        for entry in root.entries where !Self.sections.contains(entry.key) {
            warn(
                "CloudFormation knows no section '\(entry.key)'", at: entry.mark,
                hint: "the sections are Parameters, Mappings, Conditions, Resources, Outputs and a few more")
        }
        region = root["Metadata"]?["Plumbline"]?["Region"]?.text
        readTransforms(root["Transform"])
        for entry in section("Parameters", of: root) { readParameter(entry) }
        for entry in section("Mappings", of: root) { mappings[entry.key] = entry.value }
        for entry in section("Conditions", of: root) { conditions[entry.key] = entry.value }
        outputs = section("Outputs", of: root)
        guard let resources = root["Resources"], case .map(let entries) = resources.content, !entries.isEmpty else {
            diagnostics.append(
                Diagnostic(
                    .error, "the template has no resources", at: (root["Resources"] ?? root).mark.place(in: file),
                    hint: "a template has a section Resources with one entry a resource"))
            return
        }
        self.resources.reserveCapacity(entries.count)
        for entry in withoutLoops(entries) { readResource(entry) }
    }

    private mutating func warn(_ message: String, at mark: Mark, hint: String? = nil) {
        diagnostics.append(Diagnostic(.warning, message, at: mark.place(in: file), hint: hint))
    }

    private mutating func section(_ name: String, of root: DocumentNode) -> [DocumentNode.Entry] {
        guard let node = root[name], !node.isNull else { return [] }
        guard case .map(let entries) = node.content else {
            diagnostics.append(
                Diagnostic(.error, "\(name) is \(node.kindName), a map was expected", at: node.mark.place(in: file)))
            return []
        }
        return entries
    }

    /// `AWS::LanguageExtensions` is carried out here; every other macro leaves something unknown.
    private mutating func readTransforms(_ node: DocumentNode?) {
        guard let node else { return }
        let names = node.items.isEmpty ? [node] : node.items
        for name in names {
            let text = name.text ?? name["Name"]?.text ?? "a macro"
            guard text != "AWS::LanguageExtensions" else { continue }
            transforms.append(text)
            warn(
                "the transform \(text) changes the template when it is deployed: what it makes is not judged here",
                at: name.mark,
                hint: "judge what CloudFormation made of it: aws cloudformation get-template --template-stage Processed"
            )
        }
    }

    private mutating func readParameter(_ entry: DocumentNode.Entry) {
        if parameters[entry.key] != nil { warn("the parameter \(entry.key) is declared twice", at: entry.mark) }
        let node = entry.value
        let allowed = node["AllowedValues"]?.items.compactMap(\.text)
        parameters[entry.key] = TemplateParameter(
            name: entry.key, type: node["Type"]?.text ?? "String",
            defaultValue: node["Default"].flatMap { $0.isNull ? nil : $0 }, allowedValues: allowed,
            isSecret: node["NoEcho"]?.text?.lowercased() == "true", mark: entry.mark)
        parameterNames.append(entry.key)
    }

    private mutating func readResource(_ entry: DocumentNode.Entry) {
        guard case .map = entry.value.content else {
            let place = entry.mark.place(in: file)
            diagnostics.append(
                Diagnostic(
                    .error, "the resource \(entry.key) is \(entry.value.kindName), a map was expected", at: place))
            return
        }
        guard let type = entry.value["Type"]?.text, !type.isEmpty else {
            diagnostics.append(
                Diagnostic(
                    .error, "the resource \(entry.key) has no Type", at: entry.mark.place(in: file),
                    hint: "write its type, such as AWS::SageMaker::Endpoint"))
            return
        }
        if let properties = entry.value["Properties"], !properties.isNull {
            switch properties.content {
            case .map: break
            default:
                diagnostics.append(
                    Diagnostic(
                        .error, "the properties of \(entry.key) are \(properties.kindName), a map was expected",
                        at: properties.mark.place(in: file)))
            }
        }
        let resource = TemplateResource(logicalID: entry.key, type: type, node: entry.value, mark: entry.mark)
        if let index = indexByLogicalID[entry.key] {
            warn("the resource \(entry.key) stands here twice; the last one counts", at: entry.mark)
            resources[index] = resource
        } else {
            indexByLogicalID[entry.key] = resources.count
            resources.append(resource)
        }
    }

    subscript(logicalID: String) -> TemplateResource? { indexByLogicalID[logicalID].map { resources[$0] } }
}
