// What autoscaling may change, and the three policies that change it; their alarms are rendered with all others.

import PlumbModel

extension RenderedDeployment {
    func scaling() -> [RenderedResource] {
        let actions = graph.scalableTargets.flatMap(scheduledActions)
        return graph.scalableTargets.map(target) + actions + graph.scalingPolicies.compactMap(policy)
    }

    // MARK: - Bounds

    /// What may be asked for: within the policy book, and never against what the spec says.
    private func parameter(_ name: String, _ standard: Int, _ summary: String) -> RenderedValue {
        let floor = min(plan.isProduction ? 2 : 1, standard)
        return .parameter(.number(name, standard, in: floor...max(4, standard), summary))
    }

    /// The bounds of the only scalable target.
    var minimumInstances: RenderedValue? {
        graph.scalableTargets.first?.minimum.value.map {
            parameter("MinimumInstances", $0, "The least instances that serve, however calm it is.")
        }
    }
    var maximumInstances: RenderedValue? {
        graph.scalableTargets.first?.maximum.value.map {
            parameter("MaximumInstances", $0, "The most instances that serve; more than the minimum.")
        }
    }

    private func target(_ target: ScalableTarget) -> RenderedResource {
        var resource = RenderedResource(
            target, "AWS::ApplicationAutoScaling::ScalableTarget", "aws_appautoscaling_target", in: .scaling,
            note: "The bounds of the fleet.", for: ["REL-2.1"]
        ) { fields in
            fields.put("ServiceNamespace", "service_namespace", .text("sagemaker"))
            fields.put("ResourceId", "resource_id", target.resourceID, for: "REL-2.1")
            fields.put("ScalableDimension", "scalable_dimension", target.dimension, for: "REL-2.1")
            fields.put("MinCapacity", "min_capacity", minimumInstances, for: "REL-2.2", "REL-1.2")
            fields.put("MaxCapacity", "max_capacity", maximumInstances, for: "REL-2.2", "COST-2.5", "COST-3.5")
            fields.putBlock("SuspendedState", "suspended_state", for: "REL-2.4", "REL-2.5", "REL-2.6") {
                $0.put("DynamicScalingInSuspended", "dynamic_scaling_in_suspended", target.suspendsScaleIn)
                $0.put("DynamicScalingOutSuspended", "dynamic_scaling_out_suspended", target.suspendsScaleOut)
                $0.put("ScheduledScalingSuspended", "scheduled_scaling_suspended", target.suspendsScheduled)
            }
            if let actions = target.scheduled.value {
                fields.put(
                    "ScheduledActions", nil,
                    .blocks(actions.map { action in RenderedFields { put(action, &$0) }.list }), for: "REL-1.2")
            }
            fields.put("Tags", "tags", target.head.tags.value.map { .tags($0) })
        }
        resource.dependsOn = graph.endpoints.map(\.id)
        return resource
    }

    /// Terraform's provider has them as resources of their own.
    private func scheduledActions(_ target: ScalableTarget) -> [RenderedResource] {
        (target.scheduled.value ?? []).enumerated().map { index, action in
            RenderedResource(
                "\(target.id)Action\(index + 1)", nil, "aws_appautoscaling_scheduled_action", in: .scaling,
                note: "Other bounds from a set time on.", for: ["REL-1.2"]
            ) { fields in
                put(action, &fields)
                putTarget(.resource(target.id), &fields)
            }
        }
    }

    private func put(_ action: ScheduledScaling, _ fields: inout RenderedFields) {
        fields.put("ScheduledActionName", "name", action.name)
        fields.put("Schedule", "schedule", action.expression)
        fields.put("Timezone", "timezone", action.timezone)
        fields.putBlock("ScalableTargetAction", "scalable_target_action") {
            $0.put("MinCapacity", "min_capacity", action.minimum, for: "REL-1.2", "REL-2.2")
            $0.put("MaxCapacity", "max_capacity", action.maximum, for: "REL-2.2")
        }
    }

    /// CloudFormation names the target in one property, Terraform in three.
    private func putTarget(_ target: Reference, _ fields: inout RenderedFields) {
        fields.put("ScalingTargetId", nil, .link(target), for: "REL-2.1")
        fields.put(nil, "service_namespace", .link(target, nil, "service_namespace"))
        fields.put(nil, "resource_id", .link(target, nil, "resource_id"), for: "REL-2.1")
        fields.put(nil, "scalable_dimension", .link(target, nil, "scalable_dimension"))
    }

    // MARK: - Policies

    /// nil for target tracking whose metric cannot be told: without one AWS refuses it.
    private func policy(_ policy: ScalingPolicy) -> RenderedResource? {
        let isTracking = policy.kind.value == .targetTracking
        guard let target = policy.target.value, let kind = policy.kind.value, !isTracking || policy.metric.isKnown
        else { return nil }
        let adds = (policy.steps.value ?? []).contains { ($0.adjustment.value ?? 0) > 0 }
        let note =
            isTracking
            ? "Aims at the set point in percent of all vCPUs or GPUs; it adds and never removes."
            : adds ? "Adds at once when its alarm fires." : "Takes away slowly, and only far below the set point."
        return RenderedResource(
            policy, "AWS::ApplicationAutoScaling::ScalingPolicy", "aws_appautoscaling_policy", in: .scaling,
            note: note, for: ["REL-2.1"]
        ) { fields in
            fields.put("PolicyName", "name", policy.name)
            fields.put("PolicyType", "policy_type", .text(kind.rawValue))
            putTarget(target, &fields)
            if isTracking { putTracking(policy, &fields) } else { putSteps(policy, &fields) }
        }
    }

    private func putTracking(_ policy: ScalingPolicy, _ fields: inout RenderedFields) {
        fields.putBlock(
            "TargetTrackingScalingPolicyConfiguration", "target_tracking_scaling_policy_configuration", for: "REL-2.3"
        ) {
            $0.put("TargetValue", "target_value", policy.targetValue, for: "REL-2.3", "REL-2.4")
            $0.put("DisableScaleIn", "disable_scale_in", policy.disablesScaleIn, for: "REL-2.5")
            $0.put("ScaleInCooldown", "scale_in_cooldown", policy.scaleInCooldownSeconds)
            $0.put("ScaleOutCooldown", "scale_out_cooldown", policy.scaleOutCooldownSeconds)
            $0.putBlock("CustomizedMetricSpecification", "customized_metric_specification", for: "REL-2.3") {
                $0.put("Metrics", "metrics", policy.metric.value.map { .blocks($0.map(scalingRow)) })
            }
        }
    }

    /// A row of metric math as scaling takes it: it has no period.
    private func scalingRow(_ row: AlarmQuery) -> [RenderedField] {
        RenderedFields {
            $0.put("Id", "id", row.id)
            $0.put("Expression", "expression", row.expression)
            $0.put("ReturnData", "return_data", row.returnsData)
            $0.putBlock("MetricStat", "metric_stat") {
                $0.putBlock("Metric", "metric") {
                    $0.put("Namespace", "namespace", row.namespace)
                    $0.put("MetricName", "metric_name", row.metricName)
                    $0.put(
                        "Dimensions", "dimensions",
                        row.dimensions.value.map { dimensions in
                            .blocks(
                                dimensions.map { dimension in
                                    RenderedFields {
                                        $0.put("Name", "name", .text(dimension.name))
                                        $0.put("Value", "value", dimension.value)
                                    }.list
                                })
                        })
                }
                $0.put("Stat", "stat", row.statistic)
            }
        }.list
    }

    private func putSteps(_ policy: ScalingPolicy, _ fields: inout RenderedFields) {
        let adds = (policy.steps.value ?? []).contains { ($0.adjustment.value ?? 0) > 0 }
        let control = adds ? "REL-2.4" : "REL-2.5"
        fields.putBlock("StepScalingPolicyConfiguration", "step_scaling_policy_configuration", for: control) {
            $0.put("AdjustmentType", "adjustment_type", policy.adjustmentType)
            $0.put("Cooldown", "cooldown", policy.cooldownSeconds)
            $0.put("MetricAggregationType", "metric_aggregation_type", .text("Average"))
            $0.put(
                "StepAdjustments", "step_adjustment",
                policy.steps.value.map { steps in
                    .blocks(
                        steps.map { step in
                            RenderedFields {
                                $0.put("MetricIntervalLowerBound", "metric_interval_lower_bound", step.lowerBound)
                                $0.put("MetricIntervalUpperBound", "metric_interval_upper_bound", step.upperBound)
                                $0.put("ScalingAdjustment", "scaling_adjustment", step.adjustment)
                            }.list
                        })
                }, for: control)
        }
    }
}
