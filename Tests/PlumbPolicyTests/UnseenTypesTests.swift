// What an account refuses to list decides nothing: neither against a deployment nor for it.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct UnseenTypesTests {
    /// Every table of a graph, and how to empty it.
    private static let tables: [(type: String, empty: @Sendable (inout Graph) -> Void)] = [
        table(\.endpoints), table(\.endpointConfigs), table(\.models), table(\.monitoringSchedules),
        table(\.scalableTargets), table(\.scalingPolicies), table(\.alarms), table(\.compositeAlarms),
        table(\.alarmMuteRules), table(\.dashboards), table(\.topics), table(\.eventRules), table(\.functions),
        table(\.canaries), table(\.keys), table(\.buckets), table(\.tables), table(\.repositories),
        table(\.streamConsumers), table(\.backupVaults), table(\.backupPlans), table(\.backupSelections),
        table(\.restoreTestingPlans), table(\.roles), table(\.analyzers), table(\.trails), table(\.logGroups),
        table(\.vpcs), table(\.subnets), table(\.routeTables), table(\.securityGroups), table(\.vpcEndpoints),
        table(\.entryPoints), table(\.distributions), table(\.cachePolicies), table(\.healthChecks),
        table(\.recordSets), table(\.budgets), table(\.anomalyMonitors), table(\.anomalySubscriptions),
        table(\.costAllocationTags), table(\.schedules),
    ]

    private static func table<Element: Resource>(
        _ path: any (WritableKeyPath<Graph, ResourceTable<Element>> & Sendable)
    ) -> (type: String, empty: @Sendable (inout Graph) -> Void) {
        (Element.type, { $0[keyPath: path] = [] })
    }

    /// The examples that an account can be read as.
    private static func graphs() throws -> [(control: Control, graph: Graph)] {
        try Specimen.all.compactMap { specimen in
            var graph = try specimen.graph()
            guard graph.source != .engine, specimen.control.provableAt.contains(.live) else { return nil }
            graph.source = .live
            return (specimen.control, graph)
        }
    }

    /// What a control says of each resource, and as a whole.
    private static func told(_ control: Control, _ graph: Graph) -> (each: [String], whole: Verdict) {
        let verdict = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
        return (verdict.judgements.map { "\($0.resource) \($0.verdict.rawValue)" }.sorted(), verdict.verdict)
    }

    @Test func theTableSaysWhatEachControlRestsOn() throws {
        var needed: [String: Set<String>] = [:]
        for (control, graph) in try Self.graphs() {
            let full = Self.told(control, graph).each
            for (type, empty) in Self.tables where needed[type]?.contains(control.id) != true {
                var without = graph
                empty(&without)
                if Self.told(control, without).each != full { needed[type, default: []].insert(control.id) }
            }
        }
        for (type, _) in Self.tables {
            let (wanted, written) = (needed[type] ?? [], UnseenTypes.table[type] ?? [])
            #expect(wanted == written, "\"\(type)\": \(Self.list(wanted)),")
        }
    }

    private static func list(_ ids: Set<String>) -> String {
        let ordered = PolicyBook.policies.flatMap(\.controls).map(\.id).filter(ids.contains)
        return "\"\(ordered.joined(separator: " "))\""
    }

    @Test func whatIsNotSeenNeitherFailsNorHolds() throws {
        for (control, graph) in try Self.graphs() {
            let full = Self.told(control, graph).whole
            for (type, empty) in Self.tables {
                var without = graph
                empty(&without)
                without.notes.unseen[type] = "a call is denied"
                let whole = Self.told(control, without).whole
                #expect(whole == .unknown || whole == full, "\(control.id) \(whole.rawValue) without \(type)")
            }
        }
    }

    @Test func theReasonNamesThePermission() throws {
        var graph = try BaseSpec.graph()
        graph.source = .live
        graph.trails = []
        graph.notes.unseen = ["AWS::CloudTrail::Trail": "cloudtrail:DescribeTrails is denied"]
        let assessment = PolicyBook.assess(graph, path: "aws://us-east-1")
        let finding = try #require(assessment.findings.first { $0.control == "SEC-3.1" })
        #expect(finding.verdict == .unknown && finding.message.hasPrefix("cloudtrail:DescribeTrails is denied"))
        #expect(!assessment.findings.contains { $0.control.hasPrefix("SEC-3") && $0.verdict == .fails })
    }

    @Test func aTypeThatTheTableDoesNotKnowLeavesNothingDecided() {
        #expect(UnseenTypes.controls(restingOn: "AWS::Other::Thing").contains("OPS-1.1"))
        #expect(UnseenTypes.controls(restingOn: "AWS::SNS::Subscription") == UnseenTypes.table["AWS::SNS::Topic"])
    }
}
