// Spans by themselves: W3C's trace context, who is recorded, what bounds them, and OTLP's JSON.

import Foundation
import Instrumentation
import Testing
import Tracing

@testable import PlumbLocal

struct SpanTests {
    private static let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func readsAndWritesW3CsTraceContext() throws {
        let context = try #require(TraceContext(traceParent: Self.good))
        #expect(context.traceText == "4bf92f3577b34da6a3ce929d0e0e4736" && context.spanText == "00f067aa0ba902b7")
        #expect(context.isSampled && context.traceParent == Self.good)
        let later = try #require(TraceContext(traceParent: "cc" + Self.good.dropFirst(2).dropLast() + "8-what-comes"))
        #expect(!later.isSampled && later.traceParent.hasPrefix("00-4bf9") && later.traceParent.hasSuffix("-00"))
    }

    @Test(arguments: [
        "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func whatIsNoTraceContextIsNone(_ text: String) { #expect(TraceContext(traceParent: text) == nil) }

    @Test func theClientDecidesAndElseTheShareDoes() throws {
        let client = try #require(TraceContext(traceParent: Self.good))
        let place = SpanTracer(sampleRatio: 0).place(below: client)
        #expect(place.isSampled && place.traceText == client.traceText && place.span != client.span)
        func recorded(_ ratio: Double) -> Int {
            let tracer = SpanTracer(sampleRatio: ratio)
            return (0..<2000).count { _ in tracer.place(below: nil).isSampled }
        }
        #expect(recorded(0) == 0 && recorded(1) == 2000)
        // Six standard deviations around a quarter.
        #expect((384...616).contains(recorded(0.25)))
    }

    @Test func libraryContextsCarryThePlace() throws {
        struct Fields: Extractor, Injector {
            func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
            func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
                carrier[key] = value
            }
        }
        let tracer = SpanTracer(sampleRatio: 0)
        var context = ServiceContext.topLevel
        tracer.extract(["traceparent": Self.good], into: &context, using: Fields())
        let inner = tracer.withSpan("outer", context: context) { outer in
            #expect(outer.isRecording)
            return tracer.startSpan("inner")
        }
        inner.end()
        let spans = tracer.queue.drain()
        #expect(spans.map(\.name) == ["outer", "inner"] && spans[1].parent == spans[0].place.span)
        var fields: [String: String] = [:]
        tracer.inject(inner.context, into: &fields, using: Fields())
        #expect(fields["traceparent"] == inner.place.traceParent)
        tracer.withSpan("a trace that nobody wants recorded", context: .topLevel) { span in
            #expect(!span.isRecording)
        }
        #expect(tracer.queue.drain().isEmpty)
    }

    @Test func whatWaitsAndWhatASpanCarriesIsBounded() {
        let tracer = SpanTracer(sampleRatio: 1)
        for _ in 0..<(TracingLimits.waitingMax + 5) { tracer.startSpan("s", context: .topLevel).end() }
        #expect(tracer.queue.counters.taken == TracingLimits.waitingMax && tracer.queue.counters.dropped == 5)
        _ = tracer.queue.drain()
        let span = tracer.startSpan("s", context: .topLevel)
        for number in 0..<100 {
            span.attributes["key\(number)"] = number
            span.addEvent(SpanEvent(name: "event"))
        }
        span.end()
        span.end()
        let spans = tracer.queue.drain()
        #expect(spans.count == 1 && spans[0].attributes.count == TracingLimits.attributesMax)
        #expect(spans[0].attributesDropped == 36 && spans[0].eventsDropped == 100 - TracingLimits.eventsMax)
    }

    /// One span with everything that a span can have.
    private static func everything() -> FinishedSpan? {
        let tracer = SpanTracer(sampleRatio: 1)
        let outer = tracer.startSpan("outer", context: .topLevel)
        let span = tracer.startSpan(
            "na\"me\n", context: outer.context, ofKind: .client,
            at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_790_000_000_123_456_789))
        span.attributes["text"] = String(repeating: "é", count: 5000)
        span.attributes["number"] = Int64.max
        span.attributes["small"] = Int32(-7)
        span.attributes["share"] = 0.25
        span.attributes["endless"] = Double.infinity
        span.attributes["isSo"] = true
        span.attributes["texts"] = ["a", "b"]
        span.attributes["numbers"] = [1, 2]
        struct Broken: Error {}
        span.recordError(Broken())
        span.addLink(SpanLink(context: outer.context, attributes: ["why": "because"]))
        span.addLink(SpanLink(context: .topLevel, attributes: [:]))
        span.setStatus(SpanStatus(code: .error, message: "broken"))
        span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_790_000_000_223_456_789))
        return tracer.queue.drain().first
    }

    private static let line = SpanLine(version: "1", resource: [("service.name", .string("plumb"))])

    @Test func writesSpansAsOTLPInJSON() throws {
        let span = try #require(Self.everything())
        let text = Self.line.text([span])
        #expect(!text.contains("\n"))
        let written = try #require(try WrittenSpan.read(text).first)
        #expect(written.traceId == span.place.traceText && written.traceId.count == 32)
        #expect(written.kind == 3 && written.name == "na\"me\n" && written.status?.code == 2)
        #expect(written.nanoseconds == 1_790_000_000_123_456_789...1_790_000_000_223_456_789)
        #expect(written["number"] == "9223372036854775807" && written["small"] == "-7")
        #expect(written["text"].map { $0.utf8.count <= TracingLimits.textBytesMax + 2 } == true)
        #expect(text.contains("\"endless\",\"value\":{\"doubleValue\":\"Infinity\"}"))
        #expect(text.contains("{\"arrayValue\":{\"values\":[{\"intValue\":\"1\"},{\"intValue\":\"2\"}]}}"))
        #expect(text.components(separatedBy: "\"links\":[{").count == 2 && text.contains("exception.type"))
    }

    private static let python = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".build/serving-tools/bin/python")

    /// In OTLP's JSON the two ids are hexadecimal, where the general mapping of Protocol Buffers has base64.
    private static let reader = """
        import base64, json, sys
        from google.protobuf import json_format
        from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
        def ids(value):
            if isinstance(value, list): return [ids(one) for one in value]
            if not isinstance(value, dict): return value
            names = ("traceId", "spanId", "parentSpanId")
            return {key: base64.b64encode(bytes.fromhex(one)).decode() if key in names else ids(one)
                    for key, one in value.items()}
        data = json_format.ParseDict(ids(json.load(sys.stdin)), TracesData(), ignore_unknown_fields=False)
        span = data.resource_spans[0].scope_spans[0].spans[0]
        values = {one.key: one.value.WhichOneof("value") for one in span.attributes}
        print(len(span.trace_id), len(span.span_id), len(span.parent_span_id), span.kind, span.flags,
              span.end_time_unix_nano - span.start_time_unix_nano, len(span.events), len(span.links),
              span.status.code, values["number"], values["share"], values["isSo"], values["texts"])
        """

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python.path),
            "scripts/serving-tools.sh installs OpenTelemetry's message types"))
    func openTelemetrysOwnTypesReadTheLine() throws {
        let process = Process()
        process.executableURL = Self.python
        process.arguments = ["-c", Self.reader]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(
            contentsOf: Data(Self.line.text([try #require(Self.everything())]).utf8))
        try input.fileHandleForWriting.close()
        let told = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(told == "16 8 8 3 1 100000000 1 1 2 int_value double_value bool_value array_value\n")
    }
}
