// Alarms by CloudWatch's rules: what they say now, how fast they can say it, and what they would say if things broke.

public import PlumbModel

/// What one evaluation of an alarm found.
public struct AlarmEvaluation: Sendable, Hashable, Codable {
    public var state: AlarmState
    /// One sentence with the numbers that decided.
    public var reason: String
    /// The periods that were looked at, oldest first: the evaluation periods and the few older ones that stand in for
    /// gaps. Nil where there was no data.
    public var datapoints: [Datapoint?]

    public init(state: AlarmState, reason: String, datapoints: [Datapoint?]) {
        self.state = state
        self.reason = reason
        self.datapoints = datapoints
    }
}

/// A change of an alarm's state.
public struct AlarmTransition: Sendable, Hashable, Codable {
    public var alarm: String
    public var from: AlarmState
    public var to: AlarmState
    /// When the evaluation was made, on the caller's clock.
    public var second: Int
    public var reason: String
    /// The periods that were looked at, oldest first: the evidence.
    public var datapoints: [Datapoint?]

    public init(
        alarm: String, from: AlarmState, to: AlarmState, second: Int, reason: String, datapoints: [Datapoint?]
    ) {
        self.alarm = alarm
        self.from = from
        self.to = to
        self.second = second
        self.reason = reason
        self.datapoints = datapoints
    }
}

/// An alarm over time: holds the state and tells its changes.
public struct AlarmMachine: Sendable {
    public let evaluator: AlarmEvaluator
    /// `INSUFFICIENT_DATA` until the first evaluation says otherwise, as in CloudWatch.
    public private(set) var state: AlarmState
    /// What the latest tick found; nil before the first.
    public private(set) var latest: AlarmEvaluation?

    /// A machine for `definition`, in `state` to go on after a restart.
    public init(_ definition: AlarmDefinition, state: AlarmState = .insufficientData) throws(PlumbError) {
        evaluator = try AlarmEvaluator(definition)
        self.state = state
    }

    /// Evaluates the alarm at `second`; the transition if its state changed, else nil.
    public mutating func tick(at second: Int, source: some MetricSource) -> AlarmTransition? {
        let evaluation = evaluator.evaluate(from: source, at: second, previous: state)
        latest = evaluation
        guard evaluation.state != state else { return nil }
        defer { state = evaluation.state }
        return AlarmTransition(
            alarm: evaluator.definition.name, from: state, to: evaluation.state, second: second,
            reason: evaluation.reason, datapoints: evaluation.datapoints)
    }
}
