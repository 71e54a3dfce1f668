// A JSON value that keeps the order of its keys, so that a report's shape is stable to the byte.

import PlumbModel

/// A JSON value; an object's members stay in the order in which they were given (Foundation's encoder
/// sorts or shuffles).
public indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([(key: String, value: JSON)])

    /// A string, or null.
    public init(_ text: String?) { self = text.map(JSON.string) ?? .null }
    /// A whole number, or null.
    public init(_ number: Int?) { self = number.map(JSON.integer) ?? .null }
    /// An array of strings.
    public init(_ texts: [String]) { self = .array(texts.map(JSON.string)) }

    /// The value as text by RFC 8259, indented by two spaces a level; without a line break at the end.
    public var text: String {
        var text = ""
        write(to: &text, indent: 0)
        return text
    }

    private func write(to text: inout String, indent: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        // JSON has no word for what is no number.
        case .double(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): JSONText.quote(value, to: &text)
        case .array(let values):
            JSON.writeList(values, between: "[", and: "]", to: &text, indent) { $0.write(to: &$1, indent: $2) }
        case .object(let members):
            JSON.writeList(members, between: "{", and: "}", to: &text, indent) { member, text, indent in
                JSONText.quote(member.key, to: &text)
                text += ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], between open: String, and close: String, to text: inout String, _ indent: Int,
        _ write: (Element, inout String, Int) -> Void
    ) {
        text += open
        for (index, element) in elements.enumerated() {
            text += index == 0 ? "\n" : ",\n"
            text += String(repeating: "  ", count: indent + 1)
            write(element, &text, indent + 1)
        }
        if !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}
