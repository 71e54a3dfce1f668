// Who has sent a call, and what another person has to agree to: what a door on the network asks of this engine.

import Crypto
import Foundation
import Logging
public import PlumbEngine
import PlumbModel
import PlumbStore

extension LocalPlane: AccessGround {
    static let userKind = "user"
    static let issuedKind = "issuedToken"
    static let planKind = "plan"
    static let reviewKind = "review"
    static let firstTokenKind = "firstToken"
    static let tokenKeyKind = "tokenKey"
    /// The service that signatures for the control API name.
    static let signedService = "plumbline"
    /// How often the last use of a user is written down, in seconds.
    private static let useSeconds = 3600.0

    private var principals: PrincipalRegistry { house.gateway.principals }

    public func identify(_ call: SignedCall) async throws -> Principal {
        let now = house.now()
        let address = call.address ?? "unknown"
        guard principals.mayTry(address, at: now) else { throw SignInFault.tooOften }
        do {
            let principal = try proven(call, at: now)
            try await noteUse(of: principal.name, at: now)
            return principal
        } catch let fault as SignInFault {
            principals.failed(address, at: now)
            try await house.store.append([
                AuditEntry(
                    at: now, actor: "unknown", action: "access.signIn", subject: "engine", outcome: .denied,
                    details: ["address": address, "reason": fault.words])
            ])
            throw fault
        }
    }

    private func proven(_ call: SignedCall, at now: Double) throws(SignInFault) -> Principal {
        let authorization = call.header("authorization")
        if SignatureClaim.isMade(authorization: authorization, uri: call.uri) {
            switch call.caller {
            case .failure(let refusal): throw .notProven(refusal.message)
            case .success(let caller) where caller.service != Self.signedService:
                throw .notProven("the signature is for \(caller.service.prefix(40)), not for \(Self.signedService)")
            case .success(let caller): return principals.principal(ofKey: caller.key)
            }
        }
        if let authorization {
            guard authorization.count > 7, authorization.prefix(7).lowercased() == "bearer " else {
                throw .notProven("send Authorization: Bearer TOKEN")
            }
            let text = String(authorization.dropFirst(7))
            if let (principal, _) = principals.principal(ofToken: text, at: now) { return principal }
            if let first = principals.read({ $0.firstToken }), now < first.expiresAt,
                first.digest == TokenRegistry.digest(of: text)
            {
                return Principal(name: "first", person: "first", proof: .firstToken, grants: [])
            }
            throw .notProven("the token is not one of this engine's, has expired or was revoked")
        }
        if let certificate = call.certificate, let client = CertificateAuthority.client(certificate),
            let principal = principals.principal(ofCertificate: client.serial, at: now),
            principal.name == client.user
        {
            return principal
        }
        throw .notProven("send Authorization: Bearer TOKEN, sign the request, or show a client's certificate")
    }

    /// When somebody was last here is written down now and then, for the review.
    private func noteUse(of name: String, at now: Double) async throws {
        let used = principals.change { state -> AccessUser? in
            guard var user = state.users[name], now - (user.lastUsedAt ?? 0) > Self.useSeconds else { return nil }
            user.lastUsedAt = now
            state.users[name] = user
            return user
        }
        if let used { try await house.store.save(Self.userKind, [name: used]) }
    }

    public func complete(_ context: AccessContext, for principal: Principal) -> AccessContext {
        var context = context
        context.at = house.now()
        context.isGlassBroken = principals.isGlassBroken(by: principal, at: house.now())
        return context
    }

    public func isUser(_ name: String) -> Bool { principals.isUser(name) }

    public func digest(of bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }

    public func useApproval(of digest: String, by principal: Principal) async throws -> String? {
        let now = house.now()
        guard let plan = principals.takeApproval(of: digest, by: principal, at: now) else { return nil }
        try await house.store.save(
            Self.planKind, [digest: ChangePlan?.none],
            audit: [
                AuditEntry(
                    at: now, actor: principal.name, action: "approval.used", subject: plan.resource,
                    details: ["plan": digest, "approver": plan.approver ?? "", "verb": plan.verb.rawValue])
            ])
        return plan.id
    }

    public func propose(_ plan: ChangePlan) async throws {
        let now = house.now()
        let stale = principals.read { $0.plans.values.filter { $0.expiresAt <= now }.map(\.digest) }
        principals.change { state in for digest in stale { state.plans[digest] = nil } }
        // Asked for again: what was approved stays approved, and what waits goes on waiting.
        guard principals.read({ $0.plans[plan.digest] }).map({ $0.requester != plan.requester }) ?? true else { return }
        guard principals.read({ $0.plans.count }) < ChangePlan.plansMax else {
            throw PlumbError(.refused, "\(ChangePlan.plansMax) plans wait already", hint: "plumb access plans")
        }
        var changes: [String: ChangePlan?] = [plan.digest: plan]
        for digest in stale { changes[digest] = .some(nil) }
        try await house.store.save(
            Self.planKind, changes,
            audit: [
                AuditEntry(
                    at: now, actor: plan.requester, action: "approval.asked", subject: plan.resource,
                    details: ["plan": plan.digest, "verb": plan.verb.rawValue, "summary": plan.summary])
            ])
        principals.change { $0.plans[plan.digest] = plan }
    }

    public func noteDenied(_ request: AccessRequest, why: String, by principal: Principal) async throws {
        try await house.store.append([
            AuditEntry(
                at: house.now(), actor: principal.name, action: request.verb.rawValue, subject: request.resource,
                outcome: .denied,
                details: [
                    "reason": String(why.prefix(500)), "proof": principal.proof.rawValue,
                    "address": request.context.address ?? "unknown",
                ])
        ])
    }

    public func demandReview(of action: String, reason: String, by principal: Principal) async throws {
        try await openReview(
            AccessReviewEntry(
                id: Self.newID("r"), action: action, by: principal, reason: reason, at: house.now()))
    }

    /// Puts an entry before the eyes of whoever reviews, as loudly as a log can.
    func openReview(_ review: AccessReviewEntry) async throws {
        guard principals.read({ $0.reviews.count }) < PrincipalRegistry.reviewsMax else {
            throw PlumbError(
                .refused, "\(PrincipalRegistry.reviewsMax) reviews are open", hint: "plumb access review close ID")
        }
        var details = ["reason": review.reason, "review": review.id]
        if let until = review.until { details["until"] = "\(Int(until))" }
        let action = review.until == nil ? "review.demanded" : "breakGlass.opened"
        try await house.store.save(
            Self.reviewKind, [review.id: review],
            audit: [
                AuditEntry(
                    at: review.at, actor: review.by, action: action, subject: "review/\(review.id)", details: details)
            ])
        principals.change { $0.reviews[review.id] = review }
        house.log.critical(
            "\(review.action) by \(review.by): another person has to review it",
            metadata: ["review": "\(review.id)"])
        for alarm in house.alarms { alarm.raise(EngineAlarm(review)) }
    }

    static func newID(_ letter: String) -> String {
        letter + "-" + String(TokenRegistry.digest(of: TokenRegistry.make()).prefix(12))
    }
}

extension SignInFault {
    var words: String {
        switch self {
        case .notProven(let why): why
        case .tooOften: "this address has failed too often; try again in a minute"
        }
    }
}
