// How long an alarm takes to notice a fault, and a rollback to undo it.

public import PlumbModel

/// The delays between a fault and its end, in seconds: A-1 of the catalogue of controls.
///
///     detection = P + M x P + delivery + evaluation
///     recovery  = poll + flip + grace                while the old fleet is alive
///               = poll + provisioning + flip         when it has to be made again
///
/// P is the alarm's period and M its `DatapointsToAlarm`. The first P is there because a fault seldom starts with a
/// period: it spoils the rest of the one it falls into too little to count on.
public struct DetectionTiming: Sendable, Hashable {
    /// From the end of a period until its data point can be read.
    public var deliverySeconds: Int
    /// From then until the alarm is evaluated, for periods of a minute and longer.
    public var evaluationSeconds: Int
    /// The same for periods under a minute (high-resolution alarms).
    public var fineEvaluationSeconds: Int
    /// From ALARM until the deployment notices.
    public var pollSeconds: Int
    /// Moving all traffic.
    public var flipSeconds: Int
    /// From SIGTERM to SIGKILL of a container.
    public var graceSeconds: Int
    /// Making an instance and loading the model.
    public var provisioningSeconds: Int

    /// CloudWatch's and SageMaker's delays, with a CPU instance's provisioning.
    public static let cloudWatch = DetectionTiming(
        deliverySeconds: 60, evaluationSeconds: 60, fineEvaluationSeconds: 10, pollSeconds: 60, flipSeconds: 60,
        graceSeconds: 30, provisioningSeconds: 600)
    /// The embedded engine's: it reads its own counters and evaluates every second.
    public static let engine = DetectionTiming(
        deliverySeconds: 0, evaluationSeconds: 1, fineEvaluationSeconds: 1, pollSeconds: 0, flipSeconds: 1,
        graceSeconds: 30, provisioningSeconds: 10)

    public init(
        deliverySeconds: Int, evaluationSeconds: Int, fineEvaluationSeconds: Int, pollSeconds: Int, flipSeconds: Int,
        graceSeconds: Int, provisioningSeconds: Int
    ) {
        self.deliverySeconds = deliverySeconds
        self.evaluationSeconds = evaluationSeconds
        self.fineEvaluationSeconds = fineEvaluationSeconds
        self.pollSeconds = pollSeconds
        self.flipSeconds = flipSeconds
        self.graceSeconds = graceSeconds
        self.provisioningSeconds = provisioningSeconds
    }

    /// The seconds from a fault to ALARM, for the given period and data points to alarm.
    public func detectionSeconds(periodSeconds: Int, datapointsToAlarm: Int) -> Int {
        periodSeconds + datapointsToAlarm * periodSeconds + lagSeconds(periodSeconds: periodSeconds)
    }

    /// The seconds from a fault that shows in the data to ALARM.
    ///
    /// A fault that shows as missing data takes longer: see `AlarmJudge.behaviour(of:on:)`.
    public func detectionSeconds(of alarm: AlarmDefinition) -> Int {
        detectionSeconds(periodSeconds: alarm.periodSeconds, datapointsToAlarm: alarm.datapointsToAlarm)
    }

    /// Delivery and evaluation: what passes between the end of the deciding period and ALARM.
    public func lagSeconds(periodSeconds: Int) -> Int {
        deliverySeconds + (periodSeconds < 60 ? fineEvaluationSeconds : evaluationSeconds)
    }

    /// Whether the alarm notices a fault that starts with the bake before the bake is over.
    public func canFire(_ alarm: AlarmDefinition, withinBakeSeconds bake: Int) -> Bool {
        detectionSeconds(of: alarm) <= bake
    }

    /// From ALARM to all traffic on the old fleet and the new one gone, while the old fleet is still alive.
    public var warmRecoverySeconds: Int { pollSeconds + flipSeconds + graceSeconds }

    /// The same when the old fleet has to be made again: in a rolling update, or after the bake.
    public var coldRecoverySeconds: Int { pollSeconds + provisioningSeconds + flipSeconds }
}

/// How much a canary's faults are thinned by the old fleet's traffic in an alarm that sees both.
public struct CanaryDilution: Sendable, Hashable {
    /// The share of traffic on the new fleet, above 0 and at most 1.
    public var fraction: Double

    public init(fraction: Double) {
        self.fraction = fraction
    }

    /// The share a canary really gets: `percent` of `instances`, rounded up to whole instances; nil without either.
    public init?(percent: Double, instances: Int) {
        guard percent > 0, percent <= 100, instances > 0 else { return nil }
        fraction = (percent / 100 * Double(instances)).rounded(.up) / Double(instances)
    }

    /// The error rate the new fleet must exceed before an alarm on both fleets exceeds `threshold`.
    ///
    /// (threshold - (1 - f) x old) / f, with rates as fractions; above 1 the alarm cannot fire at all.
    public func newRate(toExceed threshold: Double, oldRate: Double) -> Double {
        (threshold - (1 - fraction) * oldRate) / fraction
    }

    /// The share of the new fleet that must be slow for a percentile of both fleets to show it: (1 - rank) / f.
    public func slowShare(toMovePercentile rank: Double) -> Double {
        (100 - rank) / 100 / fraction
    }
}
