// Reviews one IAM policy: what in it does not work, allows too much, or could be said better.
//
// Reading order: `AccessSubject` (what is reviewed), then the rules, a file for each question: `GrammarRules`,
// `ARNRules`, `ConditionRules`, `GrantRules`, `EscalationRules`, `PassRoleRules`, `GuardRules`, `TrustRules`,
// `ResourcePolicyRules`, `RedundancyRules`. `AccessCode` names everything that they can find; `ServiceReference` is
// what they know of AWS.

public import PlumbModel

/// The review of IAM policies, offline: what IAM Access Analyzer's ValidatePolicy finds without asking an account, and
/// what least privilege for SageMaker wants besides.
public enum AccessReview {
    /// Everything found in one policy, worst first, then in the order of its statements.
    ///
    /// `ownAccounts` are the account ids that count as one's own; others named in a trust policy are foreign. Accounts
    /// that the policy itself binds (`aws:SourceAccount`, the account of an `aws:SourceArn`) are own as well. The same
    /// policy always gives the same findings.
    public static func findings(
        in document: PolicyDocument, kind: AccessPolicyKind, ownAccounts: Set<String> = []
    ) -> [AccessFinding] {
        let subject = AccessSubject(document, kind: kind, ownAccounts: ownAccounts)
        var findings = GrammarRules.findings(subject) + ARNRules.findings(subject) + ConditionRules.findings(subject)
        findings += TagRules.findings(subject) + RedundancyRules.findings(subject)
        switch kind {
        case .identity:
            findings += GrantRules.findings(subject) + SensitiveRules.findings(subject)
            findings += EscalationRules.findings(subject) + PassRoleRules.findings(subject)
            findings += GuardRules.findings(subject)
        case .trust: findings += TrustRules.findings(subject)
        case .resource: findings += ResourcePolicyRules.findings(subject)
        }
        return sorted(findings)
    }

    /// Everything found in a role: its trust policy, and its permission policies taken together, since a Deny in one
    /// undoes an Allow in another and rights of several add up.
    public static func findings(in role: Role, ownAccounts: Set<String> = []) -> [AccessFinding] {
        let trust = role.trust.value.map { findings(in: $0, kind: .trust, ownAccounts: ownAccounts) } ?? []
        let documents = role.policies.value ?? []
        guard let first = documents.first else { return trust }
        var merged = PolicyDocument(version: first.version, documents.flatMap(\.statements))
        // Statement ids need be unique within a document only.
        if documents.count > 1 { for index in merged.statements.indices { merged.statements[index].sid = nil } }
        return sorted(trust + findings(in: merged, kind: .identity, ownAccounts: ownAccounts))
    }

    /// The codes of what is risky in one statement, to end a message with: ` (SERVICE_WILDCARD, DATA_EXFILTRATION)`.
    ///
    /// What is misspelt or missing is another matter than what is allowed, so errors and missing guards are left out.
    static func codes(
        of statement: PolicyStatement, as kind: AccessPolicyKind, ownAccounts: Set<String> = [],
        naming prefix: String = ""
    ) -> String {
        let found = findings(in: PolicyDocument([statement]), kind: kind, ownAccounts: ownAccounts)
        var codes: [String] = []
        for finding in found where [.securityWarning, .warning].contains(finding.type) {
            let isGuard = finding.code.hasPrefix("MISSING_") && kind == .identity
            if !isGuard, finding.code.hasPrefix(prefix), !codes.contains(finding.code) { codes.append(finding.code) }
        }
        return codes.isEmpty ? "" : " (\(codes.joined(separator: ", ")))"
    }

    private static func sorted(_ findings: [AccessFinding]) -> [AccessFinding] {
        func precedes(_ left: AccessFinding, _ right: AccessFinding) -> Bool {
            if left.type != right.type { return left.type > right.type }
            if left.severity != right.severity { return left.severity > right.severity }
            if left.statement != right.statement { return (left.statement ?? -1) < (right.statement ?? -1) }
            return (left.code, left.message) < (right.code, right.message)
        }
        var seen: Set<AccessFinding> = []
        return findings.sorted(by: precedes).filter { seen.insert($0).inserted }
    }
}
