// What people see of an endpoint's captured traffic.

/// What is recorded of one endpoint's traffic, and what its detectors have found.
public struct EndpointMonitoring: Sendable, Hashable, Codable {
    public var endpoint: String
    /// The share of requests that is recorded, in percent.
    public var samplingPercent: Int
    /// Exchanges recorded since the engine started, and those there was no room for.
    public var captured: Int
    public var dropped: Int
    public var revisions: [MonitoringStatus]

    public init(endpoint: String, samplingPercent: Int, captured: Int, dropped: Int, revisions: [MonitoringStatus]) {
        self.endpoint = endpoint
        self.samplingPercent = samplingPercent
        self.captured = captured
        self.dropped = dropped
        self.revisions = revisions
    }
}

/// One file of captured traffic, opened.
public struct CapturedLines: Sendable, Hashable, Codable {
    /// Below the folder of captures, as it is named there.
    public var file: String
    /// JSON lines in SageMaker's form.
    public var lines: String
    /// Whether there are newer files.
    public var hasMore: Bool

    public init(file: String, lines: String, hasMore: Bool) {
        self.file = file
        self.lines = lines
        self.hasMore = hasMore
    }
}
