// Spans in OTLP's JSON: one line is one ResourceSpans message with all its fields.

import PlumbModel
import Tracing

/// Writes batches for OTLP/HTTP and for the collector's reader of files, which takes the same text a line.
struct SpanLine {
    /// Whose spans they are, already in JSON.
    private let resource: String
    private let scope: String

    /// `resource` is what OpenTelemetry's conventions call the program's attributes: its name, version, machine.
    init(version: String, resource: [(key: String, value: SpanAttribute)]) {
        self.resource = "{\"attributes\":[\(resource.map(Self.attribute).joined(separator: ","))]}"
        scope = "{\"name\":\"plumb\",\"version\":\(JSONText.quoted(version))}"
    }

    func text(_ spans: some Collection<FinishedSpan>) -> String {
        let spans = spans.lazy.map(Self.span).joined(separator: ",")
        return
            "{\"resourceSpans\":[{\"resource\":\(resource),\"scopeSpans\":[{\"scope\":\(scope),\"spans\":[\(spans)]}]}]}"
    }

    private static func span(_ span: FinishedSpan) -> String {
        var text = "{\"traceId\":\"\(span.place.traceText)\",\"spanId\":\"\(span.place.spanText)\""
        if let parent = span.parent { text += ",\"parentSpanId\":\"\(TraceContext.text(parent))\"" }
        text += ",\"flags\":\(span.place.isSampled ? 1 : 0),\"name\":\(quoted(span.name)),\"kind\":\(kind(span.kind))"
        text += ",\"startTimeUnixNano\":\"\(span.start)\",\"endTimeUnixNano\":\"\(span.end)\""
        text += ",\"attributes\":\(attributes(span.attributes))"
        if span.attributesDropped > 0 { text += ",\"droppedAttributesCount\":\(span.attributesDropped)" }
        if !span.events.isEmpty {
            let events = span.events.map { event in
                "{\"timeUnixNano\":\"\(event.nanosecondsSinceEpoch)\",\"name\":\(quoted(event.name)),"
                    + "\"attributes\":\(attributes(event.attributes))}"
            }
            text += ",\"events\":[\(events.joined(separator: ","))]"
        }
        if span.eventsDropped > 0 { text += ",\"droppedEventsCount\":\(span.eventsDropped)" }
        let links = span.links.compactMap(link)
        if !links.isEmpty { text += ",\"links\":[\(links.joined(separator: ","))]" }
        if span.linksDropped > 0 { text += ",\"droppedLinksCount\":\(span.linksDropped)" }
        if let status = span.status {
            let message = status.message.map { ",\"message\":\(quoted($0))" } ?? ""
            text += ",\"status\":{\"code\":\(status.code == .ok ? 1 : 2)\(message)}"
        }
        return text + "}"
    }

    /// A link to a place that no tracer of this sort has given leads nowhere.
    private static func link(_ link: SpanLink) -> String? {
        guard let place = TraceContext.of(link.context) else { return nil }
        return "{\"traceId\":\"\(place.traceText)\",\"spanId\":\"\(place.spanText)\","
            + "\"attributes\":\(attributes(link.attributes))}"
    }

    private static func kind(_ kind: SpanKind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }

    private static func attributes(_ attributes: SpanAttributes) -> String {
        var pairs: [(key: String, value: SpanAttribute)] = []
        attributes.forEach { pairs.append(($0, $1)) }
        return "[\(pairs.sorted { $0.key < $1.key }.map(attribute).joined(separator: ","))]"
    }

    private static func attribute(_ pair: (key: String, value: SpanAttribute)) -> String {
        "{\"key\":\(JSONText.quoted(pair.key)),\"value\":\(value(pair.value))}"
    }

    private static func value(_ value: SpanAttribute) -> String {
        switch value {
        case .int32(let number): integer(Int64(number))
        case .int64(let number): integer(number)
        case .int32Array(let numbers): array(numbers.map { integer(Int64($0)) })
        case .int64Array(let numbers): array(numbers.map(integer))
        case .double(let number): double(number)
        case .doubleArray(let numbers): array(numbers.map(double))
        case .bool(let isSo): "{\"boolValue\":\(isSo)}"
        case .boolArray(let values): array(values.map { "{\"boolValue\":\($0)}" })
        case .string(let text): string(text)
        case .stringArray(let texts): array(texts.map(string))
        case .stringConvertible(let value): string("\(value)")
        // Arrays of Int come like this, too.
        case .stringConvertibleArray(let values):
            array(values.map { value in (value as? Int).map { integer(Int64($0)) } ?? string("\(value)") })
        default: string("")
        }
    }

    /// OTLP writes integers of 64 bits as texts.
    private static func integer(_ number: Int64) -> String { "{\"intValue\":\"\(number)\"}" }
    private static func double(_ number: Double) -> String {
        number.isFinite ? "{\"doubleValue\":\(number)}" : "{\"doubleValue\":\"\(name(number))\"}"
    }
    private static func name(_ number: Double) -> String {
        number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
    }
    private static func string(_ text: String) -> String { "{\"stringValue\":\(quoted(text))}" }
    private static func array(_ values: [String]) -> String {
        "{\"arrayValue\":{\"values\":[\(values.joined(separator: ","))]}}"
    }

    /// Whoever calls can choose the texts, and therefore their length.
    private static func quoted(_ text: String) -> String {
        guard text.utf8.count > TracingLimits.textBytesMax else { return JSONText.quoted(text) }
        return JSONText.quoted(String(decoding: text.utf8.prefix(TracingLimits.textBytesMax), as: UTF8.self))
    }
}
