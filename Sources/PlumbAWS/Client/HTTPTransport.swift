// HTTP over AsyncHTTPClient: TLS, proxies, timeouts.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import PlumbModel

/// One pool of connections without a proxy, and one for each proxy.
struct HTTPTransport: Transport {
    private let direct: HTTPClient
    private let proxied: [ProxyRule.Scheme: HTTPClient]
    private let proxies: ProxyRule
    private let secondsMax: Double
    /// An answer larger than this is not kept.
    static let answerBytesMax = 64 << 20
    static let connectionsPerHostMax = 16

    init(settings: AWSSettings) throws(PlumbError) {
        proxies = try settings.proxyRule()
        secondsMax = settings.options.readSeconds + settings.options.connectSeconds
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = try Self.tls(authorities: settings.authoritiesPath)
        // A signature is good for one host: whoever sends us elsewhere is answered by the caller.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(
            connect: .milliseconds(Int64(settings.options.connectSeconds * 1000)),
            read: .milliseconds(Int64(settings.options.readSeconds * 1000)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerHostMax
        configuration.connectionPool.retryConnectionEstablishment = false
        direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var proxied: [ProxyRule.Scheme: HTTPClient] = [:]
        for (scheme, proxy) in proxies.proxies {
            configuration.proxy = proxy.configuration
            proxied[scheme] = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }
        self.proxied = proxied
    }

    private static func tls(authorities path: String?) throws(PlumbError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        guard let path else { return tls }
        do {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
        } catch {
            throw PlumbError(
                .invalidInput, "\(path), which AWS_CA_BUNDLE or ca_bundle names, holds no certificates",
                hint: "name a file of PEM certificates, or unset AWS_CA_BUNDLE", cause: error)
        }
        return tls
    }

    func shutDown() async throws {
        try await direct.shutdown()
        for client in proxied.values { try await client.shutdown() }
    }

    func send(_ request: HTTPRequest, by route: Route) async throws -> HTTPAnswer {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        var (client, seconds) = (direct, secondsMax)
        switch route {
        case .aws: client = proxies.scheme(for: request.origin).flatMap { proxied[$0] } ?? direct
        case .nearby(let patience): seconds = patience
        }
        do {
            let answer = try await client.execute(
                outgoing, timeout: .milliseconds(Int64(seconds * 1000)))
            let body = try await answer.body.collect(upTo: Self.answerBytesMax)
            let headers = Dictionary(answer.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            return HTTPAnswer(status: Int(answer.status.code), headers: headers, body: Data(body.readableBytesView))
        } catch {
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            let timeouts: [HTTPClientError] = [.connectTimeout, .readTimeout, .deadlineExceeded, .writeTimeout]
            let isTimeout = (error as? HTTPClientError).map(timeouts.contains) ?? false
            throw TransportFault(isTimeout: isTimeout, description: "\(request.origin): \(Self.told(error))")
        }
    }

    private static func told(_ error: any Error) -> String {
        (error as? HTTPClientError)?.shortDescription ?? "\(error)"
    }
}
