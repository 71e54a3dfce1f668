// Many models behind one worker: which of them a request is for.

import OnnxRuntime

/// Whatever answers requests: one model, or many.
protocol RequestAnswering: Sendable {
    func respond(_ head: RequestHead, _ body: Body) -> Response
    /// Answers requests in their order.
    func respond(batch requests: [(head: RequestHead, body: Body)]) -> [Response]
}

extension RequestAnswering {
    func respond(batch requests: [(head: RequestHead, body: Body)]) -> [Response] {
        requests.map { respond($0.head, $0.body) }
    }
}

extension ModelService: RequestAnswering {}

/// Answers requests by the model that each one names, by SageMaker's contract for multi-model containers
/// (`POST /models/NAME/invoke`, `GET /models`) and by the Open Inference Protocol. Names are percent-encoded in paths.
final class ModelShelf: RequestAnswering {
    private let cache: ModelCache
    /// The models that were loaded before the first request; they speak for the worker's health.
    private let prewarmed: [String]
    private let log: Log

    /// Loads the models of `prewarm`; one that cannot be loaded, or does not answer, is a failure to start.
    init(_ cache: ModelCache, prewarm: [String], log: Log) throws(StartFailure) {
        self.cache = cache
        self.log = log
        prewarmed = prewarm
        for name in prewarm {
            do throws(Refusal) {
                if let trouble = try cache.service(for: name).trouble() { throw Refusal(500, trouble) }
            } catch {
                throw StartFailure("\(name): \(error.message)")
            }
        }
    }

    func respond(_ head: RequestHead, _ body: Body) -> Response {
        do throws(Refusal) {
            switch head.path {
            case "/ping", "/v2/health/ready":
                try onlyGet(head)
                if let trouble = trouble() { throw Refusal(503, trouble) }
                return Response(body: Array("{\"ready\":true}".utf8))
            case "/v2/health/live":
                try onlyGet(head)
                return Response(body: Array("{\"live\":true}".utf8))
            case "/models":
                try onlyGet(head)
                return Response(body: report())
            case "/invocations":
                throw Refusal(400, "there are many models here: name one, as POST /models/NAME/invoke does")
            default: return try respondToModelPath(head, body)
            }
        } catch {
            return Response(error)
        }
    }

    private func respondToModelPath(_ head: RequestHead, _ body: Body) throws(Refusal) -> Response {
        let isProtocol = head.path.hasPrefix("/v2/")
        let parts = head.path.dropFirst(isProtocol ? 4 : 1).split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0] == "models", let name = ModelList.unescaped(parts[1]) else {
            throw Refusal(404, "there is no \(head.path); there are /ping, /models and /models/NAME/invoke")
        }
        let verb = parts.count == 3 ? String(parts[2]) : ""
        guard isProtocol || verb == "invoke" else { throw Refusal(404, "a model has /models/NAME/invoke") }
        let service = try cache.service(for: name)
        guard isProtocol else {
            var head = head
            head.path = "/invocations"
            return service.respond(head, body)
        }
        return try service.respond(verb: verb, head, body)
    }

    private func onlyGet(_ head: RequestHead) throws(Refusal) {
        guard head.method == "GET" || head.method == "HEAD" else {
            throw Refusal(405, "\(head.path) takes GET, HEAD, not \(head.method)")
        }
    }

    /// What is wrong with the models that speak for the worker. One that had to make room is asked nothing.
    private func trouble() -> String? {
        for name in prewarmed {
            guard let trouble = cache.loaded(name)?.trouble() else { continue }
            log.line("unhealthy", [("model", name), ("error", trouble)])
            return "\(name): \(trouble)"
        }
        return nil
    }

    /// The loaded models, as SageMaker's contract lists them, and what came to pass so far.
    private func report() -> [UInt8] {
        let counters = cache.counters
        var writer = JSONWriter()
        writer.raw("{\"models\":[")
        for (index, name) in cache.loadedNames.enumerated() {
            writer.separator(index)
            writer.raw("{\"modelName\":")
            writer.string(name)
            writer.raw("}")
        }
        writer.raw("],\"counters\":{")
        let fields: [(String, Int)] = [
            ("hits", counters.hits), ("misses", counters.misses), ("loads", counters.loads),
            ("loadFailures", counters.loadFailures), ("waitMicroseconds", counters.waitMicroseconds),
            ("readMicroseconds", counters.readMicroseconds), ("loadMicroseconds", counters.loadMicroseconds),
            ("unloads", counters.unloads), ("unloadMicroseconds", counters.unloadMicroseconds),
            ("loaded", counters.loaded), ("bytes", counters.bytes),
        ]
        for (index, field) in fields.enumerated() {
            writer.separator(index)
            writer.string(field.0)
            writer.raw(":")
            writer.number(String(field.1))
        }
        writer.raw("}}")
        return writer.bytes
    }
}
