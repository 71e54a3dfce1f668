// What autoscaling may change, and how capacity follows load.

import PlumbModel

/// Reads Application Auto Scaling's targets, scheduled actions and policies.
enum ScalingMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let scheduled = tongue == .plan ? ScheduledActions(inventory) : nil
        for resource in tongue.resources(
            "AWS::ApplicationAutoScaling::ScalableTarget", "aws_appautoscaling_target", in: inventory)
        {
            let source = Bilingual(resource, tongue)
            // Tables and containers scale by the same service.
            let service = source["ServiceNamespace", "service_namespace"].string.value
            guard service == nil || service == "sagemaker" else { continue }
            var target = self.target(resource.head, source, inventory)
            if let scheduled { target.scheduled = scheduled.of(resource, target.resourceID) }
            graph.scalableTargets.append(target)
        }
        for resource in tongue.resources(
            "AWS::ApplicationAutoScaling::ScalingPolicy", "aws_appautoscaling_policy", in: inventory)
        {
            let source = Bilingual(resource, tongue)
            // Predictive scaling only ever adds, beside the policies that are judged.
            if source["PolicyType", "policy_type"].string.value == "PredictiveScaling" { continue }
            graph.scalingPolicies.append(policy(resource.head, source, inventory))
        }
        // Policies of EC2's own groups: alarms that act on them are for scaling as well.
        for resource in tongue.resources(
            "AWS::AutoScaling::ScalingPolicy", "aws_autoscaling_policy", in: inventory)
        {
            var policy = ScalingPolicy(head: resource.head)
            policy.target = .known(.external("an Auto Scaling group"), at: resource.head.place)
            graph.scalingPolicies.append(policy)
        }
    }

    private static func target(
        _ head: ResourceHead, _ source: Bilingual, _ inventory: Inventory
    ) -> ScalableTarget {
        var target = ScalableTarget(head: head)
        target.resourceID = source["ResourceId", "resource_id"].name
        target.dimension = source["ScalableDimension", "scalable_dimension"].string
        target.minimum = source["MinCapacity", "min_capacity"].int
        target.maximum = source["MaxCapacity", "max_capacity"].int
        target.role = inventory.directory.reference(
            source["RoleARN", "role_arn"].orNothing.property, to: "AWS::IAM::Role")
        let suspended = source["SuspendedState", "suspended_state"]
        target.suspendsScaleOut = suspended["DynamicScalingOutSuspended", "dynamic_scaling_out_suspended"].bool
        target.suspendsScaleIn = suspended["DynamicScalingInSuspended", "dynamic_scaling_in_suspended"].bool
        target.suspendsScheduled = suspended["ScheduledScalingSuspended", "scheduled_scaling_suspended"].bool
        if source.tongue == .template { target.scheduled = source["ScheduledActions", ""].list(scheduledAction) }
        return target
    }

    fileprivate static func scheduledAction(_ source: Bilingual) -> ScheduledScaling {
        var action = ScheduledScaling()
        action.name = source["ScheduledActionName", "name"].name
        action.expression = source["Schedule", "schedule"].string
        action.timezone = source["Timezone", "timezone"].string
        let bounds = source["ScalableTargetAction", "scalable_target_action"]
        action.minimum = bounds["MinCapacity", "min_capacity"].orNothing.int
        action.maximum = bounds["MaxCapacity", "max_capacity"].orNothing.int
        return action
    }

    private static func policy(
        _ head: ResourceHead, _ source: Bilingual, _ inventory: Inventory
    ) -> ScalingPolicy {
        var policy = ScalingPolicy(head: head)
        policy.kind = source["PolicyType", "policy_type"].choice()
        // Terraform's provider takes step scaling where nothing is said.
        if source.tongue == .plan { policy.kind = policy.kind.defaulting(to: .step) }
        let resourceID = source["ResourceId", "resource_id"]
        let named = source.tongue == .template ? source["ScalingTargetId", ""] : resourceID
        let target = inventory.directory.reference(named.property, to: "AWS::ApplicationAutoScaling::ScalableTarget")
        // A plan's resource id is a text; only as a reference does it lead to a target.
        if source.tongue == .template || inventory[target] != nil { policy.target = target }
        if source.tongue == .template || policy.target.isAbsent { policy.resourceID = resourceID.name }
        let tracking = source[
            "TargetTrackingScalingPolicyConfiguration", "target_tracking_scaling_policy_configuration"]
        policy.targetValue = tracking["TargetValue", "target_value"].double
        policy.disablesScaleIn = tracking["DisableScaleIn", "disable_scale_in"].bool
        policy.predefinedMetric =
            tracking["PredefinedMetricSpecification", "predefined_metric_specification"][
                "PredefinedMetricType", "predefined_metric_type"
            ].string
        policy.metric = AlarmQueries.customised(
            tracking["CustomizedMetricSpecification", "customized_metric_specification"])
        policy.scaleInCooldownSeconds = tracking["ScaleInCooldown", "scale_in_cooldown"].int
        policy.scaleOutCooldownSeconds = tracking["ScaleOutCooldown", "scale_out_cooldown"].int
        let step = source["StepScalingPolicyConfiguration", "step_scaling_policy_configuration"]
        policy.adjustmentType = step["AdjustmentType", "adjustment_type"].string
        policy.minimumAdjustmentMagnitude = step["MinAdjustmentMagnitude", "min_adjustment_magnitude"].int
        policy.cooldownSeconds = step["Cooldown", "cooldown"].int
        policy.steps = step["StepAdjustments", "step_adjustment"].list { item in
            var step = ScalingStep()
            step.lowerBound = item["MetricIntervalLowerBound", "metric_interval_lower_bound"].orNothing.double
            step.upperBound = item["MetricIntervalUpperBound", "metric_interval_upper_bound"].orNothing.double
            step.adjustment = item["ScalingAdjustment", "scaling_adjustment"].int
            return step
        }
        return policy
    }
}

/// Terraform's scheduled actions, which are resources of their own, by what they act on.
private struct ScheduledActions {
    private var byResourceID: [String: [ScheduledScaling]] = [:]
    private var byTarget: [String: [ScheduledScaling]] = [:]
    private var openBecause: String?

    init(_ inventory: Inventory) {
        for resource in inventory["aws_appautoscaling_scheduled_action"] {
            let action = ScalingMapping.scheduledAction(Bilingual(resource, .plan))
            let named = resource["resource_id"]
            let reference = inventory.directory.reference(
                named, to: "AWS::ApplicationAutoScaling::ScalableTarget")
            if let target = inventory[reference] {
                byTarget[target.id, default: []].append(action)
            } else if let text = named.name.value {
                byResourceID[text, default: []].append(action)
            } else {
                openBecause = "what \(resource.id) acts on is not known: \(named.whyUnknown ?? "")"
            }
        }
    }

    func of(_ target: SourceResource, _ resourceID: Fact<String>) -> Fact<[ScheduledScaling]> {
        let found = (byTarget[target.id] ?? []) + (resourceID.value.flatMap { byResourceID[$0] } ?? [])
        if !found.isEmpty { return .known(found, at: target.head.place) }
        return openBecause.map { .unknown($0, at: target.head.place) } ?? .absent(at: target.head.place)
    }
}
