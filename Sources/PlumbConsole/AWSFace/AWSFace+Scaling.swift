// Application Auto Scaling: the bounds and the set point of an endpoint's instances.

import Foundation
import PlumbEngine
import PlumbModel

extension AWSFace {
    private static let dimension = "sagemaker:variant:DesiredInstanceCount"
    private static let activitiesMax = 100

    /// Nil for an operation that there is not.
    func scaling(_ operation: String, _ input: FaceInput, by actor: String) async throws -> Shape? {
        switch operation {
        case "RegisterScalableTarget": try await registerTarget(input, by: actor)
        case "DescribeScalableTargets": try describeTargets(input)
        case "DeregisterScalableTarget": try await deregisterTarget(input, by: actor)
        case "PutScalingPolicy": try await putPolicy(input, by: actor)
        case "DescribeScalingPolicies": try describePolicies(input)
        case "DeleteScalingPolicy": try await deletePolicy(input, by: actor)
        case "DescribeScalingActivities": .made(["ScalingActivities": .list(activities.reversed())])
        case "DescribeScheduledActions": .made(["ScheduledActions": .list([])])
        case "ListTagsForResource": try listScalingTags(input)
        default: nil
        }
    }

    /// What is registered for an endpoint; the next revision is made with it.
    func scalingBounds(of endpoint: String) -> (minimum: Int, maximum: Int, targetPercent: Double?)? {
        let target = records(of: .scalableTarget).first { Self.endpoint(ofResource: $0.name) == endpoint }
        guard let target, let minimum = target.body["MinCapacity"]?.integer,
            let maximum = target.body["MaxCapacity"]?.integer
        else { return nil }
        let policy = records(of: .scalingPolicy).first { $0.body["ResourceId"]?.text == target.name }
        return (
            minimum, maximum,
            policy?.body["TargetTrackingScalingPolicyConfiguration"]?["TargetValue"]?.number
        )
    }

    /// `endpoint/NAME/variant/NAME`
    private static func endpoint(ofResource id: String) -> String? {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "endpoint", parts[2] == "variant" else { return nil }
        return String(parts[1])
    }

    private func target(_ input: FaceInput) throws(FaceError) -> String {
        guard try input.text("ServiceNamespace") == "sagemaker",
            try input.text("ScalableDimension") == Self.dimension
        else {
            throw .validation("The engine scales sagemaker's \(Self.dimension), and nothing else.")
        }
        return try input.text("ResourceId")
    }

    private func missing(_ what: String) -> FaceError {
        FaceError(
            code: "ObjectNotFoundException",
            message: "No \(what) found for service namespace: sagemaker, and scalable dimension: \(Self.dimension)")
    }

    private func registerTarget(_ input: FaceInput, by actor: String) async throws -> Shape {
        try input.allow([
            "ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity", "RoleARN", "Tags",
        ])
        let id = try target(input)
        guard let endpoint = Self.endpoint(ofResource: id), let status = try await status(of: endpoint),
            let record = records[FaceRecord.key(.endpoint, endpoint)],
            id.hasSuffix("/variant/\(variantName(record, status) ?? "")")
        else { throw FaceError.validation("No endpoint variant found for resource ID: \(id.prefix(200))") }
        return try await alone(with: [FaceRecord.key(.scalableTarget, id)]) {
            let known = records[FaceRecord.key(.scalableTarget, id)]
            let range = 1...VariantReading.instancesMax
            guard
                let minimum = try input.optionalInteger("MinCapacity", in: range)
                    ?? known?.body["MinCapacity"]?.integer,
                let maximum = try input.optionalInteger("MaxCapacity", in: range)
                    ?? known?.body["MaxCapacity"]?.integer,
                minimum <= maximum
            else {
                throw FaceError.validation("A new target needs MinCapacity and MaxCapacity, the first not the larger.")
            }
            if known == nil { try requireNew(.scalableTarget, id) }
            let now = await ground.now()
            let body: Shape = .made([
                "MinCapacity": .integer(minimum), "MaxCapacity": .integer(maximum), "RoleARN": input.shape["RoleARN"],
            ])
            var record = try known ?? FaceRecord(.scalableTarget, id, body, tags: input.tags(), at: now)
            (record.body, record.changedAt) = (body, now)
            try await keep(record, "RegisterScalableTarget", by: actor)
            return .made(["ScalableTargetARN": .text(arn(.scalableTarget, id))])
        }
    }

    private func describeTargets(_ input: FaceInput) throws -> Shape {
        let ids = try input.texts("ResourceIds")
        let found = records(of: .scalableTarget).filter { ids.isEmpty || ids.contains($0.name) }
        return .made([
            "ScalableTargets": .list(
                found.sorted { $0.name < $1.name }.map { record in
                    .made([
                        "ServiceNamespace": "sagemaker", "ResourceId": .text(record.name),
                        "ScalableDimension": .text(Self.dimension), "MinCapacity": record.body["MinCapacity"],
                        "MaxCapacity": record.body["MaxCapacity"],
                        "RoleARN": record.body["RoleARN"] ?? .text("arn:aws:iam::\(FaceRecord.account):role/plumb"),
                        "CreationTime": .time(record.createdAt),
                        "ScalableTargetARN": .text(arn(.scalableTarget, record.name)),
                        "SuspendedState": .map([
                            "DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": false,
                            "ScheduledScalingSuspended": false,
                        ]),
                    ])
                })
        ])
    }

    private func deregisterTarget(_ input: FaceInput, by actor: String) async throws -> Shape {
        let id = try target(input)
        return try await alone(with: [FaceRecord.key(.scalableTarget, id)]) {
            guard records[FaceRecord.key(.scalableTarget, id)] != nil else { throw missing("scalable target") }
            try await forgetTarget(id, by: actor)
            return .map([:])
        }
    }

    private func forgetTarget(_ id: String, by actor: String) async throws {
        for policy in records(of: .scalingPolicy) where policy.body["ResourceId"]?.text == id {
            try await forget(.scalingPolicy, policy.name, "DeleteScalingPolicy", by: actor)
        }
        try await forget(.scalableTarget, id, "DeregisterScalableTarget", by: actor)
    }

    /// Bounds do not outlive their endpoint: another one of its name begins without.
    func forgetScaling(of endpoint: String, by actor: String) async throws {
        for target in records(of: .scalableTarget) where Self.endpoint(ofResource: target.name) == endpoint {
            try await forgetTarget(target.name, by: actor)
        }
    }

    private func putPolicy(_ input: FaceInput, by actor: String) async throws -> Shape {
        try input.allow([
            "PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension", "PolicyType",
            "TargetTrackingScalingPolicyConfiguration",
        ])
        let id = try target(input)
        let policy = try input.text("PolicyName")
        let name = "\(id):\(policy)"
        guard records[FaceRecord.key(.scalableTarget, id)] != nil else { throw missing("scalable target") }
        guard try input.optionalText("PolicyType") == "TargetTrackingScaling" else {
            throw FaceError.validation("PolicyType: the engine has TargetTrackingScaling only.")
        }
        let tracking = try input.structure("TargetTrackingScalingPolicyConfiguration")
        guard let value = try tracking.optionalNumber("TargetValue"), (1...100).contains(value) else {
            throw FaceError.validation("TargetValue: percent of the workers' capacity, from 1 to 100.")
        }
        if let other = records(of: .scalingPolicy).first(where: {
            $0.body["ResourceId"]?.text == id && $0.name != name
        }) {
            throw FaceError.validation("The target has the policy \(other.name) already; two would pull it apart.")
        }
        return try await alone(with: [FaceRecord.key(.scalingPolicy, name)]) {
            let now = await ground.now()
            var record =
                records[FaceRecord.key(.scalingPolicy, name)] ?? FaceRecord(.scalingPolicy, name, .map([:]), at: now)
            (record.body, record.changedAt) = (input.shape, now)
            try await keep(record, "PutScalingPolicy", by: actor)
            return .made(["PolicyARN": .text(arn(.scalingPolicy, name)), "Alarms": .list([])])
        }
    }

    private func describePolicies(_ input: FaceInput) throws -> Shape {
        let id = try input.optionalText("ResourceId")
        let names = try input.texts("PolicyNames")
        let found = records(of: .scalingPolicy).filter { record in
            (id.map { record.body["ResourceId"]?.text == $0 } ?? true)
                && (names.isEmpty || names.contains(record.body["PolicyName"]?.text ?? ""))
        }
        return .made([
            "ScalingPolicies": .list(
                found.sorted { $0.name < $1.name }.map { record in
                    var shape = record.body
                    shape["PolicyARN"] = .text(arn(.scalingPolicy, record.name))
                    shape["CreationTime"] = .time(record.createdAt)
                    shape["Alarms"] = .list([])
                    return shape
                })
        ])
    }

    private func deletePolicy(_ input: FaceInput, by actor: String) async throws -> Shape {
        let name = "\(try target(input)):\(try input.text("PolicyName"))"
        return try await alone(with: [FaceRecord.key(.scalingPolicy, name)]) {
            guard records[FaceRecord.key(.scalingPolicy, name)] != nil else { throw missing("scaling policy") }
            try await forget(.scalingPolicy, name, "DeleteScalingPolicy", by: actor)
            return .map([:])
        }
    }

    private func listScalingTags(_ input: FaceInput) throws -> Shape {
        let arn = try input.text("ResourceARN")
        guard let record = records(of: .scalableTarget).first(where: { self.arn($0.kind, $0.name) == arn }) else {
            throw FaceError(code: "ResourceNotFoundException", message: "There is no \(arn.prefix(300)).")
        }
        return .made(["Tags": .map(record.tags.mapValues { .text($0) })])
    }

    func noteActivity(_ endpoint: String, _ variant: String?, from old: Int, to new: Int, at now: Double) {
        activities.append(
            .made([
                "ActivityId": .text(UUID().uuidString.lowercased()), "ServiceNamespace": "sagemaker",
                "ResourceId": .text("endpoint/\(endpoint)/variant/\(variant ?? Revision.variantName)"),
                "ScalableDimension": .text(Self.dimension),
                "Description": .text("Setting desired instance count to \(new)."),
                "Cause": .text("a caller changed the count from \(old) to \(new)"), "StartTime": .time(now),
                "StatusCode": "Successful", "StatusMessage": "Successfully began the change.",
            ]))
        activities.removeFirst(max(0, activities.count - Self.activitiesMax))
    }
}
