// An assessment for programs: one JSON object whose shape is a contract.

public import PlumbModel

/// The contract `plumbline.check/1`; keys come in the order of its documentation, findings in telling order.
public enum JSONReport: AssessmentReport {
    public static let name = "json"

    public static func render(_ assessment: Assessment, style: TextStyle) -> String {
        let controls = assessment.policies.flatMap(\.controls)
        let report: JSON = [
            "schema": "plumbline.check/1",
            "source": ["kind": .string(assessment.source.rawValue), "path": .string(assessment.path)],
            "environment": .string(assessment.environment.rawValue),
            "environmentIsAssumed": .bool(assessment.environmentIsAssumed),
            "summary": summary(of: assessment),
            "policies": .array(
                assessment.policies.map {
                    ["id": .string($0.id), "title": .string($0.title), "verdict": .string($0.verdict.rawValue)]
                }),
            "controls": .array(
                controls.map {
                    [
                        "id": .string($0.id), "verdict": .string($0.verdict.rawValue),
                        "severity": JSON($0.severity?.rawValue), "statement": .string($0.statement),
                    ]
                }),
            "findings": .array(assessment.findings.map(json)),
            "diagnostics": .array(assessment.diagnostics.map(json)),
        ]
        return report.text + "\n"
    }

    private static func summary(of assessment: Assessment) -> JSON {
        let told: [Verdict] = [.holds, .fails, .unknown, .notApplicable, .attested, .waived]
        return .object(told.map { (key: $0.rawValue, value: .integer(assessment.count($0))) })
    }

    private static func json(_ finding: Finding) -> JSON {
        [
            "control": .string(finding.control), "policy": .string(finding.policy),
            "verdict": .string(finding.verdict.rawValue), "severity": .string(finding.severity.rawValue),
            "resource": .string(finding.resource), "place": json(finding.place), "message": .string(finding.message),
            "fix": .string(finding.fix), "seed": .string(finding.seed),
        ]
    }

    private static func json(_ diagnostic: Diagnostic) -> JSON {
        [
            "severity": .string(diagnostic.severity.rawValue), "message": .string(diagnostic.message),
            "place": json(diagnostic.place), "hint": JSON(diagnostic.hint),
        ]
    }

    private static func json(_ place: Place?) -> JSON {
        guard let place else { return .null }
        return ["file": .string(place.file), "line": JSON(place.line), "column": JSON(place.column)]
    }
}
