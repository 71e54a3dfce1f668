// Whether an Allow says more than it needs to: wildcards in actions, negated elements, and resources as wide as `*`.

import PlumbModel

enum GrantRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        subject.allows.flatMap { about in
            let actions = wideActions(subject, about)
            return actions + negations(subject, about) + resources(subject, about)
        }
    }

    /// Whether the statement is an administrator's: every action on everything.
    static func isFullAdmin(_ statement: PolicyStatement) -> Bool {
        statement.actions.contains { ["*", "*:*", "**"].contains($0) } && statement.breadth == .everything
    }

    // MARK: Actions

    private static func wideActions(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        let statement = about.statement
        return statement.actions.filter(Glob.isPattern).compactMap { action in
            // What the policy itself denies outright is not granted.
            if !subject.grants(sample(of: action), by: about) { return nil }
            let resources = statement.widestResources
            let reach = PolicyStatement.told(resources, most: 2)
            if ["*", "*:*", "**"].contains(action) {
                if isFullAdmin(statement) {
                    let isBound = !statement.conditions.isEmpty
                    let condition = isBound ? ", whatever its condition" : ""
                    return subject.finding(
                        .fullAdmin, about, "\(action) on \(reach): every action on everything\(condition)",
                        actions: [action], resources: resources)
                }
                return subject.finding(
                    .serviceWildcard, about, "\(action) on \(reach): every action of every service that works on it",
                    actions: [action], resources: resources)
            }
            return serviceWildcard(action, subject, about) ?? actionWildcard(action, subject, about)
        }
    }

    /// An action that the pattern surely reaches, to ask whether a Deny takes the pattern back.
    private static func sample(of pattern: String) -> String {
        ServiceReference.actions(matching: pattern)?.actions.first.map { found in
            "\(pattern.prefix { $0 != ":" }):\(found.name)"
        } ?? pattern.replacing("*", with: "x").replacing("?", with: "x")
    }

    private static func serviceWildcard(
        _ action: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> AccessFinding? {
        let name = action.drop { $0 != ":" }.dropFirst()
        guard !name.isEmpty, name.allSatisfy({ $0 == "*" }) else { return nil }
        let resources = about.statement.widestResources
        let isWide = about.statement.breadth >= .kind
        let count = ServiceReference.actions(matching: action)?.actions.count
        let all = count.map { "all \($0) actions" } ?? "all actions"
        return subject.finding(
            .serviceWildcard, about,
            "\(action) on \(PolicyStatement.told(resources, most: 2)): \(all) of \(action.prefix { $0 != ":" })",
            actions: [action], resources: resources, as: isWide ? nil : .warning, severity: isWide ? nil : .medium)
    }

    /// AWS's own policies spell these families so; each is one operation in several forms.
    private static let families = ["kms:generatedatakey*", "kms:reencrypt*"]

    private static func actionWildcard(
        _ action: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> AccessFinding? {
        guard !families.contains(action.lowercased()), let found = ServiceReference.actions(matching: action)?.actions
        else { return nil }
        let writing = found.filter { ![.list, .read].contains($0.level) }
        let names = PolicyStatement.told((writing.isEmpty ? found : writing).map(\.name), most: 3)
        let isHarmless = writing.isEmpty || found.count == 1
        let isWide = about.statement.breadth >= .kind
        return subject.finding(
            .actionWildcard, about, "\(action) grants \(found.count) actions: \(names)", actions: [action],
            resources: about.statement.widestResources, as: isHarmless || !isWide ? .suggestion : nil)
    }

    // MARK: Negations

    private static func negations(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        let statement = about.statement
        var findings: [AccessFinding] = []
        if !statement.notActions.isEmpty {
            let spared = PolicyStatement.told(statement.notActions)
            findings.append(
                subject.finding(
                    .notActionAllow, about, "it allows every action but \(spared), also those of services to come",
                    actions: statement.notActions, resources: statement.widestResources,
                    severity: statement.breadth >= .kind ? .critical : .high))
        }
        if !statement.notResources.isEmpty {
            let spared = PolicyStatement.told(statement.notResources)
            findings.append(
                subject.finding(
                    .notResourceAllow, about, "it allows every resource but \(spared)", actions: statement.actions,
                    resources: statement.notResources))
        }
        return findings
    }

    // MARK: Resources

    private static func resources(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        let statement = about.statement
        guard !isFullAdmin(statement) else { return [] }
        var findings = star(subject, about)
        for resource in statement.resources {
            if let arn = ARN(PolicyStatement.normal(resource)), Glob.isPattern(arn.account),
                Breadth(resource) < .everything, !arn.resource.hasPrefix("role/aws-service-role/")
            {
                findings.append(
                    subject.finding(
                        .accountWildcard, about, "\(resource) reaches into every account", resources: [resource],
                        as: statement.isBound(by: ownership) ? .suggestion : nil))
            }
            if isLooseBucket(resource), !statement.isBound(by: ownership) {
                findings.append(
                    subject.finding(
                        .neighbourMatch, about, "\(resource) also matches buckets whose names merely begin alike",
                        resources: [resource]))
            }
        }
        return findings
    }

    /// Keys that keep a pattern within one's own accounts.
    static let ownership = ["aws:ResourceAccount", "s3:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"]

    private static func isLooseBucket(_ resource: String) -> Bool {
        if resource.hasSuffix(".Arn}*") { return true }
        guard let arn = ARN(PolicyStatement.normal(resource)), arn.service == "s3" else { return false }
        let bucket = arn.resource.prefix { $0 != "/" }
        return Breadth(resource) == .family && bucket.hasSuffix("*")
    }

    /// Actions that could name their resource, but are allowed on everything.
    private static func star(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        let statement = about.statement
        guard statement.breadth == .everything, statement.notResources.isEmpty else { return [] }
        var writing: [String] = []
        var reading: [String] = []
        for action in statement.actions {
            guard let found = ServiceReference.actions(matching: action)?.actions else { continue }
            // Passed and service-linked roles have findings of their own.
            let limitable = found.filter {
                !$0.types.isEmpty && !["PassRole", "CreateServiceLinkedRole"].contains($0.name)
            }
            guard !limitable.isEmpty, !ActionsWithoutResource.contains(action),
                subject.grants(sample(of: action), by: about)
            else { continue }
            if limitable.allSatisfy({ [.list, .read].contains($0.level) }) {
                reading.append(action)
            } else {
                writing.append(action)
            }
        }
        let widest = statement.widestResources
        let code: AccessCode = widest.contains("*") ? .resourceStar : .effectiveStar
        var findings: [AccessFinding] = []
        if !(writing + reading).isEmpty {
            let names = PolicyStatement.told(writing + reading)
            findings.append(
                subject.finding(
                    code, about, "\(names) on \(widest[0]) can be limited to a resource", actions: writing + reading,
                    resources: widest, as: writing.isEmpty || !statement.conditions.isEmpty ? .suggestion : nil))
        }
        let isMetrics = statement.actions.contains { $0.lowercased() == "cloudwatch:putmetricdata" }
        if isMetrics, !statement.isBound(by: ["cloudwatch:namespace"]) {
            findings.append(
                subject.finding(
                    .missingNamespace, about, "cloudwatch:PutMetricData into every namespace",
                    actions: ["cloudwatch:PutMetricData"]))
        }
        return findings
    }
}
