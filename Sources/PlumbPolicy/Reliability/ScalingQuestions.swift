// Which scalable target, policies and alarms move a variant's number of instances.

import PlumbModel
import PlumbSignals

/// The result of looking for a variant's scalable target.
enum TargetSearch {
    case found(ScalableTarget)
    case none(String)
    case unknown(String)
}

extension Graph {
    static let variantDimension = "sagemaker:variant:DesiredInstanceCount"

    /// The scalable target of a variant, by the text of its resource id.
    ///
    /// The id is text and nothing checks it: a typo scales another variant, or none.
    func scalableTarget(of variant: Variant, of endpoint: Endpoint) -> TargetSearch {
        guard let variantName = variant.name.value else { return .unknown("the variant's name is not known") }
        let endpointNames = [endpoint.name.value, "${\(endpoint.id).EndpointName}", "${\(endpoint.id).Name}"]
        let wanted = endpointNames.compactMap { $0 }.map { "endpoint/\($0)/variant/\(variantName)" }
        let join = joined(ScalingJoin.self)
        for target in scalableTargets[wanted.reduce([]) { merged($0, join.targetsByResource[$1]) }] {
            guard target.dimension.value == nil || target.dimension.value == Self.variantDimension else { continue }
            return .found(target)
        }
        if let open = join.firstWithoutResource.map({ scalableTargets[$0] }) {
            return .unknown("what \(open.id) scales: \(open.resourceID.whyUnknown ?? "it has no resource id")")
        }
        guard endpoint.name.isKnown || scalableTargets.isEmpty else {
            return .unknown("the endpoint's name, by which scalable targets find it")
        }
        let others = scalableTargets.few.map { "\($0.id) scales '\($0.resourceID.value ?? "")'" }
        return .none(
            "'\(wanted[0])' is no scalable target"
                + (others.isEmpty ? "" : ": " + others.told(of: scalableTargets.count, ", ")))
    }

    /// The variant's scalable target. That there is none is REL-2.1's fault alone (`mustExist`); what asks more of it
    /// than that cannot tell.
    func requireTarget(
        of variant: Variant, of endpoint: Endpoint, mustExist: Bool = false, _ ask: inout Inquiry
    ) -> ScalableTarget? {
        switch scalableTarget(of: variant, of: endpoint) {
        case .found(let target):
            ask.relate("its scalable target \(target.id)", at: target.place)
            return target
        case .none(let why) where mustExist: ask.fail(why)
        case .none(let why): ask.doubt("\(why) (REL-2.1), so that nothing more can be told")
        case .unknown(let why): ask.doubt("cannot be told from this input: \(why)")
        }
        return nil
    }

    /// Targets whose resource id leads nowhere, or where another target already is. Judged only where all endpoints
    /// are here by name.
    func judgeStrayTargets() -> [Judgement] {
        let names = joined(EndpointsByName.self)
        guard source != .engine, !endpoints.isEmpty, !names.isAnyNameOpen else { return [] }
        let byResource = joined(ScalingJoin.self).targetsByResource
        return scalableTargets.compactMap { target in
            let parts = (target.resourceID.value ?? "").split(separator: "/").map(String.init)
            guard parts.count == 4, parts[0] == "endpoint", parts[2] == "variant" else { return nil }
            guard let fault = strayFault(of: target, parts[1], parts[3], byResource[parts.joined(separator: "/")])
            else { return nil }
            return .about(target) { ask in
                if let endpoint = endpoint(named: parts[1]) {
                    ask.relate("the endpoint \(endpoint.id)", at: endpoint.place)
                }
                ask.fail(fault, at: target.resourceID.place)
            }
        }
    }

    private func strayFault(
        of target: ScalableTarget, _ endpointName: String, _ variantName: String, _ sharing: [Int]
    ) -> String? {
        guard let endpoint = endpoint(named: endpointName) else {
            return "it scales endpoint '\(endpointName)', which is not here"
        }
        guard !isElsewhere(target.head, than: endpoint.head),
            let variants = endpointConfigs[endpoint.config]?.variants.value, variants.allSatisfy({ $0.name.isKnown })
        else { return nil }
        guard let variant = variants.first(where: { $0.name.value == variantName }) else {
            let known = variants.compactMap(\.name.value).quoted
            return "it scales variant '\(variantName)', which '\(endpointName)' does not have; it has \(known)"
        }
        if let dimension = target.dimension.value, dimension.hasPrefix("sagemaker:variant:"),
            (dimension == Self.variantDimension) == variant.isServerless
        {
            return "it scales \(dimension), which variant '\(variantName)' does not have"
        }
        // Of several targets with one resource id, the one that is called like the endpoint is meant.
        let others = sharing.map { scalableTargets[$0] }.filter { $0.dimension == target.dimension }
        guard others.count > 1 else { return nil }
        let nearest = others.max { Self.likeness($0.id, endpoint.id) < Self.likeness($1.id, endpoint.id) }
        return nearest?.id == target.id ? nil : "it names the same variant as \(nearest?.id ?? "another target")"
    }

    /// How many characters two ids begin with in common, addresses without their types.
    private static func likeness(_ one: String, _ other: String) -> Int {
        let (one, other) = (one.split(separator: ".").last ?? "", other.split(separator: ".").last ?? "")
        return zip(one, other).prefix { $0 == $1 }.count
    }

    /// The policies that move a target, by reference or by the same resource id.
    func policies(of target: ScalableTarget) -> [ScalingPolicy] {
        let join = joined(ScalingJoin.self)
        let sameResource = target.resourceID.value.map { join.policiesByResource[$0] } ?? []
        return scalingPolicies[merged(join.policiesByTarget[target.id], sameResource)]
    }

    /// The alarms that start a step policy; nil when an alarm's actions are not known and it could be one of them.
    func alarms(starting policy: ScalingPolicy) -> [Alarm]? {
        let join = joined(ScalingJoin.self)
        let starting = alarms[join.alarmsByAction[policy.id]]
        return starting.isEmpty && join.isAnyActionOpen ? nil : starting
    }
}

extension ScalingPolicy {
    /// The rows of a customised metric as metric math reads them.
    var metricRows: Fact<[MetricDataQuery]> {
        guard metric.isKnown else { return metric.map { _ in [] } }
        let probe = Alarm(id) { alarm in
            alarm.queries = metric
            alarm.comparison = .known(.greaterThanThreshold)
            alarm.threshold = 0
            alarm.periodSeconds = 60
            alarm.evaluationPeriods = 1
        }
        return probe.definition.map(\.queries)
    }

    /// Whether any step adds (`true`) or removes (`false`) instances.
    func hasStep(adding: Bool, from count: Int) -> Fact<Bool> {
        if let why = steps.whyUnknown ?? adjustmentType.whyUnknown { return .unknown(why) }
        let adjustments = (steps.value ?? []).map(\.adjustment)
        let moves = adjustments.compactMap(\.value).contains { adjustment in
            let change = adjustmentType.value == "ExactCapacity" ? adjustment - count : adjustment
            return adding ? change > 0 : change < 0
        }
        if moves { return true }
        return adjustments.first(where: \.isUnknown).map { .unknown($0.whyUnknown ?? "") } ?? false
    }
}
