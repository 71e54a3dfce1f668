// A measurement on its way to where alarms read it.

/// One value of one metric, or a summary of many.
public struct PublishedMetric: Sendable, Hashable {
    /// What many values come to.
    public struct Summary: Sendable, Hashable {
        public var count: Double
        public var sum: Double
        public var minimum: Double
        public var maximum: Double
        public init(count: Double, sum: Double, minimum: Double, maximum: Double) {
            self.count = count
            self.sum = sum
            self.minimum = minimum
            self.maximum = maximum
        }
    }
    public enum Content: Sendable, Hashable {
        case value(Double)
        case summary(Summary)
    }
    public var identity: MetricIdentity
    public var content: Content
    /// Seconds since 1970.
    public var seconds: Double

    public init(_ identity: MetricIdentity, _ content: Content, at seconds: Double) {
        self.identity = identity
        self.content = content
        self.seconds = seconds
    }

    /// Whether CloudWatch takes it: it refuses what is no number, and all that comes with it.
    public var isFinite: Bool {
        switch content {
        case .value(let value): value.isFinite
        case .summary(let summary):
            summary.count > 0 && [summary.count, summary.sum, summary.minimum, summary.maximum].allSatisfy(\.isFinite)
        }
    }
}
