// Access keys: pairs of an id and a secret with which requests are signed, as AWS's tools sign them.

import Crypto
import Foundation
import NIOConcurrencyHelpers
import PlumbEngine
import PlumbModel
import PlumbStore

/// An access key as the store keeps it.
struct AccessKeyRecord: Codable, Sendable {
    var key: AccessKey
    var sealedSecret: Data

    /// What the secret is sealed for: a role that was raised in the file opens nothing. A signature is verified with
    /// the secret itself, so a digest of it will not do.
    static func context(_ key: AccessKey) -> String {
        "access-key/\(key.id)\n\(key.holder)\n\(key.role.rawValue)\n\(key.expiresAt ?? 0)"
    }
}

/// The access keys that open the gateway, by id.
final class AccessKeyRegistry: Sendable {
    private struct Entry {
        var key: AccessKey
        var secret: String
        /// Counts the holder's requests.
        var holder: TokenHolder
    }
    private struct State {
        var entries: [String: Entry] = [:]
        /// Four rounds of HMAC that every request of a day, region and service shares.
        var signingKeys: [String: [UInt8]] = [:]
    }
    private let state = NIOLockedValueBox(State())
    let region: String
    private static let signingKeysMax = 256
    /// Keys of one engine.
    static let keysMax = 1000

    init(region: String) { self.region = region }

    func add(_ key: AccessKey, secret: String) {
        state.withLockedValue {
            $0.entries[key.id] = Entry(key: key, secret: secret, holder: TokenHolder(name: key.holder))
        }
    }

    func remove(_ id: String) {
        state.withLockedValue { state in
            state.entries.removeValue(forKey: id)?.holder.revoke()
            state.signingKeys = state.signingKeys.filter { !$0.key.hasPrefix("\(id)/") }
        }
    }

    var keys: [AccessKey] { state.withLockedValue { $0.entries.values.map(\.key) } }

    /// Who signed the request; throws in AWS's words when that is not sure.
    func verify(_ request: WireRequest, now: Double) throws(SignatureRefusal) -> (caller: Caller, holder: TokenHolder) {
        let claim = try SignatureClaim(request)
        guard !claim.hasToken, let (entry, signingKey) = entry(for: claim) else {
            throw SignatureRefusal(
                "UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        if let expiresAt = entry.key.expiresAt, expiresAt <= now {
            throw SignatureRefusal("ExpiredTokenException", "The security token included in the request is expired")
        }
        try SignatureCheck.check(request, claim, signingKey: signingKey, region: region, now: now)
        return (Caller(key: entry.key, region: claim.scope.region, service: claim.scope.service), entry.holder)
    }

    private func entry(for claim: SignatureClaim) -> (Entry, [UInt8])? {
        state.withLockedValue { state in
            guard let entry = state.entries[claim.keyID] else { return nil }
            let name = "\(claim.keyID)/\(claim.scope.text)"
            if let known = state.signingKeys[name] { return (entry, known) }
            let made = claim.scope.signingKey(secret: entry.secret, hmac: SignatureCheck.hmac)
            // Days pass, and a stranger who knows an id may name any service: what was kept is made again soon.
            if state.signingKeys.count >= Self.signingKeysMax { state.signingKeys = [:] }
            state.signingKeys[name] = made
            return (entry, made)
        }
    }

    /// A new id and its secret: 80 and 240 bits of the system's randomness.
    static func make() -> (id: String, secret: String) {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let id = "PLMB" + String((0..<16).compactMap { _ in letters.randomElement(using: &generator) })
        let bytes = (0..<30).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return (id, Data(bytes).base64EncodedString())
    }
}
