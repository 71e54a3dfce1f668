// Access keys given and taken, and what the front desk needs of this engine.

import Foundation
public import PlumbEngine
public import PlumbModel
public import PlumbSignals
import PlumbStore

extension LocalPlane: AccessPlane {
    static let keyKind = "accessKey"
    private static let holderLengthMax = 64
    private static let daysMax = 3650

    public func makeAccessKey(_ request: AccessKeyRequest, by actor: String) async throws -> IssuedAccessKey {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@+=,-")
        guard (1...Self.holderLengthMax).contains(request.holder.count), request.holder.allSatisfy(allowed.contains)
        else {
            throw PlumbError(
                .invalidInput, "'\(request.holder.prefix(80))' cannot hold an access key",
                hint: "1 to \(Self.holderLengthMax) letters, digits and _.@+=,-")
        }
        guard AccessRole.ofKeys.contains(request.role) else {
            throw PlumbError(
                .invalidInput, "a key's role cannot be \(request.role.rawValue)",
                hint: "\(AccessRole.ofKeys.map(\.rawValue).joined(separator: ", ")); what a user may beyond the key's "
                    + "role, a token opens")
        }
        if let days = request.days, !(1...Self.daysMax).contains(days) {
            throw PlumbError(.invalidInput, "a key for \(days) days", hint: "1 to \(Self.daysMax) days")
        }
        guard house.gateway.accessKeys.keys.count < AccessKeyRegistry.keysMax else {
            throw PlumbError(
                .refused, "this engine has \(AccessKeyRegistry.keysMax) access keys already",
                hint: "plumb access key list shows them; plumb access key revoke ID takes one away")
        }
        let (id, secret) = AccessKeyRegistry.make()
        let now = house.now()
        let key = AccessKey(
            id: id, holder: request.holder, role: request.role, createdAt: now,
            expiresAt: request.days.map { now + Double($0) * 86_400 }, issuer: actor)
        let record = AccessKeyRecord(
            key: key, sealedSecret: try house.vault.seal(Data(secret.utf8), for: AccessKeyRecord.context(key)))
        try await house.store.save(
            Self.keyKind, [id: record], audit: [keyEntry("accessKey.made", key, by: actor, at: now)])
        house.gateway.accessKeys.add(key, secret: secret)
        return IssuedAccessKey(key: key, secret: secret)
    }

    public func accessKeys() async throws -> [AccessKey] {
        house.gateway.accessKeys.keys.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    public func revokeAccessKey(_ id: String, by actor: String) async throws {
        guard let key = house.gateway.accessKeys.keys.first(where: { $0.id == id }) else {
            throw PlumbError(
                .notFound, "there is no access key '\(id.prefix(64))'",
                hint: "plumb access key list shows those there are")
        }
        try await house.store.save(
            Self.keyKind, [id: AccessKeyRecord?.none],
            audit: [keyEntry("accessKey.revoked", key, by: actor, at: house.now())])
        house.gateway.accessKeys.remove(id)
    }

    private func keyEntry(_ action: String, _ key: AccessKey, by actor: String, at now: Double) -> AuditEntry {
        AuditEntry(
            at: now, actor: actor, action: action, subject: "accessKey/\(key.id)",
            details: ["holder": key.holder, "role": key.role.rawValue])
    }
}

extension LocalHouse {
    /// The access keys on record, opened.
    func loadAccessKeys() async throws {
        for record in try await store.records("accessKey", as: AccessKeyRecord.self).values {
            let secret = String(
                decoding: try vault.open(record.sealedSecret, for: AccessKeyRecord.context(record.key)), as: UTF8.self)
            gateway.accessKeys.add(record.key, secret: secret)
        }
    }

    /// The users on record, and by what they are known.
    func loadPrincipals() async throws {
        let users = try await store.records(LocalPlane.userKind, as: AccessUser.self)
        let tokens = try await store.records(LocalPlane.issuedKind, as: AccessToken.self)
        let plans = try await store.records(LocalPlane.planKind, as: ChangePlan.self)
        let reviews = try await store.records(LocalPlane.reviewKind, as: AccessReviewEntry.self)
        let first = try await store.records(LocalPlane.firstTokenKind, as: PrincipalRegistry.FirstToken.self)
        gateway.principals.change { state in
            (state.users, state.tokens, state.plans, state.reviews) = (users, tokens, plans, reviews)
            state.firstToken = first["first"]
        }
        var keys = Array(try await store.records(LocalPlane.tokenKeyKind, as: TokenKey.self).values)
        if keys.isEmpty {
            let made = TokenKey.make(at: now())
            try await store.save(LocalPlane.tokenKeyKind, [made.id: made])
            keys = [made]
        }
        try gateway.principals.use(keys)
    }

    /// Gives the front desk to whoever answers signed calls.
    public func seat(_ desk: any FrontDesk) { gateway.frontDesk.seat(desk) }
}

extension LocalPlane: FrontDeskGround {
    private static let deskKind = "aws"

    public func now() -> Double { house.now() }

    public func region() -> String { house.gateway.accessKeys.region }

    public func metrics(of endpoint: String) async throws -> (any MetricSource & Sendable)? {
        house.gateway.route(endpoint).map { LiveMetrics(route: $0) }
    }

    public func nameVariant(_ name: String?, of endpoint: String) {
        house.gateway.nameVariant(name, of: endpoint)
    }

    public func deskRecords<Record: Codable & Sendable>(as type: Record.Type) async throws -> [String: Record] {
        try await house.store.records(Self.deskKind, as: type)
    }

    public func saveDesk<Record: Codable & Sendable>(
        _ changes: [String: Record?], audit: [AuditEntry]
    ) async throws {
        try await house.store.save(Self.deskKind, changes, audit: audit)
    }
}
