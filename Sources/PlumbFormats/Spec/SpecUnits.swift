// Durations and sizes as people write them: `90s`, `5m`, `1h30m`, `6MiB`.

/// Numbers with units.
enum SpecUnits {
    static let durationHint = "write seconds, or a number with a unit: `300s`, `5m`, `1h`"

    /// Seconds of `300`, `300s`, `250ms`, `5m`, `1h30m`, `2d`; nil for anything else.
    static func seconds(_ text: String) -> Double? {
        if let plain = decimal(text) { return plain }
        var rest = text[...]
        var total = 0.0
        var lastUnit = Double.infinity
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let number = decimal(digits), let unit = unitSeconds[String(letters)], unit < lastUnit else {
                return nil
            }
            lastUnit = unit
            // Milliseconds are divided, not multiplied by 0.001, so that 250ms is exactly 0.25.
            total += unit == 0.001 ? number / 1000 : number * unit
        }
        return text.isEmpty ? nil : total
    }

    /// The duration in its largest whole unit: `5m`, `90s`, `250ms`.
    static func durationText(_ seconds: Double) -> String {
        for (unit, length) in [("d", 86_400.0), ("h", 3600), ("m", 60)] where seconds >= length {
            if seconds.truncatingRemainder(dividingBy: length) == 0 {
                return "\(SpecJSON.plain(seconds / length))\(unit)"
            }
        }
        if seconds > 0, seconds < 1 { return "\(SpecJSON.plain(seconds * 1000))ms" }
        return "\(SpecJSON.plain(seconds))s"
    }

    static func durationName(_ range: ClosedRange<Double>) -> String {
        "duration, \(durationText(range.lowerBound)) to \(durationText(range.upperBound))"
    }

    static func durationSchema(_ range: ClosedRange<Double>) -> SpecJSON {
        .object([
            (
                "anyOf",
                .list([
                    .object([
                        ("type", .text("number")), ("minimum", .number(range.lowerBound)),
                        ("maximum", .number(range.upperBound)),
                    ]),
                    .object([("type", .text("string")), ("pattern", .text("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$"))]),
                ])
            )
        ])
    }

    /// Bytes of `6291456`, `6MiB`, `6 MiB`, `1.5MB`; nil for anything else, and for a fraction of a byte.
    static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = decimal(digits), let size = unit.isEmpty ? 1 : unitBytes[String(unit)] else { return nil }
        return Int(exactly: number * size)
    }

    static func bytesText(_ bytes: Int) -> String {
        for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= size {
            if bytes % size == 0 { return "\(bytes / size)\(unit)" }
        }
        return "\(bytes)B"
    }

    /// A plain decimal number: digits with at most one point between them.
    private static func decimal(_ text: some StringProtocol) -> Double? {
        let isDecimal = text.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
        guard isDecimal, let first = text.first, let last = text.last, first != ".", last != "." else { return nil }
        return Double(text)
    }

    private static let unitSeconds: [String: Double] = [
        "ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400,
    ]

    private static let unitBytes: [String: Double] = [
        "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
    ]
}
