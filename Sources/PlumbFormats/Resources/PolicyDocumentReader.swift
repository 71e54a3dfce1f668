// Reads one IAM policy document from a file of its own, bare or as AWS's tools hand it out.

import Foundation
public import PlumbModel

/// Finds and reads the policy document of a JSON or YAML text.
public enum PolicyDocumentReader {
    /// The document: the file itself, or what stands in the answer of GetRole, GetRolePolicy, GetPolicyVersion,
    /// GetBucketPolicy, GetKeyPolicy and their like, as a map, as JSON in a text, or percent-encoded.
    ///
    /// What sort it is, its principals tell where `kind` is nil. Throws `invalidInput` with the place of what cannot be
    /// read.
    public static func read(
        _ file: SourceFile, kind: AccessPolicyKind?
    ) throws(PlumbError) -> (document: PolicyDocument, kind: AccessPolicyKind) {
        let node = try DocumentReader.read(file.bytes, file: file.path).get()
        let root = Property(node, in: file.path)
        let permissions = kind == .trust ? nil : document(in: root, isTrust: false, depth: 0)
        let trust = kind == nil || kind == .trust ? document(in: root, isTrust: true, depth: 0) : nil
        guard let found = permissions ?? trust else {
            throw PlumbError(
                .invalidInput, "there is no \(kind == .trust ? "trust " : "")policy document in this file",
                hint:
                    "a policy document is a map with `Version` and `Statement`; aws iam get-role, get-role-policy and "
                    + "get-policy-version print ones that are read as they are",
                at: Place(file: file.path, line: 1, column: 1))
        }
        let fact = PolicyDocument.read(found, NameDirectory())
        guard let document = fact.value else {
            throw PlumbError(
                .invalidInput, "the policy document cannot be read: \(fact.whyUnknown ?? "it is empty")",
                at: fact.place ?? Place(file: file.path, line: 1, column: 1))
        }
        return (document, kind ?? document.apparentKind)
    }

    private static func document(in property: Property, isTrust: Bool, depth: Int) -> Property? {
        guard depth < 4 else { return nil }
        let property = decoded(property)
        guard case .map(let fields) = property.state else { return nil }
        if fields.contains(where: { $0.key == "Statement" }) { return property }
        let keys =
            isTrust
            ? ["AssumeRolePolicyDocument", "Role", "Properties", "PolicyDocument", "Document"]
            : ["PolicyDocument", "Document", "Policy", "policyText", "PolicyVersion", "Attributes", "Properties"]
        for key in keys {
            if let found = document(in: property[key], isTrust: isTrust, depth: depth + 1) { return found }
        }
        return nil
    }

    /// A text as the document it holds.
    private static func decoded(_ property: Property) -> Property {
        guard case .text(let text, nil) = property.state else { return property }
        guard text.hasPrefix("%7B") || text.hasPrefix("%7b"), let plain = text.removingPercentEncoding else {
            return property.parsed
        }
        return Property.text(plain, at: property.place).parsed
    }
}

extension PolicyDocument {
    /// Statements with principals belong to a resource, or to a role that they let be assumed.
    fileprivate var apparentKind: AccessPolicyKind {
        guard statements.contains(where: { !$0.principals.isEmpty || !$0.notPrincipals.isEmpty }) else {
            return .identity
        }
        let actions = statements.flatMap { $0.actions + $0.notActions }
        return actions.allSatisfy { $0.lowercased().hasPrefix("sts:") } ? .trust : .resource
    }
}
