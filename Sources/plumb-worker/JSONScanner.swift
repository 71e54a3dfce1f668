// Reads JSON straight from the body's bytes.

/// Walks JSON text in place, without building a tree: requests are mostly long arrays of numbers.
struct JSONScanner {
    /// How deep a skipped value may nest.
    static let depthMax = 64

    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ body: Body) {
        self.init(body.bytes, body.range)
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        start = range.lowerBound
    }

    private let start: Int

    /// The next byte that is not white space, or 0 at the end.
    mutating func peek() -> UInt8 {
        while position < end {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    /// Takes `byte` if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte, position < end else { return false }
        position += 1
        return true
    }

    /// Takes `byte`, or says that it is missing.
    mutating func expect(_ byte: UInt8) throws(Refusal) {
        guard take(byte) else { throw unexpected("`\(Character(Unicode.Scalar(byte)))`") }
    }

    /// The error for something other than `wanted` at the present place.
    mutating func unexpected(_ wanted: String) -> Refusal {
        let byte = peek()
        let offset = position - start
        guard position < end else {
            return .badRequest("the JSON ends at byte \(offset), where \(wanted) was expected")
        }
        let found = byte > 0x20 && byte < 0x7F ? "`\(Character(Unicode.Scalar(byte)))`" : "byte \(byte)"
        return .badRequest("the JSON has \(found) at byte \(offset), where \(wanted) was expected")
    }

    /// Says so when anything but white space is left.
    mutating func expectEnd() throws(Refusal) {
        guard peek() == 0, position == end else { throw unexpected("the end") }
    }

    /// Takes a number.
    mutating func number() throws(Refusal) -> DecimalText {
        _ = peek()
        guard let number = DecimalText(bytes, from: position, to: end) else { throw unexpected("a number") }
        position = number.range.upperBound
        return number
    }

    /// The number that comes next, and where it ends, when it has up to nine digits and no exponent, as most have: nine
    /// digits are exact in a double, whose quotient by a power of ten is then rounded once.
    func shortDecimal() -> (value: Double, end: Int)? {
        // Numbers are most of what is read: within `end`, which is checked, no bound is checked a second time.
        unsafe bytes.withUnsafeBufferPointer { unsafe Self.shortDecimal($0, from: position, to: min(end, $0.count)) }
    }

    private static func shortDecimal(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> (value: Double, end: Int)? {
        var at = start
        while at < end, unsafe bytes[at] == 0x20 || bytes[at] == 0x0A { at += 1 }
        let isNegative = unsafe at < end && bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let first = at
        var point: Int?
        var digits: UInt32 = 0
        while at < end, at - first <= 10 {
            let byte = unsafe bytes[at]
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits = digits &* 10 &+ UInt32(byte &- UInt8(ascii: "0"))
            } else if byte == UInt8(ascii: "."), point == nil, at > first {
                point = at
            } else {
                break
            }
            at += 1
        }
        let count = at - first - (point == nil ? 0 : 1)
        // What follows must end the number; a leading zero, a missing digit and all else is for the whole reader.
        guard count > 0, count <= 9, at < end, unsafe bytes[at] == UInt8(ascii: ",") || bytes[at] == UInt8(ascii: "]"),
            unsafe bytes[first] != UInt8(ascii: "0") || at == first + 1 || point == first + 1
        else { return nil }
        var value = Double(digits)
        if let point {
            guard at - point > 1 else { return nil }
            value /= DecimalText.powersOfTen[at - point - 1]
        }
        return (isNegative ? -value : value, at)
    }

    /// Passes over a number that `shortDecimal` has found.
    mutating func move(to end: Int) { position = end }

    /// Takes `true` or `false`.
    mutating func bool() throws(Refusal) -> Bool {
        switch peek() {
        case UInt8(ascii: "t"):
            try word("true")
            return true
        case UInt8(ascii: "f"):
            try word("false")
            return false
        default:
            throw unexpected("true or false")
        }
    }

    private mutating func word(_ word: String) throws(Refusal) {
        for byte in word.utf8 {
            guard position < end, bytes[position] == byte else { throw unexpected(word) }
            position += 1
        }
    }

    /// Takes a string and resolves its escapes.
    mutating func string() throws(Refusal) -> String {
        guard take(UInt8(ascii: "\"")) else { throw unexpected("a string") }
        let first = position
        while position < end, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            guard bytes[position] >= 0x20 else { throw unexpected("no control character in a string") }
            position += 1
        }
        guard position < end else { throw unexpected("the end of a string") }
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes[first..<position - 1])
        }
        return try escapedString(from: first)
    }

    private mutating func escapedString(from first: Int) throws(Refusal) -> String {
        var taken = Array(bytes[first..<position])
        while position < end {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(taken[...])
            case UInt8(ascii: "\\"): try escape(into: &taken)
            case 0x20...: taken.append(byte)
            default: throw unexpected("no control character in a string")
            }
        }
        throw unexpected("the end of a string")
    }

    private mutating func text(_ utf8: ArraySlice<UInt8>) throws(Refusal) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw .badRequest("the JSON has a string that is not UTF-8, before byte \(position - start)")
        }
        return text
    }

    private mutating func escape(into taken: inout [UInt8]) throws(Refusal) {
        guard position < end else { throw unexpected("an escape") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): taken.append(byte)
        case UInt8(ascii: "b"): taken.append(0x08)
        case UInt8(ascii: "f"): taken.append(0x0C)
        case UInt8(ascii: "n"): taken.append(0x0A)
        case UInt8(ascii: "r"): taken.append(0x0D)
        case UInt8(ascii: "t"): taken.append(0x09)
        case UInt8(ascii: "u"):
            var value = try hexadecimal()
            if (0xD800..<0xDC00).contains(value) {
                guard position + 1 < end, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw unexpected("the second half of a surrogate pair") }
                position += 2
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw unexpected("the second half of a surrogate pair") }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw unexpected("a Unicode character") }
            taken.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: throw unexpected("an escape")
        }
    }

    private mutating func hexadecimal() throws(Refusal) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < end, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            value = value << 4 + UInt32(digit)
            position += 1
        }
        return value
    }

    /// Skips one value of any kind and returns where it stands.
    mutating func skipValue() throws(Refusal) -> Range<Int> {
        _ = peek()
        let first = position
        try skip(depth: 0)
        return first..<position
    }

    private mutating func skip(depth: Int) throws(Refusal) {
        guard depth < JSONScanner.depthMax else {
            throw .badRequest("the JSON nests deeper than \(JSONScanner.depthMax)")
        }
        switch peek() {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "["):
            try list { scanner throws(Refusal) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(Refusal) in try scanner.skip(depth: depth + 1) }
        default: if let short = shortDecimal() { move(to: short.end) } else { _ = try number() }
        }
    }

    /// Takes a list, calling `member` at the start of each of its values.
    mutating func list(_ member: (inout JSONScanner) throws(Refusal) -> Void) throws(Refusal) {
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try member(&self) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw unexpected("`,` or `]`") }
    }

    /// Takes an object, calling `member` with each key at the start of its value.
    mutating func object(
        _ member: (inout JSONScanner, _ key: String) throws(Refusal) -> Void
    ) throws(Refusal) {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try member(&self, key)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw unexpected("`,` or `}`") }
    }
}
