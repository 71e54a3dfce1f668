// What was spent in a month, by what was metered: endpoint by endpoint, and held against its budgets.

/// What a month comes to if the rest of it goes as planned: at the floor, as it is now, and at the ceiling.
public struct SpendForecast: Sendable, Hashable, Codable {
    public var lowUSD: Double
    public var expectedUSD: Double
    public var highUSD: Double

    /// `hours` are what is left of the month in which it is to run.
    public init(spentUSD: Double, hours: Double, usdPerHour: Double, floor: Int, count: Int, ceiling: Int) {
        func at(_ instances: Int) -> Double { spentUSD + hours * usdPerHour * Double(instances) }
        lowUSD = at(min(floor, count))
        expectedUSD = at(count)
        highUSD = at(max(ceiling, count))
    }
}

/// One endpoint's month.
public struct EndpointStatement: Sendable, Hashable, Codable {
    /// One of its days.
    public struct DayPart: Sendable, Hashable, Codable {
        public var day: Day
        public var usd: Double
        /// What its working hours call for.
        public var plannedUSD: Double
    }
    public var endpoint: String
    public var environment: Environment
    public var team: String
    public var region: String
    /// Spent so far. Where a type has no price it is at least this much.
    public var usd = 0.0
    /// Types that have run and have no price: what they cost is in no sum.
    public var unpriced: [String] = []
    public var instanceHours: [String: Double] = [:]
    public var parkedHours = 0.0
    /// What parking has saved.
    public var avoidedUSD = 0.0
    /// Hours that were looked at, and hours since the first of them in which the engine was not there to look.
    public var meteredHours = 0.0
    public var unmeteredHours = 0.0
    public var requests = 0
    /// By type, the price of the latest hour.
    public var prices: [String: MeteredPrice] = [:]
    public var days: [DayPart] = []
    /// Nil for a month that is over, for an endpoint that is gone, and where the price is not known.
    public var forecast: SpendForecast?

    public var isComplete: Bool { unpriced.isEmpty }
    /// Nil without requests, and where not everything has a price.
    public var usdPerThousandRequests: Double? {
        requests > 0 && isComplete ? usd / Double(requests) * 1000 : nil
    }

    /// Sums up hours of one endpoint; nil for none. What lies between `until` and the last of them was not metered.
    public init?(_ hours: [MeteredHour], until: Double?) {
        let hours = hours.sorted { $0.hour < $1.hour }
        guard let first = hours.first, let last = hours.last else { return nil }
        endpoint = last.endpoint
        environment = last.environment
        team = last.team
        region = last.region
        var unpriced: Set<String> = []
        var seconds = 0.0
        for hour in hours {
            usd += hour.usd
            unpriced.formUnion(hour.unpriced)
            for (type, ran) in hour.running { instanceHours[type, default: 0] += ran / 3600 }
            parkedHours += hour.parkedSeconds / 3600
            avoidedUSD += hour.usd(hour.avoided)
            seconds += hour.seenSeconds
            requests += hour.requests
            prices.merge(hour.prices) { _, later in later }
            let part = DayPart(day: hour.day, usd: hour.usd, plannedUSD: hour.usd(hour.planned))
            if let index = days.indices.last, days[index].day == part.day {
                days[index].usd += part.usd
                days[index].plannedUSD += part.plannedUSD
            } else {
                days.append(part)
            }
        }
        self.unpriced = unpriced.sorted()
        meteredHours = seconds / 3600
        unmeteredHours = max(0, (until ?? last.until) - first.from - seconds) / 3600
    }
}

/// A budget in its month.
public struct BudgetStatement: Sendable, Hashable, Codable {
    /// `endpoint digits`, `team vision in dev`.
    public var name: String
    public var limitUSD: Double
    public var usd: Double
    /// Whether `usd` holds everything; else it is at least this much.
    public var isComplete: Bool
    public var forecastUSD: Double?
    /// The alerts that were given this month, in words.
    public var alerts: [String]
    /// What follows from it: nothing, no more scaling out, or parked.
    public var restraint: SpendRestraint
    public init(
        name: String, limitUSD: Double, usd: Double, isComplete: Bool, forecastUSD: Double?, alerts: [String],
        restraint: SpendRestraint
    ) {
        self.name = name
        self.limitUSD = limitUSD
        self.usd = usd
        self.isComplete = isComplete
        self.forecastUSD = forecastUSD
        self.alerts = alerts
        self.restraint = restraint
    }
}

/// What a budget does to an endpoint, from nothing to everything.
public enum SpendRestraint: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case none
    /// No more instances than there are.
    case frozen
    /// Parked.
    case stopped

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (left: SpendRestraint, right: SpendRestraint) -> Bool { left.rank < right.rank }
}

/// What was spent in a month.
public struct SpendStatement: Sendable, Hashable, Codable {
    public var month: Month
    /// When it was drawn up; seconds since 1970-01-01 UTC.
    public var at: Double
    public var endpoints: [EndpointStatement]
    /// Of the month under way; none for one that is over.
    public var budgets: [BudgetStatement]
    public init(month: Month, at: Double, endpoints: [EndpointStatement], budgets: [BudgetStatement]) {
        self.month = month
        self.at = at
        self.endpoints = endpoints
        self.budgets = budgets
    }
}
