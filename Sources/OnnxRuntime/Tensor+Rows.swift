// Tensors by rows: put together, and taken apart again.

extension Tensor {
    /// One tensor with the rows of all; nil when they differ in element type, labels or the sizes of a row.
    public static func joined(_ tensors: [Tensor]) throws(ModelError) -> Tensor? {
        guard let first = tensors.first, !first.shape.isEmpty else { return nil }
        for tensor in tensors.dropFirst() {
            guard tensor.shape.count == first.shape.count, tensor.shape.dropFirst() == first.shape.dropFirst(),
                tensor.elements.type == first.elements.type, tensor.labels == first.labels
            else { return nil }
        }
        let rows = tensors.reduce(0) { $0 + $1.shape[0] }
        return try Tensor(
            shape: [rows] + first.shape.dropFirst(),
            elements: first.elements.joined(with: tensors.map(\.elements).dropFirst()),
            labels: first.labels)
    }

    /// The tensor that has only these rows.
    public func rows(_ range: Range<Int>) throws(ModelError) -> Tensor {
        guard let rows = shape.first, range.lowerBound >= 0, range.upperBound <= rows else {
            throw ModelError(.runFailed, "an answer of shape \(shape) has no rows \(range)")
        }
        let width = shape.dropFirst().reduce(1, *)
        return try Tensor(
            shape: [range.count] + shape.dropFirst(),
            elements: elements.part((range.lowerBound * width)..<(range.upperBound * width)), labels: labels)
    }
}

extension Tensor.Elements {
    /// These values and those of all others, which are of the same type.
    fileprivate func joined(with others: ArraySlice<Self>) -> Self {
        switch self {
        case .float32(var values):
            for case .float32(let more) in others { values += more }
            return .float32(values)
        case .float64(var values):
            for case .float64(let more) in others { values += more }
            return .float64(values)
        case .float16(var values):
            for case .float16(let more) in others { values += more }
            return .float16(values)
        case .int8(var values):
            for case .int8(let more) in others { values += more }
            return .int8(values)
        case .int16(var values):
            for case .int16(let more) in others { values += more }
            return .int16(values)
        case .int32(var values):
            for case .int32(let more) in others { values += more }
            return .int32(values)
        case .int64(var values):
            for case .int64(let more) in others { values += more }
            return .int64(values)
        case .uint8(var values):
            for case .uint8(let more) in others { values += more }
            return .uint8(values)
        case .uint16(var values):
            for case .uint16(let more) in others { values += more }
            return .uint16(values)
        case .uint32(var values):
            for case .uint32(let more) in others { values += more }
            return .uint32(values)
        case .uint64(var values):
            for case .uint64(let more) in others { values += more }
            return .uint64(values)
        case .bool(var values):
            for case .bool(let more) in others { values += more }
            return .bool(values)
        case .string(var values):
            for case .string(let more) in others { values += more }
            return .string(values)
        }
    }

    fileprivate func part(_ range: Range<Int>) -> Self {
        switch self {
        case .float32(let values): .float32(Array(values[range]))
        case .float64(let values): .float64(Array(values[range]))
        case .float16(let values): .float16(Array(values[range]))
        case .int8(let values): .int8(Array(values[range]))
        case .int16(let values): .int16(Array(values[range]))
        case .int32(let values): .int32(Array(values[range]))
        case .int64(let values): .int64(Array(values[range]))
        case .uint8(let values): .uint8(Array(values[range]))
        case .uint16(let values): .uint16(Array(values[range]))
        case .uint32(let values): .uint32(Array(values[range]))
        case .uint64(let values): .uint64(Array(values[range]))
        case .bool(let values): .bool(Array(values[range]))
        case .string(let values): .string(Array(values[range]))
        }
    }
}
