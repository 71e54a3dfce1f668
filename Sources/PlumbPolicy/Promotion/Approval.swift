// Whether somebody else than the author has approved this very change, and until when that counts.

public import PlumbModel

/// What is approved: a change of one endpoint in one environment.
public struct ApprovedChange: Sendable, Hashable {
    public var endpoint: String
    public var environment: Environment
    /// The digest of the spec without the record of its own review.
    public var specDigest: String
    public var modelDigest: String?
    public var author: String

    public init(
        endpoint: String, environment: Environment, specDigest: String, modelDigest: String?, author: String
    ) {
        self.endpoint = endpoint
        self.environment = environment
        self.specDigest = specDigest
        self.modelDigest = modelDigest
        self.author = author
    }
}

/// One approval, as the audit record keeps it.
public enum Approval {
    public static let action = "approve"
    public static let daysMax = 30

    /// The entry by which a person approves a change; denied where that person has made it.
    public static func entry(
        of change: ApprovedChange, by approver: String, at now: Double, days: Int, reason: String?
    ) -> AuditEntry {
        var details = [
            "environment": change.environment.rawValue, "spec": change.specDigest, "author": change.author,
            "until": "\(Int(now) + days * 86_400)", "expires": "\(Day(secondsSinceEpoch: now).adding(days: days))",
        ]
        details["model"] = change.modelDigest
        details["reason"] = reason
        return AuditEntry(
            at: now, actor: approver, action: action, subject: "endpoint/\(change.endpoint)",
            outcome: isSame(approver, change.author) ? .denied : .done, details: details)
    }

    /// Who has approved, or why nobody has.
    public enum Answer: Sendable, Hashable {
        case approved(by: String, expires: String)
        /// A clause that says what there is instead.
        case missing(String)
    }

    /// The newest approval of a change in an audit record.
    public static func answer(for change: ApprovedChange, in entries: [AuditEntry], at now: Double) -> Answer {
        let own = entries.filter {
            $0.action == action && $0.outcome == .done && $0.subject == "endpoint/\(change.endpoint)"
                && $0.details["environment"] == change.environment.rawValue
        }
        guard let newest = own.max(by: { $0.at < $1.at }) else {
            return .missing("nobody has approved it: plumb approve")
        }
        let same = own.filter {
            $0.details["spec"] == change.specDigest && $0.details["model"] == change.modelDigest
        }
        guard let approval = same.max(by: { $0.at < $1.at }) else {
            return .missing("\(newest.actor) has approved another version of it: plumb approve")
        }
        guard !isSame(approval.actor, change.author) else {
            return .missing("\(approval.actor) has made it, and another person has to approve it")
        }
        let expires = approval.details["expires"] ?? "no day"
        guard let until = approval.details["until"].flatMap(Double.init), now <= until else {
            return .missing("the approval by \(approval.actor) has expired (\(expires)): plumb approve")
        }
        return .approved(by: approval.actor, expires: expires)
    }

    /// One person may be known by a login, an address and the session of a role.
    static func isSame(_ one: String, _ other: String) -> Bool {
        func login(_ name: String) -> String {
            let last = name.split(separator: "/").last.map(String.init) ?? name
            return last.prefix { $0 != "@" }.lowercased()
        }
        return login(one) == login(other)
    }
}
