// When a watch looks next: by its interval, soon after events, later and later while looks fail.

/// Decides when to look; whoever runs it hands it the time, the events and the ends of looks.
public struct LookMachine: Sendable {
    public struct Settings: Sendable {
        /// Seconds from the end of a look to the next one, when nothing happens.
        public var intervalSeconds: Double
        /// How far luck moves that, as a share of it, so that many watches do not ask AWS in the same second.
        public var jitterShare = 0.1
        /// Events are waited for until none came for this long: a deployment is many of them.
        public var quietSeconds = 5.0
        /// However many come, they are looked after no later than this.
        public var quietSecondsMax = 30.0
        /// Seconds between two looks, at least.
        public var gapSeconds = 10.0
        /// Failed looks are repeated no later than this.
        public var backOffSecondsMax = 3_600.0

        public init(intervalSeconds: Double) { self.intervalSeconds = intervalSeconds }
    }

    public enum Action: Sendable, Equatable {
        case look
        /// Nothing to do before this time.
        case wait(until: Double)
    }

    private let settings: Settings
    private var nextAt: Double
    private var lastEndedAt: Double?
    private var isLooking = false
    private var firstEventAt: Double?
    private var lastEventAt: Double?
    /// Looks that failed since the last one that did not.
    public private(set) var failures = 0

    /// Looks at once.
    public init(_ settings: Settings, at now: Double) {
        self.settings = settings
        nextAt = now
    }

    /// Something happened that may have changed a verdict. While a look is under way, another one will follow: nobody
    /// knows which of the two has seen it.
    public mutating func happened(at now: Double) {
        if firstEventAt == nil { firstEventAt = now }
        lastEventAt = now
    }

    /// What to do now. After `.look` the look is under way until `ended` is called.
    public mutating func tick(at now: Double) -> Action {
        guard !isLooking else { return .wait(until: now + settings.intervalSeconds) }
        let due = dueAt
        guard now >= due else { return .wait(until: due) }
        isLooking = true
        (firstEventAt, lastEventAt) = (nil, nil)
        return .look
    }

    /// The look is over; `luck` is a number of 0 ..< 1.
    public mutating func ended(at now: Double, succeeded: Bool, luck: Double) {
        isLooking = false
        lastEndedAt = now
        failures = succeeded ? 0 : failures + 1
        // A failed look is repeated soon, then in ever longer steps; an interval that is longer than those stays.
        let steps = min(failures, 16)
        let pause =
            succeeded
            ? settings.intervalSeconds
            : min(settings.backOffSecondsMax, settings.gapSeconds * Double(1 << steps))
        nextAt = now + pause * (1 + settings.jitterShare * (2 * luck - 1))
    }

    private var dueAt: Double {
        guard let firstEventAt, let lastEventAt else { return nextAt }
        let quiet = min(lastEventAt + settings.quietSeconds, firstEventAt + settings.quietSecondsMax)
        // Events do not shorten the pause after a failure: AWS is as unwell with them as without.
        let earliest = failures > 0 ? nextAt : (lastEndedAt ?? 0) + (lastEndedAt == nil ? 0 : settings.gapSeconds)
        return min(nextAt, max(quiet, earliest))
    }
}
