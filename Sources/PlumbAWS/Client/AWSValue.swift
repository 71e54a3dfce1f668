// What goes to AWS and comes back: one tree of values for every protocol.

public import Foundation

/// A value of a request or an answer.
///
/// XML knows only texts and does not tell a list of one from the thing itself, so the questions below are generous:
/// `number` reads digits, `items` of a single value is that value. What is absent is `null`, and so is all below it.
public enum AWSValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    /// Bytes; JSON and Query carry them as base64.
    case data(Data)
    case list([AWSValue])
    case map([String: AWSValue])

    /// The member of that name, or `null`.
    public subscript(name: String) -> AWSValue {
        get {
            guard case .map(let members) = self else { return .null }
            return members[name] ?? .null
        }
        set {
            var members = self.members
            members[name] = newValue
            self = .map(members)
        }
    }

    /// The members of a map; none of anything else.
    public var members: [String: AWSValue] {
        guard case .map(let members) = self else { return [:] }
        return members
    }

    /// The elements of a list; nothing has none, an empty XML element has none, and any other value is its own.
    public var items: [AWSValue] {
        switch self {
        case .list(let items): items
        case .null, .text(""): []
        default: [self]
        }
    }

    public var isNull: Bool { self == .null }

    public var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    public var number: Double? {
        switch self {
        case .number(let number): number
        case .text(let text): Double(text)
        default: nil
        }
    }

    public var integer: Int? { number.flatMap { Int(exactly: $0) } }

    public var bool: Bool? {
        switch self {
        case .bool(let bool): bool
        case .text("true"): true
        case .text("false"): false
        default: nil
        }
    }

    /// A point in time: seconds since 1970 as JSON has it, or ISO 8601 as XML has it.
    public var date: Date? {
        switch self {
        case .number(let seconds): Date(timeIntervalSince1970: seconds)
        case .text(let text): Self.date(text)
        default: nil
        }
    }

    public var data: Data? {
        switch self {
        case .data(let data): data
        case .text(let text): Data(base64Encoded: text)
        default: nil
        }
    }

    private static func date(_ text: String) -> Date? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return try? style.parse(text)  // A text that is no date is nil, which is what the caller asks.
    }
}

extension AWSValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    public init(dictionaryLiteral elements: (String, AWSValue)...) {
        self = .map(Dictionary(elements) { _, last in last })
    }
    public init(arrayLiteral elements: AWSValue...) { self = .list(elements) }
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int) { self = .number(Double(number)) }
    public init(floatLiteral number: Double) { self = .number(number) }
    public init(booleanLiteral bool: Bool) { self = .bool(bool) }
    public init(nilLiteral: ()) { self = .null }
}

extension AWSValue: Encodable {
    /// As AWS's own tools take it: what is null is left out of a map.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        case .number(let number):
            if let integer = Int64(exactly: number) {
                try container.encode(integer)
            } else {
                try container.encode(number)
            }
        case .text(let text): try container.encode(text)
        case .data(let data): try container.encode(data.base64EncodedString())
        case .list(let items): try container.encode(items)
        case .map(let members): try container.encode(members.filter { !$0.value.isNull })
        }
    }
}
