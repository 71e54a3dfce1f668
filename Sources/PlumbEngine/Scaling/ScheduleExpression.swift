// When a scheduled action falls due: `cron(…)`, `rate(…)` and `at(…)` as Application Auto Scaling spells them.

import Foundation
public import PlumbModel

/// A schedule in a time zone.
///
/// A local time that a change of the clocks skips does not fall due; one that comes twice does so twice, which does a
/// change of bounds no harm.
public struct ScheduleExpression: Sendable, Hashable, Codable {
    private enum Form: Sendable, Hashable, Codable {
        case rate(seconds: Double)
        /// Seconds since 1970-01-01 UTC.
        case at(Double)
        case cron(CronFields)
    }
    private let form: Form
    private let timezone: String
    /// After a longer absence only the last days are looked at.
    static let minutesMax = 7 * 1440

    /// Nil when the expression or the zone cannot be read.
    public init?(_ text: String, timezone: String?) {
        self.timezone = timezone ?? "Etc/UTC"
        guard let zone = TimeZone(identifier: self.timezone), let open = text.firstIndex(of: "("), text.hasSuffix(")")
        else { return nil }
        let inside = text[text.index(after: open)...].dropLast()
        switch text[..<open] {
        case "rate":
            let parts = inside.split(separator: " ")
            let units = ["minute": 60.0, "hour": 3600, "day": 86_400]
            guard parts.count == 2, let value = Double(parts[0]), value >= 1,
                let unit = units[parts[1].hasSuffix("s") ? String(parts[1].dropLast()) : String(parts[1])]
            else { return nil }
            form = .rate(seconds: value * unit)
        case "at":
            guard let moment = Self.moment(String(inside), in: zone) else { return nil }
            form = .at(moment)
        case "cron":
            guard let fields = CronFields(String(inside)) else { return nil }
            form = .cron(fields)
        default: return nil
        }
    }

    /// The last time it fell due after `since` and not later than `now`; nil when it did not. A rate counts from
    /// the epoch, so that it does not depend on who looks when.
    public func latest(after since: Double, upTo now: Double) -> Double? {
        switch form {
        case .at(let moment): return moment > since && moment <= now ? moment : nil
        case .rate(let seconds):
            let last = (now / seconds).rounded(.down) * seconds
            return last > since ? last : nil
        case .cron(let fields):
            let last = Int((now / 60).rounded(.down))
            let first = max(Int((since / 60).rounded(.down)) + 1, last - Self.minutesMax)
            guard first <= last, let zone = TimeZone(identifier: timezone) else { return nil }
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            for minute in stride(from: last, through: first, by: -1) {
                let moment = Double(minute * 60)
                if fields.matches(Date(timeIntervalSince1970: moment), calendar) { return moment }
            }
            return nil
        }
    }

    /// What in a spec's schedule cannot be read.
    public static func objections(to spec: Spec) -> [Diagnostic] {
        spec.scaling.scheduled.enumerated().compactMap { index, action in
            guard ScheduleExpression(action.expression, timezone: action.timezone) == nil else { return nil }
            let zone = action.timezone.map { " in \($0)" } ?? ""
            return Diagnostic(
                .error, "the schedule \(action.expression)\(zone) of '\(action.name)' cannot be read",
                at: spec.place(of: "scaling.scheduled.\(index).expression"),
                hint: "write cron(MINUTES HOURS DAY MONTH WEEKDAY YEAR), rate(5 minutes) or at(2027-01-31T08:00:00)")
        }
    }

    private static func moment(_ text: String, in zone: TimeZone) -> Double? {
        let parts = text.split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
        guard parts.count == 6, text.count == 19 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let components = DateComponents(
            year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
        guard components.isValidDate(in: calendar) else { return nil }
        return calendar.date(from: components)?.timeIntervalSince1970
    }
}

/// The six fields of an AWS cron expression: minutes, hours, day of month, month, day of week, year.
struct CronFields: Sendable, Hashable, Codable {
    private let minutes: Set<Int>
    private let hours: Set<Int>
    private let months: Set<Int>
    private let years: Set<Int>
    private let days: Days
    private let weekdays: Weekdays

    private enum Days: Sendable, Hashable, Codable {
        case any
        case each(Set<Int>)
        case last
        /// The weekday nearest to this day of the month.
        case nearestWeekday(Int)
    }
    private enum Weekdays: Sendable, Hashable, Codable {
        case any
        case each(Set<Int>)
        /// The last such day of the month, 1 for Sunday.
        case last(Int)
        case nth(Int, of: Int)
    }
    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    private static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    init?(_ text: String) {
        let fields = text.split(separator: " ").map { $0.uppercased() }
        guard fields.count == 6, let minutes = Self.values(fields[0], 0...59),
            let hours = Self.values(fields[1], 0...23), let days = Self.days(fields[2]),
            let months = Self.values(fields[3], 1...12, names: Self.monthNames),
            let weekdays = Self.weekdays(fields[4]), let years = Self.values(fields[5], 1970...2199)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.months = months
        self.years = years
        self.days = days
        self.weekdays = weekdays
    }

    func matches(_ date: Date, _ calendar: Calendar) -> Bool {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .weekday], from: date)
        guard let year = parts.year, let month = parts.month, let day = parts.day, let hour = parts.hour,
            let minute = parts.minute, let weekday = parts.weekday
        else { return false }
        guard minutes.contains(minute), hours.contains(hour), months.contains(month), years.contains(year),
            let length = calendar.range(of: .day, in: .month, for: date)?.count
        else { return false }
        return matches(day: day, weekday: weekday, length: length)
    }

    private func matches(day: Int, weekday: Int, length: Int) -> Bool {
        let isDay =
            switch days {
            case .any: true
            case .each(let wanted): wanted.contains(day)
            case .last: day == length
            case .nearestWeekday(let wanted): day == Self.weekdayNearest(min(wanted, length), day, weekday, length)
            }
        let isWeekday =
            switch weekdays {
            case .any: true
            case .each(let wanted): wanted.contains(weekday)
            case .last(let wanted): weekday == wanted && day + 7 > length
            case .nth(let number, let wanted): weekday == wanted && (day - 1) / 7 + 1 == number
            }
        return isDay && isWeekday
    }

    /// The working day nearest to `wanted` within its month, given that `day` of it is a `weekday`.
    private static func weekdayNearest(_ wanted: Int, _ day: Int, _ weekday: Int, _ length: Int) -> Int {
        let of = ((weekday - 1 + wanted - day) % 7 + 7) % 7 + 1
        switch of {
        case 7: return wanted > 1 ? wanted - 1 : wanted + 2
        case 1: return wanted < length ? wanted + 1 : wanted - 2
        default: return wanted
        }
    }

    private static func days(_ field: String) -> Days? {
        if field == "?" || field == "*" { return .any }
        if field == "L" { return .last }
        if field.hasSuffix("W") {
            return Int(field.dropLast()).flatMap { (1...31).contains($0) ? .nearestWeekday($0) : nil }
        }
        return values(field, 1...31).map { .each($0) }
    }

    private static func weekdays(_ field: String) -> Weekdays? {
        if field == "?" || field == "*" { return .any }
        let parts = field.split(separator: "#").map(String.init)
        if parts.count == 2 {
            guard let day = value(parts[0], 1...7, weekdayNames), let number = Int(parts[1]), (1...5).contains(number)
            else { return nil }
            return .nth(number, of: day)
        }
        if field.hasSuffix("L"), field.count > 1 {
            return value(String(field.dropLast()), 1...7, weekdayNames).map { .last($0) }
        }
        return values(field, 1...7, names: weekdayNames).map { .each($0) }
    }

    /// The values of a list of numbers, ranges and steps.
    private static func values(_ field: String, _ range: ClosedRange<Int>, names: [String] = []) -> Set<Int>? {
        var result: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let steps = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard (1...2).contains(steps.count), let span = span(steps[0], range, names, isOpen: steps.count == 2)
            else { return nil }
            guard let step = steps.count == 2 ? Int(steps[1]) : 1, step > 0 else { return nil }
            result.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        return result.isEmpty ? nil : result
    }

    private static func span(
        _ text: String, _ range: ClosedRange<Int>, _ names: [String], isOpen: Bool
    ) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
            value(String($0), range, names)
        }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
            return nil
        }
        return ends.count == 1 && isOpen ? first...range.upperBound : first...last
    }

    private static func value(_ text: String, _ range: ClosedRange<Int>, _ names: [String]) -> Int? {
        if let index = names.firstIndex(of: text) { return index + range.lowerBound }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
}
