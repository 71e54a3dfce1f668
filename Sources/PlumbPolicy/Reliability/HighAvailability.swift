// Production endpoints must have high availability (HA) configuration.

import PlumbModel
import PlumbSignals

extension PolicyBook {
    static let highAvailability = Policy(
        "REL-1", .reliability, "Production endpoints must have high availability (HA) configuration.",
        controls: [initialCount, floorOfTwo, zones, regionalFailover, computedAvailability, measuredAvailability])

    private static let initialCount = Control(
        "REL-1.1", "Every serving variant starts with at least two instances",
        severities: Severities(production: .critical),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Implementation: Multi-AZ deployment with instance_count >= 2",
        limit: "2 instances",
        remedy: "Start every variant that takes requests with at least two instances (spec: instances.initial).",
        traps: [
            "It is two for each variant, not two over all of them.",
            "InitialVariantWeight defaults to 1, so a forgotten challenger with one instance takes half the traffic.",
        ],
        holds: [
            ControlExample("two instances"),
            ControlExample("two that run") { $0.showServing(["primary": 2]) },
            ControlExample("a second variant with one instance and no traffic") { graph in
                graph.endpointConfigs.mutateEach { config in
                    config.variants = config.variants.map { $0 + [challenger(count: 1, weight: 0)] }
                }
            },
        ],
        fails: [
            ControlExample("one instance", spec: "instances: {minimum: 1, initial: 1}"),
            ControlExample("one instance that runs, though two were asked for") { $0.showServing(["primary": 1]) },
            ControlExample("a challenger with one instance and no weight written, which is a weight of 1") { graph in
                graph.endpointConfigs.mutateEach { config in
                    config.variants = config.variants.map { $0 + [challenger(count: 1, weight: nil)] }
                }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEvidence(.fleet) { _, fleet, ask in
                let least = graph.thresholds.instancesMinimum
                ask.require(
                    fleet.number("running"), "the number of running instances",
                    wanted: "at least \(Int(bounded: least))"
                ) { $0 >= least }
            }
        }
        return graph.judgeInstanceEndpoints { endpoint, variants, ask in
            for variant in variants {
                requireTwo(variant, in: graph, &ask)
                graph.requireRunning(variant, of: endpoint, &ask)
            }
        }
    }

    private static func challenger(count: Int, weight: Double?) -> Variant {
        var variant = Variant()
        variant.name = "challenger"
        variant.model = .known(.resource("Model"))
        variant.instanceType = "ml.m5.xlarge"
        variant.initialInstanceCount = .known(count)
        variant.weight = weight.map { .known($0) } ?? .absent
        return variant
    }

    private static func requireTwo(_ variant: Variant, in graph: Graph, _ ask: inout Inquiry) {
        if let managed = variant.managedMinimum.value {
            return ask.prove("\(variant.title) is kept at \(managed) or more by managed scaling (REL-1.2 judges that)")
        }
        guard !variant.initialInstanceCount.isAbsent else {
            return ask.doubt(
                "\(variant.title) has no InitialInstanceCount: an instance pool may set it; write the count to "
                    + "decide it"
            )
        }
        let least = Int(bounded: graph.thresholds.instancesMinimum)
        ask.require(variant.initialInstanceCount, "the first count of \(variant.title)", wanted: "at least \(least)") {
            $0 >= least
        }
    }

    private static let floorOfTwo = Control(
        "REL-1.2", "Nothing can take it below two",
        severities: Severities(production: .critical),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "instance_count >= 2",
        limit: "2 instances",
        remedy:
            "Set the scalable target's MinCapacity, every scheduled action's bounds and managed scaling's minimum to "
            + "2 or more, keep the counts over updates, and schedule no stop (spec: instances.minimum).",
        traps: [
            "AWS Config's rule on production instance counts looks only at InitialInstanceCount.",
            "MinCapacity may legally be 0, and autoscaling moves the count to a new minimum at once.",
            "A scheduled action can lower the floor for the night.",
        ],
        holds: [
            ControlExample("a floor of two"),
            ControlExample("a scheduled action that only raises the floor in the morning") { graph in
                graph.scalableTargets.mutateEach { $0.scheduled = .known([scheduledAction(minimum: 3, maximum: nil)]) }
            },
        ],
        fails: [
            ControlExample("a minimum of one", spec: "instances: {minimum: 1, initial: 2}"),
            ControlExample("a scheduled action that lowers the floor to one at night") { graph in
                graph.scalableTargets.mutateEach { $0.scheduled = .known([scheduledAction(minimum: 1, maximum: 4)]) }
            },
            ControlExample("a scheduled action with a ceiling of one") { graph in
                graph.scalableTargets.mutateEach { $0.scheduled = .known([scheduledAction(minimum: nil, maximum: 1)]) }
            },
            ControlExample("a schedule that deletes the endpoint in the evening") { graph in
                graph.schedules.append(
                    Schedule("EveningStop") {
                        $0.expression = "cron(0 20 ? * MON-FRI *)"
                        $0.isEnabled = true
                        $0.targetARN = "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint"
                        $0.endpointName = graph.endpoints.first?.name ?? .absent
                    })
            },
            ControlExample("an update that falls back to the first count") { graph in
                graph.endpoints.mutateEach { $0.retainsAllVariantProperties = false }
            },
        ],
        judge: keepsTwo)

    private static func scheduledAction(minimum: Int?, maximum: Int?) -> ScheduledScaling {
        var action = ScheduledScaling()
        action.name = "by-the-clock"
        action.expression = "cron(0 20 * * ? *)"
        action.minimum = minimum.map { .known($0) } ?? .absent
        action.maximum = maximum.map { .known($0) } ?? .absent
        return action
    }

    @Sendable private static func keepsTwo(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine {
            return graph.judgeEvidence(.fleet) { _, fleet, ask in
                let least = graph.thresholds.instancesMinimum
                ask.require(fleet.number("floor"), "the floor of the scaler", wanted: "at least \(Int(bounded: least))")
                {
                    $0 >= least
                }
            }
        }
        return graph.judgeInstanceEndpoints { endpoint, variants, ask in
            for variant in variants { requireFloor(of: variant, of: endpoint, in: graph, &ask) }
            requireCountsKept(endpoint, in: graph, &ask)
            graph.requireNoStop(of: endpoint, &ask)
        }
    }

    private static func requireFloor(
        of variant: Variant, of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry
    ) {
        let least = Int(bounded: graph.thresholds.instancesMinimum)
        if !variant.managedMinimum.isAbsent {
            ask.require(variant.managedMinimum, "the managed minimum of \(variant.title)", wanted: "at least \(least)")
            {
                $0 >= least
            }
        }
        switch graph.scalableTarget(of: variant, of: endpoint) {
        case .none:
            if variant.managedMinimum.isAbsent { requireTwo(variant, in: graph, &ask) }
        case .unknown(let why):
            ask.doubt("what scales \(variant.title) cannot be told: \(why)")
        case .found(let target):
            ask.relate("its scalable target \(target.id)", at: target.place)
            ask.require(target.minimum, "MinCapacity of \(target.id)", wanted: "at least \(least)") { $0 >= least }
            guard !target.scheduled.isAbsent else { return }
            for action in ask.need(target.scheduled, "the scheduled actions of \(target.id)") ?? [] {
                let name = action.name.value ?? "without a name"
                for (bound, what) in [(action.minimum, "MinCapacity"), (action.maximum, "MaxCapacity")]
                where !bound.isAbsent {
                    ask.require(bound, "\(what) of scheduled action \(name)", wanted: "at least \(least)") {
                        $0 >= least
                    }
                }
            }
        }
    }

    private static func requireCountsKept(_ endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let kept = endpoint.retainsAllVariantProperties
        if graph.source == .terraform && kept.isAbsent {
            // The provider has no such argument; an update falls back to the first count, which REL-1.1 keeps at two.
            return ask.prove("an update falls back to the first count, as Terraform's provider always does")
        }
        if graph.source == .live && !kept.isKnown {
            // The account does not keep how updates are made; without the flag they start at the first count.
            return ask.prove("an update falls back to no less than the first count")
        }
        ask.requireFlag(kept, "RetainAllVariantProperties", absentAs: false)
    }

    private static let zones = Control(
        "REL-1.3", "Instances are spread over at least two Availability Zones",
        severities: Severities(production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Multi-AZ deployment",
        limit: "2 zones",
        remedy:
            "Give the model's network subnets in at least two different Availability Zones (spec: instances.zones).",
        traps: [
            "Two subnets can lie in one zone.",
            "Zone names differ from account to account; ids do not.",
        ],
        holds: [
            ControlExample("two subnets in two zones"),
            ControlExample("no network of its own, so that SageMaker spreads the instances") { graph in
                graph.models.mutateEach { $0.subnets = .absent }
            },
        ],
        fails: [
            ControlExample("two subnets in one zone") { graph in
                graph.subnets.mutateEach { $0.availabilityZone = "${AZ.0}" }
            },
            ControlExample("a single subnet") { graph in
                graph.models.mutateEach { $0.subnets = $0.subnets.map { Array($0.prefix(1)) } }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEvidence(.fleet) { _, fleet, ask in
                ask.require(fleet.number("domains"), "the number of failure domains", wanted: "at least 2") { $0 >= 2 }
            }
        }
        return graph.judgeInstanceEndpoints { _, variants, ask in
            for variant in variants {
                switch graph.zoneSpread(of: variant, &ask) {
                case .atLeast(let count): ask.prove("\(variant.title) is spread over \(count) zones or more")
                case .one(let why): ask.fail("\(variant.title) lies in one zone, wanted at least 2: \(why)")
                case .unknown(let why): ask.doubt("the zones of \(variant.title) cannot be told: \(why)")
                case nil: break
                }
            }
        }
    }
}
