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
    /// The statuses of all requests of eight clients that ask one after another while `body` runs, and the longest time
    /// that one of them took.
    func underTraffic(_ body: @Sendable (FlowingTraffic) async throws -> Void) async throws -> (
        statuses: [Int], slowest: Duration
    ) {
        let traffic = FlowingTraffic()
        return try await withThrowingTaskGroup(of: ([Int], Duration).self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var statuses: [Int] = []
                    var slowest = Duration.zero
                    while !traffic.isOver, !Task.isCancelled {
                        let start = ContinuousClock.now
                        statuses.append(try await call().status)
                        slowest = max(slowest, ContinuousClock.now - start)
                        traffic.count()
                    }
                    return (statuses, slowest)
                }
            }
            do {
                try await body(traffic)
            } catch {
                traffic.end()
                throw error
            }
            traffic.end()
            return try await group.reduce(into: ([Int](), Duration.zero)) { sum, one in
                sum = (sum.0 + one.0, max(sum.1, one.1))
            }
        }
    }
}
