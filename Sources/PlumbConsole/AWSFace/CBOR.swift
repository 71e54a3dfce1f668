// CBOR (RFC 8949) as far as AWS's `rpc-v2-cbor` protocol uses it: the protocol that boto3 speaks with CloudWatch.

/// Reads and writes values.
enum CBOR {
    /// How deep lists and maps may nest.
    private static let nestingMax = 32

    // MARK: - Reading

    /// The one value that the bytes hold; nil when they hold something else, or none at all.
    static func read(_ bytes: [UInt8]) -> Shape? {
        var reader = Reader(rest: bytes[...])
        guard let value = reader.value(depth: 0), reader.rest.isEmpty else { return nil }
        return value
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func value(depth: Int) -> Shape? {
            guard depth < nestingMax, let first = rest.popFirst() else { return nil }
            let (major, low) = (first >> 5, first & 31)
            switch major {
            case 0: return argument(low).flatMap { Int(exactly: $0) }.map { .integer($0) }
            case 1: return argument(low).flatMap { Int(exactly: $0) }.map { .integer(-1 - $0) }
            case 2, 3: return string(major, low).flatMap { String(validating: $0, as: UTF8.self) }.map { .text($0) }
            case 4: return list(low, depth)
            case 5: return map(low, depth)
            case 6: return tagged(low, depth)
            default: return simple(low)
            }
        }

        /// The number behind the first byte.
        private mutating func argument(_ low: UInt8) -> UInt64? {
            switch low {
            case 0..<24: UInt64(low)
            case 24...27: number(1 << Int(low - 24))
            default: nil
            }
        }

        private mutating func number(_ count: Int) -> UInt64? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
        }

        private mutating func string(_ major: UInt8, _ low: UInt8) -> [UInt8]? {
            guard low != 31 else {
                var whole: [UInt8] = []
                while let first = rest.popFirst(), first != 0xFF {
                    guard first >> 5 == major, first & 31 != 31, let part = string(major, first & 31) else {
                        return nil
                    }
                    whole += part
                }
                return whole
            }
            guard let count = argument(low).flatMap({ Int(exactly: $0) }), count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }

        /// Whether one more element follows; counts down, or looks for the end of a list without a count.
        private mutating func goesOn(_ left: inout UInt64?) -> Bool {
            guard let count = left else {
                // Bytes that run out before the end are missed by the next element.
                guard rest.first == 0xFF else { return true }
                rest = rest.dropFirst()
                return false
            }
            guard count > 0 else { return false }
            left = count - 1
            return true
        }

        private mutating func list(_ low: UInt8, _ depth: Int) -> Shape? {
            var left = argument(low)
            guard left != nil || low == 31 else { return nil }
            var elements: [Shape] = []
            while goesOn(&left) {
                guard let element = value(depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return .list(elements)
        }

        private mutating func map(_ low: UInt8, _ depth: Int) -> Shape? {
            var left = argument(low)
            guard left != nil || low == 31 else { return nil }
            var members: [String: Shape] = [:]
            while goesOn(&left) {
                guard case .text(let name)? = value(depth: depth + 1), let member = value(depth: depth + 1),
                    members.updateValue(member, forKey: name) == nil
                else { return nil }
            }
            return .map(members)
        }

        private mutating func tagged(_ low: UInt8, _ depth: Int) -> Shape? {
            guard let tag = argument(low), let inner = value(depth: depth + 1) else { return nil }
            // 1 is a time; the others say nothing that these interfaces use.
            return tag == 1 ? inner.number.map { .time($0) } : inner
        }

        private mutating func simple(_ low: UInt8) -> Shape? {
            switch low {
            case 20: .flag(false)
            case 21: .flag(true)
            case 22, 23: .null
            case 25: number(2).map { .number(Double(Float16(bitPattern: UInt16($0)))) }
            case 26: number(4).map { .number(Double(Float(bitPattern: UInt32($0)))) }
            case 27: number(8).map { .number(Double(bitPattern: $0)) }
            default: nil
            }
        }
    }

    // MARK: - Writing

    static func write(_ value: Shape) -> [UInt8] {
        var bytes: [UInt8] = []
        write(value, to: &bytes)
        return bytes
    }

    private static func write(_ value: Shape, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0xF6)
        case .flag(let flag): bytes.append(flag ? 0xF5 : 0xF4)
        case .integer(let number):
            head(number < 0 ? 1 : 0, UInt64(number < 0 ? -1 - number : number), to: &bytes)
        case .number(let number): double(number, to: &bytes)
        case .time(let seconds):
            bytes.append(0xC1)
            double(seconds, to: &bytes)
        case .text(let text):
            head(3, UInt64(text.utf8.count), to: &bytes)
            bytes += text.utf8
        case .list(let elements):
            head(4, UInt64(elements.count), to: &bytes)
            for element in elements { write(element, to: &bytes) }
        case .map(let members):
            head(5, UInt64(members.count), to: &bytes)
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                write(.text(name), to: &bytes)
                write(member, to: &bytes)
            }
        }
    }

    private static func double(_ number: Double, to bytes: inout [UInt8]) {
        bytes.append(0xFB)
        append(number.bitPattern, count: 8, to: &bytes)
    }

    private static func head(_ major: UInt8, _ number: UInt64, to bytes: inout [UInt8]) {
        switch number {
        case 0..<24: bytes.append(major << 5 | UInt8(number))
        case 24..<0x100: bytes += [major << 5 | 24, UInt8(number)]
        case 0x100..<0x1_0000:
            bytes.append(major << 5 | 25)
            append(number, count: 2, to: &bytes)
        case 0x1_0000..<0x1_0000_0000:
            bytes.append(major << 5 | 26)
            append(number, count: 4, to: &bytes)
        default:
            bytes.append(major << 5 | 27)
            append(number, count: 8, to: &bytes)
        }
    }

    private static func append(_ number: UInt64, count: Int, to bytes: inout [UInt8]) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(index * 8))) }
    }
}
