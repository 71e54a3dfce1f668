// A policy file to a document: lenient with what it reads, exact with what it says about it.

import Foundation
public import PlumbModel

/// Reads JSON or YAML that holds one policy.
///
/// Besides a bare policy these answers of AWS are understood: GetRole and ListRoles' role (its trust policy),
/// GetRolePolicy, GetPolicyVersion, GetBucketPolicy, GetKeyPolicy and GetRepositoryPolicy; policies written as a text,
/// also percent-encoded, are unwrapped.
public enum AccessPolicyReader {
    /// The policy in a file.
    ///
    /// Throws `invalidInput` with the place where the text is neither JSON nor YAML, or holds no policy.
    public static func read(_ file: SourceFile) throws(PlumbError) -> AccessPolicyReading {
        let node = try DocumentReader.read(file.bytes, file: file.path).get()
        guard let (policy, kind) = policy(in: node, file: file.path, depth: 0) else {
            throw PlumbError(
                .invalidInput, "the file holds no IAM policy: it has neither Statement nor an answer of AWS around one",
                hint: #"give a policy such as {"Version": "2012-10-17", "Statement": […]}"#,
                at: node.mark.place(in: file.path))
        }
        var reading = PolicyParsing(file: file.path)
        let document = reading.document(policy)
        return AccessPolicyReading(document: document, kind: kind, findings: reading.findings)
    }

    /// Where answers of AWS keep policies, and of what kind those are.
    private static let wrappers: [(key: String, kind: AccessPolicyKind?)] = [
        ("AssumeRolePolicyDocument", .trust), ("PolicyDocument", .identity), ("Document", .identity), ("Role", nil),
        ("PolicyVersion", nil), ("Policy", .resource), ("policyText", .resource), ("policy", .resource),
        ("ResourcePolicy", .resource),
    ]
    private static let wrappingMax = 3

    private static func policy(
        in node: DocumentNode, file: String, depth: Int
    ) -> (DocumentNode, AccessPolicyKind?)? {
        if let text = node.text {
            let decoded = text.hasPrefix("%7B") ? text.removingPercentEncoding ?? text : text
            guard decoded.first(where: { !$0.isWhitespace }) == "{" else { return nil }
            return DocumentReader.readEmbedded(decoded, file: file, at: node.mark).flatMap {
                policy(in: $0, file: file, depth: depth)
            }
        }
        if node["Statement"] != nil || depth == 0 && node["Version"] != nil { return (node, nil) }
        guard depth < wrappingMax else { return nil }
        for wrapper in wrappers {
            guard let inner = node[wrapper.key], let found = policy(in: inner, file: file, depth: depth + 1) else {
                continue
            }
            return (found.0, found.1 ?? wrapper.kind)
        }
        return nil
    }
}

/// Reads one policy and notes what is no policy about it.
private struct PolicyParsing {
    let file: String
    var findings: [AccessFinding] = []
    private var statement: Int?
    private var sid: String?

    init(file: String) { self.file = file }

    private mutating func add(
        _ code: String, _ message: String, fix: String, at mark: Mark, as type: AccessFinding.Kind = .error
    ) {
        findings.append(
            AccessFinding(
                code: code, type: type, severity: type == .error ? .high : .low, statement: statement, sid: sid,
                message: message, fix: fix, place: mark.place(in: file)))
    }

    mutating func document(_ node: DocumentNode) -> PolicyDocument {
        unknownElements(in: node, known: ["Version", "Id", "Statement"], of: "a policy")
        var statements: [PolicyStatement] = []
        if let list = node["Statement"] {
            let items = if case .map = list.content { [list] } else { list.items }
            if items.isEmpty, !list.isEmptyList {
                add(
                    "DATA_TYPE_MISMATCH", "Statement is \(list.kindName)", fix: "Write a list of statements.",
                    at: list.mark)
            }
            for (index, item) in items.enumerated() {
                statement = index
                sid = item["Sid"]?.text
                guard case .map = item.content else {
                    add(
                        "DATA_TYPE_MISMATCH", "a statement is \(item.kindName)", fix: "Write it as a map.",
                        at: item.mark)
                    continue
                }
                statements.append(self.statement(item))
            }
        }
        return PolicyDocument(version: node["Version"]?.text, statements)
    }

    private static let elements = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    private mutating func unknownElements(in node: DocumentNode, known: [String], of what: String) {
        for entry in node.entries where !known.contains(entry.key) {
            let near = known.first { $0.lowercased() == entry.key.lowercased() || $0 + "s" == entry.key }
            let fix = near.map { "Write \($0)." } ?? "Take it out; \(what) has \(known.joined(separator: ", "))."
            add("INVALID_POLICY_ELEMENT", "'\(entry.key)' is no element of \(what)", fix: fix, at: entry.mark)
        }
    }

    private mutating func statement(_ node: DocumentNode) -> PolicyStatement {
        unknownElements(in: node, known: Self.elements, of: "a statement")
        var statement = PolicyStatement(effect(of: node), sid: sid)
        statement.place = node.mark.place(in: file)
        statement.actions = texts("Action", of: node, &statement)
        statement.notActions = texts("NotAction", of: node, &statement)
        statement.resources = texts("Resource", of: node, &statement)
        statement.notResources = texts("NotResource", of: node, &statement)
        statement.principals = principals("Principal", of: node, &statement)
        statement.notPrincipals = principals("NotPrincipal", of: node, &statement)
        statement.conditions = conditions(of: node)
        return statement
    }

    /// An effect that is none is reviewed as Allow: what it was meant to allow is worth knowing.
    private mutating func effect(of node: DocumentNode) -> PolicyStatement.Effect {
        guard let effect = node["Effect"] else {
            add("MISSING_EFFECT", "no Effect", fix: "Write \"Effect\": \"Allow\" or \"Deny\".", at: node.mark)
            return .allow
        }
        if let known = effect.text.flatMap(PolicyStatement.Effect.init(rawValue:)) { return known }
        add(
            "INVALID_EFFECT", "Effect is \(effect.text.map { "'\($0)'" } ?? effect.kindName)",
            fix: "Write Allow or Deny, with a capital.", at: effect.mark)
        return effect.text?.lowercased() == "deny" ? .deny : .allow
    }

    // MARK: Lists of texts

    private mutating func texts(
        _ element: String, of node: DocumentNode, _ statement: inout PolicyStatement
    ) -> [String] {
        guard let value = node[element] else { return [] }
        if value.isEmptyList { statement.emptyElements.append(element) }
        return texts(value, of: element)
    }

    private mutating func texts(_ value: DocumentNode, of element: String) -> [String] {
        let items = if case .list(let items) = value.content { items } else { [value] }
        return items.compactMap { item in
            // YAML's plain scalars are texts, as JSON's quoted ones are.
            if let text = item.text { return text }
            add("DATA_TYPE_MISMATCH", "\(element) holds \(item.kindName)", fix: "Write a text.", at: item.mark)
            return nil
        }
    }

    private mutating func principals(
        _ element: String, of node: DocumentNode, _ statement: inout PolicyStatement
    ) -> [PolicyPrincipal] {
        guard let value = node[element] else { return [] }
        guard case .map(let entries) = value.content else {
            if value.text == "*" { return [.anyone] }
            if value.isEmptyList {
                statement.emptyElements.append(element)
            } else {
                add(
                    "INVALID_PRINCIPAL_FORMAT", "\(element) is \(value.text.map { "'\($0)'" } ?? value.kindName)",
                    fix: "Write * or a map such as {\"AWS\": \"111122223333\"}.", at: value.mark)
            }
            return []
        }
        if entries.isEmpty {
            statement.emptyElements.append(element)
            add(
                "EMPTY_OBJECT_PRINCIPAL", "\(element) is an empty map", fix: "Say who is meant.", at: value.mark,
                as: .suggestion)
        }
        return entries.flatMap { entry in
            texts(entry.value, of: "\(element).\(entry.key)").map { PolicyPrincipal(entry.key, $0) }
        }
    }

    // MARK: Conditions

    private mutating func conditions(of node: DocumentNode) -> [PolicyCondition] {
        guard let value = node["Condition"] else { return [] }
        guard case .map(let operators) = value.content else {
            add(
                "DATA_TYPE_MISMATCH", "Condition is \(value.kindName)", fix: "Write a map of operators.", at: value.mark
            )
            return []
        }
        if operators.isEmpty {
            add(
                "EMPTY_OBJECT_CONDITION", "Condition is an empty map", fix: "Take it out.", at: value.mark,
                as: .suggestion)
        }
        return operators.flatMap { test -> [PolicyCondition] in
            guard case .map(let keys) = test.value.content else {
                add(
                    "DATA_TYPE_MISMATCH", "\(test.key) is \(test.value.kindName)",
                    fix: "Write a map of keys and values.",
                    at: test.mark)
                return []
            }
            if keys.isEmpty {
                add(
                    "EMPTY_OBJECT_CONDITION", "\(test.key) is an empty map", fix: "Take it out.", at: test.mark,
                    as: .suggestion)
            }
            return keys.map { PolicyCondition(test.key, $0.key, texts($0.value, of: $0.key)) }
        }
    }
}

extension DocumentNode {
    fileprivate var isEmptyList: Bool {
        if case .list(let items) = content { items.isEmpty } else { false }
    }
}
