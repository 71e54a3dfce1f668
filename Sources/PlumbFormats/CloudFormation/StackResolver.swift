// What a value of a template is once its references, functions and conditions are carried out.

import PlumbModel

/// One instance of a template: its parameters have values, its resources have ids, and its functions can be resolved.
///
/// Nothing in it is ever an error: what cannot be told is a text in normal form with the reason, or unknown. Resolving
/// follows names from resource to resource, never further than `depthMax`, and never in a circle.
final class StackResolver {
    static let depthMax = 300
    /// No name or ARN in AWS is longer; names made of two others each would double in length forever.
    static let nameBytesMax = 2048

    let template: Template
    /// What the ids of this stack's resources begin with: empty, or the path of the nested stack.
    let prefix: String
    let parameters: [String: Property]
    unowned let deployment: StackDeployment
    /// Nested stacks by logical id, where their template is at hand.
    var nested: [String: StackResolver] = [:]

    private var names: [String: Property] = [:]
    private var parameterValues: [String: Property] = [:]
    private var conditionValues: [String: Bool] = [:]
    private var underWay: Set<String> = []
    /// Counted over all stacks: an output may lead into another one, and back.
    private var depth: Int {
        get { deployment.depth }
        set { deployment.depth = newValue }
    }

    init(_ template: Template, prefix: String, parameters: [String: Property], in deployment: StackDeployment) {
        self.template = template
        self.prefix = prefix
        self.parameters = parameters
        self.deployment = deployment
    }

    func id(_ logicalID: String) -> String { prefix + logicalID }
    func place(_ mark: Mark) -> Place { mark.place(in: template.file) }

    // MARK: - Values

    /// The value of a node. Maps lose the keys, and lists the items, that turn out to be `AWS::NoValue`.
    func resolve(_ node: DocumentNode) -> Property {
        let at = place(node.mark)
        guard depth < Self.depthMax else { return Property(.unknown("it is nested too deep to be told"), at: at) }
        guard deployment.mayResolve(node) else {
            return Property(.unknown("the references lead to more values than can be told"), at: at)
        }
        depth += 1
        defer { depth -= 1 }
        if let tag = node.tag {
            var argument = node
            argument.tag = nil
            return call(tag == "Ref" || tag == "Condition" ? tag : "Fn::" + tag, argument, at: at)
        }
        switch node.content {
        case .null: return Property(.absent, at: at)
        case .scalar(let text, _): return Property(.text(text, undecided: nil), at: at)
        case .list(let items):
            return Property(.list(items.map(resolve).filter { !$0.isAbsent }), at: at)
        case .map(let entries):
            if let first = entries.first, entries.count == 1, first.key == "Ref" || first.key.hasPrefix("Fn::") {
                return call(first.key, first.value, at: at)
            }
            var fields: [Property.Field] = []
            fields.reserveCapacity(entries.count)
            for entry in entries {
                if entry.key == "Fn::Transform" || entry.key.hasPrefix("Fn::ForEach") {
                    return Property(.unknown("\(entry.key) makes this when the template is deployed"), at: at)
                }
                let value = resolve(entry.value)
                if !value.isAbsent { fields.append(Property.Field(key: entry.key, value: value)) }
            }
            return Property(.map(fields), at: at)
        }
    }

    private func call(_ function: String, _ argument: DocumentNode, at place: Place) -> Property {
        switch function {
        case "Ref": return reference(argument.text ?? "", at: place)
        case "Fn::GetAtt": return attribute(argument, at: place)
        case "Fn::Sub": return substitute(argument, at: place)
        case "Fn::Join": return join(argument, at: place)
        case "Fn::Select": return select(argument, at: place)
        case "Fn::Split": return split(argument, at: place)
        case "Fn::If": return branch(argument, at: place)
        case "Fn::FindInMap": return findInMap(argument, at: place)
        case "Fn::ImportValue": return importValue(argument, at: place)
        case "Fn::Base64": return resolve(argument)
        case "Fn::GetAZs": return .text("${AZs}", at: place)
        case "Fn::Cidr":
            let parts = argument.items.map { shown(resolve($0)) }
            return .text("${Cidr:\(parts.joined(separator: ","))}", at: place)
        case "Fn::ToJsonString": return resolve(argument)
        case "Fn::Length":
            let list = resolve(argument)
            guard case .list(let items) = list.state else {
                return Property(.unknown(list.whyUnknown ?? "the length of the list is not known"), at: place)
            }
            return .text("\(items.count)", at: place)
        case "Condition": return .text(condition(argument.text ?? "") ? "true" : "false", at: place)
        case "Fn::Transform":
            return Property(.unknown("a macro makes this when the template is deployed"), at: place)
        default:
            deployment.warn("there is no function \(function) in a template", at: place)
            return Property(.unknown("there is no function \(function)"), at: place)
        }
    }

    // MARK: - References

    private static let pseudoParameters: Set<String> = [
        "AWS::AccountId", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName",
        "AWS::URLSuffix",
    ]

    private func reference(_ name: String, at place: Place) -> Property {
        if name == "AWS::NoValue" { return Property(.absent, at: place) }
        if name == "AWS::Region", let region = template.region { return .text(region, at: place) }
        if Self.pseudoParameters.contains(name) { return .text("${\(name)}", at: place) }
        if template.parameters[name] != nil {
            var value = parameter(name)
            value.place = place
            return value
        }
        guard let resource = template[name] else {
            deployment.warn(
                "there is no parameter or resource '\(name)' in the template", at: place,
                hint: deployment.hint(for: name, in: template))
            return Property(.text("${\(name)}", undecided: "there is no '\(name)' in the template"), at: place)
        }
        switch ResourceNaming.of(resource.type).reference {
        case .name: return physicalName(of: resource, at: place)
        case .arn: return .text("${\(id(name)).Arn}", at: place)
        case .id: return .text("${\(id(name))}", at: place)
        }
    }

    private func attribute(_ argument: DocumentNode, at place: Place) -> Property {
        let parts = argument.items.map { shown(resolve($0)) }
        let text = parts.isEmpty ? argument.text ?? "" : parts.joined(separator: ".")
        return attribute(text, at: place)
    }

    private func attribute(_ text: String, at place: Place) -> Property {
        guard let dot = text.firstIndex(of: ".") else {
            return Property(.unknown("GetAtt needs a resource and an attribute, not '\(text)'"), at: place)
        }
        let (logicalID, attribute) = (String(text[..<dot]), String(text[text.index(after: dot)...]))
        guard let resource = template[logicalID] else {
            deployment.warn(
                "there is no resource '\(logicalID)' in the template", at: place,
                hint: deployment.hint(for: logicalID, in: template))
            return Property(.text("${\(text)}", undecided: "there is no '\(logicalID)' in the template"), at: place)
        }
        if resource.type == "AWS::CloudFormation::Stack", attribute.hasPrefix("Outputs.") {
            return output(String(attribute.dropFirst("Outputs.".count)), of: logicalID, at: place)
        }
        let naming = ResourceNaming.of(resource.type)
        if naming.nameAttributes.contains(attribute) { return physicalName(of: resource, at: place) }
        if naming.arnAttributes.contains(attribute) { return .text("${\(id(logicalID)).Arn}", at: place) }
        if naming.idAttributes.contains(attribute) { return .text("${\(id(logicalID))}", at: place) }
        return .text("${\(id(logicalID)).\(attribute)}", at: place)
    }

    private func output(_ name: String, of logicalID: String, at place: Place) -> Property {
        let form = "${\(id(logicalID)).Outputs.\(name)}"
        guard let child = nested[logicalID] else {
            return Property(.text(form, undecided: "the template of the stack \(logicalID) is not given"), at: place)
        }
        guard let value = child.template.outputs.last(where: { $0.key == name })?.value["Value"] else {
            deployment.warn("the stack \(logicalID) has no output '\(name)'", at: place)
            return Property(.text(form, undecided: "the stack \(logicalID) has no output '\(name)'"), at: place)
        }
        return once("output \(logicalID).\(name)", else: form, at: place) { child.resolve(value) }
    }

    /// The name that a resource has in AWS: what its name property says, else `${Id}`.
    func physicalName(of resource: TemplateResource, at place: Place) -> Property {
        let form = "${\(id(resource.logicalID))}"
        if var known = names[resource.logicalID] {
            known.place = place
            return known
        }
        guard let key = ResourceNaming.of(resource.type).nameProperty, let node = resource.properties?[key] else {
            return .text(form, at: place)
        }
        var name = once("name \(resource.logicalID)", else: form, at: place) { resolve(node) }
        if case .text(let text, _) = name.state, text.utf8.count <= Self.nameBytesMax {
        } else {
            name = .text(form, at: place)
        }
        names[resource.logicalID] = name
        name.place = place
        return name
    }

    /// Resolves something that may lead back to itself: then the circle ends in its normal form.
    private func once(_ what: String, else form: String, at place: Place, _ resolve: () -> Property) -> Property {
        guard underWay.insert(what).inserted else {
            return Property(.text(form, undecided: "it refers to itself"), at: place)
        }
        defer { underWay.remove(what) }
        return deployment.follow(resolve)
    }

    private func parameter(_ name: String) -> Property {
        if let known = parameterValues[name] { return known }
        guard let parameter = template.parameters[name] else { return Property(.absent) }
        let place = place(parameter.mark)
        let value: Property
        if let given = parameters[name] {
            value = listed(given, parameter)
        } else if parameter.isLookedUp {
            value = Property(
                .text("${\(name)}", undecided: "the parameter \(name) is looked up when the template is deployed"),
                at: place)
        } else if let node = parameter.defaultValue {
            value = listed(Property(node, in: template.file), parameter)
        } else {
            value = Property(
                .text(
                    "${\(name)}",
                    undecided: "the parameter \(name) has no default: give it with --parameter \(name)=VALUE"),
                at: place)
        }
        parameterValues[name] = value
        return value
    }

    private func listed(_ value: Property, _ parameter: TemplateParameter) -> Property {
        guard parameter.isList, case .text(let text, nil) = value.state else { return value }
        let items = text.split(separator: ",").map { part in
            Property.text(part.trimmingSpaces, at: value.place)
        }
        return Property(.list(items), at: value.place)
    }

    // MARK: - Conditions

    /// Whether a condition is true in the world that is being judged.
    func condition(_ name: String) -> Bool {
        if let known = conditionValues[name] { return known }
        guard let node = template.conditions[name] else {
            deployment.warn("there is no condition '\(name)'", at: Place(file: template.file))
            return false
        }
        guard underWay.insert("condition \(name)").inserted else { return false }
        let value = evaluate(node)
        underWay.remove("condition \(name)")
        conditionValues[name] = value
        return value
    }

    private func evaluate(_ node: DocumentNode) -> Bool {
        guard depth < Self.depthMax else { return false }
        depth += 1
        defer { depth -= 1 }
        var (function, argument) = ("", node)
        if let tag = node.tag {
            function = tag == "Condition" ? tag : "Fn::" + tag
            argument.tag = nil
        } else if let entry = node.entries.first {
            (function, argument) = (entry.key, entry.value)
        }
        switch function {
        case "Fn::And": return argument.items.map(evaluate).allSatisfy { $0 }
        case "Fn::Or": return argument.items.map(evaluate).contains(true)
        case "Fn::Not": return !(argument.items.first.map(evaluate) ?? true)
        case "Condition": return condition(argument.text ?? "")
        case "Fn::Equals":
            guard argument.items.count == 2 else { return false }
            return deployment.isEqual(resolve(argument.items[0]), resolve(argument.items[1]), in: self)
        default: return resolve(node).bool.value ?? false
        }
    }

    private func branch(_ argument: DocumentNode, at place: Place) -> Property {
        guard argument.items.count == 3, let name = argument.items[0].text else {
            return Property(.unknown("If needs a condition and two values"), at: place)
        }
        return resolve(argument.items[condition(name) ? 1 : 2])
    }
}

extension Substring {
    var trimmingSpaces: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
