// Who may ask an engine for what over the network: roles, the keys that sign requests, and who signed one.

/// What somebody is to an engine; `AccessTable` says what each may.
public enum AccessRole: String, Sendable, Hashable, Codable, CaseIterable {
    case viewer
    case dataScientist = "data-scientist"
    case invoker, deployer, approver
    case `operator`
    case auditor, admin

    /// The roles that a key which signs requests may have. There they are a ceiling, and mean what they always did:
    /// calling, seeing, all of it.
    public static let ofKeys: [AccessRole] = [.invoker, .viewer, .operator]

    /// Whether a key of this role may be used for such a thing at all.
    public func allows(_ right: AccessRight) -> Bool {
        switch self {
        case .invoker: right == .invoke
        case .viewer: right == .read
        case .operator: true
        case .dataScientist, .deployer, .approver, .auditor, .admin: false
        }
    }
}

/// What a request needs.
public enum AccessRight: String, Sendable, Hashable {
    case invoke, read, change
}

/// An access key as people see it: all but its secret.
public struct AccessKey: Sendable, Hashable, Codable {
    /// `PLMB…`, twenty letters and digits.
    public var id: String
    /// Who holds it; actions are audited under this name.
    public var holder: String
    public var role: AccessRole
    /// Seconds since 1970-01-01 UTC.
    public var createdAt: Double
    /// From then on it is refused as expired; nil for never.
    public var expiresAt: Double?
    /// Who has had it made; nil for one that is older than this.
    public var issuer: String?

    public init(
        id: String, holder: String, role: AccessRole, createdAt: Double, expiresAt: Double?, issuer: String? = nil
    ) {
        self.issuer = issuer
        self.id = id
        self.holder = holder
        self.role = role
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// A wish for a key.
public struct AccessKeyRequest: Sendable, Hashable, Codable {
    public var holder: String
    public var role: AccessRole
    public var days: Int?
    public init(holder: String, role: AccessRole, days: Int?) {
        self.holder = holder
        self.role = role
        self.days = days
    }
}

/// A key just made. Its secret is told this once.
public struct IssuedAccessKey: Sendable, Codable {
    public var key: AccessKey
    public var secret: String
    public init(key: AccessKey, secret: String) {
        self.key = key
        self.secret = secret
    }
}

/// Who signed a request.
public struct Caller: Sendable, Hashable {
    public var key: AccessKey
    /// What the signature is for: its scope's region and service.
    public var region: String
    public var service: String
    public init(key: AccessKey, region: String, service: String) {
        self.key = key
        self.region = region
        self.service = service
    }
}

/// Why a signature does not count, in AWS's words.
public struct SignatureRefusal: Error, Sendable, Hashable {
    /// Such as `InvalidSignatureException`.
    public var code: String
    public var message: String
    public init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }
}
