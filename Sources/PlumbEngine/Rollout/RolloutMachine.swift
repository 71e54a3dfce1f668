// How a new revision gets the traffic, as a pure decision: what is seen goes in, what to do comes out.

public import PlumbModel

/// Moves one endpoint from an old revision to a new one, step by step, and back at the first sign of trouble.
///
/// Safety: the old fleet is neither shrunk nor stopped before the new one is promoted; both never carry the title of
/// "active" at once, because only `finish(.promoted)` passes it on; no traffic is moved onto a fleet without a ready
/// instance while the other has one, before a rollback's time is up. Liveness: with an engine that does what it is
/// asked, it finishes within `timeoutSeconds` + `rollbackSecondsMax` of its start and the few ticks of the last move;
/// the time in which it is paused, or holds an experiment, is not counted and has limits of its own. Evidence: nothing
/// but a passing analysis, or a person's word, gives the new revision more traffic or the title.
public struct RolloutMachine: Sendable, Hashable, Codable {
    public enum Phase: Sendable, Hashable, Codable {
        /// The new fleet is coming up; it has no traffic.
        case provisioning
        /// Requests are mirrored to it since then, and the answers are compared.
        case shadowing(since: Double)
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
    /// Since when a person holds it.
    public private(set) var pausedAt: Double?
    /// A person has promoted it: what is missing in evidence is passed over.
    public private(set) var isPromoted = false
    /// A bake has passed; the last watch need not find enough requests again.
    private var hasPassed = false
    /// The last passing verdict, in words; nil where nothing was asked.
    public private(set) var evidence: String?
    private var requestsAtLastShift = 0
    /// Since when the deadline does not count, and for how long it has not.
    private var excusedSince: Double?
    private var excusedSeconds = 0.0
    /// Unasked ends of the new fleet before this rollout: one that was warm has served, and lost instances, for weeks.
    private var restartsBefore: Int?

    /// How long a rollback waits for an instance of the old fleet before it moves the traffic regardless.
    public static let rollbackSecondsMax = 240.0
    /// Nobody leaves a rollout paused for longer than this.
    public static let pauseSecondsMax = 86_400.0
    /// Unasked ends of new instances that count as a crash loop.
    static let restartsMax = 3

    public init(_ order: RolloutOrder, at now: Double) {
        self.order = order
        startedAt = now
    }

    /// When the rollout must have ended, unless time is excused from now on.
    public var deadline: Double { startedAt + Double(order.plan.timeoutSeconds) + excusedSeconds }

    public var outcome: RolloutOutcome? {
        if case .ended(let outcome) = phase { outcome } else { nil }
    }

    /// Looks once and decides; call again after the action has been begun. `now` is in seconds, and never assumed to
    /// move forward.
    public mutating func tick(at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        // A fleet that was made again counts from zero.
        if let restarts = sight.new?.restarts { restartsBefore = min(restartsBefore ?? restarts, restarts) }
        excuse(at: now)
        defer { excuse(at: now) }
        if case .pass(let text)? = sight.analysis { evidence = text }
        if let trouble = trouble(at: now, seeing: sight) {
            detectedAt = now
            phase = .rollingBack(reason: trouble, since: now)
        }
        switch phase {
        case .provisioning: return provision(at: now, seeing: sight)
        case .shadowing(let since): return shadow(since: since, at: now, seeing: sight)
        case .shifting(let step): return shift(step, at: now, seeing: sight)
        case .baking(let step, let until, let before):
            return bake(step, until: until, requestsBefore: before, at: now, seeing: sight)
        case .terminationWait(let until):
            guard isRouted(step: order.shares.count - 1, seeing: sight) else { return reroute(order.shares.count - 1) }
            guard now >= until, pausedAt == nil, hasEvidence(sight) else { return restore(seeing: sight) ?? .wait }
            phase = .ended(.promoted)
            return .finish(.promoted)
        case .rollingBack(let reason, let since): return rollBack(reason, since: since, at: now, seeing: sight)
        case .ended(let outcome): return .finish(outcome)
        }
    }

    /// Does what a person says. Throws `conflict` when it makes no sense now.
    public mutating func obey(_ command: RolloutCommand, at now: Double) throws(PlumbError) {
        switch phase {
        case .rollingBack, .ended:
            throw PlumbError(.conflict, "the rollout of r\(order.new) is over: \(phaseText)")
        case .provisioning, .shadowing, .shifting, .baking, .terminationWait: break
        }
        switch command {
        case .pause where pausedAt == nil: pausedAt = now
        case .resume where pausedAt != nil: pausedAt = nil
        case .promote:
            pausedAt = nil
            isPromoted = true
        case .pause: throw PlumbError(.conflict, "the rollout of r\(order.new) is paused already")
        case .resume: throw PlumbError(.conflict, "the rollout of r\(order.new) is not paused")
        case .abort: throw PlumbError(.internalFault, "an abort is shown to the machine, not told")
        }
        excuse(at: now)
    }

    /// After the engine was away: what was being watched must be watched again from the start.
    public mutating func resume(at now: Double) {
        switch phase {
        case .shadowing: phase = .provisioning
        case .baking(let step, _, _): phase = .shifting(step: step)
        case .terminationWait: phase = .shifting(step: order.shares.count - 1)
        case .rollingBack(let reason, _): phase = .rollingBack(reason: reason, since: now)
        case .provisioning, .shifting, .ended: break
        }
    }

    /// Keeps account of the time that the deadline does not count.
    private mutating func excuse(at now: Double) {
        var isExcused = pausedAt != nil
        if case .baking(let step, let until, _) = phase, order.experiment != nil, step == order.shares.count - 2 {
            isExcused = isExcused || now < until
        }
        if let since = excusedSince, !isExcused {
            excusedSeconds += max(0, now - since)
            excusedSince = nil
        } else if isExcused, excusedSince == nil {
            excusedSince = now
        }
    }

    /// The reason to go back, if there is one.
    private func trouble(at now: Double, seeing sight: RolloutSight) -> String? {
        switch phase {
        case .rollingBack, .ended: return nil
        case .provisioning, .shadowing, .shifting, .baking, .terminationWait: break
        }
        if let abort = sight.abort { return abort }
        if let failure = sight.new?.failure { return "its instances cannot start: \(failure)" }
        let ends = (sight.new?.restarts ?? 0) - (restartsBefore ?? 0)
        if ends >= Self.restartsMax { return "its instances keep ending: \(ends) unasked ends" }
        if excusedSince == nil, now >= deadline { return overdue(seeing: sight) }
        if let overlong = overlong(at: now) { return overlong }
        switch phase {
        case .provisioning: return nil
        case .shadowing: return shadowVerdict(sight).failure
        default: break
        }
        if let alarm = sight.alarm { return alarm }
        let errorsMax = order.plan.consecutiveErrorsMax
        if errorsMax > 0, sight.errorsInARow >= errorsMax {
            return "\(sight.errorsInARow) of its requests in a row failed, \(errorsMax) end it at once"
        }
        if let failure = sight.analysis?.failure { return failure }
        if let new = sight.new, new.weight > 0, new.ready == 0 {
            return "none of its \(new.desired) instances is healthy"
        }
        return nil
    }

    /// Time that is excused has limits of its own.
    private func overlong(at now: Double) -> String? {
        if let pausedAt, now - pausedAt >= Self.pauseSecondsMax {
            return "it was paused for \(Int(Self.pauseSecondsMax) / 3600) h and nobody resumed it"
        }
        guard let experiment = order.experiment, experiment.holdSeconds == nil, !isPromoted,
            case .baking(let step, let until, _) = phase, step == order.shares.count - 2, now >= until
        else { return nil }
        return "nobody promoted the experiment within \(ExperimentPlan.holdSecondsMax / 86_400) days"
    }

    /// Since when the revision has been watched, once the planned time is over; nil before, and when nothing is
    /// watched.
    func watchedSince(at now: Double) -> Double? {
        switch phase {
        case .baking(let step, let until, _) where now >= until: until - order.waitSeconds(step: step)
        case .terminationWait(let until) where now >= until: until - Double(order.plan.terminationWaitSeconds)
        default: nil
        }
    }

    private func overdue(seeing sight: RolloutSight) -> String {
        let within = "within \(order.plan.timeoutSeconds) s"
        func missing(_ seen: Int) -> String {
            let needed = order.plan.requestsMinimum
            guard seen >= needed else { return "\(max(0, seen)) of \(needed) requests were seen in the bake" }
            return sight.analysis?.text ?? "the planned time was not over"
        }
        switch phase {
        case .provisioning:
            return "no verdict \(within): \(sight.new?.ready ?? 0) of \(order.newCount) instances were ready"
        case .shadowing: return "not enough evidence \(within): \(shadowVerdict(sight).text)"
        case .baking(_, _, let before): return "not enough evidence \(within): \(missing(sight.newRequests - before))"
        case .terminationWait:
            if hasPassed || isPromoted { return "no verdict \(within): the old fleet was still being kept warm" }
            return "not enough evidence \(within): \(missing(sight.newRequests - requestsAtLastShift))"
        default: return "no verdict \(within): the traffic was still being moved"
        }
    }

    /// Whether it may have the title: a bake has passed, somebody has said so, or the last watch itself passes.
    private func hasEvidence(_ sight: RolloutSight) -> Bool {
        if hasPassed || isPromoted { return true }
        return sight.newRequests - requestsAtLastShift >= order.plan.requestsMinimum && sight.analysis?.isPass == true
    }

    private func shadowVerdict(_ sight: RolloutSight) -> AnalysisVerdict {
        guard let plan = order.shadow else { return .pass("nothing is mirrored") }
        return (sight.shadow ?? ShadowObservation(percent: 0)).verdict(by: plan, allowed: order.plan.comparison)
    }

    private mutating func provision(at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        if let missing = prepare(step: 0, seeing: sight) { return missing }
        if pausedAt != nil {
            // Held, and yet somebody has to answer.
            guard let old = order.old, let fleet = sight.old, fleet.ready > 0, fleet.weight != 100 else { return .wait }
            return .shift([old: 100])
        }
        guard let plan = order.shadow, !isPromoted else { return reroute(0) }
        if let old = order.old, sight.old?.weight != 100 {
            // Whoever can answer does, until the old fleet can again.
            let isBack = (sight.old?.ready ?? 0) > 0 || (sight.new?.ready ?? 0) == 0
            return isBack ? .shift([old: 100]) : .wait
        }
        phase = .shadowing(since: now)
        return .mirror(revision: order.new, percent: plan.percent)
    }

    private mutating func shadow(since: Double, at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        guard let plan = order.shadow, !isPromoted else { return reroute(0) }
        if let missing = prepare(step: 0, seeing: sight) { return missing }
        // Nobody mirrors after the engine was away.
        guard sight.shadow?.percent == plan.percent else {
            phase = .shadowing(since: now)
            return .mirror(revision: order.new, percent: plan.percent)
        }
        guard now - since >= Double(plan.holdSeconds), pausedAt == nil, shadowVerdict(sight).isPass else {
            return .wait
        }
        return reroute(0)
    }

    private mutating func shift(_ step: Int, at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        if let missing = prepare(step: step, seeing: sight) { return missing }
        guard isRouted(step: step, seeing: sight) else {
            let isWhole = (sight.new?.weight ?? 0) + (sight.old?.weight ?? 0) == 100
            return pausedAt != nil && isWhole ? .wait : reroute(step)
        }
        if step + 1 < order.shares.count {
            phase = .baking(
                step: step, until: now + order.waitSeconds(step: step), requestsBefore: sight.newRequests)
        } else if order.old == nil || order.isRollback {
            guard pausedAt == nil else { return .wait }
            phase = .ended(.promoted)
            return .finish(.promoted)
        } else {
            requestsAtLastShift = sight.newRequests
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
        guard pausedAt == nil, sight.new.map({ $0.ready >= order.newCount }) ?? false else { return .wait }
        if isPromoted { return reroute(order.shares.count - 1) }
        let isUntilTold = order.experiment.map { $0.holdSeconds == nil } ?? false && step == order.shares.count - 2
        guard now >= until, sight.newRequests - requestsBefore >= order.plan.requestsMinimum,
            sight.analysis?.isPass == true, !isUntilTold
        else { return .wait }
        hasPassed = true
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
