// What people can ask an engine for: the requests and answers that the command line and the console share.

public import PlumbModel

/// The state of one endpoint as people see it.
public struct EndpointStatus: Sendable, Hashable, Codable {
    public struct AlarmStatus: Sendable, Hashable, Codable {
        public var name: String
        public var state: AlarmState
        public var reason: String
        public init(name: String, state: AlarmState, reason: String) {
            self.name = name
            self.state = state
            self.reason = reason
        }
    }
    /// Numbers of one revision over the last minute.
    public struct Traffic: Sendable, Hashable, Codable {
        public var revision: Int
        public var requestsPerSecond: Double
        public var errorPercent: Double?
        public var p50Milliseconds: Double?
        public var p99Milliseconds: Double?
        public init(
            revision: Int, requestsPerSecond: Double, errorPercent: Double?, p50Milliseconds: Double?,
            p99Milliseconds: Double?
        ) {
            self.revision = revision
            self.requestsPerSecond = requestsPerSecond
            self.errorPercent = errorPercent
            self.p50Milliseconds = p50Milliseconds
            self.p99Milliseconds = p99Milliseconds
        }
    }
    public var record: EndpointRecord
    /// SageMaker's word for the state: `Creating`, `InService`, `Updating`, `RollingBack`, `Failed`, and while it is
    /// parked `OutOfService`.
    public var state: String
    /// The rollout under way, or the last one, in words.
    public var rolloutText: String?
    public var fleets: [FleetObservation]
    public var alarms: [AlarmStatus]
    public var traffic: [Traffic]
    /// The workers one by one; nil where the engine does not run them itself, or is older than this.
    public var workers: [WorkerStatus]?
    /// What it has cost this month, as of the last minute; nil until that is known.
    public var spend: EndpointStatement?
    /// Requests since the engine's start that a kept answer was there for, and others; nil where none was looked for.
    public struct CacheUse: Sendable, Hashable, Codable {
        public var hits: Int
        public var misses: Int
        public init(hits: Int, misses: Int) {
            self.hits = hits
            self.misses = misses
        }
    }
    public var cache: CacheUse?

    public init(
        record: EndpointRecord, state: String, rolloutText: String?, fleets: [FleetObservation],
        alarms: [AlarmStatus], traffic: [Traffic], workers: [WorkerStatus]? = nil, spend: EndpointStatement? = nil
    ) {
        self.workers = workers
        self.spend = spend
        self.record = record
        self.state = state
        self.rolloutText = rolloutText
        self.fleets = fleets
        self.alarms = alarms
        self.traffic = traffic
    }
}

/// The state of the whole engine.
public struct EngineStatus: Sendable, Hashable, Codable {
    public var version: String
    public var processID: Int
    public var startedAt: Double
    /// `https://127.0.0.1:8443`.
    public var gateway: String
    /// The certificate that clients must trust.
    public var certificateAuthorityPath: String
    public var tokenPath: String
    public var endpoints: [EndpointStatus]
    /// What workers are kept from, and what not, in words.
    public var isolation: String?
    /// The GPUs whose use is known, in words; and where there are none, why.
    public var gpus: String?
    /// What whoever runs the engine should know of and mend.
    public var notices: [String]?

    public init(
        version: String, processID: Int, startedAt: Double, gateway: String, certificateAuthorityPath: String,
        tokenPath: String, endpoints: [EndpointStatus], isolation: String? = nil, gpus: String? = nil,
        notices: [String]? = nil
    ) {
        self.isolation = isolation
        self.gpus = gpus
        self.notices = notices
        self.version = version
        self.processID = processID
        self.startedAt = startedAt
        self.gateway = gateway
        self.certificateAuthorityPath = certificateAuthorityPath
        self.tokenPath = tokenPath
        self.endpoints = endpoints
    }
}

/// A request to make a spec live.
public struct DeploymentRequest: Sendable, Hashable, Codable {
    public var spec: Spec
    /// The folder that relative paths in the spec start from.
    public var folder: String
    public init(spec: Spec, folder: String) {
        self.spec = spec
        self.folder = folder
    }
}

/// What was begun.
public struct DeploymentReceipt: Sendable, Hashable, Codable {
    public var endpoint: String
    public var revision: Int
    public var replaces: Int?
    public var arithmetic: RolloutArithmetic
    public init(endpoint: String, revision: Int, replaces: Int?, arithmetic: RolloutArithmetic) {
        self.endpoint = endpoint
        self.revision = revision
        self.replaces = replaces
        self.arithmetic = arithmetic
    }
}

/// Everything a person can ask an engine for. Every change is in the audit record before it is acknowledged, and so is
/// every refusal.
public protocol ControlPlane: Sendable {
    func status() async throws -> EngineStatus
    /// The state of one endpoint; nil where there is none of that name.
    func status(of endpoint: String) async throws -> EndpointStatus?
    /// Begins a rollout. Throws `conflict` while another one is under way, `invalidInput` for a plan whose alarms
    /// cannot fire inside its bake or an artefact that is not there.
    func deploy(_ request: DeploymentRequest, by actor: String) async throws -> DeploymentReceipt
    /// Stops the rollout under way, or returns to `revision` (the previous one by default).
    func rollback(_ endpoint: String, to revision: Int?, reason: String, by actor: String) async throws
        -> DeploymentReceipt
    /// Pauses, resumes or promotes the rollout under way. Throws `conflict` when there is none that could be.
    func steer(_ endpoint: String, _ command: RolloutCommand, reason: String, by actor: String) async throws
        -> DeploymentReceipt
    /// Sets the number of instances. Throws `refused` outside the bounds, `conflict` while a rollout moves.
    func scale(_ endpoint: String, to count: Int, reason: String, by actor: String) async throws -> ScalingActivity
    /// Parks an endpoint, starts it, or lets it spend past its budget; answers until when that holds, nil where it has
    /// no end. Throws `refused` in production and beyond the caps, `conflict` while a rollout moves.
    func spend(_ endpoint: String, _ order: SpendingOrder, until: Double?, reason: String, by actor: String)
        async throws -> Double?
    /// What was spent in a month (the present one by default), by one endpoint or all, with the budgets.
    func spending(of endpoint: String?, in month: Month?) async throws -> SpendStatement
    /// Takes an endpoint out of service and forgets it; its audit entries stay.
    func remove(_ endpoint: String, by actor: String) async throws
    /// What runs, as policies judge it.
    func graph(of endpoint: String?) async throws -> Graph
    /// The newest audit entries, oldest first.
    func auditEntries(limit: Int) async throws -> [AuditEntry]
    /// Appends what was decided outside the engine; the time and the actor are the engine's to say. Throws
    /// `invalidInput` for an action that is the engine's own.
    func note(_ entry: AuditEntry, by actor: String) async throws
    /// What is recorded of an endpoint's traffic, and what its detectors have found; of every endpoint when nil.
    func monitoring(of endpoint: String?) async throws -> [EndpointMonitoring]
    /// The captured lines of an endpoint in one file, and the name of the next; nil begins with the oldest. Throws
    /// `notFound` when there is none.
    func captures(of endpoint: String, after file: String?, by actor: String) async throws -> CapturedLines
    /// The past of an endpoint up to the last whole step.
    func history(of endpoint: String, over span: HistorySpan) async throws -> EndpointHistory
    /// The last requests of an endpoint, as far as the engine keeps them.
    func requests(of endpoint: String, _ search: RequestSearch) async throws -> RequestLines
    /// Erases every captured record of a subject and answers how many there were.
    func eraseCaptures(of subject: String, by actor: String) async throws -> Int
    /// Drains and ends the engine.
    func shutDown(by actor: String) async throws
}

extension ControlPlane {
    /// Found among all; who can look at one alone does that.
    public func status(of endpoint: String) async throws -> EndpointStatus? {
        try await status().endpoints.first { $0.record.name == endpoint }
    }
}
