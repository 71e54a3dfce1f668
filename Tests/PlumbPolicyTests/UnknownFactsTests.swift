// What is not known can never count as holding: every refused example is judged again with facts taken away.

import Foundation
import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct UnknownFactsTests {
    /// One fact in so many is taken away for each example; PLUMB_EVERY_FACT=1 takes away each.
    private static let factStride =
        ProcessInfo.processInfo.environment["PLUMB_EVERY_FACT"] == nil ? 41 : 1

    /// Controls whose breaches are judged with one fact unknown at a time.
    ///
    /// Residency is left out: REL-3.7 refuses a declared one, and one that is not known is SEC-3.8's question.
    private static let refused = Specimen.all.filter { specimen in
        specimen.wanted == .fails && ["REL", "PERF"].contains { specimen.control.id.hasPrefix($0) }
            && specimen.example.title != "a second region the personal data may not be in"
    }

    @Test(arguments: refused) func aFactTakenAwayNeverMakesABreachHold(_ specimen: Specimen) throws {
        let graph = try specimen.graph()
        var holes: [Hole] = [Hole(path: "region") { $0.region = .unknown("not told") }]
        holes += try Hole.all(in: graph.declarations, "declarations") { $0.declarations[$1] = $2 }
        holes += try Hole.all(\.endpoints, "endpoints", of: graph) + Hole.all(\.endpointConfigs, "configs", of: graph)
        holes += try Hole.all(\.models, "models", of: graph) + Hole.all(\.scalableTargets, "targets", of: graph)
        holes += try Hole.all(\.scalingPolicies, "policies", of: graph) + Hole.all(\.alarms, "alarms", of: graph)
        holes += try Hole.all(\.buckets, "buckets", of: graph) + Hole.all(\.tables, "tables", of: graph)
        holes += try Hole.all(\.repositories, "repositories", of: graph) + Hole.all(\.keys, "keys", of: graph)
        holes += try Hole.all(\.backupPlans, "plans", of: graph) + Hole.all(\.backupVaults, "vaults", of: graph)
        holes += try Hole.all(\.backupSelections, "selections", of: graph)
        holes += try Hole.all(\.restoreTestingPlans, "restore tests", of: graph)
        holes += try Hole.all(\.subnets, "subnets", of: graph) + Hole.all(\.vpcEndpoints, "VPC endpoints", of: graph)
        holes += try Hole.all(\.schedules, "schedules", of: graph) + Hole.all(\.recordSets, "records", of: graph)
        holes += try Hole.all(\.healthChecks, "health checks", of: graph)
        holes += try Hole.all(\.entryPoints, "entry points", of: graph)
        holes += try Hole.all(\.distributions, "fronts", of: graph) + Hole.all(\.cachePolicies, "caches", of: graph)
        try #require(holes.count > 300)
        // A few facts each, starting elsewhere for each example, so that all examples together reach nearly all.
        let start = specimen.example.title.utf8.count % Self.factStride
        for hole in stride(from: start, to: holes.count, by: Self.factStride).map({ holes[$0] }) {
            var holed = graph
            try hole.dig(&holed)
            let verdict = PolicyBook.verdict(of: specimen.control, on: holed, Exceptions(holed)).verdict
            #expect(verdict == .fails || verdict == .unknown, "\(verdict.rawValue) with \(hole.path) unknown")
        }
    }

    @Test func anEngineWithoutEvidenceBreaksNothing() throws {
        let spec = try BaseSpec.graph()
        var graph = Graph(source: .engine, environment: .production, asOf: BaseSpec.today)
        graph.declarations = spec.declarations
        graph.endpoints = spec.endpoints
        graph.models = spec.models
        graph.endpointConfigs = spec.endpointConfigs
        for policy in PolicyBook.policies where ["REL", "PERF"].contains(where: { policy.id.hasPrefix($0) }) {
            for control in policy.controls {
                let verdict = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
                let told = verdict.judgements.map(\.message).joined(separator: "; ")
                #expect(verdict.verdict != .fails, "\(control.id): \(told)")
            }
        }
    }

    @Test func anEmptyInputHoldsNothing() {
        for source in SourceKind.allCases {
            let graph = Graph(source: source, environment: .production, asOf: BaseSpec.today)
            for control in PolicyBook.policies.flatMap(\.controls) {
                let verdict = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
                #expect(verdict.verdict != .holds, "\(control.id) holds of nothing at \(source)")
            }
        }
    }
}

/// One fact of a graph, and how to make it unknown.
private struct Hole {
    let path: String
    let dig: (inout Graph) throws -> Void

    /// Every known fact of every resource of a table.
    static func all<Element: Resource>(
        _ table: WritableKeyPath<Graph, ResourceTable<Element>>, _ name: String, of graph: Graph
    ) throws -> [Hole] {
        try all(in: Array(graph[keyPath: table]), name) { $0[keyPath: table][$1] = $2 }
    }

    /// Every known fact of these values, found in their JSON; `put` lays the changed one back.
    static func all<Element: Codable>(
        in elements: [Element], _ name: String, put: @escaping (inout Graph, Int, Element) -> Void
    ) throws -> [Hole] {
        try elements.enumerated().flatMap { index, element in
            let whole = try JSONSerialization.jsonObject(with: JSONEncoder().encode(element))
            return paths(in: whole).map { path in
                Hole(path: "\(name)[\(index)].\(path.joined(separator: "."))") { graph in
                    let json = try JSONSerialization.data(withJSONObject: forgetting(path[...], in: whole))
                    put(&graph, index, try JSONDecoder().decode(Element.self, from: json))
                }
            }
        }
    }

    /// The paths of all facts that are known; an index into a list is written as a number.
    private static func paths(in json: Any) -> [[String]] {
        if let object = json as? [String: Any] {
            if let state = object["state"] as? [String: Any], let known = state["known"] {
                return [[]] + paths(in: known).map { ["state", "known"] + $0 }
            }
            return object.keys.sorted().flatMap { key in paths(in: object[key] ?? [:]).map { [key] + $0 } }
        }
        let list = json as? [Any] ?? []
        return list.enumerated().flatMap { index, item in paths(in: item).map { ["\(index)"] + $0 } }
    }

    /// The same JSON with the fact at `path` unknown.
    private static func forgetting(_ path: ArraySlice<String>, in json: Any) -> Any {
        guard let step = path.first else { return ["state": ["unknown": ["_0": "not told"]]] }
        if var object = json as? [String: Any], let inner = object[step] {
            object[step] = forgetting(path.dropFirst(), in: inner)
            return object
        }
        if var list = json as? [Any], let index = Int(step) {
            list[index] = forgetting(path.dropFirst(), in: list[index])
            return list
        }
        return json
    }
}
