// What a rollout is asked to do, what it is shown, and what it answers.

public import PlumbModel

/// What the machine is shown at each tick.
public struct RolloutSight: Sendable, Hashable {
    public var new: FleetObservation?
    public var old: FleetObservation?
    /// Requests answered by the new revision since it was applied.
    public var newRequests: Int
    /// The new revision's alarm that is in ALARM, and why.
    public var alarm: String?
    /// What the whole time in which it was watched says of the new revision, once that time is over.
    public var analysis: AnalysisVerdict?
    /// Server errors of the new revision in a row, up to now.
    public var errorsInARow: Int
    /// What mirrored requests have shown so far; nil while none are mirrored.
    public var shadow: ShadowObservation?
    /// Why it is to stop whatever else is seen: a person's word, or a revision that can never start.
    public var abort: String?

    public init(
        new: FleetObservation?, old: FleetObservation?, newRequests: Int = 0, alarm: String? = nil,
        analysis: AnalysisVerdict? = nil, errorsInARow: Int = 0, shadow: ShadowObservation? = nil, abort: String? = nil
    ) {
        self.new = new
        self.old = old
        self.newRequests = newRequests
        self.alarm = alarm
        self.analysis = analysis
        self.errorsInARow = errorsInARow
        self.shadow = shadow
        self.abort = abort
    }
}

/// What to do next.
public enum RolloutAction: Sendable, Hashable {
    case wait
    /// Bring up, or keep, this many instances of a revision.
    case apply(revision: Int, count: Int)
    /// Route the traffic by these weights.
    case shift([Int: Int])
    /// Send this share of the requests to a revision as well, and throw its answers away once they are compared.
    case mirror(revision: Int, percent: Int)
    /// Nothing more: the rollout has ended.
    case finish(RolloutOutcome)
}

/// How a rollout ended.
public enum RolloutOutcome: Sendable, Hashable, Codable {
    case promoted
    case rolledBack(reason: String)
}

/// What a rollout is to do: who replaces whom, with how many instances, by what plan.
public struct RolloutOrder: Sendable, Hashable, Codable {
    public var new: Int
    /// The revision that serves now; nil for an endpoint's first.
    public var old: Int?
    public var newCount: Int
    public var oldCount: Int
    public var plan: RolloutPlan
    /// A return to an earlier revision skips steps and bakes: it has proved itself before.
    public var isRollback: Bool

    public init(new: Int, old: Int?, newCount: Int, oldCount: Int, plan: RolloutPlan, isRollback: Bool = false) {
        self.new = new
        self.old = old
        self.newCount = newCount
        self.oldCount = oldCount
        self.plan = plan
        self.isRollback = isRollback
    }

    /// The new revision's share of traffic at each step; the last is 100.
    public var shares: [Int] {
        guard old != nil, !isRollback else { return [100] }
        let steps: [Int]
        switch plan.strategy {
        case .allAtOnce: steps = []
        case .canary: steps = [min(50, max(1, plan.canaryPercent))]
        case .linear:
            let step = min(50, max(10, plan.stepPercent))
            steps = Array(stride(from: step, to: 100, by: step))
        }
        guard let experiment else { return steps + [100] }
        return steps.filter { $0 < experiment.percent } + [experiment.percent, 100]
    }

    /// Both revisions side by side at a fixed share, before the last shift; nil where there is none.
    public var experiment: ExperimentPlan? { old == nil || isRollback ? nil : plan.experiment }

    /// Mirrored requests before any real ones; nil where there are none.
    public var shadow: ShadowPlan? { old == nil || isRollback ? nil : plan.shadow }

    /// How long a step is watched, in seconds.
    func waitSeconds(step: Int) -> Double {
        guard let experiment, step == shares.count - 2 else { return Double(plan.waitSeconds) }
        return Double(experiment.holdSeconds ?? ExperimentPlan.holdSecondsMax)
    }
}
