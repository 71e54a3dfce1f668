// Whether the keys of a condition come with the requests that the statement is about.

import PlumbModel

enum TagRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        guard subject.kind != .trust else { return [] }
        return subject.statements.flatMap { about in
            about.statement.conditions.flatMap { finding(on: $0, subject, about) }
        }
    }

    /// An absent key decides the condition: most are not met, negations are.
    private static func finding(
        on condition: PolicyCondition, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        guard let operation = ConditionOperator(condition.operatorName), operation.family != .null else { return [] }
        // These say themselves that the key may be absent.
        guard !operation.isIfExists, !operation.isForAll, !condition.key.contains("${") else { return [] }
        let isMetWithoutKey = operation.isNegated && !operation.isForAny
        let key = condition.key.lowercased()
        let isResourceTag = !isMetWithoutKey && key.hasPrefix("aws:resourcetag/")
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
        let isTag = !isMetWithoutKey && (key.hasPrefix("aws:requesttag/") || key == "aws:tagkeys")
        guard isResourceTag || isServiceKey || isTag else { return [] }
        let deaf = statement.actions.filter { isDeaf($0, to: key) }
        guard !deaf.isEmpty else { return [] }
        let names = PolicyStatement.told(deaf)
        let outcome = (isMetWithoutKey ? "always " : "never ") + (statement.effect == .allow ? "allowed" : "denied")
        if isResourceTag {
            let code: AccessCode = statement.effect == .allow ? .allowUnsupportedTag : .denyUnsupportedTag
            return [
                subject.finding(
                    code, about, "\(names) comes without \(condition.key), so it is \(outcome) here", actions: deaf)
            ]
        }
        // A limit that limits nothing is worse than a pattern that grants less than it seems to.
        let isMild = deaf.allSatisfy(Glob.isPattern) && !(isMetWithoutKey && statement.effect == .allow)
        return [
            subject.finding(
                .unsupportedKey, about, "\(names) comes without \(condition.key), so it is \(outcome) here",
                actions: deaf, as: isMild ? .suggestion : nil)
        ]
    }

    /// Whether no action that the pattern reaches can carry the key.
    private static func isDeaf(_ action: String, to key: String) -> Bool {
        guard let (service, found) = ServiceReference.actions(matching: action), !found.isEmpty else { return false }
        return !found.contains { service.supports(key, for: $0) }
    }
}
