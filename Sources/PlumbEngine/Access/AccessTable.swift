// Which role may do what, where, and on what terms: one table.

public import PlumbModel

/// What can be done to an engine.
public enum AccessVerb: String, Sendable, Hashable, Codable, CaseIterable {
    /// Endpoints, metrics, costs.
    case read
    case readCaptures = "read-captures"
    case readAudit = "read-audit"
    case invoke
    case registerModel = "register-model"
    case deploy
    /// Back to a revision that is named.
    case rollback
    /// Ends the rollout under way, or brings back the revision before: the last that was good.
    case emergencyRollback = "emergency-rollback"
    /// Pauses or resumes a rollout.
    case steer
    /// Gives a rollout the traffic before its bake is over.
    case promote
    case scale
    /// Takes an endpoint out of service, or ends the engine.
    case stop
    case silence
    case backup, drill, failover
    case approve
    case closeReview = "close-review"
    case breakGlass = "break-glass"
    /// Users, tokens, keys and certificates; taking roles away.
    case manageAccess = "manage-access"
    case grantRole = "grant-role"
    /// The key ring, retention, erasure.
    case manageData = "manage-data"
    case alterAudit = "alter-audit"

    /// What a key's role has to allow of it.
    public var right: AccessRight {
        switch self {
        case .read, .readCaptures, .readAudit: .read
        case .invoke: .invoke
        default: .change
        }
    }
}

/// The terms on which a role may do a thing.
public struct Allowance: Sendable, Hashable {
    public enum Term: String, Sendable, Hashable, CaseIterable {
        /// In production somebody else has approved this very change, or the glass is broken.
        case secondPersonInProduction
        /// Wherever it is, somebody else has approved this very change.
        case secondPerson
        /// The artefact has served this endpoint before.
        case knownGood
    }
    public var environments: Set<Environment>
    public var terms: Set<Term>

    init(_ environments: Set<Environment> = Set(Environment.allCases), _ terms: Term...) {
        self.environments = environments
        self.terms = Set(terms)
    }
}

/// The table of roles and verbs. What does not stand here, nobody may.
public enum AccessTable {
    private static let anywhere = Allowance()
    private static let dev = Allowance([.dev])
    private static let reviewed = Allowance(Set(Environment.allCases), .secondPersonInProduction)

    private static let rows: [AccessVerb: [AccessRole: Allowance]] = [
        .read: Dictionary(
            uniqueKeysWithValues: AccessRole.allCases.filter { $0 != .invoker }.map { ($0, anywhere) }),
        .readCaptures: [.dataScientist: anywhere],
        .readAudit: [.auditor: anywhere],
        .invoke: [.invoker: anywhere, .dataScientist: anywhere],
        .registerModel: [.dataScientist: anywhere],
        .deploy: [
            .dataScientist: dev, .deployer: reviewed,
            .operator: Allowance(Set(Environment.allCases), .knownGood, .secondPersonInProduction),
        ],
        .rollback: [.deployer: reviewed, .operator: reviewed],
        .emergencyRollback: [.deployer: anywhere, .operator: anywhere],
        .steer: [.deployer: anywhere, .operator: anywhere],
        .promote: [.deployer: reviewed, .operator: reviewed],
        .scale: [.deployer: dev, .operator: anywhere],
        .stop: [.deployer: dev, .operator: anywhere],
        .silence: [.deployer: dev, .operator: anywhere],
        .backup: [.operator: anywhere],
        .drill: [.operator: anywhere],
        .failover: [.operator: reviewed],
        .approve: [.approver: anywhere],
        .closeReview: [.approver: anywhere, .auditor: anywhere, .admin: anywhere],
        .breakGlass: [.deployer: anywhere, .operator: anywhere, .admin: anywhere],
        .manageAccess: [.admin: anywhere],
        .grantRole: [.admin: Allowance(Set(Environment.allCases), .secondPerson)],
        .manageData: [.admin: anywhere],
        .alterAudit: [:],
    ]

    /// The terms on which a role may do a thing; nil when it may not.
    public static func allowance(_ role: AccessRole, _ verb: AccessVerb) -> Allowance? { rows[verb]?[role] }
}
