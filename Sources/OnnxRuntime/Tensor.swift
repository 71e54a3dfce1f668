// Numbers or texts in a shape.

/// A dense array with a shape: what a model takes and what it answers.
public struct Tensor: Sendable, Equatable {
    /// The values in row-major order, with their element type.
    public enum Elements: Sendable, Equatable {
        case float32([Float])
        case float64([Double])
        case float16([Float16])
        case int8([Int8])
        case int16([Int16])
        case int32([Int32])
        case int64([Int64])
        case uint8([UInt8])
        case uint16([UInt16])
        case uint32([UInt32])
        case uint64([UInt64])
        case bool([Bool])
        case string([String])
    }

    /// The sizes of the dimensions, outermost first; empty for a single value.
    public let shape: [Int]
    /// The values, as many as the product of the shape.
    public let elements: Elements
    /// What the columns of the last dimension stand for, when the model answered a sequence of maps; else nil.
    public let labels: [String]?

    /// Makes a tensor; throws `invalidInput` when the count of values is not the product of the shape.
    public init(shape: [Int], elements: Elements, labels: [String]? = nil) throws(ModelError) {
        guard let count = Tensor.count(of: shape), count == elements.count else {
            throw ModelError(.invalidInput, "a tensor of shape \(shape) cannot hold \(elements.count) values")
        }
        self.shape = shape
        self.elements = elements
        self.labels = labels
    }

    /// The number of values in a shape, or nil when a size is negative or the product overflows.
    public static func count(of shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// Zeros, false or empty strings in the given shape: the input that a model is tried with when none is given.
    public static func zeros(_ type: ElementType, shape: [Int]) throws(ModelError) -> Tensor {
        guard let count = count(of: shape) else {
            throw ModelError(.invalidInput, "no tensor can have the shape \(shape)")
        }
        func zeros<Element: Numeric>() -> [Element] { Array(repeating: 0, count: count) }
        let elements: Elements =
            switch type {
            case .float32: .float32(zeros())
            case .float64: .float64(zeros())
            case .float16: .float16(zeros())
            case .int8: .int8(zeros())
            case .int16: .int16(zeros())
            case .int32: .int32(zeros())
            case .int64: .int64(zeros())
            case .uint8: .uint8(zeros())
            case .uint16: .uint16(zeros())
            case .uint32: .uint32(zeros())
            case .uint64: .uint64(zeros())
            case .bool: .bool(Array(repeating: false, count: count))
            case .string: .string(Array(repeating: "", count: count))
            }
        return try Tensor(shape: shape, elements: elements)
    }
}

extension Tensor.Elements {
    /// The number of values.
    public var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .float16(let values): values.count
        case .int8(let values): values.count
        case .int16(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        case .uint8(let values): values.count
        case .uint16(let values): values.count
        case .uint32(let values): values.count
        case .uint64(let values): values.count
        case .bool(let values): values.count
        case .string(let values): values.count
        }
    }

    /// The element type of the values.
    public var type: ElementType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .float16: .float16
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .bool: .bool
        case .string: .string
        }
    }
}
