// An assessment for programs: one JSON object whose shape is a contract.

public import PlumbModel

/// The contract `plumbline.check/1`; keys come in the order of its documentation, findings in telling order. Several
/// assessments are several objects, one after the other.
public enum JSONReport: AssessmentReport {
    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        var bytes: [UInt8] = []
        for assessment in assessments {
            write(assessment, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ assessment: Assessment, to bytes: inout [UInt8]) {
        let controls = assessment.policies.flatMap(\.controls)
        let statements = assessment.controlById.mapValues(\.statement)
        let head: JSON = [
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
        ]
        // Thousands of findings are written one by one: as one value they would stand in memory twice.
        var object = JSON.OpenObject(in: &bytes)
        object.add(head, to: &bytes)
        object.add("findings", assessment.findings, to: &bytes) { JSON($0, title: statements[$0.control] ?? "") }
        object.add(["diagnostics": .array(assessment.diagnostics.map(json))], to: &bytes)
        object.close(in: &bytes)
    }

    private static func summary(of assessment: Assessment) -> JSON {
        let told: [Verdict] = [.holds, .fails, .unknown, .notApplicable, .attested, .waived]
        return .object(told.map { (key: $0.rawValue, value: .integer(assessment.count($0))) })
    }

    private static func json(_ diagnostic: Diagnostic) -> JSON {
        [
            "severity": .string(diagnostic.severity.rawValue), "message": .string(diagnostic.message),
            "place": JSON(diagnostic.place), "hint": JSON(diagnostic.hint),
        ]
    }
}

extension JSON {
    /// A finding as the contracts have it; the chain is told where there is one.
    init(_ finding: Finding, title: String) {
        var members: [(key: String, value: JSON)] = [
            ("control", .string(finding.control)), ("policy", .string(finding.policy)), ("title", .string(title)),
            ("verdict", .string(finding.verdict.rawValue)), ("severity", .string(finding.severity.rawValue)),
            ("resource", .string(finding.resource)), ("place", JSON(finding.place)),
            ("message", .string(finding.message)), ("fix", .string(finding.fix)), ("seed", .string(finding.seed)),
        ]
        if let patch = finding.patch {
            members.append(("fixText", .string(patch.text)))
            members.append(("fixLanguage", .string(patch.language.rawValue)))
        }
        let chain = finding.chain
        if !chain.isEmpty {
            members.append(
                (
                    "related",
                    .array(chain.map { ["message": .string($0.message), "place": JSON($0.place)] })
                ))
        }
        self = .object(members)
    }

    /// A place, or null.
    init(_ place: Place?) {
        guard let place else {
            self = .null
            return
        }
        self = ["file": .string(place.file), "line": JSON(place.line), "column": JSON(place.column)]
    }
}
