// Hand-made assessments of the three shapes a report must tell: nothing found, one finding, many.

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
                fix: "Set the threshold to 0.01.", seed: "Alarms: Error rate > 1%",
                related: [
                    RelatedPlace("the endpoint Endpoint", at: Place(file: "template.yaml", line: 40, column: 3)),
                    RelatedPlace("its configuration EndpointConfig"),
                ])
        ])

    /// Failures, unknowns, a hostile name, an assumed environment and diagnostics.
    static let many = assessment(
        verdicts: [[.fails, .unknown], [.waived, .holds], [.fails]],
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
                ControlVerdict(
                    id: "\(title.0).\(index + 1)", statement: "Statement \(index + 1) of \(title.0) is true",
                    verdict: verdict, severity: verdict == .notApplicable ? nil : .high, judgements: [])
            }
            return PolicyVerdict(
                id: title.0, pillar: title.1, title: title.2, verdict: verdicts.combined, controls: controls)
        }
        return Assessment(
            source: .cloudformation, path: "template.yaml", environment: .production, environmentIsAssumed: isAssumed,
            policies: policies, findings: findings, diagnostics: diagnostics)
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
