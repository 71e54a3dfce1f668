// The one evaluator of alarms: period, M of N, comparison, missing data, percentiles with few samples.

public import PlumbModel

/// Evaluates one alarm as CloudWatch does.
///
/// Source of the rules: the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" and
/// "Percentile-based alarms and low data samples". Only complete periods count. CloudWatch fetches some periods more
/// than it evaluates; its guide shows two more (5 for N = 3), and so it is here.
public struct AlarmEvaluator: Sendable {
    /// How many periods, older than the evaluation periods, stand in for missing ones.
    public static let extraPeriods = 2
    /// CloudWatch: period times evaluation periods is at most a week, and a day for periods under an hour.
    public static let reachSecondsMax = 604_800

    public let definition: AlarmDefinition
    private let math: MetricMath

    /// Prepares the alarm; throws when CloudWatch would refuse it, or (`.unsupported`) when its outcome cannot be told.
    public init(_ definition: AlarmDefinition) throws(PlumbError) {
        if let diagnostic = Self.diagnostics(for: definition).first {
            throw PlumbError(.invalidInput, diagnostic.message, hint: diagnostic.hint)
        }
        self.definition = definition
        math = try MetricMath(definition.queries)
    }

    /// What is wrong with an alarm's numbers, all at once; the rows' expressions are checked by `MetricMath`.
    public static func diagnostics(for definition: AlarmDefinition) -> [Diagnostic] {
        var found: [Diagnostic] = []
        func refuse(_ message: String, _ hint: String) {
            found.append(Diagnostic(.error, "alarm \(definition.name): \(message)", hint: hint))
        }
        let period = definition.periodSeconds
        let periods = definition.evaluationPeriods
        if period < 1 { refuse("a period of \(period) s", "use 10, 20, 30 or a multiple of 60") }
        if periods < 1 { refuse("\(periods) evaluation periods", "look at 1 period or more") }
        if definition.datapointsToAlarm < 1 || definition.datapointsToAlarm > max(periods, 1) {
            refuse(
                "\(definition.datapointsToAlarm) of \(periods) periods must breach",
                "DatapointsToAlarm lies between 1 and EvaluationPeriods")
        }
        let reach = max(period, 1).multipliedReportingOverflow(by: max(periods, 1))
        if reach.overflow || reach.partialValue > (period < 3600 ? 86_400 : reachSecondsMax) {
            refuse("\(periods) periods of \(period) s", "stay within a day, or a week if the period is an hour or more")
        }
        if !definition.threshold.isFinite { refuse("a threshold that is no number", "write a number") }
        for query in definition.queries {
            guard case .metric(_, _, let rowPeriod, _) = query.source, rowPeriod != period else { continue }
            refuse("row \(query.id) has a period of \(rowPeriod) s", "give every row the alarm's period, \(period) s")
        }
        return found
    }

    /// The alarm's state at `second`, after a state of `previous`.
    public func evaluate(
        from source: some MetricSource, at second: Int, previous: AlarmState
    ) -> AlarmEvaluation {
        let points = datapoints(from: source, before: second)
        let outcome = decide(points, previous: previous)
        return AlarmEvaluation(state: outcome.state, reason: outcome.reason(), datapoints: points)
    }

    /// The state alone, for those who try out many courses of things and tell of none.
    func state(from source: some MetricSource, at second: Int, previous: AlarmState) -> AlarmState {
        decide(datapoints(from: source, before: second), previous: previous).state
    }

    private func datapoints(from source: some MetricSource, before second: Int) -> [Datapoint?] {
        math.datapoints(
            from: source, periodSeconds: definition.periodSeconds,
            count: definition.evaluationPeriods + Self.extraPeriods, before: second)
    }

    private typealias Outcome = (state: AlarmState, reason: () -> String)

    /// The decision on the evaluation range, oldest point first.
    private func decide(_ points: [Datapoint?], previous: AlarmState) -> Outcome {
        let needed = definition.evaluationPeriods
        let present = points.compactMap { $0 }
        if present.isEmpty { return decideWithoutData(points.count, previous) }
        let judged = present.suffix(needed)
        if definition.lowSamples == .ignore, let few = lowSamples(in: judged) {
            return (previous, { "\(few); the state stays \(previous.rawValue)" })
        }
        let breaching = judged.count(where: isBreaching)
        let isBreached = breaching >= definition.datapointsToAlarm
        if isBreached || present.count >= needed {
            return (isBreached ? .alarm : .ok, { told(judged, breaching: breaching, missing: 0) })
        }
        let missing = needed - present.count
        switch definition.missingData {
        case .breaching:
            let state: AlarmState = breaching + missing >= definition.datapointsToAlarm ? .alarm : .ok
            return (state, { told(judged, breaching: breaching, missing: missing) })
        case .notBreaching: return (.ok, { told(judged, breaching: breaching, missing: missing) })
        case .missing, .ignore:
            return decideIntermittent(points, judged, breaching: breaching, missing: missing, previous)
        }
    }

    private func decideWithoutData(_ count: Int, _ previous: AlarmState) -> Outcome {
        let what = "no data in the last \(count) periods of \(definition.periodSeconds) s"
        return switch definition.missingData {
        case .breaching: (.alarm, { "\(what), and missing data counts as breaching" })
        case .notBreaching: (.ok, { "\(what), and missing data counts as not breaching" })
        case .ignore: (previous, { "\(what); the state stays \(previous.rawValue)" })
        case .missing: (.insufficientData, { what })
        }
    }

    /// Fewer points than are to be evaluated, too few of them breaching to decide, and gaps that count as nothing.
    ///
    /// A point within the threshold settles it. Without one, a breach that is at least M periods old has not been
    /// contradicted in the time M points would have taken: under `missing` that is an alarm, under `ignore` the state
    /// stays (both are rows of CloudWatch's tables). A younger breach may yet be contradicted by the next point, and
    /// "does not go immediately into ALARM"; since it does not say OK either, the state stays.
    private func decideIntermittent(
        _ points: [Datapoint?], _ judged: ArraySlice<Datapoint>, breaching: Int, missing: Int, _ previous: AlarmState
    ) -> Outcome {
        let reason = { told(judged, breaching: breaching, missing: missing) }
        if breaching < judged.count { return (.ok, reason) }
        let oldest = points.firstIndex { $0 != nil } ?? points.count
        let isOld = points.count - oldest >= definition.datapointsToAlarm
        if definition.missingData == .missing, isOld {
            return (.alarm, { reason() + "; every point there is breaches" })
        }
        return (previous, { reason() + "; the state stays \(previous.rawValue)" })
    }

    private func isBreaching(_ point: Datapoint) -> Bool {
        definition.comparison.isBreaching(point.value, threshold: definition.threshold)
    }

    /// Says so when any judged point of a percentile stands on too few samples, else nil.
    private func lowSamples(in judged: ArraySlice<Datapoint>) -> String? {
        guard case .metric(_, .percentile(let rank), _, _) = math.returned.source else { return nil }
        let least = Self.sampleCountMin(forPercentile: rank)
        guard let few = judged.map(\.sampleCount).min(), few < least else { return nil }
        return "a period has \(few.shown) samples, and p\(rank.shown) needs \(least.shown)"
    }

    /// How many samples a period needs for a percentile to mean something: 10 / (1 - p), or 10 / p below the median.
    ///
    /// Source: CloudWatch user guide, "Percentile-based alarms and low data samples". `rank` is 0 ... 100.
    public static func sampleCountMin(forPercentile rank: Double) -> Double {
        let tail = rank >= 50 ? 100 - rank : rank
        // Rounded, because 100 - 99.9 is a little more than 0.1.
        return tail <= 0 ? .infinity : (1000 / tail).rounded()
    }

    private func told(_ judged: ArraySlice<Datapoint>, breaching: Int, missing: Int) -> String {
        let relation =
            switch definition.comparison {
            case .greaterThanThreshold: "above"
            case .greaterThanOrEqualToThreshold: "at or above"
            case .lessThanThreshold: "below"
            case .lessThanOrEqualToThreshold: "at or below"
            }
        let values = judged.suffix(5).map(\.value.shown).joined(separator: ", ")
        let shown = judged.count > 5 ? "…, \(values)" : values
        let gaps = missing > 0 ? ", \(missing) without data" : ""
        return "\(breaching) of the last \(judged.count + missing) periods of \(definition.periodSeconds) s "
            + "\(relation) \(definition.threshold.shown) (\(shown)\(gaps)); "
            + "\(definition.datapointsToAlarm) make an alarm"
    }
}

extension Double {
    /// Up to four significant digits, without a tail of zeros.
    var shown: String {
        guard isFinite, self != 0, magnitude < 1e15 else { return "\(self == 0 ? 0 : self)" }
        var scale = 1.0
        while magnitude * scale < 1000, scale < 1e12 { scale *= 10 }
        let rounded = (self * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
