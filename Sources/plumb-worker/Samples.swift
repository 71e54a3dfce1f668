// Rows of data as a model takes them, read from a file as requests are read.

import Glibc
import OnnxRuntime

/// Every row of a file, each as the tensors of one request. A model that was exported for a fixed number of rows gets
/// as many in each request.
struct Samples {
    let rows: [[Tensor]]
    private let inputs: [TensorInfo]

    init(_ model: Model, path: String) throws {
        inputs = model.inputs
        let bytes = try HostProcess.contents(of: path)
        do {
            // A file has as many rows as it likes, whatever one request may have.
            let reader = try RequestReader(model.inputs.map(\.withFreeRows))
            let batch = Self.batch(of: model.inputs)
            if path.hasSuffix(".jsonl") {
                rows = try bytes.split(separator: UInt8(ascii: "\n")).enumerated().flatMap { number, line in
                    do throws(Refusal) {
                        return try Self.rows(of: try reader.read(Body(Array(line)), as: .json), batch)
                    } catch {
                        throw StartFailure("\(path):\(number + 1): \(error.message)")
                    }
                }
            } else {
                rows = try Self.rows(of: try reader.read(Body(bytes), as: try Self.type(of: path)), batch)
            }
        } catch let error as Refusal {
            throw StartFailure("\(path): \(error.message)")
        } catch let error as ModelError {
            throw StartFailure("\(path): \(error.message)")
        }
    }

    private static func type(of path: String) throws -> MediaType {
        switch path.split(separator: ".").last {
        case "json": return .json
        case "csv": return .csv
        case "npy": return .numpy
        default: throw StartFailure("\(path): a file of rows has a name that ends in .csv, .npy, .json or .jsonl")
        }
    }

    /// How many rows the model takes at once: the size of the first dimension where all inputs fix the same one.
    private static func batch(of inputs: [TensorInfo]) -> Int {
        let sizes = Set(inputs.map { $0.shape.first?.size })
        guard sizes.count == 1, case let size?? = sizes.first, size > 0 else { return 1 }
        return size
    }

    /// What was put as rows is taken apart, `batch` at a time; what was put as named tensors is one.
    private static func rows(of request: InferenceRequest, _ batch: Int) throws(Refusal) -> [[Tensor]] {
        guard request.form == .rows, let count = request.tensors.first?.shape.first else { return [request.tensors] }
        guard count % batch == 0 else {
            throw .badRequest("the model takes \(batch) rows at a time, and \(count) are no multiple of that")
        }
        var rows: [[Tensor]] = []
        for index in stride(from: 0, to: count, by: batch) {
            do throws(ModelError) {
                var row: [Tensor] = []
                for tensor in request.tensors { row.append(try tensor.rows(index..<(index + batch))) }
                rows.append(row)
            } catch {
                throw .badRequest(error.message)
            }
        }
        return rows
    }

    /// Writes the first rows as one array for each input, `NAME.npy`, where NAME is percent-encoded. Inputs whose rows
    /// are of different shapes, or are texts, are left out.
    func write(first count: Int, to folder: String) throws {
        for (index, input) in inputs.enumerated() {
            let tensors = rows.prefix(count).map { $0[index] }
            guard let first = tensors.first, !first.shape.isEmpty, let joined = try Tensor.joined(tensors),
                let bytes = joined.numpyFile
            else { continue }
            let path = "\(folder)/\(Self.fileName(input.name)).npy"
            let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw StartFailure.system("writing \(path)") }
            defer { _ = close(file) }
            var written = 0
            while written < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(file, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
                }
                guard count > 0 else { throw StartFailure.system("writing \(path)") }
                written += count
            }
        }
        print("{\"rows\":\(rows.count)}")
    }

    /// As Python's `urllib.parse.quote(name, safe="")` has it.
    private static func fileName(_ name: String) -> String {
        name.utf8.map { byte in
            let scalar = UnicodeScalar(byte)
            let isPlain = byte < 128 && (Character(scalar).isLetter || Character(scalar).isNumber)
            if isPlain || "_.-~".utf8.contains(byte) { return String(Character(scalar)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

extension TensorInfo {
    /// The same with any number of rows.
    fileprivate var withFreeRows: TensorInfo {
        guard !shape.isEmpty else { return self }
        return TensorInfo(name: name, elementType: elementType, shape: [.free("")] + shape.dropFirst())
    }
}

extension Tensor {
    /// The tensor in NumPy's format, version 1; nil for texts.
    var numpyFile: [UInt8]? {
        let kind: String
        let data: [UInt8]
        switch elements {
        case .float32(let values): (kind, data) = ("<f4", Self.bytes(values.map(\.bitPattern)))
        case .float64(let values): (kind, data) = ("<f8", Self.bytes(values.map(\.bitPattern)))
        case .float16(let values): (kind, data) = ("<f2", Self.bytes(values.map(\.bitPattern)))
        case .int8(let values): (kind, data) = ("|i1", Self.bytes(values))
        case .int16(let values): (kind, data) = ("<i2", Self.bytes(values))
        case .int32(let values): (kind, data) = ("<i4", Self.bytes(values))
        case .int64(let values): (kind, data) = ("<i8", Self.bytes(values))
        case .uint8(let values): (kind, data) = ("|u1", values)
        case .uint16(let values): (kind, data) = ("<u2", Self.bytes(values))
        case .uint32(let values): (kind, data) = ("<u4", Self.bytes(values))
        case .uint64(let values): (kind, data) = ("<u8", Self.bytes(values))
        case .bool(let values): (kind, data) = ("|b1", values.map { $0 ? 1 : 0 })
        case .string: return nil
        }
        let sizes = shape.map { "\($0)," }.joined(separator: " ")
        var head = "{'descr': '\(kind)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // The data begins at a multiple of 64 bytes; ten bytes stand before the text, a line break behind it.
        while (10 + head.utf8.count + 1) % 64 != 0 { head += " " }
        head += "\n"
        let length = UInt16(head.utf8.count)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(head.utf8) + data
    }

    private static func bytes<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * Value.bitWidth / 8)
        for value in values {
            for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return bytes
    }
}
