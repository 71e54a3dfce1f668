// How one element of a request is read, for each type.

import OnnxRuntime

// How each element type is read from JSON, from a table's cell and from another numeric type.

extension DecimalText {
    /// The number that fills a whole cell, white space around it aside.
    init?(cell bytes: [UInt8], _ range: Range<Int>) {
        var (first, last) = (range.lowerBound, range.upperBound)
        while first < last, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
        while first < last, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
        self.init(bytes, from: first, to: last, isLenient: true)
        guard self.range.upperBound == last else { return nil }
    }
}

/// Whether a cell says "not a number", the way numeric tools write a missing value.
private func isNotANumber(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    range.count == 3 && bytes[range].elementsEqual("nan".utf8) { $0 | 0x20 == $1 }
}

extension JSONScanner {
    fileprivate mutating func misfit(_ number: DecimalText, _ noun: String) -> Refusal {
        .badRequest("\(String(decoding: bytes[number.range], as: UTF8.self)) is not \(noun), which the model takes")
    }
}

extension Float: RequestElement {
    static let noun = "a float32"
    static func elements(_ values: [Float]) -> Tensor.Elements { .float32(values) }
    static func read(_ scanner: inout JSONScanner) throws(Refusal) -> Float {
        // Halfway between two floats, rounding twice could err.
        if let short = scanner.shortDecimal(), short.value.bitPattern & 0x1FFF_FFFF != 0x1000_0000 {
            scanner.move(to: short.end)
            return Float(short.value)
        }
        let number = try scanner.number()
        guard let value = number.float(scanner.bytes) else { throw scanner.misfit(number, noun) }
        return value
    }
    static func read(cell bytes: [UInt8], _ range: Range<Int>) -> Float? {
        isNotANumber(bytes, range) ? .nan : DecimalText(cell: bytes, range)?.float(bytes)
    }
    static func read(real: Double) -> Float? {
        let value = Float(real)
        return value.isInfinite && !real.isInfinite ? nil : value
    }
    static func read(integer: Int64) -> Float? { Float(integer) }
}

extension Double: RequestElement {
    static let noun = "a float64"
    static func elements(_ values: [Double]) -> Tensor.Elements { .float64(values) }
    static func read(_ scanner: inout JSONScanner) throws(Refusal) -> Double {
        if let short = scanner.shortDecimal() {
            scanner.move(to: short.end)
            return short.value
        }
        let number = try scanner.number()
        guard let value = number.double(scanner.bytes) else { throw scanner.misfit(number, noun) }
        return value
    }
    static func read(cell bytes: [UInt8], _ range: Range<Int>) -> Double? {
        isNotANumber(bytes, range) ? .nan : DecimalText(cell: bytes, range)?.double(bytes)
    }
    static func read(real: Double) -> Double? { real }
    static func read(integer: Int64) -> Double? { Double(integer) }
}

extension Float16: RequestElement {
    static let noun = "a float16"
    static func elements(_ values: [Float16]) -> Tensor.Elements { .float16(values) }
    static func read(_ scanner: inout JSONScanner) throws(Refusal) -> Float16 {
        let number = try scanner.number()
        guard let wide = number.double(scanner.bytes), let value = read(real: wide) else {
            throw scanner.misfit(number, noun)
        }
        return value
    }
    static func read(cell bytes: [UInt8], _ range: Range<Int>) -> Float16? {
        Double.read(cell: bytes, range).flatMap { read(real: $0) }
    }
    static func read(real: Double) -> Float16? {
        let value = Float16(real)
        return value.isInfinite && !real.isInfinite ? nil : value
    }
    static func read(integer: Int64) -> Float16? { read(real: Double(integer)) }
}

extension RequestElement where Self: FixedWidthInteger {
    static var noun: String { "an integer from \(Self.min) to \(Self.max)" }
    static func read(_ scanner: inout JSONScanner) throws(Refusal) -> Self {
        let number = try scanner.number()
        guard let value = number.integer(Self.self) else { throw scanner.misfit(number, noun) }
        return value
    }
    static func read(cell bytes: [UInt8], _ range: Range<Int>) -> Self? {
        DecimalText(cell: bytes, range)?.integer(Self.self)
    }
    static func read(real: Double) -> Self? { Self(exactly: real) }
    static func read(integer: Int64) -> Self? { Self(exactly: integer) }
}

extension Int8: RequestElement {
    static func elements(_ values: [Int8]) -> Tensor.Elements { .int8(values) }
}
extension Int16: RequestElement {
    static func elements(_ values: [Int16]) -> Tensor.Elements { .int16(values) }
}
extension Int32: RequestElement {
    static func elements(_ values: [Int32]) -> Tensor.Elements { .int32(values) }
}
extension Int64: RequestElement {
    static func elements(_ values: [Int64]) -> Tensor.Elements { .int64(values) }
}
extension UInt8: RequestElement {
    static func elements(_ values: [UInt8]) -> Tensor.Elements { .uint8(values) }
}
extension UInt16: RequestElement {
    static func elements(_ values: [UInt16]) -> Tensor.Elements { .uint16(values) }
}
extension UInt32: RequestElement {
    static func elements(_ values: [UInt32]) -> Tensor.Elements { .uint32(values) }
}
extension UInt64: RequestElement {
    static func elements(_ values: [UInt64]) -> Tensor.Elements { .uint64(values) }
}

extension Bool: RequestElement {
    static let noun = "a boolean"
    static func elements(_ values: [Bool]) -> Tensor.Elements { .bool(values) }
    static func read(_ scanner: inout JSONScanner) throws(Refusal) -> Bool { try scanner.bool() }
    static func read(cell bytes: [UInt8], _ range: Range<Int>) -> Bool? {
        switch String(decoding: bytes[range], as: UTF8.self).lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }
    static func read(real: Double) -> Bool? { nil }
    static func read(integer: Int64) -> Bool? { integer == 0 ? false : integer == 1 ? true : nil }
}

extension String: RequestElement {
    static let noun = "a string"
    static func elements(_ values: [String]) -> Tensor.Elements { .string(values) }
    static func read(_ scanner: inout JSONScanner) throws(Refusal) -> String { try scanner.string() }
    static func read(cell bytes: [UInt8], _ range: Range<Int>) -> String? {
        String(validating: bytes[range], as: UTF8.self)
    }
    static func read(real: Double) -> String? { nil }
    static func read(integer: Int64) -> String? { nil }
}
