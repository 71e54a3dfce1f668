// The numbers of a rollout before it starts: how fast it can promote, how long a fault can last, what makes it void.

public import PlumbModel

/// What a rollout plan comes to, by the arithmetic A-1 with the embedded engine's constants.
public struct RolloutArithmetic: Sendable, Hashable, Codable {
    /// Metrics are there at once (D = 0); alarms are looked at every second (E = 1).
    static let evaluationSeconds = 1.0
    /// One tick to decide and one to see the traffic moved.
    static let moveSeconds = 1.0

    /// Shortest time from the first shift to promotion.
    public let promoteSecondsMinimum: Double
    /// The slowest of the three alarms, from fault to ALARM: P + M x P + E.
    public let detectionSeconds: Double
    /// From fault to all traffic on the old revision.
    public let exposureSeconds: Double
    /// What else the numbers say.
    public let notes: [String]
    /// Why the plan cannot guard anything; empty when it can.
    public let objections: [Diagnostic]

    public init(_ spec: Spec, replacesRevision: Bool) {
        let rules = [
            ("errorRate", spec.alarms.errorRate), ("latencyP99", spec.alarms.latencyP99),
            ("health", spec.alarms.health),
        ]
        func detection(_ rule: AlarmPlan.Rule) -> Double {
            Double(rule.periodSeconds + rule.datapointsToAlarm * rule.periodSeconds) + Self.evaluationSeconds
        }
        let plan = spec.rollout
        let order = RolloutOrder(new: 2, old: replacesRevision ? 1 : nil, newCount: 1, oldCount: 1, plan: plan)
        let stages = Self.stages(of: order, spec)
        promoteSecondsMinimum = stages.seconds + (replacesRevision ? Double(plan.terminationWaitSeconds) : 0)
        notes = stages.notes
        detectionSeconds = rules.map { detection($0.1) }.max() ?? 0
        exposureSeconds = detectionSeconds + Self.moveSeconds
        var objections: [Diagnostic] = []
        func object(_ message: String, _ key: String, _ hint: String) {
            objections.append(Diagnostic(.error, message, at: spec.place(of: key), hint: hint))
        }
        if replacesRevision {
            Self.findUnreachable(spec, object)
            for (name, rule) in rules {
                let needed = detection(rule)
                let sum = "\(rule.periodSeconds) + \(rule.datapointsToAlarm) x \(rule.periodSeconds) + 1"
                if order.shares.count > 1 && needed > Double(plan.waitSeconds) {
                    object(
                        "the \(name) alarm needs \(Int(needed)) s (\(sum)) but a step is watched for only "
                            + "\(plan.waitSeconds) s: it cannot fire inside the bake", "rollout.wait",
                        "write rollout.wait: \(Int(needed.rounded(.up))) or shorten alarms.\(name).period")
                }
                if needed > Double(plan.terminationWaitSeconds) {
                    object(
                        "the \(name) alarm needs \(Int(needed)) s (\(sum)) but the old fleet is kept for only "
                            + "\(plan.terminationWaitSeconds) s after the last shift", "rollout.terminationWait",
                        "write rollout.terminationWait: \(Int(needed.rounded(.up))) or shorten alarms.\(name).period")
                }
            }
            let startup = Double(spec.model.startupTimeoutSeconds)
            // The deadline comes before the verdict: with nothing to spare there is no time to come up in.
            if Double(plan.timeoutSeconds) + stages.excused <= promoteSecondsMinimum {
                object(
                    "the waits add up to \(Int(promoteSecondsMinimum)) s and the timeout is \(plan.timeoutSeconds) s: "
                        + "it could never be promoted"
                        + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"), "rollout.timeout",
                    "write rollout.timeout: \(Int(promoteSecondsMinimum + startup + 300))")
            }
        }
        self.objections = objections
    }

    /// The time before the last shift: mirroring, bakes, an experiment; and of that what the timeout does not count.
    ///
    /// A bake also lasts until it has seen enough requests, and at the declared peak that is as soon as can be.
    private static func stages(of order: RolloutOrder, _ spec: Spec) -> (
        seconds: Double, excused: Double, notes: [String]
    ) {
        var (seconds, excused) = (Double(order.shadow?.holdSeconds ?? 0), 0.0)
        var notes: [String] = []
        for (step, share) in order.shares.dropLast().enumerated() {
            var wait = order.waitSeconds(step: step)
            if let experiment = order.experiment, step == order.shares.count - 2 {
                if experiment.holdSeconds == nil {
                    notes.append("the experiment lasts until plumb rollout promote or abort")
                    wait = 0
                }
                excused += wait
            }
            let peak = spec.peakRequestsPerSecond ?? 0
            let gathered = peak > 0 ? Double(order.plan.requestsMinimum) / (peak * Double(share) / 100) : 0
            if gathered > wait {
                notes.append(
                    "at the declared peak of \(RolloutAnalysis.text(peak)) requests/s the \(share) % gather "
                        + "\(order.plan.requestsMinimum) requests in \(Int(gathered.rounded(.up))) s")
            }
            seconds += max(wait, gathered)
        }
        return (seconds, excused, notes)
    }

    /// Alarms whose threshold nothing can reach.
    private static func findUnreachable(_ spec: Spec, _ object: (String, String, String) -> Void) {
        let alarms = spec.alarms
        if alarms.errorRate.threshold >= 100 {
            object(
                "the errorRate alarm cannot fire: no more than 100 % of the requests can fail", "alarms.errorRate",
                "write alarms.errorRate.thresholdPercent: 1")
        }
        if alarms.latencyP99.threshold >= spec.limits.timeoutSeconds * 1000 {
            object(
                "the latencyP99 alarm cannot fire: a request is cut off after "
                    + "\(RolloutAnalysis.text(spec.limits.timeoutSeconds)) s, its threshold is "
                    + "\(RolloutAnalysis.text(alarms.latencyP99.threshold / 1000)) s", "alarms.latencyP99",
                "write alarms.latencyP99.thresholdMilliseconds: 500, or a longer limits.timeout")
        }
    }
}
