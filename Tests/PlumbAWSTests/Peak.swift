// Counts who is inside, and how many were at most.

import Synchronization

/// A counter at a door.
final class Peak: Sendable {
    private let state = Mutex((inside: 0, peak: 0, count: 0))

    func enter() {
        state.withLock { state in
            state.inside += 1
            state.count += 1
            state.peak = max(state.peak, state.inside)
        }
    }

    func leave() { state.withLock { $0.inside -= 1 } }

    var peak: Int { state.withLock { $0.peak } }
    var count: Int { state.withLock { $0.count } }
}
