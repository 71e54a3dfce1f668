// Lets a limited number of calls through at a time, in the order they came.

import Synchronization

/// A row before a number of places.
final class Gate: Sendable {
    private struct State {
        var free: Int
        var next = 0
        /// Those who wait, by their number in the row.
        var row: [(number: Int, ticket: CheckedContinuation<Void, any Error>)] = []
        /// Cancelled before they stood in the row.
        var gone: Set<Int> = []
    }
    private let state: Mutex<State>

    init(places: Int) { state = Mutex(State(free: max(1, places))) }

    /// Runs `body` in one of the places.
    func withPlace<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async throws {
        let number = state.withLock { state -> Int in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { ticket in
                let outcome = state.withLock { state -> Swift.Result<Void, any Error>? in
                    if state.gone.remove(number) != nil { return .failure(CancellationError()) }
                    if state.free > 0 {
                        state.free -= 1
                        return .success(())
                    }
                    state.row.append((number, ticket))
                    return nil
                }
                if let outcome { ticket.resume(with: outcome) }
            }
        } onCancel: {
            let ticket = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.row.firstIndex(where: { $0.number == number }) else {
                    state.gone.insert(number)
                    return nil
                }
                return state.row.remove(at: index).ticket
            }
            ticket?.resume(throwing: CancellationError())
        }
        // Whoever was cancelled after getting the place has left a mark that nobody else takes away.
        state.withLock { _ = $0.gone.remove(number) }
    }

    private func leave() {
        let ticket = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.row.isEmpty else {
                state.free += 1
                return nil
            }
            return state.row.removeFirst().ticket
        }
        ticket?.resume()
    }
}
