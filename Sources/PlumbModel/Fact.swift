// A value as far as it is known.

/// A value read from a spec, a template, a plan, an account or a running engine: known, absent, or unknown with the
/// reason, and the place it came from.
///
/// Two facts are equal when their states are, wherever they were read: a rendered and a read graph can be compared.
public struct Fact<Value: Sendable & Hashable & Codable>: Sendable, Codable {
    public enum State: Sendable, Hashable, Codable {
        case known(Value)
        case absent
        /// Something is there, but what it is cannot be told from this input; the text says why.
        case unknown(String)
    }
    public var state: State
    public var place: Place?

    public init(_ state: State, at place: Place? = nil) {
        self.state = state
        self.place = place
    }

    /// The value is known.
    public static func known(_ value: Value, at place: Place? = nil) -> Fact { Fact(.known(value), at: place) }
    /// Nothing was said.
    public static var absent: Fact { Fact(.absent) }
    /// Nothing was said; `place` is where it would stand.
    public static func absent(at place: Place?) -> Fact { Fact(.absent, at: place) }
    /// It cannot be told from this input.
    public static func unknown(_ why: String, at place: Place? = nil) -> Fact { Fact(.unknown(why), at: place) }

    /// The value when it is known, else nil.
    public var value: Value? {
        if case .known(let value) = state { value } else { nil }
    }

    /// Why it is unknown, or nil when it is known or absent.
    public var whyUnknown: String? {
        if case .unknown(let why) = state { why } else { nil }
    }

    public var isKnown: Bool { value != nil }
    public var isAbsent: Bool {
        if case .absent = state { true } else { false }
    }
    public var isUnknown: Bool { whyUnknown != nil }

    /// The same fact about another value.
    public func map<Other>(_ transform: (Value) -> Other) -> Fact<Other> {
        switch state {
        case .known(let value): .known(transform(value), at: place)
        case .absent: .absent(at: place)
        case .unknown(let why): .unknown(why, at: place)
        }
    }

    /// This fact, with `value` known where nothing was said: how a documented default is applied.
    public func defaulting(to value: Value) -> Fact {
        isAbsent ? .known(value, at: place) : self
    }
}

extension Fact: Hashable {
    public static func == (left: Fact, right: Fact) -> Bool { left.state == right.state }
    public func hash(into hasher: inout Hasher) { hasher.combine(state) }
}

// Literals stand for known values, so that a graph reads like the thing it describes.
extension Fact: ExpressibleByIntegerLiteral where Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Value.IntegerLiteralType) { self = .known(Value(integerLiteral: value)) }
}
extension Fact: ExpressibleByFloatLiteral where Value: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Value.FloatLiteralType) { self = .known(Value(floatLiteral: value)) }
}
extension Fact: ExpressibleByBooleanLiteral where Value: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Value.BooleanLiteralType) { self = .known(Value(booleanLiteral: value)) }
}
extension Fact: ExpressibleByUnicodeScalarLiteral where Value: ExpressibleByUnicodeScalarLiteral {
    public init(unicodeScalarLiteral value: Value.UnicodeScalarLiteralType) {
        self = .known(Value(unicodeScalarLiteral: value))
    }
}
extension Fact: ExpressibleByExtendedGraphemeClusterLiteral where Value: ExpressibleByExtendedGraphemeClusterLiteral {
    public init(extendedGraphemeClusterLiteral value: Value.ExtendedGraphemeClusterLiteralType) {
        self = .known(Value(extendedGraphemeClusterLiteral: value))
    }
}
extension Fact: ExpressibleByStringLiteral where Value: ExpressibleByStringLiteral {
    public init(stringLiteral value: Value.StringLiteralType) { self = .known(Value(stringLiteral: value)) }
}
