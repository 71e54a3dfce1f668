// The fleet of a real engine under load: it grows, shrinks, and fails no request; and rollouts steered by hand.

import Foundation
import NIOConcurrencyHelpers
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbLocal

@Suite(.serialized, .timeLimit(.minutes(20)))
struct ScalingTests {
    /// The digits model, on tenths of a core so that a test can keep it busy.
    private func spec(_ model: String = "model.onnx", maximum: Int = 2) -> Spec {
        var spec = Spec.sample(count: 1, rollout: .sample(requestsMinimum: 5))
        spec.model.path = model
        spec.model.digest = nil
        spec.example = ExampleRequest(contentType: "text/csv", file: "request.csv")
        spec.instances = Instances(type: "ml.c5.large", minimum: 1, maximum: maximum, initial: 1, zones: 2)
        spec.scaling = Scaling(
            isEnabled: true, targetPercent: 70, scaleOutAbovePercent: 80, scaleInBelowPercent: 35,
            scaleInCooldownSeconds: 0, scaleOutCooldownSeconds: 0, scheduled: [])
        spec.scaling.periodSeconds = 0.2
        spec.scaling.coresPerInstance = 0.1
        return spec
    }

    private func deploy(_ spec: Spec, on running: RunningHouse) async throws {
        _ = try await running.plane.deploy(
            DeploymentRequest(spec: spec, folder: RunningHouse.digits), by: "test")
    }

    private func endpoint(_ running: RunningHouse) async throws -> EndpointStatus {
        try #require(try await running.plane.status().endpoints.first)
    }

    private func ready(_ running: RunningHouse) async throws -> Int {
        try await endpoint(running).fleets.first { $0.weight == 100 }?.ready ?? 0
    }

    /// Sends batches until told; answers every status that was not 200.
    private func load(_ running: RunningHouse, while isWanted: NIOLockedValueBox<Bool>) async throws -> [Int] {
        let rows = try String(contentsOfFile: RunningHouse.digits + "/heldout.csv", encoding: .utf8)
            .split(separator: "\n").prefix(200).joined(separator: "\n")
        return try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var failed: [Int] = []
                    while isWanted.withLockedValue({ $0 }) {
                        let status = try await running.call(body: rows).status
                        if status != 200 { failed.append(status) }
                    }
                    return failed
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test func aBusyFleetGrowsAndAQuietOneShrinksAndNoRequestFails() async throws {
        try await RunningHouse.with { running in
            try await deploy(spec(), on: running)
            try await running.until("one instance serves") { try await ready(running) == 1 }
            let isWanted = NIOLockedValueBox(true)
            async let failed = load(running, while: isWanted)
            // The load ends however the test does.
            defer { isWanted.withLockedValue { $0 = false } }
            try await running.until("the fleet has grown") { try await ready(running) == 2 }
            isWanted.withLockedValue { $0 = false }
            #expect(try await failed == [])
            try await running.until("the fleet has shrunk") { try await ready(running) == 1 }
            let record = try await endpoint(running).record
            #expect(record.scaling?.activities.map(\.kind) == [.out, .in])
            let entries = try await running.plane.auditEntries(limit: 100).filter { $0.action == "scale" }
            #expect(entries.count == 2)
            #expect(entries.allSatisfy { $0.details["reason"]?.contains("% of the cores") == true })
            // What runs shows its scaler to the policies.
            let graph = try await running.plane.graph(of: "digits")
            #expect(graph.scalableTargets.count == 1 && graph.scalingPolicies.count == 3)
        }
    }

    @Test func aHandScalesWithinTheBoundsAndIsOnRecord() async throws {
        try await RunningHouse.with { running in
            var spec = spec(maximum: 3)
            spec.scaling.isEnabled = false
            try await deploy(spec, on: running)
            try await running.until("r1 serves") {
                let record = try await endpoint(running).record
                return record.active == 1 && record.rollout == nil
            }
            _ = try await running.plane.scale("digits", to: 3, reason: "noon", by: "ann")
            try await running.until("three serve") { try await ready(running) == 3 }
            let error = await #expect(throws: PlumbError.self) {
                _ = try await running.plane.scale("digits", to: 4, reason: "more", by: "ann")
            }
            #expect(error?.kind == .refused)
            let entries = try await running.plane.auditEntries(limit: 100).filter { $0.action == "scale" }
            #expect(entries.map(\.outcome) == [.done, .denied])
        }
    }

    @Test func aRolloutIsPausedResumedPromotedAndAborted() async throws {
        try await RunningHouse.with { running in
            try await deploy(spec(), on: running)
            try await running.until("r1 serves") { try await endpoint(running).record.active == 1 }
            var second = spec("model-v2.onnx")
            second.rollout.waitSeconds = 3600
            second.rollout.timeoutSeconds = 7200
            try await deploy(second, on: running)
            @Sendable func weights() async throws -> [Int] { try await endpoint(running).fleets.map(\.weight) }
            try await running.until("the canary has its share, and is watched") {
                let isWatched = try await endpoint(running).rolloutText?.hasSuffix("is being watched") == true
                return try await weights() == [90, 10] && isWatched
            }
            _ = try await running.plane.steer("digits", .pause, reason: "look", by: "ann")
            #expect(try await endpoint(running).rolloutText?.hasSuffix("is being watched, paused") == true)
            _ = try await running.plane.steer("digits", .resume, reason: "on", by: "ann")
            _ = try await running.plane.steer("digits", .abort, reason: "lost", by: "ann")
            try await running.until("it is back") { try await endpoint(running).record.rollout == nil }
            let ended = try #require(try await endpoint(running).record.history.last)
            #expect(ended.outcome == .rolledBack(reason: "stopped by hand: lost"))
            #expect(ended.detectedAt != nil && ended.movedAt != nil && ended.fullAt != nil)
            try await deploy(second, on: running)
            try await running.until("the canary has its share") { try await weights().contains(10) }
            _ = try await running.plane.steer("digits", .promote, reason: "won", by: "ann")
            try await running.until("r3 is active") { try await endpoint(running).record.active == 3 }
            let error = await #expect(throws: PlumbError.self) {
                _ = try await running.plane.steer("digits", .pause, reason: "late", by: "ann")
            }
            #expect(error?.kind == .conflict)
        }
    }

    @Test func artefactsOfForgottenRevisionsGo() async throws {
        try await RunningHouse.with { running in
            let stray = running.house.folder + "/artifacts/" + String(repeating: "a", count: 64)
            try Data("old".utf8).write(to: URL(filePath: stray))
            try await deploy(spec(), on: running)
            #expect(!FileManager.default.fileExists(atPath: stray))
            let kept = try await endpoint(running).record.artifactDigests
            let files = try FileManager.default.contentsOfDirectory(atPath: running.house.folder + "/artifacts")
            #expect(Set(files) == kept)
        }
    }
}
