// Bearer tokens: random, stored only as digests, each with its own request rate.

import Crypto
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine

/// Who a token stands for. Lives as long as the daemon, so that its rate is counted across connections.
final class TokenHolder: Sendable {
    private struct Bucket {
        var allowance: Double
        var filledAt: NIODeadline
    }
    private struct State {
        var isRevoked = false
        /// By endpoint.
        var buckets: [String: Bucket] = [:]
    }
    let name: String
    /// The user's token, where it is one: it ends, and its user's grants say which endpoints it calls.
    let token: AccessToken?
    private let endsAt: NIODeadline?
    private let state = NIOLockedValueBox(State())

    init(name: String, token: AccessToken? = nil, endsAt: NIODeadline? = nil) {
        self.name = name
        self.token = token
        self.endsAt = endsAt
    }

    /// Taken away, or at its end.
    var isRevoked: Bool { state.withLockedValue { $0.isRevoked } || endsAt.map { $0 <= .now() } ?? false }
    func revoke() { state.withLockedValue { $0.isRevoked = true } }

    /// Takes one request to an endpoint from the allowance: a bucket that holds one second's worth and fills evenly.
    func mayCall(_ endpoint: String, requestsPerSecondMax rate: Double?) -> Bool {
        guard let rate else { return true }
        return state.withLockedValue { state in
            let now = NIODeadline.now()
            var bucket = state.buckets[endpoint] ?? Bucket(allowance: max(1, rate), filledAt: now)
            let elapsed = Double((now - bucket.filledAt).nanoseconds) / 1e9
            bucket.allowance = min(max(1, rate), bucket.allowance + elapsed * rate)
            bucket.filledAt = now
            let isAllowed = bucket.allowance >= 1
            if isAllowed { bucket.allowance -= 1 }
            state.buckets[endpoint] = bucket
            return isAllowed
        }
    }
}

/// The tokens that open the gateway, by the SHA-256 of their text.
final class TokenRegistry: Sendable {
    private let holders = NIOLockedValueBox<[String: TokenHolder]>([:])

    func add(digest: String, holder: TokenHolder) { holders.withLockedValue { $0[digest] = holder } }

    /// Whose token this is. Looking up a digest tells nothing about the token by its time.
    func holder(of token: String) -> TokenHolder? {
        let digest = Self.digest(of: token)
        return holders.withLockedValue { $0[digest] }.flatMap { $0.isRevoked ? nil : $0 }
    }

    static func digest(of token: String) -> String { SHA256.hash(data: Data(token.utf8)).hexadecimal }

    /// A new token: 256 bits of the system's randomness.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let text = Data(bytes).base64EncodedString()
        return "plumb_" + text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    var hexadecimal: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
