// When something runs in a week: spans of local time in one zone, and the short text that fits into a tag.

/// Spans of a week, in minutes since Monday 00:00 local time; one that begins on Sunday may run into Monday.
public struct WeeklyPlan: Sendable, Hashable, Codable {
    /// From `start` up to, not including, `end`.
    public struct Span: Sendable, Hashable, Codable, Comparable {
        /// In 0 ..< 10,080.
        public var start: Int
        /// After `start`, at most a week later.
        public var end: Int
        public init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }
        public static func < (left: Span, right: Span) -> Bool { (left.start, left.end) < (right.start, right.end) }
    }
    public static let minutesPerDay = 24 * 60
    public static let minutesPerWeek = 7 * minutesPerDay
    public static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// An IANA name.
    public var timezone: String
    /// By their start.
    public var spans: [Span]

    public init(timezone: String, spans: [Span]) {
        self.timezone = timezone
        self.spans = spans.sorted()
    }

    /// The declared hours; nil when a day or a time is none. A stop that is not later than the start is meant for the
    /// next day.
    public init?(_ hours: WorkingHours) {
        guard let start = Self.minuteOfDay(hours.start), start < Self.minutesPerDay,
            let stop = Self.minuteOfDay(hours.stop)
        else { return nil }
        let days = Set(hours.days.map { $0.lowercased() }).compactMap(Self.dayNames.firstIndex)
        guard days.count == Set(hours.days).count else { return nil }
        self.init(timezone: hours.timezone, spans: Self.spans(days: days, from: start, to: stop))
    }

    /// Reads `mon-fri/08:00-19:00@America/New_York`, which a tag of SageMaker may hold; several parts are parted by
    /// spaces, `mon-thu/08:00-19:00 fri/08:00-15:00@Europe/Berlin`. Nil for anything else.
    public init?(tag text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[1].isEmpty, !halves[0].isEmpty, text.utf8.count <= 256 else { return nil }
        var spans: [Span] = []
        for part in halves[0].split(separator: " ") {
            let words = part.split(separator: "/", omittingEmptySubsequences: false)
            guard words.count == 2, let days = Self.days(String(words[0])) else { return nil }
            let times = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard times.count == 2, let start = Self.minuteOfDay(String(times[0])), start < Self.minutesPerDay,
                let stop = Self.minuteOfDay(String(times[1]))
            else { return nil }
            spans += Self.spans(days: days, from: start, to: stop)
        }
        guard !spans.isEmpty else { return nil }
        self.init(timezone: String(halves[1]), spans: spans)
    }

    /// Hours a week, counted once where spans overlap.
    public var hoursPerWeek: Double { Double(minutesOfWeek.count) / 60 }

    /// The minutes since Monday 00:00 in which it is on.
    public var minutesOfWeek: Set<Int> {
        var minutes = Set<Int>()
        for span in spans {
            for minute in span.start..<max(span.start, span.end) { minutes.insert(minute % Self.minutesPerWeek) }
        }
        return minutes
    }

    private static func spans(days: [Int], from start: Int, to stop: Int) -> [Span] {
        let length = stop > start ? stop - start : stop + minutesPerDay - start
        return days.map { Span(start: $0 * minutesPerDay + start, end: $0 * minutesPerDay + start + length) }
    }

    /// `mon`, `mon-fri`, `fri-mon`, `mon+wed`.
    private static func days(_ text: String) -> [Int]? {
        var found: Set<Int> = []
        for part in text.lowercased().split(separator: "+", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                dayNames.firstIndex(of: String($0))
            }
            guard (1...2).contains(ends.count), var day = ends[0], let last = ends[ends.count - 1] else { return nil }
            found.insert(day)
            while day != last {
                day = (day + 1) % 7
                found.insert(day)
            }
        }
        return found.sorted()
    }

    /// Minutes since midnight of `HH:MM`; 24:00 is the end of the day.
    public static func minuteOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }
}
