// Texts of a set form: names, regions, times, addresses, control ids.

import PlumbModel
import Yams

enum SpecForms {
    /// SageMaker's `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`.
    static let endpointName = SpecType<String>.text(
        "name of letters, digits and inner hyphens, at most 63", pattern: "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"
    ) { text in
        text.utf8.count <= 63 && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == hyphen } && text.first != "-"
            && text.last != "-"
    }

    /// What AWS takes as the value of a tag.
    static let tag = SpecType<String>.text(
        "text of letters, digits, spaces and `_.:/=+-@`, at most 256",
        pattern: "^[^!-*,;<>?\\[-\\^`{-~\\u0000-\\u001f]{1,256}$"
    ) { text in
        text.count <= 256 && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == " " || "_.:/=+-@".contains($0) }
    }

    static let region = SpecType<String>.text(
        "AWS region such as us-east-1", pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$"
    ) { text in
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].utf8.count == 2, let last = parts.last?.utf8, last.count == 1 else {
            return false
        }
        return last.allSatisfy { isDigit($0) }
            && parts.dropLast().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (97...122).contains($0) } }
    }

    static let instanceType = SpecType<String>.text(
        "SageMaker instance type such as ml.m5.xlarge", pattern: "^ml\\.[a-z0-9-]+\\.[a-z0-9-]+$"
    ) { text in
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "ml"
            && parts.dropFirst().allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || isDigit($0) || $0 == hyphen }
            }
    }

    static let contentType = SpecType<String>.text(
        "media type such as application/json", pattern: "^[^/ ]+/[^/ ]+( *;.*)?$"
    ) { text in
        let essence = text.prefix { $0 != ";" }.drop { $0 == " " }
        let parts = essence.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.unicodeScalars.allSatisfy { $0.value > 31 && $0.value < 127 }
    }

    /// `Area/City`; whether the zone exists is for the engine, which has the tables, to say.
    static let timezone = SpecType<String>.text(
        "IANA time zone such as Europe/Berlin", pattern: "^[A-Za-z][A-Za-z0-9_+\\-]*(/[A-Za-z0-9_+\\-]+)*$",
        hint: "write `Etc/UTC` for UTC"
    ) { text in
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = text.utf8.first, isAlphanumeric(first), !isDigit(first), parts.count <= 4 else {
            return false
        }
        return parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { isAlphanumeric($0) || "_+-".utf8.contains($0) }
        }
    }

    static let timeOfDay = SpecType<String>.text(
        "time such as 08:00", pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", hint: "write HH:MM, 00:00 to 24:00"
    ) { minutes($0) != nil }

    /// Minutes since midnight of `HH:MM`.
    static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(isDigit) }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60, hours * 60 + minutes <= 1440
        else { return nil }
        return hours * 60 + minutes
    }

    static let scheduleExpression = SpecType<String>.text(
        "`cron(…)`, `rate(…)` or `at(…)`", pattern: "^(cron|rate|at)\\(.+\\)$"
    ) { text in
        ["cron(", "rate(", "at("].contains { text.hasPrefix($0) && text.hasSuffix(")") && text.count > $0.count + 1 }
    }

    static let contact = SpecType<String>.text(
        "e-mail or https address", pattern: "^(https://[^ ]+|[^@ ]+@[^@ ]+\\.[^@ ]+)$"
    ) { text in
        guard !text.contains(where: \.isWhitespace) else { return false }
        if text.hasPrefix("https://") { return text.count > 8 }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !parts[1].hasPrefix(".")
            && !parts[1].hasSuffix(".")
    }

    static let commit = SpecType<String>.text(
        "commit of 7 to 64 hex digits", pattern: "^[0-9a-fA-F]{7,64}$"
    ) { text in
        (7...64).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    static let controlID = SpecType<String>.text(
        "control such as OPS-1.1", pattern: "^(OPS|SEC|REL|PERF|COST)-[1-9]\\.[1-9][0-9]*$",
        hint: "`plumb explain` lists the controls"
    ) { text in
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, ["OPS", "SEC", "REL", "PERF", "COST"].contains(parts[0]) else { return false }
        let numbers = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 2
            && numbers.allSatisfy {
                !$0.isEmpty && $0.first != "0" && $0.utf8.count <= 2 && $0.utf8.allSatisfy(isDigit)
            }
    }

    /// `[mon, tue]`, or `mon-fri`.
    static let weekdays = SpecType<[String]>(
        "list of `mon` to `sun`, or a range such as `mon-fri`",
        .value(
            .object([
                (
                    "anyOf",
                    .list([
                        .object([
                            ("type", .text("array")),
                            ("items", .object([("enum", .list(weekdayNames.map { .text($0) }))])),
                            ("uniqueItems", .flag(true)),
                        ]),
                        .object([("type", .text("string")), ("pattern", .text("^[A-Za-z]+( ?- ?[A-Za-z]+)?$"))]),
                    ])
                )
            ])),
        text: { "[\($0.joined(separator: ", "))]" },
        read: { node, _, context in
            switch node {
            case .scalar(let scalar):
                if let days = weekdayRange(scalar.string) { return days }
            case .sequence(let sequence):
                let days = sequence.map { $0.scalar.flatMap { weekday($0.string) } }
                let known = days.compactMap { $0 }
                if known.count == days.count, Set(known).count == known.count { return known }
            default: break
            }
            context.error(
                "`\(context.path)` is no list of weekdays, each named once", at: node,
                hint: "write `[mon, tue, wed, thu, fri]` or `mon-fri`")
            return nil
        })

    private static let weekdayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func weekday(_ text: some StringProtocol) -> String? {
        let plain = text.lowercased().filter { $0 != " " }
        let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        return weekdayNames.first { $0 == plain } ?? zip(full, weekdayNames).first { $0.0 == plain }?.1
    }

    private static func weekdayRange(_ text: String) -> [String]? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { weekday($0) }
        guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil,
            let from = weekdayNames.firstIndex(of: first), let to = weekdayNames.firstIndex(of: last), from <= to
        else { return nil }
        return Array(weekdayNames[from...to])
    }

    /// The overlays are taken apart by the reader before keys are read; what remains here is their description.
    static let overlays = SpecType<Void>(
        "mapping from `dev`, `staging`, `production` to the keys of this file", .overlays, read: { _, _, _ in () })

    private static let hyphen = UInt8(ascii: "-")
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}

extension Spec {
    /// Stands for what is laid over the file before it is read, so that the schema can name it.
    var overlays: Void {
        get {}
        set {}
    }
}
