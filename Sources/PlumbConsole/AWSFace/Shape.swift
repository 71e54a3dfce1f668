// A value of AWS's interfaces, whatever the protocol it travels in.

/// What inputs and outputs are made of.
indirect enum Shape: Sendable, Hashable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    /// Seconds since 1970-01-01 UTC.
    case time(Double)
    case list([Shape])
    case map([String: Shape])

    subscript(name: String) -> Shape? {
        get {
            guard case .map(let members) = self, let member = members[name], member != .null else { return nil }
            return member
        }
        set {
            guard case .map(var members) = self else { return }
            members[name] = newValue
            self = .map(members)
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var list: [Shape]? { if case .list(let list) = self { list } else { nil } }
    var members: [String: Shape]? { if case .map(let members) = self { members } else { nil } }
    /// The Query protocol has texts only.
    var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number), .time(let number): number
        case .text(let text): Double(text)
        default: nil
        }
    }
    var integer: Int? { number.flatMap { Int(exactly: $0) } }
    var flag: Bool? {
        switch self {
        case .flag(let flag): flag
        case .text("true"): true
        case .text("false"): false
        default: nil
        }
    }

    /// A map of those members that there are.
    static func made(_ members: [String: Shape?]) -> Shape { .map(members.compactMapValues { $0 }) }
}

extension Shape: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .integer(number) }
    init(booleanLiteral flag: Bool) { self = .flag(flag) }
}

/// As JSON; a time is a number of seconds there, and is read back as one.
extension Shape: Codable {
    init(from decoder: any Decoder) throws {
        if let keyed = try? decoder.container(keyedBy: Key.self) {  // Else it is no object, and something else below.
            var members: [String: Shape] = [:]
            for key in keyed.allKeys { members[key.stringValue] = try keyed.decode(Shape.self, forKey: key) }
            self = .map(members)
            return
        }
        if var list = try? decoder.unkeyedContainer() {  // Else it is no array.
            var elements: [Shape] = []
            while !list.isAtEnd { elements.append(try list.decode(Shape.self)) }
            self = .list(elements)
            return
        }
        let single = try decoder.singleValueContainer()
        // Each attempt that fails says only that the value is of another type.
        if single.decodeNil() {
            self = .null
        } else if let flag = try? single.decode(Bool.self) {  // As above.
            self = .flag(flag)
        } else if let number = try? single.decode(Int.self) {  // As above.
            self = .integer(number)
        } else if let number = try? single.decode(Double.self) {  // As above.
            self = .number(number)
        } else {
            self = .text(try single.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .map(let members):
            var keyed = encoder.container(keyedBy: Key.self)
            for (name, member) in members { try keyed.encode(member, forKey: Key(name)) }
        case .list(let elements):
            var list = encoder.unkeyedContainer()
            for element in elements { try list.encode(element) }
        case .null:
            var single = encoder.singleValueContainer()
            try single.encodeNil()
        case .flag(let flag):
            var single = encoder.singleValueContainer()
            try single.encode(flag)
        case .integer(let number):
            var single = encoder.singleValueContainer()
            try single.encode(number)
        case .number(let number), .time(let number):
            var single = encoder.singleValueContainer()
            try single.encode(number)
        case .text(let text):
            var single = encoder.singleValueContainer()
            try single.encode(text)
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }
}
