// What only a live account shows: states, runs, deliveries. It is no part of what a resource was declared to be.

/// Observations of an account, each by the id of the resource that it is about.
public struct LiveFacts: Sendable, Hashable, Codable {
    /// An endpoint as it is served at this moment.
    public struct EndpointState: Sendable, Hashable, Codable {
        /// `InService`, `Updating`, `RollingBack`, `Failed`, …
        public var status: Fact<String>
        /// Running instances by variant.
        public var instances: Fact<[String: Int]>
        /// When it was changed last, by people or by autoscaling; seconds since 1970-01-01 UTC.
        public var modifiedAt: Fact<Double> = .absent
        public init(status: Fact<String> = .absent, instances: Fact<[String: Int]> = .absent) {
            self.status = status
            self.instances = instances
        }
    }
    /// The last run of a monitor, or a restore.
    public struct Run: Sendable, Hashable, Codable {
        /// `Completed`, `CompletedWithViolations`, `COMPLETED`, `Failed`, …
        public var status: String
        public var day: Day?
        public init(_ status: String, on day: Day?) {
            self.status = status
            self.day = day
        }
    }
    /// Something that an analyzer of access has found and that nobody has settled.
    public struct OpenFinding: Sendable, Hashable, Codable {
        /// `ExternalAccess`, `UnusedIAMRole`, …
        public var kind: String
        public var resource: String
        /// How long it has been open.
        public var days: Int
        public init(_ kind: String, of resource: String, days: Int) {
            self.kind = kind
            self.resource = resource
            self.days = days
        }
    }
    /// How a trail writes its log.
    public struct Delivery: Sendable, Hashable, Codable {
        /// Absent where nothing was written yet.
        public var newest: Fact<Day>
        /// Why the last one went wrong; absent where it did not.
        public var error: Fact<String>
        public init(newest: Fact<Day> = .absent, error: Fact<String> = .absent) {
            self.newest = newest
            self.error = error
        }
    }
    public var endpoints: [String: EndpointState] = [:]
    /// The last run of each monitoring schedule; absent for one that never ran.
    public var monitorRuns: [String: Fact<Run>] = [:]
    /// The restores of each restore testing plan, newest first.
    public var restores: [String: Fact<[Run]>] = [:]
    /// Of each analyzer, `ACTIVE` or why it is none, and what it has found on this deployment.
    public var analyzerStatus: [String: Fact<String>] = [:]
    public var findings: [String: Fact<[OpenFinding]>] = [:]
    public var deliveries: [String: Delivery] = [:]
    /// Since when each alarm has been in its state.
    public var alarmStateSince: [String: Fact<Day>] = [:]
    /// Why it cannot be told which stack a resource belongs to.
    public var unknownStacks: [String: String] = [:]
    public init() {}
}
