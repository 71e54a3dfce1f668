// An assessment as GitHub's workflow commands: annotations on the lines of a pull request.

public import PlumbModel

/// `::error file=…,line=…,col=…,title=…::message` for each failure, the worst first, and a last notice with the counts.
///
/// GitHub shows ten errors, ten warnings and ten notices of a step; the others stay in its log. What is unproved is no
/// annotation: it is counted in the notice.
public enum GitHubReport: AssessmentReport {
    /// What GitHub shows of one step and one level: its documented limit.
    static let shownMax = 10
    /// Longer lines to paste are left to the other reports.
    private static let patchBytesMax = 2_000

    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        var told: [(finding: Finding, statement: String)] = []
        for assessment in assessments {
            let statements = assessment.controlById.mapValues(\.statement)
            for finding in assessment.findings where finding.verdict == .fails {
                told.append((finding, statements[finding.control] ?? ""))
            }
        }
        // Severity by severity keeps the order within each, which a sort need not.
        var text = ""
        var countByCommand: [String: Int] = [:]
        for severity in Severity.allCases.reversed() {
            for (finding, statement) in told where finding.severity == severity {
                countByCommand[finding.severity.command, default: 0] += 1
                text += annotation(finding, statement)
            }
        }
        for diagnostic in assessments.flatMap(\.diagnostics) { text += annotation(diagnostic) }
        let hidden = countByCommand.values.reduce(0) { $0 + max(0, $1 - shownMax) }
        return text + notice(on: assessments, failures: told.count, hidden: hidden)
    }

    private static func annotation(_ finding: Finding, _ statement: String) -> String {
        var message = "\(finding.resource): \(finding.message)"
        for link in finding.chain { message += "\nsee \(link.message)" + (link.place.map { " at \($0)" } ?? "") }
        message += "\nfix: \(finding.fix)"
        // An annotation is read beside the lines of a change: a few of them fit.
        if let patch = finding.patch, patch.text.utf8.count <= patchBytesMax { message += "\n\(patch.text)" }
        return command(
            finding.severity.command, at: finding.place, title: "\(finding.control) \(statement)", message)
    }

    private static func annotation(_ diagnostic: Diagnostic) -> String {
        let name = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
        let hint = diagnostic.hint.map { "\nhint: \($0)" } ?? ""
        return command(name, at: diagnostic.place, title: "Plumbline", diagnostic.message + hint)
    }

    private static func notice(on assessments: [Assessment], failures: Int, hidden: Int) -> String {
        var lines = assessments.map {
            "\($0.path) (\($0.environment.rawValue)): policies \($0.policyTally.sentence); "
                + "controls \($0.controlTally.sentence)"
        }
        var last = counted(failures, "failing finding")
        if hidden > 0 {
            last += ", of which GitHub hides \(hidden): it shows \(shownMax) of a level; the step's log has them all"
        }
        lines.append(last)
        return command("notice", at: nil, title: "Plumbline", lines.joined(separator: "\n"))
    }

    /// One command on one line.
    private static func command(_ name: String, at place: Place?, title: String, _ message: String) -> String {
        var properties: [String] = []
        if let place {
            properties.append("file=\(escaped(place.file, inProperty: true))")
            if let line = place.line {
                properties.append("line=\(line)")
                if let column = place.column { properties.append("col=\(column)") }
            }
        }
        properties.append("title=\(escaped(title, inProperty: true))")
        return "::\(name) \(properties.joined(separator: ","))::\(escaped(message))\n"
    }

    /// The escapes that the runner decodes in a message; in a property also those of the characters that end one.
    private static func escaped(_ text: String, inProperty: Bool = false) -> String {
        var result = ""
        // Scalar by scalar: a sign with an accent on it is still the sign to the runner.
        for scalar in text.harmless.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\n": result += "%0A"
            case ":" where inProperty: result += "%3A"
            case "," where inProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Severity {
    fileprivate var command: String {
        switch self {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low: "notice"
        }
    }
}
