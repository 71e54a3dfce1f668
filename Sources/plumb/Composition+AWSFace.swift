// The engine's AWS face put together: orders become specs, and models come from S3 where an account is named.

import Crypto
import Foundation
import Logging
import PlumbAWS
import PlumbConsole
import PlumbEngine
import PlumbFormats
import PlumbLocal
import PlumbModel
import PlumbStore

extension Composition {
    /// The largest model that is fetched, and the part of it that is asked for at a time.
    private static let modelBytesMax = 4 << 30
    private static let modelPartBytes = 8 << 20

    /// With `modelsFrom` models may lie in S3 of that region, in the account of this process's environment.
    static func awsFace(
        over plane: LocalPlane, home: String, modelsFrom region: String?, log: Logger
    ) async throws -> AWSFace {
        try await AWSFace(
            AWSFaceSurroundings(
                plane: plane, ground: plane,
                spec: { order in
                    let loaded = try spec(of: order)
                    try await requireSound(loaded)
                    return DeploymentRequest(spec: loaded.spec, folder: home)
                },
                fetch: { try await fetch($0, from: region, into: "\(home)/models") }),
            log: log)
    }

    // MARK: - Specs of orders

    /// The order as a spec would say it, read as any spec is: defaults and limits have one place.
    private static func spec(of order: EndpointOrder) throws -> LoadedSpec {
        var tree: [String: Any] = [
            "name": order.name, "team": order.team, "workload": "cpu", "environment": order.environment ?? "production",
            "model": model(of: order), "instances": instances(of: order), "rollout": rollout(of: order),
            "example": ["contentType": order.exampleContentType, "body": order.exampleBody ?? "none"],
        ]
        // Without a scaling policy nobody but a caller changes the count, as on SageMaker.
        let scaling: [String: Any] = order.targetPercent.map { ["targetPercent": $0] } ?? ["enabled": false]
        tree["scaling"] = scaling
        tree["alarms"] = alarms(of: order)
        let text = String(
            decoding: try JSONSerialization.data(
                withJSONObject: tree, options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
        let reading = SpecReader.read(text, file: "endpoint \(order.name)")
        guard var spec = reading.spec, !reading.diagnostics.contains(where: { $0.severity == .error }) else {
            let errors = reading.diagnostics.filter { $0.severity == .error }
            throw PlumbError(.invalidInput, errors.map(\.message).joined(separator: "; "), hint: errors.first?.hint)
        }
        // A spec has to have an example, a model on SageMaker has none: then nothing is proved before it serves.
        if order.exampleBody == nil { spec.example = ExampleRequest(contentType: order.exampleContentType) }
        spec.places = [:]
        return LoadedSpec(
            spec: spec, folder: "/", path: "endpoint \(order.name)", diagnostics: [],
            environmentIsAssumed: order.environment == nil)
    }

    private static func model(of order: EndpointOrder) -> [String: Any] {
        var model: [String: Any] = ["path": order.modelPath, "name": order.modelName]
        if order.isMultiModel { model["multiModel"] = true }
        if !order.modelEnvironment.isEmpty { model["environment"] = order.modelEnvironment }
        if let seconds = order.startupTimeoutSeconds { model["startupTimeout"] = seconds }
        if let seconds = order.downloadTimeoutSeconds { model["downloadTimeout"] = seconds }
        return model
    }

    private static func instances(of order: EndpointOrder) -> [String: Any] {
        var instances: [String: Any] = [
            "type": order.instanceType, "initial": order.count, "minimum": order.minimum ?? min(order.count, 1),
        ]
        instances["maximum"] = order.maximum ?? max(order.count, 1)
        return instances
    }

    private static func rollout(of order: EndpointOrder) -> [String: Any] {
        var rollout: [String: Any] = [
            "strategy": order.strategy.specName, "wait": order.waitSeconds,
            "terminationWait": order.terminationWaitSeconds,
            // SageMaker goes on when no alarm fires, with traffic or without.
            "requestsMinimum": 0,
        ]
        if let percent = order.canaryPercent { rollout["canaryPercent"] = percent }
        if let percent = order.stepPercent { rollout["stepPercent"] = percent }
        if let seconds = order.timeoutSeconds { rollout["timeout"] = seconds }
        return rollout
    }

    /// The engine's own alarms, as slow as the waits allow: two bad periods of three have to fit into each.
    private static func alarms(of order: EndpointOrder) -> [String: Any] {
        let watched =
            order.strategy == .allAtOnce
            ? order.terminationWaitSeconds : min(order.waitSeconds, order.terminationWaitSeconds)
        let period = max(1, min(60, (watched - 1) / 3))
        let rule: [String: Any] = ["period": period, "evaluationPeriods": 3, "datapointsToAlarm": 2]
        return ["errorRate": rule, "latencyP99": rule, "health": rule, "requestsMinimum": 5]
    }

    /// Production is deployed from a spec that keeps the policies, through whatever door.
    private static func requireSound(_ loaded: LoadedSpec) async throws {
        guard loaded.spec.environment == .production else { return }
        let assessment = await assess(loaded, compiled: compiled(loaded), under: try overlay(nil))
        let broken = assessment.findings.filter { $0.verdict == .fails }
        guard !broken.isEmpty else { return }
        let controls = Set(broken.map(\.control)).sorted().joined(separator: ", ")
        let assumed = loaded.environmentIsAssumed ? "no tag ml:environment says otherwise, so this is production: " : ""
        throw PlumbError(
            .refused, "\(assumed)\(broken.count) controls fail (\(controls))",
            hint: "tag the endpoint ml:environment=dev or staging, or deploy a spec with plumb deploy")
    }

    // MARK: - Models in S3

    private static func fetch(_ address: String, from region: String?, into folder: String) async throws -> String {
        guard let region else {
            throw PlumbError(
                .unsupported, "\(address): this engine reads no models from S3",
                hint: "plumb up --s3-models lets it, with the account of its environment; file:///PATH is always read")
        }
        let parts = address.dropFirst(5).split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw PlumbError(.invalidInput, "\(address) names no object") }
        var access = AWSAccess()
        (access.profile, access.endpointURL) = (nil, nil)
        let data: Data
        do {
            data = try await withAWS(access, region: region) { client in
                try await object(parts[1], in: parts[0], region: region, client)
            }
        } catch let error as PlumbError {
            throw PlumbError(
                error.kind, "\(address) cannot be read: \(error.message)", hint: error.hint, cause: error.cause)
        }
        try AtomicFile.makeFolder(folder)
        // Named by its content: what a revision was made of is still there when it is made again.
        let name = SHA256.hash(data: data).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
        let path = "\(folder)/\(name).onnx"
        try AtomicFile.write(data, to: path)
        return path
    }

    private static func object(
        _ key: String, in bucket: String, region: String, _ client: AWSClient
    ) async throws -> Data {
        let head = try await client.call(
            .s3, "HeadObject", ["Bucket": .text(bucket), "Key": .text(key)], region: region)
        guard let count = head["ContentLength"].integer, count <= modelBytesMax else {
            throw PlumbError(.invalidInput, "s3://\(bucket)/\(key) is larger than \(modelBytesMax) bytes")
        }
        var data = Data()
        while data.count < count {
            let end = min(count, data.count + modelPartBytes) - 1
            let answer = try await client.call(
                .s3, "GetObject",
                ["Bucket": .text(bucket), "Key": .text(key), "Range": .text("bytes=\(data.count)-\(end)")],
                region: region)
            guard let part = answer["Body"].data, !part.isEmpty else {
                throw PlumbError(.internalFault, "s3://\(bucket)/\(key) was cut short at byte \(data.count)")
            }
            data += part
        }
        return data
    }
}

extension TrafficRouting {
    /// As a spec writes it.
    fileprivate var specName: String {
        switch self {
        case .allAtOnce: "allAtOnce"
        case .canary: "canary"
        case .linear: "linear"
        }
    }
}

extension Composition {
    /// The control API, described for machines.
    static var controlDescription: String { ControlDescription.openAPI(version: version) }
}
