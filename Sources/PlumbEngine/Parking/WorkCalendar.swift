// When an endpoint is wanted: a week's plan in a time zone, with holidays and other dated exceptions.

public import Foundation
public import PlumbModel

/// A week's plan on a real calendar. A day with an exception is what the exception says, from midnight to midnight.
///
/// A local time that does not exist, in the night when clocks go forward, is taken as the first moment after the gap;
/// one that exists twice is taken at its first occurrence. So no stop is lost and no start comes twice.
public struct WorkCalendar: Sendable {
    /// On or off, and for how long that is sure: up to, not including, `until`.
    public struct Stretch: Sendable, Hashable {
        public var isOn: Bool
        public var until: Double
    }
    /// Days of one calendar that may be exceptions.
    public static let exceptionsMax = 5000

    public let plan: WeeklyPlan
    public let zone: TimeZone
    /// By days since 1970-01-01, the spans in minutes since that day's midnight; none for a day off.
    public let exceptions: [Int: [WeeklyPlan.Span]]
    /// The plan's spans by the weekday of their start.
    private let byWeekday: [[WeeklyPlan.Span]]
    /// How many days the longest span runs on.
    private let reachDays: Int

    /// Throws for a zone that nobody knows.
    public init(_ plan: WeeklyPlan, exceptions: [Int: [WeeklyPlan.Span]] = [:]) throws(PlumbError) {
        guard let zone = TimeZone(identifier: plan.timezone) else {
            throw PlumbError(
                .invalidInput, "no time zone is called '\(plan.timezone)'",
                hint: "write an IANA name, such as Europe/Berlin or America/New_York")
        }
        self.plan = plan
        self.zone = zone
        self.exceptions = exceptions
        byWeekday = (0..<7).map { day in plan.spans.filter { $0.start / WeeklyPlan.minutesPerDay == day } }
        let longest = (plan.spans + exceptions.values.joined()).map { $0.end - $0.start }.max() ?? 0
        reachDays = longest / WeeklyPlan.minutesPerDay + 1
    }

    /// Whether it is on at a moment, in seconds since 1970 UTC, and until when that is sure.
    public func stretch(at now: Double) -> Stretch {
        let day = localDay(of: now)
        let found = intervals(from: day - reachDays, through: day + Self.aheadDays)
        // The last days of the window may be cut short by what lies beyond it.
        let sure = instant(ofLocalMinute: (day + Self.aheadDays) * WeeklyPlan.minutesPerDay)
        for interval in found where interval.upperBound > now {
            if interval.contains(now) { return Stretch(isOn: true, until: min(interval.upperBound, sure)) }
            return Stretch(isOn: false, until: min(interval.lowerBound, sure))
        }
        return Stretch(isOn: false, until: sure)
    }
    /// How far one question looks ahead.
    private static let aheadDays = 4

    public func isOn(at now: Double) -> Bool { stretch(at: now).isOn }

    /// The next moment after `now` at which it goes on or off; nil when there is none within `daysMax` days.
    public func nextEdge(after now: Double, daysMax: Int = 400) -> Double? {
        let first = stretch(at: now)
        var moment = first.until
        while moment - now < Double(daysMax) * 86_400 {
            let next = stretch(at: moment)
            if next.isOn != first.isOn { return moment }
            moment = next.until
        }
        return nil
    }

    /// Hours in which it is on between two moments; an hour that a change of clocks takes away or gives is counted as
    /// it passes.
    public func hours(from start: Double, to end: Double) -> Double {
        guard start < end else { return 0 }
        let found = intervals(from: localDay(of: start) - reachDays, through: localDay(of: end) + 1)
        let seconds = found.reduce(0.0) { sum, interval in
            sum + max(0, min(interval.upperBound, end) - max(interval.lowerBound, start))
        }
        return seconds / 3600
    }

    /// Hours of the average month of a year.
    public func hoursPerMonth(inYear year: Int) -> Double? {
        guard let first = Day("\(year)-01-01"), let last = Day("\(year + 1)-01-01") else { return nil }
        func midnight(_ day: Day) -> Double { instant(ofLocalMinute: day.daysSinceEpoch * WeeklyPlan.minutesPerDay) }
        return hours(from: midnight(first), to: midnight(last)) / 12
    }

    // MARK: - Local time

    /// Merged intervals of all spans that begin on these local days, in seconds since 1970 UTC.
    private func intervals(from first: Int, through last: Int) -> [Range<Double>] {
        var local: [Range<Int>] = []
        for day in first...last {
            let midnight = day * WeeklyPlan.minutesPerDay
            if let own = exceptions[day] {
                for span in own {
                    let start = midnight + span.start
                    local += outsideExceptions(start..<start + max(0, span.end - span.start), but: day)
                }
                continue
            }
            // 1970-01-01 was a Thursday.
            let weekday = ((day + 3) % 7 + 7) % 7
            for span in byWeekday[weekday] {
                let start = midnight + span.start - weekday * WeeklyPlan.minutesPerDay
                local += outsideExceptions(start..<start + max(0, span.end - span.start))
            }
        }
        var merged: [Range<Double>] = []
        let spans = local.map { ($0, instant(ofLocalMinute: $0.lowerBound), instant(ofLocalMinute: $0.upperBound)) }
        for (_, start, end) in spans.sorted(by: { $0.1 < $1.1 }) where start < end {
            if let previous = merged.last, start <= previous.upperBound {
                merged[merged.count - 1] = previous.lowerBound..<max(previous.upperBound, end)
            } else {
                merged.append(start..<end)
            }
        }
        return merged
    }

    /// A span without the days that have an exception of their own; `own` is the day whose exception the span is.
    private func outsideExceptions(_ span: Range<Int>, but own: Int? = nil) -> [Range<Int>] {
        guard !span.isEmpty else { return [] }
        guard !exceptions.isEmpty else { return [span] }
        let perDay = WeeklyPlan.minutesPerDay
        var left: [Range<Int>] = []
        var start = span.lowerBound
        while start < span.upperBound {
            let midnight = Int((Double(start) / Double(perDay)).rounded(.down)) * perDay
            let end = min(span.upperBound, midnight + perDay)
            let day = midnight / perDay
            if day == own || exceptions[day] == nil { left.append(start..<end) }
            start = end
        }
        return left
    }

    private func localDay(of moment: Double) -> Int {
        Int(((moment + offset(at: moment)) / 86_400).rounded(.down))
    }

    private func offset(at moment: Double) -> Double {
        Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: moment)))
    }

    /// The moment of a local minute, counted from 1970-01-01 00:00 as if there were no zones.
    func instant(ofLocalMinute minute: Int) -> Double {
        let local = Double(minute) * 60
        let (before, after) = (offset(at: local - 86_400), offset(at: local + 86_400))
        if before == after { return local - before }
        let (early, late) = (local - before, local - after)
        let isEarly = offset(at: early) == before
        let isLate = offset(at: late) == after
        if isEarly, isLate { return min(early, late) }
        if isEarly { return early }
        if isLate { return late }
        return change(between: local - 86_400, and: local + 86_400)
    }

    /// The second in which the offset changes between two moments.
    private func change(between start: Double, and end: Double) -> Double {
        var (low, high) = (start, end)
        let before = offset(at: low)
        while high - low > 1 {
            let middle = ((low + high) / 2).rounded(.down)
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        return high
    }
}
