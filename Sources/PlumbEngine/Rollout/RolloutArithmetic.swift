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
        let waits = Double(plan.waitSeconds * (order.shares.count - 1))
        promoteSecondsMinimum = waits + (replacesRevision ? Double(plan.terminationWaitSeconds) : 0)
        detectionSeconds = rules.map { detection($0.1) }.max() ?? 0
        exposureSeconds = detectionSeconds + Self.moveSeconds
        var objections: [Diagnostic] = []
        func object(_ message: String, _ key: String, _ hint: String) {
            objections.append(Diagnostic(.error, message, at: spec.place(of: key), hint: hint))
        }
        if replacesRevision {
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
            if Double(plan.timeoutSeconds) <= promoteSecondsMinimum {
                object(
                    "the waits add up to \(Int(promoteSecondsMinimum)) s and the timeout is \(plan.timeoutSeconds) s: "
                        + "it could never be promoted", "rollout.timeout",
                    "write rollout.timeout: \(Int(promoteSecondsMinimum + startup + 300))")
            }
        }
        self.objections = objections
    }
}
