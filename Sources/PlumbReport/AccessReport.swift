// A review of an IAM policy: text for people, JSON for programs.

public import PlumbModel

/// Tells what a review of one policy found; the same findings always give the same text, ending in a line break.
public enum AccessReport {
    /// For a terminal or a log: worst first, each finding with its place, its statement and its remedy, then the tally.
    public static func text(
        _ findings: [AccessFinding], of path: String, kind: AccessPolicyKind, style: TextStyle = TextStyle()
    ) -> String {
        var sheet = TextSheet(style)
        sheet.write(path, .bold, "reviewed as \(kind.title)")
        for finding in findings {
            sheet.blank()
            sheet.write(finding.type.told, finding.type.colour, "\(finding.code)  (\(finding.severity.rawValue))")
            let place = finding.place.map { "at \($0)" } ?? ""
            sheet.write(finding.subject, .cyan, place, indent: 2)
            sheet.write("", nil, finding.message, indent: 4)
            sheet.write("fix", .green, finding.fix, indent: 4, hang: 9)
        }
        sheet.blank()
        let counts = AccessFinding.Kind.allCases.map { type in (type, findings.filter { $0.type == type }.count) }
        let told = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.1 == 1 ? $0.0.told : $0.0.told + "s")" }
        let worst = findings.map(\.type).max()
        sheet.write(
            "review", worst?.colour ?? .green, told.isEmpty ? "nothing to say against it" : told.joined(separator: ", ")
        )
        return sheet.text
    }

    /// The contract `plumbline.iam-review/1`; findings come worst first, `statement` counts from 0 and is null where
    /// the policy as a whole is meant.
    public static func json(_ findings: [AccessFinding], of path: String, kind: AccessPolicyKind) -> String {
        let counts = AccessFinding.Kind.allCases.map { type in
            (key: type.rawValue, value: JSON.integer(findings.filter { $0.type == type }.count))
        }
        let report: JSON = [
            "schema": "plumbline.iam-review/1",
            "source": ["path": .string(path), "kind": .string(kind.rawValue)],
            "summary": .object(counts),
            "findings": .array(findings.map(json)),
        ]
        return report.text + "\n"
    }

    private static func json(_ finding: AccessFinding) -> JSON {
        let place: JSON =
            finding.place.map { place in
                ["file": .string(place.file), "line": JSON(place.line), "column": JSON(place.column)]
            } ?? .null
        return [
            "code": .string(finding.code), "type": .string(finding.type.rawValue),
            "severity": .string(finding.severity.rawValue), "statement": JSON(finding.statement),
            "sid": JSON(finding.sid), "message": .string(finding.message), "actions": JSON(finding.actions),
            "resources": JSON(finding.resources), "fix": .string(finding.fix), "place": place,
        ]
    }
}

extension AccessFinding {
    /// What it is about, as a person would point at it.
    fileprivate var subject: String {
        guard let statement else { return "the policy" }
        return "statement \(statement + 1)" + (sid.map { " '\($0)'" } ?? "")
    }
}

extension AccessFinding.Kind {
    fileprivate var told: String {
        switch self {
        case .error: "error"
        case .securityWarning: "security warning"
        case .warning: "warning"
        case .suggestion: "suggestion"
        }
    }

    fileprivate var colour: TextSheet.Colour {
        switch self {
        case .error, .securityWarning: .red
        case .warning: .yellow
        case .suggestion: .faint
        }
    }
}

extension AccessPolicyKind {
    fileprivate var title: String {
        switch self {
        case .identity: "a permission policy"
        case .trust: "a trust policy"
        case .resource: "a resource's policy"
        }
    }
}
