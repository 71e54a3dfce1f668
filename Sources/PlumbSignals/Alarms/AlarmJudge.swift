// Judges an alarm by what it does, not by how it is written.

public import PlumbModel

/// What an alarm does when an endpoint that was healthy goes over into a canonical trace.
public enum AlarmBehaviour: Sendable, Hashable {
    /// It is in ALARM that many seconds after the change at the latest; 0 when it was there already while all was well.
    case fires(afterSeconds: Int)
    /// It never fires, and comes to rest in this state.
    case silent(state: AlarmState)
    /// What it does cannot be told.
    case unknown(why: String)

    /// Whether it fires, whenever that is.
    public var isFiring: Bool {
        if case .fires = self { true } else { false }
    }

    /// Whether it fires no later than `seconds` after the change.
    public func isFiring(withinSeconds seconds: Int) -> Bool {
        if case .fires(let after) = self { after <= seconds } else { false }
    }
}

/// Runs alarms against the canonical traces of one variant.
///
/// Metric, dimensions, unit, statistic, period, threshold, M of N, metric math and missing data are all judged by the
/// same run of the evaluator that also guards real traffic.
public struct AlarmJudge: Sendable {
    /// Alarms that look at more periods are not judged: a guard that needs hundreds of periods guards no deployment.
    public static let evaluationPeriodsMax = 300

    public var identity: VariantIdentity
    /// The metrics that count as probes of this endpoint's health.
    public var probes: [HealthProbe]
    public var timing: DetectionTiming

    public init(_ identity: VariantIdentity, probes: [HealthProbe] = [], timing: DetectionTiming = .cloudWatch) {
        self.identity = identity
        self.probes = probes
        self.timing = timing
    }

    /// What `alarm` does on `trace`, if the trace goes on for ever.
    ///
    /// The worst case is told: the change comes just after a period has begun, and delivery and evaluation take their
    /// time, so that a fault that shows in the data fires after `DetectionTiming.detectionSeconds(of:)`.
    public func behaviour(of alarm: AlarmDefinition, on trace: CanonicalTrace) -> AlarmBehaviour {
        do {
            return behaviour(of: try AlarmEvaluator(alarm), on: trace)
        } catch {
            return .unknown(why: error.message)
        }
    }

    /// The same of an alarm that stands ready for evaluation, for those who ask about several traces.
    public func behaviour(of evaluator: AlarmEvaluator, on trace: CanonicalTrace) -> AlarmBehaviour {
        let alarm = evaluator.definition
        guard alarm.evaluationPeriods <= Self.evaluationPeriodsMax else {
            return .unknown(
                why: "it looks at \(alarm.evaluationPeriods) periods; up to \(Self.evaluationPeriodsMax) are judged")
        }
        return run(evaluator, on: TracedVariant(trace, of: identity, probes: probes))
    }

    /// Whether `alarm` fires within `seconds`; one that fires later is silent as far as a bake of that length goes.
    public func behaviour(
        of alarm: AlarmDefinition, on trace: CanonicalTrace, withinSeconds seconds: Int
    ) -> AlarmBehaviour {
        let found = behaviour(of: alarm, on: trace)
        guard case .fires = found, !found.isFiring(withinSeconds: seconds) else { return found }
        return .silent(state: .ok)
    }

    /// Lets the alarm settle on a healthy endpoint, then runs it until the trace fills all it can remember.
    ///
    /// Nothing changes after that, so an alarm that has not fired by then never will.
    private func run(_ evaluator: AlarmEvaluator, on source: TracedVariant) -> AlarmBehaviour {
        let alarm = evaluator.definition
        let period = alarm.periodSeconds
        let range = alarm.evaluationPeriods + AlarmEvaluator.extraPeriods
        var state = evaluator.state(from: source, at: 0, previous: .insufficientData)
        if state == .alarm { return .fires(afterSeconds: 0) }
        for passed in 1...range + 1 {
            state = evaluator.state(from: source, at: passed * period, previous: state)
            guard state == .alarm else { continue }
            return .fires(afterSeconds: period + passed * period + timing.lagSeconds(periodSeconds: period))
        }
        return .silent(state: state)
    }
}
