// Who may come to an engine: people and services, what they hold, and by what they prove who they are.

public import PlumbModel

/// A person or a service that the engine knows.
public struct AccessUser: Sendable, Hashable, Codable {
    public var name: String
    /// The person who answers for a service account; nil for a person.
    public var owner: String?
    public var grants: [AccessGrant]
    /// Seconds since 1970-01-01 UTC.
    public var createdAt: Double
    public var lastUsedAt: Double?

    public init(name: String, owner: String? = nil, grants: [AccessGrant] = [], createdAt: Double) {
        self.name = name
        self.owner = owner
        self.grants = grants
        self.createdAt = createdAt
    }

    /// The person behind it.
    public var person: String { owner ?? name }
}

/// A token or a client's certificate that was issued, without its secret.
public struct AccessToken: Sendable, Hashable, Codable {
    public static let certificatePrefix = "certificate-"
    /// A certificate's is `certificate-` and its serial number.
    public var id: String
    public var user: String
    /// Who has had it made, and may know it.
    public var issuer: String
    public var issuedAt: Double
    public var expiresAt: Double

    public init(id: String, user: String, issuer: String, issuedAt: Double, expiresAt: Double) {
        self.id = id
        self.user = user
        self.issuer = issuer
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// Who asks, as far as that is proven.
public struct Principal: Sendable, Hashable {
    /// How it was proven.
    public enum Proof: String, Sendable, Hashable {
        /// The control socket, which only the owner of the engine's files can open.
        case socket
        case token, signature, certificate
        /// The one-time token that makes the first admin.
        case firstToken
    }
    public var name: String
    /// The person who answers for it.
    public var person: String
    public var proof: Proof
    public var grants: [AccessGrant]
    /// What its key may be used for; nil where nothing narrows it.
    public var ceiling: AccessRole?
    /// Who has had the token, key or certificate made: whoever did may be the one who uses it.
    public var issuer: String?

    public init(
        name: String, person: String, proof: Proof, grants: [AccessGrant], ceiling: AccessRole? = nil,
        issuer: String? = nil
    ) {
        self.issuer = issuer
        self.name = name
        self.person = person
        self.proof = proof
        self.grants = grants
        self.ceiling = ceiling
    }

    /// Whoever can open the control socket owns the files of state, and holds all that can be held.
    public static func owner(named name: String) -> Principal {
        Principal(name: name, person: name, proof: .socket, grants: [])
    }

    /// Whether any grant gives the verb somewhere; whoever asks this still has to look at the thing itself.
    public func holds(_ verb: AccessVerb) -> Bool {
        if proof == .socket { return true }
        guard ceiling?.allows(verb.right) ?? true else { return false }
        let isDenied = grants.contains { grant in
            grant.effect == .deny && (grant.verbs.isEmpty || grant.verbs.contains(verb)) && grant.conditions.isEmpty
                && grant.resources.contains("*")
        }
        return !isDenied
            && grants.contains { grant in
                grant.effect == .allow && grant.role.flatMap { AccessTable.allowance($0, verb) } != nil
            }
    }

    public func decide(_ request: AccessRequest) -> AccessDecision {
        if proof == .socket, request.verb != .alterAudit {
            return AccessDecision(answer: .allowed, why: "the owner of the engine's files")
        }
        if let ceiling, !ceiling.allows(request.verb.right) {
            return AccessDecision(
                answer: .denied, why: "the key's role is \(ceiling.rawValue), which does not \(request.verb.rawValue)")
        }
        return AccessTable.decide(request, holding: grants)
    }
}

/// One person may be written in small and in large letters, and as an address.
public func isSamePerson(_ one: String, _ other: String) -> Bool {
    func login(_ name: String) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        return last.prefix { $0 != "@" }.lowercased()
    }
    return login(one) == login(other)
}

/// A change that waits for another person, bound to its digest. Any edit makes another change.
public struct ChangePlan: Sendable, Hashable, Codable {
    /// The SHA-256 of what will be done, in hex; its first letters name the plan.
    public var digest: String
    public var verb: AccessVerb
    public var resource: String
    public var environment: Environment?
    public var summary: String
    public var requester: String
    /// The person behind the requester.
    public var person: String
    /// Who has had the requester's credential made.
    public var issuer: String?
    /// Who wrote what is deployed, where that is another.
    public var author: String?
    public var askedAt: Double
    public var expiresAt: Double
    public var approver: String?
    public var approvedAt: Double?
    /// What is to be deployed, for whoever compares it with what serves; nil for any other change.
    public var proposal: Spec?

    public static let secondsMax = 86_400.0
    /// Plans that wait at a time.
    public static let plansMax = 100

    public init(
        digest: String, verb: AccessVerb, resource: String, environment: Environment?, summary: String,
        by principal: Principal, author: String?, at now: Double, proposal: Spec? = nil
    ) {
        self.proposal = proposal
        self.digest = digest
        self.verb = verb
        self.resource = resource
        self.environment = environment
        self.summary = summary
        requester = principal.name
        person = principal.person
        issuer = principal.issuer
        self.author = author
        askedAt = now
        expiresAt = now + Self.secondsMax
    }

    public var id: String { String(digest.prefix(16)) }

    /// Why somebody cannot approve it; nil when they can.
    public func objection(toApprovalBy approver: Principal, at now: Double) -> String? {
        guard now < expiresAt else { return "the plan has expired" }
        guard self.approver == nil else { return "\(self.approver ?? "") has approved it already" }
        // Whoever has had a credential made may be the one who uses it.
        let hands = [approver.person, approver.name] + [approver.issuer].compactMap { $0 }
        let makers = [person, requester] + [issuer, author].compactMap { $0 }
        if let hand = hands.first(where: { hand in makers.contains { isSamePerson(hand, $0) } }) {
            return "\(hand) has a hand in it already: another person has to approve it"
        }
        return objection(toSayBy: approver, at: now)
    }

    /// Why somebody cannot reject it; nil when they can. To say no takes no second person, and who asked may as well.
    public func objection(toRejectionBy principal: Principal, at now: Double) -> String? {
        principal.name == requester ? nil : objection(toSayBy: principal, at: now)
    }

    private func objection(toSayBy approver: Principal, at now: Double) -> String? {
        // A change of roles is for another admin to approve; anything else for an approver.
        let verb: AccessVerb = self.verb == .grantRole ? .manageAccess : .approve
        let decision = approver.decide(
            AccessRequest(verb, on: resource, AccessContext(environment: environment, at: now)))
        return decision.isAllowed ? nil : decision.why
    }

    /// Whether it lets this very change through now.
    public func isApproved(for principal: Principal, digest: String, at now: Double) -> Bool {
        guard let approver, self.digest == digest, requester == principal.name else { return false }
        return now < expiresAt && !isSamePerson(approver, principal.person)
    }
}

/// Something that another person has to look at afterwards.
public struct AccessReviewEntry: Sendable, Hashable, Codable {
    public var id: String
    /// `break-glass` or `emergency-rollback`.
    public var action: String
    public var by: String
    public var person: String
    public var reason: String
    public var at: Double
    /// Until when the glass is broken.
    public var until: Double?

    public init(
        id: String, action: String, by principal: Principal, reason: String, at: Double, until: Double? = nil
    ) {
        self.id = id
        self.action = action
        by = principal.name
        person = principal.person
        self.reason = reason
        self.at = at
        self.until = until
    }
}
