// Reads one IAM policy as people keep it: bare, or as an answer of AWS holds it.
//
// `AccessPolicyReader` finds the policy in the file; `AccessPolicyReading` is what it gives back.

public import PlumbModel

/// A policy read from a file, and what in its text is no policy.
public struct AccessPolicyReading: Sendable {
    /// As far as it could be read; every statement has its place.
    public var document: PolicyDocument
    /// What the answer of AWS that it stood in says it is; nil for a bare policy.
    public var kind: AccessPolicyKind?
    /// Elements that IAM does not have, effects that are none, values of the wrong type: named as IAM Access Analyzer
    /// names them. The review of the document itself does not repeat them.
    public var findings: [AccessFinding]

    public init(document: PolicyDocument, kind: AccessPolicyKind?, findings: [AccessFinding]) {
        self.document = document
        self.kind = kind
        self.findings = findings
    }

    /// What sort of policy it is, told by its wrapping, else by its principals: they belong to a resource, or to a role
    /// that they let be assumed.
    public var apparentKind: AccessPolicyKind {
        if let kind { return kind }
        let statements = document.statements
        guard statements.contains(where: { !$0.principals.isEmpty || !$0.notPrincipals.isEmpty }) else {
            return .identity
        }
        let actions = statements.flatMap { $0.actions + $0.notActions }
        return actions.allSatisfy { $0.lowercased().hasPrefix("sts:") } ? .trust : .resource
    }
}
