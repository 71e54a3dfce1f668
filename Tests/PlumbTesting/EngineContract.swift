// What every engine promises, as checks that any engine can be put through.

public import PlumbEngine
import PlumbModel
import PlumbSignals
import Synchronization

/// Puts an engine through the contract in `Engine`'s documentation and tells every breach.
///
/// The engine must know nothing yet of the endpoint of the two revisions. Waiting is bounded by the number of looks,
/// so the same contract holds for an engine on hand-turned time and for one that starts real processes.
public struct EngineContract: Sendable {
    /// Looks at an engine before it is said not to get there.
    public static let looksMax = 600
    private static let requestsPerBurst = 40

    private let engine: any Engine
    private let first: Revision
    private let second: Revision
    private let send: @Sendable () async throws -> Int
    private let pause: @Sendable () async throws -> Void
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - engine: what is put through it.
    ///   - revisions: two good revisions of one endpoint, the lower number first.
    ///   - send: sends one request to the endpoint and answers its HTTP status.
    ///   - pause: lets a little time pass: about 100 ms.
    ///   - now: the engine's clock, seconds since 1970-01-01 UTC.
    public init(
        _ engine: any Engine, revisions: (Revision, Revision), send: @escaping @Sendable () async throws -> Int,
        pause: @escaping @Sendable () async throws -> Void, now: @escaping @Sendable () -> Double
    ) {
        self.engine = engine
        (first, second) = revisions
        self.send = send
        self.pause = pause
        self.now = now
    }

    /// Every breach in one sentence; empty when the contract is kept. The endpoint is off and empty afterwards.
    public func run() async throws -> [String] {
        var breaches = try await startsFleets()
        guard breaches.isEmpty else { return breaches }
        breaches += try await routesByWeight()
        breaches += try await switchesAtomically()
        breaches += try await measures()
        breaches += try await drains()
        return breaches
    }

    private var endpoint: String { first.endpoint }

    private func fleet(_ revision: Revision) async throws -> FleetObservation? {
        try await engine.observe(endpoint).first { $0.revision == revision.number }
    }

    /// Looks until `isThere` holds; false when it never did.
    private func reaches(_ isThere: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<Self.looksMax {
            if try await isThere() { return true }
            try await pause()
        }
        return false
    }

    private func burst() async throws -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<Self.requestsPerBurst { statuses.append(try await send()) }
        return statuses
    }

    private func startsFleets() async throws -> [String] {
        var breaches: [String] = []
        try await engine.apply(first, count: 2)
        try await engine.apply(second, count: 1)
        let isUp = try await reaches {
            let ready = (try await fleet(first)?.ready, try await fleet(second)?.ready)
            return ready == (2, 1)
        }
        guard isUp else { return ["apply: three instances were asked for and are not ready: \(try await seen())"] }
        // The same again changes nothing.
        try await engine.apply(first, count: 2)
        try await pause()
        let fleets = try await engine.observe(endpoint)
        if fleets.map(\.revision) != [first.number, second.number] {
            breaches.append("observe: not every fleet once, by revision number ascending: \(try await seen())")
        }
        let again = try await fleet(first)
        if again?.desired != 2 || again?.ready != 2 {
            breaches.append("apply: asked twice for two instances there are not two: \(try await seen())")
        }
        if fleets.contains(where: { $0.weight != 0 }) {
            breaches.append("apply: a fleet has traffic that no shift gave it: \(try await seen())")
        }
        if again?.readyZones != min(2, first.spec.instances.zones) {
            breaches.append("apply: two instances are not in two failure domains: \(try await seen())")
        }
        return breaches
    }

    private func routesByWeight() async throws -> [String] {
        var breaches: [String] = []
        func answered(_ revision: Revision) async throws -> Int {
            try await engine.traffic(endpoint, revision: revision.number).requests
        }
        for weights in [[100, 0], [50, 50], [0, 100]] {
            let wanted = [first.number: weights[0], second.number: weights[1]].filter { $0.value > 0 }
            try await engine.shift(endpoint, to: wanted)
            try await engine.shift(endpoint, to: wanted)
            let isSeen = try await reaches {
                let pair = (try await fleet(first)?.weight, try await fleet(second)?.weight)
                return pair.0 == weights[0] && pair.1 == weights[1]
            }
            if !isSeen { breaches.append("shift: weights \(weights) are not seen: \(try await seen())") }
            let before = (try await answered(first), try await answered(second))
            let failed = try await burst().filter { $0 != 200 }
            if !failed.isEmpty { breaches.append("shift: with weights \(weights) requests answered \(failed)") }
            let gained = (try await answered(first) - before.0, try await answered(second) - before.1)
            if gained.0 + gained.1 != Self.requestsPerBurst {
                breaches.append("traffic: \(Self.requestsPerBurst) requests were answered, \(gained) were counted")
            }
            if (gained.0 > 0) != (weights[0] > 0) || (gained.1 > 0) != (weights[1] > 0) {
                breaches.append("shift: weights \(weights) gave \(gained) requests")
            }
        }
        return breaches
    }

    private func switchesAtomically() async throws -> [String] {
        var breaches: [String] = []
        let (engine, endpoint, numbers) = (engine, endpoint, [first.number, second.number])
        let isSwitching = Mutex(true)
        async let switching: Void = {
            defer { isSwitching.withLock { $0 = false } }
            for turn in 0..<50 { try await engine.shift(endpoint, to: [numbers[turn % 2]: 100]) }
        }()
        var failed: [Int] = []
        repeat {
            let status = try await send()
            if status != 200 { failed.append(status) }
            await Task.yield()
        } while isSwitching.withLock { $0 } && failed.isEmpty
        try await switching
        if !failed.isEmpty { breaches.append("shift: \(failed) was answered while the traffic was being moved") }
        let sum = try await engine.observe(endpoint).reduce(0) { $0 + $1.weight }
        if sum != 100 { breaches.append("observe: weights sum to \(sum)") }
        return breaches
    }

    private func measures() async throws -> [String] {
        var breaches: [String] = []
        try await engine.shift(endpoint, to: [first.number: 100])
        _ = try await burst()
        let identity = RevisionAlarms.identity(of: first)
        let questions: [(metric: MetricIdentity, statistic: Statistic, range: ClosedRange<Double>)] = [
            (identity.metric(.invocations), .sum, Double(Self.requestsPerBurst)...1e6),
            (identity.metric(.serverErrors), .average, 0...0),
            (identity.metric(.modelLatency), .percentile(rank: 99), 1...1e8),
            (RevisionAlarms.probe(of: first), .maximum, 1...1),
        ]
        for (metric, statistic, range) in questions {
            var found: Double?
            let isReadable = try await reaches {
                let source = try await engine.metrics(endpoint)
                let point = source.datapoint(
                    metric, statistic: statistic, periodStart: Int(now()) - 60, periodSeconds: 61)
                found = point?.value
                return found.map(range.contains) ?? false
            }
            if !isReadable {
                let said = found.map { "\($0)" } ?? "nothing"
                breaches.append("metrics: \(metric.name) of \(first.configName) says \(said), not \(range)")
            }
        }
        return breaches
    }

    private func drains() async throws -> [String] {
        var breaches: [String] = []
        try await engine.apply(second, count: 0)
        try await engine.apply(second, count: 0)
        let isGone = try await reaches { (try await fleet(second)?.ready ?? 0) == 0 }
        if !isGone { breaches.append("apply: a fleet of none is still there: \(try await seen())") }
        if try await burst().contains(where: { $0 != 200 }) {
            breaches.append("apply: stopping one fleet failed requests of the other")
        }
        try await engine.shift(endpoint, to: [:])
        if try await send() == 200 { breaches.append("shift: an endpoint that was taken off still answers") }
        try await engine.apply(first, count: 0)
        let isEmpty = try await reaches { try await engine.observe(endpoint).allSatisfy { $0.ready == 0 } }
        if !isEmpty { breaches.append("apply: instances are left: \(try await seen())") }
        return breaches
    }

    private func seen() async throws -> String {
        let fleets = try await engine.observe(endpoint).map {
            "r\($0.revision) desired \($0.desired) ready \($0.ready) zones \($0.readyZones) weight \($0.weight)"
        }
        return fleets.isEmpty ? "no fleet" : fleets.joined(separator: "; ")
    }
}
