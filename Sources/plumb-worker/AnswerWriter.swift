// Writes a model's outputs as JSON or CSV.

import OnnxRuntime

/// Turns the model's outputs into an answer's body.
struct AnswerWriter: Sendable {
    let modelName: String
    let outputs: [TensorInfo]
    /// The outputs' names as rows show them.
    private let keys: [String]

    init(modelName: String, outputs: [TensorInfo]) {
        self.modelName = modelName
        self.outputs = outputs
        // scikit-learn's converter names a classifier's two outputs so by default; readers want the plain words.
        let plain = ["output_label": "label", "output_probability": "probabilities"]
        keys = outputs.map { plain[$0.name] ?? $0.name }
    }

    // MARK: - JSON

    /// `{"predictions": [row, …]}`: a row is the only output's value, or an object with a key for each output.
    /// Outputs that have no common number of rows are answered whole, as `{"outputs": {name: value, …}}`.
    func json(_ tensors: [Tensor]) -> [UInt8] {
        var writer = JSONWriter()
        guard let rows = rowCount(tensors) else {
            writer.raw("{\"outputs\":{")
            for (index, tensor) in tensors.enumerated() {
                writer.separator(index)
                writer.string(keys[index])
                writer.raw(":")
                tensor.elements.append(json: &writer, at: 0, sizes: tensor.shape[...], labels: tensor.labels)
            }
            writer.raw("}}")
            return writer.bytes
        }
        writer.raw("{\"predictions\":[")
        for row in 0..<rows {
            writer.separator(row)
            if tensors.count == 1 {
                append(row: row, of: tensors[0], to: &writer)
                continue
            }
            writer.raw("{")
            for (index, tensor) in tensors.enumerated() {
                writer.separator(index)
                writer.string(keys[index])
                writer.raw(":")
                append(row: row, of: tensor, to: &writer)
            }
            writer.raw("}")
        }
        writer.raw("]}")
        return writer.bytes
    }

    /// The size of the first dimension when all outputs share it.
    private func rowCount(_ tensors: [Tensor]) -> Int? {
        guard let rows = tensors.first?.shape.first, tensors.allSatisfy({ $0.shape.first == rows }) else { return nil }
        return rows
    }

    private func append(row: Int, of tensor: Tensor, to writer: inout JSONWriter) {
        let sizes = tensor.shape.dropFirst()
        tensor.elements.append(
            json: &writer, at: row * sizes.reduce(1, *), sizes: sizes, labels: tensor.labels)
    }

    // MARK: - Open Inference Protocol

    /// The protocol's answer, with the outputs that were asked for; refuses an output that the model does not have.
    /// Outputs that are wanted as plain bytes stand behind the JSON, whose size is then answered too.
    func openInference(
        _ tensors: [Tensor], for wish: OpenInferenceRequest.Wish
    ) throws(Refusal) -> (bytes: [UInt8], jsonCount: Int?) {
        var writer = JSONWriter()
        writer.raw("{\"model_name\":")
        writer.string(modelName)
        if let identifier = wish.identifier {
            writer.raw(",\"id\":")
            writer.string(identifier)
        }
        writer.raw(",\"outputs\":[")
        var binary: [UInt8] = []
        var isBinary = false
        for (position, output) in (wish.outputs ?? outputs.map { .init(name: $0.name) }).enumerated() {
            let name = output.name
            guard let index = outputs.firstIndex(where: { $0.name == name }) else {
                let known = outputs.map(\.name).joined(separator: ", ")
                throw .badRequest("the model has no output \"\(name)\"; it answers \(known)")
            }
            writer.separator(position)
            if output.isBinary ?? wish.isBinary {
                isBinary = true
                let before = binary.count
                tensors[index].elements.append(binary: &binary)
                append(output: name, tensors[index], binaryCount: binary.count - before, to: &writer)
            } else {
                append(output: name, tensors[index], binaryCount: nil, to: &writer)
            }
        }
        writer.raw("]}")
        return (writer.bytes + binary, isBinary ? writer.bytes.count : nil)
    }

    private func append(output name: String, _ tensor: Tensor, binaryCount: Int?, to writer: inout JSONWriter) {
        writer.raw("{\"name\":")
        writer.string(name)
        writer.raw(",\"datatype\":")
        writer.string(tensor.elements.type.protocolName)
        writer.raw(",\"shape\":")
        writer.values(tensor.shape.map(Int64.init), at: 0, sizes: [tensor.shape.count])
        if tensor.labels != nil || binaryCount != nil {
            writer.raw(",\"parameters\":{")
            if let labels = tensor.labels {
                writer.raw("\"labels\":")
                writer.values(labels, at: 0, sizes: [labels.count])
            }
            if let binaryCount {
                writer.raw(tensor.labels == nil ? "\"binary_data_size\":" : ",\"binary_data_size\":")
                writer.value(binaryCount)
            }
            writer.raw("}")
        }
        guard binaryCount == nil else { return writer.raw("}") }
        writer.raw(",\"data\":")
        tensor.elements.append(json: &writer, at: 0, sizes: [tensor.elements.count], labels: nil)
        writer.raw("}")
    }

    // MARK: - CSV

    /// One line a row: the values of every output, one after the other.
    func csv(_ tensors: [Tensor]) throws(Refusal) -> [UInt8] {
        guard let rows = rowCount(tensors) else {
            throw Refusal(406, "the model's outputs have no common rows, so they fit no CSV; accept application/json")
        }
        var bytes: [UInt8] = []
        for row in 0..<rows {
            for (index, tensor) in tensors.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                let width = tensor.shape.dropFirst().reduce(1, *)
                tensor.elements.append(cells: (row * width)..<((row + 1) * width), to: &bytes)
            }
            bytes.append(0x0A)
        }
        return bytes
    }
}
