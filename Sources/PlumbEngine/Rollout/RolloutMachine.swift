// How a new revision gets the traffic, as a pure decision: what is seen goes in, what to do comes out.

public import PlumbModel

/// What the machine is shown at each tick.
public struct RolloutSight: Sendable, Hashable {
    public var new: FleetObservation?
    public var old: FleetObservation?
    /// Requests answered by the new revision since it was applied.
    public var newRequests: Int
    /// The new revision's alarm that is in ALARM, and why.
    public var alarm: String?
    /// What speaks against the new revision over the whole time it was watched (`BakeVerdict`).
    public var verdict: String?
    /// Why it is to stop whatever else is seen: a person's word, or a revision that can never start.
    public var abort: String?

    public init(
        new: FleetObservation?, old: FleetObservation?, newRequests: Int = 0, alarm: String? = nil,
        verdict: String? = nil, abort: String? = nil
    ) {
        self.new = new
        self.old = old
        self.newRequests = newRequests
        self.alarm = alarm
        self.verdict = verdict
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
        switch plan.strategy {
        case .allAtOnce: return [100]
        case .canary: return [min(50, max(1, plan.canaryPercent)), 100]
        case .linear:
            let step = min(50, max(10, plan.stepPercent))
            return Array(stride(from: step, to: 100, by: step)) + [100]
        }
    }
}

/// Moves one endpoint from an old revision to a new one, step by step, and back at the first sign of trouble.
///
/// Safety: the old fleet is neither shrunk nor stopped before the new one is promoted; both never carry the title of
/// "active" at once, because only `finish(.promoted)` passes it on; no traffic is moved onto a fleet without a ready
/// instance while the other has one, before a rollback's time is up. Liveness: with an engine that does what it is
/// asked, it finishes within `timeoutSeconds` + `rollbackSecondsMax` of its start and the few ticks of the last move.
public struct RolloutMachine: Sendable, Hashable, Codable {
    public enum Phase: Sendable, Hashable, Codable {
        /// The new fleet is coming up; it has no traffic.
        case provisioning
        /// The traffic is being moved to step `step` of the order's shares.
        case shifting(step: Int)
        /// Step `step` is live and watched until `until`.
        case baking(step: Int, until: Double, requestsBefore: Int)
        /// All traffic is on the new fleet; the old one stays warm until `until`.
        case terminationWait(until: Double)
        /// The traffic is going back to the old fleet.
        case rollingBack(reason: String, since: Double)
        case ended(RolloutOutcome)
    }
    public let order: RolloutOrder
    public let startedAt: Double
    public private(set) var phase: Phase = .provisioning
    /// When the trouble was seen, and when the traffic was back; nil until then.
    public private(set) var detectedAt: Double?
    public private(set) var movedAt: Double?
    /// Unasked ends of the new fleet before this rollout: one that was warm has served, and lost instances, for weeks.
    private var restartsBefore: Int?

    /// How long a rollback waits for an instance of the old fleet before it moves the traffic regardless.
    public static let rollbackSecondsMax = 240.0
    /// Unasked ends of new instances that count as a crash loop.
    static let restartsMax = 3

    public init(_ order: RolloutOrder, at now: Double) {
        self.order = order
        startedAt = now
    }

    /// When the rollout must have ended.
    public var deadline: Double { startedAt + Double(order.plan.timeoutSeconds) }

    public var outcome: RolloutOutcome? {
        if case .ended(let outcome) = phase { outcome } else { nil }
    }

    /// Looks once and decides; call again after the action has been begun. `now` is in seconds, and never assumed to
    /// move forward.
    public mutating func tick(at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        // A fleet that was made again counts from zero.
        if let restarts = sight.new?.restarts { restartsBefore = min(restartsBefore ?? restarts, restarts) }
        if let trouble = trouble(at: now, seeing: sight) {
            detectedAt = now
            phase = .rollingBack(reason: trouble, since: now)
        }
        switch phase {
        case .provisioning: return provision(seeing: sight)
        case .shifting(let step): return shift(step, at: now, seeing: sight)
        case .baking(let step, let until, let before):
            return bake(step, until: until, requestsBefore: before, at: now, seeing: sight)
        case .terminationWait(let until):
            guard isRouted(step: order.shares.count - 1, seeing: sight) else { return reroute(order.shares.count - 1) }
            guard now >= until else { return restore(seeing: sight) ?? .wait }
            phase = .ended(.promoted)
            return .finish(.promoted)
        case .rollingBack(let reason, let since): return rollBack(reason, since: since, at: now, seeing: sight)
        case .ended(let outcome): return .finish(outcome)
        }
    }

    /// After the engine was away: what was being watched must be watched again from the start.
    public mutating func resume(at now: Double) {
        switch phase {
        case .baking(let step, _, _): phase = .shifting(step: step)
        case .terminationWait: phase = .shifting(step: order.shares.count - 1)
        case .rollingBack(let reason, _): phase = .rollingBack(reason: reason, since: now)
        case .provisioning, .shifting, .ended: break
        }
    }

    /// The reason to go back, if there is one.
    private func trouble(at now: Double, seeing sight: RolloutSight) -> String? {
        switch phase {
        case .rollingBack, .ended: return nil
        case .provisioning, .shifting, .baking, .terminationWait: break
        }
        if let abort = sight.abort { return abort }
        if let failure = sight.new?.failure { return "its instances cannot start: \(failure)" }
        let ends = (sight.new?.restarts ?? 0) - (restartsBefore ?? 0)
        if ends >= Self.restartsMax { return "its instances keep ending: \(ends) unasked ends" }
        if now >= deadline {
            return "no verdict within \(order.plan.timeoutSeconds) s: \(unfinished(seeing: sight))"
        }
        if case .provisioning = phase { return nil }
        if let alarm = sight.alarm { return alarm }
        if let verdict = sight.verdict { return verdict }
        if let new = sight.new, new.weight > 0, new.ready == 0 {
            return "none of its \(new.desired) instances is healthy"
        }
        return nil
    }

    /// Since when the revision has been watched, once the planned time is over; nil before, and when nothing is
    /// watched.
    func watchedSince(at now: Double) -> Double? {
        switch phase {
        case .baking(_, let until, _) where now >= until: until - Double(order.plan.waitSeconds)
        case .terminationWait(let until) where now >= until: until - Double(order.plan.terminationWaitSeconds)
        default: nil
        }
    }

    private func unfinished(seeing sight: RolloutSight) -> String {
        switch phase {
        case .provisioning: return "\(sight.new?.ready ?? 0) of \(order.newCount) instances were ready"
        case .baking(_, _, let before):
            return "\(sight.newRequests - before) of \(order.plan.requestsMinimum) requests were seen in the bake"
        default: return "the traffic was still being moved"
        }
    }

    private mutating func provision(seeing sight: RolloutSight) -> RolloutAction {
        if let missing = prepare(step: 0, seeing: sight) { return missing }
        return reroute(0)
    }

    private mutating func shift(_ step: Int, at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        if let missing = prepare(step: step, seeing: sight) { return missing }
        guard isRouted(step: step, seeing: sight) else { return reroute(step) }
        if step + 1 < order.shares.count {
            phase = .baking(
                step: step, until: now + Double(order.plan.waitSeconds), requestsBefore: sight.newRequests)
        } else if order.old == nil || order.isRollback {
            phase = .ended(.promoted)
            return .finish(.promoted)
        } else {
            phase = .terminationWait(until: now + Double(order.plan.terminationWaitSeconds))
        }
        return .wait
    }

    private mutating func bake(
        _ step: Int, until: Double, requestsBefore: Int, at now: Double, seeing sight: RolloutSight
    ) -> RolloutAction {
        guard isRouted(step: step, seeing: sight) else { return reroute(step) }
        if let missing = restore(seeing: sight) { return missing }
        // A silent canary proves nothing: without enough requests the bake goes on until the deadline (T-19). Nor does
        // a fleet that has lost an instance get a greater share.
        guard now >= until, sight.newRequests - requestsBefore >= order.plan.requestsMinimum,
            sight.new.map({ $0.ready >= order.newCount }) ?? false
        else { return .wait }
        return reroute(step + 1)
    }

    private mutating func rollBack(
        _ reason: String, since: Double, at now: Double, seeing sight: RolloutSight
    ) -> RolloutAction {
        let ended = RolloutAction.finish(.rolledBack(reason: reason))
        guard let old = order.old else {
            guard (sight.new?.weight ?? 0) == 0 else { return .shift([:]) }
            return end(reason, at: now)
        }
        guard let fleet = sight.old, fleet.desired >= order.oldCount else {
            return now - since >= Self.rollbackSecondsMax
                ? end(reason, at: now) : .apply(revision: old, count: order.oldCount)
        }
        if fleet.weight != 100 {
            // Moving everything onto a fleet with no instance would turn a bad revision into an outage.
            let isWorthWaiting = fleet.ready == 0 && (sight.new?.ready ?? 0) > 0
            if isWorthWaiting && now - since < Self.rollbackSecondsMax { return .wait }
            return .shift([old: 100])
        }
        movedAt = movedAt ?? now
        guard fleet.ready >= order.oldCount || now - since >= Self.rollbackSecondsMax else { return .wait }
        phase = .ended(.rolledBack(reason: reason))
        return ended
    }

    private mutating func end(_ reason: String, at now: Double) -> RolloutAction {
        movedAt = movedAt ?? now
        phase = .ended(.rolledBack(reason: reason))
        return .finish(.rolledBack(reason: reason))
    }

    /// What must be done before the traffic may be as step `step` says; nil when nothing is missing.
    ///
    /// In provisioning, and after a restart of the engine took the fleets with it, the old fleet comes up first and
    /// serves alone until the new one is there whole.
    private func prepare(step: Int, seeing sight: RolloutSight) -> RolloutAction? {
        if let missing = restore(seeing: sight) { return missing }
        guard let new = sight.new else { return .wait }
        let isNewMissing = new.weight == 0 && new.ready < order.newCount
        var isOldMissing = false
        if let old = sight.old, order.old != nil, order.shares[step] < 100 {
            isOldMissing = old.weight == 0 && old.ready == 0
        }
        guard isNewMissing || isOldMissing else { return nil }
        if let old = order.old, let fleet = sight.old, fleet.ready > 0, fleet.weight != 100 {
            return .shift([old: 100])
        }
        return .wait
    }

    /// Both fleets stay at their size while the outcome is open.
    private func restore(seeing sight: RolloutSight) -> RolloutAction? {
        if let old = order.old, sight.old.map({ $0.desired < order.oldCount }) ?? true {
            return .apply(revision: old, count: order.oldCount)
        }
        if sight.new.map({ $0.desired < order.newCount }) ?? true {
            return .apply(revision: order.new, count: order.newCount)
        }
        return nil
    }

    private func isRouted(step: Int, seeing sight: RolloutSight) -> Bool {
        let wanted = weights(step: step)
        let isOldRight = order.old.map { sight.old?.weight ?? 0 == wanted[$0] ?? 0 } ?? true
        return sight.new?.weight == wanted[order.new] && isOldRight
    }

    private mutating func reroute(_ step: Int) -> RolloutAction {
        phase = .shifting(step: step)
        return .shift(weights(step: step))
    }

    private func weights(step: Int) -> [Int: Int] {
        let share = order.shares[step]
        guard let old = order.old, share < 100 else { return [order.new: 100] }
        return [old: 100 - share, order.new: share]
    }
}
