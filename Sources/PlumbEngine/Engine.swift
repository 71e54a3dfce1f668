// What an engine can do: keep fleets of instances, steer traffic between them, and tell what it sees.

public import PlumbModel
public import PlumbSignals

/// One deployed version of an endpoint: a spec and the artefact it names, never changed once made.
public struct Revision: Sendable, Hashable, Codable {
    /// Counts from 1 for each endpoint.
    public var number: Int
    public var spec: Spec
    /// SHA-256 of the model artefact in hex; of the command line where there is no artefact.
    public var modelDigest: String
    /// Seconds since 1970-01-01 UTC.
    public var createdAt: Double
    public var author: String
    /// The folder that relative paths of the spec start from.
    public var folder: String
    /// SHA-256 of the example request's file, which is kept with the revision: the spec's own may change.
    public var exampleDigest: String?
    /// What its traffic is compared with; nil when the spec names no baseline.
    public var baseline: Baseline?

    /// SHA-256 of the baseline's files, which are kept with the revision.
    public struct Baseline: Sendable, Hashable, Codable {
        public var statisticsDigest: String
        public var constraintsDigest: String?
        /// Of `plumbline_reference.json`, which knows seasons; Model Monitor's own files do not.
        public var referenceDigest: String?
        public init(statisticsDigest: String, constraintsDigest: String?, referenceDigest: String?) {
            self.statisticsDigest = statisticsDigest
            self.constraintsDigest = constraintsDigest
            self.referenceDigest = referenceDigest
        }
    }
    /// Whether its captured traffic is compared with a baseline.
    public var isWatchedForDrift: Bool {
        baseline != nil && spec.drift.isEnabled && spec.capture.isEnabled && spec.capture.samplingPercent > 0
    }
    /// Whether its answers are compared with labels.
    public var isWatchedForQuality: Bool {
        spec.drift.isEnabled && spec.drift.qualityMetric != nil && spec.drift.qualityThreshold != nil
            && spec.capture.isEnabled && spec.capture.samplingPercent > 0
    }

    public init(
        number: Int, spec: Spec, modelDigest: String, createdAt: Double, author: String, folder: String
    ) {
        self.number = number
        self.spec = spec
        self.modelDigest = modelDigest
        self.createdAt = createdAt
        self.author = author
        self.folder = folder
    }

    public var endpoint: String { spec.name }
    /// A path of the spec as an absolute one.
    public func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }
    /// The name its metrics carry, as an endpoint configuration's does on SageMaker: `digits-r3`.
    public var configName: String { "\(spec.name)-r\(number)" }
    /// The only variant of an endpoint of the embedded engine.
    public static let variantName = "primary"
}

/// What an engine sees of one revision's instances.
public struct FleetObservation: Sendable, Hashable, Codable {
    public var revision: Int
    /// Instances that should run.
    public var desired: Int
    /// Instances that passed their last health check and may take traffic.
    public var ready: Int
    /// Failure domains that have a ready instance.
    public var readyZones: Int
    /// Share of the endpoint's traffic, 0 ... 100.
    public var weight: Int
    public var inFlight: Int
    /// Ends that nobody asked for, of instances that had been ready, since the fleet was made.
    public var restarts: Int
    /// Why instances cannot start, when several have failed in a row.
    public var failure: String?

    public init(
        revision: Int, desired: Int, ready: Int, readyZones: Int, weight: Int, inFlight: Int = 0, restarts: Int = 0,
        failure: String? = nil
    ) {
        self.revision = revision
        self.desired = desired
        self.ready = ready
        self.readyZones = readyZones
        self.weight = weight
        self.inFlight = inFlight
        self.restarts = restarts
        self.failure = failure
    }
}

/// A place where endpoints run.
///
/// Each call is idempotent: asked twice for the same, an engine does it once. Calls return when the thing is begun,
/// not when it is done; `observe` tells how far it has come, so that whoever decides need not wait to see.
public protocol Engine: Sendable {
    /// Makes `count` instances of a revision run, taking no traffic until `shift` gives it some. Zero drains and stops
    /// them. Throws `invalidInput` for a revision that can never start (its artefact is gone).
    func apply(_ revision: Revision, count: Int) async throws
    /// Routes an endpoint's traffic by weight; the weights sum to 100 and name revisions that were applied. The switch
    /// is atomic: every request goes by the old weights or by the new ones. An empty map takes the endpoint off.
    func shift(_ endpoint: String, to weights: [Int: Int]) async throws
    /// Every fleet of an endpoint, by revision number ascending.
    func observe(_ endpoint: String) async throws -> [FleetObservation]
    /// The metrics of an endpoint, as the alarms of `RevisionAlarms` ask for them.
    func metrics(_ endpoint: String) async throws -> any MetricSource & Sendable
    /// Requests the revision has answered since it was applied, and when it first answered wrongly or too late
    /// (seconds since 1970-01-01 UTC).
    func traffic(_ endpoint: String, revision: Int) async throws -> TrafficObservation
    /// Sends a share of the endpoint's requests to a revision as well, which may have no traffic; its answers are
    /// compared with those the clients get and thrown away. Zero ends it, and so does `shift`.
    func mirror(_ revision: Revision, percent: Int) async throws
    /// What the mirrored requests have shown; nil while none are mirrored.
    func shadow(_ endpoint: String) async throws -> ShadowObservation?
    /// What each ready instance of a revision has used of its cores so far; nil when the engine cannot tell.
    func load(_ endpoint: String, revision: Int) async throws -> [InstanceLoad]?
    /// Requests the endpoint has answered since the engine began to count, kept answers included; may fall when a
    /// revision goes.
    func requests(_ endpoint: String) async throws -> Int
    /// Throws when something that a start of the revision needs is gone.
    func verify(_ revision: Revision) async throws
    /// Takes the endpoint off by plan: its callers are told why, until `shift` gives it traffic again.
    func standDown(_ revision: Revision, _ absence: Absence) async throws
}

/// Why an endpoint does not answer although nothing is the matter with it.
public struct Absence: Sendable, Hashable, Codable {
    /// A sentence for its callers.
    public var reason: String
    /// When it comes back by itself, in seconds since 1970-01-01 UTC; nil when nobody has said so.
    public var until: Double?
    public init(reason: String, until: Double?) {
        self.reason = reason
        self.until = until
    }
}

extension Engine {
    public func mirror(_ revision: Revision, percent: Int) async throws {
        guard percent > 0 else { return }
        throw PlumbError(
            .invalidInput, "this engine cannot mirror requests", hint: "leave out rollout.shadow",
            at: revision.spec.place(of: "rollout.shadow"))
    }
    public func shadow(_ endpoint: String) async throws -> ShadowObservation? { nil }
    public func load(_ endpoint: String, revision: Int) async throws -> [InstanceLoad]? { nil }
    public func requests(_ endpoint: String) async throws -> Int {
        var sum = 0
        for fleet in try await observe(endpoint) {
            sum += try await traffic(endpoint, revision: fleet.revision).requests
        }
        return sum
    }
    public func verify(_ revision: Revision) async throws {}
    public func standDown(_ revision: Revision, _ absence: Absence) async throws {
        try await shift(revision.endpoint, to: [:])
    }
}

/// What a revision has answered so far.
public struct TrafficObservation: Sendable, Hashable, Codable {
    public var requests: Int
    public var firstFaultAt: Double?
    /// Server errors in a row, up to now.
    public var errorsInARow: Int
    public init(requests: Int, firstFaultAt: Double?, errorsInARow: Int = 0) {
        self.requests = requests
        self.errorsInARow = errorsInARow
        self.firstFaultAt = firstFaultAt
    }
}
