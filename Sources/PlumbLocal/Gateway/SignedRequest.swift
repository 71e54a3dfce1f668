// Requests signed as AWS's tools sign them: who sent one is known only once its body is there.

import NIOCore
import PlumbEngine
import PlumbModel

extension GatewayLimits {
    /// The body of a signed request that is no invocation.
    static let controlBodyBytesMax = 1 << 20
    /// How long the front desk may take for one call: a model may have to be fetched first.
    static let controlSecondsMax: Int64 = 600
}

/// The head of a signed request, kept whole until its body has come.
struct SignedRequest: Sendable {
    private let method: String
    private let uri: String
    /// Names in lower case.
    private let headers: [(name: String, value: String)]

    /// Reads the bytes of a head once more, the way `RequestHead` has found them sound. Nil for a request that neither
    /// carries a signature, well-made or not, nor is for the control API.
    init?(_ bytes: [UInt8], path: String, authorization: String?) {
        let isControl = path.hasPrefix(ControlAPI.pathPrefix)
        guard isControl || authorization?.hasPrefix("AWS4-") ?? true else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { $0.dropLast() }
        let words = lines.first?.split(separator: UInt8(ascii: " ")) ?? []
        guard words.count == 3 else { return nil }
        uri = String(decoding: words[1], as: UTF8.self)
        guard isControl || SignatureClaim.isMade(authorization: authorization, uri: uri) else { return nil }
        method = String(decoding: words[0], as: UTF8.self)
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
            let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
            let end = value.lastIndex { !isBlank($0) }.map { value.index(after: $0) } ?? value.startIndex
            return (
                String(decoding: line[..<colon], as: UTF8.self).lowercased(), String(value[..<end].drop(while: isBlank))
            )
        }
    }

    private func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    private var endpoint: String? { RequestTarget.endpointName(String(uri.prefix { $0 != "?" })) }

    /// As large as what it is for may be.
    func bodyBytesMax(_ gateway: GatewayState) -> Int {
        endpoint.flatMap { gateway.route($0) }?.limits.bodyBytesMax ?? GatewayLimits.controlBodyBytesMax
    }

    /// Who signed it.
    private func verify(_ body: ByteBuffer, _ gateway: GatewayState) throws(SignatureRefusal) -> (
        caller: Caller, holder: TokenHolder
    ) {
        let request = try WireRequest(method: method, uri: uri, headers: headers, body: Array(body.readableBytesView))
        return try gateway.accessKeys.verify(request, now: gateway.seconds())
    }

    /// Who may call the endpoint; throws in the words of SageMaker Runtime.
    func invoker(of endpoint: String, _ body: ByteBuffer, _ gateway: GatewayState) throws(Refusal) -> TokenHolder {
        do throws(SignatureRefusal) {
            let (caller, holder) = try verify(body, gateway)
            guard caller.service == "sagemaker" else {
                throw SignatureRefusal(
                    "InvalidSignatureException", "Credential should be scoped to correct service: 'sagemaker'.")
            }
            let principal = gateway.principals.principal(ofKey: caller.key)
            let decision = principal.decide(
                AccessRequest(.invoke, on: "endpoint/\(endpoint)", gateway.context(of: endpoint)))
            guard caller.key.role.allows(.invoke), decision.isAllowed || !gateway.principals.isUser(principal.name)
            else {
                throw SignatureRefusal(
                    "AccessDeniedException",
                    "User: \(caller.key.holder) is not authorized to perform: sagemaker:InvokeEndpoint on resource: "
                        + "endpoint/\(endpoint): the key's role is \(caller.key.role.rawValue): \(decision.why)")
            }
            return holder
        } catch {
            throw Refusal(403, error.code, error.message)
        }
    }

    /// Holds the request to the only variant that an endpoint has.
    func checkTarget(variant: String, endpoint: String) throws(Refusal) {
        if let wanted = header("x-amzn-sagemaker-target-variant"), wanted != variant {
            throw Refusal(400, "ValidationError", "Variant \(wanted) not found for endpoint \(endpoint).")
        }
    }

    /// The caller's own name for the inference, which comes back with its answer.
    var inferenceID: String? { header("x-amzn-sagemaker-inference-id") }

    /// The whole request, for the front desk.
    func call(
        _ body: ByteBuffer, _ gateway: GatewayState, requestID: String, address: String?, certificate: [UInt8]?
    ) -> SignedCall {
        let caller: Result<Caller, SignatureRefusal>
        do throws(SignatureRefusal) {
            caller = .success(try verify(body, gateway).caller)
        } catch {
            caller = .failure(error)
        }
        return SignedCall(
            method: method, uri: uri, headers: headers, body: Array(body.readableBytesView), caller: caller,
            requestID: requestID, address: address, certificate: certificate)
    }
}

extension GatewayChannel {
    /// Answers a signed request, whose body is there: an invocation here, anything else at the front desk.
    func answerSigned(_ head: RequestHead, _ signed: SignedRequest, _ body: ByteBuffer) {
        do throws(Refusal) {
            guard let name = RequestTarget.endpointName(head.path) else { return try handOver(signed, body) }
            let holder = try signed.invoker(of: name, body, gateway)
            holderName = holder.name
            let target = try RequestTarget(head, holder, gateway)
            request.route = target.invoked
            let variant = gateway.variantName(of: name)
            try signed.checkTarget(variant: variant, endpoint: name)
            try target.admit(gateway)
            request.variant = variant
            request.inferenceID = signed.inferenceID
            target.answer(self, body)
        } catch {
            refuse(error)
        }
    }

    private func handOver(_ signed: SignedRequest, _ body: ByteBuffer) throws(Refusal) {
        let call = signed.call(
            body, gateway, requestID: number.text, address: peerAddress, certificate: peerCertificate())
        let loop = loopContext.loop
        let bound = NIOLoopBound(self, eventLoop: loop)
        wait(upTo: .seconds(GatewayLimits.controlSecondsMax))
        let isTaken = gateway.frontDesk.take(call) { answer in loop.execute { bound.value.answer(answer) } }
        guard isTaken else { throw .unavailable("too many control calls are waiting") }
    }
}
