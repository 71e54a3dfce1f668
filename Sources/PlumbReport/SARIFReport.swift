// An assessment for code scanning: SARIF 2.1.0, as OASIS has it and as GitHub reads it.

public import PlumbModel

/// One log; a run for each assessment. Failures are results of kind `fail`, what is unproved of kind `review`, and what
/// is waived is a suppressed failure.
///
/// Limits of GitHub's code scanning, for whoever uploads a log: 5,000 results a run are shown, the worst first.
public enum SARIFReport: AssessmentReport {
    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        let log: JSON = [
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": .array(assessments.map { run(of: $0, version: style.toolVersion) }),
        ]
        return log.text + "\n"
    }

    private static func run(of assessment: Assessment, version: String) -> JSON {
        let waived = waivedFindings(in: assessment)
        let told = Set((assessment.findings + waived.map(\.finding)).map(\.control))
        var rules: [JSON] = []
        var indexByRule: [String: Int] = [:]
        for policy in assessment.policies {
            for control in policy.controls where told.contains(control.id) {
                indexByRule[control.id] = rules.count
                rules.append(rule(control, of: policy))
            }
        }
        let identities = FindingIdentity.all(of: assessment.findings + waived.map(\.finding))
        var results: [JSON] = []
        results.reserveCapacity(identities.count)
        for (finding, identity) in zip(assessment.findings, identities) {
            results.append(.object(result(finding, identity, rule: indexByRule[finding.control], in: assessment)))
        }
        for (waiver, identity) in zip(waived, identities.dropFirst(assessment.findings.count)) {
            let members = result(waiver.finding, identity, rule: indexByRule[waiver.finding.control], in: assessment)
            results.append(.object(members + [("suppressions", [suppression(waiver.justification)])]))
        }
        var driver: [(key: String, value: JSON)] = [("name", "Plumbline"), ("organization", "Plumbline")]
        if !version.isEmpty { driver.append(("semanticVersion", .string(version))) }
        driver.append(("rules", .array(rules)))
        let id = "plumbline/\(assessment.source.rawValue)/\(assessment.environment.rawValue)/\(assessment.path)/"
        return [
            "tool": ["driver": .object(driver)],
            // GitHub tells the runs of one log apart by this category.
            "automationDetails": ["id": .string(id)],
            "invocations": [invocation(of: assessment)],
            "columnKind": "unicodeCodePoints",
            "results": .array(results),
        ]
    }

    private static func invocation(of assessment: Assessment) -> JSON {
        let notifications = assessment.diagnostics.map { diagnostic -> JSON in
            let hint = diagnostic.hint.map { "\nHint: \($0)" } ?? ""
            var members: [(key: String, value: JSON)] = [
                ("level", .string(diagnostic.severity.rawValue)), ("message", message(diagnostic.message + hint)),
            ]
            if let place = diagnostic.place { members.append(("locations", [location(place)])) }
            return .object(members)
        }
        return [
            "executionSuccessful": .bool(!assessment.diagnostics.contains { $0.severity == .error }),
            "toolConfigurationNotifications": .array(notifications),
        ]
    }

    // MARK: - Rules

    private static func rule(_ control: ControlVerdict, of policy: PolicyVerdict) -> JSON {
        let severity = control.severity ?? .medium
        let statement = sentence(control.statement)
        let remedy = control.remedy.isEmpty ? "plumb explain \(control.id) tells how to mend it." : control.remedy
        var (text, markdown) = (remedy, "\(Markup.markdown(remedy))\n")
        if !control.seed.isEmpty {
            text += "\nThe policy book: \(control.seed)"
            markdown += "\n> \(Markup.markdown(control.seed))\n"
        }
        return [
            "id": .string(control.id),
            "name": .string(name(of: control.statement)),
            "shortDescription": ["text": .string(statement)],
            "fullDescription": ["text": .string("\(statement) \(policy.id): \(sentence(policy.title))")],
            "help": ["text": .string(text), "markdown": .string(markdown)],
            "defaultConfiguration": ["level": .string(severity.sarifLevel)],
            "properties": [
                "tags": JSON(tags(of: policy)), "security-severity": .string(severity.score), "precision": "high",
                "problem.severity": .string(severity.sarifLevel == "note" ? "recommendation" : severity.sarifLevel),
            ],
        ]
    }

    /// GitHub takes a score for a security severity where the tags say `security`, as the pillar of that name does.
    private static func tags(of policy: PolicyVerdict) -> [String] {
        [policy.id, policy.pillar.lowercased().replacing(" ", with: "-")]
    }

    /// `AnAlarmWatchesTheErrorRate`: the statement's words as one identifier, at most 120 characters.
    private static func name(of statement: String) -> String {
        let words = statement.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let name = words.reduce(into: "") { $0 += $1.prefix(1).uppercased() + $1.dropFirst() }
        return name.isEmpty ? "Control" : String(name.prefix(120))
    }

    // MARK: - Results

    private static func result(
        _ finding: Finding, _ identity: String, rule: Int?, in assessment: Assessment
    ) -> [(key: String, value: JSON)] {
        let isFailure = finding.verdict != .unknown
        let chain = finding.chain
        var text = "\(finding.resource): \(finding.message)"
        // A link without a place has no location that could be related.
        for link in chain where link.place == nil { text += "\nSee \(link.message)." }
        if isFailure { text += "\nFix: \(finding.fix)" }
        var members: [(key: String, value: JSON)] = [("ruleId", .string(finding.control))]
        if let rule { members.append(("ruleIndex", .integer(rule))) }
        members += [
            ("kind", isFailure ? "fail" : "review"),
            // SARIF 3.27.10: what is no failure has the level `none`.
            ("level", .string(isFailure ? finding.severity.sarifLevel : "none")),
            ("message", message(text)),
            ("locations", [location(of: finding, in: assessment)]),
        ]
        let related = chain.filter { $0.place != nil }.enumerated().compactMap { index, link in
            link.place.map { location($0, id: index + 1, message: link.message) }
        }
        if !related.isEmpty { members.append(("relatedLocations", .array(related))) }
        members += [
            ("partialFingerprints", ["plumbline/v1": .string(identity)]),
            ("properties", properties(of: finding)),
        ]
        return members
    }

    /// What SARIF has no place for. Its `fixes` are replacements of regions; lines to paste are none.
    private static func properties(of finding: Finding) -> JSON {
        var members: [(key: String, value: JSON)] = [
            ("policy", .string(finding.policy)), ("severity", .string(finding.severity.rawValue)),
            ("verdict", .string(finding.verdict.rawValue)),
        ]
        if let patch = finding.patch {
            members.append(("fixText", .string(patch.text)))
            members.append(("fixLanguage", .string(patch.language.rawValue)))
        }
        return .object(members)
    }

    private static func suppression(_ justification: String) -> JSON {
        ["kind": "external", "status": "accepted", "justification": .string(justification)]
    }

    /// Waived judgements as the findings they would be, each with its waiver's words.
    private static func waivedFindings(in assessment: Assessment) -> [(finding: Finding, justification: String)] {
        assessment.policies.flatMap { policy in
            policy.controls.flatMap { control in
                control.judgements.filter { $0.verdict == .waived }.map { judgement in
                    let finding = Finding(
                        control: control.id, policy: policy.id, verdict: .waived,
                        severity: judgement.severity ?? control.severity ?? .medium, resource: judgement.resource,
                        place: judgement.place, message: judgement.message, fix: judgement.fix ?? control.remedy,
                        seed: control.seed, related: judgement.related)
                    return (finding, judgement.message)
                }
            }
        }
    }

    /// `[text](target)` would be read as a link (SARIF 3.11.6): then every bracket is escaped.
    private static func message(_ text: String) -> JSON {
        let text = text.harmless
        // Both are single bytes of UTF-8.
        let bytes = text.utf8
        guard zip(bytes, bytes.dropFirst()).contains(where: { $0 == UInt8(ascii: "]") && $1 == UInt8(ascii: "(") })
        else { return ["text": .string(text)] }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "[" || scalar == "]" { escaped.append("\\") }
            escaped.append(scalar)
        }
        return ["text": .string(String(escaped))]
    }

    private static func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }
}

extension Severity {
    /// SARIF's level of a failure.
    fileprivate var sarifLevel: String {
        switch self {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low: "note"
        }
    }

    /// A score within the band that GitHub's code scanning calls by the same name.
    fileprivate var score: String {
        switch self {
        case .critical: "9.5"
        case .high: "8.0"
        case .medium: "5.5"
        case .low: "2.0"
        }
    }
}
