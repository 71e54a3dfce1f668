// What a control asks, why, how it is proved and how it is mended: `plumb explain`.

public import PlumbModel

/// Tells one control, or lists them all.
public enum ExplainReport {
    /// The control for people.
    public static func text(_ control: Control, of policy: Policy, style: TextStyle = TextStyle()) -> String {
        var sheet = TextSheet(style)
        sheet.write(control.id, .bold, control.statement)
        sheet.write("", nil, "\(policy.pillar.rawValue), \(policy.id): \(policy.title)", indent: 2)
        sheet.blank()
        let hang = 13
        sheet.write("seed", .faint, control.seed, indent: 2, hang: hang)
        if let limit = control.limit { sheet.write("limit", .faint, limit, indent: 2, hang: hang) }
        sheet.write("severity", .faint, severities(of: control), indent: 2, hang: hang)
        sheet.write("proved by", .faint, inputs(of: control), indent: 2, hang: hang)
        sheet.write("remedy", .green, control.remedy, indent: 2, hang: hang)
        for (index, trap) in control.traps.enumerated() {
            sheet.write(index == 0 ? "traps" : "", .yellow, trap, indent: 2, hang: hang)
        }
        for (title, colour, examples) in [
            ("holds", TextSheet.Colour.green, control.holds), ("fails", .red, control.fails),
        ] {
            sheet.blank()
            for example in examples {
                sheet.write(title, colour, "\(example.title) (\(example.environment.rawValue))", indent: 2, hang: hang)
                for line in example.spec.split(separator: "\n") { sheet.verbatim(String(line), indent: hang + 2) }
            }
        }
        return sheet.text
    }

    /// The control for programs, contract `plumbline.explain/1`.
    public static func json(_ control: Control, of policy: Policy) -> String {
        func told(_ examples: [ControlExample]) -> JSON {
            .array(
                examples.map {
                    [
                        "title": .string($0.title), "environment": .string($0.environment.rawValue),
                        "spec": .string($0.spec),
                    ]
                })
        }
        let report: JSON = [
            "schema": "plumbline.explain/1",
            "control": .string(control.id),
            "statement": .string(control.statement),
            "policy": [
                "id": .string(policy.id), "pillar": .string(policy.pillar.rawValue), "title": .string(policy.title),
            ],
            "seed": .string(control.seed),
            "limit": JSON(control.limit),
            "severities": .object(
                Environment.allCases.map { (key: $0.rawValue, value: JSON(control.severities[$0]?.rawValue)) }),
            "provableAt": JSON(SourceKind.allCases.filter(control.provableAt.contains).map(\.rawValue)),
            "isAttestable": .bool(control.isAttestable),
            "remedy": .string(control.remedy),
            "traps": JSON(control.traps),
            "examples": ["holds": told(control.holds), "fails": told(control.fails)],
        ]
        return report.text + "\n"
    }

    /// Policies and their controls for programs, contract `plumbline.policies/1`.
    public static func json(_ policies: [Policy]) -> String {
        let told = policies.map { policy -> JSON in
            [
                "id": .string(policy.id), "pillar": .string(policy.pillar.rawValue), "title": .string(policy.title),
                "controls": .array(
                    policy.controls.map { ["id": .string($0.id), "statement": .string($0.statement)] }),
            ]
        }
        let report: JSON = ["schema": "plumbline.policies/1", "policies": .array(told)]
        return report.text + "\n"
    }

    /// Every policy and the controls under it, one line each.
    public static func list(_ policies: [Policy], style: TextStyle = TextStyle()) -> String {
        var sheet = TextSheet(style)
        for (index, policy) in policies.enumerated() {
            if index > 0 { sheet.blank() }
            sheet.write(policy.id, .bold, policy.title)
            for control in policy.controls { sheet.row(control.id, nil, to: 12, control.statement, indent: 2) }
        }
        return sheet.text
    }

    private static func severities(of control: Control) -> String {
        Environment.allCases.map { "\($0.rawValue) \(control.severities[$0]?.rawValue ?? "-")" }
            .joined(separator: ", ")
    }

    private static func inputs(of control: Control) -> String {
        let inputs = SourceKind.allCases.filter(control.provableAt.contains).map { kind in
            switch kind {
            case .spec: "a spec"
            case .cloudformation: "a CloudFormation template"
            case .terraform: "a Terraform plan"
            case .live: "the live account"
            case .engine: "the running engine"
            }
        }
        let attested = control.isAttestable ? "; a signed attestation may stand in" : ""
        return inputs.joined(separator: ", ") + attested
    }
}
