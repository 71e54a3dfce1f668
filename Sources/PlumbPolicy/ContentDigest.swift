// A digest of a value's content: places, absent facts and the order of keys make no difference to it.

import PlumbModel

/// Digests any encodable value without writing it out.
///
/// 64 bits are enough to tell a changed resource from an unchanged one; nobody is kept from making two that agree.
enum ContentDigest {
    static func of(_ value: some Encodable) -> UInt64 {
        let node = Node()
        // Nothing that a node is given makes it throw; what could not be encoded would be left out of the digest.
        try? value.encode(to: node)
        return node.digest
    }

    /// FNV-1a of the UTF-8 bytes.
    static func of(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
        return hash
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014), so that sums of digests do not cancel out.
    static func mix(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9e37_79b9_7f4a_7c15
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// 16 hex digits.
    static func text(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// A value as it is being encoded: scalars are added at once, nested values when they are complete.
    private final class Node: Encoder {
        let codingPath: [any CodingKey] = []
        let userInfo: [CodingUserInfoKey: Any] = [:]
        private var sum: UInt64 = 0
        private var children: [(key: UInt64, isAbsent: Bool, node: Node)] = []

        /// Keyed values count in any order. What was never stated counts for nothing, so that a field which a later
        /// version adds does not change what is known by its digest today.
        var digest: UInt64 {
            children.reduce(sum) { sum, child in
                child.isAbsent || child.node.isAbsent
                    ? sum : sum &+ ContentDigest.mix(child.key &+ ContentDigest.mix(child.node.digest))
            }
        }

        /// Whether this is an absent fact, or the state of one.
        private var isAbsent: Bool {
            guard children.count == 1, sum == 0 else { return false }
            return children[0].isAbsent || children[0].node.isAbsent
        }

        func add(_ scalar: UInt64) { sum &+= ContentDigest.mix(scalar) }

        func child(_ key: String) -> Node {
            let node = Node()
            // Where a thing stands is no part of what it is.
            if key != "place" { children.append((ContentDigest.of(key), key == "absent", node)) }
            return node
        }

        func item() -> Node {
            let node = Node()
            children.append((ContentDigest.mix(UInt64(children.count)), false, node))
            return node
        }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            KeyedEncodingContainer(Keyed<Key>(node: self))
        }
        func unkeyedContainer() -> any UnkeyedEncodingContainer { List(node: self) }
        func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: self) }
    }

    private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let node: Node
        var codingPath: [any CodingKey] { [] }
        func encodeNil(forKey key: Key) {}
        func encode(_ value: some Encodable, forKey key: Key) throws {
            try value.encode(to: node.child(key.stringValue))
        }
        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { node.child(key.stringValue).container(keyedBy: type) }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            node.child(key.stringValue).unkeyedContainer()
        }
        func superEncoder() -> any Encoder { node.child("super") }
        func superEncoder(forKey key: Key) -> any Encoder { node.child(key.stringValue) }
    }

    private struct List: UnkeyedEncodingContainer {
        let node: Node
        private(set) var count = 0
        var codingPath: [any CodingKey] { [] }
        init(node: Node) { self.node = node }
        private mutating func next() -> Node {
            count += 1
            return node.item()
        }
        mutating func encodeNil() { _ = next() }
        mutating func encode(_ value: some Encodable) throws { try value.encode(to: next()) }
        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            next().container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
        mutating func superEncoder() -> any Encoder { next() }
    }

    private struct Single: SingleValueEncodingContainer {
        let node: Node
        var codingPath: [any CodingKey] { [] }
        func encodeNil() { node.add(1) }
        func encode(_ value: Bool) { node.add(value ? 2 : 3) }
        func encode(_ value: String) { node.add(ContentDigest.of(value)) }
        func encode(_ value: Double) { node.add(value.bitPattern) }
        func encode(_ value: Float) { encode(Double(value)) }
        // A whole number is the same number however it was declared.
        func encode(_ value: Int) { encode(Double(value)) }
        func encode(_ value: Int8) { encode(Double(value)) }
        func encode(_ value: Int16) { encode(Double(value)) }
        func encode(_ value: Int32) { encode(Double(value)) }
        func encode(_ value: Int64) { encode(Double(value)) }
        func encode(_ value: UInt) { encode(Double(value)) }
        func encode(_ value: UInt8) { encode(Double(value)) }
        func encode(_ value: UInt16) { encode(Double(value)) }
        func encode(_ value: UInt32) { encode(Double(value)) }
        func encode(_ value: UInt64) { encode(Double(value)) }
        func encode(_ value: some Encodable) throws { try value.encode(to: node) }
    }
}
