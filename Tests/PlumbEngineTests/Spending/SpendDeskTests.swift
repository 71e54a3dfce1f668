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

    private func makeDesk(herald: (any SpendHerald)? = nil) -> SpendDesk {
        SpendDesk(
            ledger: books, prices: .embedded, herald: herald, now: { [clock] in clock.now },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Hears what a desk tells, in order.
    private actor Listener: SpendHerald {
        private(set) var kept: [SpendNotice] = []
        private(set) var told: [SpendNotice] = []
        func keep(_ notices: [SpendNotice]) async throws { kept += notices }
        func tell(_ notices: [SpendNotice]) async { told += notices }
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

    @Test func peopleHearOfThresholdsAndParkingOnceOverARestart() async throws {
        let runner = try await serving(.dev, monthlyUSD: 0.0001)
        let listener = Listener()
        try await live(runner, makeDesk(herald: listener), seconds: 90)
        let told = await listener.told
        #expect(told.count { $0.event == .alert } == 12 && told.count { $0.event == .stopped } == 2)
        #expect(Set(told.map(\.id)).count == 14)
        #expect(await listener.kept == told)
        #expect(told.allSatisfy { $0.id.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
        let stop = try #require(told.first { $0.event == .stopped && $0.subject == "endpoint digits" })
        #expect(stop.text.hasPrefix("endpoint digits is parked, for 100 % of the budget of 0.00 USD"))
        try await live(runner, makeDesk(herald: listener), seconds: 90)
        #expect(await listener.told.count == 14)
    }

    @Test func whatCouldNotBeWrittenDownIsKeptUnderTheSameIdsAndToldWhenItIs() async throws {
        let runner = try await serving(.production, monthlyUSD: 0.0001)
        let listener = Listener()
        let desk = makeDesk(herald: listener)
        // The hours are written; what the budgets ask for is not, twice.
        books.refuseBudgets(2)
        for _ in 0..<200 {
            clock.advance(by: 1)
            try await runner.tick()
            do { _ = try await desk.tick([runner]) } catch {}
        }
        let (kept, told) = (await listener.kept, await listener.told)
        #expect(told.count == 6 && kept.count == 18 && Set(kept.map(\.id)) == Set(told.map(\.id)))
    }

    @Test func aDayThatWasOddIsToldOnceWhenItIsOver() async throws {
        let runner = try await serving(.production, monthlyUSD: 5_000)
        let today = Day(secondsSinceEpoch: clock.now)
        // Twenty days of one instance; yesterday had ten.
        try await books.save(
            (1...20).flatMap { before in
                (0..<24).map { hour in
                    Self.hour(of: today.adding(days: -before), hour, instances: before == 1 ? 10 : 1)
                }
            })
        let listener = Listener()
        try await live(runner, makeDesk(herald: listener), seconds: 70)
        let odd = await listener.told.filter { $0.event == .anomaly }
        let told = try #require(odd.first)
        #expect(odd.count == 1 && told.id == "spend.anomaly/\(today.adding(days: -1))/endpoint%20digits")
        #expect(told.text.contains("27.60 USD, expected 2.76 (+24.84)"), "\(told.text)")
        #expect(books.audit.count { $0.action == "spend.anomaly" } == 1)
        // Neither another process nor another day tells it again.
        let next = makeDesk(herald: listener)
        try await live(runner, next, seconds: 70)
        clock.advance(by: 86_400)
        try await live(runner, next, seconds: 70)
        #expect(await listener.told.count { $0.event == .anomaly && $0.id == told.id } == 1)
    }

    private static func hour(of day: Day, _ hour: Int, instances: Double) -> MeteredHour {
        let index = day.daysSinceEpoch * 24 + hour
        var row = MeteredHour(
            endpoint: "digits", hour: index, environment: .production, team: "vision", region: "us-east-1",
            from: Double(index) * 3600)
        row.until = row.from + 3600
        row.seenSeconds = 3600
        row.running = ["ml.m5.large": 3600 * instances]
        row.planned = ["ml.m5.large": 3600]
        row.prices =
            PriceBook.embedded.price(of: "ml.m5.large", in: "us-east-1").map {
                ["ml.m5.large": MeteredPrice($0)]
            } ?? [:]
        return row
    }
}
