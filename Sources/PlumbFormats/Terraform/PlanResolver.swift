// What a planned attribute is: its value where it is known, else what its expression refers to.
//
// A plan shows of an expression only the list of references in it: text around them is lost. An attribute that holds
// nothing but a name, an id or an ARN takes its only reference; any other text is unknown.

import PlumbModel

/// Resolves the attributes of a plan's resources to properties in normal form.
struct PlanResolver {
    let plan: Plan
    private let budget: FollowBudget
    /// Chains of variables and outputs longer than any real configuration's.
    static let depthMax = 60

    /// The place in modules and instances from which an expression is seen.
    struct Scope {
        var module: PlanModuleInstance
        /// The key of the resource or module call the expression belongs to.
        var key: String?
        /// Where `each.value` and `count.index` come from: the resource's or call's own node.
        var owner: DocumentNode?
    }

    init(plan: Plan) {
        self.plan = plan
        budget = FollowBudget(resources: plan.resources.count)
    }

    /// All attributes of a resource.
    func attributes(of resource: PlanResource) -> Property {
        let scope = Scope(module: resource.module, key: resource.key, owner: resource.configuration)
        return merged(
            resource.after, resource.unknown, resource.configuration?["expressions"], isGiven: false, key: "", scope,
            place: resource.mark.place(in: plan.file), depth: 0)
    }

    /// What a value is after apply, as far as the plan tells. `isGiven` says whether what has no expression was still
    /// written by somebody (inside a dynamic block) rather than left for AWS to fill in.
    private func merged(
        _ after: DocumentNode?, _ unknown: DocumentNode?, _ expression: DocumentNode?, isGiven: Bool, key: String,
        _ scope: Scope, place: Place, depth: Int
    ) -> Property {
        let place = after?.mark.place(in: plan.file) ?? place
        guard depth < DocumentReader.depthMax else { return Property(.unknown("it is nested too deep"), at: place) }
        if unknown?.text == "true" {
            guard let expression else {
                let isBlock = Self.writtenBlocks.contains(key)
                guard isGiven || isBlock else { return Property(.absent, at: place) }
                return Property(
                    .unknown("a dynamic block gives '\(key)'; its value is known after apply"), at: place)
            }
            return referred(by: expression, for: key, scope, place: place)
        }
        switch (after?.content, unknown?.content) {
        case (.map(let entries)?, _):
            return map(entries, unknown, expression, isGiven: isGiven, scope, place: place, depth: depth)
        case (.list(let items)?, _):
            return list(items, unknown, expression, isGiven: isGiven, key: key, scope, place: place, depth: depth)
        case (.scalar(let text, _)?, _): return .text(text, at: place)
        case (_, .map?):
            return map([], unknown, expression, isGiven: isGiven, scope, place: place, depth: depth)
        default: return Property(.absent, at: place)
        }
    }

    private func map(
        _ entries: [DocumentNode.Entry], _ unknown: DocumentNode?, _ expression: DocumentNode?, isGiven: Bool,
        _ scope: Scope, place: Place, depth: Int
    ) -> Property {
        var fields: [Property.Field] = []
        fields.reserveCapacity(entries.count)
        let unknowns = unknown?.entries ?? []
        let unknownByKey = Dictionary(unknowns.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        func add(_ key: String, _ after: DocumentNode?, _ unknown: DocumentNode?) {
            let value = merged(
                after, unknown, expression?[key], isGiven: isGiven, key: key, scope, place: place, depth: depth + 1)
            if !value.isAbsent { fields.append(Property.Field(key: key, value: value)) }
        }
        for entry in entries {
            add(entry.key, entry.value, unknownByKey[entry.key])
        }
        let keys = unknowns.isEmpty ? [] : Set(entries.map(\.key))
        for entry in unknowns where !keys.contains(entry.key) {
            add(entry.key, nil, entry.value)
        }
        return Property(.map(fields), at: place)
    }

    private func list(
        _ items: [DocumentNode], _ unknown: DocumentNode?, _ expression: DocumentNode?, isGiven: Bool, key: String,
        _ scope: Scope, place: Place, depth: Int
    ) -> Property {
        let unknowns = unknown?.items ?? []
        let blocks = expression.map { $0.items.isEmpty ? [$0] : $0.items } ?? []
        let isBlockList = items.contains { $0.kindName == "a map" }
        let resolved = items.enumerated().map { index, item -> Property in
            let open = index < unknowns.count ? unknowns[index] : nil
            if open?.text == "true", !isBlockList {
                return partOfList(expression, key, scope, place: place)
            }
            let block = isBlockList ? Self.block(for: item, at: index, among: blocks, of: items.count) : nil
            return merged(
                item, open, block, isGiven: isGiven || (isBlockList && block == nil), key: key, scope, place: place,
                depth: depth + 1)
        }
        return Property(.list(resolved), at: place)
    }

    /// The configuration's block that an item was made from: sets lose their order, so its constants must agree. Nil
    /// where a dynamic block made it.
    private static func block(
        for item: DocumentNode, at index: Int, among blocks: [DocumentNode], of count: Int
    ) -> DocumentNode? {
        if blocks.count == 1, count == 1 { return blocks[0] }
        func agrees(_ block: DocumentNode) -> Bool {
            block.entries.allSatisfy { entry in
                guard let constant = entry.value["constant_value"]?.text, let value = item[entry.key]?.text else {
                    return true
                }
                return constant == value || Double(constant) == Double(value) && Double(value) != nil
            }
        }
        if index < blocks.count, blocks.count == count, agrees(blocks[index]),
            blocks.filter(agrees).count == 1
        {
            return blocks[index]
        }
        let fitting = blocks.filter(agrees)
        return fitting.count == 1 ? fitting[0] : blocks.count == count && index < blocks.count ? blocks[index] : nil
    }

    /// An item of a list of texts that is not known: something that begins with one of the references.
    private func partOfList(_ expression: DocumentNode?, _ key: String, _ scope: Scope, place: Place) -> Property {
        let references = Self.references(of: expression)
        guard let only = Set(references.filter { !Self.isIndex($0) }).first,
            Set(references.filter { !Self.isIndex($0) }).count == 1,
            case .text(let text, _) = value(of: only, for: key, among: references, scope, place: place, depth: 0).state
        else {
            let named = references.prefix(4).joined(separator: ", ")
            return Property(.text("${?}", undecided: "it is made of \(named), known after apply"), at: place)
        }
        return Property(.text(text + "${?}", undecided: "what follows \(only) is known after apply"), at: place)
    }

    /// Block types that AWS never fills in by itself: when one is unknown, a dynamic block makes it.
    private static let writtenBlocks: Set<String> = [
        "notification", "metric_query", "statement", "event_selector", "advanced_event_selector", "subscriber",
        "production_variants", "step_adjustment", "alarms", "rule", "replica", "alarm_actions",
        "subscriber_sns_topic_arns",
    ]

    // MARK: - Expressions

    /// Texts in which references stand among other text: a plan does not show what is around them.
    private static let freeTexts: Set<String> = [
        "policy", "assume_role_policy", "dashboard_body", "input", "event_pattern", "definition", "content", "template",
        "alarm_rule", "user_data", "key_policy", "policy_document", "resource_policy", "access_policy", "rule_text",
        "monitor_specification", "description", "alarm_description", "threshold_expression", "code", "inline_code",
        "resource_id",
    ]

    private func referred(by expression: DocumentNode, for key: String, _ scope: Scope, place: Place) -> Property {
        if let constant = expression["constant_value"] { return Property(constant, in: plan.file) }
        let references = Self.references(of: expression)
        let own = references.filter { !Self.isIndex($0) }
        if own.isEmpty { return Property(.unknown("its value is known after apply"), at: place) }
        let named = own.prefix(4).joined(separator: ", ")
        var values = own.map { value(of: $0, for: key, among: references, scope, place: place, depth: 0) }
        if Self.freeTexts.contains(key) {
            if values.count == 1, case .map = values[0].state { return values[0] }
            return Property(.unknown("it is made of \(named), known after apply"), at: place)
        }
        if values.count == 1 { return values[0] }
        var seen: Set<Property> = []
        values = values.filter { seen.insert($0).inserted }
        if values.count == 1 { return values[0] }
        guard key.hasSuffix("s") else {
            return Property(.unknown("it is made of \(named), known after apply"), at: place)
        }
        return Property(.list(values.flatMap(\.items)), at: place)
    }

    /// `each.key`, `count.index`: they choose among instances and are no value of their own here.
    private static func isIndex(_ reference: String) -> Bool {
        reference == "each.key" || reference == "count.index"
    }

    /// The references of an expression without those that are only the beginning of the one before.
    static func references(of expression: DocumentNode?) -> [String] {
        var kept: [String] = []
        for reference in expression?["references"]?.items.compactMap(\.text) ?? [] {
            if let last = kept.last, last.hasPrefix(reference + ".") || last.hasPrefix(reference + "[") { continue }
            kept.append(reference)
        }
        return kept
    }

    /// The value of one reference.
    func value(
        of reference: String, for key: String, among all: [String], _ scope: Scope, place: Place, depth: Int
    ) -> Property {
        guard depth < Self.depthMax else {
            return Property(.unknown("the references go on for ever"), at: place)
        }
        guard depth == 0 || budget.spend(bytes: reference.utf8.count) else {
            return Property(.unknown("the references lead to more values than can be told"), at: place)
        }
        let steps = PlanAddress(reference).steps
        guard let first = steps.first else { return Property(.unknown("the reference is empty"), at: place) }
        switch first.name {
        case "var": return variable(steps, for: key, scope, place: place, depth: depth)
        case "local":
            return Property(
                .text("${\(scope.module.absolute(reference))}", undecided: "a plan does not show \(reference)"),
                at: place)
        case "each": return each(steps, for: key, scope, place: place, depth: depth)
        case "module": return output(steps, for: key, scope, place: place, depth: depth)
        case "data": return data(steps, key, among: all, scope, place: place)
        case "path", "terraform", "self": return Property(.unknown("\(reference) is known after apply"), at: place)
        default: return managed(steps, key, among: all, scope, place: place)
        }
    }

    private func variable(
        _ steps: [PlanAddress.Step], for key: String, _ scope: Scope, place: Place, depth: Int
    ) -> Property {
        let name = steps.count > 1 ? steps[1].name : ""
        guard let parent = scope.module.parent, let call = scope.module.call else {
            guard let value = plan.variables?[name]?["value"] ?? scope.module.module.variables[name]?["default"] else {
                return Property(.text("${var.\(name)}", undecided: "the variable \(name) has no value"), at: place)
            }
            return steps.dropFirst(2).reduce(Property(value, in: plan.file)) { $0[$1.name] }
        }
        guard let expression = call["expressions"]?[name] else {
            guard let value = scope.module.module.variables[name]?["default"] else {
                return Property(.unknown("the variable \(name) is known after apply"), at: place)
            }
            return steps.dropFirst(2).reduce(Property(value, in: plan.file)) { $0[$1.name] }
        }
        if let constant = expression["constant_value"] {
            return steps.dropFirst(2).reduce(Property(constant, in: plan.file)) { $0[$1.name] }
        }
        let outer = Scope(module: parent, key: scope.module.key, owner: call)
        let references = Self.references(of: expression)
        let own = references.filter { !Self.isIndex($0) }
        var values = own.map { value(of: $0, for: key, among: references, outer, place: place, depth: depth + 1) }
        // An object passes everything it holds in one list: the attribute's own word says what it needs.
        if steps.count > 2 {
            let items = values.flatMap(\.items)
            if items.count > 1 { values = Self.fitting(items, key: key, plan) }
        }
        if values.count == 1 { return values[0] }
        guard !values.isEmpty, key.hasSuffix("s") else {
            return Property(.unknown("the variable \(name) is known after apply"), at: place)
        }
        return Property(.list(values.flatMap(\.items)), at: place)
    }

    private static func fitting(_ values: [Property], key: String, _ plan: Plan) -> [Property] {
        let word =
            key.contains("subnet")
            ? "aws_subnet."
            : key.contains("security_group")
                ? "aws_security_group."
                : key.contains("kms")
                    ? "aws_kms_"
                    : key.contains("route_table")
                        ? "aws_route_table."
                        : key.contains("vpc")
                            ? "aws_vpc."
                            : key.contains("bucket")
                                ? "aws_s3_bucket."
                                : key.contains("role") ? "aws_iam_role." : ""
        guard !word.isEmpty else { return values }
        return values.filter { value in
            value.items.contains { $0.name.value?.contains(word) == true }
        }
    }

    private func each(
        _ steps: [PlanAddress.Step], for key: String, _ scope: Scope, place: Place, depth: Int
    ) -> Property {
        guard let source = scope.owner?["for_each_expression"], let own = scope.key else {
            return Property(.unknown("each.value is known after apply"), at: place)
        }
        let plainKey = own.hasPrefix("\"") ? String(own.dropFirst().dropLast()) : own
        if let constant = source["constant_value"] {
            let value =
                constant[plainKey]
                ?? (constant.items.isEmpty ? nil : DocumentNode(.scalar(plainKey, isPlain: false), at: constant.mark))
            guard let value else { return Property(.unknown("each.value is known after apply"), at: place) }
            return steps.dropFirst(2).reduce(Property(value, in: plan.file)) { $0[$1.name] }
        }
        let references = Self.references(of: source)
        guard references.count == 1 else { return Property(.unknown("each.value is known after apply"), at: place) }
        let rest = steps.dropFirst(2).map { "." + $0.text }.joined()
        let outer = Scope(module: scope.module, key: scope.key, owner: nil)
        return value(
            of: references[0] + "[\(own)]" + rest, for: key, among: references, outer, place: place, depth: depth + 1)
    }

    private func output(
        _ steps: [PlanAddress.Step], for key: String, _ scope: Scope, place: Place, depth: Int
    ) -> Property {
        guard steps.count > 2 else {
            return Property(.unknown("a whole module is referred to; what is meant of it is not shown"), at: place)
        }
        guard let child = scope.module.child(steps[1]),
            let expression = child.module.outputs[steps[2].name]?["expression"]
        else { return Property(.unknown("the output \(steps[2].name) is known after apply"), at: place) }
        if let constant = expression["constant_value"] { return Property(constant, in: plan.file) }
        let inner = Scope(module: child, key: nil, owner: nil)
        let references = Self.references(of: expression)
        let values = references.filter { !Self.isIndex($0) }.map {
            value(of: $0, for: key, among: references, inner, place: place, depth: depth + 1)
        }
        if values.count == 1 { return values[0] }
        guard !values.isEmpty, key.hasSuffix("s") else {
            return Property(.unknown("the output \(steps[2].name) is known after apply"), at: place)
        }
        return Property(.list(values.flatMap(\.items)), at: place)
    }
}
