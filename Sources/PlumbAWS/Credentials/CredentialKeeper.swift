// Keeps credentials until shortly before they end; whoever comes while they are fetched waits for the same ones.

import Foundation
import Synchronization

/// The credentials of a client.
final class CredentialKeeper: CredentialSource {
    private let kept = Mutex<AWSCredentials?>(nil)
    private let gate = Gate(places: 1)
    private let now: @Sendable () -> Date
    private let resolve: @Sendable () async throws -> AWSCredentials
    /// Fetched anew this long before they end, so that no call is under way with ended ones.
    static let aheadSeconds = 300.0

    init(now: @escaping @Sendable () -> Date, resolve: @escaping @Sendable () async throws -> AWSCredentials) {
        self.now = now
        self.resolve = resolve
    }

    func current() async throws -> AWSCredentials {
        if let good = good(for: Self.aheadSeconds) { return good }
        return try await gate.withPlace {
            if let good = good(for: Self.aheadSeconds) { return good }
            do {
                let fresh = try await resolve()
                kept.withLock { $0 = fresh }
                return fresh
            } catch {
                // What cannot be had anew is still good for the rest of its time.
                if !(error is CancellationError), let good = good(for: 0) { return good }
                throw error
            }
        }
    }

    private func good(for seconds: Double) -> AWSCredentials? {
        kept.withLock { $0 }.flatMap { credentials in
            guard let end = credentials.expiration else { return credentials }
            return end.timeIntervalSince(now()) > seconds ? credentials : nil
        }
    }

    func reject(_ credentials: AWSCredentials) -> Bool {
        kept.withLock { kept in
            guard let present = kept, present == credentials else { return true }
            guard present.expiration != nil else { return false }
            kept = nil
            return true
        }
    }
}
