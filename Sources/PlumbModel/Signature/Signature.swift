// AWS Signature Version 4 as text: what whoever signs and whoever verifies has to agree on, to the byte.
//
// The steps carry the names of AWS's own description: canonical request, string to sign, signature. Digests are the
// caller's affair: this room has no cryptography.

/// The words of Signature Version 4.
public enum SignatureWords {
    public static let algorithm = "AWS4-HMAC-SHA256"
    public static let dateHeader = "X-Amz-Date"
    public static let tokenHeader = "X-Amz-Security-Token"
    public static let digestHeader = "x-amz-content-sha256"
    /// What stands for the digest of a body that a presigned address does not know yet.
    public static let unsignedPayload = "UNSIGNED-PAYLOAD"
}

/// One request as the signature sees it.
public struct CanonicalRequest: Sendable {
    public var method: String
    /// As it is sent.
    public var path: String
    /// Not escaped, in any order; without the signature itself.
    public var query: [(name: String, value: String)]
    /// Those that are signed, in any case and order; equal names become one.
    public var headers: [(name: String, value: String)]
    /// SHA-256 of the body in hex, or what stands for it.
    public var digest: String
    /// S3 signs the path as it is sent, because a key may hold anything. The others sign it tidied and escaped again.
    public var keepsPath: Bool

    public init(
        method: String, path: String, query: [(name: String, value: String)],
        headers: [(name: String, value: String)], digest: String, keepsPath: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.digest = digest
        self.keepsPath = keepsPath
    }

    /// Step 1.
    public var text: String {
        let query = query.map { (URIText.escaped($0.name), URIText.escaped($0.value)) }
            .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        let headers = canonicalHeaders
        let lines = headers.map { "\($0.key):\($0.value)\n" }.joined()
        let names = headers.map(\.key).joined(separator: ";")
        return [method, canonicalPath, query, lines, names, digest].joined(separator: "\n")
    }

    /// `host;x-amz-date`
    public var signedHeaders: String { canonicalHeaders.map(\.key).joined(separator: ";") }

    private var canonicalHeaders: [(key: String, value: String)] {
        var merged: [String: String] = [:]
        for header in headers {
            let name = header.name.lowercased()
            let value = header.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            merged[name] = merged[name].map { "\($0),\(value)" } ?? value
        }
        return merged.sorted { $0.key < $1.key }
    }

    private var canonicalPath: String {
        guard !keepsPath else { return path }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let tidied = "/" + parts.joined(separator: "/") + (path.hasSuffix("/") && !parts.isEmpty ? "/" : "")
        return URIText.escaped(tidied, keeping: "/")
    }
}

/// What one signature is good for: a day, a region and a service.
public struct SignatureScope: Sendable, Hashable {
    /// `20150830T123600Z`
    public var timestamp: String
    public var region: String
    /// The signing name.
    public var service: String

    public init(timestamp: String, region: String, service: String) {
        self.timestamp = timestamp
        self.region = region
        self.service = service
    }

    public var day: String { String(timestamp.prefix(8)) }
    /// `20150830/us-east-1/iam/aws4_request`
    public var text: String { "\(day)/\(region)/\(service)/aws4_request" }

    /// Step 2, over the digest of the canonical request in hex.
    public func stringToSign(digest: String) -> String {
        [SignatureWords.algorithm, timestamp, text, digest].joined(separator: "\n")
    }

    /// The key of step 3; `hmac` is HMAC-SHA-256 of a text under a key.
    public func signingKey(secret: String, hmac: (_ key: [UInt8], _ text: [UInt8]) -> [UInt8]) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4\(secret)".utf8)) { hmac($0, Array($1.utf8)) }
    }
}
