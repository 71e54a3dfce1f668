// The scaling machine on tables: exact times and reasons.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

struct ScalingMachineTests {
    private func spec(floor: Int = 1, period: Double = 10, _ change: (inout Spec) -> Void = { _ in }) -> Spec {
        var spec = ScalingSimulation.spec(floor: floor)
        spec.scaling.periodSeconds = period
        change(&spec)
        return spec
    }

    /// A machine that is fed a use in percent of one-core instances, a period at a time.
    private struct Fed {
        var machine: ScalingMachine
        private var used = 1000.0

        init(_ spec: Spec, count: Int) { machine = ScalingMachine(ScalingPlan(spec), count: count, at: 0) }

        mutating func feed(
            _ percent: Double, from start: Int, periods: Int, ready: Int? = nil
        ) -> [ScalingActivity] {
            var told: [ScalingActivity] = []
            for period in start..<start + periods {
                used += percent / 100 * machine.plan.periodSeconds
                let load = (0..<machine.count).map { InstanceLoad(id: "\($0)", cpuSeconds: used, cores: 1) }
                let sight = ScalingSight(ready: ready ?? machine.count, load: load)
                let now = Double(period) * machine.plan.periodSeconds
                if case .change(let activity) = machine.tick(at: now, seeing: sight) { told.append(activity) }
            }
            return told
        }
    }

    @Test func threeHotPeriodsAddAtOnceAndSayWhy() throws {
        var machine = Fed(spec(), count: 1)
        let told = machine.feed(95, from: 0, periods: 4)
        #expect(told.map(\.to) == [2] && told.map(\.at) == [30])
        #expect(
            told.first?.reason
                == "95 % of the cores were used over 3 periods of 10 s, each above 80 %: 2 instances bring it to 47.5 %"
        )
        #expect(machine.machine.text.hasPrefix("2 instances of 1 to 4, 95 % of the cores used (set point 70 %"))
    }

    @Test func aboveTheSetPointItAddsAfterAMinuteAndNotBelow() {
        var machine = Fed(spec(), count: 1)
        #expect(machine.feed(75, from: 0, periods: 7).map(\.at) == [60])
        var calm = Fed(spec(), count: 1)
        #expect(calm.feed(70, from: 0, periods: 200).isEmpty)
    }

    @Test func itNeverGoesBeyondTheCeilingAndSaysWhatWouldBeNeeded() {
        var machine = Fed(spec(), count: 3)
        let told = machine.feed(100, from: 0, periods: 20)
        #expect(told.map(\.to) == [4])
        #expect(told.first?.reason.hasSuffix("more than the ceiling of 4 would be needed") == true)
    }

    @Test func oneGoesAfterTenQuietMinutesAndNoneBelowTheFloor() {
        var machine = Fed(spec(floor: 2), count: 3)
        let told = machine.feed(20, from: 0, periods: 400)
        // Six periods for the first average, then sixty quiet ones.
        #expect(told.map(\.to) == [2] && told.map(\.at) == [650])
        #expect(told.first?.reason.contains("one fewer brings it to 30 %, under the set point of 70 %") == true)
    }

    @Test func theBoundIsTheSmallerOfFiftyAndWhatCannotFlap() {
        let plan = ScalingPlan(spec { $0.scaling.scaleInBelowPercent = 60 })
        #expect(plan.inBound(count: 1) == 0)
        #expect(abs(plan.inBound(count: 2) - 33.25) < 0.001)
        #expect(abs(plan.inBound(count: 3) - 44.333) < 0.001)
        #expect(plan.inBound(count: 4) == 0.95 * 70 * 3 / 4 || plan.inBound(count: 4) == 50)
    }

    @Test func theCooldownHoldsBackARemovalAndAnAdditionByTheSetPoint() {
        // With periods of a second a minute is quiet enough; the cooldown is what keeps it.
        var machine = Fed(spec(period: 1), count: 1)
        #expect(machine.feed(95, from: 0, periods: 4).map(\.to) == [2])
        #expect(machine.feed(10, from: 4, periods: 298).isEmpty)
        #expect(machine.feed(10, from: 302, periods: 3).map(\.to) == [1])
        #expect(machine.feed(75, from: 305, periods: 290).isEmpty)
        #expect(machine.feed(75, from: 595, periods: 20).map(\.to) == [2])
    }

    @Test func aRashRemovalIsMetWithPatience() {
        var machine = Fed(spec(period: 1), count: 2)
        #expect(machine.feed(10, from: 0, periods: 70).map(\.to) == [1])
        #expect(machine.feed(95, from: 70, periods: 4).map(\.to) == [2])
        // Twice as long as before, counted from the first average.
        let told = machine.feed(10, from: 74, periods: 500)
        #expect(told.map(\.to) == [1])
        #expect(told.first?.reason.hasPrefix("for 120 s") == true)
    }

    @Test func nothingIsAddedWhileWhatWasAskedForIsComingUp() {
        var machine = Fed(spec(), count: 2)
        #expect(machine.feed(100, from: 0, periods: 50, ready: 1).isEmpty)
        #expect(machine.feed(100, from: 50, periods: 5).map(\.to) == [3])
    }

    @Test func whatIsNotMeasuredChangesNothing() {
        var machine = ScalingMachine(ScalingPlan(spec()), count: 2, at: 0)
        for second in 0..<5000 {
            #expect(machine.tick(at: Double(second), seeing: ScalingSight(ready: 2, load: nil)) == .wait)
        }
        #expect(machine.utilizationPercent == nil)
        #expect(machine.text.contains("load not measured yet"))
    }

    @Test func theBoundsHoldForAHandToo() throws {
        var machine = ScalingMachine(ScalingPlan(spec(floor: 2)), count: 2, at: 0)
        #expect(try machine.setCount(4, at: 5, reason: "a campaign").kind == .manual)
        for wanted in [0, 1, 5] {
            let error = #expect(throws: PlumbError.self) {
                try machine.setCount(wanted, at: 6, reason: "x")
            }
            #expect(error?.message == "\(wanted) instances are outside the bounds of 2 to 4")
        }
        #expect(machine.count == 4)
    }

    @Test func aScheduleMovesTheBoundsAndTheCountWithThem() {
        let plan = ScalingPlan(
            spec {
                $0.scaling.scheduled = [
                    .init(name: "morning", expression: "cron(0 7 * * ? *)", timezone: nil, minimum: 3, maximum: 4),
                    .init(name: "night", expression: "cron(0 22 * * ? *)", timezone: nil, minimum: 1, maximum: 2),
                ]
            })
        let midnight = 1_800_057_600.0
        var machine = ScalingMachine(plan, count: 1, at: midnight)
        let blind = ScalingSight(ready: 1, load: nil)
        #expect(machine.tick(at: midnight + 6 * 3600, seeing: blind) == .wait)
        guard case .change(let up) = machine.tick(at: midnight + 7 * 3600 + 1, seeing: blind) else {
            Issue.record("the morning did not come")
            return
        }
        #expect(up.kind == .scheduled && up.to == 3)
        #expect(up.reason == "scheduled action 'morning': 3 to 4 instances, before 1 to 4")
        // The engine was away from noon to the next noon: night and morning fell due, in their order.
        #expect(machine.tick(at: midnight + 36 * 3600, seeing: blind) == .wait)
        #expect((machine.floor, machine.ceiling, machine.count) == (3, 4, 3))
        guard case .change(let down) = machine.tick(at: midnight + 46 * 3600, seeing: blind) else {
            Issue.record("the night did not come")
            return
        }
        #expect(down.to == 2)
    }

    @Test func anotherRevisionsPlanHoldsAndTheCountIsKept() {
        var machine = ScalingMachine(ScalingPlan(spec()), count: 3, at: 0)
        machine.adopt(ScalingPlan(spec()), count: 3, at: 10)
        #expect(machine.count == 3)
        machine.adopt(ScalingPlan(spec { $0.instances.maximum = 2 }), count: 3, at: 20)
        #expect((machine.count, machine.ceiling) == (2, 2))
    }

    @Test func aProcessThatWasStartedAgainCountsFromZero() {
        var meter = UtilizationMeter()
        func look(_ id: String, _ used: Double, _ now: Double) -> Double? {
            meter.look([InstanceLoad(id: id, cpuSeconds: used, cores: 2)], at: now, periodSeconds: 10)
        }
        #expect(look("a", 50, 0) == nil)
        #expect(look("a", 60, 10) == 50)
        #expect(look("b", 1, 20) == nil)
        #expect(look("b", 3, 30) == 10)
        // Nobody looked for a while, or the clock was set back: nothing to compare with.
        #expect(look("b", 4, 300) == nil)
        #expect(look("b", 5, 290) == nil)
        #expect(meter.isDue(at: 200, periodSeconds: 10))
    }
}
