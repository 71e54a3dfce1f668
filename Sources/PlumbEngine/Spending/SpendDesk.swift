// Keeps the books of an engine: shows the meter what runs, holds the sums against the budgets, and writes both down.

public import Logging
public import PlumbModel

/// Where metered hours and budgets are kept. Each call returns when all of it is durable.
public protocol SpendLedger: Sendable {
    func hours(in month: Month) async throws -> [MeteredHour]
    func budgets() async throws -> [String: BudgetMachine]
    /// Saves hours over what there is of them.
    func save(_ hours: [MeteredHour]) async throws
    /// Saves budgets together with the audit entries of what they ask for.
    func save(_ budgets: [String: BudgetMachine], audit: [AuditEntry]) async throws
    /// Hours of all months before this one.
    func hours(before month: Month) async throws -> [MeteredHour]
    /// Keeps statements of a month in the place of its hours, and forgets those.
    func fold(_ hours: [MeteredHour], into statements: [EndpointStatement], of month: Month) async throws
    func statements(of month: Month) async throws -> [EndpointStatement]
    /// The last day that was looked at for oddness; nil before the first.
    func judgedDay() async throws -> Day?
    /// Saves that together with the audit entries of what was odd.
    func save(judged day: Day, audit: [AuditEntry]) async throws
}

/// Looks at all endpoints about once a second, and writes down once a minute.
public actor SpendDesk {
    /// How often hours are written down and budgets looked at.
    public static let saveSeconds = 60.0
    /// Months whose hours are kept, the present one included; of older ones the statements are.
    static let monthsMax = 4

    private let ledger: any SpendLedger
    private let prices: PriceBook
    private let now: @Sendable () -> Double
    private let herald: (any SpendHerald)?
    private let log: Logger
    private var meter: SpendMeter?
    private var budgets: [String: BudgetMachine] = [:]
    private var sights: [SpendSight] = []
    private var lastSaveAt: Double?
    /// Hours of the month before that could not be written down at its turn.
    private var left: [MeteredHour] = []
    private var judgedDay: Day?

    /// `now` answers seconds since 1970-01-01 UTC; without a `herald` notices stand in the log and the audit record.
    public init(
        ledger: any SpendLedger, prices: PriceBook, herald: (any SpendHerald)? = nil,
        now: @escaping @Sendable () -> Double, log: Logger
    ) {
        self.ledger = ledger
        self.prices = prices
        self.herald = herald
        self.now = now
        self.log = log
    }

    /// Looks once, and answers whether the books are newer now. Throws when they could not be written down; what was
    /// counted is kept for the next time.
    public func tick(_ runners: [EndpointRunner]) async throws -> Bool {
        let moment = now()
        try await open(at: moment)
        var sights: [SpendSight] = []
        for runner in runners {
            if let sight = try await runner.spendSight(at: moment) { sights.append(sight) }
        }
        self.sights = sights
        left += meter?.look(sights.map(\.sample), at: moment, prices: prices) ?? []
        guard moment - (lastSaveAt ?? 0) >= Self.saveSeconds || moment < lastSaveAt ?? 0 else { return false }
        lastSaveAt = moment
        try await save(at: moment)
        try await holdAgainstBudgets(runners, at: moment)
        try await lookForOddDays(runners, at: moment)
        return true
    }

    /// Writes down what was counted since the last time, as at the end of the engine.
    public func close() async throws {
        guard meter != nil else { return }
        try await save(at: now())
    }

    private func open(at moment: Double) async throws {
        guard meter == nil else { return }
        let month = Month(secondsSinceEpoch: moment)
        let hours = try await ledger.hours(in: month)
        let kept = try await ledger.budgets()
        let judged = try await ledger.judgedDay()
        // Another call may have been quicker, and may have counted already.
        guard meter == nil else { return }
        meter = SpendMeter(month: month, hours: hours)
        (budgets, judgedDay) = (kept, judged)
        lastSaveAt = moment - Self.saveSeconds + Self.firstSaveSeconds
        try await foldOldMonths(at: moment)
    }

    /// A first look at the budgets soon after the start.
    private static let firstSaveSeconds = 5.0

    private func save(at moment: Double) async throws {
        guard let rows = meter?.toSave else { return }
        if !left.isEmpty {
            try await ledger.save(left)
            left = []
            try await foldOldMonths(at: moment)
        }
        guard !rows.isEmpty else { return }
        try await ledger.save(rows)
        meter?.saved(rows)
    }

    /// Hours are many, and travel with every backup: old months are kept as what they came to.
    private func foldOldMonths(at moment: Double) async throws {
        var oldest = Month(secondsSinceEpoch: moment)
        for _ in 1..<Self.monthsMax { oldest = oldest.previous }
        let months = Dictionary(grouping: try await ledger.hours(before: oldest)) { Month(holding: $0.day) }
        for (month, hours) in months {
            try await ledger.fold(hours, into: Self.sums(hours, until: month.end), of: month)
        }
    }

    private static func sums(_ hours: [MeteredHour], until: Double?) -> [EndpointStatement] {
        Dictionary(grouping: hours) { $0.endpoint }.sorted { $0.key < $1.key }.compactMap {
            EndpointStatement($0.value, until: until)
        }
    }

    // MARK: - Budgets

    /// Everything one limit is for.
    private struct Scope {
        var name: String
        var limitUSD: Double
        var percents: [Double]
        var stops: Bool
        var isProduction: Bool
        /// The endpoints that count, and what they have come to.
        var statements: [EndpointStatement]

        var spentUSD: Double { statements.reduce(0) { $0 + $1.usd } }
        var isComplete: Bool { statements.allSatisfy(\.isComplete) }
        /// An endpoint that is gone spends nothing more.
        func forecastUSD(_ present: Set<String>) -> Double? {
            var sum = 0.0
            for statement in statements {
                if let forecast = statement.forecast {
                    sum += forecast.expectedUSD
                } else {
                    guard !present.contains(statement.endpoint) else { return nil }
                    sum += statement.usd
                }
            }
            return sum
        }
    }

    private func scopes(_ statements: [EndpointStatement]) -> [Scope] {
        let byName = Dictionary(statements.map { ($0.endpoint, $0) }) { first, _ in first }
        var scopes: [Scope] = []
        for sight in sights {
            guard let plan = sight.plan else { continue }
            scopes.append(
                Scope(
                    name: "endpoint \(sight.sample.endpoint)", limitUSD: plan.monthlyUSD, percents: plan.alertPercents,
                    stops: plan.stopsAtLimit, isProduction: sight.sample.environment == .production,
                    statements: byName[sight.sample.endpoint].map { [$0] } ?? []))
        }
        // Elsewhere than in production what a team spends in an environment is capped as a whole.
        let teams = Dictionary(grouping: sights.filter { $0.plan != nil && $0.sample.environment != .production }) {
            Self.team($0.sample.team, $0.sample.environment)
        }
        for (name, members) in teams {
            let cap =
                members.first?.sample.environment == .dev ? Thresholds().devBudgetUSD : Thresholds().stagingBudgetUSD
            scopes.append(
                Scope(
                    name: name, limitUSD: min(cap, members.reduce(0) { $0 + ($1.plan?.monthlyUSD ?? 0) }),
                    percents: Set(members.flatMap { $0.plan?.alertPercents ?? [] }).sorted(),
                    stops: members.contains { $0.plan?.stopsAtLimit ?? false }, isProduction: false,
                    statements: statements.filter { Self.team($0.team, $0.environment) == name }))
        }
        return scopes.sorted { $0.name < $1.name }
    }

    private static func team(_ team: String, _ environment: Environment) -> String {
        "team \(team) in \(environment.rawValue)"
    }

    private func holdAgainstBudgets(_ runners: [EndpointRunner], at moment: Double) async throws {
        let scopes = scopes(statements(at: moment))
        let present = Set(sights.map(\.sample.endpoint))
        var changed: [String: BudgetMachine] = [:]
        var entries: [AuditEntry] = []
        var notices: [SpendNotice] = []
        for scope in scopes {
            // An endpoint that was taken away and made again in another environment has another budget.
            let known = budgets[scope.name].flatMap { $0.isProduction == scope.isProduction ? $0 : nil }
            var machine =
                known ?? BudgetMachine(isProduction: scope.isProduction, month: Month(secondsSinceEpoch: moment))
            let action = machine.tick(
                at: moment,
                BudgetMachine.Look(
                    spentUSD: scope.spentUSD, forecastUSD: scope.forecastUSD(present), limitUSD: scope.limitUSD,
                    percents: scope.percents, stops: scope.stops))
            if machine != budgets[scope.name] { changed[scope.name] = machine }
            entries += action.alerts.map { entry(of: $0, scope.name) }
            notices += action.alerts.map { SpendNotice($0, of: scope.name) }
            if action.restraint > budgets[scope.name]?.restraint ?? .none {
                let reason = Self.reason(scope, action.restraint)
                notices += [
                    SpendNotice(
                        action.restraint, of: scope.name, limitUSD: scope.limitUSD, because: reason, at: moment)
                ].compactMap { $0 }
            }
        }
        if !changed.isEmpty {
            // Not durable, so not told: the next look tells it, under the same ids.
            try await herald?.keep(notices)
            try await ledger.save(changed, audit: entries)
            budgets.merge(changed) { _, new in new }
            for notice in notices { log.warning("\(notice.text)") }
            await herald?.tell(notices)
        }
        for runner in runners {
            let record = await runner.record
            guard let sight = sights.first(where: { $0.sample.endpoint == record.name }) else { continue }
            let names = ["endpoint \(record.name)", Self.team(sight.sample.team, record.environment)]
            let worst = scopes.filter { names.contains($0.name) }
                .map { (scope: $0, restraint: budgets[$0.name]?.restraint ?? .none) }.max {
                    $0.restraint < $1.restraint
                }
            guard let worst else { continue }
            try await runner.restrain(worst.restraint, reason: Self.reason(worst.scope, worst.restraint))
        }
    }

    private static func reason(_ scope: Scope, _ restraint: SpendRestraint) -> String {
        guard restraint != .none else { return "its budgets allow it again" }
        let percent = restraint == .frozen ? BudgetMachine.freezePercent : BudgetMachine.stopPercent
        return "\(Int(percent)) % of the budget of \(SpendEstimate.usd(scope.limitUSD)) USD of \(scope.name) are spent"
    }

    private func entry(of alert: BudgetAlert, _ name: String) -> AuditEntry {
        AuditEntry(
            at: alert.at, actor: "plumb", action: "budget.alert", subject: "budget/\(name)",
            details: [
                "alert": alert.text, "basis": alert.basis.rawValue, "percent": "\(alert.percent)",
                "usd": "\(alert.usd)", "limitUSD": "\(alert.limitUSD)",
                "month": "\(Month(secondsSinceEpoch: alert.at))",
            ])
    }

    // MARK: - Odd days

    /// Looks once a day at the days that are over; the first time at yesterday alone.
    private func lookForOddDays(_ runners: [EndpointRunner], at moment: Double) async throws {
        let today = Day(secondsSinceEpoch: moment)
        let judged = judgedDay ?? today.adding(days: -2)
        guard today.days(since: judged) > 1 else { return }
        var months = [try await statement()]
        for _ in 1..<SpendAnomalyDetector.monthsMax {
            months.insert(try await statement(of: months[0].month.previous), at: 0)
        }
        var fixed: Set<String> = []
        for runner in runners {
            let record = await runner.record
            if record.hasFixedCount { fixed.insert(record.name) }
        }
        let odd = SpendAnomalyDetector().anomalies(in: months, fixed: fixed, before: today)
        // One that goes on was told when it began.
        let notices = odd.filter { $0.anomaly.first > judged }
            .map { SpendNotice($0.anomaly, of: $0.endpoint, at: moment) }
        let yesterday = today.adding(days: -1)
        try await herald?.keep(notices)
        try await ledger.save(
            judged: yesterday,
            audit: notices.map {
                AuditEntry(
                    at: moment, actor: "plumb", action: $0.event.rawValue, subject: $0.subject,
                    details: ["anomaly": $0.text])
            })
        judgedDay = yesterday
        for notice in notices { log.warning("\(notice.text)") }
        await herald?.tell(notices)
    }

    // MARK: - Statements

    /// What was spent in a month, by all endpoints; the present one's by default.
    public func statement(of month: Month? = nil) async throws -> SpendStatement {
        let moment = now()
        try await open(at: moment)
        // The month that is counted, also while a clock was set back over its turn.
        let present = meter?.month ?? Month(secondsSinceEpoch: moment)
        guard let month, month != present else {
            let statements = statements(at: moment)
            return SpendStatement(month: present, at: moment, endpoints: statements, budgets: told(statements))
        }
        let unsaved = left.filter { Month(holding: $0.day) == month }
        let kept = try await ledger.hours(in: month).filter { row in
            !unsaved.contains { $0.endpoint == row.endpoint && $0.hour == row.hour }
        }
        let hours = kept + unsaved
        let endpoints =
            hours.isEmpty
            ? try await ledger.statements(of: month) : Self.sums(hours, until: min(month.end, moment))
        return SpendStatement(month: month, at: moment, endpoints: endpoints, budgets: [])
    }

    private func statements(at moment: Double) -> [EndpointStatement] {
        let byEndpoint = Dictionary(grouping: meter?.hours.values.map { $0 } ?? []) { $0.endpoint }
        return byEndpoint.sorted { $0.key < $1.key }.compactMap { name, hours in
            let sight = sights.first { $0.sample.endpoint == name }
            // An endpoint that is gone is not missed.
            guard var statement = EndpointStatement(hours, until: sight == nil ? nil : moment) else { return nil }
            let spent = statement.usd
            statement.forecast = sight.flatMap { forecast($0, spentUSD: spent) }
            return statement
        }
    }

    private func forecast(_ sight: SpendSight, spentUSD: Double) -> SpendForecast? {
        guard let type = sight.type, let price = prices.price(of: type, in: sight.sample.region) else { return nil }
        return SpendForecast(
            spentUSD: spentUSD, hours: sight.hoursLeft, usdPerHour: price.usdPerHour, floor: sight.floor,
            count: sight.count, ceiling: sight.ceiling)
    }

    private func told(_ statements: [EndpointStatement]) -> [BudgetStatement] {
        let present = Set(sights.map(\.sample.endpoint))
        return scopes(statements).map { scope in
            BudgetStatement(
                name: scope.name, limitUSD: scope.limitUSD, usd: scope.spentUSD, isComplete: scope.isComplete,
                forecastUSD: scope.forecastUSD(present),
                alerts: budgets[scope.name]?.told.map(\.text) ?? [], restraint: budgets[scope.name]?.restraint ?? .none)
        }
    }
}
