// Tells what changed between two assessments: for people, and for programs.

import PlumbModel

/// A difference as text or as JSON; whether it is worse is for the caller to decide.
public enum DiffReport {
    /// For people: the verdicts that changed, the failures that came with their fixes, and a line for each that went.
    public static func text(_ diff: AssessmentDiff, style: TextStyle = TextStyle()) -> String {
        var sheet = TextSheet(style)
        for (label, assessment) in [("from", diff.before), ("to", diff.after)] {
            sheet.write(
                label, .faint,
                "\(assessment.path) (\(assessment.source.rawValue)) judged for \(assessment.environment.rawValue)",
                hang: 5)
        }
        guard !diff.isEmpty else {
            sheet.blank()
            sheet.write("nothing changed", .green)
            return sheet.text
        }
        writeVerdicts(of: diff, on: &sheet)
        let failures = diff.newFailures()
        writeNew(failures, of: diff, on: &sheet)
        let gone = diff.gone.filter { $0.verdict == .fails }
        if !gone.isEmpty {
            sheet.blank()
            sheet.write("gone", .green, counted(gone.count, "failure"))
            for finding in gone {
                sheet.row(finding.control, nil, to: 12, "\(finding.resource): \(finding.message)", indent: 2)
            }
        }
        sheet.blank()
        sheet.write(
            "failures", failures.isEmpty ? .green : .red, "\(failures.count) new, \(gone.count) gone")
        sheet.write(
            "unproved", .yellow,
            "\(diff.new.count - failures.count) new, \(diff.gone.count - gone.count) gone")
        for (label, told) in [("policies", \Assessment.policyTally), ("controls", \.controlTally)] {
            let (before, after) = (diff.before[keyPath: told].sentence, diff.after[keyPath: told].sentence)
            sheet.write(label, .faint, before == after ? after : "\(before) -> \(after)")
        }
        return sheet.text
    }

    private static func writeVerdicts(of diff: AssessmentDiff, on sheet: inout TextSheet) {
        guard !diff.policies.isEmpty || !diff.controls.isEmpty else { return }
        sheet.blank()
        sheet.write("verdicts", .bold)
        let titles = Dictionary(
            (diff.before.policies + diff.after.policies).map { ($0.id, $0.title) }, uniquingKeysWith: { $1 })
        let policies = Dictionary(diff.policies.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var told: Set<String> = []
        for control in diff.controls {
            let policy = String(control.id.prefix { $0 != "." })
            if told.insert(policy).inserted { write(policies[policy], policy, titles[policy] ?? "", on: &sheet) }
            sheet.row(control.id, nil, to: 12, "\(arrow(control)): \(control.title)", indent: 4)
        }
        // A policy whose controls are as they were; only when the book itself changed.
        for policy in diff.policies where told.insert(policy.id).inserted {
            write(policy, policy.id, policy.title, on: &sheet)
        }
    }

    private static func write(
        _ change: AssessmentDiff.Change?, _ id: String, _ title: String, on sheet: inout TextSheet
    ) {
        sheet.row(
            id, change?.after?.colour ?? .faint, to: 10, (change.map { arrow($0) + ": " } ?? "") + title, indent: 2)
    }

    private static func arrow(_ change: AssessmentDiff.Change) -> String {
        "\(change.before?.told ?? "absent") -> \(change.after?.told ?? "absent")"
    }

    private static func writeNew(_ failures: [Finding], of diff: AssessmentDiff, on sheet: inout TextSheet) {
        guard !failures.isEmpty else { return }
        sheet.blank()
        sheet.write("new", .red, counted(failures.count, "failure"))
        for finding in failures {
            let place = finding.place.map { " at \($0)" } ?? ""
            sheet.write(
                finding.severity.rawValue, finding.severity.colour, "\(finding.control)  \(finding.resource)\(place)",
                indent: 2)
            sheet.write("", nil, finding.message, indent: 4)
            let remedy = finding.remedy(linesMax: TextReport.codeMax)
            sheet.write("fix", .green, remedy.sentence, indent: 4, hang: 9)
            for line in remedy.code { sheet.verbatim(String(line), indent: 9) }
            if remedy.more > 0 {
                sheet.write("", nil, "and \(remedy.more) lines more (--format json has them all)", indent: 9)
            }
        }
    }

    /// For programs, contract `plumbline.diff/1`.
    public static func json(_ diff: AssessmentDiff) -> String {
        func changes(_ changes: [AssessmentDiff.Change]) -> JSON {
            .array(
                changes.map {
                    [
                        "id": .string($0.id), "title": .string($0.title), "before": JSON($0.before?.rawValue),
                        "after": JSON($0.after?.rawValue),
                    ]
                })
        }
        func side(_ assessment: Assessment) -> JSON {
            [
                "source": ["kind": .string(assessment.source.rawValue), "path": .string(assessment.path)],
                "environment": .string(assessment.environment.rawValue),
            ]
        }
        let statements = diff.before.controlById.merging(diff.after.controlById) { $1 }.mapValues(\.statement)
        func findings(_ findings: [Finding]) -> JSON {
            .array(findings.map { JSON($0, title: statements[$0.control] ?? "") })
        }
        let report: JSON = [
            "schema": "plumbline.diff/1",
            "before": side(diff.before),
            "after": side(diff.after),
            "policies": changes(diff.policies),
            "controls": changes(diff.controls),
            "new": findings(diff.new),
            "gone": findings(diff.gone),
        ]
        return report.text + "\n"
    }
}
