// Months, hours of a meter, and what they sum up to.

import Testing

@testable import PlumbModel

struct SpendTests {
    @Test func monthsAreReadAndFollowEachOther() throws {
        let month = try #require(Month("2026-11"))
        #expect(month.description == "2026-11" && month.next.description == "2026-12")
        #expect(Month("2026-12")?.next.description == "2027-01" && Month("2027-01")?.previous == Month("2026-12"))
        #expect(Month("2024-02").map { ($0.end - $0.start) / 86_400 } == 29)
        #expect(Month(secondsSinceEpoch: month.end - 0.5) == month && Month(secondsSinceEpoch: month.end) > month)
        for text in ["2026-13", "2026-1", "november", "2026-11-01", ""] { #expect(Month(text) == nil, "\(text)") }
    }

    private func hour(_ number: Int, seen: Double, instances: Double, price: Double?) throws -> MeteredHour {
        let begin = try #require(Month("2026-11")).start
        let hour = Int(begin / 3600) + number
        var row = MeteredHour(
            endpoint: "digits", hour: hour, environment: .dev, team: "vision", region: "us-east-1",
            from: Double(hour) * 3600)
        row.until = row.from + seen
        row.seenSeconds = seen
        row.running = ["ml.m5.large": seen * instances]
        row.planned = ["ml.m5.large": seen]
        row.requests = 100
        if let price {
            row.prices["ml.m5.large"] = MeteredPrice(
                Price(usdPerHour: price, asOf: Day(daysSinceEpoch: 20_000), source: "a list", confidence: .listed))
        }
        return row
    }

    @Test func hoursSumUpByTheDayAndEachAtItsOwnPrice() throws {
        let rows = [
            try hour(0, seen: 3600, instances: 2, price: 0.1), try hour(23, seen: 1800, instances: 1, price: 0.1),
            try hour(24, seen: 3600, instances: 1, price: 0.2),
        ]
        let statement = try #require(EndpointStatement(rows.reversed(), until: nil))
        #expect(statement.days.map(\.day.description) == ["2026-11-01", "2026-11-02"])
        #expect(abs(statement.usd - 0.45) < 1e-12 && abs(statement.days[0].usd - 0.25) < 1e-12)
        #expect(abs(statement.days[0].plannedUSD - 0.15) < 1e-12)
        #expect(statement.meteredHours == 2.5 && statement.unmeteredHours == 22.5 && statement.requests == 300)
        #expect(statement.prices["ml.m5.large"]?.usdPerHour == 0.2)
        #expect(abs(try #require(statement.usdPerThousandRequests) - 1.5) < 1e-12)
    }

    @Test func oneHourWithoutAPriceMakesTheSumALeast() throws {
        let rows = [
            try hour(0, seen: 3600, instances: 1, price: 0.1), try hour(1, seen: 3600, instances: 1, price: nil),
        ]
        let statement = try #require(EndpointStatement(rows, until: nil))
        #expect(statement.unpriced == ["ml.m5.large"] && statement.usdPerThousandRequests == nil)
        #expect(abs(statement.usd - 0.1) < 1e-12)
        #expect(EndpointStatement([], until: nil) == nil)
    }

    @Test func aForecastLiesBetweenFloorAndCeiling() {
        let forecast = SpendForecast(spentUSD: 5, hours: 100, usdPerHour: 0.1, floor: 1, count: 2, ceiling: 4)
        #expect(forecast == SpendForecast(spentUSD: 5, hours: 100, usdPerHour: 0.1, floor: 1, count: 2, ceiling: 4))
        #expect(
            abs(forecast.lowUSD - 15) < 1e-9 && abs(forecast.expectedUSD - 25) < 1e-9
                && abs(forecast.highUSD - 45) < 1e-9)
    }
}
