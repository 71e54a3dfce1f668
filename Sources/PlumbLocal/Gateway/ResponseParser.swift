// Reads a worker's HTTP/1.1 answers, whole: a small parser, because nothing of a worker's answer but its status, its
// type and its body goes any further.

import NIOCore

/// A worker's complete answer.
struct UpstreamResponse: Sendable {
    var status: Int
    var contentType: String?
    var customAttributes: String?
    var body: ByteBuffer
    /// Whether the connection can carry another request.
    var keepsAlive: Bool
    /// The size of the JSON in the body, where tensors in binary stand behind it.
    var inferenceHeaderLength: Int?
}

/// Why an answer cannot be used.
enum UpstreamFault: Error, Sendable {
    /// The connection ended, or could not be made, before the answer was complete.
    case connectionLost(String)
    /// What came is not HTTP, or more than `responseBytesMax`.
    case malformed(String)
    case timedOut

    /// Whether another worker may do better.
    var mayPassElsewhere: Bool {
        switch self {
        case .connectionLost, .malformed: true
        case .timedOut: false
        }
    }

    /// What sort of fault it is, in a word for `error.type`.
    var word: String {
        switch self {
        case .connectionLost: "connection_lost"
        case .malformed: "malformed_answer"
        case .timedOut: "timeout"
        }
    }
}

/// Takes bytes as they come and answers once they make a whole response.
struct ResponseParser {
    private enum BodyLength { case bytes(Int), chunked, untilClose }
    private struct Head {
        var status: Int
        var contentType: String?
        var customAttributes: String?
        var inferenceHeaderLength: Int?
        var keepsAlive: Bool
        var length: BodyLength
    }
    static let headBytesMax = 64 << 10

    private var head: Head?
    private var pending = ByteBuffer()
    private var body = ByteBuffer()

    /// Adds bytes; answers the response once it is complete.
    mutating func feed(_ bytes: ByteBuffer) throws(UpstreamFault) -> UpstreamResponse? {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            var bytes = bytes
            pending.writeBuffer(&bytes)
        }
        while head == nil {
            guard let length = headLength() else {
                guard pending.readableBytes <= Self.headBytesMax else { throw .malformed("its header has no end") }
                return nil
            }
            let parsed = try parseHead(length)
            // 1xx answers are announcements; the real one follows.
            if parsed.status >= 200 { head = parsed }
        }
        return try completeBody(atClose: false)
    }

    /// The connection ended; answers the response if its end was the end of the connection.
    mutating func end() throws(UpstreamFault) -> UpstreamResponse? {
        guard let head, case .untilClose = head.length else { return nil }
        return try completeBody(atClose: true)
    }

    private func headLength() -> Int? {
        unsafe pending.withUnsafeReadableBytes { bytes in
            guard bytes.count >= 4 else { return nil }
            var index = 3
            while index < bytes.count {
                // From a byte that cannot end the header, look as far ahead as that allows.
                switch unsafe bytes[index] {
                case 0x0A:
                    if unsafe bytes[index - 1] == 0x0D && bytes[index - 2] == 0x0A && bytes[index - 3] == 0x0D {
                        return index + 1
                    }
                    index += 2
                case 0x0D: index += 1
                default: index += 4
                }
            }
            return nil
        }
    }

    private mutating func parseHead(_ length: Int) throws(UpstreamFault) -> Head {
        guard let text = pending.readString(length: length), text.hasPrefix("HTTP/1.") else {
            throw .malformed("it does not answer with HTTP/1.1")
        }
        let lines = text.utf8.split(separator: 0x0D)
        guard let first = lines.first, first.count >= 12,
            let status = Int(String(first.dropFirst(9).prefix(3)) ?? ""), (100...599).contains(status)
        else { throw .malformed("its status line cannot be read") }
        var head = Head(
            status: status, contentType: nil, customAttributes: nil, keepsAlive: !text.hasPrefix("HTTP/1.0"),
            length: status == 204 || status == 304 ? .bytes(0) : .untilClose)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: 0x3A),
                let name = String(line[..<colon].drop { $0 == 0x0A })?.lowercased(),
                let value = String(line[line.index(after: colon)...].drop { $0 == 0x20 || $0 == 0x09 })
            else { continue }
            // What is passed on to clients must not be able to end a header line of theirs.
            guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else {
                throw .malformed("its header \(name) holds control characters")
            }
            switch name {
            case "content-length":
                guard let count = Int(value), count >= 0 else { throw .malformed("its Content-Length is no number") }
                guard count <= GatewayLimits.responseBytesMax else { throw .malformed("its answer is too large") }
                if case .chunked = head.length { break }
                head.length = .bytes(count)
            case "transfer-encoding" where value.lowercased().contains("chunked"): head.length = .chunked
            case "content-type": head.contentType = value
            case "connection": head.keepsAlive = value.lowercased() != "close"
            case "x-amzn-sagemaker-custom-attributes": head.customAttributes = value
            case "inference-header-content-length":
                guard let count = Int(value), count >= 0 else {
                    throw .malformed("its Inference-Header-Content-Length is no number")
                }
                head.inferenceHeaderLength = count
            default: break
            }
        }
        return head
    }

    private mutating func completeBody(atClose: Bool) throws(UpstreamFault) -> UpstreamResponse? {
        guard let head else { return nil }
        switch head.length {
        case .bytes(let count):
            guard pending.readableBytes >= count else { return nil }
            body = pending.readSlice(length: count) ?? ByteBuffer()
        case .untilClose:
            guard pending.readableBytes <= GatewayLimits.responseBytesMax else {
                throw .malformed("its answer is too large")
            }
            guard atClose else { return nil }
            body = pending
            pending = ByteBuffer()
        case .chunked:
            guard try readChunks() else {
                // A line of a chunk's size, or a trailer, that never ends.
                guard pending.readableBytes <= GatewayLimits.responseBytesMax + Self.headBytesMax else {
                    throw .malformed("its chunks have no end")
                }
                return nil
            }
        }
        let isReusable = head.keepsAlive && pending.readableBytes == 0 && !atClose
        let response = UpstreamResponse(
            status: head.status, contentType: head.contentType, customAttributes: head.customAttributes, body: body,
            keepsAlive: isReusable, inferenceHeaderLength: head.inferenceHeaderLength)
        self = ResponseParser()
        return response
    }

    /// Moves complete chunks into the body; true once the last one has come.
    private mutating func readChunks() throws(UpstreamFault) -> Bool {
        while true {
            guard let line = pending.readableBytesView.firstIndex(of: 0x0A) else { return false }
            let lineLength = line - pending.readerIndex + 1
            let size = pending.getString(at: pending.readerIndex, length: lineLength) ?? ""
            let digits = size.prefix { $0.isHexDigit }
            guard let count = Int(digits, radix: 16), count >= 0, count <= GatewayLimits.responseBytesMax else {
                throw .malformed("a chunk's size cannot be read")
            }
            guard body.readableBytes + count <= GatewayLimits.responseBytesMax else {
                throw .malformed("its answer is too large")
            }
            if count == 0 {
                // Trailers, if any, end with an empty line.
                let rest = pending.readableBytesView.dropFirst(lineLength)
                guard rest.starts(with: [0x0D, 0x0A]) || rest.starts(with: [0x0A]) else {
                    guard let end = endOfTrailers(after: lineLength) else { return false }
                    pending.moveReaderIndex(forwardBy: end)
                    return true
                }
                pending.moveReaderIndex(forwardBy: lineLength + (rest.first == 0x0D ? 2 : 1))
                return true
            }
            guard pending.readableBytes >= lineLength + count + 2 else { return false }
            pending.moveReaderIndex(forwardBy: lineLength)
            if var chunk = pending.readSlice(length: count) { body.writeBuffer(&chunk) }
            pending.moveReaderIndex(forwardBy: 2)
        }
    }

    private func endOfTrailers(after offset: Int) -> Int? {
        let bytes = Array(pending.readableBytesView.dropFirst(offset))
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count where bytes[(index - 3)...index].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) {
            return offset + index + 1
        }
        return nil
    }
}
