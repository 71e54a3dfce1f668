// Whether a request is allowed, and why: default deny, an explicit deny wins, what is absent satisfies no allow.

import PlumbModel

/// A permission given, or a prohibition.
public struct AccessGrant: Sendable, Hashable, Codable {
    public enum Effect: String, Sendable, Hashable, Codable, CaseIterable {
        case allow, deny
    }
    public var id: String
    public var effect: Effect
    /// What an allow gives, as far as the table says.
    public var role: AccessRole?
    /// What a deny forbids; empty for everything.
    public var verbs: [AccessVerb]
    /// Patterns of what it is about: `*`, `endpoint/digits-*`, `engine`.
    public var resources: [String]
    public var conditions: [AccessCondition]
    public var grantedBy: String
    /// Seconds since 1970-01-01 UTC.
    public var grantedAt: Double

    public init(
        id: String = "", allow role: AccessRole, on resources: [String] = ["*"], if conditions: [AccessCondition] = [],
        by grantedBy: String = "", at grantedAt: Double = 0
    ) {
        self.id = id
        effect = .allow
        self.role = role
        verbs = []
        self.resources = resources
        self.conditions = conditions
        self.grantedBy = grantedBy
        self.grantedAt = grantedAt
    }

    public init(
        id: String = "", deny verbs: [AccessVerb], on resources: [String] = ["*"],
        if conditions: [AccessCondition] = [],
        by grantedBy: String = "", at grantedAt: Double = 0
    ) {
        self.id = id
        effect = .deny
        self.verbs = verbs
        self.resources = resources
        self.conditions = conditions
        self.grantedBy = grantedBy
        self.grantedAt = grantedAt
    }

    /// Such as `operator on endpoint/* if environment=dev`.
    public var text: String {
        let what =
            effect == .allow
            ? role?.rawValue ?? "nothing"
            : "deny \(verbs.isEmpty ? "everything" : verbs.map(\.rawValue).joined(separator: ","))"
        let terms = conditions.map(\.description).joined(separator: " and ")
        return "\(what) on \(resources.joined(separator: ","))\(terms.isEmpty ? "" : " if \(terms)")"
    }

    func isAbout(_ resource: String) -> Bool { resources.contains { AccessPattern.matches($0, resource) } }

    /// Whether everything that the other allows, this one allows as well. Says no where it cannot be sure.
    public func covers(_ other: AccessGrant) -> Bool {
        guard effect == .allow, other.effect == .allow, role == other.role else { return false }
        let reaches = other.resources.allSatisfy { wanted in
            // A pattern within a pattern: the star of the wanted one is a letter like any other to the wider one.
            resources.contains { AccessPattern.matches($0, wanted) }
        }
        return reaches
            && conditions.allSatisfy { own in
                other.conditions.contains { $0.key == own.key && Set($0.values).isSubset(of: own.values) }
            }
    }
}

/// What is asked, by nobody yet.
public struct AccessRequest: Sendable, Hashable {
    public var verb: AccessVerb
    /// `endpoint/NAME` or `engine`.
    public var resource: String
    public var context: AccessContext

    public init(_ verb: AccessVerb, on resource: String, _ context: AccessContext) {
        self.verb = verb
        self.resource = resource
        self.context = context
    }
}

/// The answer to a request, in words as well.
public struct AccessDecision: Sendable, Hashable {
    public enum Answer: String, Sendable, Hashable {
        case allowed, denied
        /// Nothing is missing but another person's approval of this very change.
        case needsApproval
    }
    public var answer: Answer
    public var why: String
    public var isAllowed: Bool { answer == .allowed }
}

extension AccessTable {
    /// Decides on a request by somebody who holds these grants.
    public static func decide(_ request: AccessRequest, holding grants: [AccessGrant]) -> AccessDecision {
        let about = grants.filter { $0.isAbout(request.resource) }
        for grant in about where grant.effect == .deny && forbids(grant, request) {
            return AccessDecision(answer: .denied, why: "it is denied by \(grant.text)")
        }
        var objections: [String] = []
        var isOnlyUnapproved = false
        for grant in about where grant.effect == .allow {
            switch answer(to: request, by: grant) {
            case .allowed: return AccessDecision(answer: .allowed, why: "allowed by \(grant.text)")
            case .unapproved:
                isOnlyUnapproved = true
                objections.append("\(grant.text): another person has to approve this very change")
            case .objection(let why): objections.append("\(grant.text): \(why)")
            case .silent: break
            }
        }
        let why =
            objections.isEmpty
            ? "no grant allows \(request.verb.rawValue) on \(request.resource)" : objections.joined(separator: "; ")
        return AccessDecision(answer: isOnlyUnapproved ? .needsApproval : .denied, why: why)
    }

    /// Where a request does not say what a deny asks about, the deny holds: unknown is never a pass.
    private static func forbids(_ grant: AccessGrant, _ request: AccessRequest) -> Bool {
        (grant.verbs.isEmpty || grant.verbs.contains(request.verb))
            && grant.conditions.allSatisfy { $0.isMet(by: request.context) != false }
    }

    private enum GrantAnswer {
        case allowed, unapproved, silent
        case objection(String)
    }

    private static func answer(to request: AccessRequest, by grant: AccessGrant) -> GrantAnswer {
        guard let role = grant.role, let allowance = allowance(role, request.verb) else { return .silent }
        let context = request.context
        let isEverywhere = allowance.environments.count == Environment.allCases.count
        if !isEverywhere {
            guard let environment = context.environment else { return .objection("the environment is not known") }
            guard allowance.environments.contains(environment) else {
                return .objection("\(role.rawValue) may not \(request.verb.rawValue) in \(environment.rawValue)")
            }
        }
        var lacksApproval = false
        for condition in grant.conditions {
            switch condition.isMet(by: context) {
            case true?: continue
            case nil where condition.key == .approval: lacksApproval = true
            case nil: return .objection("the request does not tell \(condition.key.rawValue)")
            case false?: return .objection("\(condition.key.rawValue) does not fit")
            }
        }
        if allowance.terms.contains(.knownGood), context.isKnownGood != true {
            return .objection("\(role.rawValue) deploys only what has served this endpoint before")
        }
        let isUnapproved = context.approvalID == nil
        if allowance.terms.contains(.secondPerson), isUnapproved { lacksApproval = true }
        // An environment that is not known may be production.
        if allowance.terms.contains(.secondPersonInProduction), isUnapproved, !context.isGlassBroken,
            context.environment ?? .production == .production
        {
            lacksApproval = true
        }
        return lacksApproval ? .unapproved : .allowed
    }

    /// What of the wanted grant its giver does not hold: nobody gives more than they have. Nil when all is held.
    ///
    /// An admin's own grant is what gives the right to give any role, as far as its resources and conditions reach.
    public static func objection(toGiving wanted: AccessGrant, holding grants: [AccessGrant]) -> String? {
        guard wanted.effect == .allow else { return nil }
        let isHeld = grants.contains { own in
            var asked = wanted
            if own.role == .admin { asked.role = .admin }
            return own.covers(asked)
        }
        return isHeld ? nil : "nobody gives more than they hold, and this is more: \(wanted.text)"
    }
}
