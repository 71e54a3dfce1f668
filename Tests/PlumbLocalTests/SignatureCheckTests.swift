// The verifier against requests that AWS's own signer for Python has signed, and against everything done to them since.

import Foundation
import PlumbEngine
import PlumbTesting
import Subprocess
import SystemPackage
import Testing

@testable import PlumbLocal

struct SignatureCheckTests {
    struct Vector: Decodable, Sendable {
        let name, method, service, region, url, body, time, key, secret: String
        let headers: [String: String]
        let token, authorization, presigned: String?
    }

    /// Requests of services that sign as SageMaker does, without session tokens.
    private static func vectors(_ data: Data) throws -> [Vector] {
        try JSONDecoder().decode([Vector].self, from: data).filter { $0.service != "s3" && $0.token == nil }
    }

    private static func kept() throws -> [Vector] {
        let path = AWSTools.root.appending(path: "Tests/PlumbAWSTests/Fixtures/sigv4.json")
        return try vectors(Data(contentsOf: path))
    }

    /// The request as it comes over the wire.
    private func wire(_ vector: Vector) throws -> WireRequest {
        let url = vector.presigned ?? vector.url
        let start = try #require(url.range(of: "://")).upperBound
        let end = url[start...].firstIndex { "/?".contains($0) } ?? url.endIndex
        let isUsual = url.hasPrefix("https") ? url[start..<end].hasSuffix(":443") : url[start..<end].hasSuffix(":80")
        let host = isUsual ? String(url[start..<end].prefix { $0 != ":" }) : String(url[start..<end])
        var headers = vector.headers.map { ($0.key, $0.value) } + [("Host", host.lowercased())]
        if let authorization = vector.authorization {
            headers += [("Authorization", authorization), ("X-Amz-Date", stamp(vector))]
        }
        return try WireRequest(
            method: vector.method, uri: String(url[end...]), headers: headers,
            body: Array(try #require(Data(base64Encoded: vector.body))))
    }

    private func stamp(_ vector: Vector) -> String {
        vector.time.replacing("-", with: "").replacing(":", with: "")
    }

    private func registry(_ vector: Vector, secret: String? = nil, expiresAt: Double? = nil) -> AccessKeyRegistry {
        let registry = AccessKeyRegistry(region: vector.region)
        registry.add(
            AccessKey(id: vector.key, holder: "alice", role: .operator, createdAt: 0, expiresAt: expiresAt),
            secret: secret ?? vector.secret)
        return registry
    }

    /// The code of the refusal; nil when the request is accepted.
    private func refusal(
        _ vector: Vector, secret: String? = nil, region: String? = nil, later: Double = 0, expiresIn: Double? = nil,
        _ change: (inout WireRequest) -> Void = { _ in }
    ) throws -> String? {
        var request = try wire(vector)
        change(&request)
        let signedAt = try #require(SignatureCheck.seconds(of: stamp(vector)))
        var vector = vector
        if let region { vector = vector.moved(to: region) }
        let keys = registry(vector, secret: secret, expiresAt: expiresIn.map { signedAt + $0 })
        do throws(SignatureRefusal) {
            let caller = try keys.verify(request, now: signedAt + later).caller
            #expect(caller.key.holder == "alice" && caller.service == vector.service)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func acceptsWhatBotocoreSigned() throws {
        let vectors = try Self.kept()
        #expect(vectors.count > 10 && vectors.contains { $0.presigned != nil })
        for vector in vectors { #expect(try refusal(vector) == nil, "\(vector.name)") }
    }

    @Test(.enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs botocore"), arguments: [11, 12])
    func acceptsThousandsOfGeneratedRequestsAndNoneThatWasChanged(seed: Int) async throws {
        let script = AWSTools.root.appending(path: "scripts/sigv4-vectors.py").path
        let run = try await Subprocess.run(
            .path(FilePath(try #require(AWSTools.python))), arguments: [script, "3000", "\(seed)"],
            output: .data(limit: 1 << 26), error: .string(limit: 1 << 16))
        let vectors = try Self.vectors(run.standardOutput)
        #expect(vectors.count > 500)
        for vector in vectors {
            #expect(try refusal(vector) == nil, "\(vector)")
            #expect(try refusal(vector) { $0.body.append(0) } == "InvalidSignatureException", "\(vector)")
            #expect(try refusal(vector) { $0.path += "x" } == "InvalidSignatureException", "\(vector)")
            #expect(try refusal(vector) { $0.query.append(("q", "1")) } == "InvalidSignatureException", "\(vector)")
        }
    }

    private static func plain() throws -> Vector {
        try #require(try kept().first { $0.name == "json post" && $0.presigned == nil })
    }

    private static func presigned() throws -> Vector { try #require(try kept().first { $0.presigned != nil }) }

    private static let invalid = "InvalidSignatureException"

    @Test func refusesAnotherSecretKeyRegionOrMethod() throws {
        let vector = try Self.plain()
        #expect(try refusal(vector, secret: "other") == Self.invalid)
        #expect(try refusal(vector, region: "mars-1") == Self.invalid)
        #expect(try refusal(vector) { $0.method = "PUT" } == Self.invalid)
        let named = try refusal(vector) { request in
            request.headers = request.headers.map { ($0.name, $0.value.replacing("AKIDEXAMPLE", with: "AKIDOTHER")) }
        }
        #expect(named == "UnrecognizedClientException")
        #expect(
            try refusal(vector) { $0.headers.append(("x-amz-security-token", "t")) } == "UnrecognizedClientException")
    }

    @Test func holdsToTheClockWithinFiveMinutes() throws {
        let vector = try Self.plain()
        #expect(try refusal(vector, later: 299) == nil && refusal(vector, later: -299) == nil)
        #expect(try refusal(vector, later: 301) == Self.invalid && refusal(vector, later: -301) == Self.invalid)
        let address = try Self.presigned()
        #expect(try refusal(address, later: 899) == nil)
        #expect(try refusal(address, later: 901) == Self.invalid && refusal(address, later: -301) == Self.invalid)
    }

    @Test func refusesAKeyFromTheMomentItExpires() throws {
        let vector = try Self.plain()
        #expect(try refusal(vector, later: 9, expiresIn: 10) == nil)
        #expect(try refusal(vector, later: 10, expiresIn: 10) == "ExpiredTokenException")
    }

    @Test func refusesHeadersThatWereAddedDoubledOrLeftUnsigned() throws {
        let vector = try Self.plain()
        #expect(try refusal(vector) { $0.headers.append(("x-amz-meta", "a")) } == Self.invalid)
        #expect(try refusal(vector) { $0.headers.append(("x-amz-target", "SageMaker.DeleteModel")) } == Self.invalid)
        #expect(try refusal(vector) { $0.headers.append(("host", "other")) } == Self.invalid)
        #expect(
            try refusal(vector) { $0.headers.append(("x-amz-date", "20150830T123600Z")) }
                == "IncompleteSignatureException")
        // What nobody signs, a proxy may add.
        #expect(try refusal(vector) { $0.headers.append(("x-forwarded-for", "1")) } == nil)
        let unhosted = try refusal(vector) { request in
            request.headers = request.headers.map { ($0.name, $0.value.replacing("host;", with: "")) }
        }
        #expect(unhosted == Self.invalid)
    }

    @Test func takesNoOtherWordForTheBodyThanItsDigest() throws {
        let vector = try Self.plain()
        for word in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", String(repeating: "0", count: 64)] {
            #expect(try refusal(vector) { $0.headers.append(("x-amz-content-sha256", word)) } == Self.invalid)
        }
    }

    @Test(arguments: [
        "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA1 Credential=a/b/c/d/aws4_request",
        "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=s",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=, Signature=s",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host;host, Signature=s",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, Credential=b, SignedHeaders=host, Signature=s",
    ])
    func refusesClaimsThatAreNotWhole(authorization: String) throws {
        let vector = try Self.plain()
        let code = try refusal(vector) { request in
            request.headers = request.headers.map { $0.name == "authorization" ? ($0.name, authorization) : $0 }
        }
        #expect(code == "IncompleteSignatureException")
    }

    @Test func refusesADayThatIsNotTheTimestamps() throws {
        let code = try refusal(try Self.plain()) { request in
            request.headers = request.headers.map { header in
                header.name == "x-amz-date" ? (header.name, "20140830T123600Z") : header
            }
        }
        #expect(code == Self.invalid)
    }

    @Test(arguments: [
        "20150230T123600Z", "20150830T243600Z", "20150830T126000Z", "2015083 T123600Z", "20150830T1236-1Z", "",
    ])
    func readsNoMomentThatThereIsNot(stamp: String) {
        #expect(SignatureCheck.seconds(of: stamp) == nil)
    }
}

extension SignatureCheckTests.Vector {
    /// For an engine of another region.
    fileprivate func moved(to region: String) -> Self {
        Self(
            name: name, method: method, service: service, region: region, url: url, body: body, time: time, key: key,
            secret: secret, headers: headers, token: token, authorization: authorization, presigned: presigned)
    }
}
