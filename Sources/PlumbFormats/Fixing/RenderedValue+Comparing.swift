// Rendered values beside each other: what is the same, what bears a control's id, which references correspond.

import PlumbModel

extension RenderedValue {
    /// The value without what is only said beside it.
    var bare: RenderedValue {
        switch self {
        case .list(let items): .list(items.map(\.bare))
        case .block(let fields): .block(fields.map(\.bare))
        case .blocks(let blocks): .blocks(blocks.map { $0.map(\.bare) })
        case .object(let fields): .object(fields.map(\.bare))
        case .map(let map): .map(map.mapValues(\.bare))
        case .document(let inner): .document(inner.bare)
        case .json(let inner): .json(inner.bare)
        case .pairs(let pairs): .pairs(pairs.map { RenderedPair($0.key, $0.value.bare) })
        case .parameter(let parameter): parameter.standard?.bare ?? self
        case .text, .number, .bool, .tags, .link, .expression: self
        }
    }

    /// Whether a property in it bears the control's id.
    func bears(_ control: String) -> Bool {
        switch self {
        case .block(let fields), .object(let fields): fields.contains { $0.bears(control) }
        case .blocks(let blocks): blocks.contains { $0.contains { $0.bears(control) } }
        default: false
        }
    }

    /// Whether a value stands in a structure of this one.
    func holds(_ value: RenderedValue) -> Bool {
        switch self {
        case .block(let fields), .object(let fields): fields.contains { $0.value.holds(value) }
        case .blocks(let blocks): blocks.contains { $0.contains { $0.value.holds(value) } }
        default: self == value
        }
    }

    /// Every id that it refers to.
    func references(among ids: RenderedTextReader) -> Set<String> {
        func all(_ values: some Sequence<RenderedValue>) -> Set<String> {
            values.reduce(into: []) { $0.formUnion($1.references(among: ids)) }
        }
        switch self {
        case .text(let text):
            return Set(
                ids.parts(text).compactMap { part in
                    if case .attribute(let id, _) = part { id } else { nil }
                })
        case .link(let id, _, _): return [id]
        case .list(let items): return all(items)
        case .block(let fields), .object(let fields): return all(fields.map(\.value))
        case .blocks(let blocks): return all(blocks.joined().map(\.value))
        case .map(let map): return all(map.values)
        case .document(let inner), .json(let inner): return inner.references(among: ids)
        case .pairs(let pairs): return all(pairs.map(\.value))
        case .number, .bool, .tags, .parameter, .expression: return []
        }
    }

    /// Calls `found` with the ids that stand at the same spot in both.
    func correspond(with other: RenderedValue, in tongue: Tongue, _ found: (String, String) -> Void) {
        switch (self, other) {
        case (.link(let own, _, _), .link(let their, _, _)): found(own, their)
        case (.text(let own), .text(let their)):
            if let own = Self.onlyID(own), let their = Self.onlyID(their) { found(own, their) }
        case (.list(let own), .list(let their)) where own.count == their.count:
            for (own, their) in zip(own, their) { own.correspond(with: their, in: tongue, found) }
        case (.block(let own), .block(let their)), (.object(let own), .object(let their)):
            own.correspond(with: their, in: tongue, found)
        case (.blocks(let own), .blocks(let their)):
            for (own, their) in zip(own, their) { own.correspond(with: their, in: tongue, found) }
        default: break
        }
    }

    /// The id in `${Key.Arn}`, where the text is nothing else.
    private static func onlyID(_ text: String) -> String? {
        guard text.hasPrefix("${"), text.hasSuffix("}"), !text.contains("::") else { return nil }
        let inside = text.dropFirst(2).dropLast()
        guard !inside.contains("$") else { return nil }
        return inside.hasSuffix(".Arn") || inside.hasSuffix(".Id") || inside.hasSuffix(".GroupId")
            ? String(inside[..<(inside.lastIndex(of: ".") ?? inside.endIndex)]) : String(inside)
    }
}

extension RenderedField {
    var bare: RenderedField { RenderedField(template: template, plan: plan, value: value.bare) }

    func bears(_ control: String) -> Bool { controls.contains(control) || value.bears(control) }

    var isTags: Bool { if case .tags = value { true } else { false } }
}

extension [RenderedField] {
    subscript(key: String, tongue: Tongue) -> RenderedField? { first { $0.key(in: tongue) == key } }

    func correspond(with others: [RenderedField], in tongue: Tongue, _ found: (String, String) -> Void) {
        for field in self {
            guard let key = field.key(in: tongue), let other = others[key, tongue] else { continue }
            field.value.correspond(with: other.value, in: tongue, found)
        }
    }
}

extension RenderedResource {
    /// Whether the control asks for the resource or for something in it.
    func bears(_ control: String) -> Bool { controls.contains(control) || fields.contains { $0.bears(control) } }
}
