// What may stand under a key: how a YAML node becomes a value, how the value is written, and how an editor checks it.

import Yams

/// The type of a value in the file.
struct SpecType<Value: Sendable>: Sendable {
    /// For people: `whole number, 1 to 4`.
    let name: String
    /// For editors: a JSON Schema without description; records derive theirs from their keys.
    let shape: SpecShape
    /// Reads a node; `current` is what holds so far, over which a record is laid. Nil after an error was recorded.
    let read: @Sendable (_ node: Node, _ current: Value?, _ context: inout SpecContext) -> Value?
    /// The value as it would be written, nil for records.
    let text: @Sendable (Value) -> String?
    /// The keys below, with the defaults that `values` (one for each environment) show.
    let children: @Sendable (_ values: [Value?], _ path: String) -> [SpecKeyDescription]

    init(
        _ name: String, _ shape: SpecShape,
        text: @escaping @Sendable (Value) -> String? = { _ in nil },
        children: @escaping @Sendable ([Value?], String) -> [SpecKeyDescription] = { _, _ in [] },
        read: @escaping @Sendable (Node, Value?, inout SpecContext) -> Value?
    ) {
        self.name = name
        self.shape = shape
        self.text = text
        self.children = children
        self.read = read
    }
}

/// How an editor sees a type.
enum SpecShape: Sendable {
    case value(SpecJSON)
    /// A mapping with fixed keys.
    case record
    /// A list of such mappings.
    case records
    /// The overlays: a mapping from an environment to the keys of the whole file.
    case overlays
}

extension SpecType {
    /// A scalar that `parse` turns into a value; `expected` names it, `hint` says what to write instead.
    static func scalar(
        _ expected: String, _ json: SpecJSON, hint: String? = nil,
        text: @escaping @Sendable (Value) -> String?, parse: @escaping @Sendable (Node.Scalar) -> Value?
    ) -> SpecType {
        SpecType(expected, .value(json), text: text) { node, _, context in
            guard case .scalar(let scalar) = node else {
                context.error("`\(context.path)` is \(node.kindName); expected: \(expected)", at: node, hint: hint)
                return nil
            }
            guard let value = parse(scalar) else {
                let written = scalar.string.isEmpty ? "empty" : "`\(scalar.string.shortened)`"
                let advice = hint ?? SpecAdvice.advice(for: scalar, expecting: expected)
                context.error("`\(context.path)` is \(written); expected: \(expected)", at: node, hint: advice)
                return nil
            }
            return value
        }
    }

    /// A mapping with these keys, laid over what holds so far, or over `empty`.
    static func record(_ empty: @escaping @Sendable () -> Value, _ keys: [SpecKey<Value>]) -> SpecType {
        SpecType(
            "mapping", .record,
            children: { values, path in
                // Where nothing holds by default, what one key of it leaves to the others is what `empty` says.
                let owners = values.isEmpty ? [empty()] : values.map { $0 ?? empty() }
                return keys.map { $0.describe(owners, under: path) }
            },
            read: { node, current, context in
                guard case .mapping(let mapping) = node else {
                    let names = keys.map { "`\($0.name)`" }.joined(separator: ", ")
                    let what = context.path.isEmpty ? "the file" : "`\(context.path)`"
                    context.error(
                        "\(what) is \(node.kindName); expected: a mapping", at: node, hint: "its keys are: \(names)")
                    return nil
                }
                var value = current ?? empty()
                SpecRecord.read(mapping, keys: keys, at: node, into: &value, &context)
                return value
            }
        )
    }

    /// A list of at most `countMax` items.
    static func list<Item>(
        of item: SpecType<Item>, countMax: Int
    ) -> SpecType where Value == [Item] {
        SpecType(
            "list of \(item.name)", item.shape.listed(countMax: countMax),
            text: { value in
                let texts = value.compactMap(item.text)
                return texts.count == value.count ? "[\(texts.joined(separator: ", "))]" : nil
            },
            children: { _, path in item.children([], path + "[]") },
            read: { node, _, context in
                guard case .sequence(let sequence) = node else {
                    context.error(
                        "`\(context.path)` is \(node.kindName); expected: list of \(item.name)", at: node,
                        hint: "write `[a, b]`, or one item a line with `- ` before it")
                    return nil
                }
                guard sequence.count <= countMax else {
                    context.error("`\(context.path)` has \(sequence.count) items; \(countMax) is the limit", at: node)
                    return nil
                }
                var values: [Item] = []
                for (index, element) in sequence.enumerated() {
                    let value = context.under("\(index)", at: element) { item.read(element, nil, &$0) }
                    if let value { values.append(value) }
                }
                return values.count == sequence.count ? values : nil
            }
        )
    }
}

extension SpecShape {
    /// The shape of a list of this.
    fileprivate func listed(countMax: Int) -> SpecShape {
        guard case .value(let json) = self else { return .records }
        return .value(
            .object([
                ("type", .text("array")), ("items", json), ("maxItems", .number(Double(countMax))),
            ]))
    }
}

extension Node {
    /// For messages: what sort of node this is.
    var kindName: String {
        switch self {
        case .scalar: isNull ? "empty" : "one value"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// Whether nothing, `~` or `null` stands here, without quotes.
    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

extension String {
    /// The beginning, on one line, for messages.
    var shortened: String {
        let line = split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 40 ? line.prefix(40) + "…" : line
    }
}
