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

    /// The variant's scalable target; its absence fails.
    func requireTarget(of variant: Variant, of endpoint: Endpoint, _ ask: inout Inquiry) -> ScalableTarget? {
        switch scalableTarget(of: variant, of: endpoint) {
        case .found(let target):
            ask.relate("its scalable target \(target.id)", at: target.place)
            return target
        case .none(let why): ask.fail(why)
        case .unknown(let why): ask.doubt("cannot be told from this input: \(why)")
        }
        return nil
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
