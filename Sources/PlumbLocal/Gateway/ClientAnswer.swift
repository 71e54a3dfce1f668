// An answer to a client, put into bytes in one piece.

import NIOCore
import PlumbModel

/// The bytes of one answer. The buffer is used again for the next, so that most answers allocate nothing.
struct ClientAnswer {
    private(set) var bytes = ByteBuffer()
    private(set) var status = 0

    /// Begins an answer with the fields that all have; `end` must follow.
    mutating func begin(_ status: Int, _ number: RequestNumber) {
        bytes.clear()
        self.status = status
        if status == 200 {
            bytes.writeStaticString("HTTP/1.1 200 OK\r\nx-amzn-requestid: ")
        } else {
            bytes.writeString("HTTP/1.1 \(status) \(Self.reasons[status] ?? "Error")\r\nx-amzn-requestid: ")
        }
        number.write(to: &bytes)
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

/// Names requests: the same for all of a connection but for a count at the end, in the form of a UUID, which
/// SageMaker's clients expect of `x-amzn-requestid`.
struct RequestNumber {
    private let prefix: String
    private var count: UInt64 = 0

    init() {
        func hexadecimal(_ digits: Int) -> String {
            let text = String(UInt64.random(in: 0..<(1 << UInt64(digits * 4))), radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
        prefix = "\(hexadecimal(8))-\(hexadecimal(4))-4\(hexadecimal(3))-a\(hexadecimal(3))-"
    }

    mutating func advance() { count &+= 1 }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeString(prefix)
        buffer.writeInteger(UInt32(truncatingIfNeeded: Self.digits(count >> 32, 4)))
        buffer.writeInteger(Self.digits(count, 8))
    }

    var text: String {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return String(buffer: buffer)
    }

    /// The last hexadecimal digits of a number as ASCII.
    private static func digits(_ number: UInt64, _ count: UInt64) -> UInt64 {
        var text: UInt64 = 0
        for index in 0..<count {
            let digit = (number >> (index * 4)) & 0xF
            text |= (digit < 10 ? digit + 0x30 : digit + 0x57) << (index * 8)
        }
        return text
    }
}
