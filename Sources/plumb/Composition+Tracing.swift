// Spans of requests: how many are recorded, and which collector they are delivered to.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PlumbLocal
import PlumbModel
import Tracing

extension Composition {
    /// What was asked for of tracing.
    struct Tracing {
        var sampleRatio: Double
        var collector: SpanCollector?

        /// Nil where neither a share nor a collector was named: then nothing is recorded.
        init?(sampleRatio: Double?, collector address: String?) throws {
            guard sampleRatio != nil || address != nil else { return nil }
            self.sampleRatio = sampleRatio ?? 0
            collector = try address.map { try SpanCollector($0) }
        }

        var settings: TracingSettings {
            guard let collector else { return TracingSettings(sampleRatio: sampleRatio) }
            return TracingSettings(sampleRatio: sampleRatio) { try await collector.post($0) }
        }
    }

    /// Makes the engine's tracer that of the libraries in this program too.
    static func begin(_ tracer: SpanTracer?) {
        if let tracer { InstrumentationSystem.bootstrap(tracer) }
    }
}

/// An OpenTelemetry collector that takes OTLP over HTTP, in JSON.
struct SpanCollector: Sendable {
    private let url: String
    private let client: HTTPClient
    private static let timeoutSeconds: Int64 = 5
    private static let path = "/v1/traces"

    /// Throws `invalidInput` for an address that is none, or that would send spans over a network in the clear.
    init(_ text: String) throws {
        guard let url = URL(string: text), let host = url.host(), ["http", "https"].contains(url.scheme) else {
            throw PlumbError(
                .invalidInput, "'\(text)' is no address of a collector", hint: "--traces http://127.0.0.1:4318")
        }
        guard url.scheme == "https" || ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) else {
            throw PlumbError(
                .invalidInput, "the way to the collector on \(host) is not encrypted",
                hint: "--traces https://…, or a collector on this machine")
        }
        self.url = text.hasSuffix(Self.path) ? text : (text.hasSuffix("/") ? String(text.dropLast()) : text) + Self.path
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(Self.timeoutSeconds)
        // Delivering spans must not make spans.
        configuration.tracing.tracer = nil
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Throws when the batch was not taken. It is not sent again: it is in the file all the same.
    func post(_ json: String) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "plumb/\(Composition.version)")
        request.body = .bytes(ByteBuffer(string: json))
        let status = try await client.execute(request, timeout: .seconds(Self.timeoutSeconds)).status
        guard (200..<300).contains(status.code) else {
            throw PlumbError(.refused, "the collector answers \(status.code)")
        }
    }

    func close() async throws { try await client.shutdown() }
}
