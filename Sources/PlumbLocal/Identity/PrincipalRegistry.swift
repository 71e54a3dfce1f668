// Who may come in, held in memory for the event loops: users, live tokens, plans and what waits for a second look.

import Foundation
import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel

/// The users of an engine and by what they are known; shared by every connection, changed by the plane.
final class PrincipalRegistry: Sendable {
    struct State: Sendable {
        var users: [String: AccessUser] = [:]
        /// Tokens and certificates that hold, by id.
        var tokens: [String: AccessToken] = [:]
        var tokenKeys: [TokenKey] = []
        /// Plans by digest.
        var plans: [String: ChangePlan] = [:]
        var reviews: [String: AccessReviewEntry] = [:]
        var firstToken: FirstToken?
        fileprivate(set) var webTokens: WebTokens?
        /// Holders of tokens at the gateway, by the token's id.
        fileprivate var holders: [String: TokenHolder] = [:]
        fileprivate var lockout = LockoutMachine()
    }
    /// The one-time token that makes the first admin, as it is kept.
    struct FirstToken: Sendable, Codable {
        var digest: String
        var expiresAt: Double
    }
    private let state = NIOLockedValueBox(State())

    static let usersMax = 1000
    static let tokensMax = 10_000
    static let reviewsMax = 1000

    func read<Result>(_ body: (State) throws -> Result) rethrows -> Result {
        try state.withLockedValue { try body($0) }
    }

    func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try state.withLockedValue { try body(&$0) }
    }

    /// Puts the keys that sign tokens into use.
    func use(_ keys: [TokenKey]) throws {
        let webTokens = try WebTokens(keys)
        change { ($0.tokenKeys, $0.webTokens) = (keys, webTokens) }
    }

    func sign(_ claims: WebTokens.Claims) throws -> String {
        guard let webTokens = read({ $0.webTokens }) else {
            throw PlumbError(.internalFault, "there is no key to sign tokens with")
        }
        return try webTokens.sign(claims)
    }

    // MARK: - Who it is

    /// Whom a token stands for; nil for one that is not ours, has expired or was revoked.
    func principal(ofToken text: String, at now: Double) -> (principal: Principal, token: AccessToken)? {
        guard WebTokens.isMade(text), let webTokens = read({ $0.webTokens }),
            let claims = webTokens.claims(of: text, at: now)
        else { return nil }
        return read { state in
            guard let token = state.tokens[claims.jti], token.user == claims.sub, now < token.expiresAt,
                let user = state.users[token.user]
            else { return nil }
            return (Self.principal(user, .token, issuer: token.issuer), token)
        }
    }

    /// Whom a certificate of our authority stands for.
    func principal(ofCertificate serial: String, at now: Double) -> Principal? {
        read { state in
            guard let token = state.tokens[AccessToken.certificatePrefix + serial], now < token.expiresAt,
                let user = state.users[token.user]
            else { return nil }
            return Self.principal(user, .certificate, issuer: token.issuer)
        }
    }

    /// Whom a key that signs requests stands for: the user of that name within the key's role, or the role alone.
    func principal(ofKey key: AccessKey) -> Principal {
        guard let user = read({ $0.users[key.holder] }) else {
            return Principal(
                name: key.holder, person: key.holder, proof: .signature, grants: [AccessGrant(allow: key.role)],
                ceiling: key.role, issuer: key.issuer)
        }
        var principal = Self.principal(user, .signature, issuer: key.issuer ?? "")
        principal.ceiling = key.role
        return principal
    }

    private static func principal(_ user: AccessUser, _ proof: Principal.Proof, issuer: String) -> Principal {
        Principal(
            name: user.name, person: user.person, proof: proof, grants: user.grants,
            issuer: issuer.isEmpty ? nil : issuer)
    }

    // MARK: - At the gateway

    /// The holder of a token that calls endpoints; its rate is counted across connections.
    func holder(ofToken text: String, at now: Double) -> TokenHolder? {
        guard let (principal, token) = principal(ofToken: text, at: now) else { return nil }
        return change { state in
            if let known = state.holders[token.id] { return known }
            let holder = TokenHolder(
                name: principal.name, token: token,
                endsAt: .now() + .milliseconds(Int64((token.expiresAt - now) * 1000)))
            state.holders[token.id] = holder
            return holder
        }
    }

    /// Why the holder of a token may not do a thing; nil when it may.
    func objection(to request: AccessRequest, by token: AccessToken) -> String? {
        guard let user = read({ $0.users[token.user] }) else { return "the user \(token.user) is not there any more" }
        let decision = AccessTable.decide(request, holding: user.grants)
        return decision.isAllowed ? nil : decision.why
    }

    /// Takes tokens out of use.
    func forgetTokens(_ ids: [String]) {
        change { state in
            for id in ids {
                state.tokens[id] = nil
                state.holders.removeValue(forKey: id)?.revoke()
            }
        }
    }

    func isUser(_ name: String) -> Bool { read { $0.users[name] != nil } }

    // MARK: - Those who fail

    func mayTry(_ address: String, at now: Double) -> Bool { read { $0.lockout.mayTry(address, at: now) } }
    func failed(_ address: String, at now: Double) { change { $0.lockout.failed(address, at: now) } }

    // MARK: - A second look

    /// Whether somebody has broken the glass, and nobody has closed the review yet.
    func isGlassBroken(by principal: Principal, at now: Double) -> Bool {
        read { state in
            state.reviews.values.contains { $0.by == principal.name && ($0.until ?? 0) > now }
        }
    }

    /// How many have the glass broken now, for the alarm.
    func glassesBroken(at now: Double) -> Int {
        read { state in state.reviews.values.count { ($0.until ?? 0) > now } }
    }

    /// Takes an approved plan away: an approval is used once.
    func takeApproval(of digest: String, by principal: Principal, at now: Double) -> ChangePlan? {
        change { state in
            guard let plan = state.plans[digest], plan.isApproved(for: principal, digest: digest, at: now) else {
                return nil
            }
            state.plans[digest] = nil
            return plan
        }
    }
}
