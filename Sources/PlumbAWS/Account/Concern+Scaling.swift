// What scales the endpoints: Application Auto Scaling's targets, policies and actions, and what they have done.

import Foundation
import PlumbModel

extension Concern {
    /// A target is known by `endpoint/NAME/variant/NAME|sagemaker:variant:DesiredInstanceCount|sagemaker`, which is
    /// what CloudFormation refers to it by; its policies name it so in `ScalingTargetId`, and its scheduled actions
    /// stand in it. A policy's `LiveAlarms` are the alarms that autoscaling made for it.
    static let scaling = Concern(
        name: "scaling",
        reads: [
            Read(.applicationAutoScaling, "DescribeScalableTargets"),
            Read(.applicationAutoScaling, "DescribeScalingPolicies"),
            Read(.applicationAutoScaling, "DescribeScheduledActions"),
            Read(.applicationAutoScaling, "DescribeScalingActivities"),
            Read(.sageMaker, "ListEndpoints"), Read(.sageMaker, "DescribeEndpoint"),
            Read(.sageMaker, "ListInferenceComponents"), Read(.serviceQuotas, "ListServiceQuotas"),
        ],
        list: { survey in
            let places = try await survey.scaledPlaces()
            async let actions = survey.scheduledActions(places)
            async let policies: Void = survey.listPolicies(places)
            try await survey.listTargets(places, actions)
            try await policies
        },
        measure: { survey, resources in try await survey.measureFleets(resources) })
}

extension Survey {
    static let targetType = "AWS::ApplicationAutoScaling::ScalableTarget"
    private static let policyType = "AWS::ApplicationAutoScaling::ScalingPolicy"
    /// As many as one call takes.
    private static let placesMax = 50

    /// What may be scaled, as autoscaling names it; nil for all of the region.
    fileprivate func scaledPlaces() async throws -> [String]? {
        guard let names = try await fewEndpoints() else { return nil }
        var places: [String] = []
        for name in names {
            let variants = try await endpoint(name).value?["ProductionVariants"].items ?? []
            places += variants.compactMap { $0["VariantName"].text }.map { "endpoint/\(name)/variant/\($0)" }
        }
        let components = try await inferenceComponents().compactMap { $0["InferenceComponentName"].text }
        return places + components.map { "inference-component/\($0)" }
    }

    /// A list of autoscaling's, of one place each or of all at once.
    private func scaling(
        _ operation: String, _ places: [String]?, in member: String
    ) async throws -> Seen<[AWSValue]> {
        let all: AWSValue = ["ServiceNamespace": "sagemaker", "MaxResults": .number(Double(Self.placesMax))]
        let inputs = places.map { $0.map { ["ServiceNamespace": "sagemaker", "ResourceId": .text($0)] as AWSValue } }
        return try await items(.applicationAutoScaling, operation, each: inputs ?? [all], in: member)
    }

    /// What a target stands for, so that it is kept where that is.
    private static func meant(by place: String) -> [Wanted] {
        let parts = place.split(separator: "/").map(String.init)
        guard parts.count > 1 else { return [] }
        return [
            parts[0] == "endpoint" ? .endpoint(parts[1]) : Wanted("AWS::SageMaker::InferenceComponent", parts[1])
        ]
    }

    private static func reference(_ value: AWSValue) -> String {
        "\(value["ResourceId"].text ?? "")|\(value["ScalableDimension"].text ?? "")|sagemaker"
    }

    // MARK: - Targets

    /// The actions of each target.
    fileprivate func scheduledActions(_ places: [String]?) async throws -> Seen<[String: [AccountValue]]> {
        try await scaling("DescribeScheduledActions", places, in: "ScheduledActions").map { found in
            Dictionary(grouping: found, by: Self.reference).mapValues { actions in
                actions.map {
                    AccountValue(
                        $0, only: "ScheduledActionName", "Schedule", "Timezone", "StartTime", "EndTime",
                        "ScalableTargetAction")
                }
            }
        }
    }

    fileprivate func listTargets(
        _ places: [String]?, _ actions: Seen<[String: [AccountValue]]>
    ) async throws {
        let all: AWSValue = ["ServiceNamespace": "sagemaker", "MaxResults": .number(Double(Self.placesMax))]
        let inputs = places?.batches(of: Self.placesMax).map { batch -> AWSValue in
            ["ServiceNamespace": "sagemaker", "ResourceIds": .list(batch.map { .text($0) })]
        }
        let found = try await listed(
            Self.targetType, .applicationAutoScaling, "DescribeScalableTargets", each: inputs ?? [all],
            in: "ScalableTargets")
        for target in found {
            let name = Self.reference(target)
            var properties = AccountValue(
                target, only: "ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity",
                "RoleARN", "SuspendedState")
            properties["ScheduledActions"] = AccountValue(actions, of: name)
            properties["Tags"] = .unseen("the tags of scalable targets are not read")
            let resource = AccountResource(
                Self.targetType, name: name, arn: target["ScalableTargetARN"].text, region: region,
                properties: properties)
            notebook.consider(resource, mentioning: Self.meant(by: target["ResourceId"].text ?? ""))
        }
    }

    // MARK: - Policies

    fileprivate func listPolicies(_ places: [String]?) async throws {
        switch try await scaling("DescribeScalingPolicies", places, in: "ScalingPolicies") {
        case .absent: break
        case .unseen(let why):
            notebook.note(
                AccountGap(
                    type: Self.policyType, action: "application-autoscaling:DescribeScalingPolicies", reason: why))
        case .seen(let policies):
            for policy in policies {
                var properties = AccountValue(
                    policy, only: "PolicyName", "PolicyType", "ServiceNamespace", "ResourceId", "ScalableDimension",
                    "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration",
                    "PredictiveScalingPolicyConfiguration")
                properties["ScalingTargetId"] = .text(Self.reference(policy))
                properties["LiveAlarms"] = AccountValue(policy["Alarms"], names: ["AlarmARN": nil])
                // Policies have no tags.
                let resource = AccountResource(
                    Self.policyType, name: policy["PolicyName"].text ?? "", arn: policy["PolicyARN"].text,
                    region: region, tags: [:], properties: properties)
                notebook.consider(resource, mentioning: Self.meant(by: policy["ResourceId"].text ?? ""))
            }
        }
    }

    // MARK: - What it has done

    /// Days that are looked back upon.
    static let windowDays = 30.0

    /// Tells of each endpoint how its count has moved: `Evidence.Kind.fleet`.
    fileprivate func measureFleets(_ resources: [AccountResource]) async throws {
        let targets = resources.filter { $0.type == Self.targetType }
        let places = Set(targets.compactMap { $0.properties["ResourceId"].text })
        guard !places.isEmpty else { return }
        let few = places.count <= Self.oneByOneMax ? places.sorted() : nil
        async let quotas = instanceQuotas()
        let answer = try await scaling("DescribeScalingActivities", few, in: "ScalingActivities")
        let now = self.now
        let byPlace = answer.map { found in Dictionary(grouping: found) { $0["ResourceId"].text ?? "" } }
        let targetsByEndpoint = Dictionary(grouping: targets) { Self.endpointName(in: $0) ?? "" }
        let configs = Dictionary(
            resources.filter { $0.type == "AWS::SageMaker::EndpointConfig" }.map { ($0.name, $0) }
        ) { first, _ in first }
        for endpoint in resources where endpoint.type == "AWS::SageMaker::Endpoint" {
            let instances = endpoint.properties["LiveInstances"]
            guard let running = instances["Current"].number else { continue }
            var numbers = ["running": running]
            let own = targetsByEndpoint[endpoint.name] ?? []
            if own.isEmpty {
                numbers["floor"] = running
                numbers["ceiling"] = running
            } else {
                numbers["floor"] = own.reduce(0) { $0 + ($1.properties["MinCapacity"].number ?? 0) }
                numbers["ceiling"] = own.reduce(0) { $0 + ($1.properties["MaxCapacity"].number ?? 0) }
            }
            if let byPlace = byPlace.value, !own.isEmpty {
                let done = own.flatMap { byPlace[$0.properties["ResourceId"].text ?? ""] ?? [] }
                numbers["failedActivities"] = Double(done.count { isNewFailure($0) })
            }
            if let byPlace = byPlace.value, let target = own.first, own.count == 1 {
                let born = endpoint.properties["LiveCreationTime"].number ?? now
                let days = min(Self.windowDays, max(0, (now - born) / 86_400))
                let history = ScalingHistory(
                    changes: (byPlace[target.properties["ResourceId"].text ?? ""] ?? []).compactMap(ScalingChange.init),
                    count: instances["Desired"].number ?? running, from: now - days * 86_400, to: now)
                numbers["days"] = history.seconds / 86_400
                numbers["changesPerHourMax"] = Double(history.changesPerHourMax)
                numbers["atMinimumPercent"] = history.percent { $0 <= numbers["floor"] ?? 0 }
                numbers["atMaximumPercent"] = history.percent { $0 >= numbers["ceiling"] ?? .infinity }
            }
            var evidence = Evidence(
                .fleet, endpointName: endpoint.name, day: today, origin: "account", numbers: numbers)
            let config = endpoint.properties["EndpointConfigName"].text.flatMap { configs[$0] }
            try await quotas.tell(Self.doubledFleet(config, own), in: &evidence)
            notebook.note(evidence)
        }
    }

    /// Days within which a failure counts.
    private static let failureDays = 7.0

    private func isNewFailure(_ activity: AWSValue) -> Bool {
        guard activity["StatusCode"] == "Failed", let start = activity["StartTime"].date else { return false }
        return now - start.timeIntervalSince1970 <= Self.failureDays * 86_400
    }

    private static func endpointName(in target: AccountResource) -> String? {
        let parts = target.properties["ResourceId"].text?.split(separator: "/") ?? []
        return parts.count > 1 && parts[0] == "endpoint" ? String(parts[1]) : nil
    }
}

extension AccountValue {
    /// The scheduled actions of one target.
    fileprivate init(_ actions: Seen<[String: [AccountValue]]>, of target: String) {
        switch actions {
        case .seen(let byTarget): self = .list(byTarget[target] ?? [])
        case .absent: self = .absent
        case .unseen(let why): self = .unseen(why)
        }
    }
}
