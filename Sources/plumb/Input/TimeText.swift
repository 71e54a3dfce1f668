// Times on the command line, such as 500ms, 30s, 5m, 2h or 30d, and moments.

import ArgumentParser
import Foundation

enum TimeText {
    private static let units: [(suffix: String, seconds: Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]

    /// Seconds. Throws `ValidationError`, which names the range, for what is no time or lies outside of it.
    static func seconds(_ text: String, from low: String, to high: String) throws -> Double {
        guard let value = parse(text), let least = parse(low), let most = parse(high), (least...most).contains(value)
        else { throw ValidationError("'\(text)' is no time from \(low) to \(high): a number with ms, s, m, h or d") }
        return value
    }

    /// A moment in seconds since 1970-01-01 UTC: 2026-11-30T22:00:00Z, or a time from now on.
    static func moment(_ text: String, from now: Date = Date()) throws -> Double {
        if let length = parse(text), length > 0 { return now.timeIntervalSince1970 + length }
        // What is no moment either is told below.
        if let date = try? Date(text, strategy: .iso8601) { return date.timeIntervalSince1970 }
        throw ValidationError("'\(text)' is no time: write 2h, or 2026-11-30T22:00:00Z")
    }

    /// `2026-11-30T22:00:00Z`.
    static func text(of moment: Double) -> String { Date(timeIntervalSince1970: moment).formatted(.iso8601) }

    private static func parse(_ text: String) -> Double? {
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            let number = Double(text.dropLast(unit.suffix.count)), number.isFinite
        else { return nil }
        return number * unit.seconds
    }
}
