// Elements of a tensor as text.

import OnnxRuntime

// The text of a tensor's values. The element type is chosen once, and the loops are compiled for each.
extension Tensor.Elements {
    /// Appends the values from `start` on as JSON, nested by `sizes`, or bare when there are none; the last dimension
    /// becomes an object when its places have labels.
    func append(json writer: inout JSONWriter, at start: Int, sizes: ArraySlice<Int>, labels: [String]?) {
        switch self {
        case .float32(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .float64(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .float16(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .int8(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .int16(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .int32(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .int64(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .uint8(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .uint16(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .uint32(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .uint64(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .bool(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        case .string(let values): writer.values(values, at: start, sizes: sizes, labels: labels)
        }
    }

    /// Appends the values of a range as the cells of one CSV row.
    func append(cells range: Range<Int>, to bytes: inout [UInt8]) {
        switch self {
        case .float32(let values): append(values[range], to: &bytes)
        case .float64(let values): append(values[range], to: &bytes)
        case .float16(let values): append(values[range], to: &bytes)
        case .int8(let values): append(values[range], to: &bytes)
        case .int16(let values): append(values[range], to: &bytes)
        case .int32(let values): append(values[range], to: &bytes)
        case .int64(let values): append(values[range], to: &bytes)
        case .uint8(let values): append(values[range], to: &bytes)
        case .uint16(let values): append(values[range], to: &bytes)
        case .uint32(let values): append(values[range], to: &bytes)
        case .uint64(let values): append(values[range], to: &bytes)
        case .bool(let values): append(values[range], to: &bytes)
        case .string(let values): append(values[range], to: &bytes)
        }
    }

    private func append(_ values: ArraySlice<some AnswerElement>, to bytes: inout [UInt8]) {
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: value.cell.utf8)
        }
    }
}

extension JSONWriter {
    /// Appends the values from `start` on, nested by `sizes`.
    mutating func values(
        _ values: [some AnswerElement], at start: Int, sizes: ArraySlice<Int>, labels: [String]? = nil
    ) {
        guard let size = sizes.first else { return value(values[start]) }
        let inner = sizes.dropFirst()
        if inner.isEmpty, let labels {
            raw("{")
            for (index, label) in labels.enumerated() {
                separator(index)
                string(label)
                raw(":")
                value(values[start + index])
            }
            return raw("}")
        }
        let stride = inner.reduce(1, *)
        raw("[")
        for index in 0..<size {
            separator(index)
            if inner.isEmpty {
                value(values[start + index])
            } else {
                self.values(values, at: start + index * stride, sizes: inner, labels: labels)
            }
        }
        raw("]")
    }
}
