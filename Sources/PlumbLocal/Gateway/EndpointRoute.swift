// Which worker a request goes to: weights between revisions, the least busy worker within one, a bounded queue.

import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel
import PlumbSignals
import Synchronization

/// A worker as the gateway sees it.
final class WorkerRoute: Sendable {
    let id: String
    let revision: Int
    let zone: String
    let address: SocketAddress
    let concurrencyMax: Int
    /// It is the house's own model server, which takes many requests on one connection.
    let takesFrames: Bool
    /// What it has answered, for whoever compares it with its siblings.
    let vitals = WorkerVitals()

    init(
        id: String, revision: Int, zone: String, address: SocketAddress, concurrencyMax: Int, takesFrames: Bool = false
    ) {
        self.takesFrames = takesFrames
        self.id = id
        self.revision = revision
        self.zone = zone
        self.address = address
        self.concurrencyMax = concurrencyMax
    }
}

/// The answer to "who takes this request?".
enum Admission {
    case worker(WorkerRoute)
    /// The waiter with this number will be called, once: with a worker, or with nil when none is left to wait for.
    case queued(Int)
    /// Nothing can take it: the endpoint has no revision in service.
    case unavailable
    case queueFull
}

/// The routing state of one endpoint, shared by all event loops and changed atomically.
final class EndpointRoute: Sendable {
    typealias Waiter = @Sendable (WorkerRoute?) -> Void

    private struct Slot {
        let worker: WorkerRoute
        var inFlight = 0
        var isReady = false
        /// It takes no new requests, and goes once it has none.
        var isRetired = false
        /// When it last answered, or was given its first request.
        var progressAt = NIODeadline.now()

        mutating func begin() {
            if inFlight == 0 { progressAt = .now() }
            inFlight += 1
        }
    }
    private struct Waiting {
        let number: Int
        let call: Waiter
    }
    private struct State {
        var weights: [(revision: Int, weight: Int)] = []
        var slots: [Slot] = []
        /// Where the search for the least busy begins.
        var firstLooked = 0
        var waiting: [Int: CircularBuffer<Waiting>] = [:]
        var waitingCount = 0
        var waitingNumber = 0
        var turn: UInt64 = 0
        var traffic: [Int: RevisionTraffic] = [:]
        /// Beside the traffic, which is megabytes that must not be copied to look at this.
        var cachePlans: [Int: CachePlan] = [:]
        var modelNames: [Int: String] = [:]
        /// Of each revision its own: one that fails must not take the retries of the one that serves.
        var budgets: [Int: RetryBudget] = [:]
        var limits: RequestLimits
        var shed = 0
        /// Why it is off by plan.
        var absence: Absence?
    }
    let name: String
    /// What is recorded of the traffic.
    let capture = CaptureBuffer()
    let labels = LabelBuffer()
    /// The last answers, one by one.
    let requests = RequestLog()
    private let state: NIOLockedValueBox<State>
    private let removed = Atomic<Bool>(false)
    /// Answers that are kept, for revisions whose spec allows it.
    let cache = ResponseCache()
    /// The models of revisions that have many.
    let targets = TargetModels()

    init(name: String, limits: RequestLimits) {
        self.name = name
        state = NIOLockedValueBox(State(limits: limits))
    }

    /// The endpoint is gone; whoever still holds its route looks for another.
    var isRemoved: Bool { removed.load(ordering: .relaxed) }
    func markRemoved() { removed.store(true, ordering: .relaxed) }

    var limits: RequestLimits {
        get { state.withLockedValue { $0.limits } }
        set { state.withLockedValue { $0.limits = newValue } }
    }
    /// Requests refused because the queue was full.
    var shed: Int { state.withLockedValue { $0.shed } }
    var weights: [Int: Int] {
        state.withLockedValue { state in
            Dictionary(state.weights.map { ($0.revision, $0.weight) }, uniquingKeysWith: { first, _ in first })
        }
    }

    // MARK: - Changing the routes

    /// Replaces the weights; every request goes by the old ones or the new ones.
    func shift(to weights: [Int: Int]) {
        state.withLockedValue { state in
            state.weights = weights.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            if !state.weights.isEmpty { state.absence = nil }
        }
        // A deployment or a rollback: what was kept may be what is wrong.
        cache.purge()
    }

    /// Takes it off by plan, until it is given weights again.
    func standDown(_ absence: Absence) {
        shift(to: [:])
        state.withLockedValue { $0.absence = absence }
    }

    /// Why it is off by plan; nil when it is not.
    var absence: Absence? { state.withLockedValue { $0.absence } }

    func add(_ worker: WorkerRoute) {
        state.withLockedValue { $0.slots.append(Slot(worker: worker)) }
    }

    /// Gives a worker no new requests; those on it go on, `inFlight(on:)` tells how many. When it was the last of its
    /// revision, those who wait for one are told that there is none.
    func retire(_ worker: WorkerRoute) {
        let stranded = state.withLockedValue { state -> CircularBuffer<Waiting> in
            guard let index = state.slots.firstIndex(where: { $0.worker === worker }) else { return [] }
            state.slots[index].isReady = false
            state.slots[index].isRetired = true
            return Self.takeStranded(&state, revision: worker.revision)
        }
        for waiting in stranded { waiting.call(nil) }
    }

    /// Takes a retired worker out, at once or with its last request.
    func remove(_ worker: WorkerRoute) {
        retire(worker)
        state.withLockedValue { $0.slots.removeAll { $0.worker === worker && $0.inFlight == 0 } }
    }

    private static func takeStranded(_ state: inout State, revision: Int) -> CircularBuffer<Waiting> {
        guard !state.slots.contains(where: { $0.worker.revision == revision && !$0.isRetired }) else { return [] }
        let stranded = state.waiting.removeValue(forKey: revision) ?? []
        state.waitingCount -= stranded.count
        return stranded
    }

    /// Marks a worker as able, or not, to take requests; those waiting for its revision are served at once.
    func setReady(_ worker: WorkerRoute, _ isReady: Bool) {
        let served = state.withLockedValue { state -> [(Waiter, WorkerRoute)] in
            guard let index = state.slots.firstIndex(where: { $0.worker === worker && !$0.isRetired }) else {
                return []
            }
            state.slots[index].isReady = isReady
            var served: [(Waiter, WorkerRoute)] = []
            while isReady, let next = Self.nextWaiter(&state, for: index) { served.append((next, worker)) }
            return served
        }
        for (waiter, worker) in served { waiter(worker) }
    }

    func isReady(_ worker: WorkerRoute) -> Bool {
        state.withLockedValue { $0.slots.first { $0.worker === worker }?.isReady ?? false }
    }

    func inFlight(on worker: WorkerRoute) -> Int {
        state.withLockedValue { $0.slots.first { $0.worker === worker }?.inFlight ?? 0 }
    }

    /// Requests being worked on or waiting, by revision.
    func inFlight(revision: Int) -> Int {
        state.withLockedValue { state in
            state.slots.filter { $0.worker.revision == revision }.reduce(0) { $0 + $1.inFlight }
        }
    }

    // MARK: - Taking requests

    /// Chooses the revision of a new request: exactly by weight over every hundred requests, well mixed.
    func chooseRevision() -> Int? {
        state.withLockedValue { state in
            guard state.weights.count > 1 else { return state.weights.first?.revision }
            state.turn &+= 1
            // 61 is prime to 100: a hundred turns visit each of the hundred places once.
            var place = Int((state.turn &* 61) % 100)
            for (revision, weight) in state.weights {
                if place < weight { return revision }
                place -= weight
            }
            return state.weights.last?.revision
        }
    }

    /// How answers of a revision are kept; nil when they are not.
    func cachePlan(of revision: Int) -> CachePlan? {
        state.withLockedValue { $0.cachePlans[revision] }
    }

    /// The model's name at the workers of the revision that has the traffic.
    var modelName: String {
        state.withLockedValue { state in
            state.weights.last.flatMap { state.modelNames[$0.revision] } ?? name
        }
    }

    /// Every revision that has traffic has a worker that is ready, and there is one that has.
    var isServing: Bool {
        state.withLockedValue { state in
            !state.weights.isEmpty
                && state.weights.allSatisfy { weight in
                    state.slots.contains { $0.worker.revision == weight.revision && $0.isReady }
                }
        }
    }

    /// Finds the least busy ready worker of a revision, or a place in the queue.
    func acquire(revision: Int, avoiding tried: [WorkerRoute], waiter: @escaping Waiter) -> Admission {
        state.withLockedValue { state in
            if tried.isEmpty { state.budgets[revision, default: RetryBudget()].ask() }
            if let best = Self.leastBusy(state, revision: revision, avoiding: tried) {
                state.slots[best].begin()
                // The next request of equal choice goes to the worker behind this one.
                state.firstLooked = best + 1
                return .worker(state.slots[best].worker)
            }
            guard state.slots.contains(where: { $0.worker.revision == revision && !$0.isRetired }) else {
                return .unavailable
            }
            guard state.waitingCount < state.limits.queueMax else {
                state.shed += 1
                return .queueFull
            }
            state.waitingNumber += 1
            state.waitingCount += 1
            let waiting = Waiting(number: state.waitingNumber, call: waiter)
            state.waiting[revision, default: CircularBuffer()].append(waiting)
            return .queued(state.waitingNumber)
        }
    }

    private static func leastBusy(_ state: State, revision: Int, avoiding tried: [WorkerRoute]) -> Int? {
        var best: (index: Int, inFlight: Int)?
        let count = state.slots.count
        for offset in 0..<count {
            let index = (state.firstLooked + offset) % count
            let (inFlight, isReady) = (state.slots[index].inFlight, state.slots[index].isReady)
            guard isReady, inFlight < best?.inFlight ?? Int.max else { continue }
            let worker = state.slots[index].worker
            guard worker.revision == revision, inFlight < worker.concurrencyMax,
                !tried.contains(where: { $0 === worker })
            else { continue }
            best = (index, inFlight)
        }
        return best?.index
    }

    /// Whether a request may be sent to one more worker of a revision; `endRetry` must follow if so.
    func beginRetry(revision: Int) -> Bool {
        state.withLockedValue { state in
            let capacity = state.slots.reduce(0) { sum, slot in
                sum + (slot.worker.revision == revision ? slot.worker.concurrencyMax : 0)
            }
            return state.budgets[revision, default: RetryBudget()].begin(capacity: capacity)
        }
    }

    func endRetry(revision: Int, inVain: Bool) {
        state.withLockedValue { $0.budgets[revision]?.end(inVain: inVain) }
    }

    /// Retries by revision, made and refused.
    var retries: [(revision: Int, made: Int, refused: Int)] {
        state.withLockedValue { state in
            state.budgets.sorted { $0.key < $1.key }.map { ($0.key, $0.value.made, $0.value.refused) }
        }
    }

    /// Leaves the queue: the client is gone, or its time is up.
    func withdraw(_ number: Int, revision: Int) {
        state.withLockedValue { state in
            guard let index = state.waiting[revision]?.firstIndex(where: { $0.number == number }) else { return }
            state.waiting[revision]?.remove(at: index)
            state.waitingCount -= 1
        }
    }

    /// Gives a worker back; the longest-waiting request of its revision takes it over.
    func release(_ worker: WorkerRoute) {
        let next = state.withLockedValue { state -> Waiter? in
            guard let index = state.slots.firstIndex(where: { $0.worker === worker }) else { return nil }
            state.slots[index].inFlight -= 1
            state.slots[index].progressAt = .now()
            if state.slots[index].isRetired {
                if state.slots[index].inFlight == 0 { state.slots.remove(at: index) }
                return nil
            }
            return Self.nextWaiter(&state, for: index)
        }
        next?(worker)
    }

    private static func nextWaiter(_ state: inout State, for index: Int) -> Waiter? {
        guard state.waitingCount > 0, state.slots[index].isReady else { return nil }
        let worker = state.slots[index].worker
        guard state.slots[index].inFlight < worker.concurrencyMax,
            let next = state.waiting[worker.revision]?.popFirst()
        else { return nil }
        state.waitingCount -= 1
        state.slots[index].begin()
        return next.call
    }

    // MARK: - Measuring

    /// How every worker that may have traffic stands, for whoever looks for stalls.
    func loads(at now: NIODeadline) -> [(worker: WorkerRoute, load: StallMachine.Load)] {
        state.withLockedValue { state in
            state.slots.filter { !$0.isRetired }.map { slot in
                let silent = Double((now - slot.progressAt).nanoseconds) / 1e9
                return (
                    slot.worker,
                    StallMachine.Load(
                        id: slot.worker.id, isReady: slot.isReady, inFlight: slot.inFlight, silentSeconds: silent)
                )
            }
        }
    }

    /// Begins to measure a revision afresh.
    func measure(_ revision: Revision) {
        state.withLockedValue { state in
            state.traffic[revision.number] = RevisionTraffic(revision)
            state.cachePlans[revision.number] = CachePlan(revision)
            state.modelNames[revision.number] = revision.spec.model.name ?? revision.spec.name
        }
    }

    /// Counts one answered request.
    func record(revision: Int, latencyMicroseconds: Int, status: Int, at seconds: Double) {
        state.withLockedValue { state in
            state.traffic[revision]?.record(latencyMicroseconds: latencyMicroseconds, status: status, at: seconds)
        }
    }

    /// Records whether a revision has a healthy instance; to be called once a second.
    func recordHealth(at second: Int) {
        state.withLockedValue { state in
            for revision in state.budgets.keys { state.budgets[revision]?.tick(at: second) }
            for revision in state.traffic.keys {
                let isHealthy = state.slots.contains { $0.worker.revision == revision && $0.isReady }
                state.traffic[revision]?.recordHealth(isHealthy, at: second)
            }
        }
    }

    /// Records what a detector says of a revision's captured traffic.
    func record(_ value: Double, of metric: String, revision: Int, at second: Int) {
        state.withLockedValue { $0.traffic[revision]?.record(value, of: metric, at: second) }
    }

    /// Records what holds for every revision that is measured by it.
    func record(_ value: Double, of metric: String, at second: Int) {
        state.withLockedValue { state in
            for revision in state.traffic.keys { state.traffic[revision]?.record(value, of: metric, at: second) }
        }
    }

    /// Reads what was measured, under the lock: nothing of the recorders' megabytes is copied.
    func withTraffic<Result>(_ read: ([Int: RevisionTraffic]) -> Result) -> Result {
        state.withLockedValue { read($0.traffic) }
    }

    /// Stops measuring a revision whose fleet is gone: its recorders take megabytes.
    func stopMeasuring(revision: Int) {
        state.withLockedValue { state in
            state.traffic[revision] = nil
            state.budgets[revision] = nil
            state.cachePlans[revision] = nil
            state.modelNames[revision] = nil
        }
    }

    /// Requests that workers are busy with.
    var inFlightTotal: Int { state.withLockedValue { $0.slots.reduce(0) { $0 + $1.inFlight } } }
    /// Requests that wait for a worker.
    var waitingTotal: Int { state.withLockedValue { $0.waitingCount } }
}

/// What one revision's traffic came to.
struct RevisionTraffic: Sendable {
    let configName: String
    private(set) var requests = RequestRecorder()
    /// What is looked at from time to time: the probe first, then what the detectors say.
    private(set) var gauges: [GaugeRecorder]
    /// The first answer that was a server error or later than the latency alarm allows; seconds since 1970.
    private(set) var firstFaultAt: Double?
    private let lateMicroseconds: Int
    /// How far back the health alarm looks, in seconds.
    private let healthLookback: Int
    private var wasHealthy = false

    init(_ revision: Revision) {
        configName = revision.configName
        gauges = [GaugeRecorder(metric: RevisionAlarms.probe(of: revision))]
        if revision.isWatchedForDrift { gauges.append(GaugeRecorder(metric: RevisionAlarms.drift(of: revision))) }
        if revision.isWatchedForQuality { gauges.append(GaugeRecorder(metric: RevisionAlarms.quality(of: revision))) }
        gauges += Self.modelCacheGauges(revision) + GPUMeter.gauges(revision)
        lateMicroseconds = Int(revision.spec.alarms.latencyP99.threshold * 1000)
        let rule = revision.spec.alarms.health
        healthLookback = rule.periodSeconds * (rule.evaluationPeriods + AlarmEvaluator.extraPeriods + 1)
    }

    /// A revision is judged from its first healthy second on. The alarm takes missing data for a dead endpoint, so the
    /// time before the revision existed counts as healthy: its start is watched by the rollout, not by the alarm.
    mutating func recordHealth(_ isHealthy: Bool, at second: Int) {
        if !wasHealthy {
            guard isHealthy else { return }
            wasHealthy = true
            let earliest = max(second - healthLookback, second - GaugeRecorder.windowSecondsMax + 1)
            for past in earliest..<second { gauges[0].record(1, at: past) }
        }
        gauges[0].record(isHealthy ? 1 : 0, at: second)
    }

    /// What a detector says; left out when it is not this revision's.
    mutating func record(_ value: Double, of metric: String, at second: Int) {
        guard let index = gauges.firstIndex(where: { $0.metric.name == metric }) else { return }
        gauges[index].record(value, at: second)
    }

    mutating func record(latencyMicroseconds: Int, status: Int, at seconds: Double) {
        requests.record(latencyMicroseconds: latencyMicroseconds, status: status, at: Int(seconds))
        if firstFaultAt == nil, status >= 500 || latencyMicroseconds > lateMicroseconds { firstFaultAt = seconds }
    }
}

/// The metrics of one endpoint as alarms ask for them, read where they are recorded.
struct LiveMetrics: MetricSource {
    let route: EndpointRoute

    func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        route.withTraffic { traffic in
            for gauge in traffic.values.lazy.flatMap(\.gauges) where gauge.metric == metric {
                return gauge.datapoint(
                    metric, statistic: statistic, periodStart: periodStart, periodSeconds: periodSeconds)
            }
            return requestMetrics(traffic).datapoint(
                metric, statistic: statistic, periodStart: periodStart, periodSeconds: periodSeconds)
        }
    }

    func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool {
        route.withTraffic { traffic in
            traffic.values.contains { $0.gauges.contains { $0.isPublished(metric, in: unit) } }
                || requestMetrics(traffic).isPublished(metric, in: unit)
        }
    }

    private func requestMetrics(_ traffic: [Int: RevisionTraffic]) -> RequestMetrics {
        RequestMetrics(
            endpoint: route.name, variant: Revision.variantName,
            recorders: Dictionary(
                traffic.values.map { ($0.configName, $0.requests) }, uniquingKeysWith: { first, _ in first }))
    }
}
