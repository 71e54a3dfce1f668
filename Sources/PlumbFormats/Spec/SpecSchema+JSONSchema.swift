// The schema as editors read it, so that they complete keys, show their sentences and underline slips.

import PlumbModel
import Yams

extension SpecSchema {
    /// A JSON Schema (draft 2020-12) of the file, ending in a line break.
    ///
    /// It says what a key takes by itself; contradictions between keys are for the reader alone. Keys are required only
    /// in a file without overlays, since an overlay may bring them.
    public static func jsonSchema() -> String {
        let required = keys.filter(\.isRequired).map { SpecJSON.text($0.name) }
        let schema = SpecJSON.object([
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text("Plumbline spec")),
            ("description", .text("One endpoint for a machine-learning model, held to the policies.")),
            ("type", .text("object")),
            ("additionalProperties", .flag(false)),
            ("properties", .object(keys.map { ($0.name, property($0, isOverlay: false)) })),
            ("if", .object([("not", .object([("required", .list([.text("environments")]))]))])),
            ("then", .object([("required", .list(required))])),
            ("$defs", .object([("overlay", overlay())])),
        ])
        return schema.rendered() + "\n"
    }

    /// The keys an environment may lay over the file: all but those that choose environments, none of them required.
    private static func overlay() -> SpecJSON {
        let overlaid = keys.filter { $0.name != "environment" && $0.name != "environments" }
        return record(overlaid, isOverlay: true)
    }

    private static func record(_ keys: [SpecKeyDescription], isOverlay: Bool) -> SpecJSON {
        var pairs: [(key: String, value: SpecJSON)] = [
            ("type", .text("object")), ("additionalProperties", .flag(false)),
            ("properties", .object(keys.map { ($0.name, property($0, isOverlay: isOverlay)) })),
        ]
        let required = keys.filter(\.isRequired).map { SpecJSON.text($0.name) }
        if !isOverlay, !required.isEmpty { pairs.append(("required", .list(required))) }
        return .object(pairs)
    }

    static func property(_ key: SpecKeyDescription, isOverlay: Bool) -> SpecJSON {
        var form = form(of: key, isOverlay: isOverlay)
        var alternatives: [SpecJSON] = []
        if key.allowsNone { alternatives.append(.object([("const", .text("none"))])) }
        // In an overlay `null` takes away what the file says.
        if isOverlay { alternatives.append(.object([("type", .text("null"))])) }
        if !alternatives.isEmpty { form = .object([("anyOf", .list([form] + alternatives))]) }
        guard case .object(var pairs) = form else { return form }
        var description = key.summary
        if let text = key.defaultText, Set(key.defaults).count > 1 { description += " Default: \(text)." }
        pairs.insert(("description", .text(description)), at: 0)
        if Set(key.defaults).count == 1, let text = key.defaults[0] { pairs.append(("default", value(of: text))) }
        if let example = key.example, !key.isRequired || key.children.isEmpty {
            pairs.append(("examples", .list([value(of: example)])))
        }
        return .object(pairs)
    }

    private static func form(of key: SpecKeyDescription, isOverlay: Bool) -> SpecJSON {
        switch key.shape {
        case .value(let json): return json
        case .record: return record(key.children, isOverlay: isOverlay)
        // The items of a list replace the file's, so they are whole even in an overlay.
        case .records:
            return .object([("type", .text("array")), ("items", record(key.children, isOverlay: false))])
        case .overlays:
            let reference = SpecJSON.object([("$ref", .text("#/$defs/overlay"))])
            return .object([
                ("type", .text("object")), ("additionalProperties", .flag(false)),
                ("properties", .object(Environment.allCases.map { ($0.rawValue, reference) })),
            ])
        }
    }

    /// YAML as JSON, such as a default or an example; it stays text where it is no YAML.
    static func value(of yaml: String) -> SpecJSON {
        // Every default and example is composed by a test; text is right for whatever could not be.
        guard let node = try? Yams.compose(yaml: yaml, .basic) else { return .text(yaml) }
        return value(of: node)
    }

    private static func value(of node: Node) -> SpecJSON {
        switch node {
        case .mapping(let mapping): .object(mapping.map { ($0.key.scalar?.string ?? "", value(of: $0.value)) })
        case .sequence(let sequence): .list(sequence.map { value(of: $0) })
        case .scalar(let scalar):
            if scalar.style != .plain {
                .text(scalar.string)
            } else if scalar.string == "true" || scalar.string == "false" {
                .flag(scalar.string == "true")
            } else {
                Double(scalar.string).map { .number($0) } ?? .text(scalar.string)
            }
        case .alias: .text("")
        }
    }
}
