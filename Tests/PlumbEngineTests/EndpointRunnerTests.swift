import PlumbModel
import PlumbTesting
import Synchronization
import Testing

@testable import PlumbEngine

/// One endpoint over an engine and a ledger in memory, on time turned by hand.
struct EndpointRunnerTests {
    private let clock = HandClock()
    private let ledger = MemoryLedger()
    private let engine: MemoryEngine

    init() {
        engine = MemoryEngine(clock: clock)
    }

    private func makeRunner(_ record: EndpointRecord? = nil) -> EndpointRunner {
        .make(record, engine: engine, ledger: ledger, clock: clock)
    }

    /// Half a second at a time: requests come in, the prober looks, the runner ticks.
    private func live(
        _ runner: EndpointRunner, for seconds: Double, requestsPerSecond: Int = 40,
        until isDone: (EndpointRecord) -> Bool
    ) async throws {
        for _ in 0..<Int(seconds * 2) {
            clock.advance(by: 0.5)
            for _ in 0..<requestsPerSecond / 2 { engine.send() }
            engine.probe()
            try await runner.tick()
            if isDone(await runner.record) { return }
        }
    }

    private func live(_ runner: EndpointRunner, for seconds: Double, requestsPerSecond: Int = 40) async throws {
        try await live(runner, for: seconds, requestsPerSecond: requestsPerSecond) { _ in false }
    }

    private func deploy(
        _ number: Int, _ spec: Spec = .sample(), on runner: EndpointRunner, lasting seconds: Double = 300
    ) async throws {
        _ = try await runner.deploy(.sample(number, spec), by: "ann", details: ["modelDigest": "\(number)"])
        try await live(runner, for: seconds) { $0.rollout == nil }
        try #require(await runner.record.rollout == nil)
    }

    private var actions: [String] { ledger.audit.map(\.action) }

    @Test func aFirstRevisionComesUpAndServes() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        #expect(await runner.record.active == 1)
        #expect(engine.send() == 200)
        #expect(engine.calls == ["apply r1 x2", "shift r1=100"])
        #expect(actions == ["deploy", "rollout.promoted"])
        #expect(ledger.audit.first?.actor == "ann")
        #expect(ledger.audit.first?.details == ["revision": "1", "modelDigest": "1"])
    }

    @Test func aGoodRevisionTakesOverAndTheOldFleetStaysWarmForItsTime() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        try await deploy(2, on: runner)
        #expect(await runner.record.active == 2)
        #expect(await runner.record.warm == 1)
        #expect(
            engine.calls.suffix(4)
                == ["apply r1 x2", "shift r1=100", "apply r2 x2", "shift r1=90 r2=10", "shift r2=100"].suffix(4))
        try await live(runner, for: 50)
        #expect(!engine.calls.contains("apply r1 x0"))
        try await live(runner, for: 15)
        #expect(engine.calls.last == "apply r1 x0")
        #expect(await runner.record.warm == nil)
        #expect(actions == ["deploy", "rollout.promoted", "deploy", "rollout.promoted"])
    }

    @Test func aRevisionThatAnswersWronglyIsRolledBackAndSaysWhy() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        engine.setConduct(Conduct(failsEvery: 3), of: 2)
        var spec = Spec.sample()
        // A tenth of forty requests a second is four; three are enough to judge by.
        spec.alarms.requestsMinimum = 3
        try await deploy(2, spec, on: runner)
        let record = await runner.record
        #expect(record.active == 1)
        let ended = try #require(record.history.last)
        guard case .rolledBack(let reason) = ended.outcome else {
            Issue.record("it ended \(ended.outcome)")
            return
        }
        #expect(reason.hasPrefix("digits-r2-error-rate is in ALARM: "))
        let (fault, detected) = (try #require(ended.faultAt), try #require(ended.detectedAt))
        let (moved, full) = (try #require(ended.movedAt), try #require(ended.fullAt))
        #expect(fault <= detected && detected <= moved && moved <= full)
        #expect(detected - fault <= RolloutArithmetic(spec, replacesRevision: true).detectionSeconds + 0.5)
        #expect(moved - detected <= 1)
        #expect(
            actions == [
                "deploy", "rollout.promoted", "deploy", "alarm.ALARM", "rollout.rollingBack", "rollout.rolledBack",
            ])
        let told = try #require(ledger.audit.last?.details)
        #expect(told["revision"] == "2" && told["reason"] == reason)
        #expect(Set(told.keys) == ["revision", "reason", "faultAt", "detectedAt", "movedAt", "fullAt"])
        #expect(engine.calls.suffix(2) == ["shift r1=100", "apply r2 x0"])
        #expect(engine.send() == 200)
    }

    @Test func aSlowRevisionIsRolledBack() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        engine.setConduct(Conduct(latencyMilliseconds: 900), of: 2)
        var spec = Spec.sample()
        spec.alarms.requestsMinimum = 3
        try await deploy(2, spec, on: runner)
        guard case .rolledBack(let reason)? = await runner.record.history.last?.outcome else {
            Issue.record("a slow revision was promoted")
            return
        }
        #expect(reason.hasPrefix("digits-r2-latency-p99 is in ALARM: "))
    }

    @Test(arguments: [0.3, 1.0, 2.7, 9.0, 25.0])
    func theTimeARevisionTakesToComeUpIsNotHeldAgainstIt(startSeconds: Double) async throws {
        let runner = makeRunner()
        engine.setConduct(Conduct(startSeconds: startSeconds), of: 1)
        engine.setConduct(Conduct(startSeconds: startSeconds), of: 2)
        try await deploy(1, on: runner)
        try await deploy(2, on: runner)
        #expect(await runner.record.history.map(\.outcome) == [.promoted, .promoted])
        #expect(!actions.contains("alarm.ALARM"))
    }

    @Test func aRevisionWithoutTrafficIsNotPromoted() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        _ = try await runner.deploy(.sample(2), by: "ann", details: [:])
        try await live(runner, for: 200, requestsPerSecond: 0) { $0.rollout == nil }
        #expect(
            await runner.record.history.last?.outcome
                == .rolledBack(reason: "not enough evidence within 120 s: 0 of 20 requests were seen in the bake"))
    }

    @Test func aRevisionThatCanNeverStartIsNobodysHand() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        engine.setConduct(Conduct(refusal: "the artefact is gone"), of: 2)
        try await deploy(2, on: runner, lasting: 5)
        #expect(
            await runner.record.history.last?.outcome
                == .rolledBack(reason: "r2 cannot be started: the artefact is gone"))
    }

    @Test func whileOneIsRolledOutAnotherIsRefused() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        _ = try await runner.deploy(.sample(2), by: "ann", details: [:])
        try await live(runner, for: 3)
        let error = await #expect(throws: PlumbError.self) {
            try await runner.deploy(.sample(3), by: "bob", details: [:])
        }
        #expect(error?.kind == .conflict)
        #expect(error?.hint?.contains("plumb rollback digits") == true)
        #expect(await runner.record.revision(3) == nil)
    }

    @Test func aNumberThatWasTakenMeanwhileIsRefused() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        let error = await #expect(throws: PlumbError.self) {
            try await runner.deploy(.sample(1), by: "bob", details: [:])
        }
        #expect(error?.kind == .conflict)
        #expect(await runner.record.revisions.count == 1)
    }

    @Test func aHandStopsARolloutAndIsNamed() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        _ = try await runner.deploy(.sample(2), by: "ann", details: [:])
        try await live(runner, for: 6)
        let order = try await runner.rollBack(to: nil, reason: "wrong data", by: "bob")
        #expect(order.new == 2)
        try await live(runner, for: 10) { $0.rollout == nil }
        #expect(await runner.record.history.last?.outcome == .rolledBack(reason: "stopped by hand: wrong data"))
        #expect(actions.suffix(3) == ["rollback", "rollout.rollingBack", "rollout.rolledBack"])
        #expect(ledger.audit.suffix(3).map(\.actor) == ["bob", "bob", "plumb"])
        // The next rollout is not stopped by the last one's hand.
        try await deploy(3, on: runner)
        #expect(await runner.record.active == 3)
    }

    @Test func weeksLaterTheWayBackIsShort() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        try await deploy(2, on: runner)
        clock.advance(by: 14 * 86_400)
        try await live(runner, for: 10)
        let order = try await runner.rollBack(to: nil, reason: "complaints", by: "bob")
        #expect(order.isRollback && order.new == 1 && order.old == 2)
        let began = clock.now
        try await live(runner, for: 30) { $0.rollout == nil }
        #expect(clock.now - began < 5)
        #expect(await runner.record.active == 1)
        let unknown = await #expect(throws: PlumbError.self) {
            try await runner.rollBack(to: 7, reason: "x", by: "bob")
        }
        #expect(unknown?.kind == .notFound)
        #expect(unknown?.hint == "kept are r1, r2")
    }

    /// Stopped for a while (a laptop asleep, paused), or the clock set: neither a fault nor a proof of health.
    @Test(arguments: [20.0, 3600, -3600])
    func timeInWhichNobodyLookedProvesNothing(gap: Double) async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        try await deploy(2, on: runner)
        clock.advance(by: gap)
        try await live(runner, for: 20)
        #expect(await runner.record.active == 2)
        #expect(!actions.contains("alarm.ALARM"))
        _ = try await runner.deploy(.sample(3, .sample(rollout: .sample(timeout: 7200))), by: "ann", details: [:])
        try await live(runner, for: 6)
        clock.advance(by: abs(gap))
        try await live(runner, for: 5)
        // The bake was half over; it begins again.
        #expect(await runner.record.active == 2)
        try await live(runner, for: 30) { $0.rollout == nil }
        #expect(await runner.record.active == 3)
    }

    @Test func aLateAlarmReturnsToThePreviousRevisionExactlyOnce() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        try await deploy(2, on: runner)
        try await live(runner, for: 100)
        engine.setConduct(Conduct(failsEvery: 2), of: 2)
        try await live(runner, for: 30)
        #expect(await runner.record.active == 1)
        #expect(await runner.record.history.last?.isRollback == true)
        // The revision before is no better: back and forth would only swap one fault for another.
        engine.setConduct(Conduct(failsEvery: 2), of: 1)
        try await live(runner, for: 60)
        #expect(await runner.record.active == 1)
        #expect(ledger.audit.filter { $0.action == "rollback" }.map(\.actor) == ["plumb"])
        let reason = try #require(ledger.audit.last { $0.action == "rollback" }?.details["reason"])
        #expect(reason.hasPrefix("late alarm: digits-r2-error-rate is in ALARM"))
    }

    @Test func aLateAlarmIsAnsweredEvenIfTheLedgerFailsAtFirst() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        try await deploy(2, on: runner)
        try await live(runner, for: 100)
        engine.setConduct(Conduct(failsEvery: 2), of: 2)
        // The next write is the alarm's own entry, the one after it begins the rollback.
        ledger.plan(.refused, forWrite: ledger.writes + 2)
        for _ in 0..<60 {
            do { try await live(runner, for: 0.5) } catch is PlumbError { continue }
        }
        #expect(await runner.record.active == 1)
    }

    @Test func aPlanMayAskForNoLateRollback() async throws {
        let runner = makeRunner()
        let spec = Spec.sample(rollout: .sample(late: false))
        try await deploy(1, spec, on: runner)
        try await deploy(2, spec, on: runner)
        engine.setConduct(Conduct(failsEvery: 2), of: 2)
        try await live(runner, for: 60)
        #expect(await runner.record.active == 2)
        #expect(actions.contains("alarm.ALARM"))
    }

    @Test func whatIsNotDurableIsNotBegun() async throws {
        let runner = makeRunner()
        ledger.plan(.refused, forWrite: 1)
        await #expect(throws: PlumbError.self) { try await runner.deploy(.sample(1), by: "ann", details: [:]) }
        #expect(await runner.record.rollout == nil)
        #expect(await runner.record.revisions.isEmpty)
        try await runner.tick()
        #expect(engine.calls.isEmpty)
        try await deploy(1, on: runner)
        #expect(await runner.record.active == 1)
    }

    @Test func theWayForwardWaitsForTheLedger() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        _ = try await runner.deploy(.sample(2), by: "ann", details: [:])
        ledger.plan(.refused, forWrite: ledger.writes + 1)
        for _ in 0..<40 {
            let before = engine.calls
            do {
                try await runner.tick()
            } catch {
                #expect(engine.calls == before)
                return
            }
            clock.advance(by: 0.2)
        }
        Issue.record("no write was refused")
    }

    @Test func theWayBackIsTakenThoughItCannotBeWrittenDownAndItsEntryIsNotLost() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        _ = try await runner.deploy(.sample(2), by: "ann", details: [:])
        try await live(runner, for: 6)
        _ = try await runner.rollBack(to: nil, reason: "no", by: "bob")
        ledger.plan(.refused, forWrite: ledger.writes + 1)
        ledger.plan(.refused, forWrite: ledger.writes + 2)
        let before = engine.calls
        try await runner.tick()
        #expect(engine.calls == before + ["shift r1=100"])
        await #expect(throws: PlumbError.self) { try await runner.tick() }
        try await live(runner, for: 5) { $0.rollout == nil }
        #expect(actions.suffix(3) == ["rollback", "rollout.rollingBack", "rollout.rolledBack"])
    }

    @Test func anEngineThatFailsACallIsAskedAgain() async throws {
        let runner = makeRunner()
        engine.failNextCall(with: PlumbError(.timedOut, "no answer"))
        _ = try await runner.deploy(.sample(1), by: "ann", details: [:])
        await #expect(throws: PlumbError.self) { try await runner.tick() }
        try await live(runner, for: 10) { $0.rollout == nil }
        #expect(await runner.record.active == 1)
    }

    @Test func removalTakesItOffAndStopsEverything() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        try await runner.remove(by: "ann")
        #expect(try await ledger.load().isEmpty)
        #expect(engine.send() == 503)
        #expect(actions.last == "remove")
        let calls = engine.calls
        try await live(runner, for: 5)
        #expect(engine.calls == calls)
        #expect(try await ledger.load().isEmpty)
    }

    @Test func aRemovalThatIsNotDurableHasNotHappened() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        ledger.plan(.refused, forWrite: ledger.writes + 1)
        await #expect(throws: PlumbError.self) { try await runner.remove(by: "ann") }
        #expect(engine.send() == 200)
        engine.crash(1)
        engine.loseEverything()
        try await live(runner, for: 5)
        #expect(engine.send() == 200)
    }

    /// What was tried while a write was on its way, and how it went.
    private func tryDuringNextWrite(_ attempt: @escaping @Sendable () async throws -> Void) -> Outcome {
        let outcome = Outcome()
        ledger.duringNextWrite {
            do {
                try await attempt()
                outcome.note("done")
            } catch let error as PlumbError {
                outcome.note(error.kind.rawValue)
            } catch {
                outcome.note("\(error)")
            }
        }
        return outcome
    }

    private final class Outcome: Sendable {
        private let word = Mutex("not tried")
        var text: String { word.withLock { $0 } }
        func note(_ text: String) { word.withLock { $0 = text } }
    }

    @Test func nothingIsBegunWhileADeploymentIsBeingWrittenDown() async throws {
        let runner = makeRunner()
        let engine = engine
        let looked = tryDuringNextWrite {
            try await runner.tick()
            #expect(engine.calls.isEmpty)
        }
        _ = try await runner.deploy(.sample(1), by: "ann", details: [:])
        #expect(looked.text == "done")
        try await live(runner, for: 10) { $0.rollout == nil }
        let another = tryDuringNextWrite { _ = try await runner.deploy(.sample(3), by: "bob", details: [:]) }
        _ = try await runner.deploy(.sample(2), by: "ann", details: [:])
        #expect(another.text == "conflict")
        #expect(await runner.record.revisions.map(\.number) == [1, 2])
        #expect(await runner.record.rollout?.order.new == 2)
    }

    @Test func nothingIsBegunWhileARemovalIsBeingWrittenDown() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        engine.loseEverything()
        let engine = engine
        let before = engine.calls
        let looked = tryDuringNextWrite {
            try await runner.tick()
            #expect(engine.calls == before)
        }
        try await runner.remove(by: "ann")
        #expect(looked.text == "done")
        #expect(try await ledger.load().isEmpty)
    }

    @Test func whoComesTooLateToStopIsToldSo() async throws {
        let runner = makeRunner()
        try await deploy(1, on: runner)
        _ = try await runner.deploy(.sample(2), by: "ann", details: [:])
        try await live(runner, for: 100) {
            if case .terminationWait = $0.rollout?.phase { true } else { false }
        }
        let late = tryDuringNextWrite { _ = try await runner.rollBack(to: nil, reason: "wait", by: "bob") }
        try await live(runner, for: 30) { $0.rollout == nil }
        #expect(late.text == "conflict")
        #expect(await runner.record.active == 2)
        #expect(!actions.contains("rollback"))
    }

    /// What a daemon that was killed finds: its fleets, or nothing.
    @Test(arguments: [false, true])
    func aRestartIsNoReasonToGoBack(losesFleets: Bool) async throws {
        let first = makeRunner()
        for number in 1...2 { engine.setConduct(Conduct(startSeconds: 8), of: number) }
        try await deploy(1, on: first)
        try await deploy(2, on: first)
        if losesFleets { engine.loseEverything() }
        clock.advance(by: 30)
        let second = makeRunner(try await ledger.load().first)
        try await live(second, for: 60)
        #expect(await second.record.active == 2)
        #expect(!actions.contains("rollback"))
        #expect(engine.send() == 200)
    }

    /// Killed before or after each write there is, with its fleets or without them: it always comes to an end, and the
    /// audit record never tells of a thing that the record does not know, nor forgets one.
    @Test(arguments: [MemoryLedger.Fate.killedBefore, .killedAfter], [false, true])
    func killedAtEveryWriteItStillComesToAnEnd(fate: MemoryLedger.Fate, losesFleets: Bool) async throws {
        for isBad in [false, true] {
            var spec = Spec.sample()
            spec.alarms.requestsMinimum = 3
            for write in 1...40 {
                let life = EndpointRunnerTests()
                if isBad { life.engine.setConduct(Conduct(failsEvery: 3), of: 2) }
                life.ledger.plan(fate, forWrite: write)
                let wasKilled = try await life.liveThroughAKill(spec, losesFleets: losesFleets)
                let record = try #require(try await life.ledger.load().first)
                #expect(record.rollout == nil, "write \(write)")
                #expect(record.active == (isBad ? 1 : 2), "write \(write): \(record.history)")
                let ended = life.actions.filter { $0 == "rollout.promoted" || $0 == "rollout.rolledBack" }
                #expect(ended.count == record.history.count, "write \(write): \(life.actions)")
                #expect(Set(record.revisions.map(\.number)).count == record.revisions.count)
                #expect(life.engine.send() == 200)
                if !wasKilled {
                    #expect(write > 5)
                    break
                }
            }
        }
    }

    /// Deploys r1 and r2 as a person would who tries again after a crash; whether the process was killed on the way.
    private func liveThroughAKill(_ spec: Spec, losesFleets: Bool) async throws -> Bool {
        var runner = makeRunner()
        var wasKilled = false
        for _ in 0..<4 {
            do {
                for number in 1...2 {
                    try await live(runner, for: 300) { $0.rollout == nil }
                    let record = await runner.record
                    if record.history.contains(where: { $0.new == number }) { continue }
                    try await deploy(number, spec, on: runner)
                }
                try await live(runner, for: 5)
                return wasKilled
            } catch is MemoryLedger.Killed {
                wasKilled = true
                ledger.reopen()
                if losesFleets { engine.loseEverything() }
                clock.advance(by: 3)
                runner = makeRunner(try await ledger.load().first)
            }
        }
        Issue.record("it was killed again and again")
        return wasKilled
    }
}
