// Endpoints must use autoscaling for traffic spikes.

import PlumbModel

extension PolicyBook {
    static let autoscaling = Policy(
        "REL-2", .reliability, "Endpoints must use autoscaling for traffic spikes.",
        controls: [scalableVariants, scalingBounds, setPoint, scaleOut, scaleIn, unattendedScaling])

    private static let scalableVariants = Control(
        "REL-2.1", "Every instance-based variant is a scalable target with a policy",
        severities: Severities(dev: .medium, staging: .high, production: .critical),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Endpoints must use autoscaling for traffic spikes.",
        remedy: "Register endpoint/NAME/variant/NAME as a scalable target and give it a scaling policy (spec: "
            + "scaling.enabled).",
        traps: [
            "The resource id is text: a typo scales another variant.",
            "A target without a policy never moves.",
            "A step policy needs an alarm of its own whose action is the policy.",
        ],
        holds: [
            ControlExample("a target and its policies"),
            ControlExample("in dev, with a floor of one", in: .dev),
            ControlExample("a policy that names the same resource id instead of the target") { graph in
                let resourceID = graph.scalableTargets.first?.resourceID ?? .absent
                graph.scalingPolicies.mutateEach {
                    $0.target = .absent
                    $0.resourceID = resourceID
                }
            },
        ],
        fails: [
            ControlExample("autoscaling switched off", spec: "scaling: {enabled: false}"),
            ControlExample("a second target for the same variant") { graph in
                guard var other = graph.scalableTargets.first else { return }
                other.head.id = "OtherTarget"
                graph.scalableTargets.append(other)
            },
            ControlExample("a typo in the resource id") { graph in
                graph.scalableTargets.mutateEach { $0.resourceID = "endpoint/digit/variant/primary" }
            },
            ControlExample("a target without a policy") { $0.scalingPolicies = [] },
            ControlExample("step policies that no alarm starts") { graph in
                graph.scalingPolicies.removeAll { $0.kind.value == .targetTracking }
                graph.alarms.removeAll { $0.id.hasPrefix("Scale") }
            },
        ],
        judge: scalesEveryVariant)

    @Sendable private static func scalesEveryVariant(_ graph: Graph) -> [Judgement] {
        let served = graph.judgeInstanceEndpoints { endpoint, variants, ask in
            if graph.source == .engine && graph.scalableTargets.isEmpty {
                return ask.doubt("the engine shows no scaler of this endpoint; its scalable targets decide it")
            }
            for variant in variants {
                if variant.isManaged {
                    ask.prove("\(variant.title) is scaled by SageMaker under its inference components")
                    continue
                }
                guard let target = graph.requireTarget(of: variant, of: endpoint, mustExist: true, &ask)
                else { continue }
                if graph.source == .engine {
                    ask.prove("\(variant.title) is scaled by \(target.id)")
                    continue
                }
                if graph.scalingPolicies.contains(where: { $0.target.isUnknown && $0.resourceID.isUnknown }) {
                    ask.doubt("which target a scaling policy moves is not known")
                }
                ask.requireOne(of: graph.policies(of: target), orFail: "no policy moves \(target.id)", name: \.id) {
                    requireEffect($0, in: graph, &$1)
                }
            }
        }
        return served + graph.judgeStrayTargets()
    }

    /// A policy that something starts: target tracking by itself, a step policy by an alarm.
    private static func requireEffect(_ policy: ScalingPolicy, in graph: Graph, _ ask: inout Inquiry) {
        guard let kind = ask.need(policy.kind, "the policy's type") else { return }
        guard kind == .step else { return ask.prove("target tracking") }
        guard let alarms = graph.alarms(starting: policy) else {
            return ask.doubt("the actions of the alarms are not known, and one of them may start it")
        }
        guard let alarm = alarms.first else { return ask.fail("it is a step policy, and no alarm starts it") }
        ask.prove("step scaling, started by \(alarm.id)")
    }

    private static let scalingBounds = Control(
        "REL-2.2", "Bounds follow the seed",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "min instances = 1, max instances = 4",
        limit: "1 to 4 instances; 2 to 4 in production",
        remedy: "Set MinCapacity to 1 (2 in production) and MaxCapacity above it and at most 4 (spec: "
            + "instances.minimum, instances.maximum).",
        traps: [
            "A maximum equal to the minimum switches scaling off without a word.",
            "In production the floor of two (REL-1.2) replaces the seed's one.",
            "Four instances all month are above dev's budget: COST-2.5 says how many fit.",
        ],
        holds: [
            ControlExample("two to four"),
            ControlExample("a floor of three in production", spec: "instances: {minimum: 3, initial: 3}"),
            ControlExample("one to three in dev", in: .dev, spec: "instances: {minimum: 1, initial: 1, maximum: 3}"),
        ],
        fails: [
            ControlExample("up to ten", spec: "instances: {maximum: 10}"),
            ControlExample("a maximum equal to the minimum", spec: "instances: {minimum: 2, initial: 2, maximum: 2}"),
            ControlExample("a floor of one in production", spec: "instances: {minimum: 1, initial: 2}"),
            ControlExample("a floor of two in dev", in: .dev, spec: "instances: {minimum: 2, initial: 2}"),
            ControlExample("a scheduled action up to eight") { graph in
                graph.scalableTargets.mutateEach { target in
                    var action = ScheduledScaling()
                    action.maximum = 8
                    target.scheduled = .known([action])
                }
            },
        ],
        judge: keepsBounds)

    @Sendable private static func keepsBounds(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine && graph.scalableTargets.isEmpty {
            return graph.judgeEvidence(.fleet) { _, fleet, ask in
                requireBounds(
                    fleet.number("floor").map(Int.init(bounded:)), fleet.number("ceiling").map(Int.init(bounded:)),
                    of: "the scaler", in: graph, &ask)
            }
        }
        return graph.judgeInstanceEndpoints { endpoint, variants, ask in
            for variant in variants {
                if variant.isManaged {
                    requireBounds(
                        variant.managedMinimum, variant.managedMaximum, of: variant.title, in: graph, &ask)
                    continue
                }
                guard let target = graph.requireTarget(of: variant, of: endpoint, &ask) else { continue }
                requireBounds(target.minimum, target.maximum, of: target.id, in: graph, &ask)
                guard !target.scheduled.isAbsent else { continue }
                for action in ask.need(target.scheduled, "the scheduled actions of \(target.id)") ?? [] {
                    let name = "scheduled action \(action.name.value ?? "without a name")"
                    let minimum = action.minimum.isAbsent ? target.minimum : action.minimum
                    let maximum = action.maximum.isAbsent ? target.maximum : action.maximum
                    requireBounds(minimum, maximum, of: name, isScheduled: true, in: graph, &ask)
                }
            }
        }
    }

    /// The seed's bounds; a scheduled action may raise the floor for a while, in any environment.
    private static func requireBounds(
        _ minimum: Fact<Int>, _ maximum: Fact<Int>, of name: String, isScheduled: Bool = false, in graph: Graph,
        _ ask: inout Inquiry
    ) {
        let isProduction = graph.environment == .production
        let low: Int?
        if isProduction {
            let least = Int(bounded: graph.thresholds.instancesMinimum)
            low = ask.require(minimum, "the minimum of \(name)", wanted: "at least \(least)") { $0 >= least }
        } else if isScheduled {
            low = ask.require(minimum, "the minimum of \(name)", wanted: "at least 1") { $0 >= 1 }
        } else {
            low = ask.require(minimum, "the minimum of \(name)", wanted: "1") { $0 == 1 }
        }
        let most = Int(bounded: graph.thresholds.instancesMaximum)
        let high = ask.require(maximum, "the maximum of \(name)", wanted: "at most \(most)") { $0 <= most }
        if let low, let high, low >= high {
            ask.fail("\(name) cannot scale: its minimum \(low) is not below its maximum \(high)", at: maximum.place)
        }
    }

    private static let unattendedScaling = Control(
        "REL-2.6", "Scaling works unattended and survives deployments",
        severities: Severities(dev: .medium, staging: .medium, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Benefits: Handle traffic spikes without manual intervention",
        remedy:
            "Suspend nothing, keep the counts over updates (RetainAllVariantProperties: true), and leave the role to "
            + "Application Auto Scaling.",
        traps: [
            "An update that changes the instance type of a registered variant fails: deregister it first.",
            "Scaling is blocked during an update, and deregistering a target deletes its policies.",
            "Terraform's provider cannot keep the counts: each change of configuration starts at the first count.",
        ],
        holds: [
            ControlExample("nothing suspended, counts kept"),
            ControlExample("an account in which it has acted") { graph in
                graph.showServing(["primary": 2])
                graph.record(.fleet, numbers: ["days": 30, "changesPerHourMax": 1, "failedActivities": 0])
            },
            ControlExample("the service-linked role written out") { graph in
                graph.scalableTargets.mutateEach { $0.role = .known(.external(serviceLinkedRole)) }
            },
        ],
        fails: [
            ControlExample("scale-out suspended") { graph in
                graph.scalableTargets.mutateEach { $0.suspendsScaleOut = true }
            },
            ControlExample("scaling that fails in the account") { graph in
                graph.showServing(["primary": 2])
                graph.record(.fleet, numbers: ["days": 30, "changesPerHourMax": 1, "failedActivities": 2])
            },
            ControlExample("counts that an update resets") { graph in
                graph.endpoints.mutateEach { $0.retainsAllVariantProperties = .absent }
            },
            ControlExample("scaling under the deployment's own role") { graph in
                graph.scalableTargets.mutateEach { $0.role = .known(.resource("DeployRole")) }
            },
        ],
        judge: scalesUnattended)

    private static let serviceLinkedRole =
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/"
        + "sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"

    @Sendable private static func scalesUnattended(_ graph: Graph) -> [Judgement] {
        graph.judgeInstanceEndpoints { endpoint, variants, ask in
            if graph.source == .engine && graph.scalableTargets.isEmpty {
                return ask.doubt("the engine shows no scaler of this endpoint; its scalable targets decide it")
            }
            for variant in variants where !variant.isManaged {
                guard let target = graph.requireTarget(of: variant, of: endpoint, &ask) else { continue }
                let suspensions = [
                    (target.suspendsScaleOut, "suspension of scale-out"),
                    (target.suspendsScaleIn, "suspension of scale-in"),
                    (target.suspendsScheduled, "suspension of scheduled scaling"),
                ]
                for (fact, what) in suspensions { ask.requireFlag(fact, what, is: false, absentAs: false) }
                requireServiceRole(target, &ask)
                requireCountsKept(endpoint, variant, target, in: graph, &ask)
            }
            if graph.source == .live { requireActivities(of: endpoint, in: graph, &ask) }
        }
    }

    /// What autoscaling has done in the last weeks, and whether it could.
    private static func requireActivities(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let fleet = graph.newestEvidence(.fleet, of: endpoint)
        guard let fleet, let failed = fleet.numbers["failedActivities"] else {
            return ask.doubt("the account's scaling activities were not read; DescribeScalingActivities decides it")
        }
        if failed > 0 { ask.fail("\(Int(bounded: failed)) scaling activities failed in the last 7 days, wanted none") }
        guard let changes = fleet.numbers["changesPerHourMax"] else {
            return ask.prove("no scaling activity failed in the last 7 days")
        }
        let days = Arithmetic.text(fleet.numbers["days"] ?? 0, places: 0)
        ask.prove("in \(days) days it changed the count at most \(Int(bounded: changes)) times an hour")
    }

    private static func requireServiceRole(_ target: ScalableTarget, _ ask: inout Inquiry) {
        switch target.role.state {
        case .absent: ask.prove("scaling runs under the service-linked role")
        case .unknown(let why): ask.doubt("the role of \(target.id) cannot be told: \(why)")
        case .known(.external(let arn)) where arn.contains("AWSServiceRoleForApplicationAutoScaling_"):
            ask.prove("scaling runs under the service-linked role")
        case .known(let role):
            let name = if case .resource(let id) = role { id } else { "a role outside this input" }
            ask.fail("\(target.id) runs under \(name), wanted the service-linked role", at: target.role.place)
        }
    }

    private static func requireCountsKept(
        _ endpoint: Endpoint, _ variant: Variant, _ target: ScalableTarget, in graph: Graph, _ ask: inout Inquiry
    ) {
        let kept = endpoint.retainsAllVariantProperties
        switch graph.source {
        case .terraform where kept.isAbsent:
            if let first = variant.initialInstanceCount.value, let most = target.maximum.value, first >= most {
                return ask.prove("an update starts at \(first) instances, the most there are")
            }
            ask.doubt(
                "an update starts again at the first count, because Terraform's provider cannot keep the current "
                    + "one; the live account decides whether that loses capacity")
        case .live where !kept.isKnown:
            // An account does not keep how its updates are made.
            let running = variant.name.value.flatMap { graph.live.endpoints[endpoint.id]?.instances.value?[$0] }
            if let first = variant.initialInstanceCount.value, let running, first >= running {
                return ask.prove("an update starts at \(first) instances or more, and \(running) run")
            }
            ask.doubt(
                "whether updates are made with RetainAllVariantProperties, or start again at the first count, an "
                    + "account does not show; a template decides it")
        case .engine where kept.isAbsent:
            ask.doubt("whether the engine carries the count over a deployment is not recorded")
        default: ask.requireFlag(kept, "RetainAllVariantProperties", absentAs: false)
        }
    }
}
