// When a watch looks.

import PlumbTesting
import Testing

@testable import PlumbReport

@Suite struct LookMachineTests {
    private func machine() -> LookMachine { LookMachine(.init(intervalSeconds: 300), at: 0) }

    @Test func looksAtOnceThenByTheInterval() {
        var machine = machine()
        #expect(machine.tick(at: 0) == .look)
        #expect(machine.tick(at: 1) != .look)
        machine.ended(at: 20, succeeded: true, luck: 0.5)
        #expect(machine.tick(at: 20) == .wait(until: 320))
        #expect(machine.tick(at: 319.9) != .look)
        #expect(machine.tick(at: 320) == .look)
    }

    @Test func luckMovesTheIntervalByATenthAtMost() {
        for luck in [0, 0.25, 0.999] {
            var machine = machine()
            _ = machine.tick(at: 0)
            machine.ended(at: 0, succeeded: true, luck: luck)
            guard case .wait(let until) = machine.tick(at: 0) else {
                Issue.record("it looks")
                continue
            }
            #expect((270...330).contains(until))
        }
    }

    @Test func manyEventsAreOneLook() {
        var machine = machine()
        _ = machine.tick(at: 0)
        machine.ended(at: 1, succeeded: true, luck: 0.5)
        var looks = 0
        for tenth in 0..<600 {
            let now = 100 + Double(tenth) / 10
            if tenth < 100 { machine.happened(at: now) }
            if machine.tick(at: now) == .look {
                looks += 1
                machine.ended(at: now, succeeded: true, luck: 0.5)
            }
        }
        #expect(looks == 1)
    }

    @Test func eventsThatNeverEndAreLookedAfterAllTheSame() {
        var machine = machine()
        _ = machine.tick(at: 0)
        machine.ended(at: 0, succeeded: true, luck: 0.5)
        var at: [Double] = []
        for second in 100..<200 {
            machine.happened(at: Double(second))
            if machine.tick(at: Double(second)) == .look {
                at.append(Double(second))
                machine.ended(at: Double(second), succeeded: true, luck: 0.5)
            }
        }
        #expect(at == [130, 161, 192])
    }

    @Test func anEventDuringALookAsksForAnotherOne() {
        var machine = machine()
        #expect(machine.tick(at: 0) == .look)
        machine.happened(at: 1)
        machine.ended(at: 2, succeeded: true, luck: 0.5)
        #expect(machine.tick(at: 11) != .look)
        #expect(machine.tick(at: 12) == .look)
    }

    @Test func failedLooksAreRepeatedLaterAndLater() {
        var machine = machine()
        var now = 0.0
        var pauses: [Double] = []
        for _ in 0..<12 {
            #expect(machine.tick(at: now) == .look)
            machine.ended(at: now, succeeded: false, luck: 0.5)
            machine.happened(at: now)
            guard case .wait(let until) = machine.tick(at: now) else { break }
            pauses.append(until - now)
            now = until
        }
        #expect(pauses.prefix(4) == [20, 40, 80, 160])
        #expect(pauses.last == 3_600)
        _ = machine.tick(at: now)
        machine.ended(at: now, succeeded: true, luck: 0.5)
        #expect(machine.failures == 0 && machine.tick(at: now) == .wait(until: now + 300))
    }

    @Test(arguments: 0..<200)
    func neverLooksTwiceAtOnceNorTooOften(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var machine = machine()
        var lookingSince: Double?
        var endedAt: Double?
        var askedAt: Double?
        for second in 0..<5_000 {
            let now = Double(second)
            if random.happens(0.02) {
                machine.happened(at: now)
                askedAt = askedAt ?? now
            }
            if machine.tick(at: now) == .look {
                #expect(lookingSince == nil)
                if let endedAt { #expect(now - endedAt >= 9) }
                (lookingSince, askedAt) = (now, nil)
            }
            if let since = lookingSince, random.happens(0.1) {
                machine.ended(at: now, succeeded: random.happens(0.8), luck: 0.5)
                (lookingSince, endedAt) = (nil, now)
                _ = since
            }
            // While looks succeed, nobody waits longer than the quiet time, a look and the gap.
            if let askedAt, lookingSince == nil, machine.failures == 0 { #expect(now - askedAt <= 200) }
        }
    }
}
