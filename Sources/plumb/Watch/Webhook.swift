// A webhook: news posted as JSON, signed where a secret is given.

import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import PlumbModel

/// One address that takes news.
struct Webhook: Sendable {
    private let url: URL
    private let secret: SymmetricKey?
    private static let timeoutSeconds: Int64 = 10
    private static let secretBytesMin = 16

    /// The address as logs and metrics may show it: what stands after the host is often a secret.
    let name: String

    /// Throws `invalidInput` for an address that is none, or that would send the news over a network in the clear.
    init(_ text: String, secretFile: String?) throws {
        guard let url = URL(string: text), let host = url.host(), ["http", "https"].contains(url.scheme) else {
            throw PlumbError(.invalidInput, "'\(text)' is no address of a webhook", hint: "--webhook https://…")
        }
        guard url.scheme == "https" || ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) else {
            throw PlumbError(.invalidInput, "the webhook on \(host) is not encrypted", hint: "--webhook https://…")
        }
        self.url = url
        name = "webhook \(host)\(url.port.map { ":\($0)" } ?? "")"
        secret = try secretFile.map { path in
            let words = String(decoding: try Input.contents(of: path), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard words.utf8.count >= Self.secretBytesMin else {
                throw PlumbError(
                    .invalidInput, "the secret in \(path) is shorter than \(Self.secretBytesMin) bytes",
                    hint: "openssl rand -hex 32 > \(path)")
            }
            return SymmetricKey(data: Data(words.utf8))
        }
    }

    /// Connections; whoever has them shuts them down.
    static func client() -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(timeoutSeconds)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Opens connections for the length of `body`.
    static func withClient<Result>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
        let client = client()
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// Posts a message. Throws `refused` for an answer that will not get better, else `timedOut`.
    func post(_ json: String, id: String, at now: Double, through client: HTTPClient) async throws {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "plumb/\(Composition.version)")
        request.headers.add(name: "plumb-delivery", value: id)
        if let secret {
            // The time is signed with the body, so that nobody can send an old message again.
            let time = "\(Int(now))"
            let code = HMAC<SHA256>.authenticationCode(for: Data("\(time).\(json)".utf8), using: secret)
            let digits = code.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
            request.headers.add(name: "plumb-timestamp", value: time)
            request.headers.add(name: "plumb-signature", value: "sha256=\(digits)")
        }
        request.body = .bytes(ByteBuffer(string: json))
        let status: HTTPResponseStatus
        do {
            status = try await client.execute(request, timeout: .seconds(Self.timeoutSeconds)).status
        } catch {
            throw PlumbError(.timedOut, "\(name) does not answer", cause: error)
        }
        guard !(200..<300).contains(status.code) else { return }
        let isPassing = status.code >= 500 || [408, 425, 429].contains(status.code)
        throw PlumbError(isPassing ? .timedOut : .refused, "\(name) answered \(status.code)")
    }
}
