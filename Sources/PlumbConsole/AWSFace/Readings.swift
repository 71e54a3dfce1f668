// Containers, variants and deployment configurations in SageMaker's words, read into what the engine can do.

import Foundation
import PlumbModel

/// What a model's only container says.
struct ContainerReading: Sendable {
    /// The image that stands for the engine's own model server: any registry, any tag.
    static let image = "plumbline/onnx"
    /// Variables that are the engine's own, not the model server's.
    private static let exampleBody = "PLUMB_EXAMPLE_BODY"
    private static let exampleType = "PLUMB_EXAMPLE_CONTENT_TYPE"
    /// A model's path, for tools that take no `file://` address, such as Terraform's provider.
    private static let modelPath = "PLUMB_MODEL"

    var modelAddress: String
    /// The address is that of a folder of models.
    let isMultiModel: Bool
    var environment: [String: String] = [:]
    var example: (body: String, contentType: String)?

    init(_ container: FaceInput) throws(FaceError) {
        try container.allow([
            "Image", "ModelDataUrl", "ModelDataSource", "Environment", "Mode", "ContainerHostname", "ImageConfig",
        ])
        let image = try container.text("Image")
        let bare = image.split(separator: "@")[0]
        let repository = bare.split(separator: "/").suffix(2).joined(separator: "/")
        guard repository.prefix(while: { $0 != ":" }) == Self.image else {
            throw .validation(
                "The engine on this machine runs no container images, only ONNX files: Image has to be "
                    + "\(Self.image), with any registry before it and any tag behind, not '\(image.prefix(200))'.")
        }
        let mode = try container.optionalText("Mode") ?? "SingleModel"
        isMultiModel = mode == "MultiModel"
        guard isMultiModel || mode == "SingleModel" else {
            throw .validation("Mode: SingleModel or MultiModel, not '\(mode.prefix(40))'.")
        }
        for (name, value) in try container.optionalStructure("Environment")?.shape.members ?? [:] {
            guard let text = value.text else { throw .validation("Environment: the value of \(name) is no text") }
            environment[name] = text
        }
        let path = environment.removeValue(forKey: Self.modelPath).map { "file://\(URIText.escaped($0, keeping: "/"))" }
        guard let address = try Self.address(container) ?? path else {
            throw .validation("A model needs ModelDataUrl, ModelDataSource, or \(Self.modelPath) in its Environment.")
        }
        modelAddress = address
        guard modelAddress.hasPrefix("file:///") || modelAddress.hasPrefix("s3://") else {
            throw .validation(
                "ModelDataUrl has to be file:///PATH/MODEL.onnx or s3://BUCKET/MODEL.onnx, not "
                    + "'\(modelAddress.prefix(200))'.")
        }
        guard !isMultiModel else {
            guard modelAddress.hasPrefix("file:///"), modelAddress.hasSuffix("/") else {
                throw .validation(
                    "Of a multi-model endpoint ModelDataUrl has to be file:///FOLDER/ on this machine, not "
                        + "'\(modelAddress.prefix(200))'.")
            }
            example = readExample()
            return
        }
        guard modelAddress.hasSuffix(".onnx") else {
            throw .validation(
                "ModelDataUrl has to name an .onnx file, not an archive: '\(modelAddress.prefix(200))'. "
                    + "ModelDataSource with CompressionType None is the usual way to say so.")
        }
        example = readExample()
    }

    private mutating func readExample() -> (body: String, contentType: String)? {
        let type = environment.removeValue(forKey: Self.exampleType) ?? "application/json"
        return environment.removeValue(forKey: Self.exampleBody).map { ($0, type) }
    }

    private static func address(_ container: FaceInput) throws(FaceError) -> String? {
        guard let source = try container.optionalStructure("ModelDataSource") else {
            return try container.optionalText("ModelDataUrl")
        }
        let object = try source.structure("S3DataSource")
        try object.allow(["S3Uri", "S3DataType", "CompressionType"])
        guard try object.text("S3DataType") == "S3Object", try object.text("CompressionType") == "None" else {
            throw .validation("S3DataSource: S3DataType has to be S3Object, and CompressionType None.")
        }
        return try object.text("S3Uri")
    }
}

/// What a configuration's only production variant says.
struct VariantReading: Sendable {
    var name: String
    var model: String
    var instanceType: String
    var count: Int
    var weight: Double
    var startupTimeoutSeconds: Int?
    var downloadTimeoutSeconds: Int?
    /// Instances of a variant.
    static let instancesMax = 64

    init(ofConfig body: Shape) throws(FaceError) {
        let variants = try FaceInput(body).structures("ProductionVariants")
        guard let variant = variants.first, variants.count == 1 else {
            throw .validation(
                "ProductionVariants: the engine on this machine has one variant for each endpoint, not "
                    + "\(variants.count)."
            )
        }
        try variant.allow([
            "VariantName", "ModelName", "InstanceType", "InitialInstanceCount", "InitialVariantWeight",
            "ContainerStartupHealthCheckTimeoutInSeconds", "ModelDataDownloadTimeoutInSeconds", "VolumeSizeInGB",
            "EnableSSMAccess", "InferenceAmiVersion",
        ])
        name = try variant.name("VariantName")
        model = try variant.text("ModelName")
        instanceType = try variant.text("InstanceType")
        count = try variant.integer("InitialInstanceCount", in: 1...Self.instancesMax)
        weight = try variant.optionalNumber("InitialVariantWeight") ?? 1
        guard weight > 0 else { throw .validation("InitialVariantWeight: the only variant has all the traffic.") }
        startupTimeoutSeconds = try variant.optionalInteger(
            "ContainerStartupHealthCheckTimeoutInSeconds", in: 60...3600)
        downloadTimeoutSeconds = try variant.optionalInteger("ModelDataDownloadTimeoutInSeconds", in: 60...3600)
    }
}

/// What a deployment configuration says.
struct DeploymentReading: Sendable {
    var alarms: [String] = []
    /// The old fleet stays at least so long: the engine's own alarms need it to see a fault, and it refuses a rollout
    /// that nothing could stop.
    static let terminationSecondsMin = 5
    private static let alarmsMax = 10

    /// Lays a configuration over an order; nil is SageMaker's default, all at once.
    init(_ config: FaceInput?, over order: inout EndpointOrder) throws(FaceError) {
        order.terminationWaitSeconds = Self.terminationSecondsMin
        guard let config else { return }
        try config.allow(["BlueGreenUpdatePolicy", "AutoRollbackConfiguration"])
        if let rollback = try config.optionalStructure("AutoRollbackConfiguration") {
            for alarm in try rollback.structures("Alarms") { alarms.append(try alarm.text("AlarmName")) }
            guard alarms.count <= Self.alarmsMax else { throw .validation("Alarms: more than \(Self.alarmsMax)") }
        }
        guard let policy = try config.optionalStructure("BlueGreenUpdatePolicy") else { return }
        let routing = try policy.structure("TrafficRoutingConfiguration")
        order.waitSeconds = try routing.optionalInteger("WaitIntervalInSeconds", in: 0...3600) ?? 0
        switch try routing.text("Type") {
        case "ALL_AT_ONCE": order.strategy = .allAtOnce
        case "CANARY":
            order.strategy = .canary
            order.canaryPercent = try Self.percent(routing.structure("CanarySize"), of: order.count, in: 1...50)
        case "LINEAR":
            order.strategy = .linear
            order.stepPercent = try Self.percent(routing.structure("LinearStepSize"), of: order.count, in: 10...50)
        case let type: throw .validation("Type: '\(type)' is none of ALL_AT_ONCE, CANARY, LINEAR")
        }
        let termination = try policy.optionalInteger("TerminationWaitInSeconds", in: 0...3600) ?? 0
        order.terminationWaitSeconds = max(termination, Self.terminationSecondsMin)
        order.timeoutSeconds = try policy.optionalInteger("MaximumExecutionTimeoutInSeconds", in: 600...28_800)
    }

    private static func percent(
        _ size: FaceInput, of count: Int, in range: ClosedRange<Int>
    ) throws(FaceError) -> Int {
        switch try size.text("Type") {
        case "CAPACITY_PERCENT": return try size.integer("Value", in: range)
        case "INSTANCE_COUNT":
            let value = try size.integer("Value", in: 1...VariantReading.instancesMax)
            let percent = Int((Double(value) * 100 / Double(count)).rounded(.up))
            guard range.contains(percent) else {
                throw .validation(
                    "\(value) of \(count) instances are \(percent) %, which is not within \(range.lowerBound) to "
                        + "\(range.upperBound) %.")
            }
            return percent
        case let type: throw .validation("Type: '\(type)' is neither INSTANCE_COUNT nor CAPACITY_PERCENT")
        }
    }
}
