// When an instance that has gone silent is asked whether it lives, and its requests are taken to another.

/// The patience with the instances of one revision.
///
/// Patience follows the latency that is usual: an instance that has requests and has answered none for three times the
/// 99th percentile is more likely stuck than busy. It is then asked for its health; only when it does not answer that
/// either, the requests on it are taken away. One request that is slow everywhere must not wander through the fleet, so
/// after one stall there is a pause.
public struct StallMachine: Sendable, Hashable {
    /// Times the usual 99th percentile.
    static let patienceFactor = 3.0
    /// Never less: on a machine that is busy everybody waits so long now and then.
    static let patienceSecondsMin = 0.010
    static let patienceSecondsMax = 5.0
    /// While too little is known.
    static let patienceSecondsFirst = 1.0
    /// Requests of the window before its percentile is believed.
    static let requestsMin = 100
    /// No second stall is believed for so long after one.
    static let pauseSeconds = 3.0

    /// One instance, as it stands.
    public struct Load: Sendable, Hashable {
        public var id: String
        public var isReady: Bool
        public var inFlight: Int
        /// Since it last answered a request, or was first given one.
        public var silentSeconds: Double
        public init(id: String, isReady: Bool, inFlight: Int, silentSeconds: Double) {
            self.id = id
            self.isReady = isReady
            self.inFlight = inFlight
            self.silentSeconds = silentSeconds
        }
    }

    public private(set) var patienceSeconds = patienceSecondsFirst
    private var stalledAt: Double?

    public init() {}

    /// Takes in the latency of the latest `requests`.
    public mutating func learn(requests: Int, p99Seconds: Double?) {
        guard requests >= Self.requestsMin, let p99Seconds else { return }
        patienceSeconds = min(max(Self.patienceSecondsMin, p99Seconds * Self.patienceFactor), Self.patienceSecondsMax)
    }

    /// The instances that are to be asked for their health now. None when there is no other to take the requests to.
    public func suspects(at now: Double, seeing fleet: [Load]) -> [String] {
        if let stalledAt, (0..<Self.pauseSeconds).contains(now - stalledAt) { return [] }
        let ready = fleet.filter(\.isReady)
        let silent = ready.filter { $0.inFlight > 0 && $0.silentSeconds > patienceSeconds }
        return silent.count < ready.count ? silent.map(\.id) : []
    }

    /// An instance did not answer for its health either.
    public mutating func confirmed(at now: Double) { stalledAt = now }
}
