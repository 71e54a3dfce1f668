// Resolved resources of a deployment's stacks, and what their text shows beside them.

import PlumbModel

extension Inventory {
    /// Every resource that is made in the deployment's world.
    init(_ deployment: StackDeployment) {
        self.init()
        for stack in deployment.stacks {
            for resource in stack.template.resources where stack.exists(resource) { append(resource, of: stack) }
            for name in stack.template.parameterNames {
                guard let parameter = stack.template.parameters[name], parameter.isSecret,
                    let text = parameter.defaultValue?.text, !text.isEmpty
                else { continue }
                notes.literals.append(
                    SourceNotes.Literal(.secretDefault, in: name, "a default", at: stack.place(parameter.mark)))
            }
        }
    }

    private mutating func append(_ resource: TemplateResource, of stack: StackResolver) {
        let place = stack.place(resource.mark)
        let id = stack.id(resource.logicalID)
        let naming = ResourceNaming.of(resource.type)
        var head = ResourceHead(id: id, at: place)
        let name = stack.physicalName(of: resource, at: place)
        if naming.nameProperty != nil { head.name = name.name }
        if let region = stack.template.region { head.region = .known(region, at: place) }
        head.deletionPolicy = policy("DeletionPolicy", resource, stack)
        head.updateReplacePolicy = policy("UpdateReplacePolicy", resource, stack)
        var properties = resource.properties.map(stack.resolve) ?? Property(.map([]), at: place)
        if properties.isAbsent { properties = Property(.map([]), at: place) }
        // A few types call them by their own name: `BackupVaultTags`, `HealthCheckTags`, `ResourceTags`.
        let tagKey =
            properties.fields.first { $0.key == "Tags" } ?? properties.fields.first { $0.key.hasSuffix("Tags") }
        head.tags = tagKey?.value.tags ?? .absent(at: place)
        directory.enter(id, kind: resource.type, name: head.name)
        LiteralScan.scan(resource.node, in: id, stack, into: &notes.literals)
        append(SourceResource(id: id, type: resource.type, properties: properties, head: head))
    }

    private func policy(_ key: String, _ resource: TemplateResource, _ stack: StackResolver) -> Fact<String> {
        guard let node = resource.node[key] else { return .absent(at: stack.place(resource.mark)) }
        return stack.resolve(node).string
    }
}

/// Looks for texts that tie a template to one account or zone.
enum LiteralScan {
    static let literalsMax = 1_000

    static func scan(
        _ node: DocumentNode, in id: String, _ stack: StackResolver, into literals: inout [SourceNotes.Literal]
    ) {
        scan(node, key: "", in: id, stack, depth: 0, into: &literals)
    }

    private static func scan(
        _ node: DocumentNode, key: String, in id: String, _ stack: StackResolver, depth: Int,
        into literals: inout [SourceNotes.Literal]
    ) {
        guard depth < DocumentReader.depthMax, literals.count < literalsMax else { return }
        switch node.content {
        case .null: return
        case .scalar(let text, _):
            guard let kind = kind(of: text, under: key) else { return }
            literals.append(SourceNotes.Literal(kind, in: id, text, at: stack.place(node.mark)))
        case .list(let items):
            for item in items { scan(item, key: key, in: id, stack, depth: depth + 1, into: &literals) }
        case .map(let entries):
            for entry in entries {
                scan(entry.value, key: entry.key, in: id, stack, depth: depth + 1, into: &literals)
            }
        }
    }

    /// An account id in an ARN, or as a principal or account; the name of a zone where a zone is named.
    static func kind(of text: String, under key: String) -> SourceNotes.Literal.Kind? {
        let bytes = text.utf8
        if bytes.count == 12, bytes.allSatisfy({ (0x30...0x39).contains($0) }) {
            return accountKeys.contains(key) ? .accountID : nil
        }
        if text.hasPrefix("arn:") {
            let parts = ARN.split(text)
            guard parts.count == 6, parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            // What AWS publishes for everyone lies in accounts of its own.
            return ["layer:", "image/", "model-package/"].contains(where: parts[5].hasPrefix) ? nil : .accountID
        }
        return key.hasPrefix("AvailabilityZone") && isZone(text) ? .availabilityZone : nil
    }

    private static let accountKeys: Set<String> = [
        "AWS", "aws:SourceAccount", "aws:PrincipalAccount", "SourceAccount", "aws:ResourceAccount", "AccountId",
    ]

    /// `eu-central-1a`
    static func isZone(_ text: String) -> Bool {
        let parts = text.split(separator: "-")
        guard parts.count >= 3, let last = parts.last, last.count == 2, let digit = last.first, let letter = last.last
        else { return false }
        return digit.isNumber && letter.isLowercase && parts[0].count == 2
    }
}
