// The embedded engine: fleets of child processes on this machine, and the routes to them.

import Foundation
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PlumbEngine
import PlumbModel
import PlumbSignals
import PlumbStore
import ServiceLifecycle

/// Runs revisions as supervised child processes in at least two failure domains.
///
/// As a `Service` it supervises the processes: it must run before `apply` can bring anything up.
actor LocalEngine: Engine, Service {
    private struct Fleet {
        var revision: Revision
        var workers: [WorkerProcess] = []
        var count = 0
        var outliers = OutlierMachine()
        /// What the fleet answers to its example, learned from all its instances.
        let golden = NIOLockedValueBox(GoldenAnswer())
    }
    private let gateway: GatewayState
    private let launcher: WorkerLauncher
    private let copies: ArtifactCopies
    private let group: MultiThreadedEventLoopGroup
    private let incidents: Incidents
    private let log: Logger
    /// Processes of an earlier daemon that no fleet has asked for yet.
    private var adoptable: [AdoptedWorker]
    private var fleets: [String: [Int: Fleet]] = [:]
    private let processes: ProcessBook
    private let monitor: any TrafficMonitor
    private let baselines: BaselineFiles
    private let starts: AsyncStream<WorkerProcess>
    private let startsContinuation: AsyncStream<WorkerProcess>.Continuation
    /// Instances that may be waiting to be supervised.
    private static let startsMax = 256
    /// How long processes of an earlier daemon are kept for fleets that do not ask for them, in seconds.
    private static let adoptionSecondsMax = 30.0

    init(
        gateway: GatewayState, launcher: WorkerLauncher, copies: ArtifactCopies, processes: ProcessBook,
        monitor: any TrafficMonitor, baselines: BaselineFiles, group: MultiThreadedEventLoopGroup,
        adoptable: [AdoptedWorker],
        incidents: Incidents, log: Logger
    ) {
        self.adoptable = adoptable
        self.incidents = incidents
        self.gateway = gateway
        self.launcher = launcher
        self.copies = copies
        self.processes = processes
        self.monitor = monitor
        self.baselines = baselines
        self.group = group
        self.log = log
        (starts, startsContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.startsMax))
    }

    func run() async throws {
        let (starts, processes) = (starts, processes)
        let stalls = StallWatch(gateway: gateway, processes: processes, loop: group.next())
        await withDiscardingTaskGroup { group in
            group.addTask { await self.recordHealth() }
            group.addTask { await stalls.run() }
            for await process in starts.cancelOnGracefulShutdown() {
                group.addTask {
                    await process.supervise()
                    processes.forget(process)
                    await self.sweepCopies()
                }
            }
            self.stopAll()
        }
    }

    /// Drains and ends every instance; the gateway has stopped taking requests by then.
    private func stopAll() {
        startsContinuation.finish()
        for fleet in fleets.values.flatMap(\.values) {
            for worker in fleet.workers { worker.stop() }
        }
    }

    /// Removes the plain copies of models that no process needs any more. On this actor no process is made meanwhile.
    private func sweepCopies() {
        // Those that no fleet has asked for yet still read theirs.
        guard adoptable.isEmpty else { return }
        copies.sweep(keeping: processes.artifactDigests)
    }

    private func recordHealth() async {
        var last = Int.min
        let adoptedUntil = gateway.seconds() + Self.adoptionSecondsMax
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let second = Int(gateway.seconds())
            if second != last {
                last = second
                gateway.gpus.look(at: gateway.seconds())
                for route in gateway.routes {
                    route.recordHealth(at: second)
                    for metric in gateway.gpus.metrics { route.record(metric.value, of: metric.name, at: second) }
                }
                ejectOutliers(at: gateway.seconds())
                if gateway.seconds() > adoptedUntil { endUnadopted() }
            }
            try? await Task.sleep(for: .milliseconds(100))  // Ending early is what cancelling is for.
        }
    }

    /// Compares the instances of each fleet, and takes those out of traffic that do worse than their siblings.
    private func ejectOutliers(at now: Double) {
        for (endpoint, revisions) in fleets {
            for (revision, fleet) in revisions {
                let vitals = fleet.workers.map { worker in
                    worker.route.vitals.take(id: worker.route.id, isReady: worker.status.isReady)
                }
                for action in fleets[endpoint]?[revision]?.outliers.tick(at: now, seeing: vitals) ?? [] {
                    carryOut(action, on: fleet.workers)
                }
            }
        }
    }

    private func carryOut(_ action: OutlierAction, on workers: [WorkerProcess]) {
        func worker(_ id: String) -> WorkerProcess? { workers.first { $0.route.id == id } }
        switch action {
        case .eject(let id, let seconds, let reason): worker(id)?.eject(reason, seconds: seconds)
        case .readmit(let id): worker(id)?.readmit()
        case .restart(let id, let reason): worker(id)?.restart(reason)
        }
    }

    // MARK: - From daemon to daemon

    /// Every process that is well, for the next daemon.
    func workersToHandOver() -> [AdoptedWorker] {
        fleets.values.flatMap(\.values).flatMap(\.workers).compactMap(\.handedOver)
    }

    private func adopt(_ revision: Revision) -> AdoptedWorker? {
        let index = adoptable.firstIndex { adopted in
            adopted.endpoint == revision.endpoint && adopted.revision == revision.number
        }
        return index.map { adoptable.remove(at: $0) }
    }

    private func endUnadopted() {
        for worker in adoptable {
            log.warning("ended a worker of an earlier daemon that no fleet wants", metadata: ["id": "\(worker.number)"])
            kill(-worker.processID, SIGKILL)
            var status: Int32 = 0
            _ = unsafe waitpid(worker.processID, &status, 0)
            close(worker.pipe)
        }
        adoptable = []
    }

    // MARK: - Engine

    func apply(_ revision: Revision, count: Int) async throws {
        let route = gateway.route(revision.endpoint, limits: revision.spec.limits)
        gateway.note(revision.endpoint, environment: revision.spec.environment, team: revision.spec.team)
        if count > 0, fleets[revision.endpoint]?[revision.number] == nil { await watch(revision) }
        var fleet = fleets[revision.endpoint]?[revision.number] ?? Fleet(revision: revision)
        if fleet.workers.isEmpty && count > 0 {
            try launcher.check(revision)
            if let names = launcher.models(of: revision) { route.targets.begin(revision.number, names) }
            route.measure(revision)
        }
        fleet.count = count
        while fleet.workers.count > count {
            fleet.workers.removeLast().stop()
        }
        while fleet.workers.count < count {
            let process = try makeProcess(revision, in: fleet, route: route)
            fleet.workers.append(process)
            // Noted one by one: if the next cannot be made, this one is not lost.
            fleets[revision.endpoint, default: [:]][revision.number] = fleet
            processes.add(process, serving: revision.modelDigest)
            route.add(process.route)
            guard case .enqueued = startsContinuation.yield(process) else {
                throw PlumbError(.refused, "the engine is shutting down, or \(Self.startsMax) instances wait to start")
            }
        }
        fleets[revision.endpoint, default: [:]][revision.number] = count == 0 ? nil : fleet
        if count == 0 {
            route.stopMeasuring(revision: revision.number)
            route.targets.end(revision.number)
            await monitor.end(revision.endpoint, revision: revision.number)
        }
    }

    /// Has the revision's captured traffic compared with its baseline, if it is to be.
    private func watch(_ revision: Revision) async {
        guard revision.isWatchedForDrift || revision.isWatchedForQuality else { return }
        await monitor.begin(revision, baseline: baselines.read(revision.baseline))
    }

    private func makeProcess(_ revision: Revision, in fleet: Fleet, route: EndpointRoute) throws -> WorkerProcess {
        let zones = (0..<max(1, revision.spec.instances.zones)).map {
            "local-\(Character(UnicodeScalar(UInt8(97 + $0 % 26))))"
        }
        let zone = zones.min { left, right in
            fleet.workers.count { $0.route.zone == left } < fleet.workers.count { $0.route.zone == right }
        }
        let adopted = adopt(revision)
        let (number, worker, launch) = try launcher.prepare(
            revision, zone: adopted?.zone ?? zone ?? "local-a", adopted: adopted)
        return WorkerProcess(
            route: worker, number: number, endpoint: route, launch: launch, golden: fleet.golden, adopted: adopted,
            loop: group.next(), incidents: incidents, log: log)
    }

    func shift(_ endpoint: String, to weights: [Int: Int]) async throws {
        guard let route = gateway.route(endpoint) else { return }
        gateway.shadows.end(endpoint)
        // The limits are those of whoever has most of the traffic.
        let main = weights.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
        if let main, let fleet = fleets[endpoint]?[main] {
            route.limits = fleet.revision.spec.limits
            route.capture.follow(fleet.revision.spec.capture)
        }
        route.shift(to: weights)
    }

    func observe(_ endpoint: String) async throws -> [FleetObservation] {
        guard let route = gateway.route(endpoint) else { return [] }
        let weights = route.weights
        return (fleets[endpoint] ?? [:]).values.sorted { $0.revision.number < $1.revision.number }.map { fleet in
            let ready = fleet.workers.filter { route.isReady($0.route) }
            return FleetObservation(
                revision: fleet.revision.number, desired: fleet.count, ready: ready.count,
                readyZones: Set(ready.map(\.route.zone)).count, weight: weights[fleet.revision.number] ?? 0,
                inFlight: route.inFlight(revision: fleet.revision.number),
                restarts: fleet.workers.reduce(0) { $0 + $1.restarts },
                failure: fleet.workers.lazy.compactMap(\.failure).first)
        }
    }

    func metrics(_ endpoint: String) async throws -> any MetricSource & Sendable {
        guard let route = gateway.route(endpoint) else {
            return LiveMetrics(route: EndpointRoute(name: endpoint, limits: .none))
        }
        return LiveMetrics(route: route)
    }

    func traffic(_ endpoint: String, revision: Int) async throws -> TrafficObservation {
        gateway.route(endpoint)?.withTraffic { traffic in
            traffic[revision].map {
                TrafficObservation(
                    requests: Int($0.requests.totals.requests), firstFaultAt: $0.firstFaultAt,
                    errorsInARow: $0.requests.serverErrorsInARow)
            }
        } ?? TrafficObservation(requests: 0, firstFaultAt: nil)
    }

    func mirror(_ revision: Revision, percent: Int) async throws {
        guard percent > 0, let plan = revision.spec.rollout.shadow else {
            return gateway.shadows.end(revision.endpoint)
        }
        gateway.shadows.begin(
            ShadowComparison(revision: revision.number, percent: percent, plan: plan), of: revision.endpoint)
    }

    func shadow(_ endpoint: String) async throws -> ShadowObservation? { gateway.shadows[endpoint]?.observation }

    func load(_ endpoint: String, revision: Int) async throws -> [InstanceLoad]? {
        guard let spec = fleets[endpoint]?[revision]?.revision.spec else { return nil }
        let loads = instances(of: endpoint).filter { $0.revision == revision && $0.isReady }.compactMap {
            $0.processID.flatMap { ProcessLoad.of($0, cores: spec.scaling.coresPerInstance) }
        }
        guard gateway.gpus.isWatching, InstanceType.hasGPUs(spec) else { return loads }
        // GPUs that do not answer are not idle: nothing is said of the load.
        guard let gpus = gateway.gpus.load else { return [] }
        return loads.map { InstanceLoad(id: $0.id, cpuSeconds: gpus.busySeconds, cores: Double(gpus.count)) }
    }

    func requests(_ endpoint: String) async throws -> Int {
        guard let route = gateway.route(endpoint) else { return 0 }
        let asked = route.withTraffic { $0.values.reduce(0) { $0 + Int($1.requests.totals.requests) } }
        return asked + Int(route.cache.counters.hits)
    }

    func verify(_ revision: Revision) async throws { try launcher.check(revision) }

    func standDown(_ revision: Revision, _ absence: Absence) async throws {
        let route = gateway.route(revision.endpoint, limits: revision.spec.limits)
        gateway.note(revision.endpoint, environment: revision.spec.environment, team: revision.spec.team)
        gateway.shadows.end(revision.endpoint)
        route.standDown(absence)
    }

    /// Takes an endpoint's routes away once its fleets are gone.
    func forget(_ endpoint: String) {
        gateway.removeRoute(endpoint)
        fleets[endpoint] = nil
    }

    /// Every instance: its revision, failure domain, process, and what was the matter with it last.
    func instances(of endpoint: String) -> [WorkerStatus] {
        (fleets[endpoint] ?? [:]).values.flatMap(\.workers).map(\.status).sorted { $0.id < $1.id }
    }
}

extension RequestLimits {
    /// For an endpoint that does not exist.
    fileprivate static var none: RequestLimits {
        RequestLimits(bodyBytesMax: 0, timeoutSeconds: 0, queueMax: 0, requestsPerSecondMax: nil)
    }
}

/// The processes by their routes, for whoever notices that one is broken.
final class ProcessBook: Sendable {
    private typealias Known = (process: WorkerProcess, digest: String)
    private let processes = NIOLockedValueBox<[ObjectIdentifier: Known]>([:])

    /// What they serve.
    var artifactDigests: Set<String> { processes.withLockedValue { Set($0.values.map(\.digest)) } }

    func add(_ process: WorkerProcess, serving digest: String) {
        processes.withLockedValue { $0[ObjectIdentifier(process.route)] = (process, digest) }
    }
    func forget(_ process: WorkerProcess) {
        processes.withLockedValue { $0[ObjectIdentifier(process.route)] = nil }
    }
    /// A request's connection to this worker broke.
    func suspect(_ route: WorkerRoute) {
        processes.withLockedValue { $0[ObjectIdentifier(route)] }?.process.suspect()
    }
    /// This worker answers nothing any more.
    func stalled(_ route: WorkerRoute, _ reason: String) {
        processes.withLockedValue { $0[ObjectIdentifier(route)] }?.process.stalled(reason)
    }
}
