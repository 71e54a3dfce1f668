// What a request is for: an endpoint's model, or one of the gateway's own pages.

import NIOCore
import PlumbModel

/// Whom a request addresses, and whether its sender may. Found once for all requests of a connection that are alike.
struct RequestTarget {
    /// What answers.
    enum Kind {
        case invocation(EndpointRoute)
        /// The Open Inference Protocol's `infer`; the worker knows the model by its own name.
        case inference(EndpointRoute, path: String)
        /// Labels for answers that were captured, in Model Monitor's form of ground truth.
        case groundTruth(EndpointRoute)
        case page((GatewayState) -> Page)
    }

    /// A page of the gateway's own.
    struct Page {
        var status = 200
        var type = "application/json"
        var text: String
    }

    private let kind: Kind
    private let holder: TokenHolder
    private let head: RequestHead
    private let frameHead: [UInt8]
    let bodyBytesMax: Int
    private let timeout: TimeAmount
    private let requestsPerSecondMax: Double?
    private let limits: RequestLimits?

    /// Finds the target of a request. Throws what the client is to be told.
    init(_ head: RequestHead, _ holder: TokenHolder, _ gateway: GatewayState) throws(Refusal) {
        kind = try Self.kind(of: head, gateway)
        self.holder = holder
        self.head = head
        switch kind {
        case .invocation(let route), .inference(let route, _):
            let limits = route.limits
            self.limits = limits
            bodyBytesMax = limits.bodyBytesMax
            timeout = .nanoseconds(Int64(limits.timeoutSeconds * 1e9))
            requestsPerSecondMax = limits.requestsPerSecondMax
            var path = "/invocations"
            if case .inference(_, let inferencePath) = kind { path = inferencePath }
            frameHead = UpstreamRequest.frameHead(path: path, contentType: head.contentType, accept: head.accept)
        case .page, .groundTruth:
            limits = nil
            bodyBytesMax = if case .page = kind { GatewayLimits.pageBodyBytesMax } else { GatewayLimits.labelBytesMax }
            timeout = .zero
            requestsPerSecondMax = nil
            frameHead = []
        }
    }

    /// Whether what was found still holds.
    var isValid: Bool {
        guard !holder.isRevoked else { return false }
        switch kind {
        case .invocation(let route), .inference(let route, _): return !route.isRemoved && route.limits == limits
        case .groundTruth(let route): return !route.isRemoved
        case .page: return true
        }
    }

    /// Takes the request from its sender's allowance.
    func admit(_ gateway: GatewayState) throws(Refusal) {
        switch kind {
        case .page, .groundTruth: return
        case .invocation(let route), .inference(let route, _):
            guard holder.mayCall(route.name, requestsPerSecondMax: requestsPerSecondMax) else {
                gateway.countThrottled()
                throw Refusal(
                    429, "ThrottlingException", "this token's request rate is used up", isTemporary: true)
            }
        }
    }

    /// Answers the request on its connection.
    func answer(_ channel: GatewayChannel, _ body: ByteBuffer) {
        switch kind {
        case .page(let make):
            let page = make(channel.gateway)
            channel.answer(page.status, type: page.type, page.text)
        case .groundTruth(let route):
            guard route.labels.offer(body) else {
                return channel.refuse(.unavailable("the labels that came before are still being read"))
            }
            channel.answer(202, type: "application/json", "{}")
        case .invocation(let route): channel.invoke(route, upstream("/invocations", body), timeout: timeout)
        case .inference(let route, let path):
            channel.invoke(route, upstream(path, body), timeout: timeout, isRaw: true)
        }
    }

    private func upstream(_ path: String, _ body: ByteBuffer) -> UpstreamRequest {
        UpstreamRequest(
            path: path, contentType: head.contentType, accept: head.accept, customAttributes: head.customAttributes,
            inferenceID: head.inferenceID, traceParent: head.traceParent, body: body, frameHead: frameHead)
    }

    // MARK: - Finding

    private static func kind(of head: RequestHead, _ gateway: GatewayState) throws(Refusal) -> Kind {
        if let name = endpointName(head.path) {
            let route = try route(name, gateway)
            guard head.method == .post else {
                throw Refusal(405, "ValidationError", "invocations are sent with POST")
            }
            return .invocation(route)
        }
        if let name = endpointName(head.path, verb: "ground-truth") {
            let route = try route(name, gateway)
            guard head.method == .post else {
                throw Refusal(405, "ValidationError", "labels are sent with POST")
            }
            return .groundTruth(route)
        }
        let isGet = head.method == .get || head.method == .head
        switch head.path {
        case "/metrics" where isGet:
            return .page { Page(type: "text/plain; version=0.0.4; charset=utf-8", text: $0.metricsPage()) }
        case "/ping" where isGet: return .page { _ in Page(text: "") }
        default:
            throw Refusal(
                404, "UnknownOperationException",
                "there is POST /endpoints/NAME/invocations, POST /endpoints/NAME/ground-truth, GET /metrics and GET /ping"
            )
        }
    }

    private static func route(_ name: String, _ gateway: GatewayState) throws(Refusal) -> EndpointRoute {
        if let route = gateway.route(name) { return route }
        let known = gateway.endpointNames.sorted().joined(separator: ", ")
        throw Refusal(
            404, "ValidationError", "Endpoint \(name) not found. Known: \(known.isEmpty ? "none" : known)")
    }

    /// `digits` for `/endpoints/digits/invocations`.
    static func endpointName(_ path: String, verb: String = "invocations") -> String? {
        guard path.hasPrefix("/endpoints/"), path.hasSuffix("/\(verb)") else { return nil }
        let name = path.dropFirst(11).dropLast(verb.utf8.count + 1)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }
}
