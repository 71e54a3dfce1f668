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
    private(set) var context: ChannelHandlerContext?
    private var parser = RequestParser()
    private var phase = Phase.head
    private var isReading = false
    private var wantsRead = false
    private var exchange: Exchange?
    var answer = ClientAnswer()
    /// The request in hand, as its answer and the log name it.
    private(set) var number = RequestNumber()
    var request = RequestInHand()
    /// What the last head came to, for the next one that is the same.
    private var knownTarget: RequestTarget?
    /// The last token that was accepted here: hashing it again for each request would cost more than the model.
    private var acceptedToken: (text: String, holder: TokenHolder)?
    /// Whose request it is, for the log.
    var holderName: String?
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
        request.trace?.abandon(number: number.text)
        request.trace = nil
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
    private var holdsBack: Bool {
        guard case .answering = phase else { return false }
        return parser.bufferedBytes > GatewayLimits.pipelinedBytesMax
    }

    func read(context: ChannelHandlerContext) {
        if holdsBack {
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
        if wantsRead, !holdsBack {
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
                request.bodyCount = body.readableBytes
                request.trace?.isReceived()
                phase = .answering
                target.answer(self, body)
                return true
            case .signedBody(let head, let signed):
                let bytesMax = signed.bodyBytesMax(gateway)
                guard let body = try parser.body(of: head, bytesMax: bytesMax) else { return false }
                request.startedAt = .now()
                request.trace?.isReceived()
                phase = .answering
                answerSigned(head, signed, body)
                return true
            }
        } catch {
            if case .head = phase {
                request = RequestInHand()
                number.advance()
            }
            request.isWhole = false
            refuse(Refusal(error.status, "ValidationError", error.message))
            return false
        }
    }

    /// Looks at a head; true when the body may be looked for.
    private func begin(_ head: RequestHead, isKnown: Bool) -> Bool {
        request.begin(head)
        if gateway.accessLog != nil { request.head = head }
        if let tracer = gateway.tracer { request.trace = RequestTrace(head, tracer) }
        number.advance()
        deadline = .now() + .milliseconds(GatewayLimits.requestReadMillisecondsMax)
        do throws(Refusal) {
            guard !gateway.isClosed else {
                throw .unavailable("the engine is shutting down")
            }
            try checkCertificate(head)
            if let signed = head.signed { return try beginSigned(head, signed) }
            let target: RequestTarget
            if isKnown, let knownTarget, knownTarget.isValid {
                target = knownTarget
            } else {
                // Never the target of an older head, should this one be refused.
                knownTarget = nil
                let holder = RequestTarget.isOpen(head) ? nil : try authenticate(head)
                holderName = holder?.name
                request.route = RequestTarget.endpointName(head.path).flatMap { gateway.route($0) }
                target = try RequestTarget(head, holder, gateway)
                knownTarget = target
            }
            request.route = target.invoked
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
        holderName = nil
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
                let holder = gateway.holder(ofToken: String(value.dropFirst(7)))
            {
                acceptedToken = (value, holder)
                return holder
            }
        }
        throw Refusal(401, "MissingAuthenticationToken", "send the header Authorization: Bearer TOKEN")
    }

    // MARK: - Answering

    /// Has a request answered by the workers of an endpoint.
    func invoke(
        _ route: EndpointRoute, _ upstream: UpstreamRequest, for holder: String, timeout: TimeAmount,
        isInference: Bool = true
    ) {
        request.isInference = isInference
        request.trace?.targets(endpoint: route.name)
        guard let revision = route.chooseRevision() else {
            return refuse(.absent(route.absence, at: gateway.seconds()))
        }
        request.revision = revision
        if let refusal = route.targets.objection(to: upstream.head.targetModel, revision, of: route.name) {
            return refuse(refusal)
        }
        if isInference, let plan = route.cachePlan(of: revision) {
            let key = ResponseCache.key(plan, holder: holder, upstream.head, upstream.body)
            if case .hit(let kept, let age) = route.cache.find(key, at: request.startedAt) {
                return write(kept, age: age)
            }
            request.toKeep = (key, plan)
        }
        deadline = request.startedAt + timeout
        let exchange = Exchange(
            route: route, revision: revision, context: loopContext, request: upstream, trace: request.trace,
            onFault: gateway.onFault
        ) { [self] result in
            finish(result, route: route)
        }
        self.exchange = exchange
        exchange.start()
    }

    private func finish(_ result: ExchangeResult, route: EndpointRoute) {
        request.revision = exchange?.revision ?? request.revision
        request.worker = exchange?.lastWorker
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
        if request.isInference {
            route.record(
                revision: request.revision, latencyMicroseconds: microseconds, status: status, at: gateway.seconds())
        }
        if case .answered(let response) = result, let asked, request.isInference,
            let comparison = gateway.shadows[route.name]
        {
            let given = ShadowAnswer(
                status: response.status, body: Array(response.body.readableBytesView),
                latencyMicroseconds: microseconds)
            Mirror.send(asked, answered: given, for: comparison, on: route, loopContext, gateway)
        }
        switch result {
        case .answered(let response) where (200..<300).contains(response.status) || request.isRaw:
            if let asked, request.isInference, response.status < 300 { capture(asked, response, route) }
            if let (key, plan) = request.toKeep, response.status == 200, request.revision == plan.revision {
                route.cache.keep(
                    response.body, response.contentType, for: key, seconds: plan.seconds, at: request.startedAt)
            }
            write(response)
        case .answered(let response) where response.status == 429 && asked?.head.targetModel != nil:
            refuse(Refusal(429, "ModelNotReadyException", "the model is being loaded", isTemporary: true))
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
                request: asked.body, requestType: asked.head.contentType, answer: response.body,
                answerType: response.contentType, customAttributes: asked.head.customAttributes,
                inferenceID: asked.head.inferenceID, number: number.text, revision: request.revision,
                at: gateway.seconds())
        }
    }

    private func write(_ response: UpstreamResponse) {
        answer.begin(response.status, number)
        if request.isRaw, let length = response.inferenceHeaderLength {
            answer.add(BinaryTensors.header, String(length))
            answer.add("content-type: application/octet-stream")
        } else {
            answer.add("content-type", response.contentType ?? "application/octet-stream")
        }
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

    private func write(_ kept: ResponseCache.Kept, age: Int) {
        request.trace?.isKept()
        answer.begin(200, number)
        answer.add("content-type", kept.contentType ?? "application/octet-stream")
        answer.add("x-amzn-invoked-production-variant: primary\r\nx-plumb-revision", String(request.revision))
        answer.add("x-plumb-cache: hit\r\nage", String(age))
        send(kept.body)
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
        request.refusal = Refusal(424, "ModelError", "the model answered \(response.status)")
        answer.begin(424, number)
        answer.add("content-type: application/json")
        answer.add("x-amzn-errortype: ModelError")
        answer.add("x-plumb-revision", String(request.revision))
        send(ByteBuffer(string: text))
    }

    /// Answers with a page of our own.
    func answer(_ status: Int = 200, type: String, _ text: String) {
        answer.begin(status, number)
        answer.add("content-type", type)
        send(ByteBuffer(string: text))
    }

    /// Passes on what the front desk says.
    func answer(_ told: CallAnswer) {
        answer.begin(told.status, number)
        for (name, value) in told.headers { answer.add(field: name, value) }
        send(ByteBuffer(bytes: told.body))
    }

    /// Lets the answer take its time.
    func wait(upTo time: TimeAmount) { deadline = .now() + time }

    /// Says no, and reads no further of a request whose body has not come yet.
    func refuse(_ refusal: Refusal) {
        request.refusal = refusal
        answer.begin(refusal.status, number)
        answer.add("content-type: application/json")
        answer.add("x-amzn-errortype", refusal.type)
        if let seconds = refusal.retryAfterSeconds { answer.add("retry-after", String(seconds)) }
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
        if let log = gateway.accessLog { note(in: log, answerBytes: body.readableBytes) }
        if let route = request.route { note(in: route.requests, answerBytes: body.readableBytes) }
        request.trace?.end(
            answer.status, number: number.text, revision: request.revision,
            bodies: (request.bodyCount, body.readableBytes))
        request.trace = nil
        let keepsAlive = request.keepsAlive && request.isWhole && !gateway.isDraining
        if !keepsAlive {
            answer.add("connection: close")
        } else if request.isOldVersion {
            answer.add("connection: keep-alive")
        }
        answer.end(bodyCount: body.readableBytes)
        let isCopied = body.readableBytes <= GatewayLimits.copiedBytesMax
        if isCopied, !request.isBodyless { answer.write(body) }
        var last = answer.bytes
        if !isCopied, !request.isBodyless {
            context.write(wrapOutboundOut(last), promise: nil)
            last = body
        }
        guard keepsAlive else { return sendLast(last, context) }
        context.writeAndFlush(wrapOutboundOut(last), promise: nil)
        deadline = .now() + .milliseconds(GatewayLimits.idleMillisecondsMax)
        request.hasBegun = false
        phase = .head
        readRequests()
    }

    private func note(in log: RequestLog, answerBytes: Int) {
        log.note(
            RequestLog.Entry(
                number: number, seconds: gateway.seconds(), caller: holderName, revision: request.revision,
                worker: request.worker, status: answer.status,
                microseconds: Int((NIODeadline.now() - request.startedAt).nanoseconds / 1000),
                requestBytes: request.bodyCount, answerBytes: answerBytes, refusal: request.refusal))
    }

    private func note(in log: AccessLog, answerBytes: Int) {
        log.note(
            AccessLog.Entry(
                seconds: gateway.seconds(), number: number.text, path: request.head?.path ?? "",
                token: answer.status == 401 ? nil : holderName, traceParent: request.head?.traceParent,
                revision: request.revision, status: answer.status,
                microseconds: Int((NIODeadline.now() - request.startedAt).nanoseconds / 1000),
                requestBytes: request.bodyCount, answerBytes: answerBytes))
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
