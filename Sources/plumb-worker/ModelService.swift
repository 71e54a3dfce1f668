// The routes: what is asked for, and who answers it.

import OnnxRuntime

/// Answers requests with a model: the routes of the SageMaker container contract and of the Open Inference Protocol.
///
/// Knows nothing of sockets, so that a test can put any bytes to it.
final class ModelService: Sendable {
    let modelName: String
    let model: Model
    private let reader: RequestReader
    private let writer: AnswerWriter
    private let health: Health
    private let log: Log

    /// Serves `model` as `modelName`. `golden` is a request that must succeed for the model to count as healthy; it is
    /// made up from the input's shape when there is none.
    init(model: Model, modelName: String, golden: (body: Body, type: MediaType)? = nil, log: Log) throws {
        self.model = model
        self.modelName = modelName
        self.log = log
        let reader = try RequestReader(model.inputs)
        self.reader = reader
        writer = AnswerWriter(modelName: modelName, outputs: model.outputs)
        let input = try golden.map { try reader.read($0.body, as: $0.type).tensors } ?? model.synthesisedInput()
        health = Health(model: model, golden: input)
    }

    /// What is wrong with the model, or nil when it answers its golden input.
    func trouble() -> String? { health.trouble() }

    /// Answers one request.
    func respond(_ head: RequestHead, _ body: Body) -> Response {
        do throws(Refusal) {
            switch head.path {
            case "/invocations":
                if head.method == "POST" { return try infer(head, body) }
                return wrongMethod(head, "POST")
            case "/ping", "/v2/health/ready":
                return try onlyGet(head) { () throws(Refusal) in try ready() }
            case "/v2/health/live":
                return try onlyGet(head) { () throws(Refusal) in Response(body: Array("{\"live\":true}".utf8)) }
            default:
                return try respondToModelPath(head, body)
            }
        } catch {
            return Response(error)
        }
    }

    private func respondToModelPath(_ head: RequestHead, _ body: Body) throws(Refusal) -> Response {
        let parts = head.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts.count <= 5, parts[0].isEmpty, parts[1] == "v2", parts[2] == "models" else {
            throw Refusal(404, "there is no \(head.path); there are /ping, /invocations and /v2/models/\(modelName)")
        }
        guard parts[3] == modelName else {
            throw Refusal(404, "there is no model \"\(parts[3])\"; the model here is \"\(modelName)\"")
        }
        return try respond(verb: parts.count == 5 ? String(parts[4]) : "", head, body)
    }

    /// Answers what the Open Inference Protocol asks of a model: its metadata, whether it is ready, an inference.
    func respond(verb: String, _ head: RequestHead, _ body: Body) throws(Refusal) -> Response {
        switch verb {
        case "": return try onlyGet(head) { () throws(Refusal) in Response(body: metadata()) }
        case "ready": return try onlyGet(head) { () throws(Refusal) in try ready() }
        case "infer":
            guard head.method == "POST" else { return wrongMethod(head, "POST") }
            var head = head
            // Many of the protocol's clients do not say that they send JSON.
            if head.contentType == .other("") { head.contentType = .json }
            guard head.contentType.isOpenInference else {
                throw Refusal(
                    415,
                    "infer takes application/json, or JSON with tensors behind it and its size in "
                        + "Inference-Header-Content-Length")
            }
            return try infer(head, body)
        default:
            throw Refusal(404, "there is no \(head.path); a model has /ready and /infer")
        }
    }

    private func onlyGet(_ head: RequestHead, _ get: () throws(Refusal) -> Response) throws(Refusal) -> Response {
        guard head.method == "GET" || head.method == "HEAD" else { return wrongMethod(head, "GET, HEAD") }
        return try get()
    }

    private func wrongMethod(_ head: RequestHead, _ allow: String) -> Response {
        var response = Response(Refusal(405, "\(head.path) takes \(allow), not \(head.method)"))
        response.allow = allow
        return response
    }

    private func ready() throws(Refusal) -> Response {
        if let trouble = health.trouble() {
            log.line("unhealthy", [("error", trouble)])
            throw Refusal(503, trouble)
        }
        return Response(body: Array("{\"ready\":true}".utf8))
    }

    private func infer(_ head: RequestHead, _ body: Body) throws(Refusal) -> Response {
        let question = try read(head, body)
        return try answer(question, try run(question.request.tensors))
    }

    /// A request that was read, and how it is to be answered.
    struct Question {
        let request: InferenceRequest
        let accepted: MediaType
    }

    func read(_ head: RequestHead, _ body: Body) throws(Refusal) -> Question {
        guard let accepted = head.accepted else {
            throw Refusal(406, "answers are application/json or text/csv; accept one of them")
        }
        return Question(request: try reader.read(body, as: head.contentType), accepted: accepted)
    }

    func run(_ tensors: [Tensor]) throws(Refusal) -> [Tensor] {
        do throws(ModelError) {
            return try model.run(tensors)
        } catch {
            log.line("model error", [("error", error.message)])
            throw Refusal(error.kind == .invalidInput ? 400 : 500, error.message)
        }
    }

    func answer(_ question: Question, _ outputs: [Tensor]) throws(Refusal) -> Response {
        let accepted = question.accepted
        switch question.request.form {
        case .openInference(let wish):
            guard accepted == .json else { throw Refusal(406, "the Open Inference Protocol answers in JSON alone") }
            let (bytes, jsonCount) = try writer.openInference(outputs, for: wish)
            return Response(contentType: jsonCount.map { .binary(jsonCount: $0) } ?? .json, body: bytes)
        case .rows where accepted == .csv:
            return Response(contentType: .csv, body: try writer.csv(outputs))
        case .rows:
            return Response(body: writer.json(outputs))
        }
    }

    /// The Open Inference Protocol's description of the model; -1 stands for a free dimension.
    private func metadata() -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"name\":")
        writer.string(modelName)
        writer.raw(",\"platform\":\"onnxruntime_onnx\"")
        for (key, infos) in [("inputs", model.inputs), ("outputs", model.outputs)] {
            writer.raw(",")
            writer.string(key)
            writer.raw(":[")
            for (index, info) in infos.enumerated() {
                writer.separator(index)
                writer.raw("{\"name\":")
                writer.string(info.name)
                writer.raw(",\"datatype\":")
                writer.string((info.elementType ?? .float32).protocolName)
                writer.raw(",\"shape\":")
                writer.values(info.shape.map { Int64($0.size ?? -1) }, at: 0, sizes: [info.shape.count])
                writer.raw("}")
            }
            writer.raw("]")
        }
        writer.raw("}")
        return writer.bytes
    }
}
