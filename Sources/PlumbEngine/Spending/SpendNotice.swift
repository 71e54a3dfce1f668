// What people are told of spending, each thing once, and whoever brings it to them.

import Foundation
public import PlumbModel

/// One thing that somebody should know of what is spent.
public struct SpendNotice: Sendable, Hashable, Codable {
    public enum Event: String, Sendable, Hashable, Codable, CaseIterable {
        /// A threshold of a budget was reached, by what is spent or by the forecast.
        case alert = "budget.alert"
        /// Nothing may be added any more.
        case frozen = "budget.frozen"
        /// What the budget is for is parked.
        case stopped = "budget.stopped"
        /// A day was odd.
        case anomaly = "spend.anomaly"
    }
    public var event: Event
    /// Whose money it is: `endpoint digits`, `team risk in dev`.
    public var subject: String
    public var text: String
    /// Seconds since 1970-01-01 UTC.
    public var at: Double
    /// The same however often it is told, and fit for a header of HTTP.
    public let id: String

    private init(_ event: Event, of subject: String, _ text: String, at moment: Double, key: [String]) {
        (self.event, self.subject, self.text, at) = (event, subject, text, moment)
        let parts = [event.rawValue] + key + [subject]
        id = parts.map { $0.addingPercentEncoding(withAllowedCharacters: .urlHostAllowed) ?? "" }.joined(separator: "/")
    }

    /// A threshold is told once in a month.
    public init(_ alert: BudgetAlert, of budget: String) {
        let month = Month(secondsSinceEpoch: alert.at)
        self.init(
            .alert, of: budget, "\(budget): \(alert.text)", at: alert.at,
            key: ["\(month)", alert.basis.rawValue, "\(alert.percent)"])
    }

    /// What a budget asks for; nil for nothing. Whoever raises the limit and passes that as well is told once more.
    public init?(
        _ restraint: SpendRestraint, of budget: String, limitUSD: Double, because reason: String, at now: Double
    ) {
        let limit = SpendEstimate.usd(limitUSD)
        let month = "\(Month(secondsSinceEpoch: now))"
        switch restraint {
        case .none: return nil
        case .frozen:
            self.init(
                .frozen, of: budget, "\(budget): no instances are added any more, for \(reason)", at: now,
                key: [month, limit])
        case .stopped:
            self.init(
                .stopped, of: budget,
                "\(budget) is parked, for \(reason); plumb cost allow ENDPOINT lets one run all the same", at: now,
                key: [month, limit])
        }
    }

    /// Odd days in a row are told when the first of them is over.
    public init(_ anomaly: SpendAnomaly, of endpoint: String, at now: Double) {
        self.init(
            .anomaly, of: "endpoint \(endpoint)", "endpoint \(endpoint): \(anomaly.text)", at: now,
            key: ["\(anomaly.first)"])
    }
}

/// Brings notices to people, over whatever ways the engine was given.
public protocol SpendHerald: Sendable {
    /// Keeps notices until each way has taken them. Durable when it returns; one that is kept already stays one.
    func keep(_ notices: [SpendNotice]) async throws
    /// Begins to tell what is kept.
    func tell(_ notices: [SpendNotice]) async
}
