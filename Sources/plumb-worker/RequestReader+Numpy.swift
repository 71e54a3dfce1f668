// Requests in NumPy's array format.

import OnnxRuntime

// NumPy bodies: one array in the .npy format, versions 1 to 3, little-endian, in C order.
extension RequestReader {
    func numpy(_ body: Body) throws(Refusal) -> Tensor {
        let layout = try onlyInput()
        let header = try NumpyHeader(body)
        guard layout.info.fits(header.shape) else {
            throw .badRequest("the model takes \(layout.info.shapeDescription), got an array of \(header.shape)")
        }
        let column = layout.type.column(capacity: header.count)
        for index in 0..<header.count {
            guard header.kind.append(body.bytes, at: header.data + index * header.kind.size, to: column) else {
                throw .badRequest("value \(index + 1) of the array is not \(layout.type), which the model takes")
            }
        }
        return try .of(header.shape, column)
    }
}

/// What the head of an .npy file says.
struct NumpyHeader {
    /// The element types read; each is widened to a double or a 64-bit integer, then fitted to the model's type.
    enum Kind: String, CaseIterable {
        case float16 = "<f2"
        case float32 = "<f4"
        case float64 = "<f8"
        case int8 = "|i1"
        case int16 = "<i2"
        case int32 = "<i4"
        case int64 = "<i8"
        case uint8 = "|u1"
        case uint16 = "<u2"
        case uint32 = "<u4"
        case uint64 = "<u8"
        case bool = "|b1"

        var size: Int {
            switch self {
            case .int8, .uint8, .bool: 1
            case .float16, .int16, .uint16: 2
            case .float32, .int32, .uint32: 4
            case .float64, .int64, .uint64: 8
            }
        }

        /// Appends the value at `offset`; false when the column cannot hold it.
        func append(_ bytes: [UInt8], at offset: Int, to column: any Column) -> Bool {
            var bits: UInt64 = 0
            for index in 0..<size { bits |= UInt64(bytes[offset + index]) << (8 * index) }
            return switch self {
            case .float16: column.append(real: Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits))))
            case .float32: column.append(real: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
            case .float64: column.append(real: Double(bitPattern: bits))
            case .int8: column.append(integer: Int64(Int8(truncatingIfNeeded: bits)))
            case .int16: column.append(integer: Int64(Int16(truncatingIfNeeded: bits)))
            case .int32: column.append(integer: Int64(Int32(truncatingIfNeeded: bits)))
            case .int64: column.append(integer: Int64(bitPattern: bits))
            case .uint8, .uint16, .uint32: column.append(integer: Int64(bits))
            // Beyond Int64 nothing is carried, as in JSON's whole numbers of other types.
            case .uint64: Int64(exactly: bits).map { column.append(integer: $0) } ?? false
            case .bool: column.append(integer: bits == 0 ? 0 : 1)
            }
        }
    }

    let kind: Kind
    let shape: [Int]
    /// The number of values, all of them present in the body.
    let count: Int
    /// Where the values begin.
    let data: Int

    init(_ body: Body) throws(Refusal) {
        let bytes = body.bytes
        let (first, end) = (body.range.lowerBound, body.range.upperBound)
        guard body.range.count >= 10, bytes[first] == 0x93, bytes[(first + 1)..<(first + 6)].elementsEqual("NUMPY".utf8)
        else { throw .badRequest("the body is not a NumPy array: it does not begin with \\x93NUMPY") }
        let version = bytes[first + 6]
        guard (1...3).contains(version), version == 1 || body.range.count >= 12 else {
            throw .badRequest("NumPy format version \(version) is not known; 1, 2 and 3 are")
        }
        let lengthSize = version == 1 ? 2 : 4
        var length = 0
        for index in 0..<lengthSize { length |= Int(bytes[first + 8 + index]) << (8 * index) }
        let head = first + 8 + lengthSize
        guard length <= end - head else { throw .badRequest("the NumPy array ends inside its header") }
        data = head + length

        let fields = String(decoding: bytes[head..<data], as: UTF8.self)
        let descr = NumpyHeader.quoted("descr", in: fields) ?? ""
        guard let kind = Kind(rawValue: descr) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("NumPy type \"\(descr.prefix(40))\" is not supported; known are \(known)")
        }
        guard let shape = NumpyHeader.shape(in: fields), let count = Tensor.count(of: shape) else {
            throw .badRequest("the NumPy header has no shape")
        }
        guard shape.count < 2 || NumpyHeader.value("fortran_order", in: fields)?.hasPrefix("False") == true else {
            throw .badRequest("the NumPy array is in Fortran order; send numpy.ascontiguousarray(array)")
        }
        guard count <= (end - data) / kind.size, count * kind.size == end - data else {
            throw .badRequest("an array of \(shape) \(descr) needs \(shape) × \(kind.size) bytes, got \(end - data)")
        }
        self.kind = kind
        self.shape = shape
        self.count = count
    }

    /// The text after `'key':` in the header, which is a Python dictionary of three known keys.
    private static func value(_ key: String, in fields: String) -> Substring? {
        guard let range = fields.firstRange(of: "'\(key)':") else { return nil }
        return fields[range.upperBound...].drop { $0 == " " }
    }

    private static func quoted(_ key: String, in fields: String) -> String? {
        guard let value = value(key, in: fields), let quote = value.first, quote == "'" || quote == "\"" else {
            return nil
        }
        return String(value.dropFirst().prefix { $0 != quote })
    }

    private static func shape(in fields: String) -> [Int]? {
        guard let value = value("shape", in: fields), value.first == "(", let close = value.firstIndex(of: ")") else {
            return nil
        }
        var sizes: [Int] = []
        for part in value[..<close].dropFirst().split(separator: ",") {
            let digits = part.filter { $0 != " " }
            if digits.isEmpty { continue }
            guard let size = Int(digits), size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }
}
