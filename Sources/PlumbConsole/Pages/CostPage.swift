// What the endpoints cost in a month, as their specs are reckoned; working hours and reviews.

import PlumbEngine
import PlumbModel

struct CostPage: Page {
    static let template = "cost"
    struct Row: Sendable {
        let name: String
        let path: String
        let environment: String
        /// Since the month began, as metered; and what the month comes to.
        let spent: String
        let forecast: String
        let floor: String
        let expected: String
        let worst: String
        let budget: String
        let kind: String
        let symbol: String
        let word: String
        let unknown: String?
    }
    struct Told: Sendable {
        let name: String
        let text: String
    }
    let title = "Cost"
    let basis =
        "Hours are metered here and priced as on AWS: what was spent this month, and what the month comes to. Beside "
        + "it stands what the specs were reckoned at (plumb cost estimate)."
    let hasRows: Bool
    let caption: String
    /// Endpoints that are told one by one; the sums are of all.
    private static let rowsMax = 100
    /// Lines of each list below.
    private static let linesMax = 60
    let rows: [Row]
    let spent: String
    let floor: String
    let expected: String
    let worst: String
    let anomalies: [Told]
    /// Whether there is a day that can be judged; of none nothing is said to be well.
    let hasDays: Bool
    let parking: [Told]
    let reviews: [Told]

    init(_ endpoints: [EndpointStatus], now: Double, spend: (Spec) -> EndpointSpend?) {
        let specs = endpoints.compactMap { endpoint in
            endpoint.record.revision(endpoint.record.active).map { (endpoint.record.name, $0.spec) }
        }
        let metered = Dictionary(
            endpoints.compactMap { endpoint in endpoint.spend.map { (endpoint.record.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        let spends = specs.map { name, spec in (name, spend(spec)) }
        func usd(_ one: (String, EndpointSpend?)) -> Double { metered[one.0]?.usd ?? one.1?.expectedUSD ?? 0 }
        rows = spends.sorted { (usd($1), $0.0) < (usd($0), $1.0) }.prefix(Self.rowsMax).map { name, spend in
            Self.row(name, spend, metered[name])
        }
        caption =
            "In USD: what was metered this month and what it comes to, and a whole month as the spec is reckoned"
            + (spends.count > rows.count ? "; the \(rows.count) dearest of \(spends.count) endpoints" : "")
        spent = PageWords.usd(metered.values.reduce(0) { $0 + $1.usd })
        hasRows = !rows.isEmpty
        func sum(_ part: (EndpointSpend) -> Double) -> String {
            PageWords.usd(spends.compactMap(\.1).reduce(0) { $0 + part($1) })
        }
        (floor, expected, worst) = (sum(\.floorUSD), sum(\.expectedUSD), sum(\.worstUSD))
        let today = Day(secondsSinceEpoch: now)
        hasDays = endpoints.contains { ($0.spend?.days.first?.day ?? today) < today }
        anomalies = Self.first(
            endpoints.flatMap { endpoint in
                SpendAnomalyDetector().anomalies(
                    in: endpoint.spend?.days ?? [], before: today, isFixed: endpoint.record.hasFixedCount
                ).map { Told(name: endpoint.record.name, text: $0.text) }
            })
        parking = Self.first(
            specs.compactMap { name, spec in
                spec.workingHours.map { hours in
                    Told(
                        name: name,
                        text:
                            "\(hours.days.joined(separator: ", ")) \(hours.start) to \(hours.stop), \(hours.timezone): "
                            + "\(PageWords.number(hours.hoursPerWeek)) of 168 hours a week")
                }
            })
        reviews = Self.first(
            specs.compactMap { name, spec in
                spec.costReview.map { review in
                    var text = "\(review.day) by \(review.owner ?? "nobody named")"
                    if let actual = review.actualUSD { text += ", \(PageWords.usd(actual)) USD" }
                    if let expected = review.expectedUSD { text += " of \(PageWords.usd(expected)) USD expected" }
                    return Told(name: name, text: text + review.decisions.map { "; \($0)" }.joined())
                }
            })
    }

    private static func first(_ lines: [Told]) -> [Told] {
        let rest = lines.count - linesMax
        return lines.prefix(linesMax) + (rest > 0 ? [Told(name: "and \(rest) more", text: "")] : [])
    }

    private static func row(_ name: String, _ spend: EndpointSpend?, _ metered: EndpointStatement?) -> Row {
        let badge: Badge
        switch spend.map({ ($0, $0.budgetUSD) }) {
        case (let spend, let budget?)?:
            badge =
                spend.expectedUSD > budget
                ? Badge("fails", "✗", "over the budget")
                : spend.worstUSD > budget
                    ? Badge("unknown", "!", "over at worst")
                    : spend.isComplete ? Badge("holds", "✓", "fits") : Badge("unknown", "?", "not all is known")
        default: badge = Badge("none", "–", "no budget")
        }
        return Row(
            name: name, path: PageWords.escaped(name), environment: spend?.environment.rawValue ?? "",
            spent: metered.map { ($0.isComplete ? "" : "at least ") + PageWords.usd($0.usd) } ?? "–",
            forecast: metered?.forecast.map { PageWords.usd($0.expectedUSD) } ?? "–",
            floor: spend.map { PageWords.usd($0.floorUSD) } ?? "–",
            expected: spend.map { PageWords.usd($0.expectedUSD) } ?? "–",
            worst: spend.map { PageWords.usd($0.worstUSD) } ?? "–",
            budget: spend?.budgetUSD.map { PageWords.usd($0) } ?? "–", kind: badge.kind, symbol: badge.symbol,
            word: badge.word, unknown: spend.flatMap { $0.unknown.isEmpty ? nil : $0.unknown.joined(separator: "; ") })
    }
}
