import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

struct EndpointRecordTests {
    private var kept = 2
    private var warmMinutes = 1

    private func spec() -> Spec { .sample(rollout: .sample(kept: kept, warmMinutes: warmMinutes)) }

    /// Lets a record live through a rollout to `number`.
    private func roll(
        _ record: inout EndpointRecord, to number: Int, isRollback: Bool = false, fails: Bool = false, at now: Double
    ) {
        if record.revision(number) == nil { record.revisions.append(.sample(number, spec())) }
        let order = RolloutOrder(
            new: number, old: record.active, newCount: 1, oldCount: record.active == nil ? 0 : 1,
            plan: .sample(.allAtOnce, termination: 0), isRollback: isRollback)
        var machine = RolloutMachine(order, at: now)
        var weights: [Int: Int] = record.active.map { [$0: 100] } ?? [:]
        for tick in 0..<10 {
            func fleet(_ number: Int?) -> FleetObservation? {
                number.map {
                    FleetObservation(revision: $0, desired: 1, ready: 1, readyZones: 1, weight: weights[$0] ?? 0)
                }
            }
            let sight = RolloutSight(
                new: fleet(order.new), old: fleet(order.old), newRequests: tick * 50, analysis: .pass("seen"),
                abort: fails ? "stopped by hand: no" : nil)
            switch machine.tick(at: now + Double(tick), seeing: sight) {
            case .shift(let wanted): weights = wanted
            case .finish: return record.end(machine, at: now + Double(tick), faultAt: nil)
            case .wait, .apply, .mirror: break
            }
        }
        Issue.record("the rollout to r\(number) did not end")
    }

    private func fresh() -> EndpointRecord { EndpointRecord(name: "digits", environment: .staging) }

    @Test func promotionPassesTheTitleOnAndKeepsTheOldFleetWarm() {
        var record = fresh()
        #expect(record.nextNumber == 1)
        roll(&record, to: 1, at: 0)
        #expect(record.active == 1)
        #expect(record.previous == nil)
        #expect(record.warm == nil)
        roll(&record, to: 2, at: 100)
        #expect(record.active == 2)
        #expect(record.previous == 1)
        #expect(record.warm == 1)
        #expect(record.warmUntil == (record.history.last?.endedAt ?? 0) + 60)
        #expect(record.rollout == nil)
        #expect(record.history.map(\.outcome) == [.promoted, .promoted])
    }

    @Test func aFailedRolloutChangesNothingButTheHistory() {
        var record = fresh()
        roll(&record, to: 1, at: 0)
        roll(&record, to: 2, at: 10)
        let before = record
        roll(&record, to: 3, fails: true, at: 20)
        #expect(record.active == before.active)
        #expect(record.previous == before.previous)
        #expect(record.history.last?.outcome == .rolledBack(reason: "stopped by hand: no"))
        #expect(record.history.last?.detectedAt != nil)
        #expect(record.nextNumber == 4)
    }

    @Test func goodRevisionsAreNotForgottenForBadOnes() {
        var record = fresh()
        for number in 1...3 { roll(&record, to: number, at: Double(number) * 100) }
        for number in 4...9 { roll(&record, to: number, fails: true, at: Double(number) * 100) }
        #expect(record.active == 3)
        let kept = record.revisions.map(\.number)
        #expect(Set([1, 2, 3]).isSubset(of: kept), "kept are \(kept)")
        // The one that has just failed stays until its fleet is gone; the others are forgotten.
        #expect(record.revisions.count <= 4, "kept are \(kept)")
    }

    @Test mutating func asManyAsThePlanSaysAreKept() {
        for keep in 0...4 {
            kept = keep
            var record = fresh()
            for number in 1...8 { roll(&record, to: number, at: Double(number) * 100) }
            let numbers = record.revisions.map(\.number)
            #expect(numbers.count >= 2 + keep && numbers.count <= 3 + keep, "\(keep): \(numbers)")
            #expect(numbers == numbers.sorted())
            #expect(numbers.suffix(2) == [7, 8])
        }
    }

    @Test mutating func aWarmFleetsRevisionIsNotForgottenWithIt() {
        kept = 0
        var record = fresh()
        for number in 1...3 { roll(&record, to: number, at: Double(number)) }
        // r1 was warm until r3 took r2's place: its fleet is still there and must be stopped by its revision.
        #expect(record.revision(1) != nil)
        roll(&record, to: 4, at: 4)
        #expect(record.revision(1) == nil)
    }

    @Test mutating func aNumberIsNeverUsedTwice() {
        kept = 0
        var record = fresh()
        roll(&record, to: 1, at: 0)
        roll(&record, to: 2, at: 10)
        roll(&record, to: record.nextNumber, fails: true, at: 20)
        // Going to and fro until the history has forgotten r3.
        for turn in 0..<30 { roll(&record, to: turn % 2 + 1, isRollback: true, at: 30 + Double(turn)) }
        #expect(record.revision(3) == nil)
        #expect(!record.history.contains { $0.new == 3 })
        #expect(record.history.count == EndpointRecord.historyMax)
        #expect(record.nextNumber == 4)
    }

    @Test func aMachineThatHasNotEndedEndsNothing() {
        var record = fresh()
        let order = RolloutOrder(new: 1, old: nil, newCount: 1, oldCount: 0, plan: .sample())
        record.rollout = RolloutMachine(order, at: 0)
        let before = record
        record.end(RolloutMachine(order, at: 0), at: 5, faultAt: nil)
        #expect(record == before)
    }
}
