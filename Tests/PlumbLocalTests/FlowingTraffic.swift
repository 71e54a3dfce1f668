// Requests that flow while something happens to the workers.

import Synchronization

@testable import PlumbLocal

/// Counts the answers of traffic that flows until it is told to end.
final class FlowingTraffic: Sendable {
    private let state = Mutex((answers: 0, seen: 0, isOver: false))

    var isOver: Bool { state.withLock { $0.isOver } }
    func count() { state.withLock { $0.answers += 1 } }
    func end() { state.withLock { $0.isOver = true } }

    /// Whether so many answers came since it last said so.
    func hasFlown(_ answers: Int) -> Bool {
        state.withLock { state in
            guard state.answers - state.seen >= answers else { return false }
            state.seen = state.answers
            return true
        }
    }
}

extension RunningHouse {
    /// The statuses of all requests of eight clients that ask one after another while `body` runs.
    func underTraffic(_ body: @Sendable (FlowingTraffic) async throws -> Void) async throws -> [Int] {
        let traffic = FlowingTraffic()
        return try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var statuses: [Int] = []
                    while !traffic.isOver, !Task.isCancelled {
                        statuses.append(try await call().status)
                        traffic.count()
                    }
                    return statuses
                }
            }
            do {
                try await body(traffic)
            } catch {
                traffic.end()
                throw error
            }
            traffic.end()
            return try await group.reduce(into: [Int]()) { $0 += $1 }
        }
    }
}
