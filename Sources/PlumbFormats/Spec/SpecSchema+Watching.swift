// What watches and guards: alarms, rollout, capture, drift, limits.

import PlumbModel

extension SpecSchema {
    static let watchingKeys: [SpecKey<Spec>] = [
        SpecKey("alarms", \.alarms, alarms, "The three alarm classes, and who hears of them."),
        SpecKey("rollout", \.rollout, rollout, "How a new revision gets the traffic, and loses it again."),
        SpecKey("capture", \.capture, capture, "What is recorded of the traffic."),
        SpecKey("drift", \.drift, drift, "What the traffic is compared with."),
        SpecKey("limits", \.limits, limits, "What one request, and all of them together, may ask for."),
        SpecKey(
            "retentionDays", \.retentionDays, .integer(1...36_500),
            "How long logs are kept (SEC-3.7): a year, or 2,192 days when a regime is hipaa."),
        SpecKey(
            optional: "peakRequestsPerSecond", \.peakRequestsPerSecond, .number(0...1_000_000_000),
            "What it must bear; the benchmark is judged at 1.3 times this (PERF-2.4)."),
        SpecKey(
            "deploymentsPerMonth", \.deploymentsPerMonth, .number(0...10_000),
            "How often a revision is rolled out: both fleets are billed meanwhile (A-2)."),
    ]

    private static let alarms = SpecType<AlarmPlan>.record(
        { SpecDefaults.start(in: .production).alarms },
        [
            SpecKey(
                "errorRate", \.errorRate,
                rule(
                    "thresholdPercent", .number(0...100),
                    "Percent of requests that fail, above which a period breaches (OPS-1.2)."),
                "Requests that fail."),
            SpecKey(
                "latencyP99", \.latencyP99,
                rule(
                    "thresholdMilliseconds", .number(0...3_600_000),
                    "Milliseconds at the 99th percentile, above which a period breaches (OPS-1.3)."),
                "Requests that take too long."),
            SpecKey(
                "health", \.health,
                rule(
                    "thresholdFailures", .number(1...1000),
                    "Failed probes of one period, from which the period breaches (OPS-1.4)."),
                "Probes that fail; a period without any probe is missing data."),
            SpecKey(
                "requestsMinimum", \.requestsMinimum, .integer(0...1_000_000),
                "A period with fewer requests says nothing about the error rate: 1 failure in 20 is 5 % (T-19)."),
            SpecKey("probe", \.self, probe, "How each instance is probed."),
            SpecKey(
                "notify", \.notify, .list(of: SpecForms.contact, countMax: 100),
                "E-mail or https addresses that are told (OPS-1.6).",
                example: "[oncall@example.org]"),
        ])

    private static let probe = SpecType<AlarmPlan>.record(
        { SpecDefaults.start(in: .production).alarms },
        [
            SpecKey("interval", \.probeIntervalSeconds, .duration(0.05...3600), "From one probe to the next."),
            SpecKey("timeout", \.probeTimeoutSeconds, .duration(0.01...60), "After this a probe has failed."),
            SpecKey(
                "failuresMax", \.probeFailuresMax, .integer(1...1000),
                "Failures in a row until an instance is ejected and restarted."),
        ])

    private static func rule(
        _ thresholdName: String, _ type: SpecType<Double>, _ summary: String
    ) -> SpecType<AlarmPlan.Rule> {
        .record(
            { SpecDefaults.start(in: .production).alarms.errorRate },
            [
                SpecKey(thresholdName, \.threshold, type, summary),
                SpecKey(
                    "period", \.periodSeconds, .wholeDuration(1...86_400),
                    "The length of one data point; AWS takes 10s, 20s, 30s or whole minutes, the embedded engine any."),
                SpecKey(
                    "evaluationPeriods", \.evaluationPeriods, .integer(1...1440),
                    "N: how many of the latest periods are looked at."),
                SpecKey(
                    "datapointsToAlarm", \.datapointsToAlarm, .integer(1...1440),
                    "M: how many of them must breach; N when only N is written."),
                SpecKey("missingData", \.missingData, .choice, "What a period without data counts as (OPS-1.7)."),
            ])
    }

    private static let rollout = SpecType<RolloutPlan>.record(
        { SpecDefaults.start(in: .production).rollout },
        [
            SpecKey(
                "strategy", \.strategy,
                .choice([("canary", .canary), ("linear", .linear), ("allAtOnce", .allAtOnce)]),
                "How traffic is shifted to the new fleet; one instance alone allows no canary (OPS-2.6)."
            ),
            SpecKey(
                "canaryPercent", \.canaryPercent, .integer(1...50),
                "The canary's share; rounded up to whole instances, so one of two is half (A-1)."),
            SpecKey("stepPercent", \.stepPercent, .integer(10...50), "A linear step."),
            SpecKey(
                "wait", \.waitSeconds, .wholeDuration(0...3600),
                "The bake of the canary, or of each step; at least what the slowest alarm takes to detect (OPS-2.4)."
            ),
            SpecKey(
                "terminationWait", \.terminationWaitSeconds, .wholeDuration(0...3600),
                "How long the old fleet stays after the last shift; a rollback then takes seconds (OPS-2.5)."
            ),
            SpecKey(
                "timeout", \.timeoutSeconds, .wholeDuration(1...28_800),
                "The end of patience: at least provisioning, waits and 300s together (A-1, OPS-2.6)."),
            SpecKey(
                "requestsMinimum", \.requestsMinimum, .integer(0...1_000_000_000),
                "Requests the new revision must have answered before a bake can pass (OPS-2.9)."),
            SpecKey("keptRevisions", \.keptRevisions, .integer(0...100), "Earlier revisions that are kept (OPS-2.10)."),
            SpecKey(
                "warmRollback", \.warmRollbackMinutes, .wholeDuration(0...604_800, unitSeconds: 60),
                "How long the previous revision stays warm, in whole minutes (OPS-2.10)."),
            SpecKey(
                "rollsBackLate", \.rollsBackLate, .flag,
                "Whether an alarm after the rollout brings the previous revision back (OPS-1.8)."),
            SpecKey(
                "consecutiveErrors", \.consecutiveErrorsMax, .integer(0...1000),
                "Server errors in a row of the new revision that end the engine's rollout at once; 0 for none."),
            SpecKey("comparison", \.comparison, comparison, "How much worse than the old revision it may be."),
            SpecKey(
                optional: "shadow", \.shadow, shadow,
                "The engine mirrors requests to the new revision first, and compares the answers.", none: true),
            SpecKey(
                optional: "experiment", \.experiment, experiment,
                "The engine holds both revisions at a fixed share (A/B) before the last shift.", none: true),
        ])

    private static let comparison = SpecType<RolloutComparison>.record(
        { RolloutComparison() },
        [
            SpecKey(
                "errorPercentMax", \.errorPercentMax, .number(0...100),
                "Percentage points by which its error rate may be higher in the same window."),
            SpecKey(
                "p99RatioMax", \.p99RatioMax, .number(1...1000),
                "Times by which its 99th percentile may be longer in the same window."),
        ])

    private static let shadow = SpecType<ShadowPlan>.record(
        { ShadowPlan() },
        [
            SpecKey("percent", \.percent, .integer(1...100), "The share of requests that are mirrored."),
            SpecKey("hold", \.holdSeconds, .wholeDuration(1...86_400), "How long, at least."),
            SpecKey(
                "requestsMinimum", \.requestsMinimum, .integer(1...1_000_000_000), "Answers that must be compared."),
            SpecKey("mismatchPercentMax", \.mismatchPercentMax, .number(0...100), "Percent of them that may differ."),
            SpecKey(
                "tolerance", \.tolerance, .number(0...1),
                "How far two numbers may be apart and count as equal, relative to the greater."),
        ])

    private static let experiment = SpecType<ExperimentPlan>.record(
        { ExperimentPlan() },
        [
            SpecKey("percent", \.percent, .integer(1...99), "The new revision's share."),
            SpecKey(
                optional: "hold", \.holdSeconds, .wholeDuration(1...2_592_000),
                "For how long; until `plumb rollout promote` or `abort` when absent.", example: "24h"),
        ])

    private static let capture = SpecType<CapturePlan>.record(
        { SpecDefaults.start(in: .production).capture },
        [
            SpecKey("enabled", \.isEnabled, .flag, "Whether requests and answers are recorded (OPS-2.3)."),
            SpecKey(
                "samplingPercent", \.samplingPercent, .integer(0...100),
                "The share that is recorded; at least 20 for drift to be seen (OPS-2.3)."),
            SpecKey(
                "ttlDays", \.ttlDays, .integer(1...3650),
                "After how many days a record is erased; at most 30 for personal data (SEC-3.8)."),
        ])

    private static let drift = SpecType<DriftPlan>.record(
        { SpecDefaults.start(in: .production).drift },
        [
            SpecKey("enabled", \.isEnabled, .flag, "Whether drift and quality are watched (OPS-2.2)."),
            SpecKey(
                optional: "baseline", \.baseline, .text,
                "A folder with `statistics.json` and `constraints.json`, relative to this file or an S3 address.",
                example: "baseline"),
            SpecKey(
                optional: "qualityMetric", \.qualityMetric, .text,
                "The metric of the answers' quality; on AWS accuracy, mae, mse or rmse.", example: "accuracy"),
            SpecKey(
                optional: "qualityThreshold", \.qualityThreshold, .number(-1e12...1e12),
                "Where quality is no longer good enough.", example: "0.95"),
        ])

    private static let limits = SpecType<RequestLimits>.record(
        { SpecDefaults.start(in: .production).limits },
        [
            SpecKey(
                "bodyMax", \.bodyBytesMax, .bytes(1...1_073_741_824),
                "The largest body; SageMaker's own limit is 6 MiB."),
            SpecKey(
                "timeout", \.timeoutSeconds, .duration(0.01...3600), "The longest answer; SageMaker's own limit is 60s."
            ),
            SpecKey(
                "queueMax", \.queueMax, .integer(0...1_000_000), "Requests that may wait; the next is answered 503."),
            SpecKey(
                optional: "requestsPerSecondMax", \.requestsPerSecondMax, .number(0.001...1_000_000_000),
                "Requests a second for each token; the next is answered 429.", none: true),
        ])
}
