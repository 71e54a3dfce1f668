// A digest of a value's content: places, absent facts and the order of keys make no difference to it.

import PlumbModel

/// Digests any encodable value without writing it out.
///
/// 64 bits are enough to tell a changed resource from an unchanged one; nobody is kept from making two that agree.
enum ContentDigest {
    static func of(_ value: some Encodable) -> UInt64 { digest(of: Stated(value).value) }

    /// Fields count in any order. What was never stated counts for nothing, so that a field which a later version adds
    /// does not change what is known by its digest today.
    private static func digest(of value: StatedValue) -> UInt64 {
        switch value {
        case .text(let text): mix(of(text))
        case .number(let number): mix(number.bitPattern)
        case .flag(let flag): mix(flag ? 1 : 2)
        case .reference(.resource(let id)): mix(of("resource") &+ mix(of(id)))
        case .reference(.external(let name)): mix(of("external") &+ mix(of(name)))
        case .list(let items):
            items.enumerated().reduce(0) { $0 &+ mix(mix(UInt64($1.offset)) &+ mix(digest(of: $1.element.value))) }
        case .record(let fields):
            fields.reduce(0) { sum, field in
                field.value.value == .nothing ? sum : sum &+ mix(of(field.key) &+ mix(digest(of: field.value.value)))
            }
        case .nothing: 0
        case .unknown(let why): mix(of("unknown") &+ mix(of(why)))
        }
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
}
