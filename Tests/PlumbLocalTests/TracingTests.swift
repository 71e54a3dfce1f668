// Spans: their places in the client's trace, what the worker is told of it, and the file that OpenTelemetry reads.

import AsyncHTTPClient
import Foundation
import Instrumentation
import NIOCore
import NIOHTTP1
import NIOSSL
import PlumbModel
import Synchronization
import Testing
import Tracing

@testable import PlumbLocal

/// A span as the file has it.
struct WrittenSpan: Decodable, Sendable {
    struct Attribute: Decodable, Sendable {
        struct Value: Decodable, Sendable {
            var stringValue: String?
            var intValue: String?
        }
        var key: String
        var value: Value
    }
    struct Status: Decodable, Sendable { var code: Int }
    private struct File: Decodable {
        struct Resource: Decodable { var scopeSpans: [Scope] }
        struct Scope: Decodable { var spans: [WrittenSpan] }
        var resourceSpans: [Resource]
    }
    var traceId: String
    var spanId: String
    var parentSpanId: String?
    var name: String
    var kind: Int
    var startTimeUnixNano: String
    var endTimeUnixNano: String
    var attributes: [Attribute]
    var status: Status?

    subscript(key: String) -> String? {
        let value = attributes.first { $0.key == key }?.value
        return value?.stringValue ?? value?.intValue
    }
    var nanoseconds: ClosedRange<UInt64> { (UInt64(startTimeUnixNano) ?? 0)...(UInt64(endTimeUnixNano) ?? 0) }

    /// All spans of a text of lines.
    static func read(_ text: String) throws -> [WrittenSpan] {
        try text.split(separator: "\n").flatMap { line in
            try JSONDecoder().decode(File.self, from: Data(line.utf8)).resourceSpans
                .flatMap { $0.scopeSpans.flatMap(\.spans) }
        }
    }

    static func read(of running: RunningHouse) throws -> [WrittenSpan] {
        try read(String(contentsOfFile: SpanService.path(in: running.house.folder), encoding: .utf8))
    }
}

extension RunningHouse {
    /// One invocation that comes in a trace; its status.
    func invoke(traceParent: String?, by client: HTTPClient? = nil) async throws -> UInt {
        var request = HTTPClientRequest(
            url: "https://127.0.0.1:\(house.gatewayPort ?? 0)/endpoints/digits/invocations")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "text/csv")
        if let traceParent { request.headers.add(name: "traceparent", value: traceParent) }
        request.body = .bytes(ByteBuffer(string: "1\n"))
        let response = try await (client ?? self.client).execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response.status.code
    }
}

@Suite(.serialized, .timeLimit(.minutes(20)))
struct TracingTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let clientSpan = "00f067aa0ba902b7"
    private static func parent(sampled: Bool) -> String { "00-\(trace)-\(clientSpan)-0\(sampled ? 1 : 0)" }

    /// A server that answers with the `traceparent` it was sent, after `seconds`; its first `lost` requests it leaves.
    private static func server(seconds: Double = 0, lost: Int = 0, notes: String) -> [String] {
        let text = """
            import http.server, os, time
            left = \(lost)
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self): self.answer(b"")
                def do_POST(self):
                    global left
                    self.rfile.read(int(self.headers["content-length"]))
                    with open("\(notes)", "a") as notes: notes.write(str(self.headers["traceparent"]) + "\\n")
                    if left > 0 and self.headers["traceparent"]:
                        left -= 1
                        self.close_connection = True
                        return
                    time.sleep(\(seconds))
                    self.answer(b"7")
                def answer(self, body):
                    self.send_response(200)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *_): pass
            http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
            """
        return ["python3", "-c", text]
    }

    /// A house that records, before one worker of that server; `notes` is the file of the heads it was sent.
    private func with<Result: Sendable>(
        ratio: Double = 0, seconds: Double = 0, lost: Int = 0,
        deliver: (@Sendable (String) async throws -> Void)? = nil,
        _ body: @Sendable (RunningHouse, _ notes: String) async throws -> Result
    ) async throws -> Result {
        let notes = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        return try await RunningHouse.with { settings in
            settings.tracing = TracingSettings(sampleRatio: ratio, deliver: deliver)
        } _: { running in
            try await running.serve(
                try running.revision(1, model: "model.onnx") { spec in
                    spec.model.path = nil
                    spec.model.command = Self.server(seconds: seconds, lost: lost, notes: notes)
                    spec.model.concurrencyMax = 1
                    spec.example = ExampleRequest(contentType: "text/csv", body: "1\n")
                }, count: 1)
            return try await body(running, notes)
        }
    }

    @Test func spansOfARequestAreBelowItsClientsAndTheWorkerIsToldOfThem() async throws {
        try await with { running, notes in
            #expect(try await running.invoke(traceParent: Self.parent(sampled: true)) == 200)
            try await running.until("the spans are written") { try WrittenSpan.read(of: running).count == 3 }
            let spans = try WrittenSpan.read(of: running)
            #expect(spans.allSatisfy { $0.traceId == Self.trace })
            let server = try #require(spans.first { $0.kind == 2 })
            #expect(server.parentSpanId == Self.clientSpan && server.name == "POST /endpoints/{name}/invocations")
            #expect(server["http.request.method"] == "POST" && server["http.response.status_code"] == "200")
            #expect(server["url.path"] == "/endpoints/digits/invocations" && server["plumb.endpoint"] == "digits")
            #expect(server["plumb.revision"] == "1" && server["aws.request_id"]?.count == 36)
            #expect(server["http.request.body.size"] == "2" && server["http.response.body.size"] == "1")
            let receive = try #require(spans.first { $0.name == "receive" })
            let worker = try #require(spans.first { $0.name == "worker" })
            #expect([receive, worker].allSatisfy { $0.parentSpanId == server.spanId })
            #expect(worker.kind == 3 && worker["http.response.status_code"] == "200")
            #expect(worker["plumb.worker"] != nil && worker["plumb.zone"] == "local-a")
            for stage in [receive, worker] {
                #expect(server.nanoseconds.contains(stage.nanoseconds.lowerBound))
                #expect(server.nanoseconds.contains(stage.nanoseconds.upperBound))
            }
            let told = try String(contentsOfFile: notes, encoding: .utf8)
            #expect(told.contains("00-\(Self.trace)-\(worker.spanId)-01\n"))
        }
    }

    @Test func aTraceThatIsNotRecordedIsPassedOnAsItIsAndYieldsNothing() async throws {
        try await with { running, notes in
            #expect(try await running.invoke(traceParent: Self.parent(sampled: false)) == 200)
            #expect(try await running.invoke(traceParent: nil) == 200)
            #expect(try await running.call("/healthz", method: .GET, token: .some(nil)).status == 200)
            #expect(try await running.invoke(traceParent: Self.parent(sampled: true)) == 200)
            try await running.until("the spans are written") { try !WrittenSpan.read(of: running).isEmpty }
            #expect(try WrittenSpan.read(of: running).count { $0.kind == 2 } == 1)
            #expect(try String(contentsOfFile: notes, encoding: .utf8).contains(Self.parent(sampled: false) + "\n"))
            let page = try await running.call("/metrics", method: .GET).body
            #expect(page.contains("plumb_spans_total 3\n") && page.contains("plumb_spans_lost_total{to=\"file\"} 0\n"))
        }
    }

    @Test func waitingForAWorkerIsAStageOfItsOwn() async throws {
        try await with(ratio: 1, seconds: 0.1) { running, _ in
            try await withThrowingTaskGroup(of: UInt.self) { group in
                for _ in 0..<2 { group.addTask { try await running.invoke(traceParent: nil) } }
                for try await status in group { #expect(status == 200) }
            }
            try await running.until("the spans are written") { try WrittenSpan.read(of: running).count == 7 }
            let spans = try WrittenSpan.read(of: running)
            let queue = try #require(spans.first { $0.name == "queue" })
            let workers = spans.filter { $0.name == "worker" }
            let (own, other) = (
                try #require(workers.first { $0.traceId == queue.traceId }),
                try #require(workers.first { $0.traceId != queue.traceId })
            )
            #expect(queue.nanoseconds.upperBound <= own.nanoseconds.lowerBound)
            #expect(queue.nanoseconds.upperBound >= other.nanoseconds.upperBound)
            #expect(spans.first { $0.kind == 2 && $0.traceId == queue.traceId }?.parentSpanId == nil)
        }
    }

    @Test func anAttemptThatIsLostIsASpanThatSaysSo() async throws {
        try await with(lost: 1) { running, _ in
            // A connection that was kept may end at any time; so may the only worker, and then the client is told.
            _ = try await running.invoke(traceParent: Self.parent(sampled: true))
            try await running.until("the spans are written") {
                try WrittenSpan.read(of: running).contains { $0.kind == 2 }
            }
            let spans = try WrittenSpan.read(of: running)
            let lost = try #require(spans.first { $0.name == "worker" })
            #expect(lost["error.type"] == "connection_lost" && lost.status?.code == 2)
        }
    }

    @Test func spansOfALibraryLandInTheSameTraceAndFile() async throws {
        let delivered = Mutex<[String]>([])
        try await with(ratio: 1, deliver: { text in delivered.withLock { $0.append(text) } }) { running, _ in
            var configuration = HTTPClient.Configuration()
            configuration.tlsConfiguration = .makeClientConfiguration()
            configuration.tlsConfiguration?.trustRoots = .file(running.house.certificates.authorityPath)
            configuration.tracing.tracer = running.house.tracer
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let status = try await running.invoke(traceParent: nil, by: client)
            try await client.shutdown()
            #expect(status == 200)
            try await running.until("the spans are written") { try WrittenSpan.read(of: running).count == 4 }
            let spans = try WrittenSpan.read(of: running)
            let server = try #require(spans.first { $0.kind == 2 })
            let client_ = try #require(spans.first { $0.spanId == server.parentSpanId })
            #expect(client_.traceId == server.traceId && client_.kind == 3 && client_.parentSpanId == nil)
            try await running.until("the collector has them") {
                try WrittenSpan.read(delivered.withLock { $0.joined(separator: "\n") }).count == 4
            }
        }
    }

    @Test func aCollectorThatTakesNothingLosesNoAnswerAndNoLineOfTheFile() async throws {
        try await with(
            ratio: 1, deliver: { _ in throw PlumbError(.refused, "no") },
            { running, _ in
                #expect(try await running.invoke(traceParent: nil) == 200)
                try await running.until("it is counted") {
                    running.house.tracer?.queue.counters.undelivered == 3
                }
                #expect(try WrittenSpan.read(of: running).count == 3)
                #expect(
                    try await running.call("/metrics", method: .GET).body
                        .contains("plumb_spans_lost_total{to=\"collector\"} 3\n"))
            })
    }
}
