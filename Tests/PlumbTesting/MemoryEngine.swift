// An engine whose instances are a few numbers in memory: quick, exact, and held to the same contract as the real one.

public import PlumbEngine
import PlumbModel
public import PlumbSignals
import Synchronization

/// How a revision's instances behave.
public struct Conduct: Sendable, Hashable {
    /// From the start of an instance until it is ready, in seconds; nil when it never is.
    public var startSeconds: Double?
    /// Every so manyth answer is a 500; 0 for none.
    public var failsEvery: Int
    public var latencyMilliseconds: Int
    /// Why `apply` refuses it.
    public var refusal: String?
    /// Why its instances end before they are ready.
    public var failure: String?

    public init(
        startSeconds: Double? = 1, failsEvery: Int = 0, latencyMilliseconds: Int = 20, refusal: String? = nil,
        failure: String? = nil
    ) {
        self.startSeconds = startSeconds
        self.failsEvery = failsEvery
        self.latencyMilliseconds = latencyMilliseconds
        self.refusal = refusal
        self.failure = failure
    }
}

/// Keeps fleets in memory, on time turned by hand. Requests are sent by the test and recorded as real ones are.
public final class MemoryEngine: Engine {
    private struct Fleet {
        var revision: Revision
        var readyAt: [Double?] = []
        var recorder = RequestRecorder()
        var probe: GaugeRecorder
        var firstFaultAt: Double?
        var restarts = 0

        init(_ revision: Revision) {
            self.revision = revision
            probe = GaugeRecorder(metric: RevisionAlarms.probe(of: revision))
        }

        func ready(at now: Double) -> [Int] {
            readyAt.indices.filter { readyAt[$0].map { $0 <= now } ?? false }
        }
    }
    private struct State {
        var fleets: [Int: Fleet] = [:]
        var weights: [Int: Int] = [:]
        /// Smooth weighted round robin: who is owed the most gets the next request.
        var owed: [Int: Int] = [:]
        var conducts: [Int: Conduct] = [:]
        var calls: [String] = []
        var failures: [any Error] = []
        /// Cores that the requests ask for in all; nil when the engine cannot tell.
        var coresAsked: Double?
        var coreSeconds: [String: Double] = [:]
        var loadSeenAt: Double?

        /// In place: a recorder is megabytes, and a copy for each request would be most of a test's time.
        mutating func record(
            _ status: Int, _ latencyMilliseconds: Int, _ firstFaultAt: Double?, of number: Int, at second: Int
        ) {
            fleets[number]?.recorder.record(
                latencyMicroseconds: latencyMilliseconds * 1000, status: status, at: second)
            fleets[number]?.firstFaultAt = firstFaultAt
        }

        /// Who answers the next request: a revision with weight and a ready instance.
        mutating func next(at now: Double) -> Int? {
            let able = weights.filter { $0.value > 0 && !(fleets[$0.key]?.ready(at: now).isEmpty ?? true) }
            for (number, weight) in able { owed[number, default: 0] += weight }
            let chosen = able.keys.sorted().max { owed[$0, default: 0] < owed[$1, default: 0] }
            if let chosen { owed[chosen, default: 0] -= able.values.reduce(0, +) }
            return chosen
        }
    }
    private let clock: HandClock
    private let state = Mutex(State())

    public init(clock: HandClock) {
        self.clock = clock
    }

    /// What the engine was asked to do, oldest first: `apply r2 x2`, `shift r1=90 r2=10`.
    public var calls: [String] { state.withLock { $0.calls } }

    public func setConduct(_ conduct: Conduct, of revision: Int) {
        state.withLock { $0.conducts[revision] = conduct }
    }

    /// From now on the requests ask for so many cores, shared by the ready instances of one core each.
    public func setLoad(cores: Double) { state.withLock { $0.coresAsked = cores } }

    /// The next call to `apply` or `shift` throws this instead of doing anything.
    public func failNextCall(with error: any Error) { state.withLock { $0.failures.append(error) } }

    /// All instances and routes are gone at once, as after the end of the machine's process.
    public func loseEverything() {
        state.withLock {
            $0.fleets = [:]
            $0.weights = [:]
        }
    }

    /// Every instance of a revision ends; each is started again.
    public func crash(_ revision: Int) {
        state.withLock { state in
            guard var fleet = state.fleets[revision] else { return }
            let start = (state.conducts[revision] ?? Conduct()).startSeconds
            fleet.restarts += fleet.readyAt.count
            fleet.readyAt = fleet.readyAt.map { _ in start.map { clock.now + $0 } }
            state.fleets[revision] = fleet
        }
    }

    /// Sends one request; answers its status, 503 where nobody can answer.
    @discardableResult
    public func send() -> Int {
        let now = clock.now
        return state.withLock { state in
            guard let number = state.next(at: now) else { return 503 }
            let conduct = state.conducts[number] ?? Conduct()
            let count = Int(state.fleets[number]?.recorder.totals.requests ?? 0) + 1
            let status = conduct.failsEvery > 0 && count % conduct.failsEvery == 0 ? 500 : 200
            let isSlow =
                Double(conduct.latencyMilliseconds)
                > state.fleets[number]?.revision.spec.alarms.latencyP99.threshold ?? .infinity
            let firstFaultAt = state.fleets[number]?.firstFaultAt ?? (isSlow || status != 200 ? now : nil)
            state.record(status, conduct.latencyMilliseconds, firstFaultAt, of: number, at: Int(now))
            return status
        }
    }

    /// Notes each fleet's health, as the engine's prober does once a second.
    public func probe() {
        let now = clock.now
        state.withLock { state in
            for (number, fleet) in state.fleets {
                state.fleets[number]?.probe.record(fleet.ready(at: now).isEmpty ? 0 : 1, at: Int(now))
            }
        }
    }

    // MARK: - Engine

    public func apply(_ revision: Revision, count: Int) async throws {
        let now = clock.now
        try state.withLock { state in
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            let conduct = state.conducts[revision.number] ?? Conduct()
            if let refusal = conduct.refusal, count > 0 { throw PlumbError(.invalidInput, refusal) }
            state.calls.append("apply r\(revision.number) x\(count)")
            guard count > 0 else {
                state.fleets[revision.number] = nil
                return
            }
            var fleet = state.fleets[revision.number] ?? Fleet(revision)
            if fleet.readyAt.count > count { fleet.readyAt.removeLast(fleet.readyAt.count - count) }
            while fleet.readyAt.count < count { fleet.readyAt.append(conduct.startSeconds.map { now + $0 }) }
            state.fleets[revision.number] = fleet
        }
    }

    public func shift(_ endpoint: String, to weights: [Int: Int]) async throws {
        try state.withLock { state in
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            let told = weights.sorted { $0.key < $1.key }.map { "r\($0.key)=\($0.value)" }
            state.calls.append("shift \(told.isEmpty ? "off" : told.joined(separator: " "))")
            state.weights = weights
            state.owed = [:]
        }
    }

    public func observe(_ endpoint: String) async throws -> [FleetObservation] {
        let now = clock.now
        return state.withLock { state in
            state.fleets.sorted { $0.key < $1.key }.map { number, fleet in
                let ready = fleet.ready(at: now)
                return FleetObservation(
                    revision: number, desired: fleet.readyAt.count, ready: ready.count,
                    readyZones: Set(ready.map { $0 % 2 }).count, weight: state.weights[number] ?? 0,
                    restarts: fleet.restarts, failure: state.conducts[number]?.failure)
            }
        }
    }

    public func verify(_ revision: Revision) async throws {
        if let refusal = state.withLock({ $0.conducts[revision.number]?.refusal }) {
            throw PlumbError(.notFound, refusal)
        }
    }

    public func load(_ endpoint: String, revision: Int) async throws -> [InstanceLoad]? {
        let now = clock.now
        return state.withLock { state in
            guard let asked = state.coresAsked, let fleet = state.fleets[revision] else { return nil }
            let ready = fleet.ready(at: now)
            let seconds = now - (state.loadSeenAt ?? now)
            state.loadSeenAt = now
            return ready.map { index in
                let id = "r\(revision)-\(index)"
                state.coreSeconds[id, default: 0] += min(1, asked / Double(ready.count)) * seconds
                return InstanceLoad(id: id, cpuSeconds: state.coreSeconds[id] ?? 0, cores: 1)
            }
        }
    }

    public func metrics(_ endpoint: String) async throws -> any MetricSource & Sendable {
        state.withLock { state in
            let recorders = state.fleets.values.map { ($0.revision.configName, $0.recorder) }
            let requests = RequestMetrics(
                endpoint: endpoint, variant: Revision.variantName,
                recorders: Dictionary(recorders) { first, _ in first })
            return MetricSources([requests] + state.fleets.values.map(\.probe))
        }
    }

    public func traffic(_ endpoint: String, revision: Int) async throws -> TrafficObservation {
        state.withLock { state in
            let fleet = state.fleets[revision]
            return TrafficObservation(
                requests: Int(fleet?.recorder.totals.requests ?? 0), firstFaultAt: fleet?.firstFaultAt)
        }
    }
}
