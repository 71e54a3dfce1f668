// What changed between two assessments: verdicts that are not what they were, findings that came and findings that
// went.

public import PlumbModel

/// The difference of two assessments; the findings are matched by control, resource and the plain words of the message,
/// so that neither a moved line nor a number that changed makes a finding new.
public struct AssessmentDiff: Sendable {
    /// A policy or control whose verdict is not what it was.
    public struct Change: Sendable, Hashable {
        public let id: String
        /// The policy's title or the control's statement.
        public let title: String
        /// Nil where only the newer assessment has it.
        public let before: Verdict?
        /// Nil where only the older assessment has it.
        public let after: Verdict?
    }

    public let before: Assessment
    public let after: Assessment
    /// Policies whose verdict changed, in the book's order.
    public let policies: [Change]
    /// Controls whose verdict changed, in the book's order.
    public let controls: [Change]
    /// Failures and unknowns that the older assessment does not have, in telling order.
    public let new: [Finding]
    /// Failures and unknowns that the newer assessment no longer has, in telling order.
    public let gone: [Finding]

    public init(from before: Assessment, to after: Assessment) {
        self.before = before
        self.after = after
        policies = Self.changes(
            before.policies.map { ($0.id, $0.title, $0.verdict) },
            after.policies.map { ($0.id, $0.title, $0.verdict) })
        controls = Self.changes(
            before.policies.flatMap(\.controls).map { ($0.id, $0.statement, $0.verdict) },
            after.policies.flatMap(\.controls).map { ($0.id, $0.statement, $0.verdict) })
        let (old, new) = (Self.keyed(before.findings), Self.keyed(after.findings))
        let (oldKeys, newKeys) = (Set(old.map(\.key)), Set(new.map(\.key)))
        self.new = new.filter { !oldKeys.contains($0.key) }.map(\.finding)
        gone = old.filter { !newKeys.contains($0.key) }.map(\.finding)
    }

    /// Whether nothing changed.
    public var isEmpty: Bool { policies.isEmpty && controls.isEmpty && new.isEmpty && gone.isEmpty }

    /// The failures that are new and at least this bad: what makes a change worse.
    public func newFailures(atLeast severity: Severity = .low) -> [Finding] {
        new.filter { $0.verdict == .fails && $0.severity >= severity }
    }

    private static func keyed(_ findings: [Finding]) -> [(key: String, finding: Finding)] {
        // A failure that became an unknown is gone as the one and new as the other.
        zip(FindingIdentity.all(of: findings), findings).map { ("\($1.verdict.rawValue) \($0)", $1) }
    }

    private typealias Told = (id: String, title: String, verdict: Verdict)

    private static func changes(_ before: [Told], _ after: [Told]) -> [Change] {
        let old = Dictionary(before.map { ($0.id, $0.verdict) }, uniquingKeysWith: { first, _ in first })
        let new = Set(after.map(\.id))
        let changed = after.filter { old[$0.id] != $0.verdict }.map {
            Change(id: $0.id, title: $0.title, before: old[$0.id], after: $0.verdict)
        }
        let lost = before.filter { !new.contains($0.id) }.map {
            Change(id: $0.id, title: $0.title, before: $0.verdict, after: nil)
        }
        return changed + lost
    }
}
