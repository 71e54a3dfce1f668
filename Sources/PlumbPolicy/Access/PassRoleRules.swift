// Whether roles are passed by name to a named service, and service-linked roles made by name.

import PlumbModel

enum PassRoleRules {
    /// How Action and Resource come together, in Access Analyzer's words: named or pattern or NotAction; wildcard or
    /// NotResource.
    private struct Codes {
        let star, starBoth, starNotAction, notResource, starNotResource, notBoth: AccessCode

        func code(for statement: PolicyStatement, naming action: String) -> AccessCode {
            let isNamed = statement.actions.contains { $0.lowercased() == action.lowercased() }
            if !statement.notResources.isEmpty {
                return !statement.notActions.isEmpty ? notBoth : isNamed ? notResource : starNotResource
            }
            return !statement.notActions.isEmpty ? starNotAction : isNamed ? star : starBoth
        }
    }

    private static let passing = Codes(
        star: .passRoleStarResource, starBoth: .passRoleStarBoth, starNotAction: .passRoleStarNotAction,
        notResource: .passRoleNotResource, starNotResource: .passRoleStarNotResource, notBoth: .passRoleNotBoth)
    private static let linking = Codes(
        star: .linkedStarResource, starBoth: .linkedStarBoth, starNotAction: .linkedStarNotAction,
        notResource: .linkedNotResource, starNotResource: .linkedStarNotResource, notBoth: .linkedNotBoth)

    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        subject.allows(granting: "iam:PassRole").compactMap { pass(subject, $0) }
            + subject.allows(granting: "iam:CreateServiceLinkedRole").compactMap { link(subject, $0) }
    }

    private static func pass(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        let spelling = statement.spelling(of: "iam:PassRole")
        let loose = statement.resources.filter(Self.isLoose)
        let services = statement.passedToServices
        let isFenced = !services.isEmpty && !services.contains(where: Glob.isPattern)
        let how = PolicyStatement.told(spelling, most: 1)
        if !statement.notResources.isEmpty || !loose.isEmpty {
            let roles = loose.isEmpty ? statement.widestResources : loose
            let reach = PolicyStatement.told(roles, most: 2)
            guard isFenced else {
                let found = services.isEmpty ? "no iam:PassedToService" : "iam:PassedToService \(services[0])"
                return subject.finding(
                    passing.code(for: statement, naming: "iam:PassRole"), about,
                    "\(how) passes any role that matches \(reach), with \(found)", actions: spelling, resources: roles)
            }
            let names = PolicyStatement.told(services, most: 2)
            // A prefix is somebody's choice of roles; a whole kind is nobody's.
            let isPrefix = !loose.isEmpty && loose.allSatisfy { Breadth($0) < .kind }
            return subject.finding(
                .passRoleConditioned, about,
                "\(how) passes any role that matches \(reach) to \(names): each that trusts the service",
                actions: spelling, resources: roles, as: isPrefix ? .suggestion : nil)
        }
        guard !isFenced else { return nil }
        let found = services.isEmpty ? "no iam:PassedToService" : "iam:PassedToService \(services[0])"
        return subject.finding(
            .passRoleUnbound, about,
            "\(how) passes \(PolicyStatement.told(statement.resources, most: 2)) to any service: \(found)",
            actions: spelling, resources: statement.resources)
    }

    private static func link(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> AccessFinding? {
        let statement = about.statement
        let isNamed = statement.isBound(by: ["iam:AWSServiceName"])
        guard !isNamed, statement.breadth >= .kind else { return nil }
        let spelling = statement.spelling(of: "iam:CreateServiceLinkedRole")
        return subject.finding(
            linking.code(for: statement, naming: "iam:CreateServiceLinkedRole"), about,
            "\(PolicyStatement.told(spelling, most: 1)) makes service-linked roles of every service",
            actions: spelling, resources: statement.widestResources)
    }

    /// Variables and references to a template's roles name one role each.
    private static func isLoose(_ resource: String) -> Bool { Glob.isPattern(resource.replacing("${*}", with: "")) }
}

extension PolicyStatement {
    /// The services that `iam:PassedToService` must be one of, where a condition binds it.
    var passedToServices: [String] {
        conditions.filter { $0.isBinding && $0.speaks(of: ["iam:PassedToService"]) }.flatMap(\.values)
    }
}
