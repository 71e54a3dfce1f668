// Puts autoscaling back in the morning: with its endpoint, the night deletes its scalable target and every policy.

import PlumbModel

extension Blueprint {
    /// The hours outside which it is off; nil where nothing stops it, as when they hold the whole week.
    var workingHours: WorkingHours? { spec.workingHours.flatMap { $0.hoursPerWeek < 168 ? $0 : nil } }

    /// Whether autoscaling is lost from time to time, and must be put back.
    var restoresScaling: Bool { workingHours != nil && spec.scaling.isEnabled }
}

extension Architecture {
    /// Asks every ten minutes, whenever the endpoint came back: making one takes as long as its model takes to load.
    static func addScalingRestoration(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.restoresScaling, let target = graph.scalableTargets.first else { return }
        let settings = settings(of: target, in: graph)
        graph.functions.append(
            function(
                "WorkingHoursFunction", "working-hours", purpose: "restore-scaling", role: "WorkingHoursRole",
                from: "workingHours", plan
            ) {
                $0.code = .known(AutomationCode.workingHours)
                $0.timeoutSeconds = 60
                $0.environment = .known([
                    "ENDPOINT": plan.spec.name, "SETTINGS": settings.compactJSON,
                    "MINIMUM": "\(plan.spec.instances.minimum)", "MAXIMUM": "\(plan.spec.instances.maximum)",
                ])
            })
        graph.eventRules.append(
            plan.make("WorkingHoursRule", named: "working-hours", from: "workingHours") {
                $0.isEnabled = true
                $0.scheduleExpression = "rate(10 minutes)"
                $0.targets = references(["WorkingHoursFunction"])
            })
        graph.roles.append(
            role(
                "WorkingHoursRole", "working-hours", .automation, trust: trust("lambda"), from: "workingHours", plan,
                may: restoringScaling(graph, plan)))
    }

    private static func restoringScaling(_ graph: Graph, _ plan: Blueprint) -> [PolicyStatement] {
        let alarms = graph.alarms.filter { ["ScaleOutAlarm", "ScaleInAlarm"].contains($0.id) && $0.queries.isKnown }
        let ofSageMaker = PolicyCondition.equals("application-autoscaling:service-namespace", ["sagemaker"])
        let tracking = "alarm:TargetTracking-endpoint/\(plan.spec.name)/variant/\(plan.variant)-*"
        return [
            // Application Auto Scaling asks that who registers a fleet may size it.
            .allow(
                "SizeTheFleet", ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"],
                on: ["${Endpoint.Arn}"]),
            .allow("SeeRevisions", ["sagemaker:DescribeEndpointConfig"], on: [plan.revisionsARN("endpoint-config")]),
            .allow("SeePolicies", ["application-autoscaling:DescribeScalingPolicies"], on: ["*"]),
            .allow(
                "PutScalingBack",
                [
                    "application-autoscaling:PutScalingPolicy", "application-autoscaling:PutScheduledAction",
                    "application-autoscaling:RegisterScalableTarget",
                ],
                on: [plan.arn("application-autoscaling", "scalable-target/*")], when: [ofSageMaker]),
            .allow(
                "PointAlarms", ["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"],
                on: alarms.map { "${\($0.id).Arn}" } + [plan.arn("cloudwatch", tracking)]),
            ownLogs("WorkingHoursFunctionLogGroup"),
        ]
    }

    // MARK: - Settings, as Application Auto Scaling takes them

    private static func settings(of target: ScalableTarget, in graph: Graph) -> RenderedValue {
        // Target tracking comes last: when it is there, all is.
        let steps = graph.scalingPolicies.filter { $0.kind.value == .step }
        let tracking = graph.scalingPolicies.filter { $0.kind.value == .targetTracking && $0.metric.isKnown }
        return pairs([
            ("target", identity(of: target)), ("actions", .list((target.scheduled.value ?? []).map(action))),
            ("policies", .list((steps + tracking).map { policy($0, in: graph) })),
        ])
    }

    private static func identity(of target: ScalableTarget) -> RenderedValue {
        pairs([
            ("ServiceNamespace", .text("sagemaker")), ("ResourceId", text(target.resourceID)),
            ("ScalableDimension", text(target.dimension)),
        ])
    }

    private static func action(_ action: ScheduledScaling) -> RenderedValue {
        pairs([
            ("ScheduledActionName", text(action.name)), ("Schedule", text(action.expression)),
            ("Timezone", text(action.timezone)),
            (
                "ScalableTargetAction",
                pairs([("MinCapacity", number(action.minimum)), ("MaxCapacity", number(action.maximum))])
            ),
        ])
    }

    private static func policy(_ policy: ScalingPolicy, in graph: Graph) -> RenderedValue {
        let alarm = graph.alarms.first { alarm in
            alarm.queries.isKnown && (alarm.actions.value ?? []).contains { $0.value == .resource(policy.id) }
        }
        let isTracking = policy.kind.value == .targetTracking
        return pairs([
            ("alarm", alarm.flatMap { text($0.name) }),
            (
                "policy",
                pairs([
                    ("PolicyName", text(policy.name)),
                    ("PolicyType", policy.kind.value.map { .text($0.rawValue) }),
                    ("TargetTrackingScalingPolicyConfiguration", isTracking ? tracking(policy) : nil),
                    ("StepScalingPolicyConfiguration", isTracking ? nil : stepping(policy)),
                ])
            ),
        ])
    }

    private static func tracking(_ policy: ScalingPolicy) -> RenderedValue {
        pairs([
            ("TargetValue", policy.targetValue.value.map { .number($0) }),
            ("DisableScaleIn", policy.disablesScaleIn.value.map { .bool($0) }),
            ("ScaleInCooldown", number(policy.scaleInCooldownSeconds)),
            ("ScaleOutCooldown", number(policy.scaleOutCooldownSeconds)),
            (
                "CustomizedMetricSpecification",
                pairs([("Metrics", .list((policy.metric.value ?? []).map(row)))])
            ),
        ])
    }

    private static func row(_ row: AlarmQuery) -> RenderedValue {
        let dimensions = (row.dimensions.value ?? []).map {
            pairs([("Name", .text($0.name)), ("Value", text($0.value))])
        }
        let metric = pairs([
            ("Namespace", text(row.namespace)), ("MetricName", text(row.metricName)),
            ("Dimensions", .list(dimensions)),
        ])
        return pairs([
            ("Id", text(row.id)), ("Expression", text(row.expression)),
            (
                "MetricStat",
                row.expression.isKnown ? nil : pairs([("Metric", metric), ("Stat", text(row.statistic))])
            ),
            ("ReturnData", row.returnsData.value.map { .bool($0) }),
        ])
    }

    private static func stepping(_ policy: ScalingPolicy) -> RenderedValue {
        let steps = (policy.steps.value ?? []).map { step in
            pairs([
                ("MetricIntervalLowerBound", step.lowerBound.value.map { .number($0) }),
                ("MetricIntervalUpperBound", step.upperBound.value.map { .number($0) }),
                ("ScalingAdjustment", number(step.adjustment)),
            ])
        }
        return pairs([
            ("AdjustmentType", text(policy.adjustmentType)), ("Cooldown", number(policy.cooldownSeconds)),
            ("MetricAggregationType", .text("Average")), ("StepAdjustments", .list(steps)),
        ])
    }

    /// Without what is not there.
    private static func pairs(_ pairs: [(String, RenderedValue?)]) -> RenderedValue {
        .pairs(pairs.compactMap { key, value in value.map { RenderedPair(key, $0) } })
    }

    private static func text(_ fact: Fact<String>) -> RenderedValue? { fact.value.map { .text($0) } }
    private static func number(_ fact: Fact<Int>) -> RenderedValue? { fact.value.map { .number(Double($0)) } }
}
