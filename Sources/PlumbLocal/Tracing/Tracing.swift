// What happens to one request as OpenTelemetry's spans: into a file here, and to a collector.
//
// `RequestTrace` is a request's way through the gateway; `SpanTracer` and `RecordedSpan` are the tracer of
// swift-distributed-tracing, so that the spans of libraries land in the same place. What has ended waits in a
// `SpanQueue`, and `SpanService` writes it as OTLP in JSON (`SpanLine`).

import PlumbModel

/// Where spans go, and how many of the requests that come without a trace are given one.
public struct TracingSettings: Sendable {
    /// A share from 0 to 1 of the requests whose client says nothing about tracing; others do as their client says.
    public var sampleRatio: Double
    /// Delivers one batch, in OTLP's JSON; nil where there is no collector. Throws when it was not taken.
    public var deliver: (@Sendable (String) async throws -> Void)?

    public init(sampleRatio: Double, deliver: (@Sendable (String) async throws -> Void)? = nil) {
        self.sampleRatio = sampleRatio
        self.deliver = deliver
    }
}

/// What tracing may take, as limits with names.
enum TracingLimits {
    /// Spans that have ended and wait to be written.
    static let waitingMax = 8192
    /// Spans of one batch, which is one line of the file.
    static let batchMax = 512
    /// Batches that wait for the collector.
    static let undeliveredMax = 32
    /// One file of spans, of which two are kept.
    static let fileBytesMax = 32 << 20
    /// What one span may carry.
    static let attributesMax = 64
    static let eventsMax = 32
    static let linksMax = 32
    static let textBytesMax = 4096
}
