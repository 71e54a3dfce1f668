// Tensors as plain bytes behind a request's JSON: the Open Inference Protocol's binary extension.

import OnnxRuntime

#if _endian(big)
    #error("tensors travel in little-endian order, and are read here as they lie in memory")
#endif

extension ElementType {
    /// The bytes of one value; nil for texts, of which each has its own length before it.
    fileprivate var binarySize: Int? {
        switch self {
        case .int8, .uint8, .bool: 1
        case .int16, .uint16, .float16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        case .string: nil
        }
    }
}

extension Tensor {
    /// Reads a tensor of which `bytes[range]` are the values, in order.
    init(
        binary bytes: [UInt8], _ range: Range<Int>, as type: ElementType, shape: [Int], of name: String
    ) throws(Refusal) {
        guard let count = Tensor.count(of: shape) else { throw .badRequest("input \"\(name)\" is too large: \(shape)") }
        if let size = type.binarySize {
            let (wanted, isTooLarge) = count.multipliedReportingOverflow(by: size)
            guard !isTooLarge, wanted == range.count else {
                throw .badRequest(
                    "input \"\(name)\" of \(shape) \(type.protocolName) has \(count) × \(size) bytes, but its "
                        + "binary_data_size is \(range.count)")
            }
        }
        let elements = try Tensor.elements(bytes, range, type, count: count, of: name)
        do throws(ModelError) {
            try self.init(shape: shape, elements: elements)
        } catch {
            throw .badRequest(error.message)
        }
    }

    private static func elements(
        _ bytes: [UInt8], _ range: Range<Int>, _ type: ElementType, count: Int, of name: String
    ) throws(Refusal) -> Elements {
        func values<Value: BitwiseCopyable>() -> [Value] {
            let count = range.count / MemoryLayout<Value>.size
            return unsafe [Value](unsafeUninitializedCapacity: count) { buffer, filled in
                unsafe bytes.withUnsafeBytes { all in
                    unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: all[range]))
                }
                filled = count
            }
        }
        switch type {
        case .float32: return .float32(values())
        case .float64: return .float64(values())
        case .float16: return .float16(values())
        case .int8: return .int8(values())
        case .int16: return .int16(values())
        case .int32: return .int32(values())
        case .int64: return .int64(values())
        case .uint8: return .uint8(values())
        case .uint16: return .uint16(values())
        case .uint32: return .uint32(values())
        case .uint64: return .uint64(values())
        case .bool:
            guard bytes[range].allSatisfy({ $0 <= 1 }) else {
                throw .badRequest("input \"\(name)\" is BOOL, but a byte of it is neither 0 nor 1")
            }
            return .bool(bytes[range].map { $0 == 1 })
        case .string: return .string(try texts(bytes, range, count: count, of: name))
        }
    }

    /// Texts, each behind its length in four bytes.
    private static func texts(
        _ bytes: [UInt8], _ range: Range<Int>, count: Int, of name: String
    ) throws(Refusal) -> [String] {
        // A text has four bytes at least: no shape can ask for more room than the request is long.
        var texts: [String] = []
        texts.reserveCapacity(min(count, range.count / 4))
        var at = range.lowerBound
        while at < range.upperBound {
            guard range.upperBound - at >= 4 else { throw .badRequest("input \"\(name)\" ends within a length") }
            let length = (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) }
            at += 4
            guard length <= range.upperBound - at else { throw .badRequest("input \"\(name)\" ends within a text") }
            guard let text = String(validating: bytes[at..<(at + length)], as: UTF8.self) else {
                throw .badRequest("value \(texts.count + 1) of input \"\(name)\" is not UTF-8")
            }
            texts.append(text)
            at += length
        }
        guard texts.count == count else {
            throw .badRequest("input \"\(name)\" has \(count) values by its shape, but its bytes hold \(texts.count)")
        }
        return texts
    }
}

extension Tensor.Elements {
    /// Appends the values as they are read above.
    func append(binary bytes: inout [UInt8]) {
        func append(_ values: [some BitwiseCopyable]) {
            unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        switch self {
        case .float32(let values): append(values)
        case .float64(let values): append(values)
        case .float16(let values): append(values)
        case .int8(let values): append(values)
        case .int16(let values): append(values)
        case .int32(let values): append(values)
        case .int64(let values): append(values)
        case .uint8(let values): append(values)
        case .uint16(let values): append(values)
        case .uint32(let values): append(values)
        case .uint64(let values): append(values)
        case .bool(let values): bytes.append(contentsOf: values.lazy.map { $0 ? 1 : 0 })
        case .string(let texts):
            for text in texts {
                let length = text.utf8.count
                for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: length >> (index * 8))) }
                bytes.append(contentsOf: text.utf8)
            }
        }
    }
}
