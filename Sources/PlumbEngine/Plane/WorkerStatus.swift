// One worker as people see it, and what has happened to workers.

/// A worker of the embedded engine, now.
public struct WorkerStatus: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable {
        case starting, ready, suspected, ejected, stopping
    }
    public var id: String
    public var revision: Int
    /// Its failure domain.
    public var zone: String
    public var processID: Int32?
    public var state: State
    /// Ends that nobody asked for, of a worker that had been ready.
    public var restarts: Int
    /// From start to ready, the last time.
    public var startSeconds: Double?
    /// The last thing that went wrong with it, in words.
    public var trouble: String?
    /// When that was; seconds since 1970-01-01 UTC.
    public var troubleAt: Double?

    public var isReady: Bool { state == .ready }

    public init(
        id: String, revision: Int, zone: String, processID: Int32?, state: State, restarts: Int,
        startSeconds: Double?, trouble: String?, troubleAt: Double?
    ) {
        self.id = id
        self.revision = revision
        self.zone = zone
        self.processID = processID
        self.state = state
        self.restarts = restarts
        self.startSeconds = startSeconds
        self.trouble = trouble
        self.troubleAt = troubleAt
    }
}
