// An assessment for build servers: JUnit's XML, as Jenkins, GitLab and GitHub's test reporters read it.

public import PlumbModel

/// A suite for each assessment, a test case for each control of the book, in the book's order.
///
/// A control that fails is a failure, with all its findings as text. One that is unproved or does not apply is skipped,
/// and says why; what a person stands in for passes, and names the person as its output.
public enum JUnitReport: AssessmentReport {
    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites name=\"Plumbline\" \(counts(assessments))>\n"
        for assessment in assessments { write(assessment, to: &xml) }
        return xml + "</testsuites>\n"
    }

    /// The attributes that count. Time is not reported, because judging is not timed by control.
    private static func counts(_ assessments: [Assessment]) -> String {
        var (tests, failures, skipped) = (0, 0, 0)
        for assessment in assessments {
            let failing = Set(assessment.findings.lazy.filter { $0.verdict == .fails }.map(\.control))
            for control in assessment.policies.flatMap(\.controls) {
                tests += 1
                switch control.verdict {
                case .fails where failing.contains(control.id): failures += 1
                case .fails, .unknown, .notApplicable: skipped += 1
                case .holds, .attested, .waived: break
                }
            }
        }
        return "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\" time=\"0\""
    }

    private static func write(_ assessment: Assessment, to xml: inout String) {
        let (source, environment) = (assessment.source.rawValue, assessment.environment.rawValue)
        let name = "\(assessment.path) (\(source), \(environment))"
        xml += "  <testsuite name=\"\(Markup.attribute(name))\" \(counts([assessment]))>\n"
        xml += "    <properties>\n"
        for (name, value) in [
            ("source", source), ("path", assessment.path), ("environment", environment),
            ("environmentIsAssumed", String(assessment.environmentIsAssumed)),
            ("policies", assessment.policyTally.sentence), ("controls", assessment.controlTally.sentence),
        ] {
            write(property: name, value, indent: "      ", to: &xml)
        }
        xml += "    </properties>\n"
        let failures = Dictionary(grouping: assessment.findings.filter { $0.verdict == .fails }, by: \.control)
        let unknowns = Dictionary(grouping: assessment.findings.filter { $0.verdict == .unknown }, by: \.control)
        for policy in assessment.policies {
            for control in policy.controls {
                write(
                    control, of: policy, failures[control.id] ?? [], unknowns[control.id] ?? [],
                    in: assessment.environment, to: &xml)
            }
        }
        if !assessment.diagnostics.isEmpty {
            xml += "    <system-err>\(Markup.text(assessment.diagnostics.map(told).joined(separator: "\n")))"
            xml += "</system-err>\n"
        }
        xml += "  </testsuite>\n"
    }

    private static func write(
        _ control: ControlVerdict, of policy: PolicyVerdict, _ failures: [Finding], _ unknowns: [Finding],
        in environment: Environment, to xml: inout String
    ) {
        let name = Markup.attribute("\(control.id) \(control.statement)")
        xml += "    <testcase classname=\"\(Markup.attribute(policy.id))\" name=\"\(name)\""
        if let place = (failures.first ?? unknowns.first)?.place {
            xml += " file=\"\(Markup.attribute(place.file))\""
            if let line = place.line { xml += " line=\"\(line)\"" }
        }
        xml += " time=\"0\">\n      <properties>\n"
        write(property: "verdict", control.verdict.rawValue, indent: "        ", to: &xml)
        if let severity = control.severity {
            write(property: "severity", severity.rawValue, indent: "        ", to: &xml)
        }
        xml += "      </properties>\n"
        switch control.verdict {
        case .fails where failures.isEmpty:
            xml += "      <skipped message=\"fails, but every finding is in the baseline\"/>\n"
        case .fails: writeFailure(of: control, failures, to: &xml)
        case .unknown, .notApplicable:
            xml += "      <skipped message=\"\(Markup.attribute(reason(control, unknowns, environment)))\"/>\n"
        case .attested, .waived:
            let words = control.judgements.filter { $0.verdict == control.verdict }.map(told)
            xml += "      <system-out>\(Markup.text(words.joined(separator: "\n")))</system-out>\n"
        case .holds: break
        }
        xml += "    </testcase>\n"
    }

    private static func writeFailure(of control: ControlVerdict, _ findings: [Finding], to xml: inout String) {
        let severity = findings.map(\.severity).max() ?? control.severity ?? .medium
        let rest = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
        let message = findings.first.map { "\($0.resource): \($0.message)\(rest)" } ?? control.statement
        xml += "      <failure message=\"\(Markup.attribute(message))\" type=\"\(severity.rawValue)\">"
        for (index, finding) in findings.enumerated() {
            xml += index == 0 ? "" : "\n\n"
            xml += Markup.text(told(finding))
        }
        xml += "</failure>\n"
    }

    private static func write(property name: String, _ value: String, indent: String, to xml: inout String) {
        xml += "\(indent)<property name=\"\(Markup.attribute(name))\" value=\"\(Markup.attribute(value))\"/>\n"
    }

    // MARK: - Words

    private static func told(_ finding: Finding) -> String {
        var text = finding.place.map { "\($0): " } ?? ""
        text += "\(finding.resource) (\(finding.severity.rawValue))\n\(finding.message)"
        for link in finding.chain { text += "\nsee \(link.message)" + (link.place.map { " at \($0)" } ?? "") }
        return text + "\nfix: \(finding.fix)\n\(finding.patch?.text ?? "")seed: \(finding.seed)"
    }

    private static func told(_ judgement: Judgement) -> String { "\(judgement.resource): \(judgement.message)" }

    private static func told(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.place.map { "\($0): " } ?? ""
        return "\(diagnostic.severity.rawValue): \(place)\(diagnostic.message)"
            + (diagnostic.hint.map { " (\($0))" } ?? "")
    }

    private static func reason(
        _ control: ControlVerdict, _ unknowns: [Finding], _ environment: Environment
    ) -> String {
        if let first = unknowns.first {
            let rest = unknowns.count > 1 ? " (and \(unknowns.count - 1) more)" : ""
            return "unproved: \(first.resource): \(first.message)\(rest)"
        }
        if let judgement = control.judgements.first { return told(judgement) }
        return control.severity == nil
            ? "not applicable: it is not asked of \(environment.rawValue)"
            : "not applicable: there is nothing here it speaks of"
    }
}
