// What is watched in the content of requests and answers, beyond their number and their time.

/// What a watch over one revision's captured traffic has found.
public struct DriftObservation: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Codable {
        /// There is no baseline, or it cannot be used.
        case notWatched
        /// Watched, and nothing has changed.
        case steady
        /// The traffic is no longer what the baseline says.
        case drifted
    }
    /// One feature that has changed.
    public struct Feature: Sendable, Hashable, Codable {
        public var name: String
        /// What has changed, and by how much.
        public var message: String
        /// Bars of the reference and of the traffic, for people.
        public var picture: String?
        public init(name: String, message: String, picture: String? = nil) {
            self.name = name
            self.message = message
            self.picture = picture
        }
    }
    public var revision: Int
    public var state: State
    /// Why, in one sentence.
    public var reason: String
    /// Records that were looked at.
    public var records: Int
    /// Records that could not be read as rows of the baseline's features.
    public var unreadable: Int
    public var features: [Feature]
    /// When it was found, in seconds since 1970.
    public var detectedAt: Double?
    /// When it seems to have begun, in seconds since 1970.
    public var since: Double?

    public init(
        revision: Int, state: State, reason: String, records: Int = 0, unreadable: Int = 0, features: [Feature] = [],
        detectedAt: Double? = nil, since: Double? = nil
    ) {
        self.revision = revision
        self.state = state
        self.reason = reason
        self.records = records
        self.unreadable = unreadable
        self.features = features
        self.detectedAt = detectedAt
        self.since = since
    }
}

/// Looks at captured records for whoever runs an engine; what it compares with, and how, is its own affair.
public protocol DriftWatch: Sendable {
    /// Begins with a revision and its baseline, the bytes of `statistics.json` and `constraints.json`; called again, it
    /// begins afresh. A baseline that cannot be used is an observation (`notWatched` with the reason), never a fault of
    /// the deployment.
    func begin(_ revision: Revision, statistics: [UInt8], constraints: [UInt8]?) async
    /// Looks at JSON lines in SageMaker's form of data capture, all of one revision.
    func look(at lines: [UInt8], of endpoint: String, revision: Int, at now: Double) async
    /// What has been found of a revision; nil for one that was never begun.
    func observation(of endpoint: String, revision: Int) async -> DriftObservation?
    /// Forgets a revision.
    func end(_ endpoint: String, revision: Int) async
}
