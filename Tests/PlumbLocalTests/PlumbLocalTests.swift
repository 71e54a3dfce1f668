// The embedded engine on real models, real processes and real TLS.

import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import PlumbEngine
import PlumbModel
import PlumbTesting
import ServiceLifecycle
import Testing

@testable import PlumbLocal

/// A whole engine in a folder of its own, and a client that trusts it.
struct RunningHouse: Sendable {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let digits = root.appending(path: "Examples/digits").path

    let house: LocalHouse
    let plane: LocalPlane
    let client: HTTPClient
    let token: String

    /// Runs an engine for the length of `body`.
    static func with<Result: Sendable>(
        folder: String? = nil, monitor: any TrafficMonitor = RecordingMonitor(),
        settings change: (inout LocalSettings) -> Void = { _ in },
        _ body: @Sendable (RunningHouse) async throws -> Result
    ) async throws -> Result {
        let folder = folder ?? FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        var log = Logger(label: "test")
        log.logLevel = .critical
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let worker = URL(filePath: bundle).deletingLastPathComponent().appending(path: "plumb-worker").path
        var settings = LocalSettings(
            folder: folder, host: "127.0.0.1", port: 0, workerPath: worker, threads: 1, version: "test")
        change(&settings)
        let house = try await LocalHouse(settings, monitor: monitor, log: log)
        let (plane, services) = try await house.furnish()
        let group = ServiceGroup(services: services, logger: log)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(house.certificates.authorityPath)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let token = try String(contentsOfFile: house.tokenPath, encoding: .utf8)
        let running = RunningHouse(house: house, plane: plane, client: client, token: token)
        let result: Result
        do {
            result = try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await running.until("the gateway listens") { house.gatewayPort != nil }
                let result = try await body(running)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        try await house.close()
        return result
    }

    /// Looks every 20 ms until it is so; throws after two minutes, for beside other tests a turn may be long in coming.
    func until(_ what: String, _ isSo: @Sendable () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        var isLast = false
        while true {
            if try await isSo() { return }
            guard !isLast else { throw PlumbError(.timedOut, "not within 120 s: \(what)") }
            try await Task.sleep(for: .milliseconds(20))
            isLast = ContinuousClock.now >= deadline
        }
    }

    /// Takes the models in, so that revisions can name them.
    func revision(_ number: Int, model: String, _ change: (inout Spec) -> Void = { _ in }) throws -> Revision {
        var spec = Spec.sample()
        spec.model.path = model
        spec.model.digest = nil
        spec.example = ExampleRequest(contentType: "text/csv", file: "request.csv")
        change(&spec)
        let digest = try house.takeIn(spec, folder: Self.digits)
        return Revision(
            number: number, spec: spec, modelDigest: digest, createdAt: house.now(), author: "test",
            folder: Self.digits)
    }

    /// Brings a revision up and gives it all traffic.
    func serve(_ revision: Revision, count: Int = 2) async throws {
        try await house.engine.apply(revision, count: count)
        try await until("\(count) instances are ready") {
            try await house.engine.observe(revision.endpoint).first { $0.revision == revision.number }?.ready == count
        }
        try await house.engine.shift(revision.endpoint, to: [revision.number: 100])
    }

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: String
    }

    func call(
        _ path: String = "/endpoints/digits/invocations", method: HTTPMethod = .POST, body: String? = nil,
        type: String = "text/csv", token: String?? = .none, target: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(house.gatewayPort ?? 0)\(path)")
        request.method = method
        if let token = token ?? self.token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        request.headers.add(name: "content-type", value: type)
        if let target { request.headers.add(name: "X-Amzn-SageMaker-Target-Model", value: target) }
        if method == .POST {
            let csv = try String(contentsOfFile: Self.digits + "/request.csv", encoding: .utf8)
            request.body = .bytes(ByteBuffer(string: body ?? csv))
        }
        let response = try await client.execute(request, timeout: .seconds(30))
        let text = String(buffer: try await response.body.collect(upTo: 8 << 20))
        return Answer(status: Int(response.status.code), headers: response.headers, body: text)
    }
}
