// What a review of an IAM policy finds.

/// What sort of policy is reviewed, which decides what it may and must hold.
public enum AccessPolicyKind: String, Sendable, Codable, Hashable, CaseIterable {
    /// Attached to a role, user or group: no principal.
    case identity
    /// Who may assume a role: principals, no resource.
    case trust
    /// Attached to a bucket, key, topic or repository: principals and resources.
    case resource
}

/// Something wrong, risky or superfluous in a policy, named as IAM Access Analyzer's ValidatePolicy names it where it
/// has a name for it (`issueCode`), and by the house's own code elsewhere.
public struct AccessFinding: Sendable, Hashable, Codable {
    /// ValidatePolicy's finding types, worst first.
    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable, Comparable {
        /// A part of the policy does not work.
        case error = "ERROR"
        /// It allows more than is safe.
        case securityWarning = "SECURITY_WARNING"
        /// It departs from good practice, or does not do what it seems to.
        case warning = "WARNING"
        /// It could be written better; what it allows is fine.
        case suggestion = "SUGGESTION"

        private var rank: Int {
            switch self {
            case .suggestion: 0
            case .warning: 1
            case .securityWarning: 2
            case .error: 3
            }
        }
        public static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }
    }
    /// `PASS_ROLE_WITH_STAR_IN_RESOURCE`.
    public var code: String
    public var type: Kind
    public var severity: Severity
    /// The number of the statement, from 0; nil where the policy as a whole is meant.
    public var statement: Int?
    public var sid: String?
    /// What was found and what was wanted.
    public var message: String
    /// The actions and resources concerned, as the policy spells them.
    public var actions: [String]
    public var resources: [String]
    /// What to write instead.
    public var fix: String
    public var place: Place?

    public init(
        code: String, type: Kind, severity: Severity, statement: Int? = nil, sid: String? = nil, message: String,
        actions: [String] = [], resources: [String] = [], fix: String, place: Place? = nil
    ) {
        self.code = code
        self.type = type
        self.severity = severity
        self.statement = statement
        self.sid = sid
        self.message = message
        self.actions = actions
        self.resources = resources
        self.fix = fix
        self.place = place
    }
}
