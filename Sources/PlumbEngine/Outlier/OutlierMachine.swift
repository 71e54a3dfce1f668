// Which instance of a fleet is taken out of traffic because it does worse than its siblings, and for how long.

/// What one instance did since the last look.
public struct InstanceVitals: Sendable, Hashable {
    public var id: String
    /// Whether it passed its last health check.
    public var isReady: Bool
    public var requests: Int
    /// Answers of 500 and above.
    public var serverErrors: Int
    /// Connections that broke, and answers that are no HTTP.
    public var faults: Int
    /// Faults in a row up to now, with no whole answer between.
    public var faultsInARow: Int
    /// All latencies together, in seconds.
    public var latencySeconds: Double

    public init(
        id: String, isReady: Bool, requests: Int = 0, serverErrors: Int = 0, faults: Int = 0, faultsInARow: Int = 0,
        latencySeconds: Double = 0
    ) {
        self.id = id
        self.isReady = isReady
        self.requests = requests
        self.serverErrors = serverErrors
        self.faults = faults
        self.faultsInARow = faultsInARow
        self.latencySeconds = latencySeconds
    }
}

/// What is to be done with one instance.
public enum OutlierAction: Sendable, Hashable {
    /// No traffic for so long; it goes on running.
    case eject(id: String, seconds: Double, reason: String)
    /// It may have traffic again.
    case readmit(id: String)
    /// It was ejected again and again: a new process takes its place.
    case restart(id: String, reason: String)
}

/// Outlier ejection over one fleet: an instance is compared with its siblings, never with an absolute number, so that a
/// slow model or a bad revision ejects nobody.
public struct OutlierMachine: Sendable, Hashable {
    /// Looks that are judged together.
    static let windowTicks = 5
    /// An instance with fewer requests in the window is not judged by shares and means.
    static let requestsMin = 20
    /// Times the siblings' mean latency, and seconds above it, that make an instance slow.
    static let slowFactor = 3.0
    static let slowSecondsMin = 0.005
    /// Share of errors and faults above the siblings' that makes an instance faulty.
    static let faultyShare = 0.3
    /// Faults in a row that make an instance faulty whatever its traffic.
    public static let faultsInARowMax = 5
    /// Looks in a row that must agree that it is slow.
    static let slowLooks = 2
    /// The first ejection, and the longest.
    public static let ejectionSeconds = 10.0
    static let ejectionSecondsMax = 300.0
    /// An ejection that comes so often in a row ends in a restart.
    public static let ejectionsMax = 3
    /// Time in service after which one ejection is forgiven.
    static let forgivingSeconds = 300.0

    private struct Instance: Sendable, Hashable {
        var window: [InstanceVitals] = []
        var slowLooks = 0
        var ejections = 0
        var ejectedUntil: Double?
        var servesSince: Double

        var requests: Int { window.reduce(0) { $0 + $1.requests } }
        var wrong: Int { window.reduce(0) { $0 + $1.serverErrors + $1.faults } }
        var attempts: Int { window.reduce(0) { $0 + $1.requests + $1.faults } }
        var mean: Double { window.reduce(0) { $0 + $1.latencySeconds } / Double(max(1, requests)) }
        var share: Double { Double(wrong) / Double(max(1, attempts)) }
    }
    private var instances: [String: Instance] = [:]

    public init() {}

    /// Looks at every instance of the fleet, about once a second.
    public mutating func tick(at now: Double, seeing fleet: [InstanceVitals]) -> [OutlierAction] {
        var actions: [OutlierAction] = []
        let ids = Set(fleet.map(\.id))
        instances = instances.filter { ids.contains($0.key) }
        for vitals in fleet {
            var instance = instances[vitals.id] ?? Instance(servesSince: now)
            if let until = instance.ejectedUntil {
                // A clock that was set back must not keep it out for ever.
                if now >= until || now < until - Self.ejectionSecondsMax {
                    instance.ejectedUntil = nil
                    instance.servesSince = now
                    actions.append(.readmit(id: vitals.id))
                }
                instance.window = []
            } else {
                instance.window.append(vitals)
                if instance.window.count > Self.windowTicks { instance.window.removeFirst() }
                if instance.ejections > 0, now - instance.servesSince >= Self.forgivingSeconds {
                    instance.ejections -= 1
                    instance.servesSince = now
                }
            }
            instances[vitals.id] = instance
        }
        for vitals in fleet.sorted(by: { $0.id < $1.id }) {
            guard let reason = judge(vitals) else { continue }
            let out = fleet.count { instances[$0.id]?.ejectedUntil != nil || !$0.isReady }
            // Half of the fleet at most: when everybody looks bad, it is not the instance.
            guard vitals.isReady, out + 1 <= fleet.count / 2 else { continue }
            actions.append(eject(vitals.id, reason, at: now))
        }
        return actions
    }

    /// The instance has a new process, which starts with a clean window.
    public mutating func restarted(_ id: String) {
        instances[id]?.window = []
        instances[id]?.slowLooks = 0
    }

    private mutating func eject(_ id: String, _ reason: String, at now: Double) -> OutlierAction {
        guard var instance = instances[id] else { return .readmit(id: id) }
        defer { instances[id] = instance }
        instance.ejections += 1
        instance.window = []
        instance.slowLooks = 0
        guard instance.ejections < Self.ejectionsMax else {
            instance.ejections = 0
            return .restart(id: id, reason: "\(reason), for the \(Self.ejectionsMax)rd time")
        }
        var seconds = Self.ejectionSeconds
        for _ in 1..<instance.ejections { seconds *= 2 }
        seconds = min(seconds, Self.ejectionSecondsMax)
        instance.ejectedUntil = now + seconds
        return .eject(id: id, seconds: seconds, reason: reason)
    }

    /// Why this instance is an outlier; nil when it is none.
    private mutating func judge(_ vitals: InstanceVitals) -> String? {
        guard let instance = instances[vitals.id], instance.ejectedUntil == nil else { return nil }
        if vitals.faultsInARow >= Self.faultsInARowMax {
            return "\(vitals.faultsInARow) faults in a row"
        }
        let siblings = instances.filter {
            $0.key != vitals.id && $0.value.ejectedUntil == nil && $0.value.requests >= Self.requestsMin
        }.values
        guard instance.attempts >= Self.requestsMin, !siblings.isEmpty else { return nil }
        let usualShare = Self.median(siblings.map(\.share))
        if instance.share > usualShare + Self.faultyShare {
            return
                "\(Self.percent(instance.share)) % of its answers fail, \(Self.percent(usualShare)) % of its siblings'"
        }
        let usual = Self.median(siblings.map(\.mean))
        let isSlow = instance.mean > Self.slowFactor * usual && instance.mean > usual + Self.slowSecondsMin
        instances[vitals.id]?.slowLooks = isSlow ? instance.slowLooks + 1 : 0
        guard isSlow, instance.slowLooks + 1 >= Self.slowLooks else { return nil }
        return
            "it takes \(Self.milliseconds(instance.mean)) ms in the mean, its siblings \(Self.milliseconds(usual)) ms"
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private static func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
    private static func milliseconds(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10 }
}
