// An assessment for people: the fifteen policies at a glance, then what is wrong, worst first, and how to mend it.

public import PlumbModel

/// Plain text for a terminal or a log.
public enum TextReport: AssessmentReport {
    public static let name = "text"

    public static func render(_ assessment: Assessment, style: TextStyle) -> String {
        var sheet = TextSheet(style)
        writeHead(of: assessment, on: &sheet)
        writePolicies(of: assessment, on: &sheet)
        let statements = Dictionary(
            assessment.policies.flatMap(\.controls).map { ($0.id, $0.statement) },
            uniquingKeysWith: { first, _ in first })
        for finding in assessment.findings where finding.verdict == .fails {
            sheet.blank()
            write(finding, statements[finding.control] ?? "", on: &sheet)
        }
        for findings in undecided(in: assessment) {
            sheet.blank()
            write(undecided: findings, statements[findings[0].control] ?? "", on: &sheet)
        }
        if !assessment.diagnostics.isEmpty { sheet.blank() }
        for diagnostic in assessment.diagnostics { write(diagnostic, on: &sheet) }
        sheet.blank()
        writeSummary(of: assessment, on: &sheet)
        return sheet.text
    }

    private static func writeHead(of assessment: Assessment, on sheet: inout TextSheet) {
        let environment =
            assessment.environmentIsAssumed
            ? "\(assessment.environment.rawValue), which is assumed: name another with --environment"
            : assessment.environment.rawValue
        sheet.write(assessment.path, .bold, "(\(assessment.source.rawValue)) judged for \(environment)")
        sheet.blank()
    }

    private static func writePolicies(of assessment: Assessment, on sheet: inout TextSheet) {
        var pillar = ""
        for policy in assessment.policies {
            if policy.pillar != pillar {
                pillar = policy.pillar
                sheet.write(pillar, .faint)
            }
            let id = policy.id + String(repeating: " ", count: max(0, 8 - policy.id.count))
            sheet.row(
                policy.verdict.told, policy.verdict.colour, to: 18, "\(id)\(tally(of: policy))  \(policy.title)",
                indent: 2)
        }
    }

    /// `5/8`: how many of the controls that apply hold or are stood in for.
    private static func tally(of policy: PolicyVerdict) -> String {
        let applying = policy.controls.filter { $0.verdict != .notApplicable }
        let settled = applying.filter { [.holds, .attested, .waived].contains($0.verdict) }
        let text = applying.isEmpty ? "-" : "\(settled.count)/\(applying.count)"
        return text + String(repeating: " ", count: max(0, 5 - text.count))
    }

    private static func write(_ finding: Finding, _ statement: String, on sheet: inout TextSheet) {
        sheet.write(finding.severity.rawValue, finding.severity.colour, "\(finding.control)  \(statement)")
        sheet.write(finding.resource, .cyan, finding.place.map { "at \($0)" } ?? "", indent: 2)
        sheet.write("", nil, finding.message, indent: 4)
        var told: Set<RelatedPlace> = []
        for link in finding.related where told.insert(link).inserted {
            sheet.write("see", .faint, link.message + (link.place.map { " at \($0)" } ?? ""), indent: 4, hang: 9)
        }
        sheet.write("fix", .green, finding.fix, indent: 4, hang: 9)
        sheet.write("seed", .faint, finding.seed, indent: 4, hang: 9)
    }

    /// What this input leaves open, control by control, in telling order: one source decides all of a control's
    /// resources, so they are told together.
    private static func undecided(in assessment: Assessment) -> [[Finding]] {
        var groups: [[Finding]] = []
        var indexByControl: [String: Int] = [:]
        for finding in assessment.findings where finding.verdict != .fails {
            if let index = indexByControl[finding.control] {
                groups[index].append(finding)
            } else {
                indexByControl[finding.control] = groups.count
                groups.append([finding])
            }
        }
        return groups
    }

    /// The message of the first resource says what would decide it; there is nothing to mend.
    private static func write(undecided findings: [Finding], _ statement: String, on sheet: inout TextSheet) {
        let first = findings[0]
        sheet.write("unknown", .yellow, "\(first.control)  \(statement) (\(first.severity.rawValue) if it fails)")
        let others = findings.dropFirst()
        let names = others.prefix(3).map(\.resource).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
        let place = first.place.map { "at \($0)" } ?? ""
        let rest = others.isEmpty ? "" : " and \(others.count) more: \(names)"
        sheet.write(first.resource, .cyan, place + rest, indent: 2)
        sheet.write("", nil, first.message, indent: 4)
        sheet.write("seed", .faint, first.seed, indent: 4, hang: 9)
    }

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

    private static func writeSummary(of assessment: Assessment, on sheet: inout TextSheet) {
        let verdicts = assessment.policies.map(\.verdict)
        let standing = verdicts.filter { $0 != .fails && $0 != .unknown }.count
        // A template alone proves few policies whole: what cannot be told is never counted as standing.
        sheet.write(
            "policies", verdicts.combined.colour,
            "\(standing) of \(verdicts.count) stand, \(verdicts.filter { $0 == .fails }.count) fail, "
                + "\(verdicts.filter { $0 == .unknown }.count) cannot be told")
        let always: [(Verdict, String)] = [(.holds, "hold"), (.fails, "fail"), (.unknown, "cannot be told")]
        let rare: [(Verdict, String)] = [
            (.attested, "attested"), (.waived, "waived"), (.notApplicable, "not applicable"),
        ]
        let told = always + rare.filter { assessment.count($0.0) > 0 }
        sheet.write(
            "controls", verdicts.combined.colour,
            told.map { "\(assessment.count($0.0)) \($0.1)" }.joined(separator: ", "))
    }
}

extension Verdict {
    /// The verdict in a reader's words.
    var told: String { self == .notApplicable ? "not applicable" : rawValue }

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
    fileprivate var colour: TextSheet.Colour { self >= .high ? .red : .yellow }
}
