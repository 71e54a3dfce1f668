// Makes tensors of a request's body.

import OnnxRuntime

/// One input of the model, as rows of a request fill it.
struct InputLayout: Sendable {
    let info: TensorInfo
    let type: ElementType
    /// The sizes of one row, which are the dimensions after the first; nil where any size will do.
    let rowSizes: [Int?]
    /// The number of values in a row, or nil when a size is free.
    let rowWidth: Int?

    init(_ info: TensorInfo) throws(ModelError) {
        guard let type = info.elementType else {
            throw ModelError(.unsupported, "input \(info.name) is a sequence; requests can only carry tensors")
        }
        self.info = info
        self.type = type
        rowSizes = info.shape.dropFirst().map(\.size)
        let fixed = rowSizes.compactMap { $0 }
        rowWidth = fixed.count == rowSizes.count ? Tensor.count(of: fixed) : nil
    }

    /// A tensor of `rows` rows from a column's values; `sizes` are the row's sizes as the request had them.
    func tensor(_ column: any Column, rows: Int, sizes: [Int?]) throws(Refusal) -> Tensor {
        let shape = [rows] + sizes.map { $0 ?? 0 }
        guard rows > 0 else { throw .badRequest("the request has no rows") }
        guard info.fits(shape) else {
            throw .badRequest("input \(info.name) takes \(info.shapeDescription), got \(shape)")
        }
        return try .of(shape, column)
    }
}

extension Tensor {
    /// A tensor with a column's values; a wrong count is the request's fault.
    static func of(_ shape: [Int], _ column: any Column) throws(Refusal) -> Tensor {
        do throws(ModelError) {
            return try Tensor(shape: shape, elements: column.elements)
        } catch {
            throw .badRequest(error.message)
        }
    }
}

/// What a request asks of the model.
struct InferenceRequest {
    /// How the request was put, and so how it is answered.
    enum Form: Equatable {
        /// Rows in, rows out: the SageMaker way.
        case rows
        /// The Open Inference Protocol.
        case openInference(OpenInferenceRequest.Wish)
    }

    let tensors: [Tensor]
    let form: Form
}

/// Turns a request's body into the model's inputs, or says what is wrong with it.
struct RequestReader: Sendable {
    let layouts: [InputLayout]

    init(_ inputs: [TensorInfo]) throws(ModelError) {
        layouts = try inputs.map { info throws(ModelError) in try InputLayout(info) }
    }

    /// Reads a body of the given type.
    func read(_ body: Body, as type: MediaType) throws(Refusal) -> InferenceRequest {
        switch type {
        case .json: try json(body)
        case .binary(let count): try json(body, count: count)
        case .csv: InferenceRequest(tensors: try table(body), form: .rows)
        case .numpy: InferenceRequest(tensors: [try numpy(body)], form: .rows)
        case .other(let name):
            throw Refusal(
                415,
                (name.isEmpty ? "the request has no Content-Type" : "Content-Type \(name) is not supported")
                    + "; send application/json, text/csv or application/x-npy")
        }
    }

    /// The only input, for requests that do not name any.
    func onlyInput() throws(Refusal) -> InputLayout {
        guard layouts.count == 1, let layout = layouts.first else {
            let names = layouts.map(\.info.name).joined(separator: ", ")
            throw .badRequest("the model takes the inputs \(names): send rows as objects with these keys")
        }
        guard !layout.info.shape.isEmpty else {
            throw .badRequest("input \(layout.info.name) is a single value, not rows: use the Open Inference Protocol")
        }
        return layout
    }

    /// The index of the input called `name`.
    func index(of name: String) throws(Refusal) -> Int {
        guard let index = layouts.firstIndex(where: { $0.info.name == name }) else {
            let names = layouts.map(\.info.name).joined(separator: ", ")
            throw .badRequest("the model has no input \"\(name)\"; it takes \(names)")
        }
        return index
    }
}
