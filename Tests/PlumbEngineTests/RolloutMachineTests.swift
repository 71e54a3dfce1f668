import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

/// The machine on tables: exact times, every phase, every reason.
struct RolloutMachineTests {
    private func order(
        _ plan: RolloutPlan = .sample(), old: Int? = 1, count: Int = 2, isRollback: Bool = false
    ) -> RolloutOrder {
        RolloutOrder(
            new: 2, old: old, newCount: count, oldCount: old == nil ? 0 : count, plan: plan, isRollback: isRollback)
    }

    private func fleet(
        _ number: Int, weight: Int, ready: Int = 2, desired: Int = 2, restarts: Int = 0, failure: String? = nil
    ) -> FleetObservation {
        FleetObservation(
            revision: number, desired: desired, ready: ready, readyZones: min(2, ready), weight: weight,
            restarts: restarts, failure: failure)
    }

    private func sight(_ share: Int, requests: Int = 0, alarm: String? = nil, abort: String? = nil) -> RolloutSight {
        RolloutSight(
            new: fleet(2, weight: share), old: fleet(1, weight: 100 - share), newRequests: requests, alarm: alarm,
            analysis: .pass("seen"), abort: abort)
    }

    /// A machine that obeys itself on a good day: every shift is done a second later, ten requests a second arrive.
    private func timeline(_ order: RolloutOrder, until end: Int = 200) -> [String] {
        var machine = RolloutMachine(order, at: 0)
        var weights: [Int: Int] = order.old.map { [$0: 100] } ?? [:]
        var told: [String] = []
        for second in 0...end {
            let sight = RolloutSight(
                new: fleet(2, weight: weights[2] ?? 0), old: order.old.map { fleet($0, weight: weights[$0] ?? 0) },
                newRequests: second * 10, analysis: .pass("seen"))
            switch machine.tick(at: Double(second), seeing: sight) {
            case .wait, .mirror: break
            case .apply(let number, let count): told.append("\(second): apply r\(number) x\(count)")
            case .shift(let wanted):
                weights = wanted
                told.append("\(second): \(wanted[2] ?? 0) %")
            case .finish(let outcome):
                told.append("\(second): \(outcome)")
                return told
            }
        }
        return told
    }

    @Test func aCanaryIsShownATenthThenAllThenEnds() {
        // 0 shift, 1 seen, bake 10 s, 11 shift, 12 seen, 5 s of warmth.
        #expect(timeline(order()) == ["0: 10 %", "11: 100 %", "17: promoted"])
    }

    @Test func aLinearRolloutGoesUpInEqualSteps() {
        let plan = RolloutPlan.sample(.linear, step: 30, wait: 4, termination: 2)
        #expect(timeline(order(plan)) == ["0: 30 %", "5: 60 %", "10: 90 %", "15: 100 %", "18: promoted"])
    }

    @Test func allAtOnceHasNoBakeAndStaysWarm() {
        #expect(timeline(order(.sample(.allAtOnce, termination: 7))) == ["0: 100 %", "8: promoted"])
    }

    @Test func aFirstRevisionTakesAllTrafficAndIsDone() {
        #expect(timeline(order(old: nil)) == ["0: 100 %", "1: promoted"])
    }

    @Test func aReturnSkipsStepsAndBakes() {
        #expect(timeline(order(isRollback: true)) == ["0: 100 %", "1: promoted"])
    }

    @Test(arguments: [
        (TrafficRouting.canary, 10, 25, [10, 100]), (.canary, 80, 25, [50, 100]), (.canary, 0, 25, [1, 100]),
        (.linear, 10, 25, [25, 50, 75, 100]), (.linear, 10, 50, [50, 100]),
        (.linear, 10, 5, Array(stride(from: 10, through: 100, by: 10))),
        (.linear, 10, 40, [40, 80, 100]), (.allAtOnce, 10, 25, [100]),
    ])
    func sharesStayWithinSageMakersLimits(strategy: TrafficRouting, canary: Int, step: Int, shares: [Int]) {
        #expect(order(.sample(strategy, canary: canary, step: step)).shares == shares)
    }

    @Test func nothingMovesBeforeEveryInstanceIsReady() {
        var machine = RolloutMachine(order(), at: 0)
        let old = fleet(1, weight: 100)
        #expect(machine.tick(at: 0, seeing: RolloutSight(new: nil, old: old)) == .apply(revision: 2, count: 2))
        let half = RolloutSight(new: fleet(2, weight: 0, ready: 1), old: old)
        #expect(machine.tick(at: 1, seeing: half) == .wait)
        #expect(machine.tick(at: 2, seeing: sight(0)) == .shift([1: 90, 2: 10]))
    }

    @Test func aShiftThatWasLostIsAskedForAgain() {
        var machine = RolloutMachine(order(), at: 0)
        _ = machine.tick(at: 0, seeing: sight(0))
        #expect(machine.tick(at: 1, seeing: sight(0)) == .shift([1: 90, 2: 10]))
        #expect(machine.tick(at: 2, seeing: sight(10)) == .wait)
        #expect(machine.phase == .baking(step: 0, until: 12, requestsBefore: 0))
    }

    /// A machine of the sample plan, brought to a phase by honest ticks.
    private func machine(in phase: String, _ order: RolloutOrder? = nil) -> RolloutMachine {
        var machine = RolloutMachine(order ?? self.order(), at: 0)
        let script: [(String, Double, RolloutSight)] = [
            ("shifting", 0, sight(0)), ("baking", 1, sight(10)), ("shifting to all", 11, sight(10, requests: 20)),
            ("terminationWait", 12, sight(100, requests: 20)),
        ]
        guard phase != "provisioning" else { return machine }
        for (name, second, sight) in script {
            _ = machine.tick(at: second, seeing: sight)
            if name == phase { break }
        }
        return machine
    }

    static let phases = ["provisioning", "shifting", "baking", "shifting to all", "terminationWait"]
    /// The new revision's share in each of `phases`.
    static let shares = [0, 0, 10, 10, 100]

    @Test(arguments: zip(phases, shares))
    func aHandStopsItInEveryPhase(phase: String, share: Int) {
        var machine = machine(in: phase)
        let action = machine.tick(at: 13, seeing: sight(share, requests: 25, abort: "stopped by hand: wrong model"))
        let reason = "stopped by hand: wrong model"
        #expect(action == (share == 0 ? .finish(.rolledBack(reason: reason)) : .shift([1: 100])))
        #expect(
            machine.phase
                == (share == 0 ? .ended(.rolledBack(reason: reason)) : .rollingBack(reason: reason, since: 13)))
        #expect(machine.detectedAt == 13)
    }

    @Test(arguments: zip(phases, shares))
    func anAlarmStopsItInEveryPhaseThatHasTraffic(phase: String, share: Int) {
        var machine = machine(in: phase)
        let action = machine.tick(at: 13, seeing: sight(share, requests: 25, alarm: "p99 is in ALARM"))
        if phase == "provisioning" {
            #expect(action == .shift([1: 90, 2: 10]))
            return
        }
        if share > 0 {
            #expect(action == .shift([1: 100]))
            #expect(machine.tick(at: 14, seeing: sight(0)) == .finish(.rolledBack(reason: "p99 is in ALARM")))
            #expect(machine.movedAt == 14)
        } else {
            #expect(action == .finish(.rolledBack(reason: "p99 is in ALARM")))
        }
        #expect(machine.detectedAt == 13)
        #expect(machine.outcome == .rolledBack(reason: "p99 is in ALARM"))
    }

    @Test(arguments: [
        ("provisioning", 0, "no verdict within 120 s: 0 of 2 instances were ready"),
        ("shifting", 0, "no verdict within 120 s: the traffic was still being moved"),
        ("baking", 10, "not enough evidence within 120 s: 3 of 20 requests were seen in the bake"),
        ("terminationWait", 100, "no verdict within 120 s: the old fleet was still being kept warm"),
    ])
    func theDeadlineSaysWhatWasMissing(phase: String, share: Int, words: String) {
        var machine = machine(in: phase)
        var sight = sight(share, requests: 3)
        if phase == "provisioning" { sight.new = nil }
        _ = machine.tick(at: 120, seeing: sight)
        let reason: String? =
            switch machine.phase {
            case .rollingBack(let reason, _), .ended(.rolledBack(let reason)): reason
            default: nil
            }
        #expect(reason == words)
    }

    @Test func aSilentCanaryIsNotPromoted() {
        var machine = machine(in: "baking")
        for second in stride(from: 2.0, to: 120, by: 1) {
            #expect(machine.tick(at: second, seeing: sight(10, requests: 19)) == .wait)
        }
        #expect(machine.tick(at: 119.5, seeing: sight(10, requests: 20)) == .shift([2: 100]))
    }

    @Test func threeUnaskedEndsAreACrashLoop() {
        for (restarts, isOver) in [(2, false), (3, true)] {
            var machine = RolloutMachine(order(), at: 0)
            _ = machine.tick(at: 0, seeing: RolloutSight(new: nil, old: fleet(1, weight: 100)))
            let fresh = RolloutSight(new: fleet(2, weight: 0, ready: 0), old: fleet(1, weight: 100))
            _ = machine.tick(at: 1, seeing: fresh)
            let crashed = RolloutSight(
                new: fleet(2, weight: 0, ready: 0, restarts: restarts), old: fleet(1, weight: 100))
            let action = machine.tick(at: 2, seeing: crashed)
            let reason = "its instances keep ending: 3 unasked ends"
            #expect(action == (isOver ? .finish(.rolledBack(reason: reason)) : .wait))
        }
    }

    @Test func whatAFleetSufferedBeforeIsNotHeldAgainstIt() {
        var machine = RolloutMachine(order(isRollback: true), at: 0)
        // The warm fleet lost five instances in the weeks in which it served.
        let veteran = RolloutSight(new: fleet(2, weight: 0, restarts: 5), old: fleet(1, weight: 100))
        #expect(machine.tick(at: 0, seeing: veteran) == .shift([2: 100]))
        var crashing = veteran
        crashing.new?.restarts = 8
        #expect(machine.tick(at: 1, seeing: crashing) != .shift([2: 100]))
        #expect(machine.detectedAt == 1)
    }

    @Test func instancesThatCannotStartEndIt() {
        var machine = RolloutMachine(order(), at: 0)
        let sight = RolloutSight(
            new: fleet(2, weight: 0, ready: 0, failure: "exit code 1"), old: fleet(1, weight: 100))
        #expect(
            machine.tick(at: 3, seeing: sight)
                == .finish(.rolledBack(reason: "its instances cannot start: exit code 1")))
    }

    @Test func aFleetWithTrafficAndNoHealthyInstanceEndsIt() {
        var machine = machine(in: "baking")
        var sight = sight(10)
        sight.new?.ready = 0
        #expect(machine.tick(at: 5, seeing: sight) == .shift([1: 100]))
        #expect(machine.phase == .rollingBack(reason: "none of its 2 instances is healthy", since: 5))
    }

    @Test func theLastShareWaitsForTheWholeFleet() {
        var machine = machine(in: "baking")
        var sight = sight(10, requests: 40)
        sight.new?.ready = 1
        #expect(machine.tick(at: 20, seeing: sight) == .wait)
        sight.new?.ready = 2
        #expect(machine.tick(at: 21, seeing: sight) == .shift([2: 100]))
    }

    @Test func trafficThatWasTakenAwayStartsTheBakeAgain() {
        var machine = machine(in: "baking")
        #expect(machine.tick(at: 30, seeing: sight(0, requests: 40)) == .shift([1: 90, 2: 10]))
        #expect(machine.tick(at: 31, seeing: sight(10, requests: 40)) == .wait)
        #expect(machine.phase == .baking(step: 0, until: 41, requestsBefore: 40))
    }

    @Test func aRollbackWaitsForTheOldFleetUpToItsLimit() {
        var machine = machine(in: "baking")
        var dead = sight(10, alarm: "error-rate is in ALARM")
        dead.old?.ready = 0
        let since = 5.0
        #expect(machine.tick(at: since, seeing: dead) == .wait)
        let limit = since + RolloutMachine.rollbackSecondsMax
        #expect(machine.tick(at: limit - 1, seeing: dead) == .wait)
        #expect(machine.tick(at: limit, seeing: dead) == .shift([1: 100]))
        var moved = sight(0)
        moved.old?.ready = 0
        #expect(machine.tick(at: limit + 1, seeing: moved) == .finish(.rolledBack(reason: "error-rate is in ALARM")))
    }

    @Test func aRollbackBringsTheOldFleetUpFirst() {
        var machine = machine(in: "baking")
        var shrunk = sight(10, alarm: "error-rate is in ALARM")
        shrunk.old?.desired = 1
        shrunk.old?.ready = 1
        #expect(machine.tick(at: 5, seeing: shrunk) == .apply(revision: 1, count: 2))
        shrunk.old?.desired = 2
        #expect(machine.tick(at: 6, seeing: shrunk) == .shift([1: 100]))
        shrunk.old?.weight = 100
        shrunk.new?.weight = 0
        #expect(machine.tick(at: 7, seeing: shrunk) == .wait)
        #expect(machine.movedAt == 7)
        shrunk.old?.ready = 2
        #expect(machine.tick(at: 9, seeing: shrunk) == .finish(.rolledBack(reason: "error-rate is in ALARM")))
        #expect(machine.movedAt == 7)
    }

    @Test func aFirstRevisionThatFailsIsTakenOff() {
        var machine = RolloutMachine(order(old: nil), at: 0)
        #expect(machine.tick(at: 0, seeing: RolloutSight(new: fleet(2, weight: 0), old: nil)) == .shift([2: 100]))
        let bad = RolloutSight(new: fleet(2, weight: 100), old: nil, alarm: "health is in ALARM")
        #expect(machine.tick(at: 1, seeing: bad) == .shift([:]))
        let off = RolloutSight(new: fleet(2, weight: 0), old: nil)
        #expect(machine.tick(at: 2, seeing: off) == .finish(.rolledBack(reason: "health is in ALARM")))
    }

    @Test func anEndedMachineStaysEnded() {
        var machine = machine(in: "terminationWait")
        #expect(machine.tick(at: 17, seeing: sight(100, requests: 30)) == .finish(.promoted))
        let late = sight(100, alarm: "error-rate is in ALARM", abort: "stopped by hand: too late")
        #expect(machine.tick(at: 18, seeing: late) == .finish(.promoted))
        machine.resume(at: 19)
        #expect(machine.tick(at: 500, seeing: late) == .finish(.promoted))
    }

    @Test func resumeWatchesAgainFromTheStart() {
        var baking = machine(in: "baking")
        baking.resume(at: 50)
        #expect(baking.phase == .shifting(step: 0))
        #expect(baking.tick(at: 50, seeing: sight(10, requests: 15)) == .wait)
        #expect(baking.phase == .baking(step: 0, until: 60, requestsBefore: 15))
        var waiting = machine(in: "terminationWait")
        waiting.resume(at: 50)
        #expect(waiting.phase == .shifting(step: 1))
        #expect(waiting.tick(at: 50, seeing: sight(100)) == .wait)
        #expect(waiting.phase == .terminationWait(until: 55))
        for phase in ["provisioning", "shifting"] {
            let before = machine(in: phase)
            var after = before
            after.resume(at: 50)
            #expect(after == before)
        }
        var back = machine(in: "baking")
        _ = back.tick(at: 5, seeing: sight(10, alarm: "bad"))
        back.resume(at: 400)
        #expect(back.phase == .rollingBack(reason: "bad", since: 400))
    }

    /// After a restart the old fleet serves first: nobody waits for a new revision that may never come up.
    @Test(arguments: phases)
    func afterALossOfEverythingTheOldFleetServesFirst(phase: String) {
        var machine = machine(in: phase)
        machine.resume(at: 20)
        #expect(machine.tick(at: 20, seeing: RolloutSight(new: nil, old: nil)) == .apply(revision: 1, count: 2))
        let coming = fleet(1, weight: 0, ready: 0)
        #expect(machine.tick(at: 21, seeing: RolloutSight(new: nil, old: coming)) == .apply(revision: 2, count: 2))
        let share = phase.hasSuffix("all") || phase == "terminationWait" ? 100 : 10
        if share < 100 {
            let early = RolloutSight(new: fleet(2, weight: 0), old: coming)
            #expect(machine.tick(at: 22, seeing: early) == .wait)
        }
        let oldIsUp = RolloutSight(new: fleet(2, weight: 0, ready: 0), old: fleet(1, weight: 0))
        #expect(machine.tick(at: 23, seeing: oldIsUp) == .shift([1: 100]))
        #expect(
            machine.tick(at: 24, seeing: RolloutSight(new: fleet(2, weight: 0, ready: 1), old: fleet(1, weight: 100)))
                == .wait)
        let wanted = share == 100 ? [2: 100] : [1: 90, 2: 10]
        #expect(machine.tick(at: 25, seeing: sight(0)) == .shift(wanted))
    }

    @Test func aDeadOldFleetDoesNotHoldUpItsCure() {
        var machine = RolloutMachine(order(), at: 0)
        let sight = RolloutSight(new: fleet(2, weight: 0), old: fleet(1, weight: 100, ready: 0))
        #expect(machine.tick(at: 0, seeing: sight) == .shift([1: 90, 2: 10]))
    }

    @Test func phasesSayWhatIsGoingOn() {
        #expect(machine(in: "baking").phaseText == "r2 has 10 % of the traffic and is being watched")
        #expect(machine(in: "provisioning").phaseText == "r2 is coming up (2 instances)")
    }
}
