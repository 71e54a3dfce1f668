// How capacity follows load: 70 % is aimed at, above 80 % capacity is added at once, only below the in-bound is it
// taken away (T-2).

import PlumbModel

extension Architecture {
    static func addScaling(to graph: inout Graph, _ plan: Blueprint) {
        let scaling = plan.spec.scaling
        guard scaling.isEnabled else { return }
        graph.scalableTargets.append(target(plan))
        graph.scalingPolicies.append(
            policy("TargetTrackingPolicy", "target-tracking", .targetTracking, "scaling.targetPercent", plan) {
                $0.targetValue = plan.said(scaling.targetPercent, "scaling.targetPercent")
                // Its own scale-in starts at 0.9 of the target, above the 50 % that the policy allows.
                $0.disablesScaleIn = true
                // Target tracking takes the metric's own minute and has no word for another period.
                $0.metric = utilisation(plan, period: .absent)
                $0.scaleInCooldownSeconds = plan.said(scaling.scaleInCooldownSeconds, "scaling.scaleInCooldown")
                $0.scaleOutCooldownSeconds = plan.said(scaling.scaleOutCooldownSeconds, "scaling.scaleOutCooldown")
            })
        graph.scalingPolicies.append(
            policy("ScaleOutPolicy", "scale-out", .step, "scaling.scaleOutAbovePercent", plan) {
                $0.adjustmentType = "ChangeInCapacity"
                $0.steps = .known([step(lower: 0, upper: .absent, adjustment: 1)])
                $0.cooldownSeconds = plan.said(scaling.scaleOutCooldownSeconds, "scaling.scaleOutCooldown")
            })
        graph.scalingPolicies.append(
            policy("ScaleInPolicy", "scale-in", .step, "scaling.scaleInBelowPercent", plan) {
                $0.adjustmentType = "ChangeInCapacity"
                $0.steps = .known([step(lower: .absent, upper: 0, adjustment: -1)])
                $0.cooldownSeconds = plan.said(scaling.scaleInCooldownSeconds, "scaling.scaleInCooldown")
            })
        // Two minutes of load are enough to add; a quarter of an hour of calm is needed to take away.
        graph.alarms.append(
            alarm("ScaleOutAlarm", "scale-out", minutes: 2, policy: "ScaleOutPolicy", plan) {
                $0.comparison = .known(.greaterThanThreshold)
                $0.threshold = plan.said(scaling.scaleOutAbovePercent, "scaling.scaleOutAbovePercent")
            })
        graph.alarms.append(
            alarm("ScaleInAlarm", "scale-in", minutes: 15, policy: "ScaleInPolicy", plan) {
                $0.comparison = .known(.lessThanThreshold)
                $0.threshold = plan.said(scaling.scaleInBelowPercent, "scaling.scaleInBelowPercent")
            })
    }

    private static func target(_ plan: Blueprint) -> ScalableTarget {
        plan.make("ScalableTarget", named: nil, from: "scaling") { target in
            target.resourceID = plan.said("endpoint/\(plan.spec.name)/variant/\(plan.variant)", "name")
            target.dimension = "sagemaker:variant:DesiredInstanceCount"
            target.minimum = plan.said(plan.spec.instances.minimum, "instances.minimum")
            target.maximum = plan.said(plan.spec.instances.maximum, "instances.maximum")
            target.suspendsScaleIn = false
            target.suspendsScaleOut = false
            target.suspendsScheduled = false
            guard !plan.spec.scaling.scheduled.isEmpty else { return }
            let actions = plan.spec.scaling.scheduled.map { action in
                var scheduled = ScheduledScaling()
                scheduled.name = plan.said(action.name, "scaling.scheduled")
                scheduled.expression = plan.said(action.expression, "scaling.scheduled")
                scheduled.timezone = plan.said(action.timezone, "scaling.scheduled")
                scheduled.minimum = plan.said(action.minimum, "scaling.scheduled")
                scheduled.maximum = plan.said(action.maximum, "scaling.scheduled")
                return scheduled
            }
            target.scheduled = plan.said(actions, "scaling.scheduled")
        }
    }

    private static func policy(
        _ id: String, _ suffix: String, _ kind: ScalingPolicy.Kind, _ path: String, _ plan: Blueprint,
        _ configure: (inout ScalingPolicy) -> Void
    ) -> ScalingPolicy {
        plan.make(id, named: suffix, from: path) {
            $0.kind = .known(kind)
            // A policy bears no tags, and names its target alone.
            $0.head.tags = .absent
            $0.target = reference("ScalableTarget")
            configure(&$0)
        }
    }

    /// Bounds are relative to the alarm's threshold.
    private static func step(lower: Fact<Double>, upper: Fact<Double>, adjustment: Int) -> ScalingStep {
        var step = ScalingStep()
        step.lowerBound = lower
        step.upperBound = upper
        step.adjustment = .known(adjustment)
        return step
    }

    private static func alarm(
        _ id: String, _ suffix: String, minutes: Int, policy: String, _ plan: Blueprint,
        _ configure: (inout Alarm) -> Void
    ) -> Alarm {
        plan.make(id, named: suffix, from: "scaling") {
            $0.queries = utilisation(plan)
            $0.evaluationPeriods = .known(minutes)
            $0.datapointsToAlarm = .known(minutes)
            $0.missingData = .known(.notBreaching)
            $0.isActionsEnabled = true
            $0.actions = references([policy])
            configure(&$0)
        }
    }

    /// Load in percent of real capacity: SageMaker's metric runs to 100 % for each vCPU or GPU, so it is divided by
    /// their number.
    static func utilisation(_ plan: Blueprint, period: Fact<Int> = 60) -> Fact<[AlarmQuery]> {
        let place = plan.spec.place(of: "instances.type")
        guard let type = InstanceType.named(plan.spec.instances.type) else {
            return .unknown("how many vCPUs or GPUs a \(plan.spec.instances.type) has is not known here", at: place)
        }
        let metric = type.gpus > 0 ? "GPUUtilization" : "CPUUtilization"
        let row = metricRow(
            "/aws/sagemaker/Endpoints", metric, "Average", plan, id: "load", period: period, returnsData: false)
        return .known([row, expressionRow("used", "load / \(type.gpus > 0 ? type.gpus : type.vCPUs)")], at: place)
    }
}
