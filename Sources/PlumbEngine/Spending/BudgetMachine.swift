// What a month's budget asks for: who is told, and whether scaling out is frozen or the endpoint parked.

public import PlumbModel

/// One threshold that was passed.
public struct BudgetAlert: Sendable, Hashable, Codable {
    public enum Basis: String, Sendable, Hashable, Codable, CaseIterable {
        case actual, forecast
    }
    public var basis: Basis
    public var percent: Double
    public var usd: Double
    public var limitUSD: Double
    /// Seconds since 1970-01-01 UTC.
    public var at: Double

    /// `80 % of 97.00 USD are spent: 78.12`.
    public var text: String {
        let share = percent == percent.rounded() && abs(percent) < 1e6 ? "\(Int(percent))" : "\(percent)"
        let what = basis == .actual ? "are spent" : "are forecast for the month"
        return "\(share) % of \(SpendEstimate.usd(limitUSD)) USD \(what): \(SpendEstimate.usd(usd))"
    }
}

/// Watches one budget over its months. Safety: each threshold is told once in a month, whatever the spending and its
/// forecast do meanwhile, and over a restart too, since the machine is written down before anybody is told. In
/// production nothing is ever frozen or stopped. What is asked of an endpoint is a level: a limit that is raised sets
/// it free at the next look, and so does the month's turn.
public struct BudgetMachine: Sendable, Hashable, Codable {
    /// What is seen at one moment.
    public struct Look: Sendable, Hashable {
        public var spentUSD: Double
        public var forecastUSD: Double?
        public var limitUSD: Double
        /// At which shares of the limit people are told.
        public var percents: [Double]
        /// Whether it stops what it is for when all is spent; else it only freezes.
        public var stops: Bool
        public init(spentUSD: Double, forecastUSD: Double?, limitUSD: Double, percents: [Double], stops: Bool) {
            self.spentUSD = spentUSD
            self.forecastUSD = forecastUSD
            self.limitUSD = limitUSD
            self.percents = percents
            self.stops = stops
        }
    }
    /// What is to be done now.
    public struct Action: Sendable, Hashable {
        public var alerts: [BudgetAlert]
        public var restraint: SpendRestraint
    }
    /// Spent, in percent of the limit, from which on nothing is added, and from which on all is stopped.
    public static let freezePercent = 80.0
    public static let stopPercent = 100.0
    /// Thresholds of a budget.
    static let percentsMax = 10

    public let isProduction: Bool
    public private(set) var month: Month
    /// Told in this month, oldest first.
    public private(set) var told: [BudgetAlert] = []
    public private(set) var restraint = SpendRestraint.none

    public init(isProduction: Bool, month: Month) {
        self.isProduction = isProduction
        self.month = month
    }

    /// Looks once; `now` is in seconds since 1970-01-01 UTC.
    public mutating func tick(at now: Double, _ look: Look) -> Action {
        let present = Month(secondsSinceEpoch: now)
        // A clock that was set back does not begin an old month again: that would tell everything twice.
        if present > month {
            month = present
            told = []
        }
        var alerts: [BudgetAlert] = []
        for basis in BudgetAlert.Basis.allCases {
            guard let usd = basis == .actual ? look.spentUSD : look.forecastUSD else { continue }
            for percent in Set(look.percents).sorted().prefix(Self.percentsMax) {
                guard Self.has(usd, reached: percent, of: look.limitUSD),
                    !told.contains(where: { $0.basis == basis && $0.percent == percent })
                else { continue }
                let alert = BudgetAlert(
                    basis: basis, percent: percent, usd: usd, limitUSD: look.limitUSD, at: now)
                told.append(alert)
                alerts.append(alert)
            }
        }
        restraint = asked(look)
        return Action(alerts: alerts, restraint: restraint)
    }

    private func asked(_ look: Look) -> SpendRestraint {
        guard !isProduction else { return .none }
        if look.stops, Self.has(look.spentUSD, reached: Self.stopPercent, of: look.limitUSD) { return .stopped }
        return Self.has(look.spentUSD, reached: Self.freezePercent, of: look.limitUSD) ? .frozen : .none
    }

    /// Nothing spent reaches nothing, not even of a limit of 0.
    private static func has(_ usd: Double, reached percent: Double, of limit: Double) -> Bool {
        usd > 0 && usd >= limit * percent / 100
    }
}
