// Verifies AWS Signature Version 4: the same text as the signer's, the key's secret, and the time.

import Crypto
import PlumbEngine
import PlumbModel

/// What a request says of its own signature, in the `Authorization` header or in its query.
struct SignatureClaim: Sendable {
    var keyID: String
    var scope: SignatureScope
    /// The day that the scope was written with; the timestamp has to agree.
    var day: String
    /// In lower case, in the order written.
    var signedHeaders: [String]
    var signature: String
    /// How long a presigned address is good for; nil for a header.
    var expiresSeconds: Int?
    var hasToken: Bool

    /// Headers of one request.
    static let signedHeadersMax = 64
    private static let presignedSecondsMax = 604_800

    /// Whether a request carries a signature at all, well-made or not.
    static func isMade(authorization: String?, uri: String) -> Bool {
        authorization?.hasPrefix("AWS4-") ?? uri.contains("X-Amz-Algorithm=")
    }

    /// Throws in AWS's words when the claim is not complete.
    init(_ request: WireRequest) throws(SignatureRefusal) {
        if let authorization = request.header("authorization") {
            try self.init(authorization: authorization, request)
        } else {
            try self.init(queryOf: request)
        }
        guard Set(signedHeaders).count == signedHeaders.count, signedHeaders.count <= Self.signedHeadersMax,
            scope.timestamp.count == 16
        else { throw Self.incomplete("Authorization header is malformed.") }
        guard scope.day == day else {
            throw SignatureRefusal(
                "InvalidSignatureException",
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                    + "'\(day)' != '\(scope.day)', from '\(scope.timestamp)'.")
        }
    }

    private init(authorization: String, _ request: WireRequest) throws(SignatureRefusal) {
        let head = authorization.split(separator: " ", maxSplits: 1)
        guard head.count == 2, head[0] == SignatureWords.algorithm else {
            throw Self.incomplete("Authorization header requires the algorithm \(SignatureWords.algorithm).")
        }
        var fields: [String: String] = [:]
        for part in head[1].split(separator: ",") {
            let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            // A field that comes twice could be read in two ways.
            guard sides.count == 2, fields.updateValue(String(sides[1]), forKey: String(sides[0])) == nil else {
                throw Self.incomplete("Authorization header is malformed.")
            }
        }
        guard let date = try request.only("x-amz-date") else {
            throw Self.incomplete("Authorization header requires existence of a 'X-Amz-Date' header.")
        }
        try self.init(
            credential: fields["Credential"], headers: fields["SignedHeaders"], signature: fields["Signature"],
            date: date, expires: nil, hasToken: request.header("x-amz-security-token") != nil)
    }

    private init(queryOf request: WireRequest) throws(SignatureRefusal) {
        var fields: [String: String] = [:]
        for pair in request.query where pair.name.hasPrefix("X-Amz-") {
            guard fields.updateValue(pair.value, forKey: pair.name) == nil else {
                throw Self.incomplete("The query parameter '\(pair.name)' comes more than once.")
            }
        }
        guard fields["X-Amz-Algorithm"] == SignatureWords.algorithm,
            let seconds = fields["X-Amz-Expires"].flatMap({ Int($0) }),
            (1...Self.presignedSecondsMax).contains(seconds)
        else {
            throw Self.incomplete(
                "The query needs X-Amz-Algorithm=\(SignatureWords.algorithm) and X-Amz-Expires from 1 to "
                    + "\(Self.presignedSecondsMax).")
        }
        try self.init(
            credential: fields["X-Amz-Credential"], headers: fields["X-Amz-SignedHeaders"],
            signature: fields["X-Amz-Signature"], date: fields["X-Amz-Date"], expires: seconds,
            hasToken: fields[SignatureWords.tokenHeader] != nil)
    }

    private init(
        credential: String?, headers: String?, signature: String?, date: String?, expires: Int?, hasToken: Bool
    ) throws(SignatureRefusal) {
        guard let credential, let headers, let signature, let date, !headers.isEmpty else {
            throw Self.incomplete("Credential, SignedHeaders, Signature and a date are all needed.")
        }
        let parts = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[4] == "aws4_request" else {
            throw Self.incomplete("Credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request.")
        }
        keyID = parts[0]
        day = parts[1]
        scope = SignatureScope(timestamp: date, region: parts[2], service: parts[3])
        signedHeaders = headers.split(separator: ";").map { $0.lowercased() }
        self.signature = signature
        expiresSeconds = expires
        self.hasToken = hasToken
    }

    private static func incomplete(_ message: String) -> SignatureRefusal {
        SignatureRefusal("IncompleteSignatureException", message)
    }
}

/// A request as it came over the wire.
struct WireRequest: Sendable {
    var method: String
    var path: String
    /// Not escaped.
    var query: [(name: String, value: String)]
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// Throws when the query cannot be read.
    init(
        method: String, uri: String, headers: [(name: String, value: String)], body: [UInt8]
    ) throws(SignatureRefusal) {
        self.method = method
        path = String(uri.prefix { $0 != "?" })
        guard let pairs = URIText.pairs(of: uri.dropFirst(path.count + 1)) else {
            throw SignatureRefusal("IncompleteSignatureException", "The query string cannot be read.")
        }
        query = pairs
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// A header that may come once only.
    func only(_ name: String) throws(SignatureRefusal) -> String? {
        let values = headers.filter { $0.name == name }
        guard values.count < 2 else {
            throw SignatureRefusal("IncompleteSignatureException", "The header '\(name)' comes more than once.")
        }
        return values.first?.value
    }
}

/// The decision on one signature.
enum SignatureCheck {
    /// How far the clocks of the two sides may be apart, in seconds.
    static let skewSecondsMax = 300.0

    /// Whether the request was signed with this secret, for this region, at about this time.
    static func check(
        _ request: WireRequest, _ claim: SignatureClaim, signingKey: [UInt8], region: String, now: Double
    ) throws(SignatureRefusal) {
        guard claim.scope.region == region else {
            throw invalid("Credential should be scoped to a valid region, not '\(claim.scope.region)'.")
        }
        try checkTime(claim, now: now)
        let signed = Set(claim.signedHeaders)
        let mustSign = request.headers.map(\.name).filter { $0 == "host" || $0.hasPrefix("x-amz-") }
        guard signed.contains("host"), mustSign.allSatisfy(signed.contains) else {
            let left = (["host"] + mustSign).filter { !signed.contains($0) }
            throw invalid(
                "There were headers present in the request which were not signed: \(left.joined(separator: ", "))")
        }
        guard request.headers.count(where: { $0.name == "host" }) == 1 else {
            throw invalid("The request has to have exactly one Host header.")
        }
        let digest = SHA256.hash(data: request.body).hexadecimal
        if let told = try request.only(SignatureWords.digestHeader), told != digest {
            // UNSIGNED-PAYLOAD and streamed bodies are S3's alone: here the body is always part of what is signed.
            throw invalid("The provided 'x-amz-content-sha256' header does not match what was computed.")
        }
        let canonical = CanonicalRequest(
            method: request.method, path: request.path, query: request.query.filter { $0.name != "X-Amz-Signature" },
            headers: request.headers.filter { signed.contains($0.name) }, digest: digest)
        let text = claim.scope.stringToSign(digest: SHA256.hash(data: Array(canonical.text.utf8)).hexadecimal)
        guard isSame(hmac(signingKey, Array(text.utf8)).hexadecimal, claim.signature) else {
            throw invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                    + "Access Key and signing method. Consult the service documentation for details.")
        }
    }

    private static func checkTime(_ claim: SignatureClaim, now: Double) throws(SignatureRefusal) {
        guard let signedAt = seconds(of: claim.scope.timestamp) else {
            throw SignatureRefusal(
                "IncompleteSignatureException",
                "Date must be in ISO-8601 'basic format'. Got '\(claim.scope.timestamp)'.")
        }
        let stamp = claim.scope.timestamp
        if signedAt > now + skewSecondsMax {
            throw invalid("Signature not yet current: \(stamp) is still later than the engine's clock + 5 min.")
        }
        if now > signedAt + (claim.expiresSeconds.map(Double.init) ?? skewSecondsMax) {
            let limit = claim.expiresSeconds.map { "\($0) s" } ?? "5 min."
            throw invalid("Signature expired: \(stamp) is now earlier than the engine's clock - \(limit)")
        }
    }

    /// The moment that `20150830T123600Z` names; nil for anything else.
    static func seconds(of stamp: String) -> Double? {
        let text = Array(stamp.utf8)
        guard text.count == 16, text[8] == UInt8(ascii: "T"), text[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            let part = String(decoding: text[range], as: UTF8.self)
            return part.allSatisfy(\.isWholeNumber) ? Int(part) : nil
        }
        let part = { String(decoding: text[$0], as: UTF8.self) }
        guard let day = Day("\(part(0..<4))-\(part(4..<6))-\(part(6..<8))"), let hour = number(9..<11),
            let minute = number(11..<13), let second = number(13..<15), hour < 24, minute < 60, second < 61
        else { return nil }
        return Double(day.daysSinceEpoch) * 86_400 + Double(hour * 3600 + minute * 60 + second)
    }

    static func hmac(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
    }

    /// In a time that does not tell how much of it is right.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func invalid(_ message: String) -> SignatureRefusal {
        SignatureRefusal("InvalidSignatureException", message)
    }
}
