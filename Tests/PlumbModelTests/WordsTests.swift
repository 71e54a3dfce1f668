import Foundation
import PlumbModel
import Testing

/// The words by themselves: days, facts, metrics, errors, and what a spec remembers of its file.
struct WordsTests {
    @Test func aDayReadsBackAsItIsWrittenOverFourCenturies() throws {
        for number in stride(from: -60_000, through: 90_000, by: 1) {
            let day = Day(daysSinceEpoch: number)
            try #require(Day(day.description) == day, "\(day)")
        }
        #expect(Day(daysSinceEpoch: 0).description == "1970-01-01")
        #expect(Day("2000-02-29")?.daysSinceEpoch == 11_016)
        #expect(Day(secondsSinceEpoch: -1).description == "1969-12-31")
        #expect(try #require(Day("2026-03-01")).days(since: try #require(Day("2026-02-01"))) == 28)
    }

    @Test(arguments: [
        "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "26-01-01", "2026-01-32", "2026-04-31",
        "2026/01/01", "2026-01-01 ", "", "٢٠٢٦-٠١-٠١", "2026-01-01-01", "0000-01-01",
    ])
    func whatIsNoDayIsNone(text: String) {
        #expect(Day(text) == nil)
    }

    @Test func aDayIsJSONAsText() throws {
        let day = try #require(Day("2026-11-24"))
        #expect(String(decoding: try JSONEncoder().encode([day]), as: UTF8.self) == "[\"2026-11-24\"]")
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Day].self, from: Data("[\"soon\"]".utf8)) }
    }

    @Test func aFactIsWhatItSaysWhereverItWasRead() throws {
        let here = Place(file: "a.yaml", line: 1), there = Place(file: "b.yaml", line: 9)
        #expect(Fact<Int>.known(3, at: here) == .known(3, at: there))
        #expect(Fact<Int>.absent != .unknown("a parameter"))
        #expect(Fact<Int>.absent.defaulting(to: 7) == 7)
        #expect(Fact<Int>.unknown("a parameter").defaulting(to: 7).value == nil)
        #expect(Fact<Int>.known(2, at: here).map { "\($0)" }.place == here)
        #expect(Fact<Int>.unknown("why").map { $0 + 1 }.whyUnknown == "why")
        for fact in [Fact<Int>.known(3, at: here), .absent, .unknown("why")] {
            let copy = try JSONDecoder().decode(Fact<Int>.self, from: JSONEncoder().encode(fact))
            #expect(copy == fact && copy.place == fact.place)
        }
    }

    @Test func aMetricIsItsDimensionsInAnyOrder() {
        let one = MetricIdentity(namespace: "n", name: "m", dimensions: [Dimension("b", "2"), Dimension("a", "1")])
        let two = MetricIdentity(namespace: "n", name: "m", dimensions: [Dimension("a", "1"), Dimension("b", "2")])
        #expect(one == two)
        #expect(one.dimension("b") == "2")
        #expect(one.dimension("c") == nil)
    }

    @Test(arguments: ["SampleCount", "Average", "Sum", "Minimum", "Maximum", "p99", "p99.9", "p0", "p100"])
    func statisticsAreSpeltAsCloudWatchSpellsThem(text: String) {
        #expect(Statistic(cloudWatch: text)?.cloudWatchName == text)
    }

    @Test(arguments: ["average", "p", "p101", "p-1", "pnan", "tm99", ""])
    func otherStatisticsAreNone(text: String) {
        #expect(Statistic(cloudWatch: text) == nil)
    }

    @Test func noNumberBreachesNothing() {
        for comparison in ComparisonOperator.allCases {
            #expect(!comparison.isBreaching(.nan, threshold: 1))
            #expect(!comparison.isBreaching(1, threshold: .nan))
        }
        #expect(ComparisonOperator.greaterThanOrEqualToThreshold.isBreaching(1, threshold: 1))
        #expect(!ComparisonOperator.greaterThanThreshold.isBreaching(1, threshold: 1))
        #expect(ComparisonOperator.lessThanOrEqualToThreshold.isBreaching(1, threshold: 1))
        #expect(!ComparisonOperator.lessThanThreshold.isBreaching(1, threshold: 1))
    }

    @Test func anErrorSaysWhatWhereAndWhatToDo() {
        let error = PlumbError(
            .invalidInput, "the key 'alarm' is unknown", hint: "did you mean alarms?",
            at: Place(file: "plumb.yaml", line: 4, column: 3), cause: PlumbError(.notFound, "no such key"))
        #expect(
            error.description
                == "plumb.yaml:4:3: the key 'alarm' is unknown (no such key)\nhint: did you mean alarms?")
        #expect(Place(file: "a", line: 4).description == "a:4")
        #expect(Place(file: "a", column: 4).description == "a")
    }

    @Test func workingHoursAddUp() {
        func hours(_ days: [String], _ start: String, _ stop: String) -> Double {
            WorkingHours(timezone: "UTC", days: days, start: start, stop: stop).hoursPerWeek
        }
        #expect(hours(["mon", "tue", "wed", "thu", "fri"], "08:30", "18:00") == 47.5)
        #expect(hours(["mon", "mon"], "08:00", "09:00") == 1)
        #expect(hours(["mon"], "18:00", "08:00") == 0)
    }
}
