// A place in a trace, as W3C's Trace Context writes it.

import Instrumentation
import Tracing

/// Which trace, which span of it, and whether it is recorded.
struct TraceContext: Hashable, Sendable {
    /// The trace's sixteen bytes, in two halves.
    let traceHigh: UInt64
    let traceLow: UInt64
    let span: UInt64
    let isSampled: Bool

    init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, isSampled: Bool) {
        (self.traceHigh, self.traceLow, self.span, self.isSampled) = (traceHigh, traceLow, span, isSampled)
    }

    /// Reads a `traceparent`; nil where it is none, and a new trace begins.
    init?(traceParent text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= Self.textBytes, let version = Self.number(bytes[0..<2]), version != 0xFF,
            // Later versions may say more behind a dash.
            bytes.count == Self.textBytes || (version > 0 && bytes[Self.textBytes] == Self.dash),
            bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high | low != 0,
            let span = Self.number(bytes[36..<52]), span != 0, let flags = Self.number(bytes[53..<55])
        else { return nil }
        self.init(traceHigh: high, traceLow: low, span: span, isSampled: flags & 1 == 1)
    }

    var traceText: String { Self.text(traceHigh) + Self.text(traceLow) }
    var spanText: String { Self.text(span) }
    var traceParent: String { "00-\(traceText)-\(spanText)-0\(isSampled ? 1 : 0)" }

    private static let textBytes = 55
    private static let dash = UInt8(ascii: "-")

    /// Hexadecimal digits in small letters alone, as the standard wants them.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: number = number << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: number = number << 4 | UInt64(digit - 0x57)
            default: return nil
            }
        }
        return number
    }

    static func text(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Where a context of swift-distributed-tracing keeps it.
    private enum Key: InstrumentationContextKey { typealias Value = TraceContext }

    static func of(_ context: InstrumentationContext) -> TraceContext? { context[Key.self] }

    func put(into context: inout InstrumentationContext) { context[Key.self] = self }
}
