// How pages say things: moments, numbers, verdicts and links.

import Foundation
import PlumbEngine
import PlumbModel

/// A moment in UTC, for people and for programs.
struct Moment: Sendable {
    let iso: String
    let text: String

    /// Seconds since 1970-01-01 UTC; what is no time of this world is the first of them.
    init(_ seconds: Double) {
        let whole = seconds.isFinite && abs(seconds) < 1e11 ? Int(seconds.rounded(.down)) : 0
        let day = Day(secondsSinceEpoch: Double(whole))
        let second = whole - day.daysSinceEpoch * 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        iso = "\(day)T\(time)Z"
        text = "\(day) \(time)"
    }

    /// `11:04`.
    var clock: String { String(text.dropFirst(11).prefix(5)) }
    /// `2026-11-29`.
    var day: String { String(text.prefix(10)) }
}

/// A verdict or a state: never by its colour alone.
struct Badge: Sendable {
    let kind: String
    let symbol: String
    let word: String

    init(_ kind: String, _ symbol: String, _ word: String) {
        self.kind = kind
        self.symbol = symbol
        self.word = word
    }

    init(_ verdict: Verdict) {
        switch verdict {
        case .holds: self.init("holds", "✓", "holds")
        case .fails: self.init("fails", "✗", "fails")
        case .unknown: self.init("unknown", "?", "unknown")
        case .notApplicable: self.init("none", "–", "not asked")
        case .attested: self.init("accepted", "◆", "attested")
        case .waived: self.init("accepted", "◇", "waived")
        }
    }

    init(_ outcome: AuditEntry.Outcome) {
        switch outcome {
        case .done: self.init("holds", "✓", "done")
        case .denied: self.init("unknown", "!", "denied")
        case .failed: self.init("fails", "✗", "failed")
        }
    }

    init(_ state: AlarmState) {
        switch state {
        case .ok: self.init("holds", "✓", "OK")
        case .alarm: self.init("fails", "✗", "ALARM")
        case .insufficientData: self.init("none", "–", "no data")
        }
    }

    init(_ state: WorkerStatus.State) {
        switch state {
        case .ready: self.init("holds", "✓", "ready")
        case .starting, .stopping: self.init("none", "…", state.rawValue)
        case .suspected: self.init("unknown", "?", "suspected")
        case .ejected: self.init("fails", "✗", "ejected")
        }
    }
}

/// Numbers as people read them.
enum PageWords {
    /// At most two digits behind the point, none that are naught.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        let scaled = (value * 100).rounded() / 100
        return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
    }

    static func number(_ value: Double?, _ unit: String) -> String {
        value.map { unit.isEmpty ? number($0) : "\(number($0)) \(unit)" } ?? "–"
    }

    static func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

    /// `12 B`, `3.4 KB`, in steps of a thousand.
    static func bytes(_ count: Int) -> String {
        if count < 1000 { return "\(count) B" }
        return count < 1_000_000 ? number(Double(count) / 1000, "KB") : number(Double(count) / 1_000_000, "MB")
    }

    static func usd(_ value: Double) -> String { SpendEstimate.usd(value) }

    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "–" }
        let whole = max(0, Int(seconds))
        if whole < 120 { return "\(whole) s" }
        if whole < 7200 { return "\(whole / 60) min" }
        return whole < 172_800 ? "\(whole / 3600) h" : "\(whole / 86_400) days"
    }

    /// One part of a path or the value of a query.
    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-_"))) ?? ""
    }

    /// The first letters, with an ellipsis where something was cut.
    static func clipped(_ text: String, to count: Int) -> String {
        text.utf8.count > count && text.count > count ? text.prefix(max(0, count - 1)) + "…" : text
    }
}

/// The bytes of a page without what steers a terminal or turns the direction of writing: names are strangers' words.
enum HarmlessText {
    /// Replaces what is harmful by `?`; all of it is two or three bytes long in UTF-8.
    static func make(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let length = isHarmful(bytes, at: index)
            if length > 0 {
                for place in index..<index + length { bytes[place] = UInt8(ascii: "?") }
                index += length
            } else {
                if byte < 0x20, byte != 0x0A { bytes[index] = UInt8(ascii: " ") }
                index += 1
            }
        }
        return bytes
    }

    private static func isHarmful(_ bytes: [UInt8], at index: Int) -> Int {
        func next(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
        switch bytes[index] {
        case 0x7F: return 1
        // C1 controls.
        case 0xC2 where (0x80...0x9F).contains(next(1)): return 2
        // The Arabic letter mark.
        case 0xD8 where next(1) == 0x9C: return 2
        // Marks, embeddings and overrides of direction, and two line breaks that few know.
        case 0xE2 where next(1) == 0x80 && ([0x8E, 0x8F].contains(next(2)) || (0xA8...0xAE).contains(next(2))): return 3
        case 0xE2 where next(1) == 0x81 && (0xA6...0xA9).contains(next(2)): return 3
        default: return 0
        }
    }
}
