// Policy documents as people write them: maps or JSON texts, one value or a list, principals in four shapes.

import PlumbModel

extension PolicyDocument {
    /// The document that a property holds, in normal form. ARNs of the directory's resources stand as `${Id.Arn}`.
    ///
    /// A document of which a statement, an effect, an action or a principal cannot be told is unknown as a whole: what
    /// it allows could be anything. A resource or condition value with an undecided part stays, in normal form.
    static func read(_ property: Property, _ directory: NameDirectory) -> Fact<PolicyDocument> {
        let document = property.parsed
        switch document.state {
        case .absent: return .absent(at: property.place)
        case .unknown(let why): return .unknown(why, at: property.place)
        case .text, .list: return .unknown("a policy document was expected here", at: property.place)
        case .map: break
        }
        let list = document["Statement"]
        if let why = list.whyUnknown { return .unknown(why, at: list.place) }
        var statements: [PolicyStatement] = []
        for item in list.items {
            let fact = PolicyStatement.read(item, directory)
            guard let statement = fact.value else {
                return .unknown(fact.whyUnknown ?? "a statement is no map", at: item.place)
            }
            statements.append(statement)
        }
        return .known(
            PolicyDocument(version: document["Version"].name.value, statements), at: document.place ?? property.place)
    }
}

extension PolicyStatement {
    fileprivate static func read(_ item: Property, _ directory: NameDirectory) -> Fact<PolicyStatement> {
        guard case .map = item.state else {
            return .unknown(item.whyUnknown ?? "a statement is a map", at: item.place)
        }
        let word = item["Effect"].string
        guard let effect = word.value.flatMap(Effect.init(rawValue:)) else {
            return .unknown(word.whyUnknown ?? "the effect of a statement is Allow or Deny", at: item["Effect"].place)
        }
        var statement = PolicyStatement(effect, sid: item["Sid"].name.value)
        statement.place = item.place
        var why: String?
        func texts(_ key: String) -> [String] {
            let property = item[key]
            if let unknown = property.whyUnknown ?? property.items.lazy.compactMap(\.whyUnknown).first { why = unknown }
            return property.items.compactMap { $0.name.value.map(directory.canonical) }
        }
        statement.actions = texts("Action")
        statement.notActions = texts("NotAction")
        statement.resources = texts("Resource")
        statement.notResources = texts("NotResource")
        statement.principals = principals(item["Principal"], directory, &why)
        statement.notPrincipals = principals(item["NotPrincipal"], directory, &why)
        statement.conditions = conditions(item["Condition"], directory, &why)
        if let why { return .unknown(why, at: item.place) }
        return .known(statement, at: item.place)
    }

    private static func principals(
        _ property: Property, _ directory: NameDirectory, _ why: inout String?
    ) -> [PolicyPrincipal] {
        switch property.state {
        case .absent: return []
        case .unknown(let reason):
            why = reason
            return []
        case .text, .list:
            return property.items.compactMap { item in
                item.name.value.map { $0 == "*" ? .anyone : PolicyPrincipal("AWS", directory.canonical($0)) }
            }
        case .map(let fields):
            return fields.flatMap { field -> [PolicyPrincipal] in
                if let reason = field.value.whyUnknown ?? field.value.items.lazy.compactMap(\.whyUnknown).first {
                    why = reason
                }
                return field.value.items.compactMap { item in
                    item.name.value.map { text in
                        // `{"AWS": "*"}` is everyone, as `"*"` is.
                        text == "*" && field.key == "AWS"
                            ? .anyone : PolicyPrincipal(field.key, directory.canonical(text))
                    }
                }
            }
        }
    }

    private static func conditions(
        _ property: Property, _ directory: NameDirectory, _ why: inout String?
    ) -> [PolicyCondition] {
        if let reason = property.whyUnknown { why = reason }
        return property.fields.flatMap { test -> [PolicyCondition] in
            if let reason = test.value.whyUnknown { why = reason }
            return test.value.fields.map { pair in
                PolicyCondition(
                    test.key, pair.key, pair.value.items.compactMap { $0.name.value.map(directory.canonical) })
            }
        }
    }
}
