// A small endpoint for tests: every value settled, periods of a second so that hours pass in a blink.

public import PlumbEngine
public import PlumbModel

extension RolloutPlan {
    /// A canary of 10 % watched for 10 s, then 5 s of warmth; 20 requests are the least that count.
    public static func sample(
        _ strategy: TrafficRouting = .canary, canary: Int = 10, step: Int = 25, wait: Int = 10, termination: Int = 5,
        timeout: Int = 120, requestsMinimum: Int = 20, kept: Int = 2, warmMinutes: Int = 1, late: Bool = true
    ) -> RolloutPlan {
        RolloutPlan(
            strategy: strategy, canaryPercent: canary, stepPercent: step, waitSeconds: wait,
            terminationWaitSeconds: termination, timeoutSeconds: timeout, requestsMinimum: requestsMinimum,
            keptRevisions: kept, warmRollbackMinutes: warmMinutes, rollsBackLate: late)
    }
}

extension AlarmPlan.Rule {
    /// `datapoints` of as many periods must breach.
    public static func sample(
        _ threshold: Double, period: Int = 1, datapoints: Int = 2, missing: MissingDataTreatment = .notBreaching
    ) -> AlarmPlan.Rule {
        AlarmPlan.Rule(
            threshold: threshold, periodSeconds: period, evaluationPeriods: datapoints, datapointsToAlarm: datapoints,
            missingData: missing)
    }
}

extension Spec {
    /// Two instances in two zones behind a canary rollout; alarms at 1 %, 500 ms and two silent seconds.
    public static func sample(
        name: String = "digits", count: Int = 2, period: Int = 1, alarmRequestsMinimum: Int = 5,
        rollout: RolloutPlan = .sample()
    ) -> Spec {
        var spec = Spec(
            name: name, environment: .staging, team: "vision", region: "eu-central-1", workload: .cpu,
            model: ModelSource(
                path: "model.onnx", concurrencyMax: 4, startupTimeoutSeconds: 60, downloadTimeoutSeconds: 60),
            example: ExampleRequest(contentType: "text/csv", body: "0,1,2"),
            instances: Instances(type: "ml.c5.large", minimum: count, maximum: 8, initial: count, zones: 2),
            scaling: Scaling(
                isEnabled: false, targetPercent: 60, scaleOutAbovePercent: 70, scaleInBelowPercent: 30,
                scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60, scheduled: []),
            budget: BudgetPlan(monthlyUSD: 100, alertPercents: [80], stopsAtLimit: true),
            alarms: AlarmPlan(
                errorRate: .sample(1, period: period), latencyP99: .sample(500, period: period),
                health: .sample(1, period: period, missing: .breaching), requestsMinimum: alarmRequestsMinimum,
                probeIntervalSeconds: 1, probeTimeoutSeconds: 2, probeFailuresMax: 2, notify: []),
            rollout: rollout, capture: CapturePlan(isEnabled: false, samplingPercent: 0, ttlDays: 1),
            drift: DriftPlan(isEnabled: false),
            limits: RequestLimits(bodyBytesMax: 1 << 20, timeoutSeconds: 10, queueMax: 64, requestsPerSecondMax: nil),
            retentionDays: 90)
        spec.model.digest = String(repeating: "0", count: 64)
        return spec
    }
}

extension Revision {
    /// Revision `number` of the sample endpoint.
    public static func sample(_ number: Int, _ spec: Spec = .sample()) -> Revision {
        Revision(
            number: number, spec: spec, modelDigest: String(repeating: "\(number % 10)", count: 64),
            createdAt: 1_800_000_000, author: "ann", folder: "/")
    }
}
