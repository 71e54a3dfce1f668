// Signs requests by AWS Signature Version 4, in the header or in the query string.
//
// The three steps carry the names of AWS's own description: canonical request, string to sign, signature.

import Crypto
import Foundation

/// A signer for one moment, one region and one service.
struct SigV4: Sendable {
    let credentials: AWSCredentials
    let region: String
    /// The signing name.
    let service: String
    let date: Date

    static let algorithm = "AWS4-HMAC-SHA256"
    static let dateHeader = "X-Amz-Date"
    static let tokenHeader = "X-Amz-Security-Token"
    static let digestHeader = "x-amz-content-sha256"
    /// What stands for the digest of a body that a presigned address does not know yet.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// The request with its signature in the `Authorization` header.
    func signed(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        let digest = Self.digest(request.body)
        request.headers.append((Self.dateHeader, timestamp))
        if let token = credentials.sessionToken { request.headers.append((Self.tokenHeader, token.revealed)) }
        if isS3 { request.headers.append((Self.digestHeader, digest)) }
        let headers = Self.canonicalHeaders(of: request)
        let names = headers.map(\.name).joined(separator: ";")
        let canonical = canonicalRequest(request, headers: headers, digest: digest)
        let value =
            "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature(of: canonical))"
        request.headers.append(("Authorization", value))
        return request
    }

    /// An address that anybody may ask for `seconds`; the request's headers have to come along.
    func presigned(_ request: HTTPRequest, seconds: Int) -> Secret {
        var request = request
        let headers = Self.canonicalHeaders(of: request)
        request.query += [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
            ("X-Amz-Date", timestamp), ("X-Amz-Expires", "\(seconds)"),
            ("X-Amz-SignedHeaders", headers.map(\.name).joined(separator: ";")),
        ]
        if let token = credentials.sessionToken { request.query.append((Self.tokenHeader, token.revealed)) }
        let digest = isS3 ? Self.unsignedPayload : Self.digest(request.body)
        let canonical = canonicalRequest(request, headers: headers, digest: digest)
        request.query.append(("X-Amz-Signature", signature(of: canonical)))
        return Secret(request.url)
    }

    private var isS3: Bool { service == "s3" }

    /// `20150830T123600Z`.
    var timestamp: String {
        let parts = Calendar.iso8601UTC.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ number: Int?, _ width: Int = 2) -> String {
            let text = "\(number ?? 0)"
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month) + digits(parts.day) + "T" + digits(parts.hour)
            + digits(parts.minute) + digits(parts.second) + "Z"
    }

    private var scope: String { "\(timestamp.prefix(8))/\(region)/\(service)/aws4_request" }

    /// Step 1.
    func canonicalRequest(
        _ request: HTTPRequest, headers: [(name: String, value: String)], digest: String
    ) -> String {
        let query = request.query.map { (URIText.escaped($0.name), URIText.escaped($0.value)) }
            .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        let lines = headers.map { "\($0.name):\($0.value)\n" }.joined()
        return [
            request.method, canonicalPath(request.path), query, lines, headers.map(\.name).joined(separator: ";"),
            digest,
        ].joined(separator: "\n")
    }

    /// S3 signs the path as it is sent, because a key may hold anything. The others sign it tidied and escaped again.
    private func canonicalPath(_ path: String) -> String {
        guard !isS3 else { return path }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let tidied = "/" + parts.joined(separator: "/") + (path.hasSuffix("/") && !parts.isEmpty ? "/" : "")
        return URIText.escaped(tidied, keeping: "/")
    }

    /// Step 2.
    private func stringToSign(_ canonicalRequest: String) -> String {
        [Self.algorithm, timestamp, scope, Self.digest(Data(canonicalRequest.utf8))].joined(separator: "\n")
    }

    /// Step 3.
    private func signature(of canonicalRequest: String) -> String {
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretAccessKey.revealed)".utf8))
        for part in [String(timestamp.prefix(8)), region, service, "aws4_request"] {
            key = SymmetricKey(data: Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key)))
        }
        let text = Data(stringToSign(canonicalRequest).utf8)
        return Self.hexadecimal(HMAC<SHA256>.authenticationCode(for: text, using: key))
    }

    /// Host and every header of the request but the one that proxies may change, by name; equal names become one.
    private static func canonicalHeaders(of request: HTTPRequest) -> [(name: String, value: String)] {
        var headers = ["host": request.host]
        for header in request.headers where header.name.lowercased() != "user-agent" {
            let name = header.name.lowercased()
            let value = header.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            headers[name] = headers[name].map { "\($0),\(value)" } ?? value
        }
        return headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static func digest(_ data: Data) -> String { hexadecimal(SHA256.hash(data: data)) }

    static func base64Digest(_ data: Data) -> String { Data(SHA256.hash(data: data)).base64EncodedString() }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension Calendar {
    /// The calendar of timestamps in requests.
    static let iso8601UTC: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()
}
