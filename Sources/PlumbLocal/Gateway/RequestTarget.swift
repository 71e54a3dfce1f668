// What a request is for: an endpoint's model, or one of the gateway's own pages.

import NIOCore
import PlumbEngine
import PlumbModel

/// Whom a request addresses, and whether its sender may. Found once for all requests of a connection that are alike.
final class RequestTarget {
    /// What answers.
    enum Kind {
        case invocation(EndpointRoute)
        /// The Open Inference Protocol's questions to a model; the worker knows it by its own name.
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
    /// Nil for a page that anybody may see.
    private let holder: TokenHolder?
    private let upstream: UpstreamHead
    private let isPost: Bool
    let bodyBytesMax: Int
    private let timeout: TimeAmount
    private let requestsPerSecondMax: Double?
    private let limits: RequestLimits?

    /// Finds the target of a request. Throws what the client is to be told.
    init(_ head: RequestHead, _ holder: TokenHolder?, _ gateway: GatewayState) throws(Refusal) {
        kind = try Self.kind(of: head, gateway)
        self.holder = holder
        isPost = head.method == .post
        switch kind {
        case .invocation(let route), .inference(let route, _):
            try Self.check(holder, .invoke, on: route.name, gateway)
            let limits = route.limits
            self.limits = limits
            bodyBytesMax = limits.bodyBytesMax
            timeout = .nanoseconds(Int64(limits.timeoutSeconds * 1e9))
            requestsPerSecondMax = limits.requestsPerSecondMax
            var (path, contentType) = (TargetModels.invocationPath(of: head.targetModel), head.contentType)
            if case .inference(_, let inferencePath) = kind {
                path = inferencePath
                // Many of the protocol's clients do not say that they send JSON.
                contentType =
                    head.inferenceHeaderLength.map(BinaryTensors.contentType) ?? contentType ?? "application/json"
            }
            upstream = UpstreamHead(path: path, contentType: contentType, head)
        case .page, .groundTruth:
            if case .groundTruth(let route) = kind {
                try Self.check(holder, .invoke, on: route.name, gateway)
            } else {
                try Self.check(holder, .read, on: nil, gateway)
            }
            limits = nil
            bodyBytesMax =
                if case .page = kind { GatewayLimits.pageBodyBytesMax } else { GatewayLimits.labelBytesMax }
            timeout = .zero
            requestsPerSecondMax = nil
            upstream = UpstreamHead(path: head.path)
        }
    }

    /// The endpoint whose model is asked; nil for anything else.
    var invoked: EndpointRoute? {
        switch kind {
        case .invocation(let route), .inference(let route, _): route
        case .groundTruth, .page: nil
        }
    }

    /// Whether what was found still holds.
    var isValid: Bool {
        // What a user may is asked each time: grants change, and so does the time of day.
        guard holder?.isRevoked != true, holder?.token == nil else { return false }
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
            guard holder?.mayCall(route.name, requestsPerSecondMax: requestsPerSecondMax) != false else {
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
        case .invocation(let route), .inference(let route, _):
            channel.invoke(
                route, UpstreamRequest(head: upstream, body: body), for: holder?.name ?? "", timeout: timeout,
                isInference: isPost)
        }
    }

    // MARK: - Finding

    /// Whether anybody may ask: a balancer that looks whether this house stands has no token.
    static func isOpen(_ head: RequestHead) -> Bool {
        ["/healthz", "/v2/health/live", "/v2/health/ready"].contains(head.path)
    }

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
        if head.path == "/v2" || head.path.hasPrefix("/v2/") { return try openInference(head, gateway) }
        switch head.path {
        case "/metrics" where isGet(head):
            return .page { Page(type: "text/plain; version=0.0.4; charset=utf-8", text: $0.metricsPage()) }
        case "/healthz" where isGet(head): return .page(readiness)
        case "/ping" where isGet(head): return .page { _ in Page(text: "") }
        default:
            throw Refusal(
                404, "UnknownOperationException",
                "there is POST /endpoints/NAME/invocations and …/ground-truth, GET /metrics, GET /healthz, GET /ping "
                    + "and the Open Inference Protocol under /v2")
        }
    }

    private static func isGet(_ head: RequestHead) -> Bool { head.method == .get || head.method == .head }

    /// Ready when every endpoint is: a house of which a part cannot answer is no place for a balancer to send to.
    private static func readiness(_ gateway: GatewayState) -> Page {
        let routes = gateway.routes
        // What is off by plan is not missed.
        let serving = routes.count { $0.isServing || $0.absence != nil }
        let isReady = serving == routes.count && !gateway.isDraining
        return Page(
            status: isReady ? 200 : 503,
            text: "{\"ready\":\(isReady),\"endpoints\":\(routes.count),\"serving\":\(serving)}")
    }

    /// The Open Inference Protocol (V2) over the endpoints: a model is called as its endpoint is.
    private static func openInference(_ head: RequestHead, _ gateway: GatewayState) throws(Refusal) -> Kind {
        let parts = head.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).map(String.init)
        switch parts {
        case [] where isGet(head), [""] where isGet(head):
            return .page { _ in
                Page(text: "{\"name\":\"plumb\",\"version\":\"2\",\"extensions\":[\"binary_tensor_data\"]}")
            }
        case ["health", "live"] where isGet(head): return .page { _ in Page(text: "{\"live\":true}") }
        case ["health", "ready"] where isGet(head): return .page(readiness)
        default: break
        }
        guard parts.count >= 2, parts.count <= 3, parts[0] == "models", !parts[1].isEmpty else {
            throw Refusal(
                404, "UnknownOperationException",
                "there is /v2/health/live, /v2/health/ready, /v2/models/NAME and below it /ready and /infer")
        }
        let route = try route(parts[1], gateway)
        let model = head.targetModel.map { URIText.escaped($0) } ?? route.modelName
        switch parts.count == 3 ? parts[2] : "" {
        case "" where isGet(head): return .inference(route, path: "/v2/models/\(model)")
        case "ready" where isGet(head):
            return .page { _ in Page(status: route.isServing ? 200 : 503, text: "{\"ready\":\(route.isServing)}") }
        case "infer" where head.method == .post:
            return .inference(route, path: "/v2/models/\(model)/infer")
        default:
            throw Refusal(405, "ValidationError", "\(head.path) does not take this method")
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
