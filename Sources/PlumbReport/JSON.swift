// A JSON value that keeps the order of its keys, so that a report's shape is stable to the byte.

import PlumbModel

/// A JSON value; an object's members stay in the order in which they were given (Foundation's encoder
/// sorts or shuffles).
public enum JSON: Sendable {
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
        var bytes: [UInt8] = []
        write(to: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value on one line, for a file of a value a line.
    public var line: String {
        switch self {
        case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(JSONText.quoted($0.key)):\($0.value.line)" }.joined(separator: ",") + "}"
        case .null, .bool, .integer, .double, .string: text
        }
    }

    // Bytes, not characters: a report of thousands of findings is megabytes.
    private func write(to bytes: inout [UInt8], indent: Int) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        // JSON has no word for what is no number.
        case .double(let value): bytes.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
        case .string(let value): JSONText.quote(value, to: &bytes)
        case .array(let values): JSON.write(values, to: &bytes, indent: indent) { $0 }
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                JSON.breakLine(isFirst: index == 0, indent + 1, in: &bytes)
                JSONText.quote(member.key, to: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                member.value.write(to: &bytes, indent: indent + 1)
            }
            if !members.isEmpty { JSON.breakLine(isFirst: true, indent, in: &bytes) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write<Element>(
        _ elements: [Element], to bytes: inout [UInt8], indent: Int, as json: (Element) -> JSON
    ) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            breakLine(isFirst: index == 0, indent + 1, in: &bytes)
            json(element).write(to: &bytes, indent: indent + 1)
        }
        if !elements.isEmpty { breakLine(isFirst: true, indent, in: &bytes) }
        bytes.append(UInt8(ascii: "]"))
    }

    /// An object that is written member by member, for one that is too large to stand in memory beside its text.
    struct OpenObject {
        private var isEmpty = true

        init(in bytes: inout [UInt8]) { bytes.append(UInt8(ascii: "{")) }

        /// Adds the members of an object.
        mutating func add(_ object: JSON, to bytes: inout [UInt8]) {
            guard case .object(let members) = object else { return }
            for member in members {
                begin(member.key, in: &bytes)
                member.value.write(to: &bytes, indent: 1)
            }
        }

        /// Adds a list, made item by item.
        mutating func add<Element>(
            _ key: String, _ elements: [Element], to bytes: inout [UInt8], as json: (Element) -> JSON
        ) {
            begin(key, in: &bytes)
            JSON.write(elements, to: &bytes, indent: 1, as: json)
        }

        func close(in bytes: inout [UInt8]) {
            if !isEmpty { JSON.breakLine(isFirst: true, 0, in: &bytes) }
            bytes.append(UInt8(ascii: "}"))
        }

        private mutating func begin(_ key: String, in bytes: inout [UInt8]) {
            JSON.breakLine(isFirst: isEmpty, 1, in: &bytes)
            isEmpty = false
            JSONText.quote(key, to: &bytes)
            bytes.append(contentsOf: ": ".utf8)
        }
    }

    /// A line break and the indentation of 32 levels; no report has as many.
    private static let lineBreak = [UInt8(ascii: "\n")] + [UInt8](repeating: UInt8(ascii: " "), count: 64)

    private static func breakLine(isFirst: Bool, _ indent: Int, in bytes: inout [UInt8]) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: lineBreak.prefix(1 + 2 * indent))
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}
