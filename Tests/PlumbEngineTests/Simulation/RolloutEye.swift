// What must hold at every tick of every rollout, checked by somebody who does not know how the machine decides.

import PlumbModel

@testable import PlumbEngine

/// Watches a rollout from outside and keeps what it saw go wrong.
struct RolloutEye {
    let order: RolloutOrder
    private(set) var breaches: [String] = []
    /// The new revision's share that is live, since when, and the requests it had answered by then.
    private var live: (share: Int, since: Double, requests: Int)?
    private var sawAlarm = false
    /// A verdict has passed it, or a person has.
    private var hasEvidence = false
    private var hasShadowEvidence = false
    /// The greatest share that a passing verdict has allowed; a lost shift may be asked for again.
    private var granted = 0
    /// The share that had been decided on when the engine went away; its bake is behind it.
    private var decided: Int?
    /// Tenths of a second do not add up exactly.
    private static let rounding = 1e-6

    init(_ order: RolloutOrder) {
        self.order = order
    }

    mutating func breach(_ text: String) { breaches.append(text) }

    /// What was being watched is watched again from the start; a share that was decided on is still decided.
    mutating func resumed(_ rollout: RolloutMachine) {
        live = nil
        sawAlarm = false
        decided = nil
        if case .shifting(let step) = rollout.phase { decided = order.shares[step] }
        granted = decided ?? 0
    }

    /// The title of active stays where it was until the rollout ends.
    mutating func check(_ record: EndpointRecord) {
        if record.active != order.old { breach("r\(record.active ?? 0) became active before the rollout ended") }
    }

    mutating func saw(
        _ sight: RolloutSight, before: RolloutMachine, after: RolloutMachine, action: RolloutAction, at now: Double
    ) {
        noteShare(sight, at: now)
        var isUnderWay = true
        switch before.phase {
        case .provisioning, .shadowing, .rollingBack, .ended: isUnderWay = false
        case .shifting, .baking, .terminationWait: break
        }
        noteEvidence(sight, before)
        var goesBack = false
        switch after.phase {
        case .rollingBack, .ended(.rolledBack): goesBack = true
        default: break
        }
        if isUnderWay && sight.alarm != nil {
            sawAlarm = true
            if !goesBack { breach("\(now): an alarm was firing and the rollout went on: \(after.phase)") }
        }
        if isUnderWay && !goesBack {
            if sight.analysis?.failure != nil { breach("\(now): it was proven bad and went on: \(after.phase)") }
            if sight.errorsInARow >= 5 { breach("\(now): all failed and it went on: \(after.phase)") }
        }
        if case .rollingBack(let reason, _) = after.phase, reason.hasPrefix("not enough evidence"),
            before.phase != after.phase, now < before.startedAt + Double(order.plan.timeoutSeconds)
        {
            breach("\(now): what was inconclusive rolled back before the deadline")
        }
        checkPause(before, after, action, at: now)
        switch action {
        case .wait: checkIdle(sight, after, at: now)
        case .apply(let number, let count):
            if number == order.old && count < order.oldCount {
                breach("\(now): the old fleet is shrunk to \(count) of \(order.oldCount)")
            }
            if number != order.old && number != order.new { breach("\(now): r\(number) is none of this rollout's") }
        case .shift(let weights): check(weights, sight, after, at: now)
        case .mirror(let number, let percent):
            if number != order.new || percent != order.shadow?.percent {
                breach("\(now): \(percent) % are mirrored to r\(number)")
            }
        case .finish(let outcome): check(outcome, sight, at: now)
        }
    }

    private mutating func noteEvidence(_ sight: RolloutSight, _ before: RolloutMachine) {
        if sight.analysis?.isPass == true || before.isPromoted { hasEvidence = true }
        if let plan = order.shadow, let seen = sight.shadow, seen.compared >= plan.requestsMinimum,
            Double(seen.differing) <= Double(seen.compared) * plan.mismatchPercentMax / 100 + 1
        {
            hasShadowEvidence = true
        }
        if before.isPromoted || order.shadow == nil { hasShadowEvidence = true }
    }

    /// A paused rollout gives nobody more, and does not end well.
    private mutating func checkPause(
        _ before: RolloutMachine, _ after: RolloutMachine, _ action: RolloutAction, at now: Double
    ) {
        guard before.pausedAt != nil, after.pausedAt != nil else { return }
        if case .finish(.promoted) = action { breach("\(now): promoted while it was paused") }
        guard case .shift(let weights) = action, let live, (weights[order.new] ?? 0) > live.share else { return }
        breach("\(now): share goes from \(live.share) to \(weights[order.new] ?? 0) while it was paused")
    }

    private mutating func noteShare(_ sight: RolloutSight, at now: Double) {
        let share = sight.new?.weight ?? 0
        if share == decided { decided = nil }
        guard live?.share != share else { return }
        live = share == 0 || decided != nil ? nil : (share, now, sight.newRequests)
    }

    /// An endpoint whose old fleet could answer is not left without traffic.
    private mutating func checkIdle(_ sight: RolloutSight, _ after: RolloutMachine, at now: Double) {
        let isOff = (sight.new?.weight ?? 0) == 0 && (sight.old?.weight ?? 0) == 0
        if isOff, let old = sight.old, old.ready > 0 {
            breach("\(now): nobody has traffic although \(old.ready) old instances are ready: \(after.phase)")
        }
        if let old = sight.old, old.desired < order.oldCount {
            breach("\(now): the old fleet has \(old.desired) of \(order.oldCount) instances and nothing is done")
        }
    }

    private mutating func check(
        _ weights: [Int: Int], _ sight: RolloutSight, _ after: RolloutMachine, at now: Double
    ) {
        let sum = weights.values.reduce(0, +)
        if sum != 100 && !(weights.isEmpty && order.old == nil) { breach("\(now): weights \(weights) sum to \(sum)") }
        if weights.keys.contains(where: { $0 != order.old && $0 != order.new }) {
            breach("\(now): \(weights) names a revision that is none of this rollout's")
        }
        // After the documented wait a rollback moves the traffic regardless.
        if case .rollingBack(_, let since) = after.phase, now - since >= RolloutMachine.rollbackSecondsMax { return }
        for (gains, other) in [(sight.new, sight.old), (sight.old, sight.new)] {
            guard let number = gains?.revision ?? weights.keys.first(where: { $0 != other?.revision }) else { continue }
            let isGaining = (weights[number] ?? 0) > (gains?.weight ?? 0)
            if isGaining && (gains?.ready ?? 0) == 0 && (other?.ready ?? 0) > 0 {
                breach("\(now): traffic is moved onto r\(number), which has no ready instance: \(weights)")
            }
        }
        let share = weights[order.new] ?? 0
        if share > 0 && !hasShadowEvidence { breach("\(now): share \(share) before mirrored requests have passed") }
        guard !after.isPromoted else { return }
        if let live, live.share > 0, share > max(live.share, granted), !order.isRollback {
            guard sight.analysis?.isPass == true else {
                return breach("\(now): share goes from \(live.share) to \(share) without a passing verdict")
            }
            granted = share
        }
        guard let live, share > live.share, !order.isRollback else { return }
        let seen = sight.newRequests - live.requests
        if seen < order.plan.requestsMinimum {
            breach(
                "\(now): share goes from \(live.share) to \(share) after \(seen) of "
                    + "\(order.plan.requestsMinimum) requests")
        }
        let isExperiment = order.experiment?.percent == live.share
        let wait = isExperiment ? order.experiment?.holdSeconds ?? 0 : order.plan.waitSeconds
        if now - live.since + Self.rounding < Double(wait) {
            breach("\(now): share goes from \(live.share) to \(share) after \(now - live.since) s of \(wait)")
        }
    }

    private mutating func check(_ outcome: RolloutOutcome, _ sight: RolloutSight, at now: Double) {
        switch outcome {
        case .rolledBack(let reason):
            if reason.isEmpty { breach("\(now): rolled back without a reason") }
            if order.old != nil, sight.old?.weight != 100, sight.old.map({ $0.desired >= order.oldCount }) ?? false {
                breach(
                    "\(now): said to be rolled back while the old fleet has \(sight.old?.weight ?? 0) % of the traffic")
            }
        case .promoted:
            if sight.alarm != nil || sawAlarm { breach("\(now): promoted with an alarm firing") }
            if sight.new?.weight != 100 { breach("\(now): promoted with \(sight.new?.weight ?? 0) % of the traffic") }
            if (sight.new?.ready ?? 0) == 0 { breach("\(now): promoted without a ready instance") }
            if !hasEvidence && order.old != nil && !order.isRollback { breach("\(now): promoted without evidence") }
            let wait = order.old == nil || order.isRollback ? 0 : Double(order.plan.terminationWaitSeconds)
            if let live, now - live.since + Self.rounding < wait {
                breach("\(now): promoted \(now - live.since) s after the last shift; \(wait) were to be waited")
            }
        }
    }

    /// The verdict on the whole.
    mutating func ended(_ outcome: RolloutOutcome?, record: EndpointRecord, at now: Double, course: Course) {
        guard let outcome else { return breach("\(now): it never ended") }
        let active = outcome == .promoted ? order.new : order.old
        if record.active != active { breach("it ended \(outcome) and r\(record.active ?? 0) is active") }
        if record.rollout != nil { breach("it ended and the record still has a rollout") }
        if course.mustPromote && outcome != .promoted { breach("all was well and it ended \(outcome)") }
        if course.mustRollBack && outcome == .promoted { breach("an alarm went off and it was promoted") }
    }
}

/// Ways a machine could be wrong: each must be noticed, or the eye is blind.
enum Flaw: String, Sendable, CaseIterable {
    case none
    case skipsTerminationWait, shrinksOldEarly, ignoresAlarms, ignoresRequests, ignoresTheClock, movesBeforeReady
    case halvesWeights, losesReason, neverGivesUp, forgetsToResume
    case takesInconclusiveForGood, takesInconclusiveForBad, ignoresProof, ignoresErrorsInARow, ignoresPause, skipsShadow
}

/// The machine, or the machine with a flaw.
struct RolloutUnderTest {
    var machine: RolloutMachine
    let flaw: Flaw

    init(_ machine: RolloutMachine, flaw: Flaw) {
        self.machine = machine
        self.flaw = flaw
    }

    mutating func resume(at now: Double) {
        if flaw != .forgetsToResume { machine.resume(at: now) }
    }

    mutating func tick(at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        var (now, sight) = (now, sight)
        switch flaw {
        case .ignoresAlarms: sight.alarm = nil
        case .ignoresRequests: sight.newRequests = Int(now * 1000)
        case .ignoresTheClock:
            guard case .baking = machine.phase else { break }
            now += 30
            sight.analysis = sight.analysis ?? .pass("early")
        case .neverGivesUp: now = min(now, 20)
        case .movesBeforeReady:
            let desired = sight.new?.desired ?? 0
            sight.new?.ready = desired
        case .takesInconclusiveForGood:
            if case .inconclusive = sight.analysis { sight.analysis = .pass("well enough") }
        case .takesInconclusiveForBad:
            if case .inconclusive = sight.analysis { sight.analysis = .fail("not enough evidence") }
        case .ignoresProof: if sight.analysis?.failure != nil { sight.analysis = .pass("never mind") }
        case .ignoresErrorsInARow: sight.errorsInARow = 0
        case .ignoresPause: return tickUnpaused(at: now, seeing: sight)
        default: break
        }
        let action = machine.tick(at: now, seeing: sight)
        switch (flaw, action, machine.phase) {
        case (.skipsTerminationWait, .wait, .terminationWait): return .finish(.promoted)
        case (.shrinksOldEarly, .wait, .terminationWait):
            return order.old.map { .apply(revision: $0, count: order.oldCount - 1) } ?? action
        case (.halvesWeights, .shift(let weights), _): return .shift(weights.mapValues { $0 / 2 })
        case (.skipsShadow, .mirror, _):
            let share = order.shares[0]
            return .shift(share == 100 ? [order.new: 100] : [order.new: share, order.old ?? 0: 100 - share])
        case (.losesReason, .finish(.rolledBack), _): return .finish(.rolledBack(reason: ""))
        default: return action
        }
    }

    /// A copy that was resumed decides, and the pause is shown to go on.
    private mutating func tickUnpaused(at now: Double, seeing sight: RolloutSight) -> RolloutAction {
        guard machine.pausedAt != nil else { return machine.tick(at: now, seeing: sight) }
        var going = machine
        do { try going.obey(.resume, at: now) } catch { return machine.tick(at: now, seeing: sight) }
        let action = going.tick(at: now, seeing: sight)
        _ = machine.tick(at: now, seeing: sight)
        return action
    }

    private var order: RolloutOrder { machine.order }
}
