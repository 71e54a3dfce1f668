// Which part of an account is looked at.

/// The endpoints that are looked at, and with them all that belongs to them.
public struct AccountScope: Sendable, Hashable {
    /// Names of endpoints; empty for all of the region.
    public var endpoints: Set<String> = []
    /// Tags that an endpoint must have, each with its value.
    public var tags: [String: String] = [:]

    /// Lets CloudFormation compare the stacks with what there is, the one thing that starts work in the account.
    /// Without it the last comparison is told.
    public var detectsDrift = false

    public init(endpoints: Set<String> = [], tags: [String: String] = [:], detectsDrift: Bool = false) {
        self.endpoints = endpoints
        self.tags = tags
        self.detectsDrift = detectsDrift
    }

    public var isWholeRegion: Bool { endpoints.isEmpty && tags.isEmpty }
}
