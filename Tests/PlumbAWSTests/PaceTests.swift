// How calls are tried again and slowed down: the machines, turned by hand.

import PlumbTesting
import Testing

@testable import PlumbAWS

struct RetryTests {
    @Test func triesAsOftenAsItMayAndNoMore() {
        var machine = RetryMachine(attemptsMax: 3)
        var budget = RetryBudget()
        #expect(machine.pause(after: .unreachable, luck: 0.5, budget: &budget) == 0.5)
        #expect(machine.pause(after: .transient(afterSeconds: nil), luck: 0.5, budget: &budget) == 1)
        #expect(machine.attempts == 3)
        #expect(machine.pause(after: .unreachable, luck: 0.5, budget: &budget) == nil)
        #expect(budget.tokens == RetryBudget.tokensMax - 10)
    }

    @Test func neverTriesWhatWouldFailAgain() {
        var machine = RetryMachine(attemptsMax: 3)
        var budget = RetryBudget()
        #expect(machine.pause(after: .final, luck: 0, budget: &budget) == nil)
        #expect(budget.tokens == RetryBudget.tokensMax)
    }

    @Test func pausesAreAnywhereBelowALimitThatDoubles() {
        var luck = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var machine = RetryMachine(attemptsMax: 12)
            var budget = RetryBudget()
            var limit = 1.0
            while true {
                let chance = Double(luck.number(0...999)) / 1000
                guard let pause = machine.pause(after: .unreachable, luck: chance, budget: &budget) else { break }
                #expect(pause == chance * min(limit, RetryMachine.pauseSecondsMax))
                limit *= 2
            }
            #expect(machine.attempts == 12)
        }
    }

    @Test func waitsAsLongAsAWSAsksButNotForEver() {
        var machine = RetryMachine(attemptsMax: 3)
        var budget = RetryBudget()
        #expect(machine.pause(after: .throttled(afterSeconds: 3), luck: 0, budget: &budget) == 3)
        #expect(machine.pause(after: .throttled(afterSeconds: 9999), luck: 0, budget: &budget) == 20)
    }

    @Test func mendingCostsNothingAndEnds() {
        var machine = RetryMachine(attemptsMax: 1)
        var budget = RetryBudget()
        for _ in 0..<RetryMachine.mendingsMax {
            #expect(machine.pause(after: .mended, luck: 0.9, budget: &budget) == 0)
        }
        #expect(machine.pause(after: .mended, luck: 0.9, budget: &budget) == nil)
        #expect(budget.tokens == RetryBudget.tokensMax)
    }

    @Test func aServiceThatIsDownIsSoonAskedOnlyOnce() {
        var budget = RetryBudget()
        var attempts = 0
        for _ in 0..<1000 {
            var machine = RetryMachine(attemptsMax: 3)
            while machine.pause(after: .transient(afterSeconds: nil), luck: 0.5, budget: &budget) != nil {}
            attempts += machine.attempts
        }
        #expect(attempts == 1000 + RetryBudget.tokensMax / 5)
        #expect(budget.tokens == 0)
        budget.refund(0)
        #expect(budget.tokens == 1)
    }
}

struct RateTests {
    /// Calls at `perSecond` for `seconds`; answers how many the machine let through a second.
    private func run(
        _ machine: inout RateMachine, from start: Double, seconds: Double, limit: Double
    ) -> (sent: Int, throttled: Int) {
        var (now, sent, throttled) = (start, 0, 0)
        var window: [Double] = []
        while now < start + seconds {
            now += max(machine.take(at: now), 0.001)
            window = window.filter { now - $0 < 1 } + [now]
            sent += 1
            if Double(window.count) > limit {
                machine.throttled(at: now)
                throttled += 1
            }
        }
        return (sent, throttled)
    }

    @Test func isUnlimitedUntilToldOtherwise() {
        var machine = RateMachine()
        for step in 0..<1000 { #expect(machine.take(at: Double(step) / 1000) == 0) }
    }

    @Test func settlesBelowWhatAServiceAllows() {
        var machine = RateMachine()
        _ = run(&machine, from: 0, seconds: 30, limit: 20)
        let (sent, throttled) = run(&machine, from: 30, seconds: 120, limit: 20)
        #expect(throttled < sent / 10)
        // Not far below it either.
        #expect(sent > 120 * 20 / 2)
    }

    @Test func keepsToALimitFromTheStart() {
        var machine = RateMachine(limit: 2)
        var (now, count) = (0.0, 0)
        while now < 100 {
            now += machine.take(at: now)
            count += 1
        }
        #expect((195...205).contains(count))
        machine.throttled(at: now)
        #expect(machine.callsPerSecond == 1.4)
        _ = run(&machine, from: now + 1, seconds: 200, limit: 1000)
        #expect(machine.callsPerSecond == 2)
    }

    @Test func simultaneousThrottlingCountsOnceAndNeverStops() {
        var machine = RateMachine()
        for _ in 0..<100 { _ = machine.take(at: 10) }
        machine.throttled(at: 10)
        let once = machine.callsPerSecond
        for _ in 0..<50 { machine.throttled(at: 10.5) }
        #expect(machine.callsPerSecond == once)
        for second in 20..<100 { machine.throttled(at: Double(second) * 2) }
        #expect(machine.callsPerSecond == RateMachine.slowest)
    }

    @Test func isForgivenAfterAWhile() {
        var machine = RateMachine()
        _ = machine.take(at: 0)
        machine.throttled(at: 0)
        #expect(machine.callsPerSecond != nil)
        _ = machine.take(at: RateMachine.forgivenAfterSeconds + 1)
        #expect(machine.callsPerSecond == nil)
    }
}

struct GateTests {
    @Test func letsNoMoreThroughThanItHasPlaces() async throws {
        let gate = Gate(places: 3)
        let seen = Peak()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await gate.withPlace {
                        seen.enter()
                        await Task.yield()
                        seen.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(seen.peak <= 3)
        #expect(seen.count == 200)
    }

    @Test func whoIsCancelledLeavesTheRow() async throws {
        let gate = Gate(places: 1)
        let passed = Peak()
        try await gate.withPlace {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        await #expect(throws: CancellationError.self) { try await gate.withPlace { passed.enter() } }
                    }
                }
                await Task.yield()
                group.cancelAll()
            }
        }
        #expect(passed.count == 0)
        try await gate.withPlace { passed.enter() }
        #expect(passed.count == 1)
    }
}
