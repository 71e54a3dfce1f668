// When an endpoint is wanted: over midnight, on holidays, and in the nights when clocks change.

import Foundation
import PlumbModel
import Testing

@testable import PlumbEngine

@Suite struct WorkCalendarTests {
    private func calendar(_ tag: String, _ exceptions: String = "") throws -> WorkCalendar {
        let plan = try #require(WeeklyPlan(tag: tag))
        return try WorkCalendar(plan, exceptions: try WorkCalendar.exceptions(in: exceptions, file: "days.txt"))
    }

    private func moment(_ text: String) throws -> Double {
        try Date(text, strategy: .iso8601).timeIntervalSince1970
    }

    @Test func aWorkingDayBeginsAndEndsByTheLocalClock() throws {
        let calendar = try calendar("mon-fri/08:00-19:00@America/New_York")
        // In winter New York is five hours behind, in summer four.
        #expect(calendar.isOn(at: try moment("2026-01-14T13:00:00Z")))
        #expect(!calendar.isOn(at: try moment("2026-01-14T12:59:59Z")))
        #expect(calendar.isOn(at: try moment("2026-07-15T12:00:00Z")))
        #expect(!calendar.isOn(at: try moment("2026-07-15T23:00:00Z")))
        #expect(!calendar.isOn(at: try moment("2026-07-18T15:00:00Z")))
        #expect(try calendar.nextEdge(after: moment("2026-07-17T23:00:00Z")) == moment("2026-07-20T12:00:00Z"))
    }

    /// The averages of the year 2026 that were reckoned by hand: 261 weekdays of 11, 9 and 14 hours.
    @Test(arguments: [("08:00-19:00", 239.25), ("09:00-18:00", 195.75), ("07:00-21:00", 304.5)])
    func theHoursOfAnAverageMonthAreThoseOfTheYear(times: String, hours: Double) throws {
        let calendar = try calendar("mon-fri/\(times)@America/New_York")
        #expect(abs(try #require(calendar.hoursPerMonth(inYear: 2026)) - hours) < 1e-6)
    }

    @Test func elevenHolidaysAreOff() throws {
        let days = [
            "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07",
            "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
        ]
        let calendar = try calendar(
            "mon-fri/08:00-19:00@America/New_York", days.map { "\($0) off # holiday" }.joined(separator: "\n"))
        #expect(abs(try #require(calendar.hoursPerMonth(inYear: 2026)) - 250.0 * 11 / 12) < 1e-6)
        #expect(!calendar.isOn(at: try moment("2026-12-25T15:00:00Z")))
        #expect(calendar.isOn(at: try moment("2026-12-28T15:00:00Z")))
    }

    @Test func aSpanRunsOverMidnightAndADayOffCutsIt() throws {
        let calendar = try calendar("fri+thu/22:00-02:00@Europe/Berlin", "2026-01-16 off\n2026-01-18 on 09:00-17:00")
        // Thursday night runs into the Friday that is off: it ends at midnight.
        #expect(calendar.isOn(at: try moment("2026-01-15T22:30:00Z")))
        #expect(!calendar.isOn(at: try moment("2026-01-15T23:30:00Z")))
        #expect(!calendar.isOn(at: try moment("2026-01-16T22:30:00Z")))
        // A week earlier it does not.
        #expect(calendar.isOn(at: try moment("2026-01-09T00:30:00Z")))
        // A Sunday of its own.
        #expect(calendar.isOn(at: try moment("2026-01-18T10:00:00Z")))
        #expect(!calendar.isOn(at: try moment("2026-01-25T10:00:00Z")))
    }

    /// Hours of one dated day run on over midnight, except into a day that has an exception of its own.
    @Test func aDayOffIsOffAlsoAfterADayWithHoursOfItsOwn() throws {
        let off = try calendar("mon-fri/08:00-19:00@Etc/UTC", "2026-12-24 20:00-02:00\n2026-12-25 off")
        #expect(off.stretch(at: try moment("2026-12-24T21:00:00Z")).until == (try moment("2026-12-25T00:00:00Z")))
        #expect(
            abs(off.hours(from: try moment("2026-12-24T00:00:00Z"), to: try moment("2026-12-26T00:00:00Z")) - 4) < 1e-9)
        let open = try calendar("mon-fri/08:00-19:00@Etc/UTC", "2026-12-24 20:00-02:00")
        #expect(open.stretch(at: try moment("2026-12-24T21:00:00Z")).until == (try moment("2026-12-25T02:00:00Z")))
    }

    @Test func aTimeThatDoesNotExistIsTakenAfterTheGapAndOneThatComesTwiceOnce() throws {
        let spring = try calendar("sun/00:30-02:30@America/New_York")
        // On 2026-03-08 half past two does not exist: it stops when the clock jumps to three, 07:00 UTC.
        #expect(spring.stretch(at: try moment("2026-03-08T06:00:00Z")).until == (try moment("2026-03-08T07:00:00Z")))
        let autumn = try calendar("sun/00:30-01:30@America/New_York")
        let start = try moment("2026-11-01T04:30:00Z")
        #expect(autumn.stretch(at: start) == .init(isOn: true, until: start + 3600))
        // The second half past one is not a second span.
        #expect(!autumn.isOn(at: try moment("2026-11-01T06:15:00Z")))
        #expect(abs(autumn.hours(from: start - 86_400, to: start + 2 * 86_400) - 1) < 1e-9)
    }

    @Test(arguments: ["Mars/Olympus", ""]) func aZoneThatNobodyKnowsIsRefused(zone: String) throws {
        #expect(throws: PlumbError.self) { try WorkCalendar(WeeklyPlan(timezone: zone, spans: [])) }
    }

    @Test(arguments: ["2026-02-30 off", "2026-12-25", "2026-12-25 08:00", "soon off", "2026-01-01 off\n2026-01-01 off"])
    func aLineThatIsNoDayIsRefusedByItsPlace(text: String) throws {
        let error = #expect(throws: PlumbError.self) { try WorkCalendar.exceptions(in: text, file: "days.txt") }
        #expect(error?.place?.file == "days.txt")
    }

    @Test(arguments: [
        "mon-fri/08:00-19:00", "mon-fri/8:00-19:00@UTC", "fun/08:00-19:00@UTC", "mon/08:00@UTC", "@UTC",
        "mon/24:00-02:00@UTC", "mon/08:00-19:00@", "mon/08:60-19:00@UTC",
    ]) func aTagOfAnotherFormIsNone(tag: String) {
        #expect(WeeklyPlan(tag: tag) == nil)
    }

    @Test func aTagMayHoldSeveralParts() throws {
        let plan = try #require(WeeklyPlan(tag: "mon-thu/08:00-19:00 fri/08:00-15:00@Europe/Berlin"))
        #expect(plan.hoursPerWeek == 51)
        #expect(try #require(WeeklyPlan(tag: "fri-mon/20:00-06:00@UTC")).hoursPerWeek == 40)
        #expect(try #require(WeeklyPlan(tag: "mon-sun/00:00-24:00@UTC")).hoursPerWeek == 168)
    }

    /// Zones in which a day is skipped, clocks change by half an hour, or summer time pauses for a month.
    @Test(arguments: ["Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"])
    func everyEdgeOfAYearIsFound(zone: String) throws {
        let calendar = try calendar("mon-fri/08:00-19:00@\(zone)")
        var now = try moment("2026-01-01T00:00:00Z")
        let end = now + 365 * 86_400
        var (starts, stops) = (0, 0)
        while let edge = calendar.nextEdge(after: now), edge < end {
            if calendar.isOn(at: edge) { starts += 1 } else { stops += 1 }
            now = edge
        }
        #expect((260...262).contains(starts) && abs(starts - stops) <= 1)
    }
}
