// A request in the Open Inference Protocol's form.

import OnnxRuntime

/// A request of the Open Inference Protocol, version 2, in JSON, with tensors in it or behind it. Its tensors' keys may come in any order, so data is
/// only remembered by place at first, and read when name, type and shape are known.
struct OpenInferenceRequest {
    private struct Input {
        var name: String?
        var datatype: String?
        var shape: [Int]?
        var data: Range<Int>?
        /// The size of its values behind the JSON, where they are there.
        var binaryCount: Int?
    }

    /// One output that is wanted, and whether as plain bytes (nil: as the whole request wants it).
    struct Output: Equatable {
        var name: String
        var isBinary: Bool?
    }

    /// How the request is to be answered.
    struct Wish: Equatable {
        /// The request's own name, which comes back.
        var identifier: String?
        /// Nil for all.
        var outputs: [Output]?
        /// Outputs are to be plain bytes behind the JSON.
        var isBinary = false
    }

    private(set) var wish = Wish()
    private var inputs: [Input]?

    var hasInputs: Bool { inputs != nil }

    /// Takes the value of a key of the request; false when the protocol has no such key.
    mutating func take(_ key: String, _ scanner: inout JSONScanner) throws(Refusal) -> Bool {
        switch key {
        case "id": wish.identifier = try scanner.string()
        case "parameters":
            try Self.parameters(&scanner) { scanner, key throws(Refusal) in
                guard key == "binary_data_output" else { return false }
                wish.isBinary = try scanner.bool()
                return true
            }
        case "inputs":
            var taken: [Input] = []
            try scanner.list { scanner throws(Refusal) in taken.append(try input(&scanner)) }
            inputs = taken
        case "outputs":
            var outputs: [Output] = []
            try scanner.list { scanner throws(Refusal) in outputs.append(try output(&scanner)) }
            wish.outputs = outputs
        default: return false
        }
        return true
    }

    private func input(_ scanner: inout JSONScanner) throws(Refusal) -> Input {
        var input = Input()
        try scanner.object { scanner, key throws(Refusal) in
            switch key {
            case "name": input.name = try scanner.string()
            case "datatype": input.datatype = try scanner.string()
            case "shape":
                var shape: [Int] = []
                try scanner.list { scanner throws(Refusal) in shape.append(try Int64.size(&scanner)) }
                input.shape = shape
            case "data": input.data = try scanner.skipValue()
            case "parameters":
                try Self.parameters(&scanner) { scanner, key throws(Refusal) in
                    guard key == "binary_data_size" else { return false }
                    input.binaryCount = try Int64.size(&scanner)
                    return true
                }
            default:
                throw .badRequest(
                    "unknown key \"\(key)\" in an input; known are name, datatype, shape, data, parameters")
            }
        }
        return input
    }

    private func output(_ scanner: inout JSONScanner) throws(Refusal) -> Output {
        var (name, isBinary): (String?, Bool?) = (nil, nil)
        try scanner.object { scanner, key throws(Refusal) in
            switch key {
            case "name": name = try scanner.string()
            case "parameters":
                try Self.parameters(&scanner) { scanner, key throws(Refusal) in
                    guard key == "binary_data" else { return false }
                    isBinary = try scanner.bool()
                    return true
                }
            default: _ = try scanner.skipValue()
            }
        }
        guard let name else { throw .badRequest("an output has no \"name\"") }
        return Output(name: name, isBinary: isBinary)
    }

    /// Takes parameters, of which each server heeds those it knows; `take` answers whether it took the value.
    private static func parameters(
        _ scanner: inout JSONScanner, _ take: (inout JSONScanner, String) throws(Refusal) -> Bool
    ) throws(Refusal) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            _ = try scanner.skipValue()
            return
        }
        try scanner.object { scanner, key throws(Refusal) in
            if try !take(&scanner, key) { _ = try scanner.skipValue() }
        }
    }

    /// The model's inputs in the model's order; `binary` is the place of what stands behind the JSON.
    func tensors(_ reader: RequestReader, _ bytes: [UInt8], binary: Range<Int>?) throws(Refusal) -> [Tensor] {
        var binary = binary
        var found = [Tensor?](repeating: nil, count: reader.layouts.count)
        for input in inputs ?? [] {
            guard let name = input.name else { throw .badRequest("an input has no \"name\"") }
            let index = try reader.index(of: name)
            guard found[index] == nil else { throw .badRequest("input \"\(name)\" is given twice") }
            found[index] = try tensor(input, reader.layouts[index], bytes, &binary)
        }
        if let binary, !binary.isEmpty {
            throw .badRequest("\(binary.count) bytes behind the JSON belong to no input")
        }
        var tensors: [Tensor] = []
        for (tensor, layout) in zip(found, reader.layouts) {
            guard let tensor else { throw .badRequest("input \"\(layout.info.name)\" is missing") }
            tensors.append(tensor)
        }
        return tensors
    }

    private func tensor(
        _ input: Input, _ layout: InputLayout, _ bytes: [UInt8], _ binary: inout Range<Int>?
    ) throws(Refusal) -> Tensor {
        let name = layout.info.name
        guard let datatype = input.datatype, let shape = input.shape, (input.data == nil) != (input.binaryCount == nil)
        else {
            throw .badRequest(
                "input \"\(name)\" needs \"datatype\", \"shape\" and either \"data\" or \"binary_data_size\"")
        }
        guard datatype == layout.type.protocolName else {
            throw .badRequest("input \"\(name)\" takes \(layout.type.protocolName), got \(datatype)")
        }
        guard layout.info.fits(shape) else {
            throw .badRequest("input \"\(name)\" takes \(layout.info.shapeDescription), got \(shape)")
        }
        if let count = input.binaryCount {
            guard let rest = binary else {
                throw .badRequest("input \"\(name)\" is binary, but there is no Inference-Header-Content-Length")
            }
            guard count <= rest.count else {
                throw .badRequest("input \"\(name)\" has \(count) binary bytes, but \(rest.count) are left of the body")
            }
            let end = rest.lowerBound + count
            binary = end..<rest.upperBound
            return try Tensor(binary: bytes, rest.lowerBound..<end, as: layout.type, shape: shape, of: name)
        }
        guard let data = input.data else { throw .badRequest("input \"\(name)\" has no data") }
        // A value takes two bytes of text at least: no shape can ask for more room than the request is long.
        let column = layout.type.column(capacity: min(Tensor.count(of: shape) ?? 0, data.count / 2 + 1))
        var scanner = JSONScanner(bytes, data)
        try OpenInferenceRequest.flatten(&scanner, into: column, depth: 0)
        guard column.count == Tensor.count(of: shape) else {
            throw .badRequest("input \"\(name)\" has the shape \(shape), but its data holds \(column.count) values")
        }
        return try .of(shape, column)
    }

    /// Data may be flat or nested; the shape alone counts.
    private static func flatten(
        _ scanner: inout JSONScanner, into column: any Column, depth: Int
    ) throws(Refusal) {
        var ahead = scanner
        guard depth < JSONScanner.depthMax, ahead.take(UInt8(ascii: "[")), ahead.peek() == UInt8(ascii: "[") else {
            _ = try column.appendList(&scanner)
            return
        }
        try scanner.list { scanner throws(Refusal) in try flatten(&scanner, into: column, depth: depth + 1) }
    }
}

extension Int64 {
    /// A dimension's size.
    fileprivate static func size(_ scanner: inout JSONScanner) throws(Refusal) -> Int {
        let size = try Int64.read(&scanner)
        guard size >= 0 else { throw .badRequest("a shape cannot hold \(size)") }
        return Int(size)
    }
}
