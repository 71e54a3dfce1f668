// One request's way through the gateway as spans: the whole of it, and a stage each below.

import NIOCore
import Tracing

/// Made for a request that is recorded, and for no other. Lives on one event loop.
final class RequestTrace {
    private let tracer: SpanTracer
    private let server: RecordedSpan
    /// What the request is at; stages follow one another.
    private var stage: RecordedSpan?
    private var sent = 0

    /// Begins with a request's head; nil when its trace is not recorded.
    init?(_ head: RequestHead, _ tracer: SpanTracer) {
        // What a balancer or Prometheus asks every few seconds says nothing about a request.
        guard !RequestTarget.isOpen(head), head.path != "/metrics", head.path != "/ping" else { return nil }
        let parent = head.traceParent.flatMap(TraceContext.init(traceParent:))
        let place = tracer.place(below: parent)
        guard place.isSampled else { return nil }
        let method =
            switch head.method {
            case .get: "GET"
            case .head: "HEAD"
            case .post: "POST"
            case .other: "_OTHER"
            }
        let route = Self.template(of: head.path)
        self.tracer = tracer
        server = RecordedSpan(
            route.map { "\(method) \($0)" } ?? method, at: place, below: parent?.span, kind: .server, from: Self.now,
            in: .topLevel, queue: tracer.queue)
        server.updateAttributes { attributes in
            attributes["http.request.method"] = method
            attributes["url.path"] = head.path
            attributes["url.scheme"] = "https"
            attributes["network.protocol.version"] = head.isOldVersion ? "1.0" : "1.1"
            if let route { attributes["http.route"] = route }
        }
        begin("receive", kind: .internal)
    }

    private static var now: UInt64 { DefaultTracerClock.now.nanosecondsSinceEpoch }

    /// A path without names, of which there may be many.
    private static func template(of path: String) -> String? {
        if RequestTarget.endpointName(path) != nil { return "/endpoints/{name}/invocations" }
        if RequestTarget.endpointName(path, verb: "ground-truth") != nil { return "/endpoints/{name}/ground-truth" }
        let parts = path.split(separator: "/")
        guard parts.count >= 3, parts.count <= 4, parts[0] == "v2", parts[1] == "models" else { return nil }
        guard parts.count == 4 else { return "/v2/models/{name}" }
        return ["infer", "ready"].contains(parts[3]) ? "/v2/models/{name}/\(parts[3])" : nil
    }

    // MARK: - Stages

    private func begin(_ name: String, kind: SpanKind) {
        stage?.end()
        stage = tracer.span(name, below: server.place, kind: kind, from: Self.now)
    }

    private func endStage() {
        stage?.end()
        stage = nil
    }

    /// The body is there.
    func isReceived() { endStage() }

    /// Every worker is busy.
    func waits() { begin("queue", kind: .internal) }

    /// A worker is asked.
    func isSent(to worker: WorkerRoute) {
        begin("worker", kind: .client)
        stage?.updateAttributes { attributes in
            attributes["plumb.worker"] = worker.id
            attributes["plumb.zone"] = worker.zone
            attributes["plumb.revision"] = worker.revision
            if sent > 0 { attributes["http.request.resend_count"] = sent }
        }
        sent += 1
    }

    /// What the worker is told of the trace: that it is below the stage in which it is asked.
    var traceParentOfWorker: String { (stage?.place ?? server.place).traceParent }

    /// The worker has answered.
    func isAnswered(_ status: Int) {
        stage?.attributes["http.response.status_code"] = status
        if status >= 400 { stage?.fail("\(status)") }
        endStage()
    }

    /// The worker gave no whole answer.
    func isLost(_ fault: UpstreamFault) {
        stage?.fail(fault.word)
        endStage()
    }

    /// Nobody waits for the worker any more.
    func isGivenUp() {
        stage?.fail("cancelled")
        endStage()
    }

    // MARK: - The end

    /// A kept answer is given; no worker is asked.
    func isKept() { server.attributes["plumb.cache.hit"] = true }

    func targets(endpoint: String) { server.attributes["plumb.endpoint"] = endpoint }

    /// The client has its answer.
    func end(_ status: Int, number: String, revision: Int, bodies: (request: Int, response: Int)) {
        endStage()
        server.updateAttributes { attributes in
            attributes["http.response.status_code"] = status
            attributes["aws.request_id"] = number
            attributes["http.request.body.size"] = bodies.request
            attributes["http.response.body.size"] = bodies.response
            if revision > 0 { attributes["plumb.revision"] = revision }
        }
        if status >= 500 { server.fail("\(status)") }
        server.end()
    }

    /// The client went away without one.
    func abandon(number: String) {
        endStage()
        server.attributes["aws.request_id"] = number
        server.fail("client_closed")
        server.end()
    }
}

extension RecordedSpan {
    fileprivate func fail(_ type: String) {
        attributes["error.type"] = type
        setStatus(SpanStatus(code: .error))
    }
}
