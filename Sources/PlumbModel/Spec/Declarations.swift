// What people say of a deployment: its class, its promises, and the records that back them. A spec carries them whole;
// templates and accounts carry some of them as tags.

/// What bounds the model's speed, and so which instance family fits.
public enum Workload: String, Sendable, Codable, Hashable, CaseIterable {
    case cpu, gpu, memory
}

/// How large the model is, for the memory computation of PERF-1.3.
public struct ModelSize: Sendable, Hashable, Codable {
    public var parametersMillions: Double?
    /// Bytes a parameter: 4 for fp32, 2 for fp16 and bf16, 1 for int8.
    public var bytesPerParameter: Double?
    /// Activations and key-value cache at the declared batch, in GiB.
    public var activationsGiB: Double?
    /// What the process itself needs, in GiB.
    public var runtimeGiB: Double?
    public var batch: Int?
    public init() {}
}

/// Why the model's answers may, or may not, be cached.
public struct CacheDecision: Sendable, Hashable, Codable {
    public var isDeterministic: Bool
    /// Share of requests that repeat an earlier one, 0 ... 1.
    public var repeatRate: Double?
    public var ttlSeconds: Int?
    /// Why there is no cache.
    public var reason: String?
    public init(isDeterministic: Bool, repeatRate: Double? = nil, ttlSeconds: Int? = nil, reason: String? = nil) {
        self.isDeterministic = isDeterministic
        self.repeatRate = repeatRate
        self.ttlSeconds = ttlSeconds
        self.reason = reason
    }
}

/// Proof that this very artefact was optimised: measured before and after on the same machine and data.
public struct OptimizationRecord: Sendable, Hashable, Codable {
    /// `quantization`, `pruning`, `tensorrt`, `compilation`, `distillation`.
    public var technique: String
    public var tool: String?
    public var baselineDigest: String?
    public var optimizedDigest: String?
    public var baselineP50Milliseconds: Double?
    public var optimizedP50Milliseconds: Double?
    public var baselineP99Milliseconds: Double?
    public var optimizedP99Milliseconds: Double?
    /// Lower bound of the 95 % interval of the relative p50 reduction, 0 ... 1.
    public var reductionLowerBound: Double?
    public var accuracyMetric: String?
    public var baselineAccuracy: Double?
    public var optimizedAccuracy: Double?
    public var heldOutRows: Int?
    public var heldOutDigest: String?
    public var day: Day?
    public init(technique: String) { self.technique = technique }
}

/// A load test of this very artefact on the production instance type.
public struct BenchmarkRecord: Sendable, Hashable, Codable {
    public var modelDigest: String?
    public var instanceType: String?
    public var p50Milliseconds: Double?
    public var p99Milliseconds: Double?
    public var errorRatePercent: Double?
    public var requests: Int?
    public var durationSeconds: Double?
    public var requestsPerSecond: Double?
    public var isOpenLoop: Bool?
    /// 95th percentiles in percent of capacity.
    public var cpuP95Percent: Double?
    public var gpuP95Percent: Double?
    public var memoryP95Percent: Double?
    public var signer: String?
    public var day: Day?
    public init() {}
}

/// Who made, reviewed and tested this change.
public struct Provenance: Sendable, Hashable, Codable {
    public var commit: String?
    public var pullRequest: String?
    public var author: String?
    public var approver: String?
    public var isTreeClean: Bool?
    public var staging: StagingRecord?
    public var trainingDataDigest: String?
    public init() {}
}

/// Proof that the same artefact ran in staging.
public struct StagingRecord: Sendable, Hashable, Codable {
    public var imageDigest: String?
    public var modelDigest: String?
    public var soakMinutes: Double?
    public var loadTested: Bool?
    public var checksPassed: Bool?
    public var day: Day?
    public init() {}
}

/// The disaster-recovery plan and its last drill.
public struct RecoveryPlan: Sendable, Hashable, Codable {
    public var runbook: String?
    public var owner: String?
    public var region: String?
    public var rtoMinutes: Double?
    public var rpoMinutes: Double?
    public var steps: [String] = []
    public var reviewed: Day?
    /// Whether people decide the failover (15 minutes are then reckoned) or the engine does.
    public var isDecisionAutomatic: Bool?
    /// `pilotLight` or `warm`.
    public var strategy: String?
    public var drill: RecoveryDrill?
    public init() {}
}

/// A drill that restored and answered, with what was measured.
public struct RecoveryDrill: Sendable, Hashable, Codable {
    public var day: Day
    public var rtoMinutes: Double
    public var rpoMinutes: Double
    public var succeeded: Bool
    public init(day: Day, rtoMinutes: Double, rpoMinutes: Double, succeeded: Bool) {
        self.day = day
        self.rtoMinutes = rtoMinutes
        self.rpoMinutes = rpoMinutes
        self.succeeded = succeeded
    }
}

/// A rollback that was practised, with the seconds it took.
public struct RollbackDrill: Sendable, Hashable, Codable {
    public var day: Day
    public var seconds: Double
    public init(day: Day, seconds: Double) {
        self.day = day
        self.seconds = seconds
    }
}

/// How personal data is kept within bounds (GDPR).
public struct PersonalDataTerms: Sendable, Hashable, Codable {
    public var isProcessed: Bool
    public var legalBasis: String?
    /// Regions the data may be in.
    public var residency: [String]?
    public var captureTTLDays: Int?
    public var subjectKey: String?
    public var erasureDrill: Day?
    public init(isProcessed: Bool) { self.isProcessed = isProcessed }
}

/// Which regimes apply, and the papers that go with them.
public struct Regimes: Sendable, Hashable, Codable {
    /// `soc2`, `hipaa`, `gdpr`.
    public var names: [String]
    public var processesHealthData: Bool
    /// Path, digest or reference of the signed business associate agreement.
    public var businessAssociateAgreement: String?
    public init(names: [String], processesHealthData: Bool = false, businessAssociateAgreement: String? = nil) {
        self.names = names
        self.processesHealthData = processesHealthData
        self.businessAssociateAgreement = businessAssociateAgreement
    }
}

/// The newest monthly cost review.
public struct CostReview: Sendable, Hashable, Codable {
    public var day: Day
    public var owner: String?
    public var actualUSD: Double?
    public var expectedUSD: Double?
    public var decisions: [String]
    public init(day: Day, owner: String?, actualUSD: Double?, expectedUSD: Double?, decisions: [String]) {
        self.day = day
        self.owner = owner
        self.actualUSD = actualUSD
        self.expectedUSD = expectedUSD
        self.decisions = decisions
    }
}

/// An accepted breach: who accepts it, why, and until when.
public struct Waiver: Sendable, Hashable, Codable {
    public var control: String
    public var owner: String
    public var reason: String
    public var expires: Day
    /// The resource it is limited to; nil for all of the control's.
    public var resource: String?
    public var place: Place?
    public init(
        control: String, owner: String, reason: String, expires: Day, resource: String? = nil, place: Place? = nil
    ) {
        self.control = control
        self.owner = owner
        self.reason = reason
        self.expires = expires
        self.resource = resource
        self.place = place
    }
}

/// A person's signed word in place of proof, for the controls that allow it.
public struct Attestation: Sendable, Hashable, Codable {
    public var control: String
    public var path: String
    public var sha256: String
    public var day: Day
    public var signer: String
    public init(control: String, path: String, sha256: String, day: Day, signer: String) {
        self.control = control
        self.path = path
        self.sha256 = sha256
        self.day = day
        self.signer = signer
    }
}

/// Working hours in which an endpoint of dev or staging runs.
public struct WorkingHours: Sendable, Hashable, Codable {
    /// An IANA name, such as `Europe/Berlin`.
    public var timezone: String
    /// `mon` ... `sun`.
    public var days: [String]
    /// `HH:MM`, local time.
    public var start: String
    public var stop: String
    public init(timezone: String, days: [String], start: String, stop: String) {
        self.timezone = timezone
        self.days = days
        self.start = start
        self.stop = stop
    }

    /// Hours a week in which it runs.
    public var hoursPerWeek: Double {
        func minutes(_ text: String) -> Double {
            let parts = text.split(separator: ":").compactMap { Double($0) }
            return parts.count == 2 ? parts[0] * 60 + parts[1] : 0
        }
        return max(0, minutes(stop) - minutes(start)) / 60 * Double(Set(days).count)
    }
}

/// What was declared about one endpoint. Absent means nothing was said where it could have been; unknown means that
/// this input has no place to say it.
public struct Declaration: Sendable, Hashable, Codable {
    public var endpointName: String
    public var place: Place?
    public var team: Fact<String> = .absent
    public var owner: Fact<String> = .absent
    public var workload: Fact<Workload> = .absent
    public var isCritical: Fact<Bool> = .absent
    public var modelSize: Fact<ModelSize> = .absent
    public var modelDigest: Fact<String> = .absent
    /// What the endpoint must bear, in requests a second.
    public var peakRequestsPerSecond: Fact<Double> = .absent
    public var workingHours: Fact<WorkingHours> = .absent
    public var monthlyBudgetUSD: Fact<Double> = .absent
    public var stopsAtBudget: Fact<Bool> = .absent
    public var cache: Fact<CacheDecision> = .absent
    public var optimization: Fact<OptimizationRecord> = .absent
    public var benchmark: Fact<BenchmarkRecord> = .absent
    public var provenance: Fact<Provenance> = .absent
    public var recovery: Fact<RecoveryPlan> = .absent
    public var rollbackDrill: Fact<RollbackDrill> = .absent
    public var personalData: Fact<PersonalDataTerms> = .absent
    public var regimes: Fact<Regimes> = .absent
    public var costReview: Fact<CostReview> = .absent
    /// How many earlier revisions are kept, and how long one stays warm.
    public var keptRevisions: Fact<Int> = .absent
    public var warmRollbackMinutes: Fact<Int> = .absent
    public var deploymentsPerMonth: Fact<Double> = .absent
    public var waivers: [Waiver] = []
    public var attestations: [Attestation] = []

    public init(endpointName: String, at place: Place? = nil) {
        self.endpointName = endpointName
        self.place = place
    }
}
