import PlumbModel
import PlumbSignals
import Testing

struct CanonicalTraceTests {
    private let judge = AlarmJudge(digits, probes: [HealthProbe(metric: probeMetric)])

    private static func healthAlarm(missing: MissingDataTreatment = .breaching) -> AlarmDefinition {
        AlarmDefinition(
            name: "health", queries: [row("m1", probeMetric, .minimum, returnsData: true)],
            comparison: .lessThanThreshold, threshold: 1, periodSeconds: 60, evaluationPeriods: 2, missingData: missing)
    }

    private static func ratioAlarm(
        _ expression: String, above threshold: Double, missing: MissingDataTreatment = .notBreaching,
        errors: RequestMetric = .serverErrors
    ) -> AlarmDefinition {
        AlarmDefinition(
            name: expression,
            queries: [
                row("e", digits.metric(errors), .sum), row("i", digits.metric(.invocations), .sum),
                row("r", expression),
            ],
            comparison: .greaterThanThreshold, threshold: threshold, periodSeconds: 60, evaluationPeriods: 2,
            missingData: missing)
    }

    /// The traces an alarm is expected to fire on; it must be silent on all others.
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let alarm: AlarmDefinition
        let fires: Set<CanonicalTrace>
        var testDescription: String { what }
    }

    static let dead: Set<CanonicalTrace> = [.containerDead, .containerDeadProbeSilent]
    static let all = Set(CanonicalTrace.allCases)
    static let p99 = Statistic.percentile(rank: 99)

    static let good = [
        Case(what: "error rate", alarm: alarm(.serverErrors, .average, above: 0.01), fires: [.serverErrors]),
        Case(what: "p99", alarm: alarm(.modelLatency, p99, above: 500_000), fires: [.slow]),
        Case(what: "health", alarm: healthAlarm(), fires: dead),
        Case(what: "error ratio", alarm: ratioAlarm("100 * e / i", above: 1), fires: [.serverErrors]),
        Case(what: "filled ratio", alarm: ratioAlarm("FILL(e, 0) / FILL(i, 1)", above: 0.01), fires: [.serverErrors]),
        Case(
            what: "ratio with enough requests", alarm: ratioAlarm("IF(i >= 20, e / i, 0)", above: 0.01),
            fires: [.serverErrors]),
        Case(
            what: "model errors of the new fleet",
            alarm: alarm(
                .modelErrors, .average, above: 0.01,
                identity: VariantIdentity(endpoint: "digits", variant: "main", config: "v2")), fires: [.serverErrors]),
        Case(
            what: "ten s", alarm: alarm(.serverErrors, .average, above: 0.01, period: 10), fires: [.serverErrors]),
        Case(what: "one second", alarm: alarm(.modelLatency, p99, above: 500_000, period: 1, of: 3), fires: [.slow]),
        Case(what: "p99.9", alarm: alarm(.modelLatency, .percentile(rank: 99.9), above: 500_000), fires: [.slow]),
        Case(
            what: "right unit", alarm: alarm(.modelLatency, p99, above: 500_000, unit: "Microseconds"), fires: [.slow]),
    ]

    static let bad = [
        Case(what: "Average > 1 never fires", alarm: alarm(.serverErrors, .average, above: 1), fires: []),
        Case(
            what: "Sum > 1 fires on healthy", alarm: alarm(.serverErrors, .sum, above: 1), fires: all),
        Case(what: "500 µs fires on healthy", alarm: alarm(.modelLatency, p99, above: 500), fires: all),
        Case(
            what: "milliseconds never", alarm: alarm(.modelLatency, p99, above: 500, unit: "Milliseconds"), fires: []),
        Case(what: "4XX only", alarm: alarm(.clientErrors, .average, above: 0.01), fires: []),
        Case(what: "average latency hides the tail", alarm: alarm(.modelLatency, .average, above: 500_000), fires: []),
        Case(
            what: "breaching on silence rolls back an idle night",
            alarm: alarm(.serverErrors, .average, above: 0.01, missing: .breaching),
            fires: dead.union([.serverErrors, .idle])),
        Case(
            what: "health that waits for a report misses silence", alarm: healthAlarm(missing: .missing),
            fires: [.containerDead]),
        Case(
            what: "Invocations < 1 takes idle for dead",
            alarm: AlarmDefinition(
                name: "no requests", queries: [row("m1", digits.metric(.invocations), .sum, returnsData: true)],
                comparison: .lessThanThreshold, threshold: 1, periodSeconds: 60, evaluationPeriods: 2,
                missingData: .breaching), fires: dead.union([.idle])),
        Case(
            what: "another variant sees nothing",
            alarm: alarm(
                .serverErrors, .average, above: 0.01,
                identity: VariantIdentity(endpoint: "digits", variant: "AllTraffic")),
            fires: []),
        Case(
            what: "a configuration that is not served sees nothing",
            alarm: alarm(
                .serverErrors, .average, above: 0.01,
                identity: VariantIdentity(endpoint: "digits", variant: "main", config: "v1")), fires: []),
        Case(
            what: "p99 of a steady 16.7 requests a second at 10 s is too few samples",
            alarm: alarm(.modelLatency, p99, above: 500_000, period: 10, lowSamples: .ignore), fires: []),
    ]

    @Test(arguments: good + bad)
    func alarmsFireOnTheirOwnTracesAlone(row: Case) {
        let identity = VariantIdentity(endpoint: "digits", variant: "main", config: "v2")
        let judge = AlarmJudge(identity, probes: [HealthProbe(metric: probeMetric)])
        for trace in CanonicalTrace.allCases {
            let behaviour = judge.behaviour(of: row.alarm, on: trace)
            #expect(behaviour.isFiring == row.fires.contains(trace), "\(trace): \(behaviour)")
        }
    }

    @Test func aRatioWithoutFillHasNoDataWhenIdle() {
        let bare = Self.ratioAlarm("e / i", above: 0.01, missing: .missing)
        #expect(judge.behaviour(of: bare, on: .idle) == .silent(state: .insufficientData))
        #expect(judge.behaviour(of: bare, on: .serverErrors).isFiring)
        let filled = Self.ratioAlarm("FILL(e, 0) / FILL(i, 1)", above: 0.01, missing: .missing)
        #expect(judge.behaviour(of: filled, on: .idle) == .silent(state: .ok))
    }

    @Test func theWrongUnitHasNoDataForEver() {
        let wrong = alarm(.modelLatency, Self.p99, above: 500, missing: .missing, unit: "Milliseconds")
        #expect(judge.behaviour(of: wrong, on: .slow) == .silent(state: .insufficientData))
    }

    @Test func anAlarmThatFiresOnHealthIsFiringFromTheStart() {
        let count = alarm(.serverErrors, .sum, above: 1)
        #expect(judge.behaviour(of: count, on: .healthy) == .fires(afterSeconds: 0))
    }

    @Test(arguments: [
        (60, 1, 240), (60, 2, 300), (60, 3, 360), (60, 5, 480), (300, 2, 1020), (300, 3, 1320), (600, 2, 1920),
    ])
    func aFaultInTheDataIsSeenWhenTheArithmeticSaysSo(period: Int, periods: Int, seconds: Int) {
        let definition = alarm(.serverErrors, .average, above: 0.01, period: period, of: periods)
        #expect(judge.behaviour(of: definition, on: .serverErrors) == .fires(afterSeconds: seconds))
        #expect(judge.behaviour(of: definition, on: .serverErrors, withinSeconds: seconds - 1) == .silent(state: .ok))
        #expect(judge.behaviour(of: definition, on: .serverErrors, withinSeconds: seconds).isFiring)
    }

    @Test func silenceTakesLongerToNoticeThanAFailingProbe() {
        #expect(judge.behaviour(of: Self.healthAlarm(), on: .containerDead) == .fires(afterSeconds: 300))
        // CloudWatch looks two periods further back for points that stand in for the missing ones.
        #expect(judge.behaviour(of: Self.healthAlarm(), on: .containerDeadProbeSilent) == .fires(afterSeconds: 420))
    }

    @Test func whatCannotBeToldIsUnknown() {
        let band = AlarmDefinition(
            name: "band",
            queries: [row("m1", digits.metric(.modelLatency), Self.p99), row("b", "ANOMALY_DETECTION_BAND(m1, 2)")],
            comparison: .greaterThanThreshold, threshold: 0, periodSeconds: 60, evaluationPeriods: 2)
        guard case .unknown(let why) = judge.behaviour(of: band, on: .slow) else {
            Issue.record("a band cannot be foretold")
            return
        }
        #expect(why.contains("ANOMALY_DETECTION_BAND"))
        let long = alarm(.serverErrors, .average, above: 0.01, of: 400)
        #expect(
            judge.behaviour(of: long, on: .healthy) == .unknown(why: "it looks at 400 periods; up to 300 are judged"))
    }

    @Test func aCanarysSuccessIsInPercent() {
        let metric = MetricIdentity(
            namespace: "CloudWatchSynthetics", name: "SuccessPercent", dimensions: [Dimension("CanaryName", "digits")])
        let definition = AlarmDefinition(
            name: "canary", queries: [row("m1", metric, .average, returnsData: true)], comparison: .lessThanThreshold,
            threshold: 90, periodSeconds: 60, evaluationPeriods: 2, missingData: .breaching)
        let judge = AlarmJudge(digits, probes: [HealthProbe(metric: metric)])
        for trace in CanonicalTrace.allCases {
            #expect(judge.behaviour(of: definition, on: trace).isFiring == Self.dead.contains(trace))
        }
    }

    @Test func tracesShowWhatTheirNamesSay() {
        func value(_ trace: CanonicalTrace, _ metric: RequestMetric, _ statistic: Statistic, period: Int = 60)
            -> Double?
        {
            TracedVariant(trace, of: digits)
                .datapoint(digits.metric(metric), statistic: statistic, periodStart: 0, periodSeconds: period)?.value
        }
        #expect(value(.healthy, .serverErrors, .sum) == 2)
        #expect(value(.healthy, .modelLatency, Self.p99) == 120_000)
        #expect(value(.serverErrors, .serverErrors, .average) == 0.02)
        #expect(value(.serverErrors, .serverErrors, .average, period: 1) == 0.02)
        #expect(value(.slow, .modelLatency, Self.p99) == 900_000)
        #expect(value(.slow, .modelLatency, .percentile(rank: 98)) == 60_000)
        #expect(value(.slow, .modelLatency, .maximum) == 900_000)
        #expect(value(.slow, .invocations, .sum) == 1000)
        for trace in [CanonicalTrace.idle, .containerDead] { #expect(value(trace, .invocations, .sampleCount) == nil) }
    }

    @Test func realTrafficThatLooksLikeATraceGivesTheSameStates() throws {
        var recorder = RequestRecorder()
        for index in 0..<6000 {
            let isSlow = index % 50 == 0
            recorder.record(latencyMicroseconds: isSlow ? 900_000 : 30_000, status: 200, at: index * 60 / 1000)
        }
        let source = RequestMetrics(endpoint: "digits", variant: "main", recorders: ["v1": recorder])
        for row in Self.good where row.what == "p99" || row.what == "error rate" {
            let found = try AlarmEvaluator(row.alarm).evaluate(from: source, at: 360, previous: .ok).state
            #expect(found == (row.fires.contains(.slow) ? .alarm : .ok))
        }
    }
}
