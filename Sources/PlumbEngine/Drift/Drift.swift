// What is watched in the content of requests and answers, beyond their number and their time.

public import PlumbModel

/// What a detector thinks of one revision's traffic.
public enum DetectorState: String, Sendable, Codable {
    /// There is nothing to compare with, or it cannot be used.
    case notWatched
    /// Watched, and nothing is wrong.
    case steady
    /// Beyond the limit.
    case alarm
}

/// What the detector of drift has found in one revision's captured traffic.
public struct DriftObservation: Sendable, Hashable, Codable {
    /// One feature that has changed.
    public struct Feature: Sendable, Hashable, Codable {
        public var name: String
        /// What has changed, and by how much.
        public var change: String
        /// The largest difference between the distributions, 0 ... 1.
        public var distance: Double
        /// Bars of the reference and of the traffic, for people.
        public var expected: String
        public var observed: String
        public init(name: String, change: String, distance: Double, expected: String, observed: String) {
            self.name = name
            self.change = change
            self.distance = distance
            self.expected = expected
            self.observed = observed
        }
    }
    public var state: DetectorState
    /// Why, in one sentence.
    public var reason: String
    /// How near to an alarm: 1 is one.
    public var level: Double
    /// Records that were looked at, and those that could not be read as rows of the baseline's features.
    public var records: Int
    public var unreadable: Int
    /// Of the last alarm, the surest first.
    public var features: [Feature]
    /// Over the last rows, alarm or not, the furthest from the reference first; nil before the first rows.
    public var current: [Feature]?
    /// When the last alarm was, and since when about it was so; seconds since 1970.
    public var detectedAt: Double?
    public var since: Double?

    public init(state: DetectorState, reason: String) {
        self.state = state
        self.reason = reason
        level = 0
        records = 0
        unreadable = 0
        features = []
    }
}

/// What labels say of one revision's answers.
public struct QualityObservation: Sendable, Hashable, Codable {
    public var state: DetectorState
    /// Why, in one sentence.
    public var reason: String
    /// Model Monitor's name, such as `accuracy` or `rmse`.
    public var metric: String
    /// The metric over the last labels, with the interval that holds it in 95 of 100 cases; nil before the first.
    public var value: Double?
    public var lower: Double?
    public var upper: Double?
    public var limit: Double
    /// In units of the limit: more than 1 is an alarm.
    public var level: Double
    public var labels: Int
    /// Labels whose answer was not captured, or came too late.
    public var unmatched: Int
    /// Model Monitor's other measures of all labels so far; nil before the first.
    public var metrics: [QualityMetric]?
    public var detectedAt: Double?

    public init(state: DetectorState, reason: String, metric: String, limit: Double) {
        self.state = state
        self.reason = reason
        self.metric = metric
        self.limit = limit
        level = 0
        labels = 0
        unmatched = 0
    }
}

/// Both, of one revision.
public struct MonitoringStatus: Sendable, Hashable, Codable {
    public var revision: Int
    public var drift: DriftObservation
    public var quality: QualityObservation?
    public init(revision: Int, drift: DriftObservation, quality: QualityObservation?) {
        self.revision = revision
        self.drift = drift
        self.quality = quality
    }
}

/// The bytes of a baseline's files.
public struct BaselineContent: Sendable, Hashable {
    public var statistics: [UInt8]
    public var constraints: [UInt8]?
    /// `plumbline_reference.json`.
    public var reference: [UInt8]?
    public init(statistics: [UInt8], constraints: [UInt8]?, reference: [UInt8]?) {
        self.statistics = statistics
        self.constraints = constraints
        self.reference = reference
    }
}

/// Looks at captured records for whoever runs an engine; what it compares with, and how, is its own affair.
public protocol TrafficMonitor: Sendable {
    /// Begins with a revision and its baseline, nil when that is not to be had; called again, it begins afresh. A
    /// baseline that cannot be used is an observation (`notWatched` with the reason), never a fault of the deployment.
    func begin(_ revision: Revision, baseline: BaselineContent?) async
    /// Looks at JSON lines in SageMaker's form of data capture, all of one revision.
    func look(at lines: [UInt8], of endpoint: String, revision: Int, at now: Double) async
    /// Takes labels in: JSON lines in Model Monitor's form of ground truth, for any revision of the endpoint.
    func label(_ lines: [UInt8], of endpoint: String, at now: Double) async
    /// What has been found of an endpoint's revisions.
    func status(of endpoint: String, at now: Double) async -> [MonitoringStatus]
    /// Forgets a revision.
    func end(_ endpoint: String, revision: Int) async
}
