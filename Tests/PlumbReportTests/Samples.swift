// Hand-made assessments of the shapes a report must tell: nothing found, one finding, many, very many, and hostile.

import PlumbModel

enum Sample {
    static let titles = [
        ("OPS-1", "Operational Excellence", "All deployments must have comprehensive monitoring and alerting."),
        ("OPS-2", "Operational Excellence", "Model rollback must be automated and tested."),
        ("COST-3", "Cost Optimization", "Production costs must be monitored and budgeted."),
    ]

    /// Everything holds.
    static let none = assessment(verdicts: [[.holds, .holds], [.holds, .notApplicable], [.attested]])

    /// One control of one resource fails.
    static let one = assessment(
        verdicts: [[.holds, .fails], [.holds, .holds], [.holds]],
        findings: [
            Finding(
                control: "OPS-1.2", policy: "OPS-1", verdict: .fails, severity: .critical, resource: "ErrorRateAlarm",
                place: Place(file: "template.yaml", line: 212, column: 5),
                message:
                    "The alarm never fires: its threshold is 1, and the average of Invocation5XXErrors runs from 0 "
                    + "to 1",
                fix: "Set the threshold to 0.01.\n\nErrorRateAlarm:\n  Properties:\n    Threshold: 0.01",
                seed: "Alarms: Error rate > 1%",
                related: [
                    RelatedPlace("the endpoint Endpoint", at: Place(file: "template.yaml", line: 40, column: 3)),
                    RelatedPlace("its configuration EndpointConfig"),
                ])
        ])

    /// Failures, unknowns, a hostile name, an assumed environment and diagnostics.
    static let many = assessment(
        verdicts: [[.unknown, .fails], [.waived, .holds], [.fails]],
        findings: one.findings + [
            Finding(
                control: "COST-3.1", policy: "COST-3", verdict: .fails, severity: .high,
                resource: "Bud\u{1B}[31mget \"A\"\n\u{202E}x", place: Place(file: "template.yaml"),
                message: "the monthly limit in USD is 6000, wanted 2,000 to 5,000; naïve café 予算",
                fix: "Give the endpoint a monthly cost budget of 2,000 to 5,000 USD (spec: budget.monthlyUSD).",
                seed: "Budget allocation: $2,000-5,000/month per production endpoint (depending on traffic)"),
            Finding(
                control: "OPS-1.1", policy: "OPS-1", verdict: .unknown, severity: .high, resource: "Endpoint",
                place: nil,
                message: "the dashboard's body cannot be told from this input: it names a parameter without a default",
                fix: "Add a dashboard.", seed: "Implementation: CloudWatch metrics for latency, error rates, throughput"
            ),
        ]
            + ["ScaleInAlarm", "ScaleOutAlarm", "HealthAlarm", "DriftAlarm"].map { alarm in
                Finding(
                    control: "OPS-1.1", policy: "OPS-1", verdict: .unknown, severity: .high, resource: alarm,
                    place: Place(file: "template.yaml", line: 300),
                    message: "its topic is a parameter without a default",
                    fix: "Name the topic.",
                    seed: "Implementation: CloudWatch metrics for latency, error rates, throughput")
            },
        diagnostics: [
            Diagnostic(
                .warning, "the waiver names 'OPS-9.9', which is no control",
                at: Place(file: "template.yaml", line: 3, column: 1), hint: "plumb explain lists them all"),
            Diagnostic(.note, "the price table is of 2026-05-20"),
        ], isAssumed: true)

    static func assessment(
        verdicts: [[Verdict]], findings: [Finding] = [], diagnostics: [Diagnostic] = [], isAssumed: Bool = false
    ) -> Assessment {
        let policies = zip(titles, verdicts).map { title, verdicts in
            let controls = verdicts.enumerated().map { index, verdict in
                var control = ControlVerdict(
                    id: "\(title.0).\(index + 1)", statement: "Statement \(index + 1) of \(title.0) is true",
                    verdict: verdict, severity: verdict == .notApplicable ? nil : .high,
                    judgements: judgements(verdict))
                control.seed = "The seed's words for \(control.id)"
                control.remedy = "Do what \(control.id) asks."
                return control
            }
            return PolicyVerdict(
                id: title.0, pillar: title.1, title: title.2, verdict: verdicts.combined, controls: controls)
        }
        return Assessment(
            source: .cloudformation, path: "template.yaml", environment: .production, environmentIsAssumed: isAssumed,
            policies: policies, findings: findings, diagnostics: diagnostics)
    }

    /// What stands behind a verdict where no finding tells it.
    private static func judgements(_ verdict: Verdict) -> [Judgement] {
        let place = Place(file: "template.yaml", line: 77, column: 3)
        return switch verdict {
        case .holds: [Judgement(.holds, "Endpoint", at: place, "2 instances, wanted at least 2")]
        case .attested: [Judgement(.attested, "Endpoint", "attested by ops@example.com on 2026-11-01")]
        case .waived:
            [
                Judgement(
                    .waived, "Endpoint", at: place, "waived by ops until 2026-12-31: a move. Otherwise: no drill",
                    severity: .medium)
            ]
        case .fails, .unknown, .notApplicable: []
        }
    }

    /// One control fails alike on many resources, another leaves as many open.
    static func large(_ count: Int) -> Assessment {
        let findings = (1...count).map { index in
            Finding(
                control: "OPS-1.2", policy: "OPS-1", verdict: .fails, severity: .critical,
                resource: "Endpoint\(index)Alarm", place: Place(file: "template.yaml", line: index * 9, column: 5),
                message: "detection takes \(300 + index) s, which is longer than the bake of 300 s of Endpoint\(index)",
                fix: "Set the period of Endpoint\(index)Alarm to 60.", seed: "Alarms: Error rate > 1%",
                related: [
                    RelatedPlace(
                        "the endpoint Endpoint\(index)", at: Place(file: "template.yaml", line: index * 9 - 5)),
                    RelatedPlace("its configuration", at: Place(file: "template.yaml", line: index * 9 - 3)),
                ])
        }
        let unknowns = findings.map {
            var unknown = $0
            (unknown.verdict, unknown.control) = (.unknown, "OPS-1.1")
            return unknown
        }
        return assessment(verdicts: [[.unknown, .fails], [.holds], [.holds]], findings: findings + unknowns)
    }

    /// Every text of an assessment is `text`, as only an enemy would name things.
    static func hostile(_ text: String) -> Assessment {
        let place = Place(file: text, line: 3, column: 1)
        let chain = [RelatedPlace(text, at: place), RelatedPlace(text)]
        let finding = { (verdict: Verdict) in
            Finding(
                control: "OPS-1.2", policy: "OPS-1", verdict: verdict, severity: .critical, resource: text,
                place: place, message: text, fix: text, seed: text, related: chain)
        }
        let control = { (id: String, verdict: Verdict) in
            var control = ControlVerdict(
                id: id, statement: text, verdict: verdict, severity: .high,
                judgements: [Judgement(verdict, text, at: place, text, fix: text, related: chain)])
            (control.seed, control.remedy) = (text, text)
            return control
        }
        return Assessment(
            source: .cloudformation, path: text, environment: .production, environmentIsAssumed: true,
            policies: [
                PolicyVerdict(
                    id: "OPS-1", pillar: text, title: text, verdict: .fails,
                    controls: [control("OPS-1.1", .holds), control("OPS-1.2", .fails), control("OPS-1.3", .waived)])
            ],
            findings: [finding(.fails), finding(.unknown)],
            diagnostics: [Diagnostic(.warning, text, at: place, hint: text)])
    }

    static let policy = Policy("OPS-1", .operationalExcellence, titles[0].2, controls: [control])
    static let control = Control(
        "OPS-1.2", "An alarm watches the error rate at 1 % or lower",
        severities: Severities(staging: .high, production: .critical), provableAt: [.spec, .cloudformation, .engine],
        isAttestable: true, seed: "Alarms: Error rate > 1%", limit: "1 %",
        remedy:
            "Add an alarm on errors over requests, above 0.01, that tells somebody and stands in the endpoint's list "
            + "of rollback alarms.",
        traps: ["The sum of errors is a number, not a rate.", "A period without data is no good news."],
        holds: [ControlExample("a threshold of 1 %", spec: "alarms:\n  errorRate: {thresholdPercent: 1}")],
        fails: [
            ControlExample("a threshold of 5 %", spec: "alarms: {errorRate: {thresholdPercent: 5}}"),
            ControlExample("no alarm", in: .staging) { $0.alarms = [] },
        ]
    ) { _ in [] }
}
