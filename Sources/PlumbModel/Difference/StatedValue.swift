// What a resource says, as plain values with their places: walked through generically, so that no field is forgotten.

/// A value as it is compared and told.
public indirect enum StatedValue: Sendable, Hashable, CustomStringConvertible {
    case text(String)
    case number(Double)
    case flag(Bool)
    case reference(Reference)
    case list([Stated])
    case record([String: Stated])
    case nothing
    case unknown(String)

    /// On one line, in the manner of YAML.
    public var description: String {
        switch self {
        case .text(let text): text.isEmpty ? "''" : text
        case .number(let number): number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
        case .flag(let flag): flag ? "true" : "false"
        case .reference(.resource(let name)), .reference(.external(let name)): name
        case .list(let items): "[" + items.map(\.value.description).joined(separator: ", ") + "]"
        case .record(let fields):
            "{"
                + fields.filter { $0.value.value != .nothing }.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value.value)" }.joined(separator: ", ") + "}"
        case .nothing: "nothing"
        case .unknown(let why): "unknown (\(why))"
        }
    }
}

/// A value and where it stands; two are equal when their values are.
public struct Stated: Sendable, Hashable {
    public var value: StatedValue
    public var place: Place?

    public init(_ value: StatedValue, at place: Place? = nil) {
        self.value = value
        self.place = place
    }

    /// What any encodable value states.
    public init(_ value: some Encodable) {
        if let fact = value as? any StatingFact {
            self = fact.stated
        } else if let reference = value as? Reference {
            self.init(.reference(reference))
        } else {
            let node = StatingEncoder()
            // Nothing that the encoder is given makes it throw.
            try? value.encode(to: node)
            self = node.stated
        }
    }

    /// What a resource states, its head's fields among its own; its id is no part of what it says.
    init(of resource: some Resource) {
        self.init(resource)
        guard case .record(var fields) = value, case .record(var head)? = fields["head"]?.value else { return }
        head["id"] = nil
        fields["head"] = nil
        self = Stated(.record(fields.merging(head) { own, _ in own }), at: resource.place)
    }

    public static func == (left: Stated, right: Stated) -> Bool { left.value == right.value }
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }

    /// A record's field; nothing for one that is not there.
    subscript(key: String) -> Stated {
        guard case .record(let fields) = value else { return Stated(.nothing) }
        return fields[key] ?? Stated(.nothing)
    }
}

/// A fact whose type of value does not matter.
private protocol StatingFact {
    var stated: Stated { get }
}

extension Fact: StatingFact {
    fileprivate var stated: Stated {
        switch state {
        case .known(let value):
            let inner = Stated(value)
            return Stated(inner.value, at: place ?? inner.place)
        case .absent: return Stated(.nothing, at: place)
        case .unknown(let why): return Stated(.unknown(why), at: place)
        }
    }
}

/// Collects what a value encodes.
private final class StatingEncoder: Encoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var scalar: StatedValue = .nothing
    private var place: Place?
    private var fields: [String: Stated]?
    private var items: [Stated]?
    private var nested: [(key: String?, node: StatingEncoder)] = []

    var stated: Stated {
        guard fields != nil || items != nil else { return Stated(scalar, at: place) }
        if var items {
            items += nested.map(\.node.stated)
            return Stated(.list(items), at: place)
        }
        var fields = fields ?? [:]
        for (key, node) in nested { if let key { fields[key] = node.stated } }
        return Stated(.record(fields), at: place)
    }

    func set(_ value: StatedValue) { scalar = value }
    func set(_ stated: Stated) {
        scalar = stated.value
        place = stated.place
    }
    func add(_ value: some Encodable, _ key: String) {
        // Where a thing stands is no part of what it is.
        if let place = value as? Place {
            self.place = place
        } else {
            fields?[key] = Stated(value)
        }
    }
    func append(_ value: Stated) { items?.append(value) }
    func child(_ key: String?) -> StatingEncoder {
        let node = StatingEncoder()
        nested.append((key, node))
        return node
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        fields = fields ?? [:]
        return KeyedEncodingContainer(Fields<Key>(node: self))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        items = items ?? []
        return Items(node: self)
    }
    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: self) }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: StatingEncoder
    var codingPath: [any CodingKey] { [] }
    func encodeNil(forKey key: Key) {}
    func encode(_ value: some Encodable, forKey key: Key) { node.add(value, key.stringValue) }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { node.child(key.stringValue).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        node.child(key.stringValue).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { node.child("super") }
    func superEncoder(forKey key: Key) -> any Encoder { node.child(key.stringValue) }
}

private struct Items: UnkeyedEncodingContainer {
    let node: StatingEncoder
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }
    mutating func encodeNil() {}
    mutating func encode(_ value: some Encodable) {
        count += 1
        node.append(Stated(value))
    }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        node.child(nil).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.child(nil).unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { node.child(nil) }
}

private struct Single: SingleValueEncodingContainer {
    let node: StatingEncoder
    var codingPath: [any CodingKey] { [] }
    func encodeNil() {}
    func encode(_ value: Bool) { node.set(.flag(value)) }
    func encode(_ value: String) { node.set(.text(value)) }
    func encode(_ value: Double) { node.set(.number(value)) }
    // A whole number is the same number however it was declared.
    func encode(_ value: some BinaryFloatingPoint & Encodable) { node.set(.number(Double(value))) }
    func encode(_ value: some BinaryInteger & Encodable) { node.set(.number(Double(value))) }
    func encode(_ value: some Encodable) { node.set(Stated(value)) }
}
