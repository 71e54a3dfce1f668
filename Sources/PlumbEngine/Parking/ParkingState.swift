// What is remembered of an endpoint's parking: the machine, what a start needs, and what people have asked for.

public import PlumbModel

/// What a start needs: written down and verified before an instance is taken away. The revision's spec, artefacts and
/// alarms stay on record with the endpoint, under this number.
public struct ParkingRecord: Sendable, Hashable, Codable {
    public var revision: Int
    /// How many instances there were, and between which bounds.
    public var count: Int
    public var floor: Int
    public var ceiling: Int
    public var modelDigest: String
    public var reason: String
    /// Seconds since 1970-01-01 UTC.
    public var at: Double
}

/// The durable state of an endpoint that may be off.
public struct ParkingState: Sendable, Hashable, Codable {
    public internal(set) var machine = ParkingMachine(isProduction: false)
    public internal(set) var record: ParkingRecord?
    /// Until when somebody asked for it to run, whatever its hours.
    public internal(set) var startedUntil: Double?
    /// Whether somebody asked for it to be off, and until when; without an end, until somebody starts it.
    public internal(set) var isParkedByHand = false
    public internal(set) var parkedUntil: Double?
    /// When it was last found to be off with not an instance left, in seconds since 1970-01-01 UTC.
    public internal(set) var offAt: Double?

    /// Whether its instances are to be away. Before the record is written down they are not.
    public var isAway: Bool {
        switch machine.phase {
        case .parked: true
        case .parking: record != nil
        case .running, .starting, .startFailed: false
        }
    }
}

/// What people may ask of an endpoint's hours and of its budget.
public enum SpendingOrder: String, Sendable, Hashable, Codable, CaseIterable {
    /// Off now, until its working hours begin next.
    case park
    /// On now, and for a while whatever its hours.
    case start
    /// Past its budget, for a while.
    case allow
}

/// What its budgets ask of an endpoint, and what somebody has allowed it all the same.
public struct SpendControl: Sendable, Hashable, Codable {
    public internal(set) var restraint = SpendRestraint.none
    public internal(set) var reason = ""
    public internal(set) var allowedUntil: Double?

    /// What holds at a moment.
    public func restraint(at now: Double) -> SpendRestraint {
        if let allowedUntil, now < allowedUntil { return .none }
        return restraint
    }
}
