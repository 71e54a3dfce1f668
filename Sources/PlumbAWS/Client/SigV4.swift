// Signs requests by AWS Signature Version 4, in the header or in the query string.
//
// What is signed, and in which form, stands in PlumbModel/Signature: the embedded engine verifies by the same text.

import Crypto
import Foundation
import PlumbModel

/// A signer for one moment, one region and one service.
struct SigV4: Sendable {
    let credentials: AWSCredentials
    let region: String
    /// The signing name.
    let service: String
    let date: Date

    /// The request with its signature in the `Authorization` header.
    func signed(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        let digest = Self.digest(request.body)
        request.headers.append((SignatureWords.dateHeader, timestamp))
        if let token = credentials.sessionToken {
            request.headers.append((SignatureWords.tokenHeader, token.revealed))
        }
        if isS3 { request.headers.append((SignatureWords.digestHeader, digest)) }
        let canonical = canonicalRequest(request, digest: digest)
        let value =
            "\(SignatureWords.algorithm) Credential=\(credentials.accessKeyID)/\(scope.text), "
            + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature(of: canonical))"
        request.headers.append(("Authorization", value))
        return request
    }

    /// An address that anybody may ask for `seconds`; the request's headers have to come along.
    func presigned(_ request: HTTPRequest, seconds: Int) -> Secret {
        var request = request
        let digest = isS3 ? SignatureWords.unsignedPayload : Self.digest(request.body)
        request.query += [
            ("X-Amz-Algorithm", SignatureWords.algorithm),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope.text)"),
            ("X-Amz-Date", timestamp), ("X-Amz-Expires", "\(seconds)"),
            ("X-Amz-SignedHeaders", canonicalRequest(request, digest: digest).signedHeaders),
        ]
        if let token = credentials.sessionToken { request.query.append((SignatureWords.tokenHeader, token.revealed)) }
        request.query.append(("X-Amz-Signature", signature(of: canonicalRequest(request, digest: digest))))
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

    private var scope: SignatureScope {
        SignatureScope(timestamp: timestamp, region: region, service: service)
    }

    /// Host and every header of the request but the one that proxies may change.
    func canonicalRequest(_ request: HTTPRequest, digest: String) -> CanonicalRequest {
        CanonicalRequest(
            method: request.method, path: request.path, query: request.query,
            headers: [("host", request.host)] + request.headers.filter { $0.name.lowercased() != "user-agent" },
            digest: digest, keepsPath: isS3)
    }

    private func signature(of canonical: CanonicalRequest) -> String {
        let key = scope.signingKey(secret: credentials.secretAccessKey.revealed, hmac: Self.hmac)
        let text = scope.stringToSign(digest: Self.digest(Data(canonical.text.utf8)))
        return Self.hexadecimal(Self.hmac(key, Array(text.utf8)))
    }

    private static func hmac(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
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
