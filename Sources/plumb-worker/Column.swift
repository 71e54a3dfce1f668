// One input of the model, gathered row by row.

import OnnxRuntime

/// The values of one input, gathered while a request is read, in the model's element type.
///
/// The type is chosen once a request; the loop over its numbers is then code that was compiled for that type.
protocol Column: AnyObject {
    /// The number of values so far.
    var count: Int { get }
    /// The values.
    var elements: Tensor.Elements { get }
    /// Appends one value at the scanner's place.
    func append(_ scanner: inout JSONScanner) throws(Refusal)
    /// Appends the values of a list of plain values, and returns how many there were.
    func appendList(_ scanner: inout JSONScanner) throws(Refusal) -> Int
    /// Appends a cell of a table; false when its text is not of the column's type.
    func append(cell bytes: [UInt8], _ range: Range<Int>) -> Bool
    /// Appends a number of another type; false when it has no equal in the column's type.
    func append(real: Double) -> Bool
    /// Appends an integer of another type; false when it has no equal in the column's type.
    func append(integer: Int64) -> Bool
}

/// A value that a request can carry.
protocol RequestElement: Sendable {
    /// What the value is called in messages.
    static var noun: String { get }
    static func elements(_ values: [Self]) -> Tensor.Elements
    static func read(_ scanner: inout JSONScanner) throws(Refusal) -> Self
    static func read(cell bytes: [UInt8], _ range: Range<Int>) -> Self?
    static func read(real: Double) -> Self?
    static func read(integer: Int64) -> Self?
}

/// A column whose methods are written once for all types.
protocol TypedColumn: Column {
    associatedtype Element: RequestElement
    var values: [Element] { get set }
}

extension TypedColumn {
    var count: Int { values.count }
    var elements: Tensor.Elements { Element.elements(values) }

    func append(_ scanner: inout JSONScanner) throws(Refusal) {
        values.append(try Element.read(&scanner))
    }

    func appendList(_ scanner: inout JSONScanner) throws(Refusal) -> Int {
        // In a variable of its own, the array is checked for sharing once and not with every number.
        var taken = values
        values = []
        defer { values = taken }
        let before = taken.count
        try scanner.expect(UInt8(ascii: "["))
        if scanner.take(UInt8(ascii: "]")) { return 0 }
        repeat { taken.append(try Element.read(&scanner)) } while scanner.take(UInt8(ascii: ","))
        guard scanner.take(UInt8(ascii: "]")) else { throw scanner.unexpected("`,` or `]`") }
        return taken.count - before
    }

    func append(cell bytes: [UInt8], _ range: Range<Int>) -> Bool { append(Element.read(cell: bytes, range)) }
    func append(real: Double) -> Bool { append(Element.read(real: real)) }
    func append(integer: Int64) -> Bool { append(Element.read(integer: integer)) }

    private func append(_ value: Element?) -> Bool {
        guard let value else { return false }
        values.append(value)
        return true
    }
}

// A class each, because methods of a generic class would not be compiled for its element type.
private final class FloatColumn: TypedColumn {
    var values: [Float] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class DoubleColumn: TypedColumn {
    var values: [Double] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class Float16Column: TypedColumn {
    var values: [Float16] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class Int8Column: TypedColumn {
    var values: [Int8] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class Int16Column: TypedColumn {
    var values: [Int16] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class Int32Column: TypedColumn {
    var values: [Int32] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class Int64Column: TypedColumn {
    var values: [Int64] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class UInt8Column: TypedColumn {
    var values: [UInt8] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class UInt16Column: TypedColumn {
    var values: [UInt16] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class UInt32Column: TypedColumn {
    var values: [UInt32] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class UInt64Column: TypedColumn {
    var values: [UInt64] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class BoolColumn: TypedColumn {
    var values: [Bool] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

private final class StringColumn: TypedColumn {
    var values: [String] = []
    init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

extension ElementType {
    /// An empty column of this type with room for `capacity` values.
    func column(capacity: Int) -> any Column {
        switch self {
        case .float32: FloatColumn(capacity)
        case .float64: DoubleColumn(capacity)
        case .float16: Float16Column(capacity)
        case .int8: Int8Column(capacity)
        case .int16: Int16Column(capacity)
        case .int32: Int32Column(capacity)
        case .int64: Int64Column(capacity)
        case .uint8: UInt8Column(capacity)
        case .uint16: UInt16Column(capacity)
        case .uint32: UInt32Column(capacity)
        case .uint64: UInt64Column(capacity)
        case .bool: BoolColumn(capacity)
        case .string: StringColumn(capacity)
        }
    }

    /// What one value of this type is called in messages.
    var noun: String {
        switch self {
        case .float32, .float64, .float16: "number"
        case .bool: "boolean"
        case .string: "string"
        default: "\(self)"
        }
    }
}
