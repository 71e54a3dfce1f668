// A line of JSON, read where it stands: no tree is built of it.

import PlumbModel

/// Steps over JSON in a piece of memory. A position of -1 says that it is none.
enum JSONWalk {
    static let depthMax = 32

    @inline(__always) static func skipBlanks(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) {
        while position < end, bytes[position] <= 32 { position &+= 1 }
    }

    /// Behind a byte that has to be next.
    @inline(__always)
    static func expect(_ byte: UInt8, _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> Bool {
        skipBlanks(bytes, &position, end)
        guard position < end, bytes[position] == byte else { return false }
        position &+= 1
        return true
    }

    /// The bytes of a string without its quotation marks, and whether any of them is escaped.
    @inline(__always)
    static func string(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
    ) -> (range: Range<Int>, isEscaped: Bool)? {
        guard expect(UInt8(ascii: "\""), bytes, &position, end) else { return nil }
        let first = position
        var isEscaped = false
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position &+= 1
                return (first..<position &- 1, isEscaped)
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                position &+= 1
            }
            position &+= 1
        }
        return nil
    }

    /// Behind a value of any sort.
    static func skipValue(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> Bool {
        var depth = 0
        repeat {
            skipBlanks(bytes, &position, end)
            guard position < end else { return false }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                guard string(bytes, &position, end) != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= depthMax else { return false }
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard depth >= 0 else { return false }
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return false }
                position += 1
            default:
                let first = position
                while position < end, isScalar(bytes[position]) { position += 1 }
                guard position > first else { return false }
            }
        } while depth > 0
        return true
    }

    static func isScalar(_ byte: UInt8) -> Bool {
        byte > 32 && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]")
            && byte != UInt8(ascii: ":") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "{")
            && byte != UInt8(ascii: "[")
    }

    /// Whether a range holds these very bytes.
    @inline(__always) static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ word: [UInt8]) -> Bool {
        guard range.count == word.count else { return false }
        for index in word.indices where bytes[range.lowerBound &+ index] != word[index] { return false }
        return true
    }

    /// Undoes the escapes of a string.
    static func unescape(_ bytes: Span<UInt8>, _ range: Range<Int>, into plain: inout [UInt8]) {
        plain.removeAll(keepingCapacity: true)
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < range.upperBound else {
                plain.append(bytes[index])
                index += 1
                continue
            }
            index += 1
            switch bytes[index] {
            case UInt8(ascii: "n"): plain.append(10)
            case UInt8(ascii: "r"): plain.append(13)
            case UInt8(ascii: "t"): plain.append(9)
            case UInt8(ascii: "b"): plain.append(8)
            case UInt8(ascii: "f"): plain.append(12)
            case UInt8(ascii: "u"): unescapeUnicode(bytes, &index, range.upperBound, into: &plain)
            default: plain.append(bytes[index])
            }
            index += 1
        }
    }

    private static func unescapeUnicode(
        _ bytes: Span<UInt8>, _ index: inout Int, _ end: Int, into plain: inout [UInt8]
    ) {
        guard let first = hexadecimal(bytes, index + 1, end) else { return plain.append(bytes[index]) }
        index += 4
        var value = UInt32(first)
        if (0xD800..<0xDC00).contains(value), index + 6 < end, bytes[index + 1] == UInt8(ascii: "\\"),
            bytes[index + 2] == UInt8(ascii: "u"), let second = hexadecimal(bytes, index + 3, end),
            (0xDC00..<0xE000).contains(second)
        {
            value = 0x10000 + (value - 0xD800) << 10 + (UInt32(second) - 0xDC00)
            index += 6
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        plain.append(contentsOf: String(Character(scalar)).utf8)
    }

    private static func hexadecimal(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt16? {
        guard start + 4 <= end else { return nil }
        return UInt16(NumberText.text(bytes, start..<start + 4), radix: 16)
    }
}
