// Whether an endpoint of dev or staging is to be parked or started now: running, parking, parked, starting, running.

/// Takes an endpoint away outside its hours and brings it back. Every action may be repeated, and what is wanted is a
/// level, so that a look that comes late, or a machine that was written down and read again, goes on rightly.
public struct ParkingMachine: Sendable, Hashable, Codable {
    public enum Phase: String, Sendable, Hashable, Codable {
        case running, parking, parked, starting, startFailed
    }
    /// What there is of the endpoint.
    public enum Fleet: String, Sendable, Hashable, Codable {
        /// It answers.
        case serving
        /// It is being made, changed or taken away; neither a start nor a stop is possible.
        case changing
        case absent
        /// It is there and does not answer.
        case failed
    }
    /// What is seen at one moment.
    public struct Look: Sendable, Hashable {
        /// Whether the calendar wants it, the lead of a start reckoned in.
        public var isWanted: Bool
        public var fleet: Fleet
        /// Whether everything a start needs is written down and verified.
        public var isRecorded: Bool
        /// Whether a deployment is under way.
        public var isLocked = false
        /// When it was last called.
        public var lastCallAt: Double?
        /// Until when somebody asked for it to stay.
        public var keepUntil: Double?
        public init(isWanted: Bool, fleet: Fleet, isRecorded: Bool) {
            self.isWanted = isWanted
            self.fleet = fleet
            self.isRecorded = isRecorded
        }
    }
    public enum Action: Sendable, Hashable {
        case wait
        /// Write down what a start needs, and verify it.
        case record
        case stop
        /// Start it, with the nth of the allowed types from 0; what failed before is to be removed first.
        case start(attempt: Int)
        /// Tell a person; the text says of what.
        case page(String)
    }

    /// An endpoint that was called within this time stays.
    public static let quietSeconds = 900.0
    /// A stop that is held up longer is told to a person.
    public static let deferSecondsMax = 4 * 3600.0
    /// A wish to keep it counts this long after its hours.
    public static let keepSecondsMax = 24 * 3600.0
    /// Starts in a row before a person is told.
    public static let startsMax = 5
    /// How long one start may take.
    public static let startSecondsMax = 3600.0
    /// The pause before starts are tried anew after all have failed, and before a start is asked for again of which
    /// nothing is seen.
    public static let retrySeconds = 900.0

    public private(set) var phase = Phase.running
    /// When the phase began.
    public private(set) var since = 0.0
    /// Since when it has not been wanted.
    public private(set) var unwantedSince: Double?
    public private(set) var starts = 0
    private var askedAt = 0.0
    private var hasPaged = false
    /// Production is never parked.
    public let isProduction: Bool

    public init(isProduction: Bool) { self.isProduction = isProduction }

    /// What is to be done now.
    public mutating func tick(at now: Double, _ look: Look) -> Action {
        guard !isProduction else { return .wait }
        if look.isWanted { unwantedSince = nil } else if unwantedSince == nil { unwantedSince = now }
        switch phase {
        case .running: return running(at: now, look)
        case .parking: return parking(at: now, look)
        case .parked: return parked(at: now, look)
        case .starting: return starting(at: now, look)
        case .startFailed: return startFailed(at: now, look)
        }
    }

    private mutating func running(at now: Double, _ look: Look) -> Action {
        guard let unwantedSince else {
            hasPaged = false
            return .wait
        }
        if look.fleet == .absent {
            enter(.parked, at: now)
            return .wait
        }
        if let reason = holdUp(look, at: now, since: unwantedSince) {
            guard now - unwantedSince > Self.deferSecondsMax, !hasPaged else { return .wait }
            hasPaged = true
            return .page("it should be off since \(Int(now - unwantedSince)) s: \(reason)")
        }
        enter(.parking, at: now)
        return look.isRecorded ? .stop : .record
    }

    /// Why it cannot be stopped now; nil when it can.
    private func holdUp(_ look: Look, at now: Double, since unwantedSince: Double) -> String? {
        if look.fleet == .changing { return "it is being changed" }
        if look.isLocked { return "a deployment is under way" }
        if let keep = look.keepUntil, now < min(keep, unwantedSince + Self.keepSecondsMax) { return "it is to be kept" }
        if let call = look.lastCallAt, now - call < Self.quietSeconds, look.fleet == .serving {
            return "it is being called"
        }
        return nil
    }

    private mutating func parking(at now: Double, _ look: Look) -> Action {
        switch look.fleet {
        case .absent:
            enter(.parked, at: now)
            return .wait
        case .changing: return .wait
        case .serving, .failed:
            // Not stopped yet, so that nothing is lost by leaving it be.
            if look.isWanted || look.isLocked {
                enter(.running, at: now)
                return .wait
            }
            return look.isRecorded ? .stop : .record
        }
    }

    private mutating func parked(at now: Double, _ look: Look) -> Action {
        // Somebody else has started it: it is judged as one that runs.
        if look.fleet != .absent {
            enter(.running, at: now)
            return .wait
        }
        return look.isWanted ? start(at: now, attempt: 0) : .wait
    }

    private mutating func starting(at now: Double, _ look: Look) -> Action {
        switch look.fleet {
        case .serving:
            enter(.running, at: now)
            return .wait
        case .changing:
            guard now - askedAt > Self.startSecondsMax else { return .wait }
            return giveUp(at: now, "it has been starting for \(Int(now - askedAt)) s")
        case .absent where !look.isWanted:
            enter(.parked, at: now)
            return .wait
        case .failed where !look.isWanted:
            enter(.parking, at: now)
            return .stop
        case .failed, .absent:
            if look.fleet == .absent, now - askedAt < Self.retrySeconds { return .wait }
            guard starts < Self.startsMax else { return giveUp(at: now, "\(starts) starts have failed") }
            return start(at: now, attempt: starts)
        }
    }

    private mutating func startFailed(at now: Double, _ look: Look) -> Action {
        switch look.fleet {
        case .serving:
            enter(.running, at: now)
            return .wait
        case .changing: return .wait
        case .absent, .failed:
            guard look.isWanted else {
                enter(look.fleet == .absent ? .parked : .parking, at: now)
                return .wait
            }
            return now - since >= Self.retrySeconds ? start(at: now, attempt: 0) : .wait
        }
    }

    private mutating func start(at now: Double, attempt: Int) -> Action {
        if phase != .starting { enter(.starting, at: now) }
        starts = attempt + 1
        askedAt = now
        return .start(attempt: attempt)
    }

    private mutating func giveUp(at now: Double, _ why: String) -> Action {
        enter(.startFailed, at: now)
        return .page("it does not start: \(why)")
    }

    private mutating func enter(_ next: Phase, at now: Double) {
        phase = next
        since = now
        if next != .starting { starts = 0 }
    }
}
