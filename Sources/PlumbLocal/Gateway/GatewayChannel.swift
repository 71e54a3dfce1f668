// One client's connection: reads a request, checks it, has it answered, and says what happened in SageMaker's words.

import NIOCore
import NIOHTTP1
import PlumbEngine
import PlumbModel
import PlumbSignals

/// Reads requests one after another and answers them in order; used on its connection's event loop only.
final class GatewayChannel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let gateway: GatewayState
    private let loopContext: LoopContext
    private var head: RequestHead?
    private var body: ByteBuffer?
    private var route: EndpointRoute?
    private var revision = 0
    private var limits: RequestLimits?
    private var exchange: Exchange?
    /// Set for a request that is signed instead of bearing a token.
    private var signed: SignedRequest?
    private var bodyBytesMax: Int?
    private var startedAt = NIODeadline.now()
    private var isRefused = false
    private var isClosing = false
    private var keepsAlive = true
    /// The last token that was accepted here: hashing it again for each request would cost more than the model.
    private var acceptedToken: (text: String, holder: TokenHolder)?
    private var watchdog: ConnectionWatchdog?

    init(gateway: GatewayState, loopContext: LoopContext) {
        self.gateway = gateway
        self.loopContext = loopContext
    }

    func channelActive(context: ChannelHandlerContext) {
        let watchdog = ConnectionWatchdog(channel: context.channel)
        self.watchdog = watchdog
        loopContext.watch(watchdog)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        exchange?.cancel()
        exchange = nil
        if let watchdog { loopContext.forget(watchdog) }
        gateway.connectionClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes behind the last answer of a connection is not served.
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context: context)
        case .body(var part):
            // A body that nobody will read is not kept.
            guard !isRefused, let bodyBytesMax else { return }
            if (body?.readableBytes ?? 0) + part.readableBytes > bodyBytesMax {
                return refuse(
                    .payloadTooLarge, "ValidationError", "the body is larger than \(bodyBytesMax) bytes",
                    context: context)
            }
            if body == nil { body = part } else { body?.writeBuffer(&part) }
        case .end:
            watchdog?.readEnded()
            guard !isRefused, let head else { return }
            answer(head, context: context)
        }
    }

    // MARK: - Checking

    private func begin(_ received: HTTPRequestHead, context: ChannelHandlerContext) {
        let head = RequestHead(received)
        self.head = head
        body = nil
        route = nil
        revision = 0
        limits = nil
        bodyBytesMax = nil
        signed = SignedRequest(received, authorization: head.authorization)
        isRefused = false
        keepsAlive = head.keepsAlive
        watchdog?.readBegan()
        guard !gateway.isClosed else {
            return refuse(
                .serviceUnavailable, "ServiceUnavailable", "the engine is shutting down", retryAfter: true,
                context: context)
        }
        let holder = authenticate(head)
        guard holder != nil || signed != nil else {
            return refuse(
                .unauthorized, "MissingAuthenticationToken", "send the header Authorization: Bearer TOKEN",
                context: context)
        }
        let name = Self.endpointName(head.uri)
        guard let holder else { return beginSigned(head, name, context: context) }
        guard let name else { return }
        guard let route = gateway.route(name) else {
            let known = gateway.endpointNames.sorted().joined(separator: ", ")
            return refuse(
                .notFound, "ValidationError", "Endpoint \(name) not found. Known: \(known.isEmpty ? "none" : known)",
                context: context)
        }
        guard head.method == .POST else {
            return refuse(.methodNotAllowed, "ValidationError", "invocations are sent with POST", context: context)
        }
        let limits = route.limits
        guard admit(holder, to: route, limits, context: context) else { return }
        if let length = head.contentLength, length > limits.bodyBytesMax {
            return refuse(
                .payloadTooLarge, "ValidationError", "the body is larger than \(limits.bodyBytesMax) bytes",
                context: context)
        }
        self.limits = limits
        bodyBytesMax = limits.bodyBytesMax
        self.route = route
        answerExpectation(of: head, context: context)
    }

    private func answerExpectation(of head: RequestHead, context: ChannelHandlerContext) {
        guard head.expectsContinue else { return }
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
    }

    /// Whoever signs is known when the body is there; before that, nothing is said about what there is.
    private func beginSigned(_ head: RequestHead, _ name: String?, context: ChannelHandlerContext) {
        route = name.flatMap { gateway.route($0) }
        limits = route?.limits
        bodyBytesMax = limits?.bodyBytesMax ?? GatewayLimits.controlBodyBytesMax
        answerExpectation(of: head, context: context)
    }

    /// Counts the request against its holder's rate; false when that is used up, which has then been said.
    private func admit(
        _ holder: TokenHolder, to route: EndpointRoute, _ limits: RequestLimits, context: ChannelHandlerContext
    ) -> Bool {
        guard !holder.mayCall(route.name, requestsPerSecondMax: limits.requestsPerSecondMax) else { return true }
        gateway.countThrottled()
        refuse(
            .tooManyRequests, "ThrottlingException", "this token's request rate is used up", retryAfter: true,
            context: context)
        return false
    }

    private func authenticate(_ head: RequestHead) -> TokenHolder? {
        guard let value = head.authorization else { return nil }
        if let acceptedToken, acceptedToken.text == value, !acceptedToken.holder.isRevoked {
            return acceptedToken.holder
        }
        guard value.count > 7, value.prefix(7).lowercased() == "bearer ",
            let holder = gateway.tokens.holder(of: String(value.dropFirst(7)))
        else { return nil }
        acceptedToken = (value, holder)
        return holder
    }

    /// `digits` for `/endpoints/digits/invocations`.
    private static func endpointName(_ uri: String) -> String? {
        let path = uri.prefix { $0 != "?" }
        guard path.hasPrefix("/endpoints/"), path.hasSuffix("/invocations") else { return nil }
        let name = path.dropFirst(11).dropLast(12)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }

    // MARK: - Answering

    private func answer(_ head: RequestHead, context: ChannelHandlerContext) {
        // From here, not from the head: a slow upload is no latency of the model.
        startedAt = .now()
        if let signed {
            guard let name = Self.endpointName(head.uri) else { return handOver(signed, context: context) }
            guard admit(signed, to: name, head, context: context) else { return }
        }
        guard let route, let limits else { return answerOther(head, context: context) }
        guard let revision = route.chooseRevision() else {
            return refuse(
                .serviceUnavailable, "ServiceUnavailable", "the endpoint has no revision in service",
                context: context)
        }
        self.revision = revision
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let exchange = Exchange(
            route: route, revision: revision, context: loopContext, request: Self.request(head, body),
            deadline: startedAt + .nanoseconds(Int64(limits.timeoutSeconds * 1e9)), onFault: gateway.onFault
        ) { result in
            let (channel, context) = bound.value
            channel.finish(result, route: route, context: context)
        }
        self.exchange = exchange
        body = nil
        exchange.start()
    }

    /// Whether a signed invocation may go on; what speaks against it has been said otherwise.
    private func admit(
        _ signed: SignedRequest, to name: String, _ head: RequestHead, context: ChannelHandlerContext
    ) -> Bool {
        let holder: TokenHolder
        do throws(SignatureRefusal) {
            holder = try signed.invoker(of: name, body, by: gateway.accessKeys, now: gateway.seconds())
        } catch {
            refuse(.forbidden, error.code, error.message, context: context)
            return false
        }
        guard let route, let limits else {
            refuse(.badRequest, "ValidationError", "Endpoint \(name) not found.", context: context)
            return false
        }
        guard head.method == .POST else {
            refuse(.methodNotAllowed, "ValidationError", "invocations are sent with POST", context: context)
            return false
        }
        if let objection = signed.objection(toVariant: gateway.variantName(of: name), endpoint: name) {
            refuse(.badRequest, "ValidationError", objection, context: context)
            return false
        }
        return admit(holder, to: route, limits, context: context)
    }

    /// Gives a signed request that is no invocation to the front desk, away from this event loop.
    private func handOver(_ signed: SignedRequest, context: ChannelHandlerContext) {
        let call = signed.call(body, by: gateway.accessKeys, now: gateway.seconds())
        body = nil
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let isTaken = gateway.frontDesk.take(call) { answer in
            loop.execute {
                let (channel, context) = bound.value
                channel.write(answer, context: context)
            }
        }
        guard !isTaken else { return }
        refuse(
            .serviceUnavailable, "ServiceUnavailable", "too many control calls are waiting", retryAfter: true,
            context: context)
    }

    private func write(_ answer: CallAnswer, context: ChannelHandlerContext) {
        // Whoever has gone meanwhile is told nothing.
        guard context.channel.isActive else { return }
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        headers.add(name: "content-length", value: "\(answer.body.count)")
        send(
            HTTPResponseStatus(statusCode: answer.status), headers, ByteBuffer(bytes: answer.body), context: context)
    }

    private static func request(_ head: RequestHead, _ body: ByteBuffer?) -> ByteBuffer {
        var buffer = ByteBuffer()
        let length = body?.readableBytes ?? 0
        buffer.reserveCapacity(256 + length)
        buffer.writeStaticString("POST /invocations HTTP/1.1\r\nHost: worker\r\n")
        if let value = head.contentType {
            buffer.writeStaticString("Content-Type: ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        if let value = head.accept {
            buffer.writeStaticString("Accept: ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        if let value = head.customAttributes {
            buffer.writeStaticString("X-Amzn-SageMaker-Custom-Attributes: ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("Content-Length: ")
        buffer.writeString(String(length))
        buffer.writeStaticString("\r\n\r\n")
        if var body { buffer.writeBuffer(&body) }
        return buffer
    }

    private func finish(_ result: ExchangeResult, route: EndpointRoute, context: ChannelHandlerContext) {
        revision = exchange?.revision ?? revision
        exchange = nil
        let microseconds = Int((NIODeadline.now() - startedAt).nanoseconds / 1000)
        let status: Int
        switch result {
        case .answered(let response): status = response.status
        case .failed, .unavailable: status = 503
        case .queueFull:
            // Shed load says nothing about the revision: it is counted apart, not as its error.
            gateway.countShed()
            return refuse(
                .serviceUnavailable, "ServiceUnavailable", "every worker is busy and the queue is full",
                retryAfter: true, context: context)
        }
        route.record(
            revision: revision, latencyMicroseconds: microseconds, status: status, at: gateway.seconds())
        switch result {
        case .answered(let response) where (200..<300).contains(response.status):
            write(response, of: route, context: context)
        case .answered(let response): writeModelError(response, context: context)
        case .failed(.timedOut):
            refuse(.gatewayTimeout, "ModelError", "the model did not answer in time", context: context)
        case .failed(.malformed(let why)):
            refuse(.badGateway, "ModelError", "the model's answer cannot be used: \(why)", context: context)
        case .failed(.connectionLost), .unavailable, .queueFull:
            refuse(
                .serviceUnavailable, "ServiceUnavailable", "no healthy worker answered", retryAfter: true,
                context: context)
        }
    }

    private func write(_ response: UpstreamResponse, of route: EndpointRoute, context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(6)
        headers.add(name: "content-type", value: response.contentType ?? "application/octet-stream")
        headers.add(name: "content-length", value: "\(response.body.readableBytes)")
        let variant = signed == nil ? Revision.variantName : gateway.variantName(of: route.name)
        headers.add(name: "x-amzn-invoked-production-variant", value: variant)
        if let id = signed?.inferenceID { headers.add(name: "x-amzn-sagemaker-inference-id", value: id) }
        headers.add(name: "x-plumb-revision", value: "\(revision)")
        if let custom = response.customAttributes {
            headers.add(name: "x-amzn-sagemaker-custom-attributes", value: custom)
        }
        send(HTTPResponseStatus(statusCode: response.status), headers, response.body, context: context)
    }

    /// SageMaker tells a container's own error as 424 with the original inside.
    private func writeModelError(_ response: UpstreamResponse, context: ChannelHandlerContext) {
        let original = String(
            buffer: response.body.getSlice(
                at: response.body.readerIndex, length: min(response.body.readableBytes, 4096)) ?? ByteBuffer())
        let kind = response.status < 500 ? "client" : "server"
        let message = "Received \(kind) error (\(response.status)) from primary with message \"\(original)\"."
        let text =
            "{\"Message\":\(JSONText.quoted(message)),\"OriginalStatusCode\":\(response.status),"
            + "\"OriginalMessage\":\(JSONText.quoted(original)),\"LogStreamArn\":\"\"}"
        writeError(.failedDependency, "ModelError", text, retryAfter: false, context: context)
    }

    private func answerOther(_ head: RequestHead, context: ChannelHandlerContext) {
        switch (head.method, head.uri.prefix { $0 != "?" }) {
        case (.GET, "/metrics"):
            var headers = HTTPHeaders()
            let page = ByteBuffer(string: gateway.metricsPage())
            headers.add(name: "content-type", value: "text/plain; version=0.0.4; charset=utf-8")
            headers.add(name: "content-length", value: "\(page.readableBytes)")
            send(.ok, headers, page, context: context)
        case (.GET, "/ping"):
            send(.ok, ["content-length": "0"], ByteBuffer(), context: context)
        default:
            refuse(
                .notFound, "UnknownOperationException",
                "there is POST /endpoints/NAME/invocations, GET /metrics and GET /ping", context: context)
        }
    }

    /// Says no, and reads no further of a request whose body has not come yet.
    private func refuse(
        _ status: HTTPResponseStatus, _ type: String, _ message: String, retryAfter: Bool = false,
        context: ChannelHandlerContext
    ) {
        let isUnread = watchdog?.isReading ?? false
        isRefused = true
        if isUnread { keepsAlive = false }
        writeError(
            status, type, "{\"message\":\(JSONText.quoted(message))}", retryAfter: retryAfter, context: context)
    }

    private func writeError(
        _ status: HTTPResponseStatus, _ type: String, _ text: String, retryAfter: Bool,
        context: ChannelHandlerContext
    ) {
        var headers = HTTPHeaders()
        let body = ByteBuffer(string: text)
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "content-length", value: "\(body.readableBytes)")
        headers.add(name: "x-amzn-errortype", value: type)
        if retryAfter { headers.add(name: "retry-after", value: "1") }
        if revision > 0 { headers.add(name: "x-plumb-revision", value: "\(revision)") }
        if status == .unauthorized { headers.add(name: "www-authenticate", value: "Bearer") }
        send(status, headers, body, context: context)
    }

    private func send(
        _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer, context: ChannelHandlerContext
    ) {
        var headers = headers
        if gateway.isDraining { keepsAlive = false }
        if !keepsAlive { headers.add(name: "connection", value: "close") }
        let version = head?.version ?? .http1_1
        let isBodyless = head?.method == .HEAD
        head = nil
        watchdog?.answered()
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: version, status: status, headers: headers))),
            promise: nil)
        if body.readableBytes > 0, !isBodyless {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let isLast = !keepsAlive
        isClosing = isLast
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        if isLast {
            context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
                bound.value.close(promise: nil)
            }
        } else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

/// Closes a connection on which a request does not come to its end, or none comes for long.
final class ConnectionWatchdog: Expiring {
    private let channel: any Channel
    private(set) var deadline: NIODeadline
    private(set) var isReading = false

    init(channel: any Channel) {
        self.channel = channel
        deadline = .now() + .seconds(Int64(GatewayLimits.requestReadSecondsMax))
    }

    func readBegan() {
        isReading = true
        deadline = .now() + .seconds(Int64(GatewayLimits.requestReadSecondsMax))
    }

    func readEnded() {
        isReading = false
        // An answer may take as long as the endpoint's own time limit; that deadline is the exchange's.
        deadline = .now() + .seconds(Int64(GatewayLimits.idleSecondsMax)) + .hours(1)
    }

    func answered() { deadline = .now() + .seconds(Int64(GatewayLimits.idleSecondsMax)) }

    func expire() { channel.close(promise: nil) }
}

/// What the gateway reads of a request's head, gathered in one pass over the header lines.
struct RequestHead {
    let version: HTTPVersion
    let method: HTTPMethod
    let uri: String
    private(set) var keepsAlive: Bool
    private(set) var authorization: String?
    private(set) var contentType: String?
    private(set) var accept: String?
    private(set) var customAttributes: String?
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false

    init(_ head: HTTPRequestHead) {
        version = head.version
        method = head.method
        uri = head.uri
        keepsAlive = head.isKeepAlive
        for (name, value) in head.headers {
            // Length first: most names are told apart by it alone.
            switch name.utf8.count {
            case 6 where name.isHeader("accept"): accept = value
            case 6 where name.isHeader("expect"): expectsContinue = value.lowercased() == "100-continue"
            case 12 where name.isHeader("content-type"): contentType = value
            case 13 where name.isHeader("authorization"): authorization = value
            case 14 where name.isHeader("content-length"): contentLength = Int(value)
            case 34 where name.isHeader("x-amzn-sagemaker-custom-attributes"): customAttributes = value
            default: break
            }
        }
    }
}

extension String {
    /// Whether this header name is `lowercased`, in any case of letters.
    fileprivate func isHeader(_ lowercased: StaticString) -> Bool {
        unsafe zip(utf8, UnsafeBufferPointer(start: lowercased.utf8Start, count: lowercased.utf8CodeUnitCount))
            .allSatisfy { ($0 | 0x20) == $1 || $0 == $1 }
    }
}
