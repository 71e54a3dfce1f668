// A request as it goes on to a worker, in whichever tongue the worker speaks.

import NIOCore

/// What of the head of a client's request reaches the worker; made once for all like requests of a connection.
final class UpstreamHead {
    private let method: String
    private let path: String
    private let fields: [(name: String, value: String)]
    private let traceParent: String?
    let contentType: String?
    let customAttributes: String?
    /// The client's own name for the inference.
    let inferenceID: String?
    /// The model that is meant, of an endpoint that has many; it is a part of the path.
    let targetModel: String?
    /// The head as a frame carries it.
    let frame: [UInt8]
    /// All that an answer may depend on; a trace changes none.
    let identity: [UInt8]

    init(
        method: String = "POST", path: String, contentType: String? = nil, accept: String? = nil,
        customAttributes: String? = nil, inferenceID: String? = nil, traceParent: String? = nil,
        targetModel: String? = nil
    ) {
        self.targetModel = targetModel
        self.contentType = contentType
        self.customAttributes = customAttributes
        self.inferenceID = inferenceID
        self.method = method
        self.path = path
        self.traceParent = traceParent
        fields = [
            ("Content-Type", contentType), ("Accept", accept),
            ("Inference-Header-Content-Length", contentType.flatMap(BinaryTensors.jsonCount).map { String($0) }),
            ("X-Amzn-SageMaker-Custom-Attributes", customAttributes), ("X-Amzn-SageMaker-Inference-Id", inferenceID),
        ].compactMap { name, value in value.map { (name, $0) } }
        let whole = Array("\(method) \(path)\n\(contentType ?? "")\n\(accept ?? "")".utf8)
        // Nobody means a list of types of thousands of bytes; without it the answer is JSON.
        frame = whole.count <= Frame.headBytesMax ? whole : Array("\(method) \(path)\n\(contentType ?? "")\n".utf8)
        identity = whole + [0x0A] + Array((customAttributes ?? "").utf8)
    }

    convenience init(path: String, contentType: String?, _ head: RequestHead) {
        self.init(
            method: head.method == .post ? "POST" : "GET", path: path, contentType: contentType, accept: head.accept,
            customAttributes: head.customAttributes, inferenceID: head.inferenceID, traceParent: head.traceParent,
            targetModel: head.targetModel)
    }

    /// The head in HTTP/1.1, for commands that obey SageMaker's container contract.
    ///
    /// `traceParent` stands for the client's, where this house has a span of its own between the two.
    func writeHTTP(to buffer: inout ByteBuffer, bodyCount: Int, traceParent: String? = nil) {
        buffer.writeString("\(method) \(path) HTTP/1.1\r\nHost: worker\r\n")
        for (name, value) in fields { buffer.writeString("\(name): \(value)\r\n") }
        if let traceParent = traceParent ?? self.traceParent { buffer.writeString("traceparent: \(traceParent)\r\n") }
        buffer.writeString("Content-Length: \(bodyCount)\r\n\r\n")
    }
}

/// A request on its way to a worker.
struct UpstreamRequest {
    let head: UpstreamHead
    let body: ByteBuffer

    /// The whole request in HTTP/1.1.
    func http(traceParent: String? = nil) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(256 + body.readableBytes)
        head.writeHTTP(to: &buffer, bodyCount: body.readableBytes, traceParent: traceParent)
        buffer.writeImmutableBuffer(body)
        return buffer
    }
}
