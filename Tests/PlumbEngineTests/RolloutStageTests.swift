// Mirroring, experiments, pauses and a person's word, on tables: exact times and reasons.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

struct RolloutStageTests {
    private func machine(_ change: (inout RolloutPlan) -> Void = { _ in }) -> RolloutMachine {
        var plan = RolloutPlan.sample()
        change(&plan)
        return RolloutMachine(RolloutOrder(new: 2, old: 1, newCount: 2, oldCount: 2, plan: plan), at: 0)
    }

    private func sight(
        _ share: Int, requests: Int = 0, analysis: AnalysisVerdict? = .pass("seen"), errorsInARow: Int = 0,
        shadow: ShadowObservation? = nil
    ) -> RolloutSight {
        func fleet(_ number: Int, _ weight: Int) -> FleetObservation {
            FleetObservation(revision: number, desired: 2, ready: 2, readyZones: 2, weight: weight)
        }
        return RolloutSight(
            new: fleet(2, share), old: fleet(1, 100 - share), newRequests: requests, analysis: analysis,
            errorsInARow: errorsInARow, shadow: shadow)
    }

    /// Into the canary's bake, which ends at 11.
    private func baking(_ change: (inout RolloutPlan) -> Void = { _ in }) -> RolloutMachine {
        var machine = machine(change)
        _ = machine.tick(at: 0, seeing: sight(0))
        _ = machine.tick(at: 1, seeing: sight(10))
        return machine
    }

    @Test func onlyAPassingVerdictPromotes() {
        for (verdict, isOn) in [
            (AnalysisVerdict?.some(.pass("seen")), true), (.inconclusive("1 of 30"), false), (.error("no data"), false),
            (nil, false),
        ] {
            var machine = baking()
            let action = machine.tick(at: 11, seeing: sight(10, requests: 40, analysis: verdict))
            #expect(action == (isOn ? .shift([2: 100]) : .wait), "\(String(describing: verdict))")
        }
    }

    @Test func whatStaysInconclusiveRollsBackAtTheDeadlineAndSaysWhy() {
        var machine = baking()
        let open = sight(10, requests: 40, analysis: .inconclusive("1 of 30 requests failed, too few to prove it"))
        for second in stride(from: 11.0, to: 120, by: 1) { #expect(machine.tick(at: second, seeing: open) == .wait) }
        #expect(machine.tick(at: 120, seeing: open) == .shift([1: 100]))
        #expect(
            machine.phaseText
                == "going back to r1: not enough evidence within 120 s: 1 of 30 requests failed, too few to prove it")
    }

    @Test func whatIsProvenGoesBackAtOnce() {
        var machine = baking()
        let bad = sight(10, requests: 40, analysis: .fail("9 of 20 requests failed"))
        #expect(machine.tick(at: 11, seeing: bad) == .shift([1: 100]))
        #expect(machine.tick(at: 12, seeing: sight(0)) == .finish(.rolledBack(reason: "9 of 20 requests failed")))
    }

    @Test func allAtOnceNeedsEvidenceToo() {
        var machine = machine { $0.strategy = .allAtOnce }
        #expect(machine.tick(at: 0, seeing: sight(0, analysis: nil)) == .shift([2: 100]))
        #expect(machine.tick(at: 1, seeing: sight(100, analysis: nil)) == .wait)
        #expect(machine.tick(at: 6, seeing: sight(100, requests: 19)) == .wait)
        #expect(machine.tick(at: 7, seeing: sight(100, requests: 20)) == .finish(.promoted))
    }

    @Test(arguments: [(4, false), (5, true)])
    func fiveServerErrorsInARowEndIt(count: Int, isOver: Bool) {
        var machine = baking()
        let action = machine.tick(at: 2, seeing: sight(10, requests: 5, errorsInARow: count))
        #expect(action == (isOver ? .shift([1: 100]) : .wait))
        if isOver { #expect(machine.phaseText.hasSuffix("5 of its requests in a row failed, 5 end it at once")) }
        var deaf = baking { $0.consecutiveErrorsMax = 0 }
        #expect(deaf.tick(at: 2, seeing: sight(10, requests: 5, errorsInARow: 99)) == .wait)
    }

    @Test func aPauseHoldsTheShareAndTheDeadlineAndNotTheAlarms() throws {
        var machine = baking()
        try machine.obey(.pause, at: 5)
        #expect(machine.phaseText == "r2 has 10 % of the traffic and is being watched, paused")
        for second in stride(from: 6.0, to: 500, by: 1) {
            #expect(machine.tick(at: second, seeing: sight(10, requests: 40)) == .wait)
        }
        var alarmed = machine
        var sick = sight(10, requests: 40)
        sick.alarm = "error-rate is in ALARM"
        #expect(alarmed.tick(at: 500, seeing: sick) == .shift([1: 100]))
        try machine.obey(.resume, at: 505)
        #expect(machine.deadline == 620)
        #expect(machine.tick(at: 505, seeing: sight(10, requests: 40)) == .shift([2: 100]))
    }

    @Test func aPauseBeforeTheFirstShiftKeepsTheTrafficAway() throws {
        var machine = machine()
        try machine.obey(.pause, at: 0)
        #expect(machine.tick(at: 1, seeing: sight(0)) == .wait)
        try machine.obey(.resume, at: 2)
        #expect(machine.tick(at: 2, seeing: sight(0)) == .shift([1: 90, 2: 10]))
    }

    @Test func nobodyForgetsAPausedRollout() throws {
        var machine = baking()
        try machine.obey(.pause, at: 5)
        let limit = 5 + RolloutMachine.pauseSecondsMax
        #expect(machine.tick(at: limit - 1, seeing: sight(10)) == .wait)
        #expect(machine.tick(at: limit, seeing: sight(10)) == .shift([1: 100]))
        #expect(machine.phaseText.hasSuffix("it was paused for 24 h and nobody resumed it"))
    }

    @Test func commandsThatMakeNoSenseAreRefused() throws {
        var machine = baking()
        #expect(throws: PlumbError.self) { try machine.obey(.resume, at: 2) }
        try machine.obey(.pause, at: 2)
        #expect(throws: PlumbError.self) { try machine.obey(.pause, at: 3) }
        var over = baking()
        _ = over.tick(at: 2, seeing: sight(10, errorsInARow: 9))
        for command in RolloutCommand.allCases {
            #expect(throws: PlumbError.self) { try over.obey(command, at: 3) }
        }
    }

    @Test func aPromotionPassesOverWaitingAndSilenceAndNotOverProof() throws {
        var machine = baking()
        try machine.obey(.promote, at: 2)
        #expect(machine.tick(at: 2, seeing: sight(10, analysis: nil)) == .shift([2: 100]))
        #expect(machine.tick(at: 3, seeing: sight(100, analysis: nil)) == .wait)
        var bad = machine
        #expect(bad.tick(at: 8, seeing: sight(100, analysis: .fail("9 of 20"))) == .shift([1: 100]))
        #expect(machine.tick(at: 8, seeing: sight(100, analysis: .inconclusive("0"))) == .finish(.promoted))
    }

    @Test func anExperimentHoldsItsShareForItsTime() {
        var machine = baking {
            $0.experiment = ExperimentPlan()
            $0.experiment?.holdSeconds = 1000
        }
        #expect(machine.order.shares == [10, 50, 100])
        #expect(machine.tick(at: 11, seeing: sight(10, requests: 40)) == .shift([1: 50, 2: 50]))
        #expect(machine.tick(at: 12, seeing: sight(50, requests: 40)) == .wait)
        // The timeout of 120 s does not count meanwhile.
        #expect(machine.tick(at: 1011, seeing: sight(50, requests: 400)) == .wait)
        #expect(machine.tick(at: 1012, seeing: sight(50, requests: 400)) == .shift([2: 100]))
    }

    @Test func anExperimentUntilToldWaitsForAWord() throws {
        var machine = baking { $0.experiment = ExperimentPlan() }
        _ = machine.tick(at: 11, seeing: sight(10, requests: 40))
        _ = machine.tick(at: 12, seeing: sight(50, requests: 40))
        let days = Double(ExperimentPlan.holdSecondsMax)
        #expect(machine.tick(at: days, seeing: sight(50, requests: 9000)) == .wait)
        var forgotten = machine
        #expect(forgotten.tick(at: days + 12, seeing: sight(50, requests: 9000)) == .shift([1: 100]))
        #expect(forgotten.phaseText.hasSuffix("nobody promoted the experiment within 30 days"))
        try machine.obey(.promote, at: days)
        #expect(machine.tick(at: days, seeing: sight(50, requests: 9000)) == .shift([2: 100]))
    }

    @Test func mirroredRequestsComeBeforeRealOnes() {
        var machine = machine {
            $0.shadow = ShadowPlan()
            $0.shadow?.holdSeconds = 5
        }
        #expect(machine.tick(at: 0, seeing: sight(0)) == .mirror(revision: 2, percent: 100))
        // Nobody mirrors yet, or no more: it is asked for again.
        #expect(machine.tick(at: 1, seeing: sight(0)) == .mirror(revision: 2, percent: 100))
        func seen(_ compared: Int, _ differing: Int) -> RolloutSight {
            sight(0, shadow: ShadowObservation(percent: 100, compared: compared, differing: differing))
        }
        #expect(machine.tick(at: 5, seeing: seen(500, 0)) == .wait)
        #expect(machine.tick(at: 6, seeing: seen(99, 0)) == .wait)
        var bad = machine
        #expect(
            bad.tick(at: 6, seeing: seen(100, 50))
                == .finish(
                    .rolledBack(
                        reason: "50 of 100 answers to mirrored requests differ (0 failed): at least 41.4 % with 95 % "
                            + "confidence, allowed are 1 %")))
        #expect(machine.tick(at: 7, seeing: seen(100, 0)) == .shift([1: 90, 2: 10]))
        var silent = self.machine { $0.shadow = ShadowPlan() }
        _ = silent.tick(at: 0, seeing: sight(0))
        #expect(
            silent.tick(at: 120, seeing: seen(7, 0))
                == .finish(
                    .rolledBack(
                        reason:
                            "not enough evidence within 120 s: 7 of 100 answers to mirrored requests were compared")))
    }

    @Test func aSlowShadowFails() {
        func verdict(_ new: Double, _ old: Double) -> AnalysisVerdict {
            ShadowObservation(percent: 100, compared: 500, p99Milliseconds: new, oldP99Milliseconds: old)
                .verdict(by: ShadowPlan(), allowed: RolloutComparison())
        }
        #expect(verdict(90, 40).failure?.contains("more than 2 times as long") == true)
        #expect(verdict(79, 40).isPass)
        #expect(verdict(4, 1).isPass)
    }

    @Test func theArithmeticCountsEveryStage() {
        var spec = Spec.sample()
        spec.rollout.shadow = ShadowPlan()
        spec.rollout.experiment = ExperimentPlan()
        spec.rollout.experiment?.holdSeconds = 1000
        let arithmetic = RolloutArithmetic(spec, replacesRevision: true)
        #expect(arithmetic.promoteSecondsMinimum == 60 + 10 + 1000 + 5)
        #expect(arithmetic.objections.isEmpty)
        spec.rollout.experiment?.holdSeconds = nil
        #expect(RolloutArithmetic(spec, replacesRevision: true).notes.first?.hasPrefix("the experiment lasts") == true)
    }

    @Test func tooLittleTrafficForTheTimeoutIsObjectedTo() throws {
        var spec = Spec.sample()
        spec.peakRequestsPerSecond = 4
        let slow = RolloutArithmetic(spec, replacesRevision: true)
        #expect(slow.promoteSecondsMinimum == 55)
        #expect(slow.notes == ["at the declared peak of 4 requests/s the 10 % gather 20 requests in 50 s"])
        spec.peakRequestsPerSecond = 1
        let message = try #require(RolloutArithmetic(spec, replacesRevision: true).objections.first?.message)
        #expect(message.contains("it could never be promoted (at the declared peak of 1 requests/s"))
    }

    @Test func anAlarmThatNothingCanReachIsObjectedTo() {
        var spec = Spec.sample()
        spec.alarms.errorRate.threshold = 100
        spec.alarms.latencyP99.threshold = 10_000
        let messages = RolloutArithmetic(spec, replacesRevision: true).objections.map(\.message)
        #expect(messages.count == 2)
        #expect(messages.allSatisfy { $0.contains("cannot fire") })
    }
}
