// The desk over an endpoint that runs: what it writes down, whom it tells, and what budgets make of it.

import Logging
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

@Suite struct SpendDeskTests {
    private let clock = HandClock()
    private let ledger = MemoryLedger()
    private let books = MemorySpendLedger()
    private let engine: MemoryEngine

    init() {
        engine = MemoryEngine(clock: clock)
    }

    private func makeDesk() -> SpendDesk {
        SpendDesk(
            ledger: books, prices: .embedded, now: { [clock] in clock.now },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func serving(_ environment: Environment, monthlyUSD: Double) async throws -> EndpointRunner {
        let runner = EndpointRunner.make(
            EndpointRecord(name: "digits", environment: environment), engine: engine, ledger: ledger, clock: clock)
        var spec = Spec.sample()
        spec.environment = environment
        (spec.instances.type, spec.region) = ("ml.m5.large", "us-east-1")
        spec.budget = BudgetPlan(monthlyUSD: monthlyUSD, alertPercents: [50, 80, 100], stopsAtLimit: true)
        _ = try await runner.deploy(.sample(1, spec), by: "ann", details: [:])
        for _ in 0..<200 {
            guard await runner.record.rollout != nil else { break }
            clock.advance(by: 0.5)
            for _ in 0..<20 { engine.send() }
            engine.probe()
            try await runner.tick()
        }
        try #require(await runner.record.active == 1)
        return runner
    }

    private func live(_ runner: EndpointRunner, _ desk: SpendDesk, seconds: Int) async throws {
        for _ in 0..<seconds {
            clock.advance(by: 1)
            engine.send()
            engine.probe()
            try await runner.tick()
            _ = try await desk.tick([runner])
        }
    }

    @Test func whatRunsIsWrittenDownEveryMinute() async throws {
        let runner = try await serving(.production, monthlyUSD: 2000)
        let desk = makeDesk()
        try await live(runner, desk, seconds: 4)
        #expect(books.hours.isEmpty)
        try await live(runner, desk, seconds: 122)
        let seen = books.hours.reduce(0) { $0 + $1.seenSeconds }
        #expect(seen >= 60 && seen <= 126)
        let statement = try await desk.statement()
        let told = try #require(statement.endpoints.first)
        #expect(told.requests >= 120 && told.instanceHours["ml.m5.large"].map { abs($0 * 3600 - 250) < 2 } == true)
        let month = Month(secondsSinceEpoch: clock.now)
        let left = (month.end - clock.now) / 3600 * 0.115
        let forecast = try #require(told.forecast)
        #expect(abs(forecast.expectedUSD - told.usd - 2 * left) < 1e-6)
        #expect(abs(forecast.lowUSD - forecast.expectedUSD) < 1e-9)
        #expect(abs(forecast.highUSD - told.usd - 8 * left) < 1e-6)
        #expect(statement.budgets.map(\.name) == ["endpoint digits"])

        // The next process goes on from there.
        try await desk.close()
        let next = makeDesk()
        let again = try #require(try await next.statement().endpoints.first)
        #expect(again.usd == told.usd && again.requests == told.requests)
    }

    @Test func aSpentBudgetIsToldOnceOverARestartAndParksTheEndpoint() async throws {
        let runner = try await serving(.dev, monthlyUSD: 0.0001)
        try await live(runner, makeDesk(), seconds: 90)
        #expect(await runner.record.spending?.restraint == .stopped)
        #expect(await runner.record.parking?.isAway == true && engine.send() == 503)
        let count = books.audit.count { $0.action == "budget.alert" }
        // Three thresholds, spent and forecast, of the endpoint and of its team.
        #expect(count == 12)
        let desk = makeDesk()
        try await live(runner, desk, seconds: 90)
        #expect(books.audit.count == count)
        let statement = try await desk.statement()
        #expect(statement.budgets.map(\.restraint) == [.stopped, .stopped])
        #expect(statement.endpoints.first.map { $0.parkedHours > 0.02 && $0.avoidedUSD > 0 } == true)

        // A month later it is set free, and the old month is still to be read.
        let month = Month(secondsSinceEpoch: clock.now)
        clock.advance(by: month.end + 1 - clock.now)
        try await live(runner, desk, seconds: 70)
        #expect(ledger.audit.contains { $0.action == "budget.released" })
        let old = try await desk.statement(of: month)
        #expect(old.month == month && old.endpoints.first?.usd ?? 0 > 0.0001 && old.budgets.isEmpty)

        // And long after, when its hours are folded into what they came to.
        let spent = old.endpoints
        clock.advance(by: 150 * 86_400)
        let late = makeDesk()
        #expect(try await late.statement(of: month).endpoints == spent)
        #expect(books.hours.allSatisfy { Month(holding: $0.day) > month })
    }

    @Test func inProductionABudgetOnlyTells() async throws {
        let runner = try await serving(.production, monthlyUSD: 0.0001)
        try await live(runner, makeDesk(), seconds: 90)
        #expect(books.audit.count { $0.action == "budget.alert" } == 6)
        #expect(await runner.record.spending == nil && engine.send() == 200)
        #expect(await runner.record.scaling?.ceiling == 8)
    }

    @Test func nobodyIsToldBeforeItIsWrittenDown() async throws {
        let runner = try await serving(.dev, monthlyUSD: 0.0001)
        let desk = makeDesk()
        try await live(runner, desk, seconds: 4)
        books.refuseWrites(2)
        for _ in 0..<130 {
            clock.advance(by: 1)
            try await runner.tick()
            do { _ = try await desk.tick([runner]) } catch {}
        }
        #expect(books.audit.count { $0.action == "budget.alert" } == 0 || books.audit.count == 12)
        try await live(runner, desk, seconds: 60)
        #expect(books.audit.count == 12)
        let seen = books.hours.reduce(0) { $0 + $1.seenSeconds }
        #expect(seen > 130)
    }

    @Test func whatATeamMaySpendIsWhatItsEndpointsMayAndNoMoreThanTheCap() async throws {
        let first = try await serving(.dev, monthlyUSD: 90)
        let desk = makeDesk()
        try await live(first, desk, seconds: 70)
        let team = try #require(try await desk.statement().budgets.first { $0.name == "team vision in dev" })
        #expect(team.limitUSD == 90 && team.restraint == .none)
        #expect(Thresholds().devBudgetUSD == 100)
    }
}
