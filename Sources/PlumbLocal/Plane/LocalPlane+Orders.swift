// Orders about access: users, grants, tokens, certificates, approvals, the glass, and the keys of what is kept.

import Foundation
public import PlumbEngine
import PlumbModel
import PlumbStore

extension LocalPlane {
    private static let firstTokenSeconds = 900.0
    private static let glassMinutesMax = 60
    private static let grantsMax = 50

    private var principals: PrincipalRegistry { house.gateway.principals }

    public func accessReport() async throws -> AccessReport {
        let keys = try await accessKeys()
        let now = house.now()
        return principals.read { state in
            AccessReport(
                users: state.users.values.sorted { $0.name < $1.name },
                tokens: state.tokens.values.filter { $0.expiresAt > now }.sorted {
                    ($0.issuedAt, $0.id) < ($1.issuedAt, $1.id)
                },
                keys: keys,
                plans: state.plans.values.filter { $0.expiresAt > now }.sorted { $0.askedAt < $1.askedAt },
                reviews: state.reviews.values.sorted { $0.at < $1.at },
                keyVersions: house.vault.keyVersions.map { .init(number: $0.number, createdAt: $0.createdAt) }, at: now)
        }
    }

    public func carryOut(_ order: AccessOrder, by principal: Principal) async throws -> AccessOutcome {
        switch order {
        case .addUser(let name, let owner): try await addUser(name, owner: owner, by: principal)
        case .removeUser(let name): try await removeUser(name, by: principal)
        case .grant(let user, let grant): try await give(grant, to: user, by: principal)
        case .revokeGrant(let user, let id): try await takeGrant(id, from: user, by: principal)
        case .issueToken(let user, let seconds): try await issueToken(user, seconds: seconds, by: principal)
        case .revokeToken(let id): try await revokeToken(id, by: principal)
        case .claim(let name): try await claim(name, by: principal)
        case .makeFirstToken: try await makeFirstToken(by: principal)
        case .rotateTokenKey: try await rotateTokenKey(by: principal)
        case .issueCertificate(let user, let days): try await issueCertificate(user, days: days, by: principal)
        case .approve(let plan, let reason): try await approve(plan, reason: reason, by: principal)
        case .reject(let plan, let reason): try await reject(plan, reason: reason, by: principal)
        case .breakGlass(let reason, let minutes): try await breakGlass(reason, minutes: minutes, by: principal)
        case .closeReview(let id, let note): try await closeReview(id, note: note, by: principal)
        case .rotateKey: try await rotateKey(by: principal)
        case .rewrap: try await rewrap(by: principal)
        case .shredKey(let version): try await shredKey(version, by: principal)
        }
    }

    private func entry(
        _ order: String, _ subject: String, by principal: Principal, _ details: [String: String] = [:]
    ) -> AuditEntry {
        AuditEntry(
            at: house.now(), actor: principal.name, action: order, subject: subject,
            details: details.merging(["proof": principal.proof.rawValue]) { first, _ in first })
    }

    private func existing(_ name: String) throws(PlumbError) -> AccessUser {
        guard let user = principals.read({ $0.users[name] }) else {
            throw PlumbError(
                .notFound, "there is no user '\(name.prefix(64))'", hint: "plumb access review shows those there are")
        }
        return user
    }

    // MARK: - Users

    private func addUser(_ name: String, owner: String?, by principal: Principal) async throws -> AccessOutcome {
        try Self.checkName(name)
        if let owner {
            let person = try existing(owner)
            guard person.owner == nil else {
                throw PlumbError(.invalidInput, "\(owner) is a service account and answers for nobody")
            }
        }
        guard principals.read({ $0.users[name] == nil && $0.users.count < PrincipalRegistry.usersMax }) else {
            throw PlumbError(.conflict, "there is a user '\(name)' already, or there are too many")
        }
        let user = AccessUser(name: name, owner: owner, createdAt: house.now())
        try await house.store.save(
            Self.userKind, [name: user],
            audit: [entry("access.userAdded", "user/\(name)", by: principal, owner.map { ["owner": $0] } ?? [:])])
        principals.change { $0.users[name] = user }
        return AccessOutcome("\(name) is known, and holds nothing yet: plumb access grant \(name) ROLE")
    }

    /// What such a name may hold stands in tokens, certificates and the audit record.
    private static func checkName(_ name: String) throws(PlumbError) {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@+-")
        guard (1...64).contains(name.count), name.allSatisfy(allowed.contains), name != "first", name != "unknown"
        else {
            throw PlumbError(
                .invalidInput, "'\(name.prefix(80))' cannot be a user's name",
                hint: "1 to 64 letters, digits and _.@+-")
        }
    }

    private func removeUser(_ name: String, by principal: Principal) async throws -> AccessOutcome {
        _ = try existing(name)
        let owned = principals.read { $0.users.values.filter { $0.owner == name }.map(\.name) }
        guard owned.isEmpty else {
            throw PlumbError(
                .conflict, "\(name) answers for \(owned.sorted().joined(separator: ", "))",
                hint: "remove those first")
        }
        let tokens = principals.read { $0.tokens.values.filter { $0.user == name }.map(\.id) }
        let keys = house.gateway.accessKeys.keys.filter { $0.holder == name }
        for key in keys { try await revokeAccessKey(key.id, by: principal.name) }
        principals.change { $0.users[name] = nil }
        principals.forgetTokens(tokens)
        try await house.store.save(
            Self.issuedKind, Dictionary(uniqueKeysWithValues: tokens.map { ($0, AccessToken?.none) }))
        try await house.store.save(
            Self.userKind, [name: AccessUser?.none], audit: [entry("access.userRemoved", "user/\(name)", by: principal)]
        )
        return AccessOutcome("\(name) is gone, with \(tokens.count) tokens and \(keys.count) keys")
    }

    private func give(_ grant: AccessGrant, to name: String, by principal: Principal) async throws -> AccessOutcome {
        var user = try existing(name)
        if principal.proof != .socket {
            if let objection = AccessTable.objection(toGiving: grant, holding: principal.grants) {
                throw PlumbError(.refused, objection)
            }
            guard !isSamePerson(user.person, principal.person) else {
                throw PlumbError(.refused, "nobody gives a role to themselves", hint: "another admin has to")
            }
        }
        guard grant.effect == .deny || grant.role != nil, (1...20).contains(grant.resources.count),
            user.grants.count < Self.grantsMax
        else {
            throw PlumbError(.invalidInput, "a grant has a role or is a deny; a user has \(Self.grantsMax) at most")
        }
        var given = grant
        (given.id, given.grantedBy, given.grantedAt) = (Self.newID("g"), principal.name, house.now())
        user.grants.append(given)
        try await save(user, entry("access.granted", "user/\(name)", by: principal, ["grant": given.text]))
        return AccessOutcome("\(name) holds \(given.text) (\(given.id))")
    }

    private func takeGrant(_ id: String, from name: String, by principal: Principal) async throws -> AccessOutcome {
        var user = try existing(name)
        guard let taken = user.grants.first(where: { $0.id == id }) else {
            throw PlumbError(.notFound, "\(name) has no grant '\(id.prefix(64))'", hint: "plumb access review")
        }
        user.grants.removeAll { $0.id == id }
        try await save(user, entry("access.revoked", "user/\(name)", by: principal, ["grant": taken.text]))
        return AccessOutcome("\(name) holds \(taken.text) no more")
    }

    private func save(_ user: AccessUser, _ audit: AuditEntry) async throws {
        try await house.store.save(Self.userKind, [user.name: user], audit: [audit])
        principals.change { $0.users[user.name] = user }
    }

    // MARK: - The first admin

    private func makeFirstToken(by principal: Principal) async throws -> AccessOutcome {
        guard principal.proof == .socket else {
            throw PlumbError(.refused, "the one-time token is made on the engine's own machine only")
        }
        let admins = principals.read { $0.users.values.filter { $0.grants.contains { $0.role == .admin } }.map(\.name) }
        guard admins.isEmpty else {
            throw PlumbError(.conflict, "there is an admin already: \(admins.sorted().joined(separator: ", "))")
        }
        let text = TokenRegistry.make()
        let token = PrincipalRegistry.FirstToken(
            digest: TokenRegistry.digest(of: text), expiresAt: house.now() + Self.firstTokenSeconds)
        try await house.store.save(
            Self.firstTokenKind, ["first": token], audit: [entry("access.firstTokenMade", "engine", by: principal)])
        principals.change { $0.firstToken = token }
        return AccessOutcome(
            "the one-time token for the first admin, for \(Int(Self.firstTokenSeconds / 60)) minutes", secret: text,
            expiresAt: token.expiresAt)
    }

    private func claim(_ name: String, by principal: Principal) async throws -> AccessOutcome {
        guard principal.proof == .firstToken else {
            throw PlumbError(.refused, "the first admin comes with the one-time token", hint: "plumb access bootstrap")
        }
        try Self.checkName(name)
        // Taken away before anything else: of two who come with it at once, one is the first.
        guard
            principals.change({ state in
                let isThere = state.firstToken != nil && state.users[name] == nil
                if isThere { state.firstToken = nil }
                return isThere
            })
        else { throw PlumbError(.conflict, "the token was used already, or there is a user '\(name)'") }
        let grant = AccessGrant(id: Self.newID("g"), allow: .admin, by: "first token", at: house.now())
        let user = AccessUser(name: name, grants: [grant], createdAt: house.now())
        try await house.store.save(Self.firstTokenKind, ["first": PrincipalRegistry.FirstToken?.none])
        try await save(user, entry("access.claimed", "user/\(name)", by: principal))
        let owner = Principal(name: name, person: name, proof: .token, grants: [grant])
        return try await issueToken(name, seconds: WebTokens.defaultSeconds, by: owner)
    }

    // MARK: - Tokens and certificates

    /// Whose hands a credential has been in; the owner of the files needs none to do all.
    private static func issuer(_ principal: Principal) -> String { principal.proof == .socket ? "" : principal.name }

    private func keep(_ token: AccessToken, _ action: String, by principal: Principal) async throws {
        let now = house.now()
        let stale = principals.read { $0.tokens.values.filter { $0.expiresAt <= now }.map(\.id) }
        principals.forgetTokens(stale)
        guard principals.read({ $0.tokens.count }) < PrincipalRegistry.tokensMax else {
            throw PlumbError(.refused, "\(PrincipalRegistry.tokensMax) tokens hold already")
        }
        var changes: [String: AccessToken?] = [token.id: token]
        for id in stale { changes[id] = .some(nil) }
        try await house.store.save(
            Self.issuedKind, changes,
            audit: [
                entry(
                    action, "token/\(token.id)", by: principal,
                    ["user": token.user, "expires": "\(Int(token.expiresAt))"])
            ])
        principals.change { $0.tokens[token.id] = token }
    }

    private func issueToken(_ name: String, seconds: Int, by principal: Principal) async throws -> AccessOutcome {
        _ = try existing(name)
        guard (60...WebTokens.secondsMax).contains(seconds) else {
            throw PlumbError(
                .invalidInput, "a token for \(seconds) s", hint: "60 s to \(WebTokens.secondsMax / 3600) h")
        }
        let now = Int(house.now())
        let token = AccessToken(
            id: Self.newID("t"), user: name, issuer: Self.issuer(principal), issuedAt: Double(now),
            expiresAt: Double(now + seconds))
        let text = try principals.sign(
            WebTokens.Claims(iss: WebTokens.issuer, sub: name, jti: token.id, iat: now, exp: now + seconds))
        try await keep(token, "access.tokenIssued", by: principal)
        return AccessOutcome("\(token.id) for \(name)", secret: text, expiresAt: token.expiresAt)
    }

    private func issueCertificate(_ name: String, days: Int, by principal: Principal) async throws -> AccessOutcome {
        _ = try existing(name)
        guard (1...CertificateAuthority.clientDaysMax).contains(days) else {
            throw PlumbError(
                .invalidInput, "a certificate for \(days) days", hint: "1 to \(CertificateAuthority.clientDaysMax)")
        }
        let now = house.now()
        let made = try house.certificates.issueClient(name, days: days, now: now)
        let token = AccessToken(
            id: AccessToken.certificatePrefix + made.serial, user: name, issuer: Self.issuer(principal), issuedAt: now,
            expiresAt: made.expiresAt)
        try await keep(token, "access.certificateIssued", by: principal)
        return AccessOutcome(
            "\(token.id) for \(name)", expiresAt: made.expiresAt, certificate: made.certificate, key: made.key)
    }

    private func revokeToken(_ id: String, by principal: Principal) async throws -> AccessOutcome {
        guard let token = principals.read({ $0.tokens[id] }) else {
            throw PlumbError(.notFound, "there is no token '\(id.prefix(80))'", hint: "plumb access token list")
        }
        principals.forgetTokens([id])
        try await house.store.save(
            Self.issuedKind, [id: AccessToken?.none],
            audit: [entry("access.tokenRevoked", "token/\(id)", by: principal, ["user": token.user])])
        return AccessOutcome("\(id) opens nothing any more")
    }

    private func rotateTokenKey(by principal: Principal) async throws -> AccessOutcome {
        let now = house.now()
        let made = TokenKey.make(at: now)
        let current = principals.read { $0.tokenKeys }
        let newest = current.max { $0.createdAt < $1.createdAt }
        // The one before goes on checking what it signed: as long as its last token may live.
        let isSpent: (TokenKey) -> Bool = {
            $0.id != newest?.id && $0.createdAt < now - 2 * Double(WebTokens.secondsMax)
        }
        let spent = current.filter(isSpent)
        var changes: [String: TokenKey?] = [made.id: made]
        for key in spent { changes[key.id] = .some(nil) }
        try await house.store.save(
            Self.tokenKeyKind, changes,
            audit: [entry("access.tokenKeyRotated", "tokenKey/\(made.id)", by: principal)])
        try principals.use(current.filter { !isSpent($0) } + [made])
        return AccessOutcome("\(made.id) signs tokens from now on")
    }

    // MARK: - Another person

    private func approve(_ id: String, reason: String?, by principal: Principal) async throws -> AccessOutcome {
        let now = house.now()
        guard id.count >= 8, var plan = principals.read({ $0.plans.values.first { $0.digest.hasPrefix(id) } }) else {
            throw PlumbError(.notFound, "no plan '\(id.prefix(80))' waits", hint: "plumb access plans")
        }
        var details = [
            "plan": plan.digest, "verb": plan.verb.rawValue, "requester": plan.requester,
            "until": "\(Int(plan.expiresAt))",
        ]
        details["reason"] = reason
        if let objection = plan.objection(toApprovalBy: principal, at: now) {
            var denied = entry("approve", plan.resource, by: principal, details)
            denied.outcome = .denied
            denied.details["objection"] = objection
            try await house.store.append([denied])
            throw PlumbError(.refused, objection)
        }
        (plan.approver, plan.approvedAt) = (principal.person, now)
        let approved = plan
        try await house.store.save(
            Self.planKind, [plan.digest: approved], audit: [entry("approve", plan.resource, by: principal, details)])
        principals.change { $0.plans[approved.digest] = approved }
        return AccessOutcome("\(plan.summary): approved once for \(plan.requester)", expiresAt: plan.expiresAt)
    }

    /// Whoever could approve it can also say no; so can the requester, who takes it back.
    private func reject(_ id: String, reason: String, by principal: Principal) async throws -> AccessOutcome {
        guard id.count >= 8, let plan = principals.read({ $0.plans.values.first { $0.digest.hasPrefix(id) } }) else {
            throw PlumbError(.notFound, "no plan '\(id.prefix(80))' waits", hint: "plumb access plans")
        }
        if let objection = plan.objection(toRejectionBy: principal, at: house.now()) {
            throw PlumbError(.refused, objection)
        }
        guard !reason.isEmpty else {
            throw PlumbError(.invalidInput, "a plan is rejected for a reason", hint: "--reason TEXT")
        }
        try await house.store.save(
            Self.planKind, [plan.digest: ChangePlan?.none],
            audit: [
                entry(
                    "approval.rejected", plan.resource, by: principal,
                    ["plan": plan.digest, "verb": plan.verb.rawValue, "requester": plan.requester, "reason": reason])
            ])
        principals.change { $0.plans[plan.digest] = nil }
        return AccessOutcome("\(plan.summary): rejected")
    }

    private func breakGlass(_ reason: String, minutes: Int, by principal: Principal) async throws -> AccessOutcome {
        guard reason.count >= 10, (1...Self.glassMinutesMax).contains(minutes) else {
            throw PlumbError(
                .invalidInput, "the glass is broken for a reason that others understand, and not for long",
                hint: "ten letters or more; 1 to \(Self.glassMinutesMax) minutes")
        }
        let now = house.now()
        let review = AccessReviewEntry(
            id: Self.newID("r"), action: "break-glass", by: principal, reason: reason, at: now,
            until: now + Double(minutes) * 60)
        try await openReview(review)
        return AccessOutcome(
            "production may be changed without a second person for \(minutes) minutes; another person has to close "
                + "\(review.id)", expiresAt: review.until)
    }

    private func closeReview(_ id: String, note: String, by principal: Principal) async throws -> AccessOutcome {
        guard let review = principals.read({ $0.reviews[id] }) else {
            throw PlumbError(.notFound, "no review '\(id.prefix(80))' is open", hint: "plumb access review")
        }
        guard !isSamePerson(review.person, principal.person), !isSamePerson(review.by, principal.name),
            principal.issuer.map({ !isSamePerson($0, review.person) }) ?? true
        else { throw PlumbError(.refused, "\(review.by) did it: another person has to look at it") }
        try await house.store.save(
            Self.reviewKind, [id: AccessReviewEntry?.none],
            audit: [entry("review.closed", "review/\(id)", by: principal, ["note": note, "of": review.by])])
        principals.change { $0.reviews[id] = nil }
        return AccessOutcome("\(id) is closed")
    }
}
