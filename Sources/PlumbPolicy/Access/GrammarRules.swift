// Whether the policy says what a policy of its kind can say: version, elements, statement ids, actions.

import PlumbModel

enum GrammarRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        let whole = version(subject) + statementIDs(subject) + size(subject) + strangers(subject)
        return whole
            + subject.statements.flatMap { about in
                elements(subject, about) + actions(subject, about) + principals(subject, about)
            }
    }

    private static func version(_ subject: AccessSubject) -> [AccessFinding] {
        var findings: [AccessFinding] = []
        switch subject.document.version {
        case "2012-10-17"?: break
        case nil:
            findings.append(
                subject.finding(.missingVersion, nil, "no Version, so that of 2008 holds and variables are text"))
        case "2008-10-17"?:
            findings.append(
                subject.finding(
                    .missingVersion, nil, "Version is 2008-10-17, in which variables are text; wanted 2012-10-17",
                    as: .suggestion))
        case let version?:
            findings.append(
                subject.finding(.invalidVersion, nil, "Version is '\(version)', wanted 2012-10-17 or 2008-10-17"))
        }
        if subject.statements.isEmpty {
            findings.append(subject.finding(.missingStatement, nil, "no statement, so the policy says nothing"))
        }
        return findings
    }

    private static func statementIDs(_ subject: AccessSubject) -> [AccessFinding] {
        var findings: [AccessFinding] = []
        var seen: Set<String> = []
        for about in subject.statements {
            guard let sid = about.statement.sid else { continue }
            if sid.isEmpty {
                findings.append(subject.finding(.emptySid, about, "Sid is empty"))
            } else if !seen.insert(sid).inserted {
                let code: AccessCode = subject.kind == .identity ? .uniqueSidsRequired : .uniqueSidsRecommended
                findings.append(subject.finding(code, about, "Sid '\(sid)' names another statement as well"))
            } else if subject.kind == .identity, !sid.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
                findings.append(
                    subject.finding(.unsupportedSid, about, "Sid '\(sid)' has other signs than letters and digits"))
            }
        }
        return findings
    }

    /// Characters of a managed policy, white space left out.
    private static let identityPolicyCharactersMax = 6_144

    private static func size(_ subject: AccessSubject) -> [AccessFinding] {
        guard subject.kind == .identity else { return [] }
        let count = subject.document.characterCount
        guard count > identityPolicyCharactersMax else { return [] }
        return [
            subject.finding(
                .policySize, nil,
                "about \(count) characters without white space, at most \(identityPolicyCharactersMax) in one policy")
        ]
    }

    /// Services that no table holds: their actions, resources and keys are taken as they are written, which is said.
    private static func strangers(_ subject: AccessSubject) -> [AccessFinding] {
        let actions = subject.statements.flatMap { $0.statement.actions + $0.statement.notActions }
        let prefixes = Set(actions.map { $0.prefix { $0 != ":" }.lowercased() })
        let unlisted = prefixes.filter {
            ServiceReference.knownPrefixes.contains($0) && ServiceReference.service($0) == nil
        }
        guard subject.kind != .trust, !unlisted.isEmpty else { return [] }
        let names = PolicyStatement.told(unlisted.sorted())
        return [
            subject.finding(
                .serviceNotListed, nil,
                "actions, resources and keys of \(names) are not listed here and were not checked")
        ]
    }

    private static func elements(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        let statement = about.statement
        var findings: [AccessFinding] = []
        func add(_ code: AccessCode, _ message: String) { findings.append(subject.finding(code, about, message)) }
        for element in statement.emptyElements.sorted() {
            add(.emptyArray(of: element), "\(element) is an empty list, so the statement has no effect")
        }
        func isGiven(_ element: String) -> Bool {
            statement.emptyElements.contains(element) || statement.emptyElements.contains("Not" + element)
        }
        if statement.actions.isEmpty && statement.notActions.isEmpty && !isGiven("Action") {
            add(.missingAction, "neither Action nor NotAction")
        }
        let pairs = [
            ("Action", statement.actions.isEmpty, statement.notActions.isEmpty),
            ("Resource", statement.resources.isEmpty, statement.notResources.isEmpty),
            ("Principal", statement.principals.isEmpty, statement.notPrincipals.isEmpty),
        ]
        for (name, isAbsent, isNegationAbsent) in pairs where !isAbsent && !isNegationAbsent {
            add(.unsupportedElements, "both \(name) and Not\(name)")
        }
        let hasResource = !statement.resources.isEmpty || !statement.notResources.isEmpty || isGiven("Resource")
        let hasPrincipal = !statement.principals.isEmpty || !statement.notPrincipals.isEmpty || isGiven("Principal")
        switch subject.kind {
        case .identity:
            if !hasResource { add(.missingResource, "neither Resource nor NotResource") }
            if hasPrincipal { add(.unsupportedPrincipal, "a permission policy names no Principal") }
        case .trust:
            if hasResource { add(.invalidElement, "a trust policy names no Resource: the role is the resource") }
            if !hasPrincipal { add(.missingPrincipal, "no Principal, so nobody is trusted") }
        case .resource:
            if !hasPrincipal { add(.missingPrincipal, "no Principal, so nobody is meant") }
            // A repository's policy is about the repository, and names no resource.
            let isOfRepository = statement.actions.allSatisfy { $0.lowercased().hasPrefix("ecr:") }
            if !hasResource && !isOfRepository { add(.missingResource, "neither Resource nor NotResource") }
        }
        return findings
    }

    // MARK: Actions

    private static func actions(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        (about.statement.actions + about.statement.notActions).compactMap { action in
            if action.contains("${") {
                return subject.finding(
                    .variableInElement, about, "\(action) is a variable in Action", actions: [action])
            }
            return fault(of: action, subject, about)
        }
    }

    private static func fault(
        of action: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> AccessFinding? {
        if action.allSatisfy({ $0 == "*" }) && !action.isEmpty { return nil }
        func found(_ code: AccessCode, _ message: String, fix: String? = nil) -> AccessFinding {
            subject.finding(code, about, message, actions: [action], fix: fix)
        }
        let parts = action.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return found(.invalidAction, "'\(action)' is no action, wanted service:Name")
        }
        let prefix = parts[0].lowercased()
        guard !Glob.isPattern(prefix) else {
            return prefix == "*" && parts[1] == "*"
                ? nil : found(.invalidServiceInAction, "'\(action)' has a wildcard in the service, wanted one service")
        }
        guard ServiceReference.knownPrefixes.contains(prefix) else {
            let near = Spelling.service(near: prefix)
            return found(
                .invalidServiceInAction,
                "there is no service '\(parts[0])'\(near.map { "; did you mean \($0)?" } ?? "")",
                fix: near.map { "Write \($0):\(parts[1])." })
        }
        if subject.kind == .trust, prefix != "sts" {
            return found(.unsupportedAction, "a trust policy allows actions of sts, not \(action)")
        }
        guard let service = ServiceReference.service(prefix) else { return nil }
        guard service.actions(matching: parts[1].lowercased()).isEmpty else { return nil }
        let near = Spelling.action(near: parts[1], of: prefix, in: service)
        let reason = Glob.isPattern(parts[1]) ? "matches no action of \(prefix)" : "is no action of \(prefix)"
        return found(
            .invalidAction, "\(action) \(reason)\(near.map { "; did you mean \($0)?" } ?? "")",
            fix: near.map { "Write \($0)." })
    }

    // MARK: Principals

    private static func principals(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        guard subject.kind != .identity else { return [] }
        return (about.statement.principals + about.statement.notPrincipals).compactMap { principal in
            fault(of: principal, subject, about)
        }
    }

    private static func fault(
        of principal: PolicyPrincipal, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> AccessFinding? {
        if principal.isAnyone { return nil }
        let id = principal.id
        switch principal.kind.lowercased() {
        case "*", "canonicaluser": return nil
        case "service":
            if Glob.isPattern(id) {
                return subject.finding(.wildcardInPrincipal, about, "the service '\(id)' has a wildcard")
            }
            let endings = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".${AWS::URLSuffix}"]
            let isFormed =
                endings.contains { id.hasSuffix($0) } || id.hasPrefix("alexa-") || id.hasPrefix("${")
            return isFormed
                ? nil
                : subject.finding(.invalidServicePrincipal, about, "'\(id)' is no service, wanted name.amazonaws.com")
        case "aws": return faultOfAccount(id, subject, about)
        case "federated":
            return Glob.isPattern(id)
                ? subject.finding(.wildcardInPrincipal, about, "the identity provider '\(id)' has a wildcard") : nil
        default:
            return subject.finding(
                .invalidPrincipalKey, about,
                "'\(principal.kind)' is no sort of principal, wanted AWS, Service or Federated")
        }
    }

    private static func faultOfAccount(
        _ id: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> AccessFinding? {
        if Glob.isPattern(id) {
            return subject.finding(
                .wildcardInPrincipal, about, "the principal '\(id)' has a wildcard, which matches nothing")
        }
        if id.hasPrefix("${") || id.count == 12 && id.allSatisfy({ $0.isASCII && $0.isNumber }) { return nil }
        // IAM writes the unique id in place of the ARN of a principal that was deleted.
        if id.hasPrefix("AROA") {
            return subject.finding(.invalidRoleReference, about, "'\(id)' is a role's unique id")
        }
        if id.hasPrefix("AIDA") {
            return subject.finding(.invalidUserReference, about, "'\(id)' is a user's unique id")
        }
        let isFormed = ARN(PolicyStatement.normal(id)).map { ["iam", "sts"].contains($0.service) } ?? false
        return isFormed
            ? nil
            : subject.finding(.invalidPrincipalFormat, about, "'\(id)' is neither an account nor an ARN of iam or sts")
    }
}

extension PolicyDocument {
    /// The length of the shortest JSON that says the same, up to a few signs.
    fileprivate var characterCount: Int {
        func length(_ texts: [String], _ element: String) -> Int {
            texts.isEmpty ? 0 : element.count + 6 + texts.reduce(0) { $0 + $1.count + 3 }
        }
        return statements.reduce(41) { count, statement in
            let conditions = statement.conditions.reduce(0) {
                $0 + $1.operatorName.count + $1.key.count + 12 + length($1.values, "")
            }
            return count + 20 + length(statement.sid.map { [$0] } ?? [], "Sid")
                + length(statement.actions, "Action") + length(statement.notActions, "NotAction")
                + length(statement.resources, "Resource") + length(statement.notResources, "NotResource")
                + conditions
        }
    }
}
