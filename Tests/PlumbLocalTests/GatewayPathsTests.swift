// What else the gateway answers: health, the Open Inference Protocol, kept answers, and clients that speak raw bytes.

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbLocal

@Suite(.serialized, .timeLimit(.minutes(20)))
struct GatewayPathsTests {
    @Test func isHealthyOnlyWhenEveryEndpointHasAReadyWorker() async throws {
        try await RunningHouse.with { running in
            #expect(try await running.call("/healthz", method: .GET, token: .some(nil)).status == 200)
            let revision = try running.revision(1, model: "model.onnx")
            _ = running.house.gateway.route(revision.endpoint, limits: revision.spec.limits)
            let early = try await running.call("/healthz", method: .GET, token: .some(nil))
            #expect(early.status == 503 && early.body == "{\"ready\":false,\"endpoints\":1,\"serving\":0}")
            try await running.serve(revision)
            #expect(try await running.call("/healthz", method: .GET, token: .some(nil)).status == 200)
            #expect(try await running.call("/v2/health/ready", method: .GET, token: .some(nil)).status == 200)
        }
    }

    @Test func speaksTheOpenInferenceProtocolForEveryEndpoint() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx") { $0.model.name = "net" }, count: 1)
            let about = try await running.call("/v2/models/digits", method: .GET)
            #expect(about.status == 200 && about.body.contains("\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\""))
            #expect(try await running.call("/v2/models/digits/ready", method: .GET).status == 200)

            let pixels = Array(repeating: "0", count: 64).joined(separator: ",")
            let tensor = "{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,64],\"data\":[\(pixels)]}"
            let request = "{\"id\":\"7\",\"inputs\":[\(tensor)]}"
            let answer = try await running.call("/v2/models/digits/infer", body: request, type: "application/json")
            #expect(
                answer.status == 200 && answer.body.contains("\"id\":\"7\"") && answer.body.contains("\"outputs\":["))
            #expect(answer.headers.first(name: "x-plumb-revision") == "1")

            let wrong = try await running.call("/v2/models/digits/infer", body: "{}", type: "application/json")
            #expect(wrong.status == 400 && wrong.body.hasPrefix("{\"error\":"))
            let stranger = try await running.call("/v2/models/digist", method: .GET)
            #expect(stranger.status == 404 && stranger.body.hasPrefix("{\"error\":"))
            #expect(try await running.call("/v2/models/digits/infer", token: .some(nil)).status == 401)
            let page = try await running.call("/metrics", method: .GET)
            let series = "{endpoint=\"digits\",variant=\"primary\",revision=\"1\"}"
            #expect(
                page.body.contains("plumb_invocations_total\(series) 2\n"), "questions about a model are none to it")
        }
    }

    @Test func keepsAnswersOfADeterministicModelUntilTheTrafficMoves() async throws {
        try await RunningHouse.with { running in
            func deterministic(_ spec: inout Spec) {
                spec.cache = CacheDecision(isDeterministic: true, repeatRate: 0.5, ttlSeconds: 300)
            }
            try await running.serve(try running.revision(1, model: "model.onnx", deterministic), count: 1)
            let first = try await running.call()
            let second = try await running.call()
            #expect(first.headers.first(name: "x-plumb-cache") == nil && first.status == 200)
            #expect(second.headers.first(name: "x-plumb-cache") == "hit" && second.body == first.body)
            #expect(second.headers.first(name: "age") != nil)
            for _ in 0..<2 { #expect(try await running.call(body: "1,2\n").status == 424, "errors are not kept") }
            let page = try await running.call("/metrics", method: .GET)
            #expect(page.body.contains("plumb_cache_hits_total{endpoint=\"digits\"} 1\n"))
            #expect(page.body.contains("plumb_cache_misses_total{endpoint=\"digits\"} 3\n"))
            #expect(page.body.contains("outcome=\"2xx\"} 1\n"), "a hit is no invocation")

            try await running.serve(try running.revision(2, model: "model-v2.onnx", deterministic), count: 1)
            let moved = try await running.call()
            #expect(moved.headers.first(name: "x-plumb-cache") == nil)
            #expect(moved.headers.first(name: "x-plumb-revision") == "2")
        }
    }

    @Test func answersPipelinedRequestsInOrderAndNamesThem() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"), count: 1)
            let csv = try String(contentsOfFile: RunningHouse.digits + "/request.csv", encoding: .utf8)
            let start =
                "POST /endpoints/digits/invocations HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(running.token)\r\n"
            let good = start + "Content-Type: text/csv\r\nContent-Length: \(csv.utf8.count)\r\n\r\n\(csv)"
            let size = String(csv.utf8.count, radix: 16)
            let chunked =
                start + "Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
                + "\(size)\r\n\(csv)\r\n0\r\n\r\n"
            let refused = "POST /endpoints/digits/invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
            let text = try await running.speak(
                good + good + refused + chunked + "GET /ping HTTP/1.0\r\nAuthorization: Bearer \(running.token)\r\n\r\n"
            )
            let statuses = text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["200", "200", "401", "100", "200", "200"], "\(text)")
            let names = text.split(separator: "\r\n").filter { $0.hasPrefix("x-amzn-requestid: ") }
            #expect(names.count == 5 && Set(names).count == 5 && names.allSatisfy { $0.count == 54 })
        }
    }

    @Test func readsOnAfterAPipelinedRequestThatWasLargerThanWhatIsHeld() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"), count: 1)
            let csv = try String(contentsOfFile: RunningHouse.digits + "/request.csv", encoding: .utf8)
            let rows = String(repeating: csv, count: 1500)
            #expect(rows.utf8.count > 2 * GatewayLimits.pipelinedBytesMax)
            let start =
                "POST /endpoints/digits/invocations HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(running.token)\r\n"
                + "Content-Type: text/csv\r\n"
            let large = start + "Content-Length: \(rows.utf8.count)\r\n\r\n\(rows)"
            let last = start + "Connection: close\r\nContent-Length: \(csv.utf8.count)\r\n\r\n\(csv)"
            let text = try await running.speak(large + large + large + last)
            #expect(text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["200", "200", "200", "200"])
        }
    }

    @Test func endsTheConnectionAfterWhatCouldBeReadInTwoWays() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"), count: 1)
            let start =
                "POST /endpoints/digits/invocations HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(running.token)\r\n"
            for (request, status) in [
                ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
                ("Content-Length: 4\r\nContent-Length: 5\r\n\r\n12345", "400"),
                ("Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400"), ("A: b\n\r\n", "400"), (" folded\r\n\r\n", "400"),
                ("A: \(String(repeating: "b", count: 20_000))", "431"),
                ("Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n", "413"),
                ("Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", "413"),
            ] {
                let text = try await running.speak(start + request + "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(
                    text.hasPrefix("HTTP/1.1 \(status) ") && text.contains("connection: close\r\n"),
                    "\(request): \(text)")
                #expect(text.split(separator: "HTTP/1.1 ").count == 1, "\(request) was followed: \(text)")
            }
        }
    }
}

extension RunningHouse {
    /// Sends bytes over TLS as they are, and answers all that comes until the gateway closes the connection.
    func speak(_ text: String) async throws -> String {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(house.certificates.authorityPath)
        let context = try NIOSSLContext(configuration: configuration)
        let group = MultiThreadedEventLoopGroup.singleton
        let heard = group.next().makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                    try channel.pipeline.syncOperations.addHandlers([handler, Listener(heard)])
                }
            }
            .connect(host: "127.0.0.1", port: house.gatewayPort ?? 0).get()
        let timer = channel.eventLoop.scheduleTask(in: .seconds(20)) {
            heard.fail(PlumbError(.timedOut, "the gateway did not close the connection"))
        }
        try await channel.writeAndFlush(ByteBuffer(string: text))
        defer { timer.cancel() }
        return try await heard.futureResult.get()
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var text = ""
        private let heard: EventLoopPromise<String>

        init(_ heard: EventLoopPromise<String>) { self.heard = heard }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }

        // A refused client that goes on sending closes itself once it has read the answer.
        func channelReadComplete(context: ChannelHandlerContext) {
            if text.contains("connection: close\r\n") { context.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
        func channelInactive(context: ChannelHandlerContext) { heard.succeed(text) }
    }
}
