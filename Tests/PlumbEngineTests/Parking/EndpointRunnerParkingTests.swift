// An endpoint whose hours end: its runner over an engine and a ledger in memory, on time turned by hand.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

@Suite struct EndpointRunnerParkingTests {
    private let clock = HandClock()
    private let ledger = MemoryLedger()
    private let engine: MemoryEngine
    /// 2027-01-15 08:00:00 UTC, a Friday.
    private static let morning = 1_800_000_000.0
    private static let evening = morning + 11 * 3600
    private static let monday = morning + 3 * 86_400

    init() {
        engine = MemoryEngine(clock: clock)
    }

    private static func spec(_ environment: Environment = .staging) -> Spec {
        var spec = Spec.sample()
        spec.environment = environment
        spec.workingHours = WorkingHours(
            timezone: "Etc/UTC", days: ["mon", "tue", "wed", "thu", "fri"], start: "08:00", stop: "19:00")
        return spec
    }

    private func makeRunner(_ record: EndpointRecord? = nil) -> EndpointRunner {
        .make(record, engine: engine, ledger: ledger, clock: clock)
    }

    private func restarted() async throws -> EndpointRunner {
        ledger.reopen()
        engine.loseEverything()
        return makeRunner(try await ledger.load().first)
    }

    /// A runner whose first revision serves.
    private func serving(_ environment: Environment = .staging) async throws -> EndpointRunner {
        let runner = makeRunner(EndpointRecord(name: "digits", environment: environment))
        try await deploy(1, on: runner, environment)
        return runner
    }

    private func deploy(_ number: Int, on runner: EndpointRunner, _ environment: Environment = .staging) async throws {
        _ = try await runner.deploy(.sample(number, Self.spec(environment)), by: "ann", details: [:])
        for _ in 0..<200 {
            guard await runner.record.rollout != nil else { break }
            clock.advance(by: 0.5)
            for _ in 0..<20 { engine.send() }
            engine.probe()
            try await runner.tick()
        }
        try #require(await runner.record.active == number)
    }

    /// Lets time pass unseen, then looks a few times in a row.
    private func look(_ runner: EndpointRunner, at moment: Double) async throws {
        clock.advance(by: moment - clock.now)
        for _ in 0..<4 {
            engine.probe()
            try await runner.tick()
            clock.advance(by: 1)
        }
    }

    private var actions: [String] { ledger.audit.map(\.action) }
    private func phase(_ runner: EndpointRunner) async -> ParkingMachine.Phase? {
        await runner.record.parking?.machine.phase
    }

    @Test func itIsParkedAfterItsHoursAndIsBackBeforeTheyBegin() async throws {
        let runner = try await serving()
        try await look(runner, at: Self.evening - 60)
        engine.send()
        try await look(runner, at: Self.evening - 50)
        try await look(runner, at: Self.evening + 30)
        #expect(engine.send() == 200)
        // That was a call, and it holds the end up.
        try await look(runner, at: Self.evening + 40)
        try await look(runner, at: Self.evening + 900)
        #expect(engine.send() == 200)
        try await look(runner, at: Self.evening + 910)
        try await look(runner, at: Self.evening + 2000)
        #expect(await phase(runner) == .parked && engine.send() == 503)
        #expect(engine.calls.suffix(2) == ["shift off", "apply r1 x0"])
        #expect(actions.last == "park")
        let state = try #require(await runner.record.parking)
        #expect(state.record?.revision == 1 && state.record?.count == 2 && state.offAt != nil)
        #expect(await runner.alarmStates().isEmpty)

        try await look(runner, at: Self.monday - EndpointRunner.startLeadSeconds - 10)
        #expect(engine.calls.last == "apply r1 x0")
        try await look(runner, at: Self.monday - EndpointRunner.startLeadSeconds + 1)
        #expect(engine.calls.suffix(2) == ["apply r1 x2", "shift r1=100"] && actions.contains("start"))
        try await look(runner, at: Self.monday)
        #expect(await phase(runner) == .running && engine.send() == 200)
    }

    @Test func whereverTheDaemonIsKilledItIsParkedInTheEndAndNeverWithoutARecord() async throws {
        for number in 1...4 {
            for fate in [MemoryLedger.Fate.killedBefore, .killedAfter, .refused] {
                try await EndpointRunnerParkingTests().park(killedAtWrite: number, fate)
            }
        }
    }

    private func park(killedAtWrite number: Int, _ fate: MemoryLedger.Fate) async throws {
        var runner = try await serving()
        ledger.plan(fate, forWrite: ledger.writes + number)
        clock.advance(by: Self.evening + 3600 - clock.now)
        for _ in 0..<4000 {
            guard await phase(runner) != .parked else { break }
            do {
                try await runner.tick()
                if await runner.record.parking?.record == nil { #expect(!engine.calls.contains("apply r1 x0")) }
            } catch is MemoryLedger.Killed {
                runner = try await restarted()
            } catch {}
            clock.advance(by: 1)
        }
        #expect(await phase(runner) == .parked && engine.send() == 503)
        #expect(actions.count { $0 == "park" } == 1)
    }

    @Test func aRestartLeavesItAsItWas() async throws {
        let runner = try await serving()
        try await look(runner, at: Self.evening + 3600)
        #expect(await phase(runner) == .parked)
        let calls = engine.calls.count
        let next = try await restarted()
        try await look(next, at: clock.now + 5)
        #expect(engine.calls.dropFirst(calls) == ["shift off"])
        #expect(await phase(next) == .parked)
    }

    @Test func anEngineThatComesBackInTheNightDoesNotTakeAwayWhatIsCalled() async throws {
        _ = try await serving()
        clock.advance(by: Self.evening + 7200 - clock.now)
        let next = try await restarted()
        try await look(next, at: clock.now)
        #expect(engine.calls.suffix(2) == ["apply r1 x2", "shift r1=100"])
        try await look(next, at: clock.now + ParkingMachine.quietSeconds)
        #expect(await phase(next) == .parked)
    }

    @Test func aPersonStartsItForAWhile() async throws {
        let runner = try await serving()
        try await look(runner, at: Self.evening + 3600)
        let until = try await runner.obey(.start, until: nil, reason: "a demo", by: "ann")
        try await look(runner, at: clock.now + 1)
        #expect(engine.send() == 200 && until == Self.evening + 3604 + EndpointRunner.startSeconds)
        try await look(runner, at: Self.evening + 7200)
        #expect(engine.send() == 200)
        try await look(runner, at: Self.evening + 9000)
        try await look(runner, at: Self.evening + 9010 + ParkingMachine.quietSeconds)
        #expect(await phase(runner) == .parked)
        await #expect(throws: PlumbError.self) {
            try await runner.obey(.start, until: clock.now + 90_000, reason: "for long", by: "ann")
        }
    }

    @Test func aPersonParksItUntilItsNextHours() async throws {
        let runner = try await serving()
        engine.send()
        let until = try await runner.obey(.park, until: nil, reason: "not needed", by: "ann")
        #expect(until == Self.monday - EndpointRunner.startLeadSeconds)
        try await look(runner, at: clock.now + 1)
        #expect(await phase(runner) == .parked && engine.send() == 503)
        #expect(ledger.audit.map(\.action).suffix(2) == ["spending.park", "park"])
        try await look(runner, at: Self.monday)
        #expect(engine.send() == 200)
    }

    @Test func productionIsNeitherParkedNorStopped() async throws {
        let runner = try await serving(.production)
        try await look(runner, at: Self.evening + 7200)
        try await runner.restrain(.stopped, reason: "all is spent")
        try await look(runner, at: Self.evening + 9000)
        #expect(engine.send() == 200)
        await #expect(throws: PlumbError.self) {
            try await runner.obey(.park, until: nil, reason: "a mistake", by: "ann")
        }
        #expect(!actions.contains("park"))
    }

    @Test func aSpentBudgetParksItWhateverIsCalledAndAPersonMayLetItGoOn() async throws {
        let runner = try await serving()
        engine.send()
        try await runner.restrain(.stopped, reason: "100 % of the budget are spent")
        try await look(runner, at: clock.now + 1)
        #expect(await phase(runner) == .parked && engine.send() == 503)
        await #expect(throws: PlumbError.self) {
            try await runner.obey(.start, until: nil, reason: "please", by: "ann")
        }
        // Over a restart as well.
        let next = try await restarted()
        try await look(next, at: clock.now + 1)
        #expect(await phase(next) == .parked)
        _ = try await next.obey(.allow, until: clock.now + 3600, reason: "the demo", by: "ann")
        try await look(next, at: clock.now + 1)
        #expect(engine.send() == 200)
        try await look(next, at: clock.now + 3601)
        #expect(await phase(next) == .parked)
        await #expect(throws: PlumbError.self) {
            try await next.obey(.allow, until: clock.now + 8 * 86_400, reason: "for long", by: "ann")
        }
        try await next.restrain(.none, reason: "a new month")
        try await look(next, at: Self.monday)
        #expect(engine.send() == 200 && actions.contains("budget.stopped") && actions.contains("budget.released"))
    }

    @Test func aFrozenEndpointGetsNoMoreThanItHas() async throws {
        let runner = try await serving()
        try await runner.restrain(.frozen, reason: "80 % of the budget are spent")
        try await look(runner, at: clock.now + 1)
        #expect(await runner.record.scaling?.ceiling == 2)
        await #expect(throws: PlumbError.self) { try await runner.setCount(3, reason: "more", by: "ann") }
        try await runner.restrain(.none, reason: "a new month")
        try await look(runner, at: clock.now + 1)
        #expect(await runner.record.scaling?.ceiling == 8)
        _ = try await runner.setCount(3, reason: "more", by: "ann")
    }

    @Test func aDeploymentBringsAParkedEndpointUp() async throws {
        let runner = try await serving()
        try await look(runner, at: Self.evening + 3600)
        #expect(await phase(runner) == .parked)
        try await deploy(2, on: runner)
        #expect(engine.send() == 200)
        let record = await runner.record
        #expect(record.active == 2 && record.previous == 1)
        try await look(runner, at: clock.now + 60)
        #expect(engine.send() == 200)
        try await look(runner, at: clock.now + 120)
        try await look(runner, at: clock.now + ParkingMachine.quietSeconds + 10)
        #expect(await phase(runner) == .parked && engine.calls.last == "apply r2 x0")
    }

    @Test func whatCannotBeStartedAgainIsNotTakenAway() async throws {
        let runner = try await serving()
        engine.setConduct(Conduct(refusal: "the artefact is gone"), of: 1)
        clock.advance(by: Self.evening + 3600 - clock.now)
        try await look(runner, at: clock.now)
        #expect(await runner.record.parking?.record == nil)
        #expect(!engine.calls.contains("apply r1 x0"))
    }

    @Test func theNightIsToldToThePolicies() async throws {
        let runner = try await serving()
        #expect(await runner.record.offHoursRunning(workers: 2, at: clock.now) == nil)
        try await look(runner, at: Self.evening + 3600)
        #expect(await runner.record.offHoursRunning(workers: 0, at: clock.now) == 0)
        #expect(await runner.record.offHoursRunning(workers: 1, at: clock.now) == 1)
        try await look(runner, at: Self.monday)
        #expect(await runner.record.offHoursRunning(workers: 2, at: clock.now) == 0)
    }
}
