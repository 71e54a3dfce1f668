// Budget and anomaly detection, printed and read back.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct CostRenderingTests {
    private func deployment(_ environment: Environment, _ tongue: Tongue, overlay: String = "") throws
        -> RenderedDeployment
    {
        RenderedDeployment(
            try ArchitectureExample.spec(environment, overlay: overlay), asOf: ArchitectureExample.today, in: tongue)
    }

    @Test(arguments: Environment.allCases)
    func costsAreReadBackAsTheyWereCompiled(_ environment: Environment) throws {
        let trip = try RenderedRoundTrip(ArchitectureExample.spec(environment))
        trip.expectSame(\.budgets)
        trip.expectSame(\.anomalyMonitors)
        trip.expectSame(\.anomalySubscriptions)
    }

    @Test(arguments: [
        (Environment.production, "budget: {monthlyUSD: 3000}", 3000, 5000),
        (.staging, "budget: {monthlyUSD: 400}", 400, 499),
        (.dev, "budget: {monthlyUSD: 90}", 90, 99), (.production, "budget: {monthlyUSD: 8000}", 8000, 8000),
    ])
    func whoeverDeploysMayLowerTheBudgetAndRaiseItToTheCap(
        _ environment: Environment, _ overlay: String, _ standard: Int, _ most: Int
    ) throws {
        let budget = try #require(
            try deployment(environment, .plan, overlay: overlay).cost().first { $0.id == "Budget" })
        let limit = try #require(budget.fields.first { $0.plan == "limit_amount" })
        guard case .parameter(let parameter) = limit.value else {
            Issue.record("the limit is no parameter")
            return
        }
        #expect(parameter.name == "MonthlyBudget")
        #expect(parameter.standard == .number(Double(standard)))
        #expect(parameter.kind == .number(1...most))
    }

    @Test func onlyTerraformActivatesTheTagsOfTheBill() throws {
        #expect(try deployment(.production, .plan).resources().count { $0.plan == "aws_ce_cost_allocation_tag" } == 3)
        let ids = try deployment(.production, .template).resources().map(\.id)
        #expect(!ids.contains("EndpointCostTag"))
    }

    @Test func aTerraformMonitorSaysEveryPartOfItsExpression() throws {
        let monitor = try #require(try deployment(.production, .plan).cost().first { $0.id == "AnomalyMonitor" })
        let field = try #require(monitor.fields.first { $0.plan == "monitor_specification" })
        let text = field.value.jsonText { $0 }.filter { !$0.isWhitespace }
        #expect(
            text == #"{"And":null,"CostCategories":null,"Dimensions":null,"Not":null,"Or":null,"#
                + #""Tags":{"Key":"ml:endpoint","Values":["digits"],"MatchOptions":null}}"#)
    }
}
