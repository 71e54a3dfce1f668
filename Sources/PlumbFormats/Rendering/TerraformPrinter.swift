// Prints resources as Terraform configuration.

import PlumbModel

/// Prints the resources of one file of a module.
struct TerraformPrinter {
    let texts: RenderedTextReader
    /// Terraform's type of each resource, by id.
    let types: [String: String]
    /// The tags that every resource of the module carries, as `local.tags`.
    let commonTags: [String: String]
    /// Addresses of resources that are not called by the snake case of their ids, by id.
    var addresses: [String: String] = [:]
    private(set) var parameters: [RenderedParameter] = []
    /// The data sources that were met: `region`, `caller`, `partition`, `zones`, and the second region's zones.
    private(set) var sources: Set<Source> = []
    private var lines: [HCLLine] = []
    private var isRecovery = false

    enum Source: Sendable, Hashable, CaseIterable, Comparable {
        case caller, partition, region, zones, recoveryZones
    }

    init(texts: RenderedTextReader, types: [String: String], commonTags: [String: String]) {
        self.texts = texts
        self.types = types
        self.commonTags = commonTags
    }

    /// The text of a file with these resources.
    mutating func print(_ resources: [RenderedResource], title: String) -> String {
        lines = [HCLLine(0, "# \(title)")]
        for resource in resources { print(resource) }
        return HCLText.text(lines)
    }

    /// The text of one resource, without a word on what it is for.
    mutating func fragment(_ resource: RenderedResource, name: String) -> String {
        lines = []
        if let type = resource.plan { printBody(of: resource, type, name) }
        return HCLText.text(lines)
    }

    private mutating func print(_ resource: RenderedResource) {
        guard let type = resource.plan else { return }
        lines.append(HCLLine(0, ""))
        let ids = resource.controls.joined(separator: ", ")
        let about = [resource.note, ids.isEmpty ? nil : ids].compactMap { $0 }.joined(separator: " ")
        if !about.isEmpty { lines += TextFold.lines(about, width: 110).map { HCLLine(0, "# \($0)") } }
        printBody(of: resource, type, RenderedDeployment.snakeCase(resource.id))
    }

    private mutating func printBody(of resource: RenderedResource, _ type: String, _ name: String) {
        isRecovery = resource.region != nil
        lines.append(HCLLine(0, "resource \"\(type)\" \"\(name)\" {"))
        if isRecovery {
            lines.append(HCLLine(2, "provider", assign: "= aws.recovery"))
            lines.append(HCLLine(0, ""))
        }
        print(fields: resource.fields, indent: 2)
        let needed = resource.dependsOn.filter { types[$0] != nil }.map(address)
        if !needed.isEmpty {
            lines.append(HCLLine(0, ""))
            lines.append(HCLLine(2, "depends_on", assign: "= [\(needed.joined(separator: ", "))]"))
        }
        lifecycle(resource)
        lines.append(HCLLine(0, "}"))
    }

    private mutating func lifecycle(_ resource: RenderedResource) {
        var settings: [HCLLine] = []
        if resource.createsBeforeDestroy { settings.append(HCLLine(4, "create_before_destroy", assign: "= true")) }
        if resource.deletionPolicy == "Retain" { settings.append(HCLLine(4, "prevent_destroy", assign: "= true")) }
        if !resource.ignoredChanges.isEmpty {
            settings.append(
                HCLLine(4, "ignore_changes", assign: "= [\(resource.ignoredChanges.joined(separator: ", "))]"))
        }
        guard !settings.isEmpty else { return }
        lines += [HCLLine(0, ""), HCLLine(2, "lifecycle {")] + settings + [HCLLine(2, "}")]
    }

    // MARK: - Values

    /// Arguments of one line first, then longer ones, then blocks, each parted by an empty line.
    private mutating func print(fields: [RenderedField], indent: Int) {
        let own = fields.filter { $0.plan != nil }
        let first = lines.count
        var long: [[HCLLine]] = []
        for field in own where !field.value.isBlock {
            let start = lines.count
            print(HCLText.key(field.plan ?? ""), field.value, beside: field.controls, indent: indent)
            guard lines.count > start + 1 else { continue }
            long.append(Array(lines[start...]))
            lines.removeSubrange(start...)
        }
        for argument in long { lines += (lines.count > first ? [HCLLine(0, "")] : []) + argument }
        for field in own where field.value.isBlock {
            for block in field.value.blockList {
                if lines.count > first { lines.append(HCLLine(0, "")) }
                if !field.controls.isEmpty {
                    lines.append(HCLLine(indent, "# \(field.controls.joined(separator: ", "))"))
                }
                lines.append(HCLLine(indent, "\(field.plan ?? "") {"))
                print(fields: block, indent: indent + 2)
                lines.append(HCLLine(indent, "}"))
            }
        }
    }

    private mutating func print(_ key: String, _ value: RenderedValue, beside ids: [String] = [], indent: Int) {
        let note = ids.isEmpty ? nil : ids.joined(separator: ", ")
        if let inline = inline(value), inline.count + indent + key.count < 105 || value.isScalar {
            lines.append(HCLLine(indent, key, assign: "= \(inline)", comment: note))
            return
        }
        if let note { lines.append(HCLLine(indent, "# \(note)")) }
        spread(value, before: "\(key) = ", after: "", indent: indent)
    }

    /// The value on one line; nil for what needs several.
    private mutating func inline(_ value: RenderedValue) -> String? {
        switch value {
        case .text(let text): return template(text)
        case .number(let number): return RenderedValue.digits(number)
        case .bool(let bool): return bool ? "true" : "false"
        case .link(let id, _, let attribute): return reference(id, attribute)
        case .parameter(let parameter):
            note(parameter)
            return "var.\(RenderedDeployment.snakeCase(parameter.name))"
        case .expression(let text): return text
        case .list(let items):
            var parts: [String] = []
            for item in items {
                guard item.isScalar, let part = inline(item) else { return nil }
                parts.append(part)
            }
            return "[\(parts.joined(separator: ", "))]"
        case .tags(let tags) where tags == commonTags: return "local.tags"
        case .block, .blocks, .object, .map, .tags, .document, .json, .pairs: return nil
        }
    }

    /// A value of several lines, between what stands before its first bracket and after its last.
    private mutating func spread(_ value: RenderedValue, before: String, after: String, indent: Int) {
        switch value {
        case .list(let items):
            lines.append(HCLLine(indent, "\(before)["))
            for item in items { element(item, indent: indent + 2) }
            lines.append(HCLLine(indent, "]\(after)"))
        case .object(let fields), .block(let fields):
            braces(before, after, indent) { $0.print(fields: fields, indent: indent + 2) }
        case .blocks(let blocks):
            spread(.list(blocks.map { .object($0) }), before: before, after: after, indent: indent)
        case .map(let map):
            braces(before, after, indent) { printer in
                for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                    printer.print(HCLText.key(key), value, indent: indent + 2)
                }
            }
        case .pairs(let pairs):
            braces(before, after, indent) { printer in
                for pair in pairs { printer.print(HCLText.key(pair.key), pair.value, indent: indent + 2) }
            }
        case .tags(let tags):
            let isSuperset = !commonTags.isEmpty && commonTags.allSatisfy { tags[$0.key] == $0.value }
            let own = isSuperset ? tags.filter { commonTags[$0.key] == nil } : tags
            let (start, end) = isSuperset ? ("\(before)merge(local.tags, {", "})\(after)") : ("\(before){", "}\(after)")
            lines.append(HCLLine(indent, start))
            for (key, value) in own.sorted(by: { $0.key < $1.key }) {
                print(HCLText.quoted(key), .text(value), indent: indent + 2)
            }
            lines.append(HCLLine(indent, end))
        case .document(let inner), .json(let inner):
            spread(inner, before: "\(before)jsonencode(", after: ")\(after)", indent: indent)
        case .text, .number, .bool, .link, .parameter, .expression: break
        }
    }

    private mutating func braces(_ before: String, _ after: String, _ indent: Int, _ fill: (inout Self) -> Void) {
        lines.append(HCLLine(indent, "\(before){"))
        fill(&self)
        lines.append(HCLLine(indent, "}\(after)"))
    }

    private mutating func element(_ value: RenderedValue, indent: Int) {
        if let inline = inline(value) {
            lines.append(HCLLine(indent, "\(inline),"))
        } else {
            spread(value, before: "", after: ",", indent: indent)
        }
    }

    // MARK: - Texts

    /// A text as a bare reference, where it is nothing else, or as a quoted template.
    private mutating func template(_ text: String) -> String {
        let parts = texts.parts(text)
        if parts.count == 1, let expression = expression(parts[0]) { return expression }
        var body = ""
        for part in parts {
            if case .literal(let text) = part {
                body += HCLText.escaped(text)
            } else {
                body += "${\(expression(part) ?? "")}"
            }
        }
        return "\"\(body)\""
    }

    private mutating func expression(_ part: RenderedTextPart) -> String? {
        switch part {
        case .literal: return nil
        case .pseudo("AWS::Region"):
            sources.insert(.region)
            return "data.aws_region.current.name"
        case .pseudo("AWS::AccountId"):
            sources.insert(.caller)
            return "data.aws_caller_identity.current.account_id"
        case .pseudo("AWS::Partition"):
            sources.insert(.partition)
            return "data.aws_partition.current.partition"
        case .pseudo(let name): return HCLText.quoted("${\(name)}")
        case .zone(let number):
            sources.insert(isRecovery ? .recoveryZones : .zones)
            return "data.aws_availability_zones.\(isRecovery ? "recovery" : "available").names[\(number)]"
        case .recoveryRegion:
            note(.region("RecoveryRegion", texts.recoveryRegion, "The region that takes over."))
            return "var.recovery_region"
        case .attribute(let id, let name): return reference(id, TerraformPrinter.attribute(name))
        }
    }

    private func reference(_ id: String, _ attribute: String) -> String {
        "\(address(id)).\(attribute)"
    }

    private func address(_ id: String) -> String {
        addresses[id] ?? "\(types[id] ?? "unknown").\(RenderedDeployment.snakeCase(id))"
    }

    /// Terraform's word for an attribute of the normal form.
    private static func attribute(_ name: String?) -> String {
        switch name {
        case nil, "Id", "GroupId", "VpcId", "SubnetId": "id"
        case "Name", "EndpointName", "EndpointConfigName", "ModelName", "BackupVaultName": "name"
        case let name?: RenderedDeployment.snakeCase(name)
        }
    }

    private mutating func note(_ parameter: RenderedParameter) {
        if !parameters.contains(where: { $0.name == parameter.name }) { parameters.append(parameter) }
    }
}

extension RenderedValue {
    /// Printed as nested blocks of a resource.
    fileprivate var isBlock: Bool {
        switch self {
        case .block, .blocks: true
        default: false
        }
    }
    fileprivate var blockList: [[RenderedField]] {
        switch self {
        case .block(let fields): [fields]
        case .blocks(let blocks): blocks
        default: []
        }
    }
}
