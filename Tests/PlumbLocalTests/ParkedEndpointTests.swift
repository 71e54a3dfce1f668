// What callers of a parked endpoint are told, and what the books of an engine keep.

import Foundation
import NIOConcurrencyHelpers
import NIOHTTP1
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbLocal

@Suite(.serialized) struct ParkedEndpointTests {
    @Test func callersAreToldWhyAndWhenItIsBackAndNobodyMissesIt() async throws {
        try await RunningHouse.with { running in
            let revision = try running.revision(1, model: "model.onnx")
            try await running.serve(revision, count: 1)
            #expect(try await running.call().status == 200)

            let until = running.house.now() + 600
            try await running.house.engine.standDown(
                revision, Absence(reason: "digits is parked: it is outside its working hours", until: until))
            try await running.house.engine.apply(revision, count: 0)
            let answer = try await running.call()
            #expect(answer.status == 503 && answer.headers.first(name: "x-amzn-errortype") == "ServiceUnavailable")
            let wait = try #require(Int(answer.headers.first(name: "retry-after") ?? ""))
            #expect((1...600).contains(wait))
            #expect(answer.body.contains("digits is parked: it is outside its working hours; it is back at 20"))
            #expect(try await running.call("/healthz", method: .GET).status == 200)

            try await running.serve(revision, count: 1)
            #expect(try await running.call().status == 200)
        }
    }

    @Test func theMetricsPageHasTheMonth() async throws {
        try await RunningHouse.with { running in
            let month = try #require(Month("2026-11"))
            let row = MeteredHour(
                endpoint: "digits", hour: Int(month.start / 3600), environment: .dev, team: "vision",
                region: "us-east-1", from: month.start)
            let endpoint = try #require(EndpointStatement([row], until: nil))
            let budget = BudgetStatement(
                name: "team \"a\" in dev", limitUSD: 100, usd: 12.5, isComplete: true, forecastUSD: nil, alerts: [],
                restraint: .none)
            running.house.gateway.spending.withLockedValue {
                $0 = SpendStatement(month: month, at: month.start, endpoints: [endpoint], budgets: [budget])
            }
            let page = running.house.gateway.metricsPage()
            #expect(page.contains("plumb_cost_month_to_date_usd{endpoint=\"digits\"} 0.0\n"))
            #expect(page.contains("plumb_budget_spent_usd{budget=\"team \\\"a\\\" in dev\"} 12.5\n"))
            // Nobody asked for a forecast, and requests there were none.
            #expect(!page.contains("plumb_cost_forecast_usd") && !page.contains("thousand_requests"))
        }
    }

    @Test func theBooksAreKeptByTheMonthAndFoldedByTheMonth() async throws {
        try await RunningHouse.with { running in
            let ledger = StoreLedger(store: running.house.store)
            let month = try #require(Month("2026-11"))
            func row(_ month: Month, _ hour: Int) -> MeteredHour {
                var row = MeteredHour(
                    endpoint: "digits", hour: Int(month.start / 3600) + hour, environment: .dev, team: "vision",
                    region: "us-east-1", from: month.start)
                row.running = ["ml.m5.large": 3600]
                return row
            }
            let last = Int(month.end - month.start) / 3600 - 1
            try await ledger.save([row(month.previous, 5), row(month, 0), row(month, last), row(month.next, 0)])
            try await ledger.save([row(month, 0)])
            #expect(
                try await ledger.hours(in: month).map(\.hour).sorted() == [row(month, 0), row(month, last)].map(\.hour))
            let old = try await ledger.hours(before: month)
            #expect(old.map(\.hour) == [row(month.previous, 5).hour])
            let sum = try #require(EndpointStatement(old, until: nil))
            try await ledger.fold(old, into: [sum], of: month.previous)
            #expect(try await ledger.hours(in: month.previous).isEmpty)
            #expect(try await ledger.statements(of: month.previous) == [sum])
            #expect(try await ledger.statements(of: month).isEmpty)
            #expect(try await ledger.hours(in: month).count == 2)
            #expect(try await ledger.hours(in: month.next).count == 1)

            var machine = BudgetMachine(isProduction: false, month: month)
            _ = machine.tick(
                at: month.start,
                BudgetMachine.Look(spentUSD: 60, forecastUSD: nil, limitUSD: 100, percents: [50], stops: true))
            let entry = AuditEntry(at: month.start, actor: "plumb", action: "budget.alert", subject: "budget/x")
            try await ledger.save(["x": machine], audit: [entry])
            #expect(try await ledger.budgets() == ["x": machine])
            #expect(try await running.plane.auditEntries(limit: 1).first?.action == "budget.alert")
        }
    }
}
