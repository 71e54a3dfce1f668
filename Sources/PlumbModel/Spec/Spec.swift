// What a user writes: one endpoint, one environment, every value settled.
//
// The reader merges the environment's overlay, applies the defaults and keeps each value's place; nothing downstream
// needs to know what was written and what was supplied.

/// One endpoint in one environment, complete.
public struct Spec: Sendable, Hashable, Codable {
    public var name: String
    public var environment: Environment
    public var team: String
    public var owner: String?
    public var summary: String?
    public var region: String
    public var workload: Workload
    public var isCritical: Bool
    public var model: ModelSource
    public var example: ExampleRequest
    public var instances: Instances
    public var scaling: Scaling
    public var workingHours: WorkingHours?
    public var budget: BudgetPlan
    public var alarms: AlarmPlan
    public var rollout: RolloutPlan
    public var capture: CapturePlan
    public var drift: DriftPlan
    public var limits: RequestLimits
    public var retentionDays: Int
    public var peakRequestsPerSecond: Double?
    public var deploymentsPerMonth: Double
    public var cache: CacheDecision?
    public var optimization: OptimizationRecord?
    public var benchmark: BenchmarkRecord?
    public var provenance: Provenance?
    public var recovery: RecoveryPlan?
    public var rollbackDrill: RollbackDrill?
    public var personalData: PersonalDataTerms?
    public var regimes: Regimes?
    public var costReview: CostReview?
    public var waivers: [Waiver]
    public var attestations: [Attestation]
    /// Where each key stands in the file, by dotted path (`alarms.errorRate.thresholdPercent`); a key that was not
    /// written has no place.
    public var places: [String: Place]

    public init(
        name: String, environment: Environment, team: String, region: String, workload: Workload, model: ModelSource,
        example: ExampleRequest, instances: Instances, scaling: Scaling, budget: BudgetPlan, alarms: AlarmPlan,
        rollout: RolloutPlan, capture: CapturePlan, drift: DriftPlan, limits: RequestLimits, retentionDays: Int
    ) {
        self.name = name
        self.environment = environment
        self.team = team
        self.region = region
        self.workload = workload
        isCritical = false
        self.model = model
        self.example = example
        self.instances = instances
        self.scaling = scaling
        self.budget = budget
        self.alarms = alarms
        self.rollout = rollout
        self.capture = capture
        self.drift = drift
        self.limits = limits
        self.retentionDays = retentionDays
        deploymentsPerMonth = 4
        waivers = []
        attestations = []
        places = [:]
    }

    /// Where a key stands; for one that was not written, where its nearest written parent does.
    public func place(of path: String) -> Place? {
        var parts = path.split(separator: ".")
        while !parts.isEmpty {
            if let place = places[parts.joined(separator: ".")] { return place }
            parts.removeLast()
        }
        return places[""]
    }
}

/// What answers the requests: an ONNX file for the product's own server, or any program that obeys SageMaker's
/// container contract.
public struct ModelSource: Sendable, Hashable, Codable {
    /// Path of the ONNX file or model folder, relative to the spec; or an `s3://` address.
    public var path: String?
    /// A program and its arguments instead of the product's own server.
    public var command: [String]?
    public var environment: [String: String]
    /// The container image for SageMaker, by digest.
    public var image: String?
    public var name: String?
    /// SHA-256 of the artefact, in hex; the engine computes it, a template is given it.
    public var digest: String?
    public var isMultiModel: Bool
    public var size: ModelSize?
    /// Most requests one worker works on at a time.
    public var concurrencyMax: Int
    public var startupTimeoutSeconds: Int
    public var downloadTimeoutSeconds: Int
    public init(
        path: String? = nil, command: [String]? = nil, environment: [String: String] = [:], image: String? = nil,
        concurrencyMax: Int, startupTimeoutSeconds: Int, downloadTimeoutSeconds: Int
    ) {
        self.path = path
        self.command = command
        self.environment = environment
        self.image = image
        isMultiModel = false
        self.concurrencyMax = concurrencyMax
        self.startupTimeoutSeconds = startupTimeoutSeconds
        self.downloadTimeoutSeconds = downloadTimeoutSeconds
    }
}

/// A real request, used as golden input for health checks, benchmarks and documentation.
public struct ExampleRequest: Sendable, Hashable, Codable {
    public var contentType: String
    /// The body itself, or nil when it stands in `file`.
    public var body: String?
    /// A file beside the spec.
    public var file: String?
    public init(contentType: String, body: String? = nil, file: String? = nil) {
        self.contentType = contentType
        self.body = body
        self.file = file
    }
}

/// How many instances of what.
public struct Instances: Sendable, Hashable, Codable {
    public var type: String
    public var minimum: Int
    public var maximum: Int
    public var initial: Int
    /// Failure domains they are spread over: Availability Zones on AWS.
    public var zones: Int
    public init(type: String, minimum: Int, maximum: Int, initial: Int, zones: Int) {
        self.type = type
        self.minimum = minimum
        self.maximum = maximum
        self.initial = initial
        self.zones = zones
    }
}

/// When capacity is added and removed; percentages of the capacity in use.
public struct Scaling: Sendable, Hashable, Codable {
    public struct Action: Sendable, Hashable, Codable {
        public var name: String
        /// `cron(…)`, `rate(…)` or `at(…)`, as Application Auto Scaling spells them.
        public var expression: String
        public var timezone: String?
        public var minimum: Int?
        public var maximum: Int?
        public init(name: String, expression: String, timezone: String?, minimum: Int?, maximum: Int?) {
            self.name = name
            self.expression = expression
            self.timezone = timezone
            self.minimum = minimum
            self.maximum = maximum
        }
    }
    public var isEnabled: Bool
    public var targetPercent: Double
    public var scaleOutAbovePercent: Double
    public var scaleInBelowPercent: Double
    public var scaleInCooldownSeconds: Int
    public var scaleOutCooldownSeconds: Int
    public var scheduled: [Action]
    /// The embedded engine's: the length of one look at the load, and the cores one instance is allotted.
    public var periodSeconds = 10.0
    public var coresPerInstance = 1.0
    public init(
        isEnabled: Bool, targetPercent: Double, scaleOutAbovePercent: Double, scaleInBelowPercent: Double,
        scaleInCooldownSeconds: Int, scaleOutCooldownSeconds: Int, scheduled: [Action]
    ) {
        self.isEnabled = isEnabled
        self.targetPercent = targetPercent
        self.scaleOutAbovePercent = scaleOutAbovePercent
        self.scaleInBelowPercent = scaleInBelowPercent
        self.scaleInCooldownSeconds = scaleInCooldownSeconds
        self.scaleOutCooldownSeconds = scaleOutCooldownSeconds
        self.scheduled = scheduled
    }
}

/// The monthly limit and who hears of it.
public struct BudgetPlan: Sendable, Hashable, Codable {
    public var monthlyUSD: Double
    /// Percentages at which people are told.
    public var alertPercents: [Double]
    public var stopsAtLimit: Bool
    public init(monthlyUSD: Double, alertPercents: [Double], stopsAtLimit: Bool) {
        self.monthlyUSD = monthlyUSD
        self.alertPercents = alertPercents
        self.stopsAtLimit = stopsAtLimit
    }
}

/// The three alarm classes and who hears of them.
public struct AlarmPlan: Sendable, Hashable, Codable {
    /// One alarm's threshold and tuning. Units: percent for errors, milliseconds for latency, failures for health.
    public struct Rule: Sendable, Hashable, Codable {
        public var threshold: Double
        public var periodSeconds: Int
        public var evaluationPeriods: Int
        public var datapointsToAlarm: Int
        public var missingData: MissingDataTreatment
        public init(
            threshold: Double, periodSeconds: Int, evaluationPeriods: Int, datapointsToAlarm: Int,
            missingData: MissingDataTreatment
        ) {
            self.threshold = threshold
            self.periodSeconds = periodSeconds
            self.evaluationPeriods = evaluationPeriods
            self.datapointsToAlarm = datapointsToAlarm
            self.missingData = missingData
        }
    }
    public var errorRate: Rule
    public var latencyP99: Rule
    public var health: Rule
    /// A period with fewer requests than this says nothing about the error rate (T-19).
    public var requestsMinimum: Int
    public var probeIntervalSeconds: Double
    public var probeTimeoutSeconds: Double
    public var probeFailuresMax: Int
    /// E-mail addresses or https addresses that are told.
    public var notify: [String]
    public init(
        errorRate: Rule, latencyP99: Rule, health: Rule, requestsMinimum: Int, probeIntervalSeconds: Double,
        probeTimeoutSeconds: Double, probeFailuresMax: Int, notify: [String]
    ) {
        self.errorRate = errorRate
        self.latencyP99 = latencyP99
        self.health = health
        self.requestsMinimum = requestsMinimum
        self.probeIntervalSeconds = probeIntervalSeconds
        self.probeTimeoutSeconds = probeTimeoutSeconds
        self.probeFailuresMax = probeFailuresMax
        self.notify = notify
    }
}

/// How a new revision gets the traffic.
public struct RolloutPlan: Sendable, Hashable, Codable {
    public var strategy: TrafficRouting
    /// The canary's share, 1 ... 50.
    public var canaryPercent: Int
    /// A linear step, 10 ... 50.
    public var stepPercent: Int
    public var waitSeconds: Int
    public var terminationWaitSeconds: Int
    public var timeoutSeconds: Int
    /// Requests the new revision must have answered before a bake can pass.
    public var requestsMinimum: Int
    public var keptRevisions: Int
    public var warmRollbackMinutes: Int
    /// Whether an ALARM after the rollout brings the previous revision back.
    public var rollsBackLate: Bool
    /// Server errors in a row of the new revision that end the rollout at once; 0 for none.
    public var consecutiveErrorsMax = 5
    public var comparison = RolloutComparison()
    public var shadow: ShadowPlan?
    public var experiment: ExperimentPlan?
    public init(
        strategy: TrafficRouting, canaryPercent: Int, stepPercent: Int, waitSeconds: Int, terminationWaitSeconds: Int,
        timeoutSeconds: Int, requestsMinimum: Int, keptRevisions: Int, warmRollbackMinutes: Int, rollsBackLate: Bool
    ) {
        self.strategy = strategy
        self.canaryPercent = canaryPercent
        self.stepPercent = stepPercent
        self.waitSeconds = waitSeconds
        self.terminationWaitSeconds = terminationWaitSeconds
        self.timeoutSeconds = timeoutSeconds
        self.requestsMinimum = requestsMinimum
        self.keptRevisions = keptRevisions
        self.warmRollbackMinutes = warmRollbackMinutes
        self.rollsBackLate = rollsBackLate
    }
}

/// What is recorded of the traffic.
public struct CapturePlan: Sendable, Hashable, Codable {
    public var isEnabled: Bool
    public var samplingPercent: Int
    public var ttlDays: Int
    public init(isEnabled: Bool, samplingPercent: Int, ttlDays: Int) {
        self.isEnabled = isEnabled
        self.samplingPercent = samplingPercent
        self.ttlDays = ttlDays
    }
}

/// What traffic is compared with.
public struct DriftPlan: Sendable, Hashable, Codable {
    public var isEnabled: Bool
    /// Folder of `statistics.json` and `constraints.json`, relative to the spec.
    public var baseline: String?
    public var qualityMetric: String?
    public var qualityThreshold: Double?
    public init(
        isEnabled: Bool, baseline: String? = nil, qualityMetric: String? = nil, qualityThreshold: Double? = nil
    ) {
        self.isEnabled = isEnabled
        self.baseline = baseline
        self.qualityMetric = qualityMetric
        self.qualityThreshold = qualityThreshold
    }
}

/// What one request, and all of them together, may ask for.
public struct RequestLimits: Sendable, Hashable, Codable {
    public var bodyBytesMax: Int
    public var timeoutSeconds: Double
    /// Requests that may wait for a worker; the next one is answered 503.
    public var queueMax: Int
    /// Requests a second for each token; the next one is answered 429. Nil for no limit.
    public var requestsPerSecondMax: Double?
    public init(bodyBytesMax: Int, timeoutSeconds: Double, queueMax: Int, requestsPerSecondMax: Double?) {
        self.bodyBytesMax = bodyBytesMax
        self.timeoutSeconds = timeoutSeconds
        self.queueMax = queueMax
        self.requestsPerSecondMax = requestsPerSecondMax
    }
}
