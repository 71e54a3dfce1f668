// One action that was taken or refused, as the audit record keeps it.

/// A control action: who did what to what, and how it ended. Never holds payloads or personal data.
public struct AuditEntry: Sendable, Hashable, Codable {
    public enum Outcome: String, Sendable, Codable, Hashable {
        case done, denied, failed
    }
    /// Seconds since 1970-01-01 UTC.
    public var at: Double
    public var actor: String
    /// A verb of the control API: `deploy`, `rollback`, `rollout.promoted`, …
    public var action: String
    /// What it was done to: `endpoint/digits`, `endpoint/digits/revision/3`.
    public var subject: String
    public var outcome: Outcome
    /// Digests, numbers and reasons, by name.
    public var details: [String: String]

    public init(
        at: Double, actor: String, action: String, subject: String, outcome: Outcome = .done,
        details: [String: String] = [:]
    ) {
        self.at = at
        self.actor = actor
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.details = details
    }
}
