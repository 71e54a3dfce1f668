// Who may ask an engine for what over the network: roles, the keys that sign requests, and who signed one.

/// What a key may be used for.
public enum AccessRole: String, Sendable, Hashable, Codable, CaseIterable {
    /// Calls endpoints, and nothing else.
    case invoker
    /// Sees what there is: `Describe…`, `List…`, `Get…`.
    case viewer
    /// Sees, changes and calls.
    case `operator`

    public func allows(_ right: AccessRight) -> Bool {
        switch self {
        case .invoker: right == .invoke
        case .viewer: right == .read
        case .operator: true
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

    public init(id: String, holder: String, role: AccessRole, createdAt: Double, expiresAt: Double?) {
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

/// Keys are given and taken here. Every change is in the audit record before it is acknowledged.
public protocol AccessPlane: Sendable {
    func makeAccessKey(_ request: AccessKeyRequest, by actor: String) async throws -> IssuedAccessKey
    /// By time of making.
    func accessKeys() async throws -> [AccessKey]
    /// Requests signed with it are refused from now on. Throws `notFound` for an id that there is not.
    func revokeAccessKey(_ id: String, by actor: String) async throws
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
