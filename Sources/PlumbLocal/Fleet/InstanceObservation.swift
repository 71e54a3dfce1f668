// One instance, as `status` and the engine's graph show it.

import PlumbModel

/// What is known of a worker.
struct InstanceObservation: Sendable, Hashable {
    var id: String
    var revision: Int
    var zone: String
    var processID: Int32?
    var isReady: Bool
    /// From start to ready, in seconds.
    var startSeconds: Double?
}
