// News for people, in a terminal or a mail, and for programs, contract `plumbline.watch/1`.

import PlumbModel

/// Tells news.
public enum NewsReport {
    /// Findings of one sort that are told one by one; the rest is counted.
    static let listedMax = 50

    /// One line: what a mail's subject and a log say.
    public static func title(of news: WatchNews) -> String {
        let what = news.path + (news.environment.map { " (\($0.rawValue))" } ?? "")
        switch news.kind {
        case .board: return "\(what): policies \(news.assessment?.policyTally.sentence ?? "")"
        case .first: return "\(what): watched from now on; policies \(news.assessment?.policyTally.sentence ?? "")"
        case .left: return "\(what): no longer there"
        case .blind: return "nothing can be seen: \(news.reason ?? "")"
        case .seesAgain: return "watching again; nothing was seen since \(news.reason ?? "")"
        case .reminder: return "\(what): still \(failures(in: news))"
        case .changed:
            var parts = news.policies.map { "\($0.id) \($0.before?.told ?? "absent") -> \($0.after?.told ?? "absent")" }
            if !news.new.isEmpty { parts.append("\(counted(news.new.count, "failure")) new") }
            if !news.gone.isEmpty { parts.append("\(counted(news.gone.count, "failure")) gone") }
            if parts.isEmpty { parts = news.controls.map { "\($0.id) \($0.after?.told ?? "absent")" } }
            if parts.isEmpty { parts = news.unsteady.map { "\($0) goes to and fro" } }
            return "\(what): \(parts.joined(separator: ", "))"
        }
    }

    private static func failures(in news: WatchNews) -> String {
        let failing = (news.assessment?.findings ?? []).filter { $0.verdict == .fails }
        let counts = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = failing.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)"
        }
        return "\(counted(failing.count, "failure")): \(counts.joined(separator: ", "))"
    }

    /// For people: the title after the time, then each change and each failure in a line of its own.
    public static func text(_ news: WatchNews, style: TextStyle = TextStyle()) -> String {
        var sheet = TextSheet(style)
        if news.kind == .board, let assessment = news.assessment {
            TextReport.writeHead(of: assessment, on: &sheet)
            TextReport.writePolicies(of: assessment, on: &sheet)
            sheet.blank()
            TextReport.writeSummary(of: assessment, on: &sheet)
            return sheet.text
        }
        sheet.write(time(news.at), .faint, title(of: news))
        for change in news.policies + news.controls {
            let words = "\(change.before?.told ?? "absent") -> \(change.after?.told ?? "absent"): \(change.title)"
            sheet.row(change.id, change.after?.colour ?? .faint, to: 12, words, indent: 2)
        }
        for finding in news.new.prefix(listedMax) {
            let place = finding.place.map { " at \($0)" } ?? ""
            sheet.write(
                "new", .red, "\(finding.severity.rawValue) \(finding.control) \(finding.resource)\(place)", indent: 2)
            sheet.write("", nil, finding.message, indent: 6)
            sheet.write("fix", .green, finding.fix, indent: 6, hang: 11)
        }
        writeRest(of: news.new, "new", on: &sheet)
        for finding in news.gone.prefix(listedMax) {
            let words = "\(finding.severity.rawValue) \(finding.control) \(finding.resource): \(finding.message)"
            sheet.row("gone", .green, to: 7, words, indent: 2)
        }
        writeRest(of: news.gone, "gone", on: &sheet)
        if !news.unsteady.isEmpty {
            let words = "\(news.unsteady.joined(separator: ", ")): told again once it rests"
            sheet.write("unsteady", .yellow, words, indent: 2)
        }
        return sheet.text
    }

    private static func writeRest(of findings: [Finding], _ word: String, on sheet: inout TextSheet) {
        guard findings.count > listedMax else { return }
        sheet.write(word, .faint, "and \(findings.count - listedMax) more (plumb check tells all)", indent: 2)
    }

    /// For programs: one object on one line, without a line break.
    public static func json(_ news: WatchNews) -> String {
        let statements = news.assessment?.controlById.mapValues(\.statement) ?? [:]
        func changes(_ changes: [AssessmentDiff.Change]) -> JSON {
            .array(
                changes.map {
                    [
                        "id": .string($0.id), "title": .string($0.title), "before": JSON($0.before?.rawValue),
                        "after": JSON($0.after?.rawValue),
                    ]
                })
        }
        func findings(_ findings: [Finding]) -> JSON {
            .array(findings.prefix(listedMax).map { JSON($0, title: statements[$0.control] ?? "") })
        }
        let board = (news.assessment?.policies ?? []).map { (key: $0.id, value: JSON.string($0.verdict.rawValue)) }
        let told: JSON = [
            "schema": "plumbline.watch/1",
            "id": .string(news.id),
            "time": .string(time(news.at)),
            "event": .string(news.kind.rawValue),
            "title": .string(title(of: news)),
            "source": ["kind": JSON(news.source?.rawValue), "path": .string(news.path)],
            "environment": JSON(news.environment?.rawValue),
            "reason": JSON(news.reason),
            "policies": changes(news.policies),
            "controls": changes(news.controls),
            "newCount": .integer(news.new.count),
            "goneCount": .integer(news.gone.count),
            "new": findings(news.new),
            "gone": findings(news.gone),
            "unsteady": JSON(news.unsteady),
            "verdicts": .object(board),
        ]
        return told.line
    }

    /// `2026-11-28T17:48:27Z`.
    public static func time(_ seconds: Double) -> String {
        let whole = Int(exactly: seconds.rounded(.down)) ?? 0
        let rest = ((whole % 86_400) + 86_400) % 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(Day(secondsSinceEpoch: seconds))T\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }
}
