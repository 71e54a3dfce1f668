// When a recovery is practised: by what is on record, not by when the engine was started.

import PlumbEngine
import Testing

struct DrillMachineTests {
    private static let day = 86_400.0

    /// Outside of the macro, which takes no `mutating` call.
    private func tick(_ machine: inout DrillMachine, at now: Double, last: DrillMachine.Drill?) -> Bool {
        machine.tick(at: now, last: last)
    }

    @Test func aDrillIsDueWhenTheLastIsTooOldAndNotBefore() {
        var machine = DrillMachine(everySeconds: 30 * Self.day, startedAt: 0)
        let last = DrillMachine.Drill(at: 0, succeeded: true)
        #expect(!tick(&machine, at: 29 * Self.day, last: last))
        #expect(tick(&machine, at: 30 * Self.day, last: last))
        // It is under way: one at a time.
        #expect(!tick(&machine, at: 30 * Self.day + 60, last: last))
        #expect(!tick(&machine, at: 31 * Self.day, last: .init(at: 30 * Self.day + 100, succeeded: true)))
    }

    @Test func anEngineThatStartsAnewGoesByTheRecord() {
        var machine = DrillMachine(everySeconds: Self.day, startedAt: 1000)
        #expect(!tick(&machine, at: 1100, last: .init(at: 900, succeeded: true)))
        var late = DrillMachine(everySeconds: Self.day, startedAt: 10 * Self.day)
        #expect(!tick(&late, at: 10 * Self.day + 1, last: .init(at: 0, succeeded: true)), "it has just started")
        #expect(tick(&late, at: 10 * Self.day + 60, last: .init(at: 0, succeeded: true)))
    }

    @Test func whereNoneIsOnRecordOneIsDueAndOneThatFailedIsTriedAgainWithinTheHour() {
        var machine = DrillMachine(everySeconds: 30 * Self.day, startedAt: 0)
        #expect(tick(&machine, at: 100, last: nil))
        #expect(!tick(&machine, at: 200, last: .init(at: 150, succeeded: false)))
        #expect(tick(&machine, at: 3800, last: .init(at: 150, succeeded: false)))
    }
}
