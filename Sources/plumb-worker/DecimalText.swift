// Decimal numbers in text, read exactly and fast.

/// A number as it was written: digits, a power of ten and a sign, before it is rounded to any type.
///
/// Most numbers in requests have few digits, and become a float by one exact multiplication or division. The rest
/// go through the standard library's own conversion, so every float read is the one nearest to what was written.
struct DecimalText {
    /// The digits as an integer; meaningless when `isExact` is false.
    private(set) var digits: UInt64 = 0
    /// The power of ten that the digits are multiplied by.
    private(set) var exponent = 0
    private(set) var isNegative = false
    /// Whether all digits fit in 64 bits.
    private(set) var isExact = true
    /// Where the text stands.
    private(set) var range: Range<Int>

    /// Reads a number at `start`, by JSON's grammar or, when `isLenient`, as spreadsheets write them (`+1`, `.5`,
    /// `1.`, `007`). Returns nil when there is none. `range` tells where it ended.
    init?(_ bytes: [UInt8], from start: Int, to end: Int, isLenient: Bool = false) {
        range = start..<start
        var at = start
        if at < end, bytes[at] == UInt8(ascii: "-") || (isLenient && bytes[at] == UInt8(ascii: "+")) {
            isNegative = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        let whole = at
        at = takeDigits(bytes, from: at, to: end)
        let wholeCount = at - whole
        if !isLenient, wholeCount == 0 || (wholeCount > 1 && bytes[whole] == UInt8(ascii: "0")) { return nil }
        var fractionCount = 0
        if at < end, bytes[at] == UInt8(ascii: ".") {
            let fraction = at + 1
            at = takeDigits(bytes, from: fraction, to: end)
            fractionCount = at - fraction
            if !isLenient, fractionCount == 0 { return nil }
            exponent = -fractionCount
        }
        guard wholeCount + fractionCount > 0 else { return nil }
        if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
            guard let after = takeExponent(bytes, from: at + 1, to: end) else { return nil }
            at = after
        }
        range = start..<at
    }

    private mutating func takeDigits(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
        var at = start
        while at < end {
            let digit = bytes[at] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            if overflow || carry { isExact = false }
            digits = sum
            at += 1
        }
        return at
    }

    private mutating func takeExponent(_ bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        var at = start
        var isDown = false
        if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isDown = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        let first = at
        var value = 0
        while at < end {
            let digit = bytes[at] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            // Far beyond any float's range already; more digits must only not overflow.
            if value < 100_000 { value = value * 10 + Int(digit) }
            at += 1
        }
        exponent += isDown ? -value : value
        return at > first ? at : nil
    }

    static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The nearest double when both the digits and the power of ten are exact doubles (Clinger's fast path).
    private var fastDouble: Double? {
        guard isExact, digits <= 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let magnitude =
            exponent < 0
            ? Double(digits) / DecimalText.powersOfTen[-exponent] : Double(digits) * DecimalText.powersOfTen[exponent]
        return isNegative ? -magnitude : magnitude
    }

    private func text(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes[range], as: UTF8.self)
        return text.hasPrefix("+") ? String(text.dropFirst()) : text
    }

    /// The nearest double, or nil when it is out of range.
    func double(_ bytes: [UInt8]) -> Double? {
        if let fast = fastDouble { return fast }
        guard let value = Double(text(bytes)), value.isFinite else { return nil }
        return value
    }

    /// The nearest float, or nil when it is out of range.
    func float(_ bytes: [UInt8]) -> Float? {
        // Rounding twice, to double and then to float, errs only when the double lies halfway between two floats.
        // The fast path's doubles are zero or between 1e-22 and 1e38, where floats are not subnormal.
        if let fast = fastDouble, fast.bitPattern & 0x1FFF_FFFF != 0x1000_0000 { return Float(fast) }
        guard let value = Float(text(bytes)), value.isFinite else { return nil }
        return value
    }

    /// The integer that was written (`3`, `3.0`, `3e2`), or nil when it is none or does not fit.
    func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
        guard isExact else { return nil }
        var (magnitude, power) = (digits, exponent)
        if magnitude == 0 { return 0 }
        while power < 0, magnitude.isMultiple(of: 10) { (magnitude, power) = (magnitude / 10, power + 1) }
        while power > 0 {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            (magnitude, power) = (product, power - 1)
        }
        guard power == 0 else { return nil }
        guard isNegative else { return Value(exactly: magnitude) }
        guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
        return Value(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
    }
}
