// Requests signed as AWS's tools sign them: who sent one is known only once its body is there.

import NIOCore
import NIOHTTP1
import PlumbEngine
import PlumbModel

extension GatewayLimits {
    /// The body of a signed request that is no invocation.
    static let controlBodyBytesMax = 1 << 20
}

/// The head of a signed request, kept whole until its body has come.
struct SignedRequest {
    private let head: HTTPRequestHead

    /// Nil for a request that carries no signature, well-made or not.
    init?(_ head: HTTPRequestHead, authorization: String?) {
        guard SignatureClaim.isMade(authorization: authorization, uri: head.uri) else { return nil }
        self.head = head
    }

    /// Who signed it.
    func verify(_ body: ByteBuffer?, by keys: AccessKeyRegistry, now: Double) -> Result<
        (caller: Caller, holder: TokenHolder), SignatureRefusal
    > {
        do throws(SignatureRefusal) {
            let request = try WireRequest(
                method: head.method.rawValue, uri: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                body: body.map { Array($0.readableBytesView) } ?? [])
            return .success(try keys.verify(request, now: now))
        } catch {
            return .failure(error)
        }
    }

    /// Who may call the endpoint; throws in the words of SageMaker Runtime.
    func invoker(
        of endpoint: String, _ body: ByteBuffer?, by keys: AccessKeyRegistry, now: Double
    ) throws(SignatureRefusal) -> TokenHolder {
        let (caller, holder) = try verify(body, by: keys, now: now).get()
        guard caller.service == "sagemaker" else {
            throw SignatureRefusal(
                "InvalidSignatureException", "Credential should be scoped to correct service: 'sagemaker'.")
        }
        guard caller.key.role.allows(.invoke) else {
            throw SignatureRefusal(
                "AccessDeniedException",
                "User: \(caller.key.holder) is not authorized to perform: sagemaker:InvokeEndpoint on resource: "
                    + "endpoint/\(endpoint): the key's role is \(caller.key.role.rawValue)")
        }
        return holder
    }

    /// The variant or model it is meant for, which an endpoint of one variant and one model has to check.
    func objection(toVariant variant: String, endpoint: String) -> String? {
        if let wanted = head.headers.first(name: "x-amzn-sagemaker-target-variant"), wanted != variant {
            return "Variant \(wanted) not found for endpoint \(endpoint)."
        }
        if head.headers.contains(name: "x-amzn-sagemaker-target-model") {
            return "Target model requested for endpoint \(endpoint), which is no multi-model endpoint: "
                + "TargetModel must not be set."
        }
        return nil
    }

    /// The caller's own name for the inference, which comes back with its answer.
    var inferenceID: String? { head.headers.first(name: "x-amzn-sagemaker-inference-id") }

    /// The whole request, for the front desk.
    func call(_ body: ByteBuffer?, by keys: AccessKeyRegistry, now: Double) -> SignedCall {
        SignedCall(
            method: head.method.rawValue, uri: head.uri,
            headers: head.headers.map { ($0.name.lowercased(), $0.value) },
            body: body.map { Array($0.readableBytesView) } ?? [],
            caller: verify(body, by: keys, now: now).map(\.caller))
    }
}
