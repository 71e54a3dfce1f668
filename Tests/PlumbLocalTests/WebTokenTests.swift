// Tokens that people bear: which are taken, and what strangers may send instead.

import Crypto
import Foundation
import PlumbTesting
import Testing

@testable import PlumbLocal

struct WebTokenTests {
    private let now = 1_800_000_000.0
    private func claims(_ seconds: Int = 3600, from start: Int? = nil) -> WebTokens.Claims {
        let start = start ?? Int(now)
        return WebTokens.Claims(iss: "plumbline", sub: "ada", jti: "t-1", iat: start, exp: start + seconds)
    }

    @Test func whatIsSignedIsReadUntilItExpires() throws {
        let tokens = try WebTokens([TokenKey.make(at: now)])
        let text = try tokens.sign(claims())
        #expect(tokens.claims(of: text, at: now) == claims() && WebTokens.isMade(text))
        #expect(tokens.claims(of: text, at: now + 3599) != nil && tokens.claims(of: text, at: now + 3600) == nil)
        #expect(tokens.claims(of: text, at: now - 61) == nil)
        // Not even our own key signs for longer than a working day.
        #expect(tokens.claims(of: try tokens.sign(claims(WebTokens.secondsMax + 1)), at: now) == nil)
    }

    @Test func theNewestKeySignsAndAnOlderOneIsStillKnown() throws {
        let (old, new) = (TokenKey.make(at: now), TokenKey.make(at: now + 1))
        let before = try WebTokens([old]).sign(claims())
        let both = try WebTokens([new, old])
        #expect(both.claims(of: before, at: now) != nil)
        let after = try both.sign(claims())
        #expect(try WebTokens([new]).claims(of: after, at: now) != nil)
        #expect(try WebTokens([old]).claims(of: after, at: now) == nil)
        #expect(try WebTokens([new]).claims(of: before, at: now) == nil)
    }

    /// A head of one's own choice, with whatever signature it asks for.
    @Test func noTokenChoosesItsAlgorithmOrItsKey() throws {
        let key = TokenKey.make(at: now)
        let tokens = try WebTokens([key])
        let own = try Curve25519.Signing.PrivateKey(rawRepresentation: key.seed)
        let body = WebTokens.text(try JSONEncoder().encode(claims()))
        func head(_ json: String) -> String { WebTokens.text(Data(json.utf8)) }
        let stranger = Curve25519.Signing.PrivateKey()
        let heads = [
            "{\"alg\":\"none\",\"typ\":\"JWT\"}", "{\"alg\":\"none\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}",
            "{\"alg\":\"EdDSA\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\",\"jwk\":{}}",
            "{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"kid\":\"\(key.id)\"}", "{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}",
            "{\"alg\":\"EdDSA\",\"kid\":\"other\",\"typ\":\"JWT\"}", "{}", "",
        ]
        for text in heads {
            let signed = "\(head(text)).\(body)"
            let mac = HMAC<SHA256>.authenticationCode(
                for: Data(signed.utf8), using: SymmetricKey(data: own.publicKey.rawRepresentation))
            for signature in [
                Data(), Data(mac), try own.signature(for: Data(signed.utf8)),
                try stranger.signature(for: Data(signed.utf8)),
            ] {
                #expect(tokens.claims(of: "\(signed).\(WebTokens.text(signature))", at: now) == nil, "\(text)")
            }
        }
        let right = "\(head("{\"alg\":\"EdDSA\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}")).\(body)"
        let foreign = try stranger.signature(for: Data(right.utf8))
        #expect(tokens.claims(of: "\(right).\(WebTokens.text(foreign))", at: now) == nil)
        let genuine = try own.signature(for: Data(right.utf8))
        #expect(tokens.claims(of: "\(right).\(WebTokens.text(genuine))", at: now) != nil)
    }

    @Test func eachContentHasOneTextOnly() {
        #expect(WebTokens.bytes("YQ") == Data("a".utf8))
        for text in ["YQ==", "YR", "YQ=", "Y Q", "YQ\n", "Y", "+/", "YQ.", "é"] {
            #expect(WebTokens.bytes(text) == nil, "\(text)")
        }
    }

    /// Any change of any letter, and things that are no tokens at all: never taken, and never the end of the program.
    @Test func noMutationOfATokenIsTaken() throws {
        var luck = SeededGenerator(seed: 11)
        let tokens = try WebTokens([TokenKey.make(at: now)])
        let text = try tokens.sign(claims())
        let letters = Array("ABCabc019-_.={}\"\u{0}\u{7F}é")
        for _ in 0..<20_000 {
            var changed = Array(text)
            for _ in 0...Int.random(in: 0...3, using: &luck) where !changed.isEmpty {
                let at = Int.random(in: 0..<changed.count, using: &luck)
                switch Int.random(in: 0...3, using: &luck) {
                case 0: changed.remove(at: at)
                case 1: changed.insert(letters.randomElement(using: &luck) ?? ".", at: at)
                case 2: changed[at] = letters.randomElement(using: &luck) ?? "."
                default: changed = Array(changed.prefix(at)) + changed.suffix(Int.random(in: 0..<40, using: &luck))
                }
            }
            let sent = String(changed)
            #expect(sent == text || tokens.claims(of: sent, at: now) == nil)
        }
        #expect(tokens.claims(of: text + String(repeating: "A", count: 1 << 20), at: now) == nil)
    }
}
