// A calendar month, which budgets are for.

/// A month of the Gregorian calendar in UTC, written `2026-11`.
public struct Month: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Its first day.
    public let first: Day

    /// The month that holds this moment, in seconds since 1970-01-01 UTC.
    public init(secondsSinceEpoch: Double) {
        self.init(holding: Day(secondsSinceEpoch: secondsSinceEpoch))
    }

    public init(holding day: Day) {
        // A day's text ends in the number of days that have begun in its month.
        first = day.adding(days: 1 - (Int(day.description.suffix(2)) ?? 1))
    }

    /// Reads `YYYY-MM`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let day = Day("\(text)-01") else { return nil }
        first = day
    }

    public var description: String { String(first.description.dropLast(3)) }
    /// A month is never longer than 31 days, nor shorter than 28.
    public var next: Month { Month(holding: first.adding(days: 31)) }
    public var previous: Month { Month(holding: first.adding(days: -1)) }
    /// Its first moment, and the first after it; seconds since 1970-01-01 UTC.
    public var start: Double { Double(first.daysSinceEpoch) * 86_400 }
    public var end: Double { next.start }

    public static func < (left: Month, right: Month) -> Bool { left.first < right.first }
}

extension Month: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let month = Month(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no YYYY-MM month")
        }
        self = month
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
