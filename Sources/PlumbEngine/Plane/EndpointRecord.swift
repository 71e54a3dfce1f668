// What is remembered of an endpoint: its revisions, which one is active, and the rollout under way.

public import PlumbModel

/// A rollout that has ended, with the four moments that matter.
public struct RolloutRecord: Sendable, Hashable, Codable {
    public var new: Int
    public var old: Int?
    public var isRollback: Bool
    public var startedAt: Double
    public var endedAt: Double
    public var outcome: RolloutOutcome
    /// First wrong or late answer of the new revision, ALARM seen, traffic back, old fleet full.
    public var faultAt: Double?
    public var detectedAt: Double?
    public var movedAt: Double?
    public var fullAt: Double?
    /// What spoke for it, in words; nil where nothing was asked.
    public var evidence: String?

    /// The four moments and the evidence, as the audit record keeps them.
    var moments: [String: String] {
        var told: [String: String] = [:]
        for (name, moment) in [
            ("faultAt", faultAt), ("detectedAt", detectedAt), ("movedAt", movedAt), ("fullAt", fullAt),
        ] {
            if let moment { told[name] = "\((moment * 1000).rounded() / 1000)" }
        }
        if case .promoted = outcome { told["evidence"] = evidence }
        return told
    }
}

extension RolloutRecord {
    /// One without moments, for whoever makes up a past.
    package init(new: Int, old: Int?, startedAt: Double, endedAt: Double, outcome: RolloutOutcome) {
        self.init(
            new: new, old: old, isRollback: false, startedAt: startedAt, endedAt: endedAt, outcome: outcome)
    }
}

/// The durable state of one endpoint. At most one revision is active at any time.
public struct EndpointRecord: Sendable, Hashable, Codable {
    public var name: String
    public var environment: Environment
    /// The revision that answers for the endpoint; nil before the first is promoted.
    public var active: Int?
    /// The revision that was active before it, for `rollback`.
    public var previous: Int?
    /// The fleet that stays up after promotion, and until when.
    public var warm: Int?
    public var warmUntil: Double?
    /// All revisions still kept, ascending.
    public var revisions: [Revision] = []
    public var rollout: RolloutMachine?
    /// How many instances the active revision has; carried over deployments and restarts.
    public var scaling: ScalingMachine?
    /// Whether it is off outside its working hours; nil where that was never looked at.
    public var parking: ParkingState?
    /// What its budgets ask of it; nil where they never asked for anything.
    public var spending: SpendControl?
    /// The highest number a revision was ever rolled out under, kept when the revision itself is forgotten.
    private var numberMax = 0
    /// The last rollouts, newest last.
    public var history: [RolloutRecord] = []
    /// How many rollouts are remembered.
    static let historyMax = 20

    public init(name: String, environment: Environment) {
        self.name = name
        self.environment = environment
    }

    public func revision(_ number: Int?) -> Revision? {
        revisions.first { $0.number == number }
    }

    /// Whether its number of instances never changes by itself.
    public var hasFixedCount: Bool {
        guard let plan = revision(active).map({ ScalingPlan($0.spec) }) else { return false }
        return !plan.isEnabled || plan.floor == plan.ceiling
    }

    /// The artefacts of all revisions that are kept.
    public var artifactDigests: Set<String> {
        Set(
            revisions.flatMap { revision in
                [
                    revision.modelDigest, revision.exampleDigest, revision.baseline?.statisticsDigest,
                    revision.baseline?.constraintsDigest, revision.baseline?.referenceDigest,
                ].compactMap { $0 }
            })
    }

    /// The number the next revision gets: never one that was used before.
    public var nextNumber: Int {
        max(numberMax, revisions.map(\.number).max() ?? 0) + 1
    }

    /// Ends the rollout under way and passes on the title of active, in one change.
    mutating func end(_ rollout: RolloutMachine, at now: Double, faultAt: Double?) {
        guard let outcome = rollout.outcome else { return }
        history.append(
            RolloutRecord(
                new: rollout.order.new, old: rollout.order.old, isRollback: rollout.order.isRollback,
                startedAt: rollout.startedAt, endedAt: now, outcome: outcome, faultAt: faultAt,
                detectedAt: rollout.detectedAt, movedAt: rollout.movedAt,
                fullAt: rollout.detectedAt == nil ? nil : now, evidence: rollout.evidence))
        history.removeFirst(max(0, history.count - Self.historyMax))
        self.rollout = nil
        numberMax = max(numberMax, revisions.map(\.number).max() ?? 0)
        // Their fleets may still be up, and are stopped by their revisions.
        let touched = [rollout.order.new, rollout.order.old, warm].compactMap { $0 }
        if case .promoted = outcome {
            previous = active
            active = rollout.order.new
            let minutes = revision(active)?.spec.rollout.warmRollbackMinutes ?? 0
            warm = minutes > 0 ? previous : nil
            warmUntil = minutes > 0 ? now + Double(minutes) * 60 : nil
            adoptScaling(count: rollout.order.newCount, at: now)
        }
        forgetOldRevisions(except: touched)
    }

    /// The active revision's plan holds from now on, with the instances that it has.
    private mutating func adoptScaling(count: Int, at now: Double) {
        guard let plan = revision(active).map({ ScalingPlan($0.spec) }) else { return }
        var machine = scaling ?? ScalingMachine(plan, count: count, at: now)
        machine.adopt(plan, count: count, at: now)
        scaling = machine
    }

    /// How many instances `revision` starts with: as many as serve now, unless its spec begins with another number than
    /// the one before; within its own bounds.
    func startCount(of revision: Revision, isRollback: Bool) -> Int {
        let initial = revision.spec.instances.initial
        let isCarried = isRollback || self.revision(active)?.spec.instances.initial == initial
        let plan = ScalingPlan(revision.spec)
        return min(plan.ceiling, max(plan.floor, isCarried ? scaling?.count ?? initial : initial))
    }

    /// Keeps the active revision, the K good ones before it, and whatever a rollout may return to.
    private mutating func forgetOldRevisions(except touched: [Int]) {
        let keep = revision(active)?.spec.rollout.keptRevisions ?? 2
        let needed = Set([active, previous, warm].compactMap { $0 } + touched)
        let promoted = Set(history.filter { $0.outcome == .promoted }.map(\.new))
        let failed = Set(history.filter { $0.outcome != .promoted && !$0.isRollback }.map(\.new)).subtracting(promoted)
        let candidates = revisions.map(\.number).filter { !needed.contains($0) && !failed.contains($0) }
        let older = Set(candidates.sorted().suffix(max(0, keep)))
        revisions.removeAll { !needed.contains($0.number) && !older.contains($0.number) }
    }
}

/// Where an engine's records are kept. `save` returns when both the record and the audit entry are durable, together.
public protocol EngineLedger: Sendable {
    func load() async throws -> [EndpointRecord]
    func save(_ record: EndpointRecord, audit: [AuditEntry]) async throws
    func remove(_ endpoint: String, audit: [AuditEntry]) async throws
    func append(_ entry: AuditEntry) async throws
}
