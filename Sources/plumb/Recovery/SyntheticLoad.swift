// Requests of the drill's own while something is practised, and what became of them.

import Foundation
import PlumbModel
import PlumbSignals
import Synchronization

/// Sends an endpoint its example at a steady rate for as long as a piece of work takes.
struct SyntheticLoad: Sendable {
    /// What became of the requests.
    struct Outcome: Sendable {
        var requests = 0
        var failed = 0
        /// When the last of them failed.
        var lastFailureAt: ContinuousClock.Instant?
    }
    let target: LoadTarget
    let rate: Double
    /// The load is sent in pieces of this length: the work is over sometime within one.
    private static let pieceSeconds = 1.0
    private static let connectionsMax = 16
    private static let timeoutSeconds = 10.0
    /// So that nobody is left under load by work that does not end.
    private static let piecesMax = 7200

    init(_ endpoint: String, rate: Double, home: HomeOption) async throws {
        let call = try await EndpointCall.find(endpoint, body: nil, contentType: nil, home: home)
        target = try BenchCommand.target(
            call.url, authorityPath: call.authorityPath, token: call.token, [(call.body, call.contentType)])
        self.rate = rate
    }

    /// Runs the work under load.
    func during<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> (value: Value, outcome: Outcome) {
        let generator = LoadGenerator(target)
        let ending = Ending()
        do {
            async let sent = send(generator, until: ending)
            let result: Result<Value, any Error>
            do {
                result = .success(try await work())
            } catch {
                result = .failure(error)
            }
            ending.come()
            let outcome = try await sent
            try await generator.close()
            return (try result.get(), outcome)
        } catch {
            ending.come()
            try await generator.close()
            throw error
        }
    }

    private func send(_ generator: LoadGenerator, until ending: Ending) async throws -> Outcome {
        let plan = LoadPlan(
            rate: rate, durationSeconds: Self.pieceSeconds, arrivals: .constant, connectionsMax: Self.connectionsMax,
            timeoutSeconds: Self.timeoutSeconds)
        var outcome = Outcome()
        let lastFailure = FailureClock()
        for _ in 0..<Self.piecesMax {
            lastFailure.begin()
            let piece = try await generator.run(plan) { lastFailure.see($0.failed) }
            lastFailure.see(piece.failed)
            outcome.requests += piece.requests
            outcome.failed += piece.failed
            if ending.hasCome { break }
        }
        outcome.lastFailureAt = lastFailure.at
        return outcome
    }
}

/// Whether the work is done.
private final class Ending: Sendable {
    private let state = Mutex(false)
    var hasCome: Bool { state.withLock { $0 } }
    func come() { state.withLock { $0 = true } }
}

/// When the number of failed requests rose last.
private final class FailureClock: Sendable {
    private let state = Mutex<(known: Int, at: ContinuousClock.Instant?)>((0, nil))

    var at: ContinuousClock.Instant? { state.withLock { $0.at } }
    func begin() { state.withLock { $0.known = 0 } }
    func see(_ failed: Int) {
        state.withLock { state in
            guard failed > state.known else { return }
            state = (failed, .now)
        }
    }
}
