// One endpoint that grows and shrinks with its load, over an engine and a ledger in memory, on time turned by hand.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

struct EndpointScalingTests {
    private let clock = HandClock()
    private let ledger = MemoryLedger()
    private let engine: MemoryEngine

    init() {
        engine = MemoryEngine(clock: clock)
    }

    private func makeRunner(_ record: EndpointRecord? = nil) -> EndpointRunner {
        .make(record, engine: engine, ledger: ledger, clock: clock)
    }

    private var spec: Spec {
        var spec = ScalingSimulation.spec(floor: 1)
        spec.scaling.periodSeconds = 1
        return spec
    }

    private func live(_ runner: EndpointRunner, for seconds: Double) async throws {
        for _ in 0..<Int(seconds * 2) {
            clock.advance(by: 0.5)
            for _ in 0..<20 { engine.send() }
            engine.probe()
            try await runner.tick()
        }
    }

    private func deploy(_ number: Int, _ spec: Spec, on runner: EndpointRunner) async throws {
        _ = try await runner.deploy(.sample(number, spec), by: "ann", details: [:])
        try await live(runner, for: 60)
        try #require(await runner.record.rollout == nil)
    }

    private func count(_ runner: EndpointRunner) async throws -> Int {
        try await engine.observe("digits").first { $0.weight == 100 }?.desired ?? 0
    }

    @Test func theFleetFollowsTheLoadAndEveryChangeIsInTheAudit() async throws {
        let runner = makeRunner()
        try await deploy(1, spec, on: runner)
        #expect(try await count(runner) == 1)
        engine.setLoad(cores: 2.5)
        try await live(runner, for: 60)
        #expect(try await count(runner) == 4)
        engine.setLoad(cores: 0.1)
        try await live(runner, for: 1500)
        #expect(try await count(runner) == 1)
        let entries = ledger.audit.filter { $0.action == "scale" }
        #expect(entries.allSatisfy { $0.actor == "plumb" && $0.details["reason"]?.contains("of the cores") == true })
        #expect(entries.map { $0.details["to"] } == ["2", "3", "4", "3", "2", "1"])
        #expect(await runner.record.scaling?.activities.count == 6)
    }

    @Test func theNumberIsKeptOverDeploymentsAndRestarts() async throws {
        let runner = makeRunner()
        try await deploy(1, spec, on: runner)
        engine.setLoad(cores: 1.6)
        try await live(runner, for: 60)
        #expect(try await count(runner) == 3)
        try await deploy(2, spec, on: runner)
        #expect(await runner.record.active == 2)
        #expect(engine.calls.contains("apply r2 x3"))
        // The daemon is killed, its fleets with it.
        engine.loseEverything()
        clock.advance(by: 100)
        let second = makeRunner(try await ledger.load().first)
        try await live(second, for: 5)
        #expect(try await count(second) == 3)
        // Another first number in the spec is meant.
        var other = spec
        other.instances.initial = 2
        try await deploy(3, other, on: second)
        #expect(engine.calls.contains("apply r3 x2"))
    }

    @Test func nothingIsScaledWhileARolloutMoves() async throws {
        let runner = makeRunner()
        try await deploy(1, spec, on: runner)
        _ = try await runner.deploy(.sample(2, spec), by: "ann", details: [:])
        try await live(runner, for: 2)
        engine.setLoad(cores: 4)
        try await live(runner, for: 8)
        #expect(await runner.record.rollout != nil)
        #expect(!ledger.audit.contains { $0.action == "scale" })
        let error = await #expect(throws: PlumbError.self) {
            _ = try await runner.setCount(3, reason: "now", by: "bob")
        }
        #expect(error?.kind == .conflict)
    }

    @Test func aHandIsHeldToTheBounds() async throws {
        let runner = makeRunner()
        try await deploy(1, spec, on: runner)
        #expect(try await runner.setCount(3, reason: "a campaign", by: "bob").to == 3)
        try await live(runner, for: 3)
        #expect(try await count(runner) == 3)
        let error = await #expect(throws: PlumbError.self) {
            _ = try await runner.setCount(5, reason: "more", by: "bob")
        }
        #expect(error?.message == "5 instances are outside the bounds of 1 to 4")
        #expect(ledger.audit.last { $0.action == "scale" }?.actor == "bob")
    }

    @Test func whatCannotBeWrittenDownIsNotDone() async throws {
        let runner = makeRunner()
        try await deploy(1, spec, on: runner)
        ledger.plan(.refused, forWrite: ledger.writes + 1)
        await #expect(throws: PlumbError.self) { _ = try await runner.setCount(3, reason: "x", by: "bob") }
        try await live(runner, for: 3)
        #expect(try await count(runner) == 1)
    }

    @Test func aHandPausesResumesAndPromotes() async throws {
        let runner = makeRunner()
        try await deploy(1, spec, on: runner)
        _ = try await runner.deploy(.sample(2, spec), by: "ann", details: [:])
        try await live(runner, for: 4)
        _ = try await runner.steer(.pause, reason: "let us look", by: "bob")
        try await live(runner, for: 60)
        #expect(await runner.record.rollout?.pausedAt != nil)
        #expect(try await engine.observe("digits").map(\.weight) == [90, 10])
        // What a person said survives the daemon.
        let second = makeRunner(try await ledger.load().first)
        try await live(second, for: 20)
        #expect(try await engine.observe("digits").map(\.weight) == [90, 10])
        _ = try await second.steer(.promote, reason: "it is good", by: "bob")
        try await live(second, for: 10)
        #expect(await second.record.active == 2)
        #expect(ledger.audit.filter { $0.actor == "bob" }.map(\.action) == ["rollout.pause", "rollout.promote"])
        let error = await #expect(throws: PlumbError.self) {
            _ = try await second.steer(.resume, reason: "x", by: "bob")
        }
        #expect(error?.kind == .conflict)
    }

    @Test func theRunningEnginesGraphShowsTheScaler() async throws {
        let runner = makeRunner()
        try await deploy(1, spec, on: runner)
        let known = EndpointEvidence(
            fleets: try await engine.observe("digits"), alarms: [], metricNames: [], requests: 0, good: 0,
            measuredDays: 1, startSeconds: nil)
        var graph = Graph(source: .engine, environment: .dev, asOf: Day(secondsSinceEpoch: clock.now))
        EngineGraph.add(await runner.record, known, to: &graph, on: graph.asOf)
        let target = try #require(graph.scalableTargets.first)
        #expect(target.minimum.value == 1 && target.maximum.value == 4)
        #expect(graph.scalingPolicies.count == 3)
        #expect(graph.alarms.count { $0.id.contains("-scale-") } == 2)
        let evidence = try #require(graph.evidence.first { $0.kind == .fleet })
        #expect(evidence.numbers["failedActivities"] == 0)
    }
}
