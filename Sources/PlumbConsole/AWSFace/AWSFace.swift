// The engine as AWS's own tools see it: SageMaker, Application Auto Scaling and CloudWatch, spoken to by boto3, the AWS
// CLI and Terraform.
//
// `Dialect` reads and writes the protocols, an extension for each group of operations does the work, and all of it goes
// through the same control plane and audit record as the command line.

import Foundation
public import Logging
public import PlumbEngine
public import PlumbModel
import PlumbSignals
public import ServiceLifecycle

/// What a deployment through AWS's interfaces asks for; whoever knows specs makes one of it.
public struct EndpointOrder: Sendable, Hashable {
    public var name: String
    /// Nil where no tag says.
    public var environment: String?
    public var team: String
    public var modelName: String
    /// An absolute path.
    public var modelPath: String
    /// The path is that of a folder of models.
    public var isMultiModel = false
    public var modelEnvironment: [String: String] = [:]
    public var exampleBody: String?
    public var exampleContentType = "application/json"
    public var instanceType: String
    public var count: Int
    public var minimum: Int?
    public var maximum: Int?
    public var targetPercent: Double?
    public var startupTimeoutSeconds: Int?
    public var downloadTimeoutSeconds: Int?
    public var strategy = TrafficRouting.allAtOnce
    public var canaryPercent: Int?
    public var stepPercent: Int?
    public var waitSeconds = 0
    public var terminationWaitSeconds = 0
    public var timeoutSeconds: Int?

    init(
        name: String, environment: String? = nil, team: String, modelName: String, modelPath: String,
        instanceType: String, count: Int
    ) {
        self.name = name
        self.environment = environment
        self.team = team
        self.modelName = modelName
        self.modelPath = modelPath
        self.instanceType = instanceType
        self.count = count
    }
}

/// What the face is built on.
public struct AWSFaceSurroundings: Sendable {
    public var plane: any ControlPlane
    public var ground: any FrontDeskGround
    /// The spec of an order, complete, and judged where its environment asks for it.
    public var spec: @Sendable (EndpointOrder) async throws -> DeploymentRequest
    /// Brings a model that lies at an `s3://` address here, and answers its path.
    public var fetch: @Sendable (String) async throws -> String

    public init(
        plane: any ControlPlane, ground: any FrontDeskGround,
        spec: @escaping @Sendable (EndpointOrder) async throws -> DeploymentRequest,
        fetch: @escaping @Sendable (String) async throws -> String
    ) {
        self.plane = plane
        self.ground = ground
        self.spec = spec
        self.fetch = fetch
    }
}

/// Answers AWS's tools, keeps what they created, and watches the alarms they made.
public actor AWSFace: FrontDesk, Service {
    let plane: any ControlPlane
    let ground: any FrontDeskGround
    let spec: @Sendable (EndpointOrder) async throws -> DeploymentRequest
    let fetch: @Sendable (String) async throws -> String
    let region: String
    let log: Logger
    /// By kind and name.
    private(set) var records: [String: FaceRecord] = [:]
    /// Keys of resources that are being changed: an `await` in between lets others in.
    private var changing: Set<String> = []
    var alarmMachines: [String: AlarmMachine] = [:]
    var activities: [Shape] = []

    /// Opens what was created before.
    public init(_ surroundings: AWSFaceSurroundings, log: Logger) async throws {
        plane = surroundings.plane
        ground = surroundings.ground
        spec = surroundings.spec
        fetch = surroundings.fetch
        self.log = log
        region = await ground.region()
        records = try await ground.deskRecords(as: FaceRecord.self)
        let statuses = try await plane.status().endpoints
        let known = Set(statuses.map(\.record.name))
        // Killed between noting an endpoint and deploying it, or between removing it and forgetting it.
        let stale = records.values.filter { $0.kind == .endpoint && !known.contains($0.name) }.map(\.key)
        try await ground.saveDesk(
            Dictionary(uniqueKeysWithValues: stale.map { ($0, FaceRecord?.none) }), audit: [])
        for key in stale { records[key] = nil }
        alarmMachines = try Self.machines(for: records.values.filter { $0.kind == .alarm })
        await nameVariants(statuses)
    }

    // MARK: - Answering

    public func answer(_ call: SignedCall) async -> CallAnswer {
        let requestID = call.requestID
        guard let request = FaceRequest(call) else {
            return FaceRequest.refusal(
                FaceError(code: "UnknownOperationException", message: "The engine has no such operation.", status: 404))
        }
        do {
            return try request.answer(try await perform(request, call), requestID: requestID)
        } catch let error as FaceError {
            return request.answer(error, requestID: requestID)
        } catch let error as PlumbError {
            if error.kind == .internalFault { log.error("\(request.operation): \(error)") }
            return request.answer(FaceError(error), requestID: requestID)
        } catch {
            log.error("\(request.operation): \(error)")
            return request.answer(
                FaceError(code: "InternalFailure", message: "The engine failed; its log says why.", status: 500),
                requestID: requestID)
        }
    }

    private func perform(_ request: FaceRequest, _ call: SignedCall) async throws -> Shape {
        let caller: Caller
        switch call.caller {
        case .success(let known): caller = known
        case .failure(let refusal):
            let isSageMaker = request.service == .sageMaker
            throw FaceError(code: refusal.code, message: refusal.message, status: isSageMaker ? 400 : 403)
        }
        guard caller.service == request.service.rawValue else {
            throw FaceError(
                code: "InvalidSignatureException",
                message: "Credential should be scoped to correct service: '\(request.service.rawValue)'.", status: 403)
        }
        do {
            guard caller.key.role.allows(request.right) else {
                throw FaceError(
                    code: "AccessDeniedException",
                    message: "User: \(caller.key.holder) is not authorized to perform: "
                        + "\(request.service.rawValue):\(request.operation): the key's role is "
                        + "\(caller.key.role.rawValue)")
            }
            guard let shape = request.input, shape.members != nil else {
                throw FaceError(code: "SerializationException", message: "The body cannot be read.")
            }
            let input = FaceInput(shape)
            let output =
                switch request.service {
                case .sageMaker: try await sageMaker(request.operation, input, by: caller.key.holder)
                case .scaling: try await scaling(request.operation, input, by: caller.key.holder)
                case .cloudWatch: try await cloudWatch(request.operation, input, by: caller.key.holder)
                }
            guard let output else {
                throw FaceError(
                    code: "UnknownOperationException", message: "The engine has no operation \(request.operation).")
            }
            return output
        } catch {
            if request.right == .change { try await noteRefusal(of: request, error, by: caller) }
            throw error
        }
    }

    /// What was asked for and not done is on record as well.
    private func noteRefusal(of request: FaceRequest, _ error: any Error, by caller: Caller) async throws {
        let reason = (error as? FaceError)?.message ?? (error as? PlumbError)?.message ?? "a fault of the engine"
        try await ground.saveDesk(
            [String: FaceRecord?](),
            audit: [
                AuditEntry(
                    at: await ground.now(), actor: caller.key.holder,
                    action: "aws.\(request.operation.prefix(64))", subject: "accessKey/\(caller.key.id)",
                    outcome: .denied, details: ["reason": String(reason.prefix(500))])
            ])
    }

    // MARK: - Records

    func record(_ kind: FaceRecord.Kind, _ name: String) throws(FaceError) -> FaceRecord {
        if let record = records[FaceRecord.key(kind, name)] { return record }
        throw .validation("Could not find \(kind.words) \"\(arn(kind, name))\".")
    }

    func records(of kind: FaceRecord.Kind) -> [FaceRecord] {
        records.values.filter { $0.kind == kind }
    }

    func arn(_ kind: FaceRecord.Kind, _ name: String) -> String { FaceRecord.arn(kind, name, region: region) }

    /// Throws when there is one already, or too many.
    func requireNew(_ kind: FaceRecord.Kind, _ name: String) throws(FaceError) {
        guard records[FaceRecord.key(kind, name)] == nil else {
            throw .validation("Cannot create already existing \(kind.words) \"\(arn(kind, name))\".")
        }
        guard records(of: kind).count < FaceRecord.Kind.eachMax else {
            throw FaceError(
                code: "ResourceLimitExceeded",
                message: "This engine has \(FaceRecord.Kind.eachMax) resources of that kind.")
        }
    }

    /// Keeps a record, with its entry in the audit record.
    func keep(_ record: FaceRecord, _ action: String?, by actor: String) async throws {
        try await ground.saveDesk(
            [record.key: record], audit: await entries(action, record.kind, record.name, by: actor))
        records[record.key] = record
    }

    func forget(_ kind: FaceRecord.Kind, _ name: String, _ action: String?, by actor: String) async throws {
        let key = FaceRecord.key(kind, name)
        try await ground.saveDesk([key: FaceRecord?.none], audit: await entries(action, kind, name, by: actor))
        records[key] = nil
    }

    private func entries(
        _ action: String?, _ kind: FaceRecord.Kind, _ name: String, by actor: String
    ) async -> [AuditEntry] {
        guard let action else { return [] }
        return [
            AuditEntry(
                at: await ground.now(), actor: actor, action: "aws.\(action)", subject: "\(kind.rawValue)/\(name)")
        ]
    }

    func isChanging(_ key: String) -> Bool { changing.contains(key) }

    /// Keeps others from changing the same resources meanwhile.
    func alone<Result>(
        with keys: [String], _ body: () async throws -> Result
    ) async throws -> Result {
        guard changing.isDisjoint(with: keys) else {
            throw FaceError.inUse("\(keys.joined(separator: " or ")) is being changed; try again.")
        }
        changing.formUnion(keys)
        defer { changing.subtract(keys) }
        return try await body()
    }
}
