// An answer to a client, put into bytes in one piece.

import NIOCore
import PlumbModel

/// The bytes of one answer. The buffer is used again for the next, so that most answers allocate nothing.
struct ClientAnswer {
    private(set) var bytes = ByteBuffer()

    /// Begins an answer with the fields that all have; `end` must follow.
    mutating func begin(_ status: Int, requestID: String) {
        bytes.clear()
        if status == 200 {
            bytes.writeStaticString("HTTP/1.1 200 OK\r\nx-amzn-requestid: ")
        } else {
            bytes.writeString("HTTP/1.1 \(status) \(Self.reasons[status] ?? "Error")\r\nx-amzn-requestid: ")
        }
        bytes.writeString(requestID)
        bytes.writeStaticString("\r\n")
    }

    /// Adds a field whose value is our own, or was looked at for control characters.
    mutating func add(_ name: StaticString, _ value: String) {
        bytes.writeStaticString(name)
        bytes.writeStaticString(": ")
        bytes.writeString(value)
        bytes.writeStaticString("\r\n")
    }

    /// The same for a name that is not known beforehand.
    mutating func add(field name: String, _ value: String) { bytes.writeString("\(name): \(value)\r\n") }

    mutating func add(_ line: StaticString) {
        bytes.writeStaticString(line)
        bytes.writeStaticString("\r\n")
    }

    /// Ends the head.
    mutating func end(bodyCount: Int) {
        bytes.writeStaticString("content-length: ")
        bytes.writeString(String(bodyCount))
        bytes.writeStaticString("\r\n\r\n")
    }

    /// Adds the body, or a part of it.
    mutating func write(_ body: ByteBuffer) { bytes.writeImmutableBuffer(body) }

    private static let reasons = [
        100: "Continue", 200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 408: "Request Timeout", 413: "Content Too Large", 415: "Unsupported Media Type",
        417: "Expectation Failed", 424: "Failed Dependency", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
    ]
}

/// Names requests: the same for all of a connection but for a count at the end.
struct RequestNumbers {
    private let prefix: String
    private var count: UInt64 = 0

    /// In the form of a UUID, which SageMaker's clients expect of `x-amzn-requestid`.
    init() {
        func hexadecimal(_ digits: Int) -> String {
            let text = String(UInt64.random(in: 0..<(1 << UInt64(digits * 4))), radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
        prefix = "\(hexadecimal(8))-\(hexadecimal(4))-4\(hexadecimal(3))-a\(hexadecimal(3))-"
    }

    mutating func next() -> String {
        count += 1
        let text = String(count, radix: 16)
        return prefix + Self.zeros.prefix(12 - text.count) + text
    }

    private static let zeros = "000000000000"
}
