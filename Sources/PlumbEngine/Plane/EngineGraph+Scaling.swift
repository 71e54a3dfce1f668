// How a running engine scales, in the words of Application Auto Scaling: target, policies, alarms, activities.

import PlumbModel

extension EngineGraph {
    /// The load as the rules see it: SageMaker's metric runs to 100 % for each vCPU or GPU of the type that an instance
    /// stands for, the engine's use of its allotted cores to 100 %.
    private static let namespace = "/aws/sagemaker/Endpoints"

    /// Adds the scaler of the active revision.
    static func addScaling(_ record: EndpointRecord, _ active: Revision, to graph: inout Graph) {
        guard let machine = record.scaling, machine.plan.isEnabled else { return }
        let (spec, plan) = (active.spec, machine.plan)
        let target = "\(record.name)-scaling"
        graph.scalableTargets.append(
            ScalableTarget(target, at: spec.place(of: "scaling")) {
                $0.resourceID = .known("endpoint/\(record.name)/variant/\(Revision.variantName)")
                $0.dimension = "sagemaker:variant:DesiredInstanceCount"
                $0.minimum = .known(machine.floor, at: spec.place(of: "instances.minimum"))
                $0.maximum = .known(machine.ceiling, at: spec.place(of: "instances.maximum"))
                ($0.suspendsScaleIn, $0.suspendsScaleOut, $0.suspendsScheduled) = (false, false, false)
                guard !spec.scaling.scheduled.isEmpty else { return }
                $0.scheduled = .known(spec.scaling.scheduled.map(scheduled), at: spec.place(of: "scaling.scheduled"))
            })
        func policy(_ suffix: String, _ key: String, _ configure: (inout ScalingPolicy) -> Void) {
            graph.scalingPolicies.append(
                ScalingPolicy("\(record.name)-\(suffix)", at: spec.place(of: key)) {
                    $0.target = .known(.resource(target))
                    configure(&$0)
                })
        }
        policy("set-point", "scaling.targetPercent") {
            $0.kind = .known(.targetTracking)
            $0.targetValue = .known(plan.targetPercent)
            $0.disablesScaleIn = true
            $0.metric = utilization(of: record, spec, plan)
            $0.scaleOutCooldownSeconds = .known(Int(plan.outCooldownSeconds))
        }
        policy("scale-out", "scaling.scaleOutAbovePercent") {
            $0.kind = .known(.step)
            $0.adjustmentType = "ChangeInCapacity"
            $0.steps = .known([step(from: 0, to: .absent, 1)])
        }
        policy("scale-in", "scaling.scaleInBelowPercent") {
            $0.kind = .known(.step)
            $0.adjustmentType = "ChangeInCapacity"
            $0.steps = .known([step(from: .absent, to: 0, -1)])
            $0.cooldownSeconds = .known(Int(plan.inCooldownSeconds))
        }
        func alarm(
            _ suffix: String, _ comparison: ComparisonOperator, _ threshold: Double, periods: Int, _ key: String
        ) {
            graph.alarms.append(
                Alarm("\(record.name)-\(suffix)-alarm", at: spec.place(of: key)) {
                    $0.head.name = .known("\(record.name)-\(suffix)-alarm")
                    $0.queries = utilization(of: record, spec, plan)
                    $0.comparison = .known(comparison)
                    $0.threshold = .known(threshold)
                    $0.periodSeconds = .known(max(1, Int(plan.periodSeconds)))
                    $0.evaluationPeriods = .known(periods)
                    $0.datapointsToAlarm = .known(periods)
                    $0.missingData = .known(.notBreaching)
                    $0.isActionsEnabled = true
                    $0.actions = .known([.known(.resource("\(record.name)-\(suffix)"))])
                })
        }
        alarm(
            "scale-out", .greaterThanThreshold, plan.outAbovePercent, periods: ScalingMachine.hotPeriods,
            "scaling.scaleOutAbovePercent")
        // The bound at which the last instance above the floor goes is the lowest, and the one that could flap.
        alarm(
            "scale-in", .lessThanThreshold, plan.inBound(count: machine.floor + 1),
            periods: ScalingMachine.quietPeriodsMin, "scaling.scaleInBelowPercent")
    }

    /// The changes that the evidence of the fleet counts: at most so many in an hour.
    static func scalingNumbers(_ record: EndpointRecord) -> [String: Double] {
        guard let activities = record.scaling?.activities.filter({ $0.from != $0.to }) else { return [:] }
        let most = activities.map { one in activities.count { $0.at >= one.at && $0.at < one.at + 3600 } }.max()
        return ["changesPerHourMax": Double(most ?? 0), "failedActivities": 0]
    }

    private static func utilization(of record: EndpointRecord, _ spec: Spec, _ plan: ScalingPlan) -> Fact<[AlarmQuery]>
    {
        guard let type = InstanceType.named(spec.instances.type) else {
            return .unknown("how many vCPUs or GPUs a \(spec.instances.type) has is not known here")
        }
        var load = AlarmQuery()
        load.id = "load"
        load.namespace = .known(namespace)
        load.metricName = .known(type.gpus > 0 ? "GPUUtilization" : "CPUUtilization")
        load.statistic = "Average"
        load.periodSeconds = .known(max(1, Int(plan.periodSeconds)))
        load.dimensions = .known([
            DimensionFact("EndpointName", .known(record.name)),
            DimensionFact("VariantName", .known(Revision.variantName)),
        ])
        load.returnsData = false
        var used = AlarmQuery()
        used.id = "used"
        used.expression = .known("load / \(type.gpus > 0 ? type.gpus : type.vCPUs)")
        used.returnsData = true
        return .known([load, used])
    }

    private static func scheduled(_ action: Scaling.Action) -> ScheduledScaling {
        var scheduled = ScheduledScaling()
        scheduled.name = .known(action.name)
        scheduled.expression = .known(action.expression)
        scheduled.timezone = action.timezone.map { .known($0) } ?? .absent
        scheduled.minimum = action.minimum.map { .known($0) } ?? .absent
        scheduled.maximum = action.maximum.map { .known($0) } ?? .absent
        return scheduled
    }

    private static func step(from lower: Fact<Double>, to upper: Fact<Double>, _ adjustment: Int) -> ScalingStep {
        var step = ScalingStep()
        step.lowerBound = lower
        step.upperBound = upper
        step.adjustment = .known(adjustment)
        return step
    }
}
