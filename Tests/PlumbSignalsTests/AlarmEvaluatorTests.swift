import PlumbModel
import PlumbSignals
import Testing

struct AlarmEvaluatorTests {
    /// `X` breaches, `0` does not, `-` is missing; the newest is on the right, as in CloudWatch's tables.
    private func state(
        _ picture: String, of periods: Int, datapoints: Int, _ missing: MissingDataTreatment, previous: AlarmState
    ) throws -> AlarmState {
        let values = picture.filter { $0 != " " }.map { symbol -> Double? in symbol == "-" ? nil : symbol == "X" ? 2 : 0
        }
        let definition = AlarmDefinition(
            name: "a", queries: [row("m1", probeMetric, .average, period: 1, returnsData: true)],
            comparison: .greaterThanThreshold, threshold: 1, periodSeconds: 1, evaluationPeriods: periods,
            datapointsToAlarm: datapoints, missingData: missing)
        return try AlarmEvaluator(definition).evaluate(from: gauge(values), at: 0, previous: previous).state
    }

    /// What each treatment of missing data gives: A alarm, O ok, I insufficient data, K the state is kept.
    struct Case: Sendable, CustomTestStringConvertible {
        let picture: String
        let datapoints: Int
        /// In the order missing, ignore, breaching, notBreaching.
        let outcomes: String
        var testDescription: String { "\(datapoints) of 3: \(picture)" }
    }

    @Test(arguments: [
        // The rows of CloudWatch's guide, 3 of 3.
        Case(picture: "0 - X - X", datapoints: 3, outcomes: "OOOO"),
        Case(picture: "0 - - - -", datapoints: 3, outcomes: "OOOO"),
        Case(picture: "- - - - -", datapoints: 3, outcomes: "IKAO"),
        Case(picture: "0 X X - X", datapoints: 3, outcomes: "AAAA"),
        Case(picture: "- - X - -", datapoints: 3, outcomes: "AKAO"),
        // The rows of CloudWatch's guide, 2 of 3.
        Case(picture: "0 - X - X", datapoints: 2, outcomes: "AAAA"),
        Case(picture: "0 0 X 0 X", datapoints: 2, outcomes: "AAAA"),
        Case(picture: "0 - X - -", datapoints: 2, outcomes: "OOAO"),
        Case(picture: "- - - - 0", datapoints: 2, outcomes: "OOAO"),
        Case(picture: "- - - X -", datapoints: 2, outcomes: "AKAO"),
        // Premature: the next point may be within the threshold, so missing data must not make an alarm yet.
        Case(picture: "- - - - X", datapoints: 3, outcomes: "KKAO"),
        Case(picture: "- - - X -", datapoints: 3, outcomes: "KKAO"),
        // Complete data: only the evaluation periods count, older points do not.
        Case(picture: "X X 0 0 0", datapoints: 1, outcomes: "OOOO"),
        Case(picture: "0 0 X X X", datapoints: 3, outcomes: "AAAA"),
        Case(picture: "X X 0 X X", datapoints: 3, outcomes: "OOOO"),
        Case(picture: "0 0 0 X 0", datapoints: 1, outcomes: "AAAA"),
        Case(picture: "- - X - X", datapoints: 2, outcomes: "AAAA"),
        Case(picture: "- - - - X", datapoints: 1, outcomes: "AAAA"),
    ])
    func statesFollowCloudWatchsTables(row: Case) throws {
        let treatments: [MissingDataTreatment] = [.missing, .ignore, .breaching, .notBreaching]
        for (treatment, outcome) in zip(treatments, row.outcomes) {
            for previous in AlarmState.allCases {
                let expected: AlarmState =
                    switch outcome {
                    case "A": .alarm
                    case "O": .ok
                    case "I": .insufficientData
                    default: previous
                    }
                let found = try state(row.picture, of: 3, datapoints: row.datapoints, treatment, previous: previous)
                #expect(found == expected, "\(treatment) after \(previous)")
            }
        }
    }

    @Test(arguments: [
        (ComparisonOperator.greaterThanThreshold, [false, false, true]),
        (.greaterThanOrEqualToThreshold, [false, true, true]),
        (.lessThanThreshold, [true, false, false]),
        (.lessThanOrEqualToThreshold, [true, true, false]),
    ])
    func eachComparisonBreachesOnItsOwnSide(comparison: ComparisonOperator, breaches: [Bool]) throws {
        for (value, breach) in zip([0.0, 1.0, 2.0], breaches) {
            let definition = AlarmDefinition(
                name: "a", queries: [row("m1", probeMetric, .average, period: 1, returnsData: true)],
                comparison: comparison, threshold: 1, periodSeconds: 1, evaluationPeriods: 1)
            let found = try AlarmEvaluator(definition).evaluate(from: gauge([value]), at: 0, previous: .ok)
            #expect(found.state == (breach ? .alarm : .ok))
        }
        #expect(!comparison.isBreaching(.nan, threshold: 1))
    }

    @Test func onlyCompletePeriodsCount() throws {
        var recorder = RequestRecorder()
        for second in 0..<60 { recorder.record(latencyMicroseconds: 1000, status: 200, at: second) }
        for second in 60..<120 { recorder.record(latencyMicroseconds: 1000, status: 500, at: second) }
        let source = RequestMetrics(endpoint: "digits", variant: "main", recorders: ["v1": recorder])
        let evaluator = try AlarmEvaluator(alarm(.serverErrors, .average, above: 0.01, of: 1))
        #expect(evaluator.evaluate(from: source, at: 60, previous: .insufficientData).state == .ok)
        #expect(evaluator.evaluate(from: source, at: 119, previous: .insufficientData).state == .ok)
        #expect(evaluator.evaluate(from: source, at: 120, previous: .insufficientData).state == .alarm)
    }

    @Test func reasonsCarryTheNumbers() throws {
        var recorder = RequestRecorder()
        for index in 0..<200 { recorder.record(latencyMicroseconds: 1000, status: index % 50 == 0 ? 500 : 200, at: 0) }
        let source = RequestMetrics(endpoint: "digits", variant: "main", recorders: ["v1": recorder])
        let found = try AlarmEvaluator(alarm(.serverErrors, .average, above: 0.01, of: 1))
            .evaluate(from: source, at: 60, previous: .ok)
        #expect(found.reason == "1 of the last 1 periods of 60 s above 0.01 (0.02); 1 make an alarm")
        #expect(found.datapoints == [nil, nil, Datapoint(value: 0.02, sampleCount: 200)])
    }

    @Test(arguments: [(LowSampleCountPercentile.ignore, AlarmState.ok), (.evaluate, .alarm)])
    func percentilesOnFewSamplesKeepTheStateWhenToldTo(low: LowSampleCountPercentile, expected: AlarmState) throws {
        var recorder = RequestRecorder()
        for _ in 0..<999 { recorder.record(latencyMicroseconds: 900_000, status: 200, at: 0) }
        let evaluator = try AlarmEvaluator(
            alarm(.modelLatency, .percentile(rank: 99), above: 500_000, of: 1, lowSamples: low))
        func state() -> AlarmState {
            let source = RequestMetrics(endpoint: "digits", variant: "main", recorders: ["v1": recorder])
            return evaluator.evaluate(from: source, at: 60, previous: .ok).state
        }
        #expect(state() == expected)
        recorder.record(latencyMicroseconds: 900_000, status: 200, at: 0)
        #expect(state() == .alarm, "1000 samples are enough for a p99")
    }

    @Test func sampleCountsForPercentilesAreCloudWatchs() {
        let expected: [Double: Double] = [99: 1000, 99.9: 10_000, 95: 200, 50: 20, 10: 100, 1: 1000]
        for (rank, count) in expected { #expect(AlarmEvaluator.sampleCountMin(forPercentile: rank) == count) }
    }

    @Test func anAlarmCloudWatchWouldRefuseIsRefused() {
        var broken = alarm(.serverErrors, .average, above: .nan, period: 60, of: 2, datapoints: 3)
        broken.queries[0].source = .metric(
            digits.metric(.serverErrors), statistic: .average, periodSeconds: 300, unit: nil)
        #expect(AlarmEvaluator.diagnostics(for: broken).count == 3)
        #expect(throws: PlumbError.self) { try AlarmEvaluator(broken) }
        for (period, periods) in [(0, 1), (60, 0), (60, 1441), (3600, 169), (Int.max, Int.max)] {
            let definition = alarm(.serverErrors, .average, above: 0.01, period: period, of: periods)
            #expect(!AlarmEvaluator.diagnostics(for: definition).isEmpty, "\(period) x \(periods)")
        }
        #expect(AlarmEvaluator.diagnostics(for: alarm(.serverErrors, .average, above: 0.01, of: 1440)).isEmpty)
    }

    @Test func theMachineTellsEachChangeOnce() throws {
        var recorder = RequestRecorder()
        var machine = try AlarmMachine(alarm(.serverErrors, .average, above: 0.01, period: 10, of: 2))
        var transitions: [AlarmTransition] = []
        for second in 0..<120 {
            let source = RequestMetrics(endpoint: "digits", variant: "main", recorders: ["v1": recorder])
            if let transition = machine.tick(at: second, source: source) { transitions.append(transition) }
            let status = (41..<80).contains(second) ? 500 : 200
            for _ in 0..<20 { recorder.record(latencyMicroseconds: 1000, status: status, at: second) }
        }
        #expect(transitions.map(\.from) == [.insufficientData, .ok, .alarm])
        #expect(transitions.map(\.to) == [.ok, .alarm, .ok])
        // The fault starts one second into a period, which is bad enough to count by itself.
        #expect(transitions.map(\.second) == [0, 60, 90])
        #expect(machine.state == .ok && machine.latest?.state == .ok)
    }
}
