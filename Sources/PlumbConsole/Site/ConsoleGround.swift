// What the console stands on: the engine that it shows, and what only the composition can make.

public import PlumbEngine
public import PlumbModel

/// Which audit entries are looked for; nil asks for any.
public struct AuditSearch: Sendable, Hashable {
    public var actor: String?
    public var action: String?
    public var endpoint: String?
    public var outcome: AuditEntry.Outcome?
    /// Seconds since 1970-01-01 UTC.
    public var since: Double?
    /// Words that stand somewhere in the entry.
    public var text: String?
    public init() {}

    public func isMet(by entry: AuditEntry) -> Bool {
        (actor.map { entry.actor == $0 } ?? true) && (outcome.map { entry.outcome == $0 } ?? true)
            && (action.map { entry.action == $0 || entry.action.hasPrefix("\($0).") } ?? true)
            && (endpoint.map { "\(entry.subject)/".hasPrefix("endpoint/\($0)/") } ?? true)
            && (since.map { entry.at >= $0 } ?? true) && (text.map { holds($0, entry) } ?? true)
    }

    /// What stands in every entry that meets it, as JSON writes it; of words that JSON may write in several ways,
    /// nothing.
    public var words: [String] {
        var words: [String] = []
        if let actor, Self.isPlain(actor) { words.append("\"actor\":\"\(actor)\"") }
        if let action, Self.isPlain(action) { words.append("\"action\":\"\(action)") }
        if let endpoint, Self.isPlain(endpoint) { words.append("\"subject\":\"endpoint/\(endpoint)") }
        if let outcome { words.append("\"outcome\":\"\(outcome.rawValue)\"") }
        return words
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private func holds(_ text: String, _ entry: AuditEntry) -> Bool {
        let wanted = text.lowercased()
        return ([entry.actor, entry.action, entry.subject] + entry.details.values).contains {
            $0.lowercased().contains(wanted)
        }
    }
}

/// An audit entry and its number in the log.
public struct IndexedEntry: Sendable, Hashable {
    public var index: Int
    public var entry: AuditEntry
    public init(index: Int, entry: AuditEntry) {
        self.index = index
        self.entry = entry
    }
}

/// A drill that is under way, or was the last.
public struct DrillRun: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case recovery = "dr"
        case failover, rollback
    }
    public var kind: Kind
    /// Nil for a recovery, which is the whole engine's.
    public var endpoint: String?
    public var by: String
    /// Seconds since 1970-01-01 UTC.
    public var startedAt: Double
    public var endedAt: Double?
    public var succeeded: Bool?
    /// What it said, as it ended.
    public var text = ""
    public init(kind: Kind, endpoint: String?, by: String, startedAt: Double) {
        self.kind = kind
        self.endpoint = endpoint
        self.by = by
        self.startedAt = startedAt
    }
}

/// Runs drills for whoever may ask for them, one at a time.
public protocol DrillGround: Sendable {
    /// The newest; nil before the first.
    func latest() -> DrillRun?
    /// Begins one. Throws `conflict` while another goes on.
    func start(_ run: DrillRun) throws
}

/// Everything that pages are made of.
public struct ConsoleGround: Sendable {
    public typealias Plane = ControlPlane & AccessPlane & AccessGround & FrontDeskGround

    public let plane: any Plane
    /// The policy book.
    public let policies: [Policy]
    /// Holds an endpoint to it; takes its time.
    public let judge: @Sendable (String) async throws -> Assessment
    /// The newest entries that are looked for, oldest first.
    public let audit: @Sendable (AuditSearch, Int) throws -> [IndexedEntry]
    /// The newest drills on record, oldest first.
    public let practised: @Sendable (Int) throws -> [AuditEntry]
    public let entry: @Sendable (Int) throws -> IndexedEntry?
    /// The proof that an entry is in the log, and the newest signed checkpoint.
    public let proof: @Sendable (Int) throws -> String
    public let checkpoint: @Sendable () throws -> String
    /// What a spec costs in a month; nil where nothing can be said.
    public let estimate: @Sendable (Spec) -> EndpointSpend?
    public let drills: any DrillGround

    public init(
        plane: any Plane, policies: [Policy], judge: @escaping @Sendable (String) async throws -> Assessment,
        audit: @escaping @Sendable (AuditSearch, Int) throws -> [IndexedEntry],
        practised: @escaping @Sendable (Int) throws -> [AuditEntry],
        entry: @escaping @Sendable (Int) throws -> IndexedEntry?,
        proof: @escaping @Sendable (Int) throws -> String, checkpoint: @escaping @Sendable () throws -> String,
        estimate: @escaping @Sendable (Spec) -> EndpointSpend?, drills: any DrillGround
    ) {
        self.plane = plane
        self.policies = policies
        self.judge = judge
        self.audit = audit
        self.practised = practised
        self.entry = entry
        self.proof = proof
        self.checkpoint = checkpoint
        self.estimate = estimate
        self.drills = drills
    }
}
