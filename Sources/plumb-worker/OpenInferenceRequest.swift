// A request in the Open Inference Protocol's form.

import OnnxRuntime

/// A request of the Open Inference Protocol, version 2, in JSON. Its tensors' keys may come in any order, so data is
/// only remembered by place at first, and read when name, type and shape are known.
struct OpenInferenceRequest {
    private struct Input {
        var name: String?
        var datatype: String?
        var shape: [Int]?
        var data: Range<Int>?
    }

    private(set) var identifier: String?
    private(set) var outputs: [String]?
    private var inputs: [Input]?

    var hasInputs: Bool { inputs != nil }

    /// Takes the value of a key of the request; false when the protocol has no such key.
    mutating func take(_ key: String, _ scanner: inout JSONScanner) throws(Refusal) -> Bool {
        switch key {
        case "id": identifier = try scanner.string()
        case "parameters": _ = try scanner.skipValue()
        case "inputs":
            var taken: [Input] = []
            try scanner.list { scanner throws(Refusal) in taken.append(try input(&scanner)) }
            inputs = taken
        case "outputs":
            var names: [String] = []
            try scanner.list { scanner throws(Refusal) in
                try scanner.object { scanner, key throws(Refusal) in
                    if key == "name" { names.append(try scanner.string()) } else { _ = try scanner.skipValue() }
                }
            }
            outputs = names
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
            case "parameters": _ = try scanner.skipValue()
            default:
                throw .badRequest(
                    "unknown key \"\(key)\" in an input; known are name, datatype, shape, data, parameters")
            }
        }
        return input
    }

    /// The model's inputs in the model's order.
    func tensors(_ reader: RequestReader, _ bytes: [UInt8]) throws(Refusal) -> [Tensor] {
        var found = [Tensor?](repeating: nil, count: reader.layouts.count)
        for input in inputs ?? [] {
            guard let name = input.name else { throw .badRequest("an input has no \"name\"") }
            let index = try reader.index(of: name)
            guard found[index] == nil else { throw .badRequest("input \"\(name)\" is given twice") }
            found[index] = try tensor(input, reader.layouts[index], bytes)
        }
        var tensors: [Tensor] = []
        for (tensor, layout) in zip(found, reader.layouts) {
            guard let tensor else { throw .badRequest("input \"\(layout.info.name)\" is missing") }
            tensors.append(tensor)
        }
        return tensors
    }

    private func tensor(_ input: Input, _ layout: InputLayout, _ bytes: [UInt8]) throws(Refusal) -> Tensor {
        let name = layout.info.name
        guard let datatype = input.datatype, let shape = input.shape, let data = input.data else {
            throw .badRequest("input \"\(name)\" needs \"datatype\", \"shape\" and \"data\"")
        }
        guard datatype == layout.type.protocolName else {
            throw .badRequest("input \"\(name)\" takes \(layout.type.protocolName), got \(datatype)")
        }
        guard layout.info.fits(shape) else {
            throw .badRequest("input \"\(name)\" takes \(layout.info.shapeDescription), got \(shape)")
        }
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
