// One span while it goes on, and what is left of it when it has ended.

public import Instrumentation
import NIOConcurrencyHelpers
public import Tracing

/// A span that has ended.
struct FinishedSpan: Sendable {
    let place: TraceContext
    /// The span above it; nil for the first of its trace.
    let parent: UInt64?
    let kind: SpanKind
    let start: UInt64
    var name: String
    var end: UInt64 = 0
    var attributes = SpanAttributes()
    var events: [SpanEvent] = []
    var links: [SpanLink] = []
    var status: SpanStatus?
    var attributesDropped = 0
    var eventsDropped = 0
    var linksDropped = 0
}

/// A span of swift-distributed-tracing. One that is not sampled passes its place on and records nothing.
public final class RecordedSpan: Span {
    public let context: InstrumentationContext
    let place: TraceContext
    private let queue: SpanQueue
    /// Nil once it has ended.
    private let state: NIOLockedValueBox<FinishedSpan?>

    init(
        _ name: String, at place: TraceContext, below parent: UInt64?, kind: SpanKind, from start: UInt64,
        in context: InstrumentationContext, queue: SpanQueue
    ) {
        var context = context
        place.put(into: &context)
        (self.context, self.place, self.queue) = (context, place, queue)
        state = NIOLockedValueBox(
            place.isSampled ? FinishedSpan(place: place, parent: parent, kind: kind, start: start, name: name) : nil)
    }

    public var isRecording: Bool { state.withLockedValue { $0 != nil } }

    public var operationName: String {
        get { state.withLockedValue { $0?.name } ?? "" }
        set { state.withLockedValue { $0?.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLockedValue { $0?.attributes } ?? [:] }
        set {
            state.withLockedValue { span in
                let before = span?.attributes.count ?? 0
                guard newValue.count <= TracingLimits.attributesMax else {
                    span?.attributesDropped += newValue.count - before
                    return
                }
                span?.attributes = newValue
            }
        }
    }

    public func setStatus(_ status: SpanStatus) { state.withLockedValue { $0?.status = status } }

    public func addEvent(_ event: SpanEvent) {
        state.withLockedValue { span in
            if span?.events.count ?? 0 < TracingLimits.eventsMax {
                span?.events.append(event)
            } else {
                span?.eventsDropped += 1
            }
        }
    }

    public func addLink(_ link: SpanLink) {
        state.withLockedValue { span in
            if span?.links.count ?? 0 < TracingLimits.linksMax {
                span?.links.append(link)
            } else {
                span?.linksDropped += 1
            }
        }
    }

    public func recordError(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> some TracerInstant
    ) {
        var attributes = attributes
        attributes["exception.type"] = "\(type(of: error))"
        attributes["exception.message"] = "\(error)"
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    public func end(at instant: @autoclosure () -> some TracerInstant) {
        let ended = state.withLockedValue { span in
            defer { span = nil }
            return span
        }
        guard var ended else { return }
        // A clock that was set back meanwhile must not give a span a negative length.
        ended.end = max(ended.start, instant().nanosecondsSinceEpoch)
        queue.offer(ended)
    }
}
