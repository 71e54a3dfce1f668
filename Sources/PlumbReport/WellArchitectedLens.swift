// The policy book as a custom lens of the AWS Well-Architected Tool, and a report as the answers to its questions.

public import PlumbModel

/// A custom lens: a question a policy, a choice a control.
///
/// The form and its limits are those of the user guide's "Lens format specification": 10 pillars, 20 questions a
/// pillar, 15 choices a question, titles of 128 characters, other texts of 2,048, 500 KB in all.
public enum WellArchitectedLens {
    static let titleMax = 128
    static let textMax = 2048
    /// Of a note on a choice, in the API's `ChoiceUpdate`.
    static let noteMax = 250
    static let schemaVersion = "2021-11-01"

    /// What a report says of one control.
    public struct Finding: Sendable, Hashable {
        public var verdict: Verdict
        public var message: String?
        public init(verdict: Verdict, message: String? = nil) {
            self.verdict = verdict
            self.message = message
        }
    }

    /// The lens as `aws wellarchitected import-lens` takes it.
    public static func lens(_ policies: [Policy]) -> String {
        let document: JSON = [
            "schemaVersion": .string(schemaVersion), "name": "Plumbline: machine-learning deployments",
            "description":
                "Fifteen policies over five pillars for ML deployments on AWS. plumb check answers most of it.",
            "pillars": .array(
                Policy.Pillar.allCases.map { pillar in
                    [
                        "id": .string(identifier(of: pillar)), "name": .string(pillar.rawValue),
                        "questions": .array(policies.filter { $0.pillar == pillar }.map(question)),
                    ]
                }),
        ]
        return document.text + "\n"
    }

    private static func question(_ policy: Policy) -> JSON {
        let none: JSON = ["id": .string("\(identifier(policy.id))_no"), "title": "None of these"]
        return [
            "id": .string(identifier(policy.id)), "title": .string(cut(policy.title, titleMax)),
            "description": .string(cut("\(policy.id). \(policy.title)", textMax)),
            "choices": .array(policy.controls.map(choice) + [none]), "riskRules": .array(rules(policy)),
        ]
    }

    private static func choice(_ control: Control) -> JSON {
        let help = ([control.seed] + control.traps).joined(separator: " ")
        return [
            "id": .string(identifier(control.id)),
            "title": .string(cut("\(control.id) \(control.statement)", titleMax)),
            "helpfulResource": ["displayText": .string(cut(help, textMax))],
            "improvementPlan": ["displayText": .string(cut(control.remedy, textMax))],
        ]
    }

    /// No risk where every control holds, a medium one where those do whose breach is high or critical in production.
    private static func rules(_ policy: Policy) -> [JSON] {
        let grave = policy.controls.filter { ($0.severities[.production] ?? .low) >= .high }
        var rules: [JSON] = [
            ["condition": .string(conjunction(policy.controls)), "risk": "NO_RISK"]
        ]
        if !grave.isEmpty, grave.count < policy.controls.count {
            rules.append(["condition": .string(conjunction(grave)), "risk": "MEDIUM_RISK"])
        }
        return rules + [["condition": "default", "risk": .string(grave.isEmpty ? "MEDIUM_RISK" : "HIGH_RISK")]]
    }

    private static func conjunction(_ controls: [Control]) -> String {
        controls.map { identifier($0.id) }.joined(separator: " && ")
    }

    /// One input of `aws wellarchitected update-answer` for each question, without workload and lens. A control is
    /// selected where it holds or a person has attested it; one nobody could judge is not, and the note says why.
    public static func answers(_ policies: [Policy], _ findings: [String: Finding]) -> String {
        let answers: [JSON] = policies.map { policy in
            let selected = policy.controls.filter { isKept(findings[$0.id]) }.map { identifier($0.id) }
            let judged = policy.controls.map { findings[$0.id]?.verdict ?? .unknown }
            let isApplicable = judged.contains { $0 != .notApplicable }
            let nothing = isApplicable && selected.isEmpty ? ["\(identifier(policy.id))_no"] : []
            var answer: [(key: String, value: JSON)] = [
                ("QuestionId", .string(identifier(policy.id))), ("SelectedChoices", JSON(selected + nothing)),
                ("IsApplicable", .bool(isApplicable)),
                ("Notes", .string("\(policy.id): \(selected.count) of \(policy.controls.count) controls hold")),
                ("ChoiceUpdates", .object(policy.controls.map { (identifier($0.id), update(findings[$0.id])) })),
            ]
            if !isApplicable { answer.append(("Reason", "OUT_OF_SCOPE")) }
            return .object(answer)
        }
        return JSON.array(answers).text + "\n"
    }

    private static func isKept(_ finding: Finding?) -> Bool {
        finding?.verdict == .holds || finding?.verdict == .attested
    }

    private static func update(_ finding: Finding?) -> JSON {
        let verdict = finding?.verdict ?? .unknown
        var update: [(key: String, value: JSON)] = []
        switch verdict {
        case .holds, .attested: update.append(("Status", "SELECTED"))
        case .notApplicable: update += [("Status", "NOT_APPLICABLE"), ("Reason", "OUT_OF_SCOPE")]
        case .fails, .unknown, .waived: update.append(("Status", "UNSELECTED"))
        }
        let told = finding?.message.map { "\(verdict.rawValue): \($0)" } ?? verdict.rawValue
        return .object(update + [("Notes", .string(cut(told, noteMax)))])
    }

    private static func identifier(_ id: String) -> String {
        String(id.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    private static func identifier(of pillar: Policy.Pillar) -> String {
        switch pillar {
        case .operationalExcellence: "operationalExcellence"
        case .security: "security"
        case .reliability: "reliability"
        case .performanceEfficiency: "performance"
        case .costOptimization: "costOptimization"
        }
    }

    private static func cut(_ text: String, _ max: Int) -> String {
        text.count <= max ? text : text.prefix(max - 1) + "…"
    }
}
