// Multi-model endpoints: real models in real workers, by the header that SageMaker's clients send.

import Foundation
import NIOHTTP1
import PlumbEngine
import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

@testable import PlumbLocal

@Suite(.serialized, .timeLimit(.minutes(20)))
struct MultiModelTests {
    /// A folder with the digits example's models.
    private static func models() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: "\(folder)/deep", withIntermediateDirectories: true)
        let files = ["one.onnx": "model.onnx", "two.onnx": "model-v2.onnx", "deep/three.onnx": "model.onnx"]
        for (name, file) in files {
            try FileManager.default.copyItem(atPath: "\(RunningHouse.digits)/\(file)", toPath: "\(folder)/\(name)")
        }
        return folder
    }

    private static func revision(
        _ running: RunningHouse, _ number: Int = 1, _ change: (inout Spec) -> Void = { _ in }
    ) throws -> Revision {
        let folder = try models()
        return try running.revision(number, model: folder) { spec in
            spec.model.isMultiModel = true
            change(&spec)
        }
    }

    @Test func everyModelOfTheFolderAnswersToItsName() async throws {
        try await RunningHouse.with { running in
            // Two of the three models fit.
            try await running.serve(
                try Self.revision(running) {
                    $0.model.environment = ["PLUMB_MODEL_CACHE_BYTES": "145000", "PLUMB_PREWARM": "one.onnx,two.onnx"]
                }, count: 1)
            for target in ["one.onnx", "two.onnx", "one.onnx", "deep/three.onnx"] {
                let answer = try await running.call(target: target)
                #expect(answer.status == 200 && answer.body.contains("\"label\":0"), "\(target): \(answer.body)")
            }
            let protocolled = try await running.call(
                "/v2/models/digits", method: .GET, target: "two.onnx")
            #expect(protocolled.status == 200 && protocolled.body.contains("\"name\":\"two.onnx\""))

            let without = try await running.call()
            #expect(without.status == 400 && without.headers.first(name: "x-amzn-errortype") == "ValidationError")
            let unknown = try await running.call(target: "four.onnx")
            #expect(unknown.status == 404 && unknown.body.contains("four.onnx not found"))
            for way in ["../one.onnx", "/etc/passwd", "deep/../one.onnx"] {
                #expect(try await running.call(target: way).status == 400, "\(way)")
            }
            try await Self.tellsOfTheCache(running)
        }
    }

    private static func tellsOfTheCache(_ running: RunningHouse) async throws {
        let labels = "{endpoint=\"digits\",revision=\"1\",worker=\"digits-r1-1\"}"
        // Two of three fit, so some had to make room.
        try await running.until("the worker has told of its cache") {
            let page = try await running.call("/metrics", method: .GET).body
            return page.contains("plumb_loaded_model_count\(labels) 2\n")
                && page.contains("plumb_models_unloaded_total\(labels)")
                && !page.contains("plumb_models_unloaded_total\(labels) 0\n")
        }
        let metrics = try await running.house.engine.metrics("digits")
        let identity = VariantIdentity(endpoint: "digits", variant: Revision.variantName, config: "digits-r1")
        let loaded = MetricIdentity(
            namespace: "AWS/SageMaker", name: "LoadedModelCount", dimensions: identity.dimensions)
        let now = Int(running.house.now())
        let point = metrics.datapoint(loaded, statistic: .maximum, periodStart: now - 60, periodSeconds: 61)
        #expect(point?.value == 2)
    }

    @Test func aTargetIsForMultiModelEndpointsOnly() async throws {
        let answer = try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"), count: 1)
            return try await running.call(target: "one.onnx")
        }
        #expect(answer.status == 400 && answer.body.contains("no multi-model endpoint"))
    }

    @Test func answersAreKeptForTheModelThatGaveThem() async throws {
        let kept = try await RunningHouse.with { running in
            try await running.serve(
                try Self.revision(running) { $0.cache = CacheDecision(isDeterministic: true, ttlSeconds: 60) }, count: 1
            )
            var kept: [Bool] = []
            for target in ["one.onnx", "one.onnx", "two.onnx", "two.onnx"] {
                kept.append(try await running.call(target: target).headers.first(name: "x-plumb-cache") == "hit")
            }
            return kept
        }
        #expect(kept == [false, true, false, true])
    }

    @Test func whatCannotBeServedIsSaidBeforeAnythingStarts() async throws {
        try await RunningHouse.with { running in
            let wrong = try Self.revision(running) { $0.model.environment = ["PLUMB_PREWARM": "nine.onnx"] }
            #expect(throws: PlumbError.self) { try running.house.launcher.check(wrong) }
            let command = #expect(throws: PlumbError.self) {
                try running.revision(1, model: "x") { spec in
                    spec.model.isMultiModel = true
                    spec.model.path = nil
                    spec.model.command = ["python3", "server.py"]
                }
            }
            #expect(command?.kind == .unsupported)
        }
    }
}
