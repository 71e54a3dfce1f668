// SageMaker's models and endpoint configurations, and how its lists are paged.

import PlumbEngine
import PlumbModel

extension AWSFace {
    /// Nil for an operation that there is not.
    func sageMaker(_ operation: String, _ input: FaceInput, by actor: String) async throws -> Shape? {
        switch operation {
        case "CreateModel": try await createModel(input, by: actor)
        case "DescribeModel": try describeModel(input)
        case "ListModels": try list(.model, input, as: "Models", named: "Model")
        case "DeleteModel": try await delete(.model, named: "ModelName", input, by: actor)
        case "CreateEndpointConfig": try await createConfig(input, by: actor)
        case "DescribeEndpointConfig": try describeConfig(input)
        case "ListEndpointConfigs": try list(.endpointConfig, input, as: "EndpointConfigs", named: "EndpointConfig")
        case "DeleteEndpointConfig": try await deleteConfig(input, by: actor)
        case "CreateEndpoint": try await createEndpoint(input, by: actor)
        case "DescribeEndpoint": try await describeEndpoint(input)
        case "ListEndpoints": try await listEndpoints(input)
        case "UpdateEndpoint": try await updateEndpoint(input, by: actor)
        case "DeleteEndpoint": try await deleteEndpoint(input, by: actor)
        case "UpdateEndpointWeightsAndCapacities": try await updateCapacities(input, by: actor)
        case "AddTags": try await addTags(input, by: actor)
        case "ListTags": try listTags(input)
        case "DeleteTags": try await deleteTags(input, by: actor)
        default: nil
        }
    }

    // MARK: - Models

    private func createModel(_ input: FaceInput, by actor: String) async throws -> Shape {
        try input.allow([
            "ModelName", "PrimaryContainer", "Containers", "ExecutionRoleArn", "Tags", "VpcConfig",
            "EnableNetworkIsolation", "InferenceExecutionConfig",
        ])
        let name = try input.name("ModelName")
        let containers = try input.structures("Containers")
        guard input.has("PrimaryContainer") != (containers.count == 1) else {
            throw FaceError.validation("A model has one container: PrimaryContainer, or one of Containers.")
        }
        let container = try input.optionalStructure("PrimaryContainer") ?? containers[0]
        _ = try ContainerReading(container)
        return try await alone(with: [FaceRecord.key(.model, name)]) {
            try requireNew(.model, name)
            var body = input.shape
            body["Tags"] = nil
            try await keep(
                FaceRecord(.model, name, body, tags: try input.tags(), at: await ground.now()), "CreateModel", by: actor
            )
            return .made(["ModelArn": .text(arn(.model, name))])
        }
    }

    private func describeModel(_ input: FaceInput) throws -> Shape {
        let record = try record(.model, try input.text("ModelName"))
        var output = record.body
        output["ModelArn"] = .text(arn(.model, record.name))
        output["CreationTime"] = .time(record.createdAt)
        output["EnableNetworkIsolation"] = output["EnableNetworkIsolation"] ?? false
        if var container = output["PrimaryContainer"] {
            container["Mode"] = container["Mode"] ?? "SingleModel"
            output["PrimaryContainer"] = container
        }
        return output
    }

    private func delete(
        _ kind: FaceRecord.Kind, named member: String, _ input: FaceInput, by actor: String
    ) async throws -> Shape {
        let name = try input.text(member)
        return try await alone(with: [FaceRecord.key(kind, name)]) {
            _ = try record(kind, name)
            try await forget(kind, name, kind == .model ? "DeleteModel" : "DeleteEndpointConfig", by: actor)
            return .map([:])
        }
    }

    // MARK: - Endpoint configurations

    private func createConfig(_ input: FaceInput, by actor: String) async throws -> Shape {
        try input.allow(["EndpointConfigName", "ProductionVariants", "Tags", "KmsKeyId", "ExecutionRoleArn"])
        let name = try input.name("EndpointConfigName")
        let variant = try VariantReading(ofConfig: input.shape)
        return try await alone(with: [FaceRecord.key(.endpointConfig, name)]) {
            try requireNew(.endpointConfig, name)
            _ = try record(.model, variant.model)
            var body = input.shape
            body["Tags"] = nil
            try await keep(
                FaceRecord(.endpointConfig, name, body, tags: try input.tags(), at: await ground.now()),
                "CreateEndpointConfig", by: actor)
            return .made(["EndpointConfigArn": .text(arn(.endpointConfig, name))])
        }
    }

    private func describeConfig(_ input: FaceInput) throws -> Shape {
        let record = try record(.endpointConfig, try input.text("EndpointConfigName"))
        var output = record.body
        output["EndpointConfigArn"] = .text(arn(.endpointConfig, record.name))
        output["CreationTime"] = .time(record.createdAt)
        output["EnableNetworkIsolation"] = false
        return output
    }

    /// What serves, or is about to, cannot be taken apart: a rollback would have nothing to go back to.
    private func deleteConfig(_ input: FaceInput, by actor: String) async throws -> Shape {
        let name = try input.text("EndpointConfigName")
        for status in try await plane.status().endpoints {
            guard let record = records[FaceRecord.key(.endpoint, status.record.name)] else { continue }
            let needed = [status.record.active, status.record.rollout?.order.new, status.record.rollout?.order.old]
            let configs = needed.compactMap { $0.flatMap { record.configs["\($0)"] } }
            if configs.contains(name) || record.pendingConfig == name {
                throw FaceError.validation(
                    "Cannot delete endpoint configuration \"\(arn(.endpointConfig, name))\": the endpoint "
                        + "\"\(record.name)\" uses it.")
            }
        }
        return try await delete(.endpointConfig, named: "EndpointConfigName", input, by: actor)
    }

    // MARK: - Lists

    private func list(
        _ kind: FaceRecord.Kind, _ input: FaceInput, as member: String, named word: String
    ) throws -> Shape {
        let page = try FacePage(input, sortsBy: ["Name", "CreationTime"])
        return try page.answer(
            records(of: kind).map { ($0.name, $0.createdAt, $0.changedAt, "") }, member: member
        ) { name, createdAt, _, _ in
            .made([
                "\(word)Name": .text(name), "\(word)Arn": .text(arn(kind, name)), "CreationTime": .time(createdAt),
            ])
        }
    }
}

/// What lists share: a filter, an order, a place to go on.
struct FacePage {
    typealias Entry = (name: String, createdAt: Double, changedAt: Double, status: String)
    private let input: FaceInput
    private let sort: String
    private let ascends: Bool
    private let count: Int
    private static let defaultCount = 10
    static let countMax = 100

    init(_ input: FaceInput, sortsBy: Set<String>) throws(FaceError) {
        self.input = input
        sort = try input.optionalText("SortBy") ?? "CreationTime"
        ascends = try input.optionalText("SortOrder") == "Ascending"
        count = try input.optionalInteger("MaxResults", in: 1...Self.countMax) ?? Self.defaultCount
        guard sortsBy.contains(sort) else {
            throw .validation("sortBy: '\(sort)' is none of \(sortsBy.sorted().joined(separator: ", "))")
        }
    }

    func answer(_ entries: [Entry], member: String, _ show: (Entry) -> Shape) throws(FaceError) -> Shape {
        let wanted = try input.optionalText("NameContains")
        let status = try input.optionalText("StatusEquals")
        let after = try input.optionalTime("CreationTimeAfter") ?? -.infinity
        let before = try input.optionalTime("CreationTimeBefore") ?? .infinity
        let changedAfter = try input.optionalTime("LastModifiedTimeAfter") ?? -.infinity
        let changedBefore = try input.optionalTime("LastModifiedTimeBefore") ?? .infinity
        var found = entries.filter { entry in
            (wanted.map { entry.name.contains($0) } ?? true) && (status.map { entry.status == $0 } ?? true)
                && entry.createdAt > after && entry.createdAt < before && entry.changedAt > changedAfter
                && entry.changedAt < changedBefore
        }
        found.sort { left, right in
            switch sort {
            case "Name": left.name < right.name
            case "Status": (left.status, left.name) < (right.status, right.name)
            default: (left.createdAt, left.name) < (right.createdAt, right.name)
            }
        }
        if !ascends { found.reverse() }
        if let token = try input.optionalText("NextToken") {
            guard let last = found.firstIndex(where: { $0.name == token }) else {
                throw .validation("nextToken: the list has changed; begin anew.")
            }
            found.removeFirst(last + 1)
        }
        let page = found.prefix(count)
        return .made([
            member: .list(page.map(show)),
            "NextToken": found.count > page.count ? page.last.map { .text($0.name) } : nil,
        ])
    }
}
