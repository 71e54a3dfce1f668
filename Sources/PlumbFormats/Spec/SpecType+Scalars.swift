// The scalar types: numbers, text, days, durations, sizes, choices.

import PlumbModel
import Yams

extension Node.Scalar {
    /// The text when it stands without quotes or block style, where it may be a number or a flag.
    fileprivate var plainText: String? { style == .plain || style == .any ? string : nil }
}

extension SpecType where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> SpecType {
        .scalar(
            "whole number, \(range.lowerBound) to \(range.upperBound)",
            .object([
                ("type", .text("integer")), ("minimum", .number(Double(range.lowerBound))),
                ("maximum", .number(Double(range.upperBound))),
            ]),
            text: { "\($0)" },
            parse: { $0.plainText.flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil } })
    }

    /// A duration in whole units of `unitSeconds`, which the value counts; a fraction of a unit is refused.
    static func wholeDuration(_ range: ClosedRange<Double>, unitSeconds: Double = 1) -> SpecType {
        .scalar(
            SpecUnits.durationName(range), SpecUnits.durationSchema(range), hint: SpecUnits.durationHint,
            text: { SpecUnits.durationText(Double($0) * unitSeconds) },
            parse: { scalar in
                guard let seconds = SpecUnits.seconds(scalar.string), range.contains(seconds) else { return nil }
                return Int(exactly: seconds / unitSeconds)
            })
    }

    /// A size in bytes.
    static func bytes(_ range: ClosedRange<Int>) -> SpecType {
        .scalar(
            "size, \(SpecUnits.bytesText(range.lowerBound)) to \(SpecUnits.bytesText(range.upperBound))",
            .object([
                (
                    "anyOf",
                    .list([
                        .object([
                            ("type", .text("integer")), ("minimum", .number(Double(range.lowerBound))),
                            ("maximum", .number(Double(range.upperBound))),
                        ]),
                        .object([("type", .text("string")), ("pattern", .text("^[0-9]+(\\.[0-9]+)? ?([kKMG]i?)?B$"))]),
                    ])
                )
            ]),
            hint: "write bytes, or a number with a unit: `6MiB`, `512KiB`",
            text: { SpecUnits.bytesText($0) },
            parse: { SpecUnits.bytes($0.string).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SpecType where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> SpecType {
        .scalar(
            "number, \(SpecJSON.plain(range.lowerBound)) to \(SpecJSON.plain(range.upperBound))",
            .object([
                ("type", .text("number")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ]),
            text: { SpecJSON.plain($0) },
            parse: { $0.plainText.flatMap { Double($0) }.flatMap { range.contains($0) ? $0 : nil } })
    }

    /// A duration in seconds.
    static func duration(_ range: ClosedRange<Double>) -> SpecType {
        .scalar(
            SpecUnits.durationName(range), SpecUnits.durationSchema(range), hint: SpecUnits.durationHint,
            text: { SpecUnits.durationText($0) },
            parse: { SpecUnits.seconds($0.string).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SpecType where Value == Bool {
    static var flag: SpecType {
        .scalar(
            "true or false", .object([("type", .text("boolean"))]), text: { $0 ? "true" : "false" },
            parse: { scalar in
                switch scalar.plainText {
                case "true", "True", "TRUE": true
                case "false", "False", "FALSE": false
                default: nil
                }
            })
    }
}

extension SpecType where Value == Day {
    static var day: SpecType {
        .scalar(
            "day such as 2026-11-24",
            .object([("type", .text("string")), ("pattern", .text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]),
            hint: "write year-month-day, and a day that exists", text: { $0.description }, parse: { Day($0.string) })
    }
}

extension SpecType where Value == String {
    /// Any text that is not empty, of at most 64 KiB.
    static var text: SpecType { text("text", pattern: nil, hint: "write some text, at most 64 KiB") { _ in true } }

    /// Text of a form; `pattern` tells editors what `accepts` checks.
    static func text(
        _ expected: String, pattern: String?, hint: String? = nil, accepts: @escaping @Sendable (String) -> Bool
    ) -> SpecType {
        var json: [(key: String, value: SpecJSON)] = [("type", .text("string"))]
        if let pattern { json.append(("pattern", .text(pattern))) } else { json.append(("minLength", .number(1))) }
        return .scalar(
            expected, .object(json), hint: hint, text: { $0 },
            parse: { scalar in
                let text = scalar.string
                guard !text.isEmpty, text.utf8.count <= 65_536, !text.unicodeScalars.contains("\0") else { return nil }
                return accepts(text) ? text : nil
            })
    }

    /// A SHA-256 in hex, with or without `sha256:` before it; kept in lower case without it.
    static var sha256: SpecType {
        .scalar(
            "SHA-256 of 64 hex digits",
            .object([("type", .text("string")), ("pattern", .text("^(sha256:)?[0-9a-fA-F]{64}$"))]),
            hint: "`sha256sum FILE` prints it", text: { $0 },
            parse: { scalar in
                let text = scalar.string
                let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
                guard digits.utf8.count == 64, digits.utf8.allSatisfy({ UInt8.isHexDigit($0) }) else { return nil }
                return digits.lowercased()
            })
    }
}

extension UInt8 {
    fileprivate static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}

extension SpecType where Value: Hashable {
    /// One of several words.
    static func choice(_ choices: [(word: String, value: Value)]) -> SpecType {
        let words = choices.map(\.word)
        return SpecType(
            words.map { "`\($0)`" }.joined(separator: ", "),
            .value(.object([("enum", .list(words.map { .text($0) }))])),
            text: { value in choices.first { $0.value == value }?.word },
            read: { node, _, context in
                let list = words.map { "`\($0)`" }.joined(separator: ", ")
                guard case .scalar(let scalar) = node else {
                    context.error("`\(context.path)` is \(node.kindName); expected: one of \(list)", at: node)
                    return nil
                }
                if let found = choices.first(where: { $0.word == scalar.string }) { return found.value }
                let nearest = Spelling.nearest(to: scalar.string, in: words)
                context.error(
                    "`\(context.path)` is `\(scalar.string.shortened)`; expected: one of \(list)", at: node,
                    hint: nearest.map { "did you mean `\($0)`?" })
                return nil
            })
    }
}

extension SpecType where Value: Hashable & CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of an enumeration's own words.
    static var choice: SpecType { choice(Value.allCases.map { ($0.rawValue, $0) }) }
}

extension SpecType where Value == [String: String] {
    /// Names and texts, such as environment variables.
    static func dictionary(countMax: Int) -> SpecType {
        SpecType(
            "mapping of names to texts",
            .value(
                .object([
                    ("type", .text("object")),
                    (
                        "additionalProperties",
                        .object([("type", .list(["string", "number", "boolean"].map { .text($0) }))])
                    ),
                    ("maxProperties", .number(Double(countMax))),
                ])),
            text: { $0.isEmpty ? "{}" : nil },
            read: { node, _, context in
                guard case .mapping(let mapping) = node, mapping.count <= countMax else {
                    context.error(
                        "`\(context.path)` is no mapping of at most \(countMax) names to texts", at: node)
                    return nil
                }
                var result: [String: String] = [:]
                for (key, value) in mapping {
                    guard let name = key.scalar?.string, let text = value.scalar?.string, !name.isEmpty else {
                        context.error("`\(context.path)` takes names and texts only", at: key)
                        return nil
                    }
                    result[name] = text
                }
                return result
            })
    }
}
