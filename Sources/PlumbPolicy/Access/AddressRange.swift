// Ranges of IP addresses, as policies write them.

/// A range of IP addresses in CIDR notation.
struct AddressRange {
    private let bytes: [UInt8]
    /// How many leading bits are fixed: 0 for the whole internet.
    let prefixLength: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(of: parts[0]) else { return nil }
        let length = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
        guard let length, (0...bytes.count * 8).contains(length) else { return nil }
        self.bytes = bytes
        prefixLength = length
    }

    private static func bytes(of text: Substring) -> [UInt8]? {
        guard text.contains(":") else {
            let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
            let bytes = numbers.compactMap { $0 }
            return numbers.count == 4 && bytes.count == 4 ? bytes : nil
        }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        let groups = halves.map { $0.split(separator: ":").map { UInt16($0, radix: 16) } }
        let given = groups.flatMap { $0 }.compactMap { $0 }
        guard given.count == groups.reduce(0, { $0 + $1.count }), given.count <= 8 else { return nil }
        if halves.count == 1 && given.count != 8 { return nil }
        let head = groups[0].compactMap { $0 }
        let zeros = [UInt16](repeating: 0, count: 8 - given.count)
        return (head + zeros + given.dropFirst(head.count)).flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }

    /// Whether an address lies in it; one of the other family does not.
    func contains(_ address: AddressRange) -> Bool {
        guard address.bytes.count == bytes.count, address.prefixLength >= prefixLength else { return false }
        return zip(bytes, address.bytes).enumerated().allSatisfy { index, pair in
            let fixed = min(8, max(0, prefixLength - index * 8))
            return (pair.0 ^ pair.1) >> UInt8(8 - fixed) == 0 || fixed == 0
        }
    }

    /// Addresses at the edges of the range and just outside: among ranges, one of these tells any two apart.
    var edges: [String] {
        let isIn = bytes.indices.map { index -> (low: UInt8, high: UInt8) in
            let fixed = min(8, max(0, prefixLength - index * 8))
            let mask = fixed == 0 ? 0 : ~UInt8(0) << UInt8(8 - fixed)
            return (bytes[index] & mask, bytes[index] | ~mask)
        }
        let (low, high) = (isIn.map(\.low), isIn.map(\.high))
        return [low, high, Self.moved(low, by: -1), Self.moved(high, by: 1)].compactMap { $0 }.map(Self.text)
    }

    /// The neighbour of an address; nil past either end.
    private static func moved(_ bytes: [UInt8], by step: Int) -> [UInt8]? {
        var bytes = bytes
        for index in bytes.indices.reversed() {
            let sum = Int(bytes[index]) + step
            bytes[index] = UInt8(truncatingIfNeeded: sum)
            if (0...255).contains(sum) { return bytes }
        }
        return nil
    }

    private static func text(_ bytes: [UInt8]) -> String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }.joined(separator: ":")
    }

    /// Private by RFC 1918, shared by RFC 6598, or unique local by RFC 4193.
    var isPrivate: Bool {
        switch bytes.count {
        case 4:
            bytes[0] == 10 && prefixLength >= 8 || bytes[0] == 172 && bytes[1] & 0xF0 == 16 && prefixLength >= 12
                || bytes[0] == 192 && bytes[1] == 168 && prefixLength >= 16
                || bytes[0] == 100 && bytes[1] & 0xC0 == 64 && prefixLength >= 10
        default: bytes[0] & 0xFE == 0xFC && prefixLength >= 7
        }
    }
}
