// An answer, ready to be written in one piece.

/// An answer, before it is put into bytes.
struct Response {
    var status = 200
    var contentType = MediaType.json
    var body: [UInt8]
    /// The methods that the path has, for a 405.
    var allow: String?

    init(status: Int = 200, contentType: MediaType = .json, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// The answer that tells of a refusal: `{"error": "…"}`.
    init(_ refusal: Refusal) {
        var writer = JSONWriter()
        writer.raw("{\"error\":")
        writer.string(refusal.message)
        writer.raw("}")
        self.init(status: refusal.status, body: writer.bytes)
    }

    private static let reasons = [
        200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
        408: "Request Timeout", 413: "Content Too Large", 415: "Unsupported Media Type", 417: "Expectation Failed",
        429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
        501: "Not Implemented", 503: "Service Unavailable", 505: "HTTP Version Not Supported",
        507: "Insufficient Storage",
    ]

    /// Appends the whole answer, so that it can go out in one write.
    func append(to output: inout [UInt8], keepsAlive: Bool, isHeadOnly: Bool) {
        func text(_ text: StaticString) {
            text.withUTF8Buffer { unsafe output.append(contentsOf: $0) }
        }
        if status == 200 {
            text("HTTP/1.1 200 OK\r\n")
        } else {
            output.append(contentsOf: "HTTP/1.1 \(status) \(Response.reasons[status] ?? "Error")\r\n".utf8)
        }
        text("Content-Type: ")
        output.append(contentsOf: contentType.text.utf8)
        text("\r\n")
        if case .binary(let count) = contentType {
            output.append(contentsOf: "Inference-Header-Content-Length: \(count)\r\n".utf8)
        }
        if let allow { output.append(contentsOf: "Allow: \(allow)\r\n".utf8) }
        if !keepsAlive { text("Connection: close\r\n") }
        text("Content-Length: ")
        output.append(contentsOf: String(body.count).utf8)
        text("\r\n\r\n")
        if !isHeadOnly { output.append(contentsOf: body) }
    }
}
