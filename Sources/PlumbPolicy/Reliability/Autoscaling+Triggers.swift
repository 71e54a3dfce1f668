// At which load capacity is added and removed, in percent of what the instances can really bear.

import PlumbModel
import PlumbSignals

extension PolicyBook {
    static let setPoint = Control(
        "REL-2.3", "The set point is 70 % of real capacity on the right resource",
        severities: Severities(dev: .medium, staging: .medium, production: .critical),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Target utilization 70% / CPU/GPU utilization",
        limit: "70 %",
        remedy:
            "Track 70 % of the instance: CPUUtilization divided by the number of vCPUs, GPUUtilization by the number "
            + "of GPUs (spec: scaling.targetPercent).",
        traps: [
            "CPUUtilization runs to 100 % for each vCPU: a target of 70 on ml.m5.4xlarge is 4.4 % and pins the fleet "
                + "at its maximum.",
            "CPUUtilizationNormalized exists only for endpoints with inference components.",
            "Instance metrics live in /aws/sagemaker/Endpoints, with a leading slash.",
        ],
        holds: [
            ControlExample("70 % of the vCPUs"),
            ControlExample("a raw target of 280 on four vCPUs") { graph in
                track("CPUUtilization", 280, in: &graph)
            },
            ControlExample("GPU utilisation on a GPU type", spec: "workload: gpu\ninstances: {type: ml.g5.xlarge}"),
        ],
        fails: [
            ControlExample("a set point of 50 %", spec: "scaling: {targetPercent: 50, scaleInBelowPercent: 20}"),
            ControlExample("a raw target of 70 on four vCPUs, which is 17.5 %") { graph in
                track("CPUUtilization", 70, in: &graph)
            },
            ControlExample("a normalised metric that the endpoint does not have") { graph in
                track("CPUUtilizationNormalized", 70, in: &graph)
            },
            ControlExample("the CPU of a GPU instance", spec: "workload: gpu\ninstances: {type: ml.g5.xlarge}") {
                track("CPUUtilization", 280, in: &$0)
            },
            ControlExample("the namespace of the invocation metrics") { graph in
                track("CPUUtilization", 280, namespace: "AWS/SageMaker", in: &graph)
            },
            ControlExample("requests for each instance, and no load test that matches") { graph in
                graph.scalingPolicies.mutateEach {
                    guard $0.kind.value == .targetTracking else { return }
                    $0.metric = .absent
                    $0.predefinedMetric = .known(invocationsPerInstance)
                    $0.targetValue = 1000
                }
            },
        ],
        judge: tracksSeventyPercent)

    private static let invocationsPerInstance = "SageMakerVariantInvocationsPerInstance"

    /// Makes every target-tracking policy follow one plain metric of the first variant.
    private static func track(
        _ metric: String, _ target: Double, namespace: String = CapacityScale.namespace, in graph: inout Graph
    ) {
        let variant = graph.endpointConfigs.first?.variants.value?.first?.name ?? .absent
        var row = AlarmQuery()
        row.namespace = .known(namespace)
        row.metricName = .known(metric)
        row.statistic = "Average"
        row.dimensions = .known([
            DimensionFact("EndpointName", graph.endpoints.first?.name ?? .absent),
            DimensionFact("VariantName", variant),
        ])
        graph.scalingPolicies.mutateEach {
            guard $0.kind.value == .targetTracking else { return }
            $0.metric = .known([row])
            $0.targetValue = .known(target)
        }
    }

    /// Judges each variant that Application Auto Scaling moves, with its target, policies, names and machine.
    private static func judgeScaledVariants(
        _ graph: Graph, engineNeeds: String, _ ask: (ScaledVariant, inout Inquiry) -> Void
    ) -> [Judgement] {
        if graph.source == .engine, graph.scalableTargets.isEmpty { return graph.judgeUndecided(engineNeeds) }
        return graph.judgeInstanceEndpoints { endpoint, variants, inquiry in
            for variant in variants {
                if variant.isManaged {
                    inquiry.prove("\(variant.title) is scaled by SageMaker under its inference components")
                    continue
                }
                guard let target = graph.requireTarget(of: variant, of: endpoint, &inquiry),
                    let identity = graph.identity(of: variant, of: endpoint, &inquiry),
                    let type = graph.instanceType(of: variant, &inquiry)
                else { continue }
                let scaled = ScaledVariant(
                    endpoint: endpoint, target: target, policies: graph.policies(of: target), identity: identity,
                    type: type)
                ask(scaled, &inquiry)
            }
        }
    }

    private struct ScaledVariant {
        let endpoint: Endpoint
        let target: ScalableTarget
        let policies: [ScalingPolicy]
        let identity: VariantIdentity
        let type: InstanceType

        var trackers: [ScalingPolicy] { policies.filter { $0.kind.value == .targetTracking } }

        /// A number that a rule compares, as a percentage of the instance's capacity.
        func percent(_ value: Double, on rows: Fact<[MetricDataQuery]>, _ ask: inout Inquiry) -> Double? {
            guard let rows = ask.need(rows, "the metric it follows") else { return nil }
            switch CapacityScale.answer(rows, on: identity, of: type) {
            case .fullUse(let full): return value / full * 100
            case .fault(let why): ask.fail(why)
            case .unknown(let why): ask.doubt("its metric cannot be scaled to the instance: \(why)")
            }
            return nil
        }

        /// A tracker's set point in percent of capacity.
        func setPoint(of policy: ScalingPolicy, _ ask: inout Inquiry) -> Double? {
            guard policy.predefinedMetric.isAbsent else {
                let metric = policy.predefinedMetric.value ?? "a predefined metric"
                ask.doubt("\(policy.id) follows \(metric): at what share of capacity it moves, a load test would tell")
                return nil
            }
            guard let target = ask.need(policy.targetValue, "the target value") else { return nil }
            return percent(target, on: policy.metricRows, &ask)
        }
    }

    @Sendable private static func tracksSeventyPercent(_ graph: Graph) -> [Judgement] {
        judgeScaledVariants(
            graph, engineNeeds: "the engine does not show its set point; the spec (scaling.targetPercent) decides it"
        ) { scaled, ask in
            ask.requireOne(
                of: scaled.trackers,
                orFail: "no target-tracking policy keeps variant \(scaled.identity.variant) at 70 %",
                name: \.id
            ) { policy, ask in
                ask.relate("the policy \(policy.id)", at: policy.place)
                guard policy.predefinedMetric.isAbsent else {
                    return requireLoadTestedTarget(policy, scaled, in: graph, &ask)
                }
                guard let percent = scaled.setPoint(of: policy, &ask) else { return }
                let told =
                    "\(CapacityScale.metricName(of: scaled.type)) of \(Arithmetic.text(percent)) % of "
                    + "\(scaled.type.name) (target value \(Arithmetic.text(policy.targetValue.value ?? 0)))"
                guard abs(percent - 70) <= 1 else { return ask.fail("it keeps \(told), wanted 70 %") }
                ask.prove("it keeps \(told)")
            }
        }
    }

    /// Requests for each instance stand for utilisation only when a load test has shown how many are its maximum.
    private static func requireLoadTestedTarget(
        _ policy: ScalingPolicy, _ scaled: ScaledVariant, in graph: Graph, _ ask: inout Inquiry
    ) {
        guard let metric = ask.need(policy.predefinedMetric, "the predefined metric"),
            let target = ask.need(policy.targetValue, "the target value")
        else { return }
        guard metric == invocationsPerInstance else {
            return ask.fail("it follows \(metric), which says nothing of CPU or GPU")
        }
        guard let declaration = graph.declaration(of: scaled.endpoint) else {
            return ask.doubt("no load test is declared that would say how many requests an instance bears")
        }
        guard let record = ask.need(declaration.benchmark, "the load test (benchmark)"),
            let rate = record.requestsPerSecond
        else { return }
        let wanted = 0.7 * rate * 60
        let told = "0.7 x \(rate) requests/s x 60 = \(Arithmetic.text(wanted)) a minute"
        guard abs(target - wanted) <= wanted / 50 else {
            return ask.fail("its target is \(Arithmetic.text(target)) requests a minute, wanted \(told)")
        }
        ask.prove("its target is \(told)")
    }

    static let scaleOut = Control(
        "REL-2.4", "Above 80 % capacity is added",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Scale up on CPU/GPU utilization > 80%",
        limit: "80 %",
        remedy: "Track at most 80 % of capacity, or start a step policy with an alarm above at most 80 % that fires "
            + "within five minutes (spec: scaling.scaleOutAbovePercent).",
        traps: [
            "MetricIntervalLowerBound is relative to the alarm's threshold.",
            "10 % of two instances is no instance, without MinAdjustmentMagnitude.",
            "An alarm without the policy in its actions starts nothing.",
        ],
        holds: [
            ControlExample("tracking at 70 % and a step above 80 %"),
            ControlExample("the step alone") { $0.scalingPolicies.removeAll { $0.kind.value == .targetTracking } },
            ControlExample("tracking at 70 % and a late step", spec: "scaling: {scaleOutAbovePercent: 90}"),
        ],
        fails: [
            ControlExample("scale-out suspended") { graph in
                graph.scalableTargets.mutateEach { $0.suspendsScaleOut = true }
            },
            ControlExample("a step at 90 % alone", spec: "scaling: {scaleOutAbovePercent: 90}") { graph in
                graph.scalingPolicies.removeAll { $0.kind.value == .targetTracking }
            },
            ControlExample("a step that no alarm starts") { graph in
                graph.scalingPolicies.removeAll { $0.kind.value == .targetTracking }
                graph.alarms[id: "ScaleOutAlarm"]?.actions = .known([])
            },
            ControlExample("a step of 10 % of two instances") { graph in
                graph.scalingPolicies.removeAll { $0.kind.value == .targetTracking }
                graph.scalingPolicies[id: "ScaleOutPolicy"]?.adjustmentType = "PercentChangeInCapacity"
                graph.scalingPolicies[id: "ScaleOutPolicy"]?.minimumAdjustmentMagnitude = .absent
                graph.scalingPolicies[id: "ScaleOutPolicy"]?.steps = .known([step(lower: 0, 10)])
            },
            ControlExample("a step that begins 50 above the threshold") { graph in
                graph.scalingPolicies.removeAll { $0.kind.value == .targetTracking }
                graph.scalingPolicies[id: "ScaleOutPolicy"]?.steps = .known([step(lower: 50, 1)])
            },
        ],
        judge: addsAboveEighty)

    private static func step(lower: Double, _ adjustment: Int) -> ScalingStep {
        var step = ScalingStep()
        step.lowerBound = .known(lower)
        step.adjustment = .known(adjustment)
        return step
    }

    @Sendable private static func addsAboveEighty(_ graph: Graph) -> [Judgement] {
        judgeScaledVariants(
            graph, engineNeeds: "the engine does not show when it adds capacity; the spec decides it"
        ) { scaled, ask in
            ask.requireFlag(
                scaled.target.suspendsScaleOut, "suspension of scale-out", is: false, absentAs: false)
            let least = scaled.target.minimum.value ?? 1
            let most = graph.thresholds.scaleOutPercent
            let adding = scaled.policies.filter {
                $0.kind.value != .step || $0.hasStep(adding: true, from: least).value != false
            }
            ask.requireOne(
                of: adding,
                orFail: "nothing adds instances to variant \(scaled.identity.variant) above \(Arithmetic.text(most)) %",
                name: \.id
            ) { policy, ask in
                ask.relate("the policy \(policy.id)", at: policy.place)
                guard let kind = ask.need(policy.kind, "the policy's type") else { return }
                if kind == .targetTracking {
                    guard let percent = scaled.setPoint(of: policy, &ask) else { return }
                    guard percent <= most else {
                        return ask.fail(
                            "it tracks \(Arithmetic.text(percent)) %, wanted at most \(Arithmetic.text(most)) %")
                    }
                    ask.prove("it adds above \(Arithmetic.text(percent)) %")
                } else {
                    requireStepOut(policy, scaled, in: graph, &ask)
                }
            }
        }
    }

    private static func requireStepOut(
        _ policy: ScalingPolicy, _ scaled: ScaledVariant, in graph: Graph, _ ask: inout Inquiry
    ) {
        let adding = (policy.steps.value ?? []).filter { ($0.adjustment.value ?? 0) > 0 }
        let least = scaled.target.minimum.value ?? 1
        guard ask.need(policy.hasStep(adding: true, from: least), "whether it adds instances") != nil else { return }
        if policy.adjustmentType.value == "PercentChangeInCapacity",
            let percent = adding.compactMap(\.adjustment.value).max(), percent * least < 100
        {
            ask.require(
                policy.minimumAdjustmentMagnitude,
                "\(percent) % of \(least) instances is no whole instance, and MinAdjustmentMagnitude",
                wanted: "at least 1", absentAs: 0
            ) { $0 >= 1 }
        }
        let bounds = adding.map { $0.lowerBound.defaulting(to: 0) }
        if bounds.contains(where: \.isUnknown) { return ask.doubt("where its first step begins is not known") }
        let beginning = bounds.compactMap(\.value).min() ?? 0
        guard let alarms = graph.alarms(starting: policy) else {
            return ask.doubt("the actions of the alarms are not known, and one of them may start it")
        }
        ask.requireOne(of: alarms, orFail: "no alarm starts it", name: \.id) { alarm, ask in
            ask.relate("the alarm \(alarm.id)", at: alarm.place)
            guard let definition = ask.need(alarm.definition, "the alarm's definition") else { return }
            ask.requireFlag(alarm.isActionsEnabled, "ActionsEnabled", absentAs: true)
            let rises = [.greaterThanThreshold, .greaterThanOrEqualToThreshold].contains(definition.comparison)
            guard rises else { return ask.fail("it fires when the load falls") }
            let seconds = DetectionTiming.cloudWatch.detectionSeconds(of: definition)
            if seconds > Arithmetic.detectionSecondsMax {
                ask.fail("it fires after \(seconds) s, wanted at most \(Arithmetic.detectionSecondsMax) s")
            }
            let threshold = definition.threshold + beginning
            guard let percent = scaled.percent(threshold, on: .known(definition.queries), &ask) else { return }
            let most = graph.thresholds.scaleOutPercent
            guard percent <= most else {
                return ask.fail(
                    "capacity is added above \(Arithmetic.text(percent)) %, wanted at most \(Arithmetic.text(most)) %")
            }
            ask.prove("it adds above \(Arithmetic.text(percent)) % after \(seconds) s")
        }
    }

    static let scaleIn = Control(
        "REL-2.5", "Capacity is removed only below 50 %, and cannot flap",
        severities: Severities(dev: .medium, staging: .medium, production: .medium),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "scale down < 50%",
        limit: "50 %",
        remedy: "Set DisableScaleIn on target tracking, and remove instances by a step policy below 46 % (35 % with "
            + "a floor of one) for ten periods, with a cooldown of 300 s (spec: scaling.scaleInBelowPercent).",
        traps: [
            "Target tracking alone removes capacity below 0.9 x 70 = 63 %.",
            "At three instances 50 % becomes 75 % on two: a threshold of 50 flaps against a set point of 70.",
        ],
        holds: [
            ControlExample("a step below 46 % with tracking's own scale-in off"),
            ControlExample("a step just below 50 %", spec: "scaling: {scaleInBelowPercent: 50}"),
            ControlExample("below 35 % in dev", in: .dev),
        ],
        fails: [
            ControlExample("a step below 60 %", spec: "scaling: {scaleInBelowPercent: 60}"),
            ControlExample("target tracking that scales in by itself") { graph in
                graph.scalingPolicies.mutateEach { $0.disablesScaleIn = .absent }
            },
            ControlExample("a step after a single quiet minute") { graph in
                graph.alarms[id: "ScaleInAlarm"]?.evaluationPeriods = 1
                graph.alarms[id: "ScaleInAlarm"]?.datapointsToAlarm = 1
            },
            ControlExample("a cooldown of one minute", spec: "scaling: {scaleInCooldown: 60}"),
            ControlExample("nothing that removes capacity") { graph in
                graph.scalingPolicies.removeAll { $0.id == "ScaleInPolicy" }
            },
        ],
        judge: removesBelowFifty)

    @Sendable private static func removesBelowFifty(_ graph: Graph) -> [Judgement] {
        judgeScaledVariants(
            graph, engineNeeds: "the engine does not show when it removes capacity; the spec decides it"
        ) { scaled, ask in
            if scaled.target.suspendsScaleIn.value == true {
                ask.severity = .low
                return ask.fail("scale-in is suspended: what is added is paid for ever")
            }
            var hasPath = false
            for policy in scaled.policies where policy.kind.isUnknown {
                hasPath = true
                ask.doubt("whether \(policy.id) removes instances cannot be told: its type is not known")
            }
            for policy in scaled.trackers {
                let disabled = policy.disablesScaleIn.defaulting(to: false)
                if disabled.value == true { continue }
                hasPath = true
                guard disabled.isKnown else {
                    ask.doubt("whether \(policy.id) removes instances cannot be told: \(disabled.whyUnknown ?? "")")
                    continue
                }
                guard let target = scaled.setPoint(of: policy, &ask) else { continue }
                let percent = Arithmetic.text(0.9 * target)
                let limit = graph.thresholds.scaleInPercent
                if 0.9 * target > limit {
                    ask.fail(
                        "\(policy.id) removes instances below 0.9 x \(Arithmetic.text(target)) = \(percent) %, "
                            + "wanted at most \(Arithmetic.text(limit)) %: set DisableScaleIn", at: policy.place)
                } else {
                    ask.prove("\(policy.id) removes below \(percent) %")
                }
            }
            let most = scaled.target.maximum.value ?? 4
            for policy in scaled.policies where policy.kind.value == .step {
                let removes = policy.hasStep(adding: false, from: most)
                if removes.value == false { continue }
                guard removes.isKnown else {
                    hasPath = true
                    ask.doubt("whether \(policy.id) removes instances cannot be told: \(removes.whyUnknown ?? "")")
                    continue
                }
                guard let alarms = graph.alarms(starting: policy) else {
                    hasPath = true
                    ask.doubt("the actions of the alarms are not known, and one of them may start \(policy.id)")
                    continue
                }
                for alarm in alarms {
                    hasPath = true
                    requireStepIn(policy, alarm, scaled, below: graph.thresholds.scaleInPercent, &ask)
                }
            }
            if !hasPath {
                ask.severity = .low
                ask.fail("nothing removes instances again: what is added is paid for ever")
            }
        }
    }

    private static func requireStepIn(
        _ policy: ScalingPolicy, _ alarm: Alarm, _ scaled: ScaledVariant, below limit: Double, _ ask: inout Inquiry
    ) {
        ask.relate("\(alarm.id) starts \(policy.id)", at: alarm.place)
        guard let definition = ask.need(alarm.definition, "the definition of \(alarm.id)") else { return }
        let falls = [.lessThanThreshold, .lessThanOrEqualToThreshold].contains(definition.comparison)
        guard falls else { return ask.fail("\(alarm.id) fires when the load rises, and removes instances") }
        let minutes = definition.datapointsToAlarm * definition.periodSeconds / 60
        if definition.datapointsToAlarm < 10 {
            ask.fail(
                "\(alarm.id) removes after \(definition.datapointsToAlarm) periods, wanted at least 10", at: alarm.place
            )
        }
        ask.require(
            policy.cooldownSeconds, "the cooldown of \(policy.id) in seconds", wanted: "at least 300", absentAs: 300
        ) { $0 >= 300 }
        guard let percent = scaled.percent(definition.threshold, on: .known(definition.queries), &ask) else { return }
        guard percent > 0, percent <= limit else {
            return ask.fail(
                "\(alarm.id) removes below \(Arithmetic.text(percent)) %, wanted above 0 and at most "
                    + "\(Arithmetic.text(limit)) %",
                at: alarm.place)
        }
        // From m + 1 to m instances the load grows by (m + 1) / m, and must not pass the set point.
        let least = Double(scaled.target.minimum.value ?? 1)
        let bound = 70 * least / (least + 1)
        let note =
            percent > bound ? "; above \(Arithmetic.text(bound)) % it can flap against the set point of 70 %" : ""
        ask.prove("\(alarm.id) removes below \(Arithmetic.text(percent)) % after \(minutes) minutes\(note)")
    }
}
