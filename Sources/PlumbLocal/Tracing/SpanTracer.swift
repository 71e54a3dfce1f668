// The tracer of this program: whose spans are recorded, and how their place in a trace travels.

public import Instrumentation
public import Tracing

/// Records spans that their trace's first caller wants recorded, and of those that begin here a share.
public final class SpanTracer: Tracer {
    let queue = SpanQueue()
    private let sampleRatio: Double

    init(sampleRatio: Double) { self.sampleRatio = min(1, max(0, sampleRatio)) }

    /// A new span's place: in its parent's trace, or in a new one.
    func place(below parent: TraceContext?) -> TraceContext {
        let span = UInt64.random(in: 1...UInt64.max)
        if let parent {
            return TraceContext(
                traceHigh: parent.traceHigh, traceLow: parent.traceLow, span: span, isSampled: parent.isSampled)
        }
        let (high, low) = (UInt64.random(in: 1...UInt64.max), UInt64.random(in: 0...UInt64.max))
        // By the trace's number, so that everybody who samples by it decides alike.
        let isSampled = Double(low >> 11) < sampleRatio * Double(1 << 53)
        return TraceContext(traceHigh: high, traceLow: low, span: span, isSampled: isSampled)
    }

    func span(_ name: String, below parent: TraceContext, kind: SpanKind, from start: UInt64) -> RecordedSpan {
        RecordedSpan(
            name, at: place(below: parent), below: parent.span, kind: kind, from: start, in: .topLevel, queue: queue)
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        let context = context()
        let parent = TraceContext.of(context)
        return RecordedSpan(
            operationName, at: place(below: parent), below: parent?.span, kind: kind,
            from: instant().nanosecondsSinceEpoch, in: context, queue: queue)
    }

    /// What has ended is written within a second.
    public func forceFlush() {}

    private static let headerName = "traceparent"

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let text = extractor.extract(key: Self.headerName, from: carrier)
        text.flatMap(TraceContext.init(traceParent:))?.put(into: &context)
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let place = TraceContext.of(context) else { return }
        injector.inject(place.traceParent, forKey: Self.headerName, into: &carrier)
    }
}
