// Whether the keys of a condition come with the requests that the statement is about.

import PlumbModel

enum TagRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        guard subject.kind != .trust else { return [] }
        return subject.statements.flatMap { about in
            about.statement.conditions.flatMap { finding(on: $0, subject, about) }
        }
    }

    /// An absent key decides the condition: it is not met (or, under Deny, does not deny).
    private static func finding(
        on condition: PolicyCondition, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        guard let operation = ConditionOperator(condition.operatorName), operation.family != .null else { return [] }
        let isMetWithoutKey = operation.isIfExists || operation.isNegated || operation.isForAll
        guard !isMetWithoutKey, !condition.key.contains("${") else { return [] }
        let key = condition.key.lowercased()
        let isResourceTag = key.hasPrefix("aws:resourcetag/")
        let statement = about.statement
        if isResourceTag, !statement.notActions.isEmpty {
            let isDeny = statement.effect == .deny
            let spared = PolicyStatement.told(statement.notActions)
            return [
                subject.finding(
                    isDeny ? .denyNotActionTag : .allowNotActionTag, about,
                    "\(statement.effect.rawValue) of all but \(spared) by \(condition.key) passes by what has no tag")
            ]
        }
        let isServiceKey = ServiceReference.service(String(key.prefix { $0 != ":" }))?.key(key) != nil
        guard isResourceTag || isServiceKey || key.hasPrefix("aws:requesttag/") || key == "aws:tagkeys" else {
            return []
        }
        let deaf = statement.actions.filter { isDeaf($0, to: key) }
        guard !deaf.isEmpty else { return [] }
        let names = PolicyStatement.told(deaf)
        let outcome = statement.effect == .allow ? "never allowed" : "never denied"
        if isResourceTag {
            let code: AccessCode = statement.effect == .allow ? .allowUnsupportedTag : .denyUnsupportedTag
            return [
                subject.finding(
                    code, about, "\(names) comes without \(condition.key), so it is \(outcome) here", actions: deaf)
            ]
        }
        return [
            subject.finding(
                .unsupportedKey, about, "\(names) comes without \(condition.key), so it is \(outcome) here",
                actions: deaf, as: deaf.allSatisfy(Glob.isPattern) ? .suggestion : nil)
        ]
    }

    /// Whether no action that the pattern reaches can carry the key.
    private static func isDeaf(_ action: String, to key: String) -> Bool {
        guard let (service, found) = ServiceReference.actions(matching: action), !found.isEmpty else { return false }
        return !found.contains { service.supports(key, for: $0) }
    }
}
