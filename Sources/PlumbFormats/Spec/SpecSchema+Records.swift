// What people say of the endpoint, and the records that back it.

import PlumbModel

extension SpecSchema {
    static let recordKeys: [SpecKey<Spec>] = [
        SpecKey(optional: "cache", \.cache, cache, "Whether answers may be cached, decided (PERF-3.1)."),
        SpecKey(
            optional: "optimization", \.optimization, optimization, "Proof that this artefact was optimised (PERF-2)."),
        SpecKey(
            optional: "benchmark", \.benchmark, benchmark,
            "A load test of this artefact on the production type (PERF-2.4)."),
        SpecKey(
            optional: "provenance", \.provenance, provenance,
            "Who made, reviewed and tested this change (OPS-3.4, OPS-3.5)."),
        SpecKey(optional: "recovery", \.recovery, recovery, "The disaster-recovery plan and its last drill (REL-3)."),
        SpecKey(
            optional: "rollbackDrill", \.rollbackDrill, rollbackDrill,
            "The last rollback that was practised (OPS-2.10)."),
        SpecKey(
            optional: "personalData", \.personalData, personalData, "How personal data is kept within bounds (SEC-3.8)."
        ),
        SpecKey(optional: "regimes", \.regimes, regimes, "Which regimes apply, and their papers (SEC-3.9)."),
        SpecKey(optional: "costReview", \.costReview, costReview, "The newest monthly cost review (COST-1.1)."),
        SpecKey("waivers", \.waivers, .list(of: waiver, countMax: 200), "Breaches that somebody accepts, for a time."),
        SpecKey(
            "attestations", \.attestations, .list(of: attestation, countMax: 200),
            "A person's word in place of proof, where a control allows it."),
    ]

    private static let cache = SpecType<CacheDecision>.record(
        { CacheDecision(isDeterministic: false) },
        [
            SpecKey(
                "deterministic", \.isDeterministic, .flag, "Whether one request always has the same answer.",
                required: true, example: "true"),
            SpecKey(
                optional: "repeatRate", \.repeatRate, .number(0...1), "Share of requests that repeat an earlier one."),
            SpecKey(
                optional: "ttl", \.ttlSeconds, .wholeDuration(0...31_536_000),
                "How long an answer may be given again (PERF-3.4).", example: "5m"),
            SpecKey(optional: "reason", \.reason, .text, "Why there is no cache."),
        ])

    private static let optimization = SpecType<OptimizationRecord>.record(
        { OptimizationRecord(technique: "") },
        [
            SpecKey(
                "technique", \.technique,
                .choice(["quantization", "pruning", "tensorrt", "compilation", "distillation"].map { ($0, $0) }),
                "What was done.", required: true, example: "quantization"),
            SpecKey(optional: "tool", \.tool, .text, "With what.", example: "onnxruntime 1.23"),
            SpecKey(optional: "baselineDigest", \.baselineDigest, .sha256, "SHA-256 of the artefact before."),
            SpecKey(optional: "optimizedDigest", \.optimizedDigest, .sha256, "SHA-256 of the artefact after."),
            SpecKey(
                optional: "baselineP50Milliseconds", \.baselineP50Milliseconds, milliseconds,
                "Median before, in milliseconds."),
            SpecKey(
                optional: "optimizedP50Milliseconds", \.optimizedP50Milliseconds, milliseconds,
                "Median after, likewise."),
            SpecKey(
                optional: "baselineP99Milliseconds", \.baselineP99Milliseconds, milliseconds, "P99 before."),
            SpecKey(
                optional: "optimizedP99Milliseconds", \.optimizedP99Milliseconds, milliseconds, "P99 after."
            ),
            SpecKey(
                optional: "reductionLowerBound", \.reductionLowerBound, .number(-1000...1),
                "Lower bound of the 95 % interval of the relative reduction of p50 (PERF-2.2)."),
            SpecKey(
                optional: "accuracyMetric", \.accuracyMetric, .text, "The measure of quality.", example: "accuracy"),
            SpecKey(optional: "baselineAccuracy", \.baselineAccuracy, .number(-1e12...1e12), "Quality before."),
            SpecKey(optional: "optimizedAccuracy", \.optimizedAccuracy, .number(-1e12...1e12), "Quality after."),
            SpecKey(optional: "heldOutRows", \.heldOutRows, count, "Rows of the held-out data."),
            SpecKey(optional: "heldOutDigest", \.heldOutDigest, .sha256, "SHA-256 of the held-out data."),
            SpecKey(optional: "day", \.day, .day, "When it was measured."),
        ])

    private static let milliseconds = SpecType<Double>.number(0...3_600_000)
    private static let percent = SpecType<Double>.number(0...100)
    private static let count = SpecType<Int>.integer(0...1_000_000_000_000)

    private static let benchmark = SpecType<BenchmarkRecord>.record(
        { BenchmarkRecord() },
        [
            SpecKey(optional: "modelDigest", \.modelDigest, .sha256, "SHA-256 of the artefact that was measured."),
            SpecKey(
                optional: "instanceType", \.instanceType, SpecForms.instanceType, "On what.", example: "ml.m5.xlarge"),
            SpecKey(optional: "p50Milliseconds", \.p50Milliseconds, milliseconds, "Median latency."),
            SpecKey(optional: "p99Milliseconds", \.p99Milliseconds, milliseconds, "P99 latency."),
            SpecKey(optional: "errorRatePercent", \.errorRatePercent, percent, "Percent of requests that failed."),
            SpecKey(optional: "requests", \.requests, count, "How many were sent."),
            SpecKey(optional: "durationSeconds", \.durationSeconds, .duration(0...31_536_000), "For how long."),
            SpecKey(optional: "requestsPerSecond", \.requestsPerSecond, .number(0...1_000_000_000), "At what rate."),
            SpecKey(
                optional: "openLoop", \.isOpenLoop, .flag, "Whether requests were sent on schedule, answered or not."),
            SpecKey(
                optional: "cpuP95Percent", \.cpuP95Percent, percent, "CPU in use, 95th percentile, percent of capacity."
            ),
            SpecKey(optional: "gpuP95Percent", \.gpuP95Percent, percent, "GPU in use, likewise."),
            SpecKey(optional: "memoryP95Percent", \.memoryP95Percent, percent, "Memory in use, likewise."),
            SpecKey(optional: "signer", \.signer, .text, "Who vouches for it."),
            SpecKey(optional: "day", \.day, .day, "When it was measured."),
        ])

    private static let provenance = SpecType<Provenance>.record(
        { Provenance() },
        [
            SpecKey(optional: "commit", \.commit, SpecForms.commit, "The commit that this is made from."),
            SpecKey(optional: "pullRequest", \.pullRequest, .text, "The review."),
            SpecKey(optional: "author", \.author, .text, "Who wrote it."),
            SpecKey(optional: "approver", \.approver, .text, "Who approved it; another person."),
            SpecKey(
                optional: "treeClean", \.isTreeClean, .flag, "Whether the working tree had no uncommitted changes."),
            SpecKey(optional: "trainingDataDigest", \.trainingDataDigest, .sha256, "SHA-256 of the training data."),
            SpecKey(optional: "staging", \.staging, staging, "Proof that the same artefact ran in staging."),
        ])

    private static let staging = SpecType<StagingRecord>.record(
        { StagingRecord() },
        [
            SpecKey(optional: "imageDigest", \.imageDigest, .sha256, "SHA-256 of the image that ran."),
            SpecKey(optional: "modelDigest", \.modelDigest, .sha256, "SHA-256 of the artefact that ran."),
            SpecKey(optional: "soakMinutes", \.soakMinutes, .number(0...10_000_000), "For how long, in minutes."),
            SpecKey(optional: "loadTested", \.loadTested, .flag, "Whether it bore a load test."),
            SpecKey(optional: "checksPassed", \.checksPassed, .flag, "Whether its checks passed."),
            SpecKey(optional: "day", \.day, .day, "When."),
        ])

    private static let minutes = SpecType<Double>.number(0...10_000_000)

    private static let recovery = SpecType<RecoveryPlan>.record(
        { RecoveryPlan() },
        [
            SpecKey(
                optional: "runbook", \.runbook, .text, "The file that says what to do.", example: "docs/recovery.md"),
            SpecKey(optional: "owner", \.owner, .text, "Who leads it."),
            SpecKey(optional: "region", \.region, SpecForms.region, "Where the endpoint is recovered."),
            SpecKey(optional: "rtoMinutes", \.rtoMinutes, minutes, "Longest outage, in minutes."),
            SpecKey(optional: "rpoMinutes", \.rpoMinutes, minutes, "Most data lost, in minutes."),
            SpecKey("steps", \.steps, .list(of: .text, countMax: 100), "What is done, in order."),
            SpecKey(optional: "reviewed", \.reviewed, .day, "When the plan was last reviewed."),
            SpecKey(
                optional: "decisionAutomatic", \.isDecisionAutomatic, .flag,
                "Whether no person decides the failover; 15 minutes are reckoned for one (A-4)."),
            SpecKey(
                optional: "strategy", \.strategy, .choice([("pilotLight", "pilotLight"), ("warm", "warm")]),
                "Whether the second region only keeps copies, or an endpoint (T-13)."),
            SpecKey(optional: "drill", \.drill, recoveryDrill, "The last drill, as measured."),
        ])

    private static let recoveryDrill = SpecType<RecoveryDrill>.record(
        { RecoveryDrill(day: Day(daysSinceEpoch: 0), rtoMinutes: 0, rpoMinutes: 0, succeeded: false) },
        [
            SpecKey("day", \.day, .day, "When.", required: true, example: "2026-11-24"),
            SpecKey(
                "rtoMinutes", \.rtoMinutes, minutes, "Minutes until it answered again.", required: true, example: "40"),
            SpecKey("rpoMinutes", \.rpoMinutes, minutes, "Minutes of data lost.", required: true, example: "5"),
            SpecKey(
                "succeeded", \.succeeded, .flag, "Whether it answered as it should.", required: true, example: "true"),
        ])

    private static let rollbackDrill = SpecType<RollbackDrill>.record(
        { RollbackDrill(day: Day(daysSinceEpoch: 0), seconds: 0) },
        [
            SpecKey("day", \.day, .day, "When.", required: true, example: "2026-11-24"),
            SpecKey(
                "seconds", \.seconds, .duration(0...86_400), "From the alarm to the old revision answering all.",
                required: true, example: "95"),
        ])

    private static let personalData = SpecType<PersonalDataTerms>.record(
        { PersonalDataTerms(isProcessed: false) },
        [
            SpecKey(
                "processed", \.isProcessed, .flag, "Whether requests hold personal data.", required: true,
                example: "true"),
            SpecKey(
                optional: "legalBasis", \.legalBasis, .text, "On what ground (GDPR, article 6).", example: "contract"),
            SpecKey(
                optional: "residency", \.residency, .list(of: SpecForms.region, countMax: 50),
                "Regions the data may be in (T-23)."),
            SpecKey(
                optional: "captureTTLDays", \.captureTTLDays, .integer(0...36_500),
                "After how many days recorded requests are erased."),
            SpecKey(
                optional: "subjectKey", \.subjectKey, .text, "The field that names the person.", example: "customerId"),
            SpecKey(optional: "erasureDrill", \.erasureDrill, .day, "When an erasure was last practised."),
        ])

    private static let regimes = SpecType<Regimes>.record(
        { Regimes(names: []) },
        [
            SpecKey(
                "names", \.names, .list(of: .choice(["soc2", "hipaa", "gdpr"].map { ($0, $0) }), countMax: 3),
                "Which regimes.",
                required: true, example: "[soc2, gdpr]"),
            SpecKey("processesHealthData", \.processesHealthData, .flag, "Whether requests hold health data (HIPAA)."),
            SpecKey(
                optional: "businessAssociateAgreement", \.businessAssociateAgreement, .text,
                "Path, digest or reference of the signed agreement (HIPAA)."),
        ])

    private static let costReview = SpecType<CostReview>.record(
        { CostReview(day: Day(daysSinceEpoch: 0), owner: nil, actualUSD: nil, expectedUSD: nil, decisions: []) },
        [
            SpecKey("day", \.day, .day, "When.", required: true, example: "2026-11-03"),
            SpecKey(optional: "owner", \.owner, .text, "Who did it."),
            SpecKey(optional: "actualUSD", \.actualUSD, .number(0...1_000_000_000), "What the month cost."),
            SpecKey(optional: "expectedUSD", \.expectedUSD, .number(0...1_000_000_000), "What it was thought to cost."),
            SpecKey("decisions", \.decisions, .list(of: .text, countMax: 100), "What was decided."),
        ])

    static let waiver = SpecType<Waiver>.record(
        { Waiver(control: "", owner: "", reason: "", expires: Day(daysSinceEpoch: 0)) },
        [
            SpecKey(
                "control", \.control, SpecForms.controlID, "Which control is not met.", required: true,
                example: "COST-3.5"),
            SpecKey("owner", \.owner, .text, "Who accepts it.", required: true, example: "vision@example.org"),
            SpecKey("reason", \.reason, .text, "Why.", required: true, example: "the larger type is being measured"),
            SpecKey(
                "expires", \.expires, .day, "The last day on which it counts.", required: true, example: "2027-01-31"),
            SpecKey(optional: "resource", \.resource, .text, "The one resource it is for; all of them when absent."),
        ])

    static let attestation = SpecType<Attestation>.record(
        { Attestation(control: "", path: "", sha256: "", day: Day(daysSinceEpoch: 0), signer: "") },
        [
            SpecKey(
                "control", \.control, SpecForms.controlID, "Which control it speaks to.", required: true,
                example: "REL-3.2"),
            SpecKey(
                "path", \.path, .text, "The evidence, relative to this file.", required: true,
                example: "evidence/drill.pdf"),
            SpecKey("sha256", \.sha256, .sha256, "Its SHA-256.", required: true),
            SpecKey("day", \.day, .day, "When it was signed.", required: true, example: "2026-11-24"),
            SpecKey("signer", \.signer, .text, "By whom.", required: true, example: "grace@example.org"),
        ])
}
