// An assessment for people: the fifteen policies at a glance, then what is wrong, policy by policy, and how to mend it.

public import PlumbModel

/// Plain text for a terminal or a log.
public enum TextReport: AssessmentReport {
    /// How many resources are told one by one where many fail a control alike.
    static let alikeMax = 5
    /// How many lines of a fix are told; more are a whole deployment.
    static let codeMax = 60

    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        assessments.map { render(one: $0, style) }.joined(separator: "\n")
    }

    private static func render(one assessment: Assessment, _ style: TextStyle) -> String {
        var sheet = TextSheet(style)
        writeHead(of: assessment, on: &sheet)
        writePolicies(of: assessment, on: &sheet)
        let failures = Dictionary(grouping: assessment.groups(.fails), by: \.policy)
        for policy in assessment.policies {
            guard let groups = failures[policy.id] else { continue }
            sheet.blank()
            sheet.write(policy.id, .bold, policy.title)
            for group in groups { write(group, on: &sheet) }
        }
        writeUnproved(in: assessment, inFull: style.showsUnknown, on: &sheet)
        if !assessment.diagnostics.isEmpty { sheet.blank() }
        for diagnostic in assessment.diagnostics { write(diagnostic, on: &sheet) }
        sheet.blank()
        writeSummary(of: assessment, on: &sheet)
        return sheet.text
    }

    static func writeHead(of assessment: Assessment, on sheet: inout TextSheet) {
        let environment =
            assessment.environmentIsAssumed
            ? "\(assessment.environment.rawValue), which is assumed: name another with --environment"
            : assessment.environment.rawValue
        sheet.write(assessment.path, .bold, "(\(assessment.source.rawValue)) judged for \(environment)")
        sheet.blank()
    }

    static func writePolicies(of assessment: Assessment, on sheet: inout TextSheet) {
        sheet.row("verdict", .faint, to: 18, "policy  controls proved/failed/unproved", indent: 2)
        var pillar = ""
        for policy in assessment.policies {
            if policy.pillar != pillar {
                pillar = policy.pillar
                sheet.write(pillar, .faint)
            }
            let triple = Tally(policy.controls.lazy.map(\.verdict)).triple
            sheet.row(
                policy.verdict.told, policy.verdict.colour, to: 18,
                "\(padded(policy.id, to: 8))\(padded(triple, to: 9))\(policy.title)", indent: 2)
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    // MARK: - Failures

    private static func write(_ group: FindingGroup, on sheet: inout TextSheet) {
        sheet.blank()
        let severity = group.severity
        sheet.write(severity.rawValue, severity.colour, "\(group.control)  \(group.statement)", indent: 2)
        for told in group.told(alikeMax: alikeMax) {
            write(told.finding, withFix: told.showsFix, on: &sheet)
            if !told.folded.isEmpty {
                sheet.write("and \(told.folded.count) more", .cyan, "(--format json lists all)", indent: 4)
            }
        }
        sheet.write("seed", .faint, group.alike[0][0].seed, indent: 4)
    }

    private static func write(_ finding: Finding, withFix: Bool, on sheet: inout TextSheet) {
        sheet.write(finding.resource, .cyan, finding.place.map { "at \($0)" } ?? "", indent: 4)
        sheet.write("", nil, finding.message, indent: 6)
        for link in finding.chain {
            sheet.write("see", .faint, link.message + (link.place.map { " at \($0)" } ?? ""), indent: 6, hang: 11)
        }
        guard withFix else { return }
        let remedy = finding.remedy(linesMax: codeMax)
        sheet.write("fix", .green, remedy.sentence, indent: 6, hang: 11)
        for line in remedy.code { sheet.verbatim(String(line), indent: 11) }
        if remedy.more > 0 {
            sheet.write("", nil, "and \(remedy.more) lines more (--format json has them all)", indent: 11)
        }
    }

    // MARK: - What is open

    /// A line a control, or everything.
    private static func writeUnproved(in assessment: Assessment, inFull: Bool, on sheet: inout TextSheet) {
        let groups = assessment.groups(.unknown)
        guard !groups.isEmpty else { return }
        sheet.blank()
        let how = inFull ? "" : "; --format json tells each in full"
        sheet.write(
            "unproved", .yellow,
            "\(counted(groups.count, "control")) that this input cannot show, wholly or in part\(how)")
        for group in groups {
            guard inFull else {
                let (first, others) = (group.alike[0][0], group.count - 1)
                let rest = others == 0 ? "" : " and \(others) more"
                sheet.row(group.control, nil, to: 12, "\(first.resource)\(rest): \(first.message)", indent: 2)
                continue
            }
            sheet.blank()
            sheet.write(
                "unknown", .yellow,
                "\(group.control)  \(group.statement) (\(group.severity.rawValue) if it fails)", indent: 2)
            for finding in group.findings {
                sheet.write(finding.resource, .cyan, finding.place.map { "at \($0)" } ?? "", indent: 4)
                sheet.write("", nil, finding.message, indent: 6)
            }
            sheet.write("seed", .faint, group.alike[0][0].seed, indent: 4)
        }
    }

    // MARK: - The end

    private static func write(_ diagnostic: Diagnostic, on sheet: inout TextSheet) {
        let colour: TextSheet.Colour =
            switch diagnostic.severity {
            case .error: .red
            case .warning: .yellow
            case .note: .faint
            }
        let place = diagnostic.place.map { "\($0): " } ?? ""
        sheet.write(diagnostic.severity.rawValue, colour, place + diagnostic.message)
        if let hint = diagnostic.hint { sheet.write("hint", .faint, hint, indent: 2) }
    }

    static func writeSummary(of assessment: Assessment, on sheet: inout TextSheet) {
        let colour = assessment.policies.map(\.verdict).combined.colour
        sheet.write("policies", colour, assessment.policyTally.sentence)
        sheet.write("controls", colour, assessment.controlTally.sentence)
    }
}

extension Verdict {
    var colour: TextSheet.Colour {
        switch self {
        case .holds, .attested: .green
        case .fails: .red
        case .unknown, .waived: .yellow
        case .notApplicable: .faint
        }
    }
}

extension Severity {
    var colour: TextSheet.Colour { self >= .high ? .red : .yellow }
}
