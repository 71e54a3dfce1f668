import OnnxRuntime

/// The values of one input, gathered while a request is read, in the model's element type.
///
/// A class with one generic implementation: the type is chosen once a request, and the loop over its numbers is
/// then compiled for that type.
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

final class TypedColumn<Element: RequestElement>: Column {
    private var values: [Element] = []

    init(capacity: Int) {
        values.reserveCapacity(capacity)
    }

    var count: Int { values.count }
    var elements: Tensor.Elements { Element.elements(values) }

    func append(_ scanner: inout JSONScanner) throws(Refusal) {
        values.append(try Element.read(&scanner))
    }

    func appendList(_ scanner: inout JSONScanner) throws(Refusal) -> Int {
        let before = values.count
        try scanner.expect(UInt8(ascii: "["))
        if scanner.take(UInt8(ascii: "]")) { return 0 }
        repeat { values.append(try Element.read(&scanner)) } while scanner.take(UInt8(ascii: ","))
        guard scanner.take(UInt8(ascii: "]")) else { throw scanner.unexpected("`,` or `]`") }
        return values.count - before
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

extension ElementType {
    /// An empty column of this type with room for `capacity` values.
    func column(capacity: Int) -> any Column {
        switch self {
        case .float32: TypedColumn<Float>(capacity: capacity)
        case .float64: TypedColumn<Double>(capacity: capacity)
        case .float16: TypedColumn<Float16>(capacity: capacity)
        case .int8: TypedColumn<Int8>(capacity: capacity)
        case .int16: TypedColumn<Int16>(capacity: capacity)
        case .int32: TypedColumn<Int32>(capacity: capacity)
        case .int64: TypedColumn<Int64>(capacity: capacity)
        case .uint8: TypedColumn<UInt8>(capacity: capacity)
        case .uint16: TypedColumn<UInt16>(capacity: capacity)
        case .uint32: TypedColumn<UInt32>(capacity: capacity)
        case .uint64: TypedColumn<UInt64>(capacity: capacity)
        case .bool: TypedColumn<Bool>(capacity: capacity)
        case .string: TypedColumn<String>(capacity: capacity)
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
