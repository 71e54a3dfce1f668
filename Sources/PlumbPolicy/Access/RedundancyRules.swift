// Whether something is said twice.

import PlumbModel

enum RedundancyRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        subject.statements.flatMap { about in
            covered(about.statement.actions.map { $0.lowercased() }).map { index, by in
                let (one, other) = (about.statement.actions[index], about.statement.actions[by])
                return subject.finding(.redundantAction, about, "\(one) lies within \(other)", actions: [one])
            }
                + covered(about.statement.resources.map(PolicyStatement.normal)).map { index, by in
                    let (one, other) = (about.statement.resources[index], about.statement.resources[by])
                    return subject.finding(.redundantResource, about, "\(one) lies within \(other)", resources: [one])
                }
        } + statements(subject)
    }

    /// Patterns past this many are not compared with each other.
    private static let patternsMax = 200

    /// Each pattern that lies within another, which comes first where both match the same.
    private static func covered(_ patterns: [String]) -> [(index: Int, by: Int)] {
        guard patterns.count <= patternsMax else { return [] }
        return patterns.indices.compactMap { index in
            let by = patterns.indices.first { other in
                guard other != index, patterns[other] == patterns[index] || Glob.isPattern(patterns[other]) else {
                    return false
                }
                guard Glob.includes(patterns[other], patterns[index]) else { return false }
                return other < index || !Glob.includes(patterns[index], patterns[other])
            }
            return by.map { (index, $0) }
        }
    }

    private static func statements(_ subject: AccessSubject) -> [AccessFinding] {
        guard subject.statements.count <= patternsMax else { return [] }
        return subject.statements.compactMap { about in
            let other = subject.statements.first { other in
                guard other.index != about.index, repeats(about.statement, other.statement) else { return false }
                return other.index < about.index || !repeats(other.statement, about.statement)
            }
            guard let other else { return nil }
            return subject.finding(
                .redundantStatement, about, "\(other.statement.title) (number \(other.index + 1)) says all of it")
        }
    }

    /// Whether all that the first says is said by the second, under no more conditions.
    private static func repeats(_ one: PolicyStatement, _ other: PolicyStatement) -> Bool {
        guard one.effect == other.effect, one.notActions.isEmpty, other.notActions.isEmpty, !one.actions.isEmpty,
            one.notPrincipals.isEmpty, other.notPrincipals.isEmpty,
            other.conditions.isEmpty || Set(one.conditions) == Set(other.conditions),
            one.principals.allSatisfy({ other.principals.contains($0) })
        else { return false }
        let isWithin = one.actions.allSatisfy { action in
            other.actions.contains { Glob.includes($0.lowercased(), action.lowercased()) }
        }
        let isEmpty = one.resources.isEmpty && one.notResources.isEmpty && other.resources.isEmpty
        return isWithin && (isEmpty || other.coversAll(of: one))
    }
}
