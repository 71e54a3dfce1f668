// Who is calling: a key, its secret, and until when they are good.

public import Foundation

/// Credentials, and where they came from.
public struct AWSCredentials: Sendable, Hashable {
    public let accessKeyID: String
    public let secretAccessKey: Secret
    public let sessionToken: Secret?
    /// Nil for keys that last.
    public let expiration: Date?
    /// Where they came from, for people: `the environment`, `profile staging (assumed role)`.
    public let source: String

    public init(
        accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiration: Date? = nil,
        source: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.source = source
    }
}

/// Hands out credentials, each time good ones.
protocol CredentialSource: Sendable {
    func current() async throws -> AWSCredentials
    /// AWS says that these have expired: the next ones are fresh. False when there can be no others.
    func reject(_ credentials: AWSCredentials) async -> Bool
}

/// The same credentials each time.
struct FixedCredentials: CredentialSource {
    let credentials: AWSCredentials
    func current() -> AWSCredentials { credentials }
    func reject(_ credentials: AWSCredentials) -> Bool { false }
}
