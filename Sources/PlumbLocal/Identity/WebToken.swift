// Short-lived tokens in the form of JSON Web Tokens (RFC 7519), signed with Ed25519 by the engine's own key.

import Crypto
import Foundation
import PlumbEngine
import PlumbModel

/// A key that signs tokens.
struct TokenKey: Sendable, Codable {
    var id: String
    /// Seconds since 1970-01-01 UTC.
    var createdAt: Double
    /// 32 bytes, from which the key follows; the store keeps them sealed.
    var seed: Data

    static func make(at now: Double) -> TokenKey {
        TokenKey(
            id: String(TokenRegistry.make().dropFirst(6).prefix(16)), createdAt: now,
            seed: Curve25519.Signing.PrivateKey().rawRepresentation)
    }
}

/// Writes and reads tokens.
///
/// The head of a token is never read: it has to be, letter for letter, the one that this engine writes for one of its
/// keys. So no token chooses its algorithm, its key or where the key is fetched from.
struct WebTokens: Sendable {
    struct Claims: Sendable, Hashable, Codable {
        /// The engine.
        var iss: String
        /// The user.
        var sub: String
        /// The token's id, by which it is revoked.
        var jti: String
        var iat: Int
        var exp: Int
    }
    private struct Signer: Sendable {
        var head: String
        var key: Curve25519.Signing.PrivateKey
        var makesNew: Bool
    }
    static let issuer = "plumbline"
    static let bytesMax = 2048
    static let defaultSeconds = 3600
    static let secondsMax = 12 * 3600
    private let signers: [Signer]

    /// The newest key signs; the others' tokens still hold. Throws for a key that is none.
    init(_ keys: [TokenKey]) throws {
        let sorted = keys.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        signers = try sorted.enumerated().map { place, key in
            Signer(
                head: Self.text(Data("{\"alg\":\"EdDSA\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}".utf8)),
                key: try Curve25519.Signing.PrivateKey(rawRepresentation: key.seed),
                makesNew: place == sorted.count - 1)
        }
    }

    func sign(_ claims: Claims) throws -> String {
        guard let signer = signers.last(where: \.makesNew) else {
            throw PlumbError(.internalFault, "there is no key to sign tokens with")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let signed = "\(signer.head).\(Self.text(try encoder.encode(claims)))"
        return "\(signed).\(Self.text(try signer.key.signature(for: Data(signed.utf8))))"
    }

    /// What a token claims, once its signature and its time are found right; nil otherwise, whatever is wrong.
    func claims(of token: String, at now: Double) -> Claims? {
        guard token.utf8.count <= Self.bytesMax else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let signer = signers.first(where: { $0.head == parts[0] }),
            let signature = Self.bytes(parts[2]),
            signer.key.publicKey.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)),
            let body = Self.bytes(parts[1]),
            // What our own key has signed can be read; anything else is no token of ours.
            let claims = try? JSONDecoder().decode(Claims.self, from: body)
        else { return nil }
        let isInTime = Double(claims.iat) <= now + 60 && now < Double(claims.exp)
        let isShort = Double(claims.exp) - Double(claims.iat) <= Double(Self.secondsMax)
        return claims.iss == Self.issuer && isInTime && isShort ? claims : nil
    }

    /// Whether a text has the form at all.
    static func isMade(_ text: String) -> Bool { text.hasPrefix("eyJ") && text.count(where: { $0 == "." }) == 2 }

    // MARK: - Base64 for addresses, without padding

    static func text(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Each content has one text only: what comes back has to be what came in.
    static func bytes(_ text: String) -> Data? {
        var padded = text.replacing("-", with: "+").replacing("_", with: "/")
        padded += String(repeating: "=", count: (4 - padded.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: padded), Self.text(bytes) == text else { return nil }
        return bytes
    }
}
