// What can be asked of an engine about access itself: orders, their answers, and the report of who can do what.

/// A change of who may do what, or of the keys that protect what is kept.
public enum AccessOrder: Sendable, Hashable, Codable {
    case addUser(name: String, owner: String?)
    case removeUser(String)
    case grant(user: String, AccessGrant)
    case revokeGrant(user: String, id: String)
    case issueToken(user: String, seconds: Int)
    case revokeToken(String)
    /// Makes the first admin; asked with the one-time token.
    case claim(name: String)
    /// Makes the one-time token for the first admin.
    case makeFirstToken
    /// A new key signs tokens from now on; what the old one signed holds until it expires.
    case rotateTokenKey
    case issueCertificate(user: String, days: Int)
    case approve(plan: String, reason: String?)
    /// Takes a plan that waits away: the change is not made.
    case reject(plan: String, reason: String)
    case breakGlass(reason: String, minutes: Int)
    case closeReview(id: String, note: String)
    /// A new key for what is kept, and everything wrapped with it.
    case rotateKey
    case rewrap
    case shredKey(Int)

    public var verb: AccessVerb {
        switch self {
        case .grant(_, let grant): grant.effect == .allow ? .grantRole : .manageAccess
        case .addUser, .removeUser, .revokeGrant, .issueToken, .revokeToken, .rotateTokenKey, .issueCertificate,
            .claim, .makeFirstToken:
            .manageAccess
        case .approve, .reject: .approve
        case .breakGlass: .breakGlass
        case .closeReview: .closeReview
        case .rotateKey, .rewrap, .shredKey: .manageData
        }
    }

    /// The audit record's word for it.
    public var action: String {
        switch self {
        case .addUser: "access.userAdded"
        case .removeUser: "access.userRemoved"
        case .grant: "access.granted"
        case .revokeGrant: "access.revoked"
        case .issueToken: "access.tokenIssued"
        case .revokeToken: "access.tokenRevoked"
        case .claim: "access.claimed"
        case .makeFirstToken: "access.firstTokenMade"
        case .rotateTokenKey: "access.tokenKeyRotated"
        case .issueCertificate: "access.certificateIssued"
        case .approve: "approve"
        case .reject: "approval.rejected"
        case .breakGlass: "breakGlass.opened"
        case .closeReview: "review.closed"
        case .rotateKey: "key.rotated"
        case .rewrap: "key.rewrapped"
        case .shredKey: "key.shredded"
        }
    }
}

/// What an order yields, in words, with what is told this once.
public struct AccessOutcome: Sendable, Hashable, Codable {
    public var text: String
    /// A token or the one-time token.
    public var secret: String?
    public var expiresAt: Double?
    /// A certificate for a client, and its key, in PEM.
    public var certificate: String?
    public var key: String?

    public init(
        _ text: String, secret: String? = nil, expiresAt: Double? = nil, certificate: String? = nil,
        key: String? = nil
    ) {
        self.text = text
        self.secret = secret
        self.expiresAt = expiresAt
        self.certificate = certificate
        self.key = key
    }
}

/// Who can do what, what waits for a person, and which keys protect what is kept.
public struct AccessReport: Sendable, Hashable, Codable {
    public struct KeyVersion: Sendable, Hashable, Codable {
        public var number: Int
        public var createdAt: Double
        public init(number: Int, createdAt: Double) {
            self.number = number
            self.createdAt = createdAt
        }
    }
    public var users: [AccessUser]
    public var tokens: [AccessToken]
    public var keys: [AccessKey]
    public var plans: [ChangePlan]
    public var reviews: [AccessReviewEntry]
    public var keyVersions: [KeyVersion]
    public var at: Double

    public init(
        users: [AccessUser], tokens: [AccessToken], keys: [AccessKey], plans: [ChangePlan],
        reviews: [AccessReviewEntry], keyVersions: [KeyVersion], at: Double
    ) {
        self.users = users
        self.tokens = tokens
        self.keys = keys
        self.plans = plans
        self.reviews = reviews
        self.keyVersions = keyVersions
        self.at = at
    }

    /// Users that have not come for so many days, the new ones aside.
    public func unused(days: Int) -> [AccessUser] {
        users.filter { (at - ($0.lastUsedAt ?? $0.createdAt)) > Double(days) * 86_400 }
    }
}

/// Access is given and taken here. Every change is in the audit record before it is acknowledged.
public protocol AccessPlane: Sendable {
    func makeAccessKey(_ request: AccessKeyRequest, by actor: String) async throws -> IssuedAccessKey
    /// By time of making.
    func accessKeys() async throws -> [AccessKey]
    /// Requests signed with it are refused from now on. Throws `notFound` for an id that there is not.
    func revokeAccessKey(_ id: String, by actor: String) async throws
    /// Carries out an order by somebody who may give it. Throws `refused` where more is asked than they hold.
    func carryOut(_ order: AccessOrder, by principal: Principal) async throws -> AccessOutcome
    func accessReport() async throws -> AccessReport
}

/// Why nobody is let in.
public enum SignInFault: Error, Sendable, Hashable {
    case notProven(String)
    /// The address has failed too often of late.
    case tooOften
}

/// What a door on the network needs of the engine to let anybody in.
public protocol AccessGround: Sendable {
    /// Who has sent a call. Throws a `SignInFault` when that is not proven.
    func identify(_ call: SignedCall) async throws -> Principal
    /// The request's context completed by what the engine knows: the time, and whether the glass is broken.
    func complete(_ context: AccessContext, for principal: Principal) async -> AccessContext
    /// Whether somebody of that name is known.
    func isUser(_ name: String) async -> Bool
    /// The SHA-256 of bytes, in hex.
    func digest(of bytes: [UInt8]) async -> String
    /// Uses up the approval of this very change; nil when there is none.
    func useApproval(of digest: String, by principal: Principal) async throws -> String?
    /// Keeps a plan until somebody approves it or it expires.
    func propose(_ plan: ChangePlan) async throws
    /// Writes down what was refused.
    func noteDenied(_ request: AccessRequest, why: String, by principal: Principal) async throws
    /// Puts something before another person's eyes.
    func demandReview(of action: String, reason: String, by principal: Principal) async throws
}
