// What every spec made by chance must be, before other tests build on them.

import PlumbFormats
import PlumbModel
import Testing

struct GeneratedSpecsTests {
    private static let row = Array(GeneratedSpecs(seed: 1).prefix(300))
    private static let readings = row.map(\.reading)
    private static let graphs = readings.map { reading in
        reading.spec.map { Architecture.compile($0, asOf: ArchitectureExample.today) }
    }

    @Test func noneIsRefusedByTheReader() {
        for (made, reading) in zip(Self.row, Self.readings) {
            let errors = reading.diagnostics.filter { $0.severity == .error }.map(\.message)
            #expect(reading.spec != nil && errors.isEmpty, "seed \(made.seed): \(errors)\n\(made.text)")
        }
    }

    @Test func eachCompilesToAGraph() throws {
        for (made, graph) in zip(Self.row, Self.graphs) {
            let graph = try #require(graph)
            let ids = Set(graph.resources.map(\.id))
            #expect(ids.count == graph.resources.count, "seed \(made.seed): two resources of one id")
            #expect(ids.contains("Endpoint") && graph.environment == made.environment, "seed \(made.seed)")
        }
    }

    /// Looking into every field takes a while: one graph in ten is enough to meet every option.
    @Test func noReferenceIsLoose() throws {
        for (made, graph) in zip(Self.row, Self.graphs) where made.seed.isMultiple(of: 10) {
            let graph = try #require(graph)
            let ids = Set(graph.resources.map(\.id))
            for resource in graph.resources {
                let names = GraphNames(of: resource)
                for id in names.references + names.mentions where !ids.contains(id) {
                    Issue.record("seed \(made.seed): \(resource.id) names \(id)")
                }
            }
        }
    }

    @Test func theSameSeedMakesTheSameSpecs() {
        #expect(GeneratedSpecs(seed: 9).prefix(20).map(\.text) == GeneratedSpecs(seed: 9).prefix(20).map(\.text))
        #expect(Set(Self.row.map(\.text)).count == Self.row.count)
    }

    @Test func togetherTheyHaveEveryOption() throws {
        let specs = try Self.readings.map { try #require($0.spec) }
        let graphs = Self.graphs.compactMap(\.self)
        func have(_ what: String, atLeast count: Int = 5, _ test: (Spec) -> Bool) {
            let found = specs.count(where: test)
            #expect(found >= count && found < specs.count, "\(found) of \(specs.count): \(what)")
        }
        for environment in Environment.allCases {
            have("\(environment)", atLeast: 40) { $0.environment == environment }
        }
        for strategy in [TrafficRouting.canary, .linear, .allAtOnce] {
            have("\(strategy)", atLeast: 20) { $0.rollout.strategy == strategy }
        }
        for zones in 1...4 { have("\(zones) zones") { $0.instances.zones == zones } }
        for isNVMe in [true, false] { have("NVMe \(isNVMe)") { InstanceType.isNVMe($0.instances.type) == isNVMe } }
        have("an unknown type") { InstanceType.named($0.instances.type) == nil }
        have("monitors") { $0.drift.isEnabled }
        have("no hours in production, hours elsewhere", atLeast: 40) { $0.workingHours != nil }
        have("many models") { $0.model.isMultiModel }
        have("a program instead of a model") { $0.model.command != nil }
        have("no image") { $0.model.image == nil }
        have("a webhook") { $0.alarms.notify.contains { $0.hasPrefix("https") } }
        have("mail") { $0.alarms.notify.contains { $0.contains("@") } }
        have("nobody told") { $0.alarms.notify.isEmpty }
        have("scheduled actions") { !$0.scaling.scheduled.isEmpty }
        have("no capture") { !$0.capture.isEnabled }
        have("no autoscaling") { !$0.scaling.isEnabled }
        have("the most alerts", atLeast: 1) { $0.budget.alertPercents.count == 10 }
        func build(_ what: String, atLeast count: Int = 5, _ test: (Graph) -> Bool) {
            let found = graphs.count(where: test)
            #expect(found >= count && found < graphs.count, "\(found) of \(graphs.count): \(what)")
        }
        build("a front", atLeast: 20) { !$0.entryPoints.isEmpty }
        build("a second region", atLeast: 20) { !$0.recordSets.isEmpty }
        build("both") { !$0.entryPoints.isEmpty && !$0.recordSets.isEmpty }
        build("a second region that captures may not go to") { graph in
            graph.models[id: "ReplicaModel"] != nil && graph.buckets[id: "CaptureBucket"]?.replication.isAbsent == true
        }
    }
}
