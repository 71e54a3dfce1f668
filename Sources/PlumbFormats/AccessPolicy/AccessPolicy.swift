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
}
