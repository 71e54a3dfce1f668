// Numbers as they stand in data, read where they stand.

import Foundation
import PlumbModel

enum NumberText {
    private static let powers: [Double] = (0...22).map { pow(10, Double($0)) }
    private static let digitsMax = 19

    /// Reads a number that begins at a position; nil where there is none. The position then stands behind it.
    @inline(__always)
    static func scan(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> Cell? {
        var index = position
        guard index < end else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index &+= 1 }
        var mantissa: UInt64 = 0
        let first = index
        while index < end, bytes[index] &- 48 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 48)
            index &+= 1
        }
        var digits = index &- first
        var exponent = 0
        var isIntegral = true
        if index < end, bytes[index] == UInt8(ascii: ".") {
            isIntegral = false
            index &+= 1
            let point = index
            while index < end, bytes[index] &- 48 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 48)
                index &+= 1
            }
            exponent = point &- index
            digits &+= index &- point
        }
        guard digits > 0 else { return nil }
        if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
            guard let power = scanExponent(bytes, &index, end) else { return nil }
            isIntegral = false
            exponent &+= power
        }
        let start = position
        position = index
        var value: Double
        if digits <= digitsMax, exponent >= -22, exponent <= 0 {
            value = exponent == 0 ? Double(mantissa) : quotient(mantissa, powers[-exponent])
            if isNegative { value = -value }
        } else {
            guard let slow = Double(text(bytes, start..<index)), slow.isFinite else { return nil }
            value = slow
        }
        return Cell(bits: value.bitPattern, kind: isIntegral ? .integral : .fractional)
    }

    /// A whole number over a power of ten, rounded once.
    @inline(__always) private static func quotient(_ whole: UInt64, _ power: Double) -> Double {
        let high = Double(whole)
        if whole < 1 << 53 { return high / power }
        // What the conversion and the division left over, added again.
        let first = high / power
        let rest = high.addingProduct(-first, power)
        let low = high < 0x1p64 ? Double(Int64(bitPattern: whole &- UInt64(high))) : 0
        return first + (rest + low) / power
    }

    private static func scanExponent(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> Int? {
        var index = position + 1
        guard index < end else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        let first = index
        var power = 0
        while index < end, bytes[index] &- 48 < 10 {
            power = min(power * 10 + Int(bytes[index] - 48), 10_000)
            index += 1
        }
        guard index > first else { return nil }
        position = index
        return isNegative ? -power : power
    }

    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        var copy: [UInt8] = []
        for index in range { copy.append(bytes[index]) }
        return String(decoding: copy, as: UTF8.self)
    }
}

/// A field of text data, as a cell.
enum FieldText {
    /// Reads a whole range: a number, nothing, or a text.
    static func cell(
        _ bytes: Span<UInt8>, _ range: Range<Int>, isText: Bool, keepingIn batch: inout RowBatch
    ) -> Cell {
        var (first, end) = (range.lowerBound, range.upperBound)
        while first < end, isBlank(bytes[first]) { first += 1 }
        while end > first, isBlank(bytes[end - 1]) { end -= 1 }
        if isNothing(bytes, first, end) { return Cell(bits: 0, kind: .missing) }
        if !isText {
            var position = first
            if let cell = NumberText.scan(bytes, &position, end), position == end { return cell }
        }
        return batch.keep(bytes.extracting(first..<end))
    }

    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

    /// Empty, `null` or `NaN`.
    private static func isNothing(_ bytes: Span<UInt8>, _ first: Int, _ end: Int) -> Bool {
        switch end - first {
        case 0: return true
        case 3:
            return bytes[first] | 32 == UInt8(ascii: "n") && bytes[first + 1] | 32 == UInt8(ascii: "a")
                && bytes[first + 2] | 32 == UInt8(ascii: "n")
        case 4:
            return bytes[first] | 32 == UInt8(ascii: "n") && bytes[first + 1] | 32 == UInt8(ascii: "u")
                && bytes[first + 2] | 32 == UInt8(ascii: "l") && bytes[first + 3] | 32 == UInt8(ascii: "l")
        default: return false
        }
    }
}
