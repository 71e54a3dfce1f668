// The first lines of a request: method, path and the fields that matter.

/// The head of an HTTP/1.1 request: its first line, and the few header fields that this server heeds.
struct RequestHead: Equatable {
    /// The most bytes that a head may have.
    static let bytesMax = 16 * 1024

    var method = ""
    /// The target without its query.
    var path = ""
    /// The size of the body in bytes; 0 when it has none, meaningless when it is chunked.
    var contentLength = 0
    var isChunked = false
    var contentType = MediaType.other("")
    /// The type to answer in; nil when the client accepts none that there is.
    var accepted: MediaType? = .json
    var expectsContinue = false
    /// Whether the client wants to go on using the connection.
    var keepsAlive = true

    /// A request that came without a head of HTTP's.
    init(method: String, path: String, contentType: MediaType, accepted: MediaType?) {
        (self.method, self.path, self.contentType, self.accepted) = (method, path, contentType, accepted)
    }

    /// Finds the end of the head (past the blank line) in `bytes[range]`, looking from `from` on; nil when it is not
    /// all there yet.
    static func end(in bytes: [UInt8], _ range: Range<Int>, from: Int) -> Int? {
        var at = max(range.lowerBound + 3, from)
        while at < range.upperBound {
            if bytes[at] == 0x0A, bytes[at - 1] == 0x0D, bytes[at - 2] == 0x0A, bytes[at - 3] == 0x0D { return at + 1 }
            at += 1
        }
        return nil
    }

    /// Reads a whole head, blank line included.
    init(_ bytes: [UInt8], _ range: Range<Int>) throws(Refusal) {
        var lines = HeadLines(bytes: bytes, position: range.lowerBound, end: range.upperBound)
        try readRequestLine(bytes, try lines.next())
        var fields = FramingFields()
        while true {
            let line = try lines.next()
            if line.isEmpty { break }
            try readField(bytes, line, &fields)
        }
        try settle(fields)
    }

    private mutating func readRequestLine(_ bytes: [UInt8], _ line: Range<Int>) throws(Refusal) {
        guard let first = line.first(where: { bytes[$0] == 0x20 }),
            let last = line.last(where: { bytes[$0] == 0x20 }), first > line.lowerBound, first + 1 < last,
            (line.lowerBound..<first).allSatisfy({ isTokenByte(bytes[$0]) }),
            (first + 1..<last).allSatisfy({ bytes[$0] > 0x20 && bytes[$0] < 0x7F })
        else { throw .badRequest("the request line is not `METHOD PATH HTTP/1.1`") }
        let version = HeaderText(bytes, last..<line.upperBound)
        if version.equals("http/1.0") {
            keepsAlive = false
        } else if !version.equals("http/1.1") {
            throw version.lowercased.hasPrefix("http/")
                ? Refusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
                : .badRequest("the request line is not `METHOD PATH HTTP/1.1`")
        }
        method = String(decoding: bytes[line.lowerBound..<first], as: UTF8.self)
        let query = (first + 1..<last).first { bytes[$0] == UInt8(ascii: "?") }
        path = String(decoding: bytes[(first + 1)..<(query ?? last)], as: UTF8.self)
    }

    /// The fields that say how long the body is, until all are known.
    private struct FramingFields {
        var contentLength: Int?
        var transferEncoding: String?
        /// The JSON's size, where tensors are behind it.
        var jsonCount: Int?
    }

    private mutating func readField(
        _ bytes: [UInt8], _ line: Range<Int>, _ fields: inout FramingFields
    ) throws(Refusal) {
        guard let colon = line.first(where: { bytes[$0] == UInt8(ascii: ":") }), colon > line.lowerBound,
            (line.lowerBound..<colon).allSatisfy({ isTokenByte(bytes[$0]) })
        else { throw .badRequest("a header line is not `Name: value`") }
        let name = HeaderText(bytes, line.lowerBound..<colon)
        let range = (colon + 1)..<line.upperBound
        let value = HeaderText(bytes, range)
        if name.equals("content-type") {
            contentType = MediaType(bytes, range)
        } else if name.equals("content-length") {
            guard let length = value.number, fields.contentLength == nil || fields.contentLength == length else {
                throw .badRequest("Content-Length is not one number of bytes")
            }
            fields.contentLength = length
        } else if name.equals("accept") {
            accepted = MediaType.accepted(by: value)
        } else if name.equals("connection") {
            let options = value.lowercased.split { $0 == "," || $0 == " " || $0 == "\t" }
            if options.contains("close") { keepsAlive = false }
        } else if name.equals("transfer-encoding") {
            guard fields.transferEncoding == nil else { throw .badRequest("Transfer-Encoding is given twice") }
            fields.transferEncoding = value.lowercased
        } else if name.equals("inference-header-content-length") {
            guard let count = value.number, fields.jsonCount == nil || fields.jsonCount == count else {
                throw .badRequest("Inference-Header-Content-Length is not one number of bytes")
            }
            fields.jsonCount = count
        } else if name.equals("expect") {
            guard value.equals("100-continue") else {
                throw Refusal(417, "the only expectation met here is 100-continue")
            }
            expectsContinue = true
        }
    }

    /// A body with two lengths is how requests are smuggled past proxies, so it is refused.
    private mutating func settle(_ fields: FramingFields) throws(Refusal) {
        if let encoding = fields.transferEncoding {
            guard fields.contentLength == nil else {
                throw .badRequest("the request has both Content-Length and Transfer-Encoding")
            }
            guard encoding == "chunked" else { throw Refusal(501, "the only transfer encoding known here is chunked") }
            isChunked = true
        }
        contentLength = fields.contentLength ?? 0
        if let count = fields.jsonCount, contentType != .csv, contentType != .numpy {
            contentType = .binary(jsonCount: count)
        }
    }
}

/// The bytes that methods and field names are made of (RFC 9110, token).
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
}

/// The lines of a head; each must end in CR LF, and hold no other control byte than the tab.
private struct HeadLines {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    mutating func next() throws(Refusal) -> Range<Int> {
        let first = position
        while position < end, bytes[position] >= 0x20 || bytes[position] == 0x09 { position += 1 }
        guard position + 1 < end, bytes[position] == 0x0D, bytes[position + 1] == 0x0A else {
            throw .badRequest("a header line has a control character or does not end in CR LF")
        }
        defer { position += 2 }
        return first..<position
    }
}
