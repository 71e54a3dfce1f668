// Finds workers that have gone silent, and takes their requests to others.

import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel
import PlumbSignals
import ServiceLifecycle

/// Looks at every worker with requests a hundred times a second; `StallMachine` says which is to be asked how it is.
final class StallWatch: Sendable {
    private struct Fleet: Hashable {
        var endpoint: String
        var revision: Int
    }
    private struct State {
        var machines: [Fleet: StallMachine] = [:]
        var asked: Set<ObjectIdentifier> = []
    }
    private let gateway: GatewayState
    private let processes: ProcessBook
    private let loop: any EventLoop
    private let state = NIOLockedValueBox(State())
    private static let pauseMilliseconds = 10
    /// How long a silent worker may take to answer for its health: never less, a busy machine takes so long.
    private static let answerMillisecondsMin = 15
    /// A program that answers one request at a time cannot answer for its health meanwhile: it gets more patience.
    private static let foreignPatienceSecondsMin = 1.0
    /// The latency that is usual is that of so many seconds.
    private static let windowSeconds = 10

    init(gateway: GatewayState, processes: ProcessBook, loop: any EventLoop) {
        self.gateway = gateway
        self.processes = processes
        self.loop = loop
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            var learned = Int.min
            while !Task.isShuttingDownGracefully && !Task.isCancelled {
                let second = Int(gateway.seconds())
                if second != learned {
                    learned = second
                    learn(at: second)
                }
                for (fleet, route, worker, patience) in suspects() {
                    group.addTask { await self.ask(worker, of: fleet, on: route, after: patience) }
                }
                // Ending early is what cancelling is for.
                try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
            }
        }
    }

    private func learn(at second: Int) {
        var known: Set<Fleet> = []
        for route in gateway.routes {
            let source = LiveMetrics(route: route)
            for (revision, config) in route.withTraffic({ $0.map { ($0.key, $0.value.configName) } }) {
                let fleet = Fleet(endpoint: route.name, revision: revision)
                known.insert(fleet)
                let identity = VariantIdentity(
                    endpoint: route.name, variant: Revision.variantName, config: config)
                func value(_ metric: RequestMetric, _ statistic: Statistic) -> Double? {
                    source.datapoint(
                        identity.metric(metric), statistic: statistic, periodStart: second - Self.windowSeconds,
                        periodSeconds: Self.windowSeconds)?.value
                }
                let requests = Int(value(.invocations, .sum) ?? 0)
                let p99 = value(.modelLatency, .percentile(rank: 99)).map { $0 / 1e6 }
                state.withLockedValue {
                    $0.machines[fleet, default: StallMachine()].learn(requests: requests, p99Seconds: p99)
                }
            }
        }
        state.withLockedValue { $0.machines = $0.machines.filter { known.contains($0.key) } }
    }

    private func suspects() -> [(Fleet, EndpointRoute, WorkerRoute, Double)] {
        var found: [(Fleet, EndpointRoute, WorkerRoute, Double)] = []
        for route in gateway.routes where route.inFlightTotal > 0 {
            let loads = Dictionary(grouping: route.loads(at: .now()), by: \.worker.revision)
            for (revision, loads) in loads where loads.count > 1 {
                let fleet = Fleet(endpoint: route.name, revision: revision)
                let isForeign = loads.contains { $0.worker.address.pathname == nil }
                let chosen = state.withLockedValue { state -> [(WorkerRoute, Double)] in
                    let machine = state.machines[fleet] ?? StallMachine()
                    let ids = machine.suspects(at: gateway.seconds(), seeing: loads.map(\.load))
                    return loads.compactMap { worker, load in
                        guard ids.contains(load.id), !isForeign || load.silentSeconds > Self.foreignPatienceSecondsMin,
                            state.asked.insert(ObjectIdentifier(worker)).inserted
                        else { return nil }
                        return (worker, machine.patienceSeconds)
                    }
                }
                found += chosen.map { (fleet, route, $0.0, $0.1) }
            }
        }
        return found
    }

    private func ask(_ worker: WorkerRoute, of fleet: Fleet, on route: EndpointRoute, after patience: Double) async {
        let milliseconds = max(Self.answerMillisecondsMin, Int(patience * 1000))
        let isHealthy = await WorkerProbe.isHealthy(
            worker.address, timeout: .milliseconds(Int64(milliseconds)), on: loop)
        state.withLockedValue { state in
            state.asked.remove(ObjectIdentifier(worker))
            if !isHealthy { state.machines[fleet]?.confirmed(at: gateway.seconds()) }
        }
        guard !isHealthy, route.inFlight(on: worker) > 0 else { return }
        processes.stalled(
            worker,
            "it answered nothing for \(Int(patience * 1000)) ms, nor for its health in \(milliseconds) ms more")
        gateway.leave(worker)
    }
}
