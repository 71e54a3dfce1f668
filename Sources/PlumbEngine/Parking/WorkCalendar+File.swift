// The dated exceptions of a calendar, as a file of lines: holidays, and hours of single days.

public import PlumbModel

extension WorkCalendar {
    /// Reads lines such as `2026-12-25 off`, `2026-12-24 08:00-12:00` or `2026-11-28 on 09:00-17:00 18:00-20:00`;
    /// `#` begins a remark. Throws at the first line that is none of these, naming it.
    public static func exceptions(in text: String, file: String) throws(PlumbError) -> [Int: [WeeklyPlan.Span]] {
        var found: [Int: [WeeklyPlan.Span]] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let said = line.prefix { $0 != "#" }
            let words = said.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            guard found.count < exceptionsMax else {
                throw PlumbError(
                    .invalidInput, "\(file) has more than \(exceptionsMax) days", hint: "keep the years apart")
            }
            guard let day = Day(first), let spans = spans(words.dropFirst()), found[day.daysSinceEpoch] == nil else {
                let place = Place(file: file, line: index + 1, column: 1)
                throw PlumbError(
                    .invalidInput, "'\(said)' is no day of a calendar, or one that stands there already",
                    hint: "write 2026-12-25 off, or 2026-12-24 08:00-12:00", at: place)
            }
            found[day.daysSinceEpoch] = spans
        }
        return found
    }

    /// `off`, or hours; a stop that is not later than its start is meant for the next day.
    private static func spans(_ words: ArraySlice<Substring>) -> [WeeklyPlan.Span]? {
        if words.count == 1, words.first == "off" { return [] }
        let times = words.first == "on" ? words.dropFirst() : words
        guard !times.isEmpty else { return nil }
        var spans: [WeeklyPlan.Span] = []
        for word in times {
            let ends = word.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let start = WeeklyPlan.minuteOfDay(String(ends[0])),
                let stop = WeeklyPlan.minuteOfDay(String(ends[1])), start < WeeklyPlan.minutesPerDay
            else { return nil }
            spans.append(WeeklyPlan.Span(start: start, end: stop > start ? stop : stop + WeeklyPlan.minutesPerDay))
        }
        return spans.sorted()
    }
}
