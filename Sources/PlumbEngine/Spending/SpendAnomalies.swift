// Which days cost more or less than they should: by the same weekdays before, by the plan, and by what adds up slowly.

public import PlumbModel

/// What one day cost, and what it should have by the plan: hours on times price, where somebody knows.
public struct DayCost: Sendable, Hashable {
    public var day: Day
    public var usd: Double
    public var plannedUSD: Double?
    public init(day: Day, usd: Double, plannedUSD: Double? = nil) {
        self.day = day
        self.usd = usd
        self.plannedUSD = plannedUSD
    }
}

/// Days in a row that are out of the ordinary.
public struct SpendAnomaly: Sendable, Hashable {
    public enum Cause: String, Sendable, Hashable {
        /// Far from the same weekdays before.
        case unlikeItsWeekday
        /// Each day a little too much, and it adds up.
        case creeping
        /// Far from what the plan says.
        case unlikeItsPlan
    }
    public var first: Day
    public var last: Day
    public var cause: Cause
    public var usd: Double
    public var expectedUSD: Double
    /// What it cost beyond what was expected; negative where something that should run did not.
    public var impactUSD: Double { usd - expectedUSD }

    /// `2026-11-24: 31.20 USD, expected 11.50 (+19.70), unlike the same weekdays before`.
    public var text: String {
        let days = first == last ? "\(first)" : "\(first) to \(last)"
        let why =
            switch cause {
            case .unlikeItsWeekday: "unlike the same weekdays before"
            case .creeping: "a little more every day"
            case .unlikeItsPlan: "unlike the plan"
            }
        return "\(days): \(SpendEstimate.usd(usd)) USD, expected \(SpendEstimate.usd(expectedUSD)) "
            + "(\(impactUSD > 0 ? "+" : "")\(SpendEstimate.usd(impactUSD))), \(why)"
    }
}

extension SpendAnomalyDetector {
    /// The anomalies of an endpoint's metered days, oldest first, before `today`, which is not over. The plan stands in
    /// for the days from which nothing can be learned yet, and judges all days of an endpoint with a fixed count.
    public func anomalies(
        in days: [EndpointStatement.DayPart], before today: Day, isFixed: Bool
    ) -> [SpendAnomaly] {
        anomalies(
            in: days.filter { $0.day < today }.enumerated().map { index, part in
                let isPlanned = index < Self.daysToLearn || isFixed
                return DayCost(day: part.day, usd: part.usd, plannedUSD: isPlanned ? part.plannedUSD : nil)
            })
    }
}

/// Judges each day by the days before it, never by later ones.
///
/// The expectation is the median of the same weekday in the last eight weeks; the spread is that of all days around
/// their expectations, by their median, so that one bad day moves neither. A one-sided cumulative sum finds what grows
/// by a little every day. Before there are two weeks to learn from, and wherever one is given, the plan is the
/// expectation.
public struct SpendAnomalyDetector: Sendable {
    public static let sigmasMin = 3.5
    static let weeksMax = 8
    public static let daysToLearn = 14
    static let residualsMax = 56
    static let agreeingShareMax = 0.25
    static let sumAllowance = 1.25
    static let sumLimit = 8.0
    static let sigmasMax = 4.0
    /// The spread is never taken to be less: a share of the expectation, and US dollars.
    static let spreadShareMin = 0.04
    static let spreadMin = 0.10
    /// What matters to nobody is not told: less than this in US dollars, or as a share of the expectation.
    public var impactMin: Double
    public var impactShareMin: Double

    public init(impactMin: Double = 1, impactShareMin: Double = 0.1) {
        self.impactMin = impactMin
        self.impactShareMin = impactShareMin
    }

    /// The anomalies of a series in the order of its days; days in a row are one.
    public func anomalies(in costs: [DayCost]) -> [SpendAnomaly] {
        var found: [SpendAnomaly] = []
        for judged in judge(costs) {
            guard let cause = judged.cause else { continue }
            if var last = found.last, judged.cost.day.days(since: last.last) == 1, (last.impactUSD > 0) == judged.isMore
            {
                last.last = judged.cost.day
                last.usd += judged.cost.usd
                last.expectedUSD += judged.expected
                found[found.count - 1] = last
            } else {
                found.append(
                    SpendAnomaly(
                        first: judged.cost.day, last: judged.cost.day, cause: cause, usd: judged.cost.usd,
                        expectedUSD: judged.expected))
            }
        }
        return found
    }

    struct Judged {
        var cost: DayCost
        var expected: Double
        var cause: SpendAnomaly.Cause?
        var isMore: Bool { cost.usd > expected }
    }

    func judge(_ costs: [DayCost]) -> [Judged] {
        let costs = costs.sorted { $0.day < $1.day }
        var sameWeekday: [Int: [(day: Day, usd: Double)]] = [:]
        var residuals: [Double] = []
        var sum = 0.0
        var judged: [Judged] = []
        for (index, cost) in costs.enumerated() {
            let weekday = ((cost.day.daysSinceEpoch % 7) + 7) % 7
            let before = (sameWeekday[weekday] ?? []).filter {
                cost.day.days(since: $0.day) <= Self.weeksMax * 7
            }
            sameWeekday[weekday] = before + [(cost.day, cost.usd)]
            let learned = index >= Self.daysToLearn ? Self.expected(by: before.map(\.usd)) : nil
            guard let expected = cost.plannedUSD ?? learned else { continue }
            let spread = Self.median(residuals.suffix(Self.residualsMax).map(abs)).map { $0 * 1.4826 } ?? 0
            let sigma = max(spread, abs(expected) * Self.spreadShareMin, Self.spreadMin)
            let distance = (cost.usd - expected) / sigma
            residuals.append(cost.usd - expected)
            sum = max(0, sum + min(distance, Self.sigmasMax) - Self.sumAllowance)
            var cause: SpendAnomaly.Cause?
            if abs(distance) >= Self.sigmasMin {
                cause = cost.plannedUSD == nil ? .unlikeItsWeekday : .unlikeItsPlan
            } else if sum >= Self.sumLimit, distance > 0 {
                cause = .creeping
            }
            let impact = abs(cost.usd - expected)
            if impact < max(impactMin, abs(expected) * impactShareMin) { cause = nil }
            judged.append(Judged(cost: cost, expected: expected, cause: cause))
        }
        return judged
    }

    /// Two days of which one was odd have no median that says so: they count when they agree.
    private static func expected(by values: [Double]) -> Double? {
        guard values.count < 3, let low = values.min(), let high = values.max() else { return median(values) }
        return high - low <= max(abs(high), abs(low)) * agreeingShareMax ? median(values) : nil
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

extension SpendAnomalyDetector {
    /// The same weekdays of eight weeks lie in so many months.
    public static let monthsMax = 3

    /// The anomalies of metered months, oldest first, by endpoint. `fixed` names those whose number of instances is.
    public func anomalies(
        in months: [SpendStatement], fixed: Set<String>, before today: Day
    ) -> [(endpoint: String, anomaly: SpendAnomaly)] {
        let byName = Dictionary(grouping: months.flatMap(\.endpoints)) { $0.endpoint }
        return byName.sorted { $0.key < $1.key }.flatMap { name, months in
            anomalies(in: months.flatMap(\.days), before: today, isFixed: fixed.contains(name)).map { (name, $0) }
        }
    }
}

extension DayCost {
    /// How many days a file may have.
    public static let daysMax = 100_000

    /// Reads `day,usd` or `day,usd,planned` line by line, in any order of the days; a first line of names is passed
    /// over. A cost below 0 is a refund. Throws at the first line that is neither, and at a day that comes twice.
    public static func read(csv text: String, file: String) throws(PlumbError) -> [DayCost] {
        var costs: [DayCost] = []
        var lines: [Day: Int] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = words(of: line)
            guard words != [""] else { continue }
            if costs.isEmpty, Day(words[0]) == nil, words.count > 1, Double(words[1]) == nil { continue }
            let place = Place(file: file, line: index + 1)
            guard (2...3).contains(words.count), let day = Day(words[0]), let usd = Double(words[1]), usd.isFinite
            else {
                throw isNoDay(line, at: place)
            }
            if let first = lines.updateValue(index + 1, forKey: day) {
                throw PlumbError(
                    .invalidInput, "\(day) stands in line \(first) already",
                    hint: "one line a day: add up what belongs together", at: place)
            }
            guard costs.count < daysMax else {
                throw PlumbError(
                    .invalidInput, "\(file) has more than \(daysMax) days", hint: "keep series apart", at: place)
            }
            var cost = DayCost(day: day, usd: usd)
            if words.count == 3, !words[2].isEmpty {
                guard let planned = Double(words[2]), planned.isFinite, planned >= 0 else {
                    throw isNoDay(line, at: place)
                }
                cost.plannedUSD = planned
            }
            costs.append(cost)
        }
        return costs
    }

    /// The cells of a line, without the blanks and quotation marks around them.
    private static func words(of line: Substring) -> [Substring] {
        line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
            var cell = cell
            while let first = cell.first, " \t\"\u{FEFF}".contains(first) { cell.removeFirst() }
            while let last = cell.last, " \t\"".contains(last) { cell.removeLast() }
            return cell
        }
    }

    private static func isNoDay(_ line: Substring, at place: Place) -> PlumbError {
        PlumbError(
            .invalidInput, "'\(line.prefix(80))' is no day's cost",
            hint: "write 2026-11-24,12.50 or, with what was planned, 2026-11-24,12.50,11.00", at: place)
    }
}
