// A plan as Terraform would make it of a configuration with a fix in it.

import PlumbModel
import Testing

@testable import PlumbFormats

/// One value in the parts of a plan that tell it.
struct PlannedValue {
    /// What is known of it; nothing where it is known after apply only.
    var known: DocumentNode?
    /// `true`, or a structure of what is not known in it; nothing where all is.
    var unknown: DocumentNode?
    /// How the configuration has it.
    var expression: DocumentNode

    init(_ value: RenderedValue, _ types: [String: String]) {
        let reader = RenderedTextReader(ids: Set(types.keys), recoveryRegion: nil)
        func isKnown(_ text: String) -> Bool {
            reader.parts(text).allSatisfy { if case .literal = $0 { true } else { false } }
        }
        switch value {
        case .text(let text) where isKnown(text): self.init(constant: .scalar(text))
        case .number(let number): self.init(constant: .plain(RenderedValue.digits(number)))
        case .bool(let bool): self.init(constant: .plain(bool ? "true" : "false"))
        case .tags(let tags):
            self.init(constant: .map(tags.sorted { $0.key < $1.key }.map { ($0.key, .scalar($0.value)) }))
        case .block(let fields): self.init(blocks: [fields], types)
        case .blocks(let blocks): self.init(blocks: blocks, types)
        case .list(let items): self.init(items.map { PlannedValue($0, types) })
        case .object(let fields):
            self.init(
                pairs: fields.compactMap { field in
                    field.plan.map { ($0, PlannedValue(field.value, types)) }
                })
        case .map(let map):
            self.init(pairs: map.sorted { $0.key < $1.key }.map { ($0.key, PlannedValue($0.value, types)) })
        case .document(let inner), .json(let inner):
            let references = Self.references(inner, types, reader)
            if references.isEmpty {
                self.init(constant: .scalar(inner.jsonText { $0 }))
            } else {
                self.init(references: references)
            }
        default: self.init(references: Self.references(value, types, reader))
        }
    }

    private init(constant: DocumentNode) {
        known = constant
        expression = .map([("constant_value", constant)])
    }

    private init(references: [String]) {
        unknown = .plain("true")
        expression = .map([("references", .list(references.map { .plain($0) }))])
    }

    private init(_ items: [PlannedValue]) {
        guard items.contains(where: { $0.unknown != nil }) else {
            self.init(constant: .list(items.compactMap(\.known)))
            return
        }
        self.init(references: items.flatMap { $0.expression["references"]?.items.compactMap(\.text) ?? [] })
        known = .list(items.map { $0.known ?? .nothing })
        unknown = .list(items.map { $0.unknown ?? .plain("false") })
    }

    private init(pairs: [(String, PlannedValue)]) {
        guard pairs.contains(where: { $0.1.unknown != nil }) else {
            self.init(constant: .map(pairs.compactMap { key, value in value.known.map { (key, $0) } }))
            return
        }
        self.init(references: pairs.flatMap { $0.1.expression["references"]?.items.compactMap(\.text) ?? [] })
    }

    private init(blocks: [[RenderedField]], _ types: [String: String]) {
        let all = blocks.map { PlannedFields($0, types) }
        known = .list(all.map(\.known))
        unknown = .list(all.map(\.unknown))
        expression = .list(all.map(\.expressions))
    }

    private static func references(
        _ value: RenderedValue, _ types: [String: String], _ reader: RenderedTextReader
    ) -> [String] {
        func named(_ id: String, _ attribute: String) -> [String] {
            let address = id.contains(".") ? id : "\(types[id] ?? "aws").\(RenderedDeployment.snakeCase(id))"
            return ["\(address).\(attribute)", address]
        }
        switch value {
        case .link(let id, _, let attribute): return named(id, attribute)
        case .text(let text):
            return reader.parts(text).flatMap { part -> [String] in
                switch part {
                case .attribute(let id, let name): named(id, name == "Arn" ? "arn" : "id")
                case .pseudo("AWS::Region"): ["data.aws_region.current.name", "data.aws_region.current"]
                case .pseudo("AWS::AccountId"):
                    ["data.aws_caller_identity.current.account_id", "data.aws_caller_identity.current"]
                case .pseudo: ["data.aws_partition.current.partition", "data.aws_partition.current"]
                default: []
                }
            }
        case .list(let items): return items.flatMap { references($0, types, reader) }
        case .pairs(let pairs): return pairs.flatMap { references($0.value, types, reader) }
        case .map(let map): return map.values.flatMap { references($0, types, reader) }
        case .document(let inner), .json(let inner): return references(inner, types, reader)
        default: return []
        }
    }
}

/// The fields of a resource or block.
struct PlannedFields {
    var known: DocumentNode
    var unknown: DocumentNode
    var expressions: DocumentNode

    init(_ fields: [RenderedField], _ types: [String: String]) {
        let values = fields.compactMap { field in field.plan.map { ($0, PlannedValue(field.value, types)) } }
        known = .map(values.compactMap { key, value in value.known.map { (key, $0) } })
        unknown = .map(values.compactMap { key, value in value.unknown.map { (key, $0) } })
        expressions = .map(values.map { ($0.0, $0.1.expression) })
    }
}

extension EditedPlan {
    /// Carries a fix out.
    mutating func paste(_ fix: ResourceFix, _ types: [String: String]) throws {
        let fields = PlannedFields(fix.resource.fields, types)
        let address =
            fix.resource.id.contains(".")
            ? fix.resource.id : "\(fix.resource.plan ?? "").\(RenderedDeployment.snakeCase(fix.resource.id))"
        if let places = places(of: address) {
            for path in places.values {
                let old = fix.kind == .change ? root.node(path) ?? .map([]) : .map([])
                try root.put(path[...], old.planned(over: fields.known))
                for key in fix.removed { root.leave((path + [key])[...]) }
            }
            let old = fix.kind == .change ? root.node(places.unknown) ?? .map([]) : .map([])
            try root.put(places.unknown[...], old.without(fields.known).planned(over: fields.unknown))
            if let path = places.expressions {
                let old = fix.kind == .change ? root.node(path) ?? .map([]) : .map([])
                try root.put(path[...], old.planned(over: fields.expressions))
            }
        } else {
            try make(address, fields, isElsewhere: fix.resource.region != nil)
        }
    }

    private mutating func make(_ address: String, _ fields: PlannedFields, isElsewhere: Bool) throws {
        let steps = PlanAddress(address).steps
        let local = steps.suffix(2).map(\.name)
        let head: [(String, DocumentNode)] = [
            ("address", .plain(local.joined(separator: "."))), ("mode", .plain("managed")),
            ("type", .plain(local[0])), ("name", .plain(local[1])),
        ]
        let change: DocumentNode = .map([
            ("actions", .list([.plain("create")])), ("after", fields.known), ("after_unknown", fields.unknown),
        ])
        let provider = isElsewhere ? "aws.recovery" : "aws"
        let made = [
            head + [("change", change)],
            head + [("provider_config_key", .plain(provider)), ("expressions", fields.expressions)],
            head + [("values", fields.known)],
        ]
        let lists = [
            ["resource_changes"], ["configuration", "root_module", "resources"],
            ["planned_values", "root_module", "resources"],
        ]
        for (list, made) in zip(lists, made) {
            let count = root.node(list)?.items.count ?? 0
            try root.put((list + ["\(count)"])[...], .map(made))
        }
    }
}

extension DocumentNode {
    static func scalar(_ text: String) -> DocumentNode { DocumentNode(.scalar(text, isPlain: false), at: Mark.start) }

    /// Objects key by key, single blocks as the objects that they are.
    func planned(over other: DocumentNode) -> DocumentNode {
        switch (content, other.content) {
        case (.map, .map(let entries)) where !isConstant && !other.isConstant:
            var merged = self
            for entry in entries {
                let value = merged[entry.key]?.planned(over: entry.value) ?? entry.value
                let rest = merged.entries.filter { $0.key != entry.key }
                merged.content = .map(rest + [Entry(key: entry.key, mark: mark, value: value)])
            }
            return merged
        case (.list(let own), .list(let others)) where own.count == 1 && others.count == 1 && others[0].isMap:
            return .list([own[0].planned(over: others[0])])
        default: return other
        }
    }

    private var isConstant: Bool { self["constant_value"] != nil || self["references"] != nil }

    /// Without the marks of what is known now.
    func without(_ known: DocumentNode) -> DocumentNode {
        guard isMap else { return self }
        return .map(
            entries.filter { entry in known[entry.key] == nil || known[entry.key]?.isList == true }
                .map { ($0.key, $0.value) })
    }
}
