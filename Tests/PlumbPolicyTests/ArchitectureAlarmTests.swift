// What the compiled alarms do when an endpoint goes wrong.

import PlumbModel
import PlumbSignals
import Testing

@Suite struct ArchitectureAlarmTests {
    private func behaviour(_ id: String, in graph: Graph, on trace: CanonicalTrace) throws -> AlarmBehaviour {
        let config = try #require(graph.endpointConfigs[id: "EndpointConfig"]?.name.value)
        let identity = VariantIdentity(endpoint: "digits", variant: "primary", config: config)
        let probe = MetricIdentity(
            namespace: "Plumbline/Endpoints", name: "ProbeSuccess",
            dimensions: [Dimension("EndpointName", "digits"), Dimension("VariantName", "primary")])
        let judge = AlarmJudge(identity, probes: [HealthProbe(metric: probe)])
        let definition = try #require(graph.alarms[id: id]?.definition.value, "\(id)")
        return judge.behaviour(of: definition, on: trace)
    }

    @Test(arguments: CanonicalTrace.allCases, Environment.allCases)
    func theThreeClassesTellTheTracesApart(trace: CanonicalTrace, environment: Environment) throws {
        let graph = try BaseSpec.graph(in: environment)
        let dead: Set<CanonicalTrace> = [.containerDead, .containerDeadProbeSilent]
        #expect(try behaviour("ErrorRateAlarm", in: graph, on: trace).isFiring == (trace == .serverErrors))
        #expect(try behaviour("LatencyP99Alarm", in: graph, on: trace).isFiring == (trace == .slow))
        #expect(try behaviour("HealthAlarm", in: graph, on: trace).isFiring == dead.contains(trace))
        guard environment == .production else { return }
        #expect(try behaviour("NewRevisionErrorRateAlarm", in: graph, on: trace).isFiring == (trace == .serverErrors))
        #expect(try behaviour("BurnRateFastAlarm", in: graph, on: trace).isFiring == (trace == .serverErrors))
        #expect(try behaviour("BurnRateSlowAlarm", in: graph, on: trace).isFiring == (trace == .serverErrors))
    }

    @Test func theErrorAlarmSeesTheThresholdItIsGiven() throws {
        let graph = try BaseSpec.graph(overlay: "alarms: {errorRate: {thresholdPercent: 5}}")
        #expect(try !behaviour("ErrorRateAlarm", in: graph, on: .serverErrors).isFiring)
    }

    @Test func severalFailedProbesAreCountedWhereTheSpecAsksForThem() throws {
        let graph = try BaseSpec.graph(overlay: "alarms: {health: {thresholdFailures: 3}}")
        #expect(try behaviour("HealthAlarm", in: graph, on: .containerDead).isFiring)
        #expect(try behaviour("HealthAlarm", in: graph, on: .containerDeadProbeSilent).isFiring)
        #expect(try !behaviour("HealthAlarm", in: graph, on: .idle).isFiring)
        let impossible = try BaseSpec.graph(overlay: "alarms: {health: {thresholdFailures: 100}}")
        #expect(try !behaviour("HealthAlarm", in: impossible, on: .containerDead).isFiring)
    }
}
