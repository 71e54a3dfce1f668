// References to resources and data sources of a plan.

import PlumbModel

extension PlanResolver {
    /// `aws_x.y[0].arn` and its like, seen from a module.
    func managed(
        _ steps: [PlanAddress.Step], _ key: String, among all: [String], _ scope: Scope, place: Place
    ) -> Property {
        guard steps.count > 1 else { return Property(.unknown("'\(steps[0].text)' is known after apply"), at: place) }
        let local = scope.module.absolute(steps[0].name + "." + steps[1].name)
        let attribute = steps.count > 2 ? steps[2].name : nil
        let instances = plan.instances(of: local)
        guard !instances.isEmpty else {
            return Property(
                .text("${\(local)}", undecided: "\(local) is not in the plan's resources"), at: place)
        }
        let wanted = steps[1].key ?? (all.contains(where: Self.choosesInstance) ? scope.key : nil)
        if let wanted {
            guard let one = instances.first(where: { $0.key == wanted }) else {
                return Property(.unknown("there is no \(local)[\(wanted)] in the plan"), at: place)
            }
            return value(attribute, of: one, for: key, place: place)
        }
        if instances.count == 1 { return value(attribute, of: instances[0], for: key, place: place) }
        return Property(.list(instances.map { value(attribute, of: $0, for: key, place: place) }), at: place)
    }

    private static func choosesInstance(_ reference: String) -> Bool {
        reference == "each.key" || reference == "count.index"
    }

    /// Lists of a policy's statement that hold ARNs only.
    private static let arnLists: Set<String> = ["resources", "not_resources", "identifiers"]

    /// An attribute of a resource in normal form. Where the plan has lost which one, the word of the attribute that it
    /// is for decides between ARN and id.
    private func value(_ attribute: String?, of resource: PlanResource, for key: String, place: Place) -> Property {
        let naming = PlanNaming.of(resource.type)
        let wantsARN = key.contains("arn") || Self.arnLists.contains(key)
        let isARN = attribute.map { $0 == "arn" || $0.hasSuffix("_arn") } ?? wantsARN
        if resource.type == "aws_kms_alias", attribute != "name" {
            // What an alias stands for is its key.
            let key = attributes(of: resource)["target_key_id"]
            if case .text(let text, _) = key.state { return .text(text, at: place) }
        }
        if isARN { return .text("${\(resource.address).Arn}", at: place) }
        if let attribute, let known = resource.after?[attribute]?.text { return .text(known, at: place) }
        if attribute == naming.nameAttribute || attribute == "id" && naming.isIDName,
            let name = naming.nameAttribute, let known = resource.after?[name]?.text
        {
            return .text(known, at: place)
        }
        let ids: Set<String> = ["id", "key_id", "name", "bucket", "function_name"]
        guard let attribute, !ids.contains(attribute), attribute != naming.nameAttribute else {
            return .text("${\(resource.address)}", at: place)
        }
        return .text("${\(resource.address).\(attribute)}", at: place)
    }

    /// Data sources: identities of account and region, and policy documents.
    func data(_ steps: [PlanAddress.Step], _ key: String, among all: [String], _ scope: Scope, place: Place) -> Property
    {
        guard steps.count > 2 else { return Property(.unknown("a data source is known after apply"), at: place) }
        let (type, name) = (steps[1].name, steps[2])
        switch type {
        case "aws_caller_identity": return .text("${AWS::AccountId}", at: place)
        case "aws_region": return .text("${AWS::Region}", at: place)
        case "aws_partition": return .text("${AWS::Partition}", at: place)
        case "aws_iam_policy_document":
            let instances = plan.instances(of: scope.module.absolute("data.\(type).\(name.name)"))
            let wanted = name.key ?? (instances.count > 1 ? scope.key : nil)
            guard let document = instances.first(where: { wanted == nil || $0.key == wanted }) else {
                return Property(.unknown("the document \(name.text) is known after apply"), at: place)
            }
            return policyDocument(document, place: place)
        default:
            let text = steps.map(\.text).joined(separator: ".")
            return Property(
                .text("${\(scope.module.absolute(text))}", undecided: "\(text) is known after apply"), at: place)
        }
    }

    /// A policy document from the blocks of its data source, as IAM writes it.
    private func policyDocument(_ resource: PlanResource, place: Place) -> Property {
        let attributes = attributes(of: resource)
        for source in ["override_policy_documents", "source_json", "override_json"]
        where !attributes[source].items.isEmpty || attributes[source].isUnknown {
            return Property(.unknown("the document is joined from others that are known after apply"), at: place)
        }
        var sources: [Property] = []
        if let why = attributes["source_policy_documents"].whyUnknown { return Property(.unknown(why), at: place) }
        for source in attributes["source_policy_documents"].items {
            guard source.name.isKnown, case .map = source.parsed.state else {
                return Property(.unknown("the document is joined from others that are known after apply"), at: place)
            }
            sources += source.parsed["Statement"].items
        }
        let blocks = attributes["statement"]
        if let why = blocks.whyUnknown { return Property(.unknown(why), at: place) }
        let own = blocks.items.map(statement)
        // A statement of its own replaces the one of the same name in the documents it begins from.
        let named = Set(own.compactMap { $0["Sid"].name.value })
        let statements = sources.filter { $0["Sid"].name.value.map(named.contains) != true } + own
        let version = attributes["version"].isAbsent ? .text("2012-10-17") : attributes["version"]
        return Property(
            .map([
                Property.Field(key: "Version", value: version),
                Property.Field(key: "Statement", value: Property(.list(statements), at: place)),
            ]), at: place)
    }

    private func statement(_ block: Property) -> Property {
        var fields: [Property.Field] = []
        func add(_ key: String, _ value: Property) {
            if !value.isAbsent { fields.append(Property.Field(key: key, value: value)) }
        }
        add("Sid", block["sid"])
        add("Effect", block["effect"].isAbsent ? .text("Allow", at: block.place) : block["effect"])
        for (key, attribute) in [
            ("Action", "actions"), ("NotAction", "not_actions"), ("Resource", "resources"),
            ("NotResource", "not_resources"),
        ] where !block[attribute].items.isEmpty || block[attribute].isUnknown {
            add(key, block[attribute])
        }
        for (key, attribute) in [("Principal", "principals"), ("NotPrincipal", "not_principals")] {
            let principals = block[attribute].items
            guard !principals.isEmpty else { continue }
            var kinds: [Property.Field] = []
            for principal in principals {
                let kind = principal["type"].name.value ?? "AWS"
                kinds.append(Property.Field(key: kind == "*" ? "AWS" : kind, value: principal["identifiers"]))
            }
            add(key, Property(.map(kinds), at: block.place))
        }
        let conditions = block["condition"].items.map { condition in
            Property.Field(
                key: condition["test"].name.value ?? "?",
                value: Property(
                    .map([Property.Field(key: condition["variable"].name.value ?? "?", value: condition["values"])]),
                    at: condition.place))
        }
        if !conditions.isEmpty { add("Condition", Property(.map(conditions), at: block.place)) }
        return Property(.map(fields), at: block.place)
    }
}
