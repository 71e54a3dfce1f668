// Policies in the tests are written as people write them, in JSON.

import Foundation
import PlumbModel

extension PolicyDocument {
    /// A policy from its JSON; nil where it is none.
    init?(json text: String) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            // A nil fails the test that asked.
            return nil
        }
        let list = object["Statement"] as? [[String: Any]] ?? (object["Statement"] as? [String: Any]).map { [$0] } ?? []
        self.init(version: object["Version"] as? String, list.compactMap(PolicyStatement.init))
    }
}

extension PolicyStatement {
    fileprivate init?(_ object: [String: Any]) {
        guard let effect = (object["Effect"] as? String).flatMap(Effect.init(rawValue:)) else { return nil }
        self.init(effect, sid: object["Sid"] as? String)
        actions = texts(object["Action"])
        notActions = texts(object["NotAction"])
        resources = texts(object["Resource"])
        notResources = texts(object["NotResource"])
        principals = Self.principals(object["Principal"])
        notPrincipals = Self.principals(object["NotPrincipal"])
        for (name, block) in (object["Condition"] as? [String: [String: Any]] ?? [:]).sorted(by: { $0.key < $1.key }) {
            for (key, values) in block.sorted(by: { $0.key < $1.key }) {
                conditions.append(PolicyCondition(name, key, texts(values)))
            }
        }
    }

    private static func principals(_ value: Any?) -> [PolicyPrincipal] {
        if value as? String == "*" { return [.anyone] }
        return (value as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.flatMap { kind, ids in
            texts(ids).map { PolicyPrincipal(kind, $0) }
        }
    }
}

private func texts(_ value: Any?) -> [String] {
    switch value {
    case let text as String: [text]
    case let list as [Any]: list.flatMap(texts)
    case let number as NSNumber: [number.description]
    default: []
    }
}
