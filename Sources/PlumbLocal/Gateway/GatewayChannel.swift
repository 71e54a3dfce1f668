// One client's connection: reads a request, checks it, has it answered, and says what happened in SageMaker's words.

import NIOCore
import PlumbEngine
import PlumbModel
import PlumbSignals

/// Reads requests one after another and answers them in order; used on its connection's event loop only.
final class GatewayChannel: ChannelInboundHandler, ChannelOutboundHandler, RemovableChannelHandler, Expiring {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection is at.
    enum Phase {
        case head
        case body(RequestHead, RequestTarget)
        /// The body of a signed request, without which nobody knows who sent it.
        case signedBody(RequestHead, SignedRequest)
        case answering
        /// The last answer is on its way; what still comes is thrown away, so that the answer is not lost with it.
        case closing(bytesLeft: Int)
    }

    let gateway: GatewayState
    let loopContext: LoopContext
    private var context: ChannelHandlerContext?
    private var parser = RequestParser()
    private var phase = Phase.head
    private var isReading = false
    private var wantsRead = false
    private var exchange: Exchange?
    var answer = ClientAnswer()
    private var numbers = RequestNumbers()
    var request = RequestInHand()
    /// What the last head came to, for the next one that is the same.
    private var knownTarget: RequestTarget?
    /// The last token that was accepted here: hashing it again for each request would cost more than the model.
    private var acceptedToken: (text: String, holder: TokenHolder)?
    private(set) var deadline: NIODeadline

    init(gateway: GatewayState, loopContext: LoopContext) {
        self.gateway = gateway
        self.loopContext = loopContext
        deadline = .now() + .milliseconds(GatewayLimits.requestReadMillisecondsMax)
    }

    // MARK: - The connection

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        loopContext.watch(self)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        exchange?.cancel()
        exchange = nil
        loopContext.forget(self)
        gateway.connectionClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if case .closing(let left) = phase {
            guard left > bytes.readableBytes else { return context.close(promise: nil) }
            phase = .closing(bytesLeft: left - bytes.readableBytes)
            return
        }
        parser.append(bytes)
        readRequests()
    }

    /// While a request is being answered, a client that sends more than this of the next is not read from.
    func read(context: ChannelHandlerContext) {
        if case .answering = phase, parser.bufferedBytes > GatewayLimits.pipelinedBytesMax {
            wantsRead = true
        } else {
            context.read()
        }
    }

    func expire() {
        if let exchange {
            exchange.expire()
        } else {
            context?.close(promise: nil)
        }
    }

    // MARK: - Reading

    private func readRequests() {
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        while readNext() {}
        if wantsRead, parser.bufferedBytes <= GatewayLimits.pipelinedBytesMax {
            wantsRead = false
            context?.read()
        }
    }

    /// Goes one step on with what has come; false when it must wait.
    private func readNext() -> Bool {
        do throws(RequestFault) {
            switch phase {
            case .answering, .closing: return false
            case .head:
                guard let (head, isKnown) = try parser.head() else {
                    if parser.bufferedBytes > 0, !request.hasBegun {
                        request.hasBegun = true
                        deadline = .now() + .milliseconds(GatewayLimits.requestReadMillisecondsMax)
                    }
                    return false
                }
                return begin(head, isKnown: isKnown)
            case .body(let head, let target):
                guard let body = try parser.body(of: head, bytesMax: target.bodyBytesMax) else { return false }
                // From here, not from the head: a slow upload is no latency of the model.
                request.startedAt = .now()
                phase = .answering
                target.answer(self, body)
                return true
            case .signedBody(let head, let signed):
                let bytesMax = signed.bodyBytesMax(gateway)
                guard let body = try parser.body(of: head, bytesMax: bytesMax) else { return false }
                request.startedAt = .now()
                phase = .answering
                answerSigned(head, signed, body)
                return true
            }
        } catch {
            if case .head = phase { request = RequestInHand(number: numbers.next()) }
            request.isWhole = false
            refuse(Refusal(error.status, "ValidationError", error.message))
            return false
        }
    }

    /// Looks at a head; true when the body may be looked for.
    private func begin(_ head: RequestHead, isKnown: Bool) -> Bool {
        request.begin(head, number: numbers.next())
        deadline = .now() + .milliseconds(GatewayLimits.requestReadMillisecondsMax)
        do throws(Refusal) {
            guard !gateway.isClosed else {
                throw .unavailable("the engine is shutting down")
            }
            if let signed = head.signed { return try beginSigned(head, signed) }
            let target: RequestTarget
            if isKnown, let knownTarget, knownTarget.isValid {
                target = knownTarget
            } else {
                // Never the target of an older head, should this one be refused.
                knownTarget = nil
                let holder = try authenticate(head)
                target = try RequestTarget(head, holder, gateway)
                knownTarget = target
            }
            try target.admit(gateway)
            if let length = head.contentLength, length > target.bodyBytesMax {
                throw Refusal(
                    413, "ValidationError", "the body is larger than \(target.bodyBytesMax) bytes")
            }
            if head.expectsContinue { sendContinue() }
            phase = .body(head, target)
            return true
        } catch {
            // A body that nobody will read is passed over when it is there, and ends the connection when it is not.
            request.isWhole = !head.isChunked && parser.skip(head.contentLength ?? 0)
            refuse(error)
            return true
        }
    }

    /// Before the body is there nothing is said about what there is.
    private func beginSigned(_ head: RequestHead, _ signed: SignedRequest) throws(Refusal) -> Bool {
        let bytesMax = signed.bodyBytesMax(gateway)
        if let length = head.contentLength, length > bytesMax {
            throw Refusal(413, "ValidationError", "the body is larger than \(bytesMax) bytes")
        }
        if head.expectsContinue { sendContinue() }
        phase = .signedBody(head, signed)
        return true
    }

    private func authenticate(_ head: RequestHead) throws(Refusal) -> TokenHolder {
        if let value = head.authorization {
            if let acceptedToken, acceptedToken.text == value, !acceptedToken.holder.isRevoked {
                return acceptedToken.holder
            }
            if value.count > 7, value.prefix(7).lowercased() == "bearer ",
                let holder = gateway.tokens.holder(of: String(value.dropFirst(7)))
            {
                acceptedToken = (value, holder)
                return holder
            }
        }
        throw Refusal(401, "MissingAuthenticationToken", "send the header Authorization: Bearer TOKEN")
    }

    // MARK: - Answering

    /// Has a request answered by the workers of an endpoint.
    func invoke(_ route: EndpointRoute, _ upstream: UpstreamRequest, timeout: TimeAmount, isRaw: Bool = false) {
        request.isRaw = isRaw
        guard let revision = route.chooseRevision() else {
            return refuse(.unavailable("the endpoint has no revision in service"))
        }
        request.revision = revision
        let deadline = request.startedAt + timeout
        self.deadline = deadline
        let exchange = Exchange(
            route: route, revision: revision, context: loopContext, request: upstream, onFault: gateway.onFault
        ) { [self] result in
            finish(result, route: route)
        }
        self.exchange = exchange
        exchange.start()
    }

    private func finish(_ result: ExchangeResult, route: EndpointRoute) {
        request.revision = exchange?.revision ?? request.revision
        let asked = exchange?.request
        exchange = nil
        guard context != nil else { return }
        let microseconds = Int((NIODeadline.now() - request.startedAt).nanoseconds / 1000)
        let status: Int
        switch result {
        case .answered(let response): status = response.status
        case .failed, .unavailable: status = 503
        case .queueFull:
            // Shed load says nothing about the revision: it is counted apart, not as its error.
            gateway.countShed()
            return refuse(.unavailable("every worker is busy and the queue is full"))
        }
        route.record(
            revision: request.revision, latencyMicroseconds: microseconds, status: status, at: gateway.seconds())
        switch result {
        case .answered(let response) where (200..<300).contains(response.status) || request.isRaw:
            if let asked, response.status < 300 { capture(asked, response, route) }
            write(response)
        case .answered(let response): writeModelError(response)
        case .failed(.timedOut): refuse(Refusal(504, "ModelError", "the model did not answer in time"))
        case .failed(.malformed(let why)):
            refuse(Refusal(502, "ModelError", "the model's answer cannot be used: \(why)"))
        case .failed(.connectionLost), .unavailable, .queueFull: refuse(.unavailable("no healthy worker answered"))
        }
    }

    private func capture(_ asked: UpstreamRequest, _ response: UpstreamResponse, _ route: EndpointRoute) {
        route.capture.offer {
            CapturedExchange(
                request: asked.body, requestType: asked.contentType, answer: response.body,
                answerType: response.contentType, customAttributes: asked.customAttributes,
                inferenceID: asked.inferenceID, number: request.number, revision: request.revision,
                at: gateway.seconds())
        }
    }

    private func write(_ response: UpstreamResponse) {
        answer.begin(response.status, requestID: request.number)
        answer.add("content-type", response.contentType ?? "application/octet-stream")
        if let variant = request.variant {
            answer.add("x-amzn-invoked-production-variant", variant)
        } else {
            answer.add("x-amzn-invoked-production-variant: primary")
        }
        if let id = request.inferenceID { answer.add("x-amzn-sagemaker-inference-id", id) }
        answer.add("x-plumb-revision", String(request.revision))
        if let custom = response.customAttributes { answer.add("x-amzn-sagemaker-custom-attributes", custom) }
        send(response.body)
    }

    /// SageMaker tells a container's own error as 424 with the original inside.
    private func writeModelError(_ response: UpstreamResponse) {
        let original = String(
            buffer: response.body.getSlice(
                at: response.body.readerIndex, length: min(response.body.readableBytes, 4096)) ?? ByteBuffer())
        let kind = response.status < 500 ? "client" : "server"
        let message = "Received \(kind) error (\(response.status)) from primary with message \"\(original)\"."
        let text =
            "{\"Message\":\(JSONText.quoted(message)),\"OriginalStatusCode\":\(response.status),"
            + "\"OriginalMessage\":\(JSONText.quoted(original)),\"LogStreamArn\":\"\"}"
        answer.begin(424, requestID: request.number)
        answer.add("content-type: application/json")
        answer.add("x-amzn-errortype: ModelError")
        answer.add("x-plumb-revision", String(request.revision))
        send(ByteBuffer(string: text))
    }

    /// Answers with a page of our own.
    func answer(_ status: Int = 200, type: String, _ text: String) {
        answer.begin(status, requestID: request.number)
        answer.add("content-type", type)
        send(ByteBuffer(string: text))
    }

    /// Passes on what the front desk says.
    func answer(_ told: CallAnswer) {
        answer.begin(told.status, requestID: request.number)
        for (name, value) in told.headers { answer.add(field: name, value) }
        send(ByteBuffer(bytes: told.body))
    }

    /// Lets the answer take its time.
    func wait(upTo time: TimeAmount) { deadline = .now() + time }

    /// Says no, and reads no further of a request whose body has not come yet.
    func refuse(_ refusal: Refusal) {
        answer.begin(refusal.status, requestID: request.number)
        answer.add("content-type: application/json")
        answer.add("x-amzn-errortype", refusal.type)
        if refusal.isTemporary { answer.add("retry-after: 1") }
        if request.revision > 0 { answer.add("x-plumb-revision", String(request.revision)) }
        if refusal.status == 401 { answer.add("www-authenticate: Bearer") }
        let key = request.isRaw ? "error" : "message"
        send(ByteBuffer(string: "{\"\(key)\":\(JSONText.quoted(refusal.message))}"))
    }

    private func sendContinue() {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    /// Ends the head, sends all, and goes on to the next request.
    private func send(_ body: ByteBuffer) {
        guard let context else { return }
        let keepsAlive = request.keepsAlive && request.isWhole && !gateway.isDraining
        if !keepsAlive {
            answer.add("connection: close")
        } else if request.isOldVersion {
            answer.add("connection: keep-alive")
        }
        answer.end(bodyCount: body.readableBytes)
        var last = answer.bytes
        if !request.isBodyless {
            if body.readableBytes <= GatewayLimits.copiedBytesMax {
                answer.write(body)
                last = answer.bytes
            } else {
                context.write(wrapOutboundOut(last), promise: nil)
                last = body
            }
        }
        guard keepsAlive else { return sendLast(last, context) }
        context.writeAndFlush(wrapOutboundOut(last), promise: nil)
        deadline = .now() + .milliseconds(GatewayLimits.idleMillisecondsMax)
        request.hasBegun = false
        phase = .head
        readRequests()
    }

    /// Closes once the answer is out. A client that is still sending is given a moment to read it first.
    private func sendLast(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let isWhole = request.isWhole
        phase = .closing(bytesLeft: GatewayLimits.lingerBytesMax)
        parser.clear()
        deadline =
            .now()
            + .milliseconds(
                isWhole ? GatewayLimits.idleMillisecondsMax : GatewayLimits.lingerMillisecondsMax)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in
            if isWhole { bound.value.close(promise: nil) }
        }
    }
}

/// The request that a connection is at.
struct RequestInHand {
    var startedAt = NIODeadline.now()
    var revision = 0
    /// Its first bytes have come.
    var hasBegun = false
    /// Nothing of it is left to be read.
    var isWhole = true
    /// It came by the Open Inference Protocol, whose answers are passed on as they are.
    var isRaw = false
    /// Of a signed request: what the variant is called, and the caller's own name for the inference.
    var variant: String?
    var inferenceID: String?
    private(set) var number = ""
    private(set) var keepsAlive = true
    private(set) var isOldVersion = false
    private(set) var isBodyless = false

    init(number: String = "") { self.number = number }

    mutating func begin(_ head: RequestHead, number: String) {
        revision = 0
        hasBegun = true
        isWhole = true
        isRaw = false
        variant = nil
        inferenceID = nil
        self.number = number
        keepsAlive = head.keepsAlive
        isOldVersion = head.isOldVersion
        isBodyless = head.method == .head
    }
}

/// Why a request is not answered by the model, in SageMaker's words.
struct Refusal: Error {
    var status: Int
    var type: String
    var message: String
    /// It may go better a second later.
    var isTemporary = false

    init(_ status: Int, _ type: String, _ message: String, isTemporary: Bool = false) {
        (self.status, self.type, self.message, self.isTemporary) = (status, type, message, isTemporary)
    }

    static func unavailable(_ message: String) -> Refusal {
        Refusal(503, "ServiceUnavailable", message, isTemporary: true)
    }
}
