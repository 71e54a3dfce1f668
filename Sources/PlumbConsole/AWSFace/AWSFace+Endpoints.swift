// SageMaker's endpoints: made live by the control plane, and shown as it sees them.

import PlumbEngine
import PlumbModel

extension AWSFace {
    static let environmentTag = "ml:environment"
    static let teamTag = "ml:team"

    func status(of endpoint: String) async throws -> EndpointStatus? {
        try await plane.status().endpoints.first { $0.record.name == endpoint }
    }

    /// An endpoint that was created through these interfaces, and what the engine sees of it.
    private func endpoint(_ name: String) async throws -> (FaceRecord, EndpointStatus) {
        guard let status = try await status(of: name) else { throw notFound(name) }
        guard let record = records[FaceRecord.key(.endpoint, name)] else {
            throw FaceError.validation(
                "The endpoint \"\(name)\" was deployed from a spec, and is changed by deploying its spec.")
        }
        return (record, status)
    }

    private func notFound(_ name: String) -> FaceError {
        .validation("Could not find endpoint \"\(arn(.endpoint, name))\".")
    }

    // MARK: - Creating and updating

    func createEndpoint(_ input: FaceInput, by actor: String) async throws -> Shape {
        try input.allow(["EndpointName", "EndpointConfigName", "DeploymentConfig", "Tags"])
        let name = try input.name("EndpointName")
        let config = try input.name("EndpointConfigName")
        let keys = [FaceRecord.key(.endpoint, name), FaceRecord.key(.endpointConfig, config)]
        return try await alone(with: keys) {
            guard try await status(of: name) == nil else {
                throw FaceError.validation("Cannot create already existing endpoint \"\(arn(.endpoint, name))\".")
            }
            try requireNew(.endpoint, name)
            var record = FaceRecord(
                .endpoint, name, .map([:]), tags: try input.tags(), at: await ground.now())
            try await deploy(
                config, to: &record, deployment: input.optionalStructure("DeploymentConfig"),
                environment: nil, action: "CreateEndpoint", by: actor)
            return .made(["EndpointArn": .text(arn(.endpoint, name))])
        }
    }

    func updateEndpoint(_ input: FaceInput, by actor: String) async throws -> Shape {
        try input.allow([
            "EndpointName", "EndpointConfigName", "DeploymentConfig", "RetainDeploymentConfig",
            "RetainAllVariantProperties", "ExcludeRetainedVariantProperties",
        ])
        let name = try input.text("EndpointName")
        let config = try input.name("EndpointConfigName")
        let keys = [FaceRecord.key(.endpoint, name), FaceRecord.key(.endpointConfig, config)]
        return try await alone(with: keys) {
            var (record, status) = try await endpoint(name)
            try requireIdle(status)
            guard let active = status.record.revision(status.record.active) else {
                throw FaceError.validation(
                    "Cannot update endpoint \"\(arn(.endpoint, name))\", which never came into service; delete it.")
            }
            guard record.configs["\(active.number)"] != config else {
                throw FaceError.validation("The endpoint \"\(name)\" has the configuration \"\(config)\" already.")
            }
            var deployment = try input.optionalStructure("DeploymentConfig")
            if deployment == nil, try input.optionalFlag("RetainDeploymentConfig") == true {
                deployment = try FaceInput(record.body).optionalStructure("DeploymentConfig")
            }
            let keepsCount = try input.optionalFlag("RetainAllVariantProperties") == true
            try await deploy(
                config, to: &record, deployment: deployment, environment: active.spec.environment.rawValue,
                count: keepsCount ? active.spec.instances.initial : nil, action: "UpdateEndpoint", by: actor)
            return .made(["EndpointArn": .text(arn(.endpoint, name))])
        }
    }

    private func requireIdle(_ status: EndpointStatus) throws(FaceError) {
        guard status.record.rollout == nil else {
            throw .validation("Cannot update in-progress endpoint \"\(arn(.endpoint, status.record.name))\".")
        }
    }

    /// Notes the wish, has the control plane begin the rollout, and notes which revision it is.
    private func deploy(
        _ config: String, to record: inout FaceRecord, deployment: FaceInput?, environment: String?,
        count: Int? = nil, action: String, by actor: String
    ) async throws {
        let variant = try VariantReading(ofConfig: self.record(.endpointConfig, config).body)
        let model = try self.record(.model, variant.model)
        var order = EndpointOrder(
            name: record.name, environment: environment ?? record.tags[Self.environmentTag],
            team: record.tags[Self.teamTag] ?? actor, modelName: variant.model, modelPath: "",
            instanceType: variant.instanceType, count: count ?? variant.count)
        let guardian = try DeploymentReading(deployment, over: &order)
        for alarm in guardian.alarms where records[FaceRecord.key(.alarm, alarm)] == nil {
            throw FaceError.validation("The alarm \"\(alarm)\" of AutoRollbackConfiguration is not there.")
        }
        try complete(&order, variant, scalingOf: record.name)
        try await complete(&order, model)
        let request = try await spec(order)

        let before = records[record.key]
        record.pendingConfig = config
        record.variants[config] = variant.name
        record.changedAt = await ground.now()
        record.body["DeploymentConfig"] = deployment?.shape
        try await keep(record, action, by: actor)
        do {
            let receipt = try await plane.deploy(request, by: actor)
            record.configs["\(receipt.revision)"] = config
        } catch {
            if let before {
                try await keep(before, nil, by: actor)
            } else {
                try await forget(.endpoint, record.name, nil, by: actor)
            }
            throw error
        }
        record.pendingConfig = nil
        try await keep(record, nil, by: actor)
        await nameVariants(try await plane.status().endpoints)
    }

    private func complete(
        _ order: inout EndpointOrder, _ variant: VariantReading, scalingOf endpoint: String
    ) throws(FaceError) {
        order.startupTimeoutSeconds = variant.startupTimeoutSeconds
        order.downloadTimeoutSeconds = variant.downloadTimeoutSeconds
        guard let bounds = scalingBounds(of: endpoint) else { return }
        (order.minimum, order.maximum, order.targetPercent) = (bounds.minimum, bounds.maximum, bounds.targetPercent)
        order.count = min(max(order.count, bounds.minimum), bounds.maximum)
    }

    private func complete(_ order: inout EndpointOrder, _ model: FaceRecord) async throws {
        let input = FaceInput(model.body)
        let container = try ContainerReading(
            try input.optionalStructure("PrimaryContainer") ?? input.structures("Containers")[0])
        order.modelEnvironment = container.environment
        order.isMultiModel = container.isMultiModel
        order.exampleBody = container.example?.body
        order.exampleContentType = container.example?.contentType ?? order.exampleContentType
        if container.modelAddress.hasPrefix("s3://") {
            order.modelPath = try await fetch(container.modelAddress)
        } else if let path = URIText.unescaped(container.modelAddress.dropFirst(7)) {
            order.modelPath = path
        } else {
            throw FaceError.validation("ModelDataUrl cannot be read: '\(container.modelAddress)'.")
        }
    }

    func deleteEndpoint(_ input: FaceInput, by actor: String) async throws -> Shape {
        let name = try input.text("EndpointName")
        return try await alone(with: [FaceRecord.key(.endpoint, name)]) {
            _ = try await endpoint(name)
            try await plane.remove(name, by: actor)
            try await forget(.endpoint, name, "DeleteEndpoint", by: actor)
            try await forgetScaling(of: name, by: actor)
            await ground.nameVariant(nil, of: name)
            return .map([:])
        }
    }

    /// The number of instances is part of a revision: another number is another revision of the same configuration.
    func updateCapacities(_ input: FaceInput, by actor: String) async throws -> Shape {
        try input.allow(["EndpointName", "DesiredWeightsAndCapacities"])
        let name = try input.text("EndpointName")
        return try await alone(with: [FaceRecord.key(.endpoint, name)]) {
            var (record, status) = try await endpoint(name)
            try requireIdle(status)
            guard let active = status.record.revision(status.record.active),
                let config = record.configs["\(active.number)"]
            else { throw FaceError.validation("The endpoint \"\(name)\" is not in service.") }
            var request = DeploymentRequest(spec: active.spec, folder: active.folder)
            for wish in try input.structures("DesiredWeightsAndCapacities") {
                let variant = try wish.text("VariantName")
                guard variant == variantName(record, status) else {
                    throw FaceError.validation("Could not find variant \"\(variant)\" of the endpoint \"\(name)\".")
                }
                if let weight = try wish.optionalNumber("DesiredWeight"), weight <= 0 {
                    throw FaceError.validation("DesiredWeight: the only variant has all the traffic.")
                }
                let limits = scalingBounds(of: name)
                let range = limits.map { $0.minimum...$0.maximum } ?? 1...VariantReading.instancesMax
                if let count = try wish.optionalInteger("DesiredInstanceCount", in: range) {
                    request.spec.instances.initial = count
                    request.spec.instances.minimum = min(request.spec.instances.minimum, count)
                    request.spec.instances.maximum = max(request.spec.instances.maximum, count)
                }
            }
            guard request.spec != active.spec else { return .made(["EndpointArn": .text(arn(.endpoint, name))]) }
            request.spec.rollout.strategy = .allAtOnce
            request.spec.model.digest = active.modelDigest
            let receipt = try await plane.deploy(request, by: actor)
            record.configs["\(receipt.revision)"] = config
            record.changedAt = await ground.now()
            try await keep(record, "UpdateEndpointWeightsAndCapacities", by: actor)
            noteActivity(
                name, variantName(record, status), from: active.spec.instances.initial,
                to: request.spec.instances.initial, at: record.changedAt)
            return .made(["EndpointArn": .text(arn(.endpoint, name))])
        }
    }

    // MARK: - Showing

    /// What the configuration in service calls its variant; before the first one is, what the newest does.
    func variantName(_ record: FaceRecord, _ status: EndpointStatus?) -> String? {
        let newest = record.configs.keys.compactMap { Int($0) }.max()
        let revision = status?.record.active ?? newest
        let config = revision.flatMap { record.configs["\($0)"] } ?? record.pendingConfig
        return config.flatMap { record.variants[$0] }
    }

    /// The gateway answers under the name of whatever is in service: it may change with a promotion, and back.
    func nameVariants(_ statuses: [EndpointStatus]) async {
        for status in statuses {
            guard let record = records[FaceRecord.key(.endpoint, status.record.name)] else { continue }
            await ground.nameVariant(variantName(record, status), of: record.name)
        }
    }

    func configName(_ status: EndpointStatus, _ record: FaceRecord?) -> String? {
        let revision = status.record.active ?? status.record.rollout?.order.new ?? status.record.history.last?.new
        guard let revision else { return record?.pendingConfig }
        if let record { return record.configs["\(revision)"] ?? record.pendingConfig }
        return status.record.revision(revision)?.configName
    }

    func describeEndpoint(_ input: FaceInput) async throws -> Shape {
        let name = try input.text("EndpointName")
        guard let status = try await status(of: name) else { throw notFound(name) }
        let record = records[FaceRecord.key(.endpoint, name)]
        let times = times(of: status, record)
        return .made([
            "EndpointName": .text(name), "EndpointArn": .text(arn(.endpoint, name)),
            "EndpointConfigName": configName(status, record).map { .text($0) },
            "EndpointStatus": .text(status.state), "FailureReason": failureReason(status).map { .text($0) },
            "ProductionVariants": variants(status, record),
            "CreationTime": .time(times.created), "LastModifiedTime": .time(times.changed),
            "LastDeploymentConfig": record?.body["DeploymentConfig"],
        ])
    }

    private func times(of status: EndpointStatus, _ record: FaceRecord?) -> (created: Double, changed: Double) {
        let ended = status.record.history.last?.endedAt
        let first = status.record.revisions.first?.createdAt ?? 0
        let changed = record?.changedAt ?? status.record.revisions.last?.createdAt ?? first
        return (record?.createdAt ?? first, max(changed, ended ?? changed))
    }

    private func variants(_ status: EndpointStatus, _ record: FaceRecord?) -> Shape? {
        guard let active = status.record.active, let fleet = status.fleets.first(where: { $0.revision == active })
        else { return nil }
        let name = record.flatMap { variantName($0, status) } ?? Revision.variantName
        return .list([
            .made([
                "VariantName": .text(name), "CurrentWeight": .number(1), "DesiredWeight": .number(1),
                "CurrentInstanceCount": .integer(fleet.ready), "DesiredInstanceCount": .integer(fleet.desired),
                "DeployedImages": .list([
                    .made([
                        "SpecifiedImage": .text(ContainerReading.image),
                        "ResolvedImage": .text(
                            "\(ContainerReading.image)@sha256:\(status.record.revision(active)?.modelDigest ?? "")"),
                        "ResolutionTime": .time(status.record.revision(active)?.createdAt ?? 0),
                    ])
                ]),
            ])
        ])
    }

    /// Why the last rollout did not go through; it stays until the next one begins.
    private func failureReason(_ status: EndpointStatus) -> String? {
        if let rollout = status.record.rollout {
            if case .rollingBack(let reason, _) = rollout.phase { return reason }
            return nil
        }
        if case .rolledBack(let reason)? = status.record.history.last?.outcome { return reason }
        return status.state == "Failed" ? status.fleets.lazy.compactMap(\.failure).first ?? "no instance is ready" : nil
    }

    func listEndpoints(_ input: FaceInput) async throws -> Shape {
        let page = try FacePage(input, sortsBy: ["Name", "CreationTime", "Status"])
        let entries = try await plane.status().endpoints.map { status -> FacePage.Entry in
            let times = times(of: status, records[FaceRecord.key(.endpoint, status.record.name)])
            return (status.record.name, times.created, times.changed, status.state)
        }
        return try page.answer(entries, member: "Endpoints") { name, createdAt, changedAt, state in
            .made([
                "EndpointName": .text(name), "EndpointArn": .text(arn(.endpoint, name)),
                "CreationTime": .time(createdAt), "LastModifiedTime": .time(changedAt), "EndpointStatus": .text(state),
            ])
        }
    }

    // MARK: - Tags

    private func tagged(_ input: FaceInput, _ member: String = "ResourceArn") throws -> FaceRecord {
        let arn = try input.text(member)
        guard let record = records.values.first(where: { self.arn($0.kind, $0.name) == arn }) else {
            throw FaceError.validation("Could not find the resource \"\(arn.prefix(300))\".")
        }
        return record
    }

    func addTags(_ input: FaceInput, by actor: String) async throws -> Shape {
        var record = try tagged(input)
        let added = try input.tags()
        try requireSame(record, record.tags.merging(added) { $1 })
        record.tags.merge(added) { $1 }
        guard record.tags.count <= FaceInput.tagsMax else {
            throw FaceError.validation("A resource has at most \(FaceInput.tagsMax) tags.")
        }
        let changed = record
        try await alone(with: [record.key]) { try await keep(changed, "AddTags", by: actor) }
        return .made(["Tags": Self.shape(record.tags)])
    }

    func deleteTags(_ input: FaceInput, by actor: String) async throws -> Shape {
        var record = try tagged(input)
        let keys = Set(try input.texts("TagKeys"))
        try requireSame(record, record.tags.filter { !keys.contains($0.key) })
        record.tags = record.tags.filter { !keys.contains($0.key) }
        let changed = record
        try await alone(with: [record.key]) { try await keep(changed, "DeleteTags", by: actor) }
        return .map([:])
    }

    func listTags(_ input: FaceInput) throws -> Shape {
        .made(["Tags": Self.shape(try tagged(input).tags)])
    }

    /// The environment decides which rules hold; one that is deployed does not leave it by a tag.
    private func requireSame(_ record: FaceRecord, _ tags: [String: String]) throws(FaceError) {
        guard record.kind == .endpoint, record.tags[Self.environmentTag] != tags[Self.environmentTag] else { return }
        throw .validation("The tag \(Self.environmentTag) of an endpoint cannot be changed; delete the endpoint.")
    }

    static func shape(_ tags: [String: String]) -> Shape {
        .list(tags.sorted { $0.key < $1.key }.map { .map(["Key": .text($0.key), "Value": .text($0.value)]) })
    }
}
