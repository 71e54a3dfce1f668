// When AWS schedule expressions fall due, and which are refused.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

struct ScheduleExpressionTests {
    private func seconds(_ text: String) throws -> Double {
        try Date(text, strategy: .iso8601).timeIntervalSince1970
    }

    /// The last time `text` fell due in the day before `end`.
    private func latest(_ text: String, _ zone: String? = nil, before end: String) throws -> Double? {
        let expression = try #require(ScheduleExpression(text, timezone: zone))
        let end = try seconds(end)
        return expression.latest(after: end - 86_400, upTo: end)
    }

    @Test(arguments: [
        ("cron(0 7 ? * MON-FRI *)", "2027-01-29T07:00:00Z"), ("cron(30 6 * * ? *)", "2027-01-29T06:30:00Z"),
        ("cron(0/15 10-11 * * ? *)", "2027-01-29T11:45:00Z"), ("cron(5,7 9 29 JAN ? 2027)", "2027-01-29T09:07:00Z"),
        ("cron(0 8 ? * 6L *)", "2027-01-29T08:00:00Z"), ("cron(0 8 ? * FRI#5 *)", "2027-01-29T08:00:00Z"),
        ("cron(0 8 30W * ? *)", "2027-01-29T08:00:00Z"), ("at(2027-01-29T11:22:33)", "2027-01-29T11:22:33Z"),
        ("rate(6 hours)", "2027-01-29T12:00:00Z"), ("rate(1 day)", "2027-01-29T00:00:00Z"),
    ])
    func itFallsDue(text: String, due: String) throws {
        #expect(try latest(text, before: "2027-01-29T12:00:00Z") == seconds(due))
    }

    @Test(arguments: [
        "cron(0 7 ? * SAT,SUN *)", "cron(0 7 30 * ? *)", "cron(0 7 ? FEB * *)", "cron(0 7 * * ? 2026)",
        "cron(0 8 L * ? *)", "cron(0 8 ? * FRI#4 *)", "at(2027-01-29T12:00:01)", "cron(0 8 28W * ? *)",
    ])
    func itDoesNotFallDue(text: String) throws {
        #expect(try latest(text, before: "2027-01-29T12:00:00Z") == nil)
    }

    @Test func theZoneIsThatOfThePeople() throws {
        #expect(
            try latest("cron(0 7 * * ? *)", "Europe/Berlin", before: "2027-01-29T12:00:00Z")
                == seconds("2027-01-29T06:00:00Z"))
        #expect(
            try latest("cron(0 7 * * ? *)", "Europe/Berlin", before: "2027-07-29T12:00:00Z")
                == seconds("2027-07-29T05:00:00Z"))
        // The hour that the clocks skip does not come.
        #expect(try latest("cron(30 2 * * ? *)", "Europe/Berlin", before: "2027-03-28T12:00:00Z") == nil)
        #expect(
            try latest("at(2027-07-29T08:00:00)", "America/New_York", before: "2027-07-29T13:00:00Z")
                == seconds("2027-07-29T12:00:00Z"))
    }

    @Test(arguments: [
        "cron(0 7 * * *)", "cron(60 7 * * ? *)", "cron(0 7 ? * MONDAY *)", "cron(a b c d e f)", "rate(0 minutes)",
        "rate(5 parsecs)", "at(2027-02-30T00:00:00)", "at(tomorrow)", "every(5)", "cron(0 7 32 * ? *)", "cron(", "",
        "cron(5-1 7 * * ? *)", "cron(*/0 7 * * ? *)",
    ])
    func whatCannotBeReadIsRefused(text: String) {
        #expect(ScheduleExpression(text, timezone: nil) == nil)
        var spec = Spec.sample()
        spec.scaling.scheduled = [.init(name: "x", expression: text, timezone: nil, minimum: 1, maximum: nil)]
        #expect(ScheduleExpression.objections(to: spec).first?.message.contains("cannot be read") == true)
    }

    @Test func anUnknownZoneIsRefused() {
        #expect(ScheduleExpression("rate(5 minutes)", timezone: "Mars/Olympus") == nil)
    }
}
