// Policy documents as people write them: one value as a text, several as a list, in the order in which they are read.

import PlumbModel

extension RenderedValue {
    /// The document, which CloudFormation takes as a structure and Terraform as a text.
    static func policy(_ document: PolicyDocument) -> RenderedValue {
        let version = document.version.map { [RenderedPair("Version", .text($0))] } ?? []
        let statements = RenderedPair("Statement", .list(document.statements.map(statement)))
        return .document(.pairs(version + [statements]))
    }

    /// nil where no document is known.
    static func policy(_ fact: Fact<PolicyDocument>) -> RenderedValue? { fact.value.map { policy($0) } }

    private static func statement(_ statement: PolicyStatement) -> RenderedValue {
        let parts: [(String, RenderedValue?)] = [
            ("Sid", statement.sid.map { .text($0) }),
            ("Effect", .text(statement.effect.rawValue)),
            ("Principal", principals(statement.principals)),
            ("NotPrincipal", principals(statement.notPrincipals)),
            ("Action", oneOrMore(statement.actions)),
            ("NotAction", oneOrMore(statement.notActions)),
            ("Resource", oneOrMore(statement.resources)),
            ("NotResource", oneOrMore(statement.notResources)),
            ("Condition", conditions(statement.conditions)),
        ]
        return .pairs(parts.compactMap { key, value in value.map { RenderedPair(key, $0) } })
    }

    /// nil for an empty list: an element that stands there empty is refused by IAM.
    private static func oneOrMore(_ texts: [String]) -> RenderedValue? {
        guard let first = texts.first else { return nil }
        return texts.count == 1 ? .text(first) : .texts(texts)
    }

    /// Everyone as `*`, others by their kind.
    private static func principals(_ principals: [PolicyPrincipal]) -> RenderedValue? {
        if principals == [.anyone] { return .text("*") }
        return groups(principals, by: { $0 == .anyone ? "AWS" : $0.kind }) { oneOrMore($0.map(\.id)) }
    }

    /// All tests of one operator stand under it.
    private static func conditions(_ conditions: [PolicyCondition]) -> RenderedValue? {
        groups(conditions, by: \.operatorName) { tests in
            groups(tests, by: \.key) { oneOrMore($0.flatMap(\.values)) }
        }
    }

    /// The elements under their keys, each key where its first element stands; nil where there are none.
    private static func groups<Element>(
        _ elements: [Element], by key: (Element) -> String, _ value: ([Element]) -> RenderedValue?
    ) -> RenderedValue? {
        var keys: [String] = []
        for element in elements where !keys.contains(key(element)) { keys.append(key(element)) }
        let pairs = keys.compactMap { name in
            value(elements.filter { key($0) == name }).map { RenderedPair(name, $0) }
        }
        return pairs.isEmpty ? nil : .pairs(pairs)
    }
}
