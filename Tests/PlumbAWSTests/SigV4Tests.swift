// The signer against signatures that AWS has published, and against AWS's own signer for Python.

import Foundation
import PlumbTesting
import Subprocess
import SystemPackage
import Testing

@testable import PlumbAWS

struct SigV4Tests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let name, method, service, region, url, body, time, key, secret: String
        let headers: [String: String]
        let token, authorization, presigned: String?
        var testDescription: String {
            name + (token == nil ? "" : ", token") + (presigned == nil ? "" : ", presigned")
        }
    }

    static let vectors: [Vector] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/sigv4.json")
        do {
            return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
        } catch {
            Issue.record("\(error); scripts/sigv4-vectors.py writes the vectors")
            return []
        }
    }()

    private func request(_ vector: Vector) throws -> HTTPRequest {
        let parts = try #require(URLComponents(string: vector.url))
        let start = try #require(vector.url.range(of: "://"))
        let end = vector.url[start.upperBound...].firstIndex(of: "/") ?? vector.url.endIndex
        var request = HTTPRequest(
            method: vector.method, origin: String(vector.url[..<end]),
            path: String(vector.url[end...].prefix { $0 != "?" }))
        request.query = (parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        request.headers = vector.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        request.body = try #require(Data(base64Encoded: vector.body))
        return request
    }

    private func signer(_ vector: Vector) throws -> SigV4 {
        SigV4(
            credentials: AWSCredentials(
                accessKeyID: vector.key, secretAccessKey: Secret(vector.secret),
                sessionToken: vector.token.map { Secret($0) }, source: "test"),
            region: vector.region, service: vector.service,
            date: try #require(AWSValue.text(vector.time).date))
    }

    @Test(arguments: vectors)
    func signsAsBotocoreDoes(_ vector: Vector) throws { try compare(vector) }

    private func compare(_ vector: Vector) throws {
        let (request, signer) = (try request(vector), try signer(vector))
        if let expected = vector.authorization {
            #expect(header("Authorization", of: signer.signed(request)) == expected, "\(vector)")
        } else {
            let signature = signer.presigned(request, seconds: 900).revealed.split(separator: "X-Amz-Signature=").last
            #expect(signature == vector.presigned?.split(separator: "X-Amz-Signature=").last, "\(vector)")
        }
    }

    /// As many as make a difference: odd octets, dots and slashes in paths, names that come more than once, blanks.
    @Test(.enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs botocore"), arguments: [1, 2, 3])
    func signsThousandsOfGeneratedRequestsAsBotocoreDoes(seed: Int) async throws {
        let python = try #require(AWSTools.python)
        let script = AWSTools.root.appending(path: "scripts/sigv4-vectors.py").path
        let run = try await Subprocess.run(
            .path(FilePath(python)), arguments: [script, "1500", "\(seed)"], output: .data(limit: 1 << 26),
            error: .string(limit: 1 << 16))
        let vectors = try JSONDecoder().decode([Vector].self, from: run.standardOutput)
        #expect(vectors.count == 1500 && vectors.contains { $0.presigned != nil }, "\(run.standardError)")
        for vector in vectors { try compare(vector) }
    }

    @Test func botocoreHasMadeVectorsOfEverySort() {
        #expect(Self.vectors.count > 30)
        #expect(Self.vectors.contains { $0.presigned != nil && $0.service == "s3" && $0.token != nil })
    }

    private func header(_ name: String, of request: HTTPRequest) -> String? {
        request.headers.first { $0.name == name }?.value
    }

    private func signature(of request: HTTPRequest) throws -> String {
        let value = try #require(header("Authorization", of: request))
        return try #require(value.split(separator: "Signature=").last.map(String.init))
    }

    /// The example of AWS's description of Signature Version 4.
    @Test func signsTheExampleOfIAMsDocumentation() throws {
        let signer = SigV4(
            credentials: AWSCredentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                source: ""),
            region: "us-east-1", service: "iam", date: try #require(AWSValue.text("2015-08-30T12:36:00Z").date))
        var request = HTTPRequest(method: "GET", origin: "https://iam.amazonaws.com", path: "/")
        request.query = [("Action", "ListUsers"), ("Version", "2010-05-08")]
        request.headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        #expect(
            try signature(of: signer.signed(request))
                == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    /// The examples of S3's documentation: method, path, query, headers, body, signature.
    private static let s3Examples: [(String, String, String?, [String: String], String, String)] = [
        (
            "GET", "/test.txt", nil, ["Range": "bytes=0-9"], "",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
        (
            "PUT", "/test%24file.text", nil,
            ["Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"],
            "Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        ),
        ("GET", "/", "lifecycle", [:], "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        (
            "GET", "/", "max-keys=2&prefix=J", [:], "",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ]

    private var s3Signer: SigV4 {
        get throws {
            SigV4(
                credentials: AWSCredentials(
                    accessKeyID: "AKIAIOSFODNN7EXAMPLE",
                    secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), source: ""),
                region: "us-east-1", service: "s3", date: try #require(AWSValue.text("2013-05-24T00:00:00Z").date))
        }
    }

    @Test(arguments: s3Examples.indices)
    func signsTheExamplesOfS3sDocumentation(_ index: Int) throws {
        let (method, path, query, headers, body, expected) = Self.s3Examples[index]
        var request = HTTPRequest(method: method, origin: "https://examplebucket.s3.amazonaws.com", path: path)
        request.query = (query ?? "").split(separator: "&").map {
            let parts = $0.split(separator: "=").map(String.init)
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
        request.headers = headers.map { ($0.key, $0.value) }
        request.body = Data(body.utf8)
        #expect(try signature(of: s3Signer.signed(request)) == expected)
    }

    @Test func presignsTheExampleOfS3sDocumentation() throws {
        let request = HTTPRequest(
            method: "GET", origin: "https://examplebucket.s3.amazonaws.com", path: "/test.txt")
        let url = try s3Signer.presigned(request, seconds: 86400).revealed
        #expect(
            url.hasSuffix("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
    }
}
