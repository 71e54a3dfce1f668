// Reads the head of a client's request: strictly, for two readings of one request are how requests are smuggled.

/// Why a request cannot be read; the connection ends with the answer.
struct RequestFault: Error, Equatable {
    var status: Int
    var message: String

    static func malformed(_ message: String) -> RequestFault { RequestFault(status: 400, message: message) }
}

/// What the gateway reads of a request's head. An object, because a dozen texts are dear to copy.
final class RequestHead {
    enum Method: Sendable { case get, head, post, other }

    /// The most bytes and lines of a head. SageMaker's own headers have at most 1,024 bytes each.
    static let bytesMax = 16 << 10
    static let linesMax = 100

    private(set) var method = Method.other
    /// The path without its query.
    private(set) var path = ""
    private(set) var keepsAlive = true
    private(set) var isOldVersion = false
    private(set) var authorization: String?
    private(set) var contentType: String?
    private(set) var accept: String?
    private(set) var customAttributes: String?
    private(set) var inferenceID: String?
    /// The model that is meant, of an endpoint that has many.
    private(set) var targetModel: String?
    private(set) var traceParent: String?
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var expectsContinue = false
    /// The whole head, where it carries a signature of AWS's tools or is for the control API.
    private(set) var signed: SignedRequest?
    /// The size of the JSON in the body, where tensors in binary stand behind it.
    private(set) var inferenceHeaderLength: Int?
    private var hasHost = false
    private var connection = ""

    /// Reads the bytes of a head, the blank line at its end included.
    init(_ bytes: [UInt8]) throws(RequestFault) {
        var at = 0
        try readRequestLine(bytes[try Self.line(bytes, &at)])
        var lines = 0
        while true {
            let line = try Self.line(bytes, &at)
            if line.isEmpty { break }
            lines += 1
            guard lines <= Self.linesMax else {
                throw RequestFault(status: 431, message: "the request has more than \(Self.linesMax) header lines")
            }
            try readField(bytes[line])
        }
        try settle()
        signed = SignedRequest(bytes, path: path, authorization: authorization)
    }

    /// The next line without its CR LF. No other control character than the tab may stand in it.
    private static func line(_ bytes: [UInt8], _ at: inout Int) throws(RequestFault) -> Range<Int> {
        let first = at
        while at < bytes.count, (bytes[at] >= 0x20 && bytes[at] != 0x7F) || bytes[at] == 0x09 { at += 1 }
        guard at + 1 < bytes.count, bytes[at] == 0x0D, bytes[at + 1] == 0x0A else {
            throw .malformed("a header line holds a control character or does not end in CR LF")
        }
        at += 2
        return first..<(at - 2)
    }

    private func readRequestLine(_ line: ArraySlice<UInt8>) throws(RequestFault) {
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(Self.isTokenByte), !words[1].isEmpty,
            words[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .malformed("the request line is not METHOD PATH HTTP/1.1") }
        if words[2].elementsEqual("HTTP/1.0".utf8) {
            isOldVersion = true
            keepsAlive = false
        } else if !words[2].elementsEqual("HTTP/1.1".utf8) {
            throw words[2].starts(with: "HTTP/".utf8)
                ? RequestFault(status: 505, message: "HTTP/1.1 is spoken here")
                : .malformed("the request line is not METHOD PATH HTTP/1.1")
        }
        method =
            if words[0].elementsEqual("POST".utf8) {
                .post
            } else if words[0].elementsEqual("GET".utf8) {
                .get
            } else if words[0].elementsEqual("HEAD".utf8) {
                .head
            } else {
                .other
            }
        path = String(decoding: words[1].prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }

    private func readField(_ line: ArraySlice<UInt8>) throws(RequestFault) {
        // A line that begins with white space would go on with the one before; a space before the colon hides a name.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(Self.isTokenByte)
        else { throw .malformed("a header line is not Name: value") }
        let name = line[..<colon]
        // Length first: most names are told apart by it alone.
        switch name.count {
        case 4 where Self.equal(name, "host"):
            guard !hasHost else { throw .malformed("Host is given twice") }
            hasHost = true
        case 6 where Self.equal(name, "accept"): accept = Self.value(line, after: colon)
        case 6 where Self.equal(name, "expect"):
            guard Self.value(line, after: colon).lowercased() == "100-continue" else {
                throw RequestFault(status: 417, message: "the only expectation met here is 100-continue")
            }
            expectsContinue = true
        case 10 where Self.equal(name, "connection"): connection += "," + Self.value(line, after: colon).lowercased()
        case 11 where Self.equal(name, "traceparent"): traceParent = Self.value(line, after: colon)
        case 12 where Self.equal(name, "content-type"):
            guard contentType == nil else { throw .malformed("Content-Type is given twice") }
            contentType = Self.value(line, after: colon)
        case 13 where Self.equal(name, "authorization"):
            guard authorization == nil else { throw .malformed("Authorization is given twice") }
            authorization = Self.value(line, after: colon)
        case 14 where Self.equal(name, "content-length"):
            guard contentLength == nil, let length = Self.number(Self.value(line, after: colon)) else {
                throw .malformed("Content-Length is not one number of bytes")
            }
            contentLength = length
        case 17 where Self.equal(name, "transfer-encoding"):
            guard !isChunked else { throw .malformed("Transfer-Encoding is given twice") }
            guard Self.value(line, after: colon).lowercased() == "chunked" else {
                throw RequestFault(status: 501, message: "the only transfer encoding known here is chunked")
            }
            isChunked = true
        case 29 where Self.equal(name, "x-amzn-sagemaker-inference-id"): inferenceID = Self.value(line, after: colon)
        case 29 where Self.equal(name, "x-amzn-sagemaker-target-model"):
            guard targetModel == nil else { throw .malformed("X-Amzn-SageMaker-Target-Model is given twice") }
            targetModel = Self.value(line, after: colon)
        case 31 where Self.equal(name, "inference-header-content-length"):
            guard inferenceHeaderLength == nil, let length = Self.number(Self.value(line, after: colon)) else {
                throw .malformed("Inference-Header-Content-Length is not one number of bytes")
            }
            inferenceHeaderLength = length
        case 34 where Self.equal(name, "x-amzn-sagemaker-custom-attributes"):
            customAttributes = Self.value(line, after: colon)
        default: break
        }
    }

    private func settle() throws(RequestFault) {
        if isChunked {
            guard contentLength == nil else {
                throw .malformed("the request has both Content-Length and Transfer-Encoding")
            }
            guard !isOldVersion else { throw .malformed("HTTP/1.0 knows no Transfer-Encoding") }
        }
        guard hasHost || isOldVersion else { throw .malformed("the request has no Host") }
        guard !connection.isEmpty else { return }
        let options = connection.split { $0 == "," || $0 == " " || $0 == "\t" }
        if options.contains("close") {
            keepsAlive = false
        } else if isOldVersion, options.contains("keep-alive") {
            keepsAlive = true
        }
    }

    private static func value(_ line: ArraySlice<UInt8>, after colon: Int) -> String {
        var (first, last) = (colon + 1, line.endIndex)
        while first < last, line[first] == 0x20 || line[first] == 0x09 { first += 1 }
        while first < last, line[last - 1] == 0x20 || line[last - 1] == 0x09 { last -= 1 }
        return String(decoding: line[first..<last], as: UTF8.self)
    }

    /// Digits alone: `+1`, `0x1`, `1, 1` and the empty text are no lengths.
    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }

    private static func equal(_ name: ArraySlice<UInt8>, _ lowercased: StaticString) -> Bool {
        lowercased.withUTF8Buffer { wanted in
            for (index, byte) in name.enumerated() {
                let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                guard unsafe (isCapital ? byte | 0x20 : byte) == wanted[index] else { return false }
            }
            return true
        }
    }

    /// The bytes that methods and header names are made of (RFC 9110, token).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
