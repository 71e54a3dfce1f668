// A request as it goes on to a worker, in whichever tongue the worker speaks.

import NIOCore

/// What of a client's request reaches the worker.
struct UpstreamRequest {
    /// The path at the worker.
    var path = "/invocations"
    var contentType: String?
    var accept: String?
    var customAttributes: String?
    var inferenceID: String?
    var traceParent: String?
    var body: ByteBuffer
    /// The head as a frame carries it; made once for all requests of a connection that are alike.
    var frameHead: [UInt8]

    /// The head of a frame for this path and these types.
    static func frameHead(path: String, contentType: String?, accept: String?) -> [UInt8] {
        let head = Array("POST \(path)\n\(contentType ?? "")\n\(accept ?? "")".utf8)
        // Nobody means a list of types of thousands of bytes; without it the answer is JSON.
        return head.count <= Frame.headBytesMax ? head : Array("POST \(path)\n\(contentType ?? "")\n".utf8)
    }

    /// The whole request in HTTP/1.1, for commands that obey SageMaker's container contract.
    func http() -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(256 + body.readableBytes)
        buffer.writeString("POST \(path) HTTP/1.1\r\nHost: worker\r\n")
        for (name, value) in [
            ("Content-Type", contentType), ("Accept", accept), ("traceparent", traceParent),
            ("X-Amzn-SageMaker-Custom-Attributes", customAttributes), ("X-Amzn-SageMaker-Inference-Id", inferenceID),
        ] {
            if let value { buffer.writeString("\(name): \(value)\r\n") }
        }
        buffer.writeString("Content-Length: \(body.readableBytes)\r\n\r\n")
        buffer.writeImmutableBuffer(body)
        return buffer
    }
}
