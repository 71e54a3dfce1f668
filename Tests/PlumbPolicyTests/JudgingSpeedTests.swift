// Judging takes a time linear in the number of resources, and says no more of each.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite(.serialized) struct JudgingSpeedTests {
    /// The shortest of a few runs: what else the machine does only makes a run longer.
    private func seconds(endpoints count: Int) -> Double {
        let graph = Fleet.graph(endpoints: count, asOf: BaseSpec.today)
        let runs = (0..<3).map { _ in
            ContinuousClock().measure { _ = PolicyBook.assess(graph, path: "template.yaml") }
        }
        return (runs.min() ?? .zero) / .seconds(1)
    }

    /// Ten times the endpoints may take ten times the time, and half as much again for larger tables; judging that
    /// searched all resources for each endpoint would take a hundred times.
    @Test func tenTimesTheEndpointsTakeTenTimesTheTime() {
        let (few, many) = (seconds(endpoints: 30), seconds(endpoints: 300))
        print("30 endpoints \(few) s, 300 endpoints \(many) s")
        #expect(many < 30 * few, "30 endpoints \(few) s, 300 endpoints \(many) s")
    }

    @Test func anEndpointIsToldTheSameInAnyCompany() throws {
        func told(_ graph: Graph) -> [Finding] {
            let assessment = PolicyBook.assess(graph, path: "template.yaml")
            return assessment.findings.filter { $0.resource == "Endpoint0" || $0.resource == "ErrorsAlarm0" }
        }
        let alone = told(Fleet.graph(endpoints: 2, asOf: BaseSpec.today))
        let among = told(Fleet.graph(endpoints: 40, asOf: BaseSpec.today))
        #expect(alone.map(\.control) == among.map(\.control))
        #expect(alone.map(\.verdict) == among.map(\.verdict))
    }

    @Test func noMessageGrowsWithTheTemplate() throws {
        /// The longest message and the most links of any finding, where broken references make controls name what is
        /// there instead.
        func most(endpoints count: Int) -> (bytes: Int, links: Int) {
            var graph = Fleet.graph(endpoints: count, asOf: BaseSpec.today)
            graph.alarms.mutateEach { $0.changeEndpoint(to: "no-such-endpoint") }
            graph.scalableTargets.mutateEach { $0.resourceID = "endpoint/other/variant/AllTraffic" }
            graph.budgets.mutateEach { $0.tagFilters = .known(["user:ml:endpoint$other"]) }
            let findings = PolicyBook.assess(graph, path: "template.yaml").findings
            return (findings.map(\.message.utf8.count).max() ?? 0, findings.map(\.related.count).max() ?? 0)
        }
        let (few, many) = (most(endpoints: 20), most(endpoints: 200))
        // Longer numbers and names, and nothing else.
        #expect(many.bytes < few.bytes + 100)
        #expect(many.links <= few.links)
    }
}

extension Alarm {
    fileprivate mutating func changeEndpoint(to name: String) {
        guard var rows = queries.value else { return }
        for index in rows.indices where rows[index].expression.isAbsent {
            rows[index].dimensions = .known([
                DimensionFact("EndpointName", .known(name)), DimensionFact("VariantName", "AllTraffic"),
            ])
        }
        queries = .known(rows)
    }
}
