// Times on the command line, such as 500ms, 30s, 5m, 2h or 30d.

import ArgumentParser

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

    private static func parse(_ text: String) -> Double? {
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            let number = Double(text.dropLast(unit.suffix.count)), number.isFinite
        else { return nil }
        return number * unit.seconds
    }
}
