// plumb deploy: a new revision, guarded.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Roll a spec out on the running engine, and watch it.",
        discussion: """
            The spec is held to the policies first; in production a broken control
            that is not waived refuses it. Then the new revision comes up beside the
            old one, takes traffic by the spec's rollout plan, and goes back at the
            first alarm on its own traffic. Exits 3 when it was rolled back.

            Example: plumb deploy plumb-v2.yaml --environment production
            """)

    @Argument(help: "The spec.") var spec: String
    @OptionGroup var environment: EnvironmentOption
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    @Flag(inversion: .prefixedNo, help: "Whether to wait for the rollout's end.") var wait = true

    func run() async throws {
        let loaded = try Composition.loadSpec(spec, environment: environment.environment)
        let say: (String) -> Void = { text in
            if format.format == .text { print(text) }
        }
        try await DeploymentGate.check(loaded, say: say)
        try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            let receipt = try await plane.deploy(
                DeploymentRequest(spec: loaded.spec, folder: loaded.folder), by: Actor.name)
            say(Self.announcement(receipt, loaded.spec))
            guard wait else {
                if format.format == .json { try Terminal.printJSON(receipt) }
                return
            }
            let ended = try await RolloutWatch.untilEnded(
                receipt, on: plane, timeoutSeconds: Double(loaded.spec.rollout.timeoutSeconds) + 300, say: say)
            if format.format == .json { try Terminal.printJSON(ended) }
            try Self.conclude(ended, receipt, say: say)
        }
    }

    /// The arithmetic, before anything moves.
    static func announcement(_ receipt: DeploymentReceipt, _ spec: Spec) -> String {
        guard let old = receipt.replaces else { return "\(receipt.endpoint) r\(receipt.revision): first revision" }
        let numbers = receipt.arithmetic
        return "\(receipt.endpoint) r\(receipt.revision) replaces r\(old) by \(spec.rollout.strategy.rawValue): "
            + "at the soonest in \(Int(numbers.promoteSecondsMinimum)) s; a fault is detected within "
            + "\(Int(numbers.detectionSeconds)) s and felt for at most \(Int(numbers.exposureSeconds)) s"
    }

    /// A rollback must never look like success.
    static func conclude(_ ended: RolloutRecord, _ receipt: DeploymentReceipt, say: (String) -> Void) throws {
        switch ended.outcome {
        case .promoted: say("\(receipt.endpoint) r\(receipt.revision) is active")
        case .rolledBack(let reason):
            var told = "\(receipt.endpoint) r\(receipt.revision) was rolled back: \(reason)"
            if let detected = ended.detectedAt {
                if let fault = ended.faultAt {
                    told += "\n  first fault to detection: \(Self.seconds(detected - fault))"
                }
                if let moved = ended.movedAt {
                    told += "\n  detection to traffic back: \(Self.seconds(moved - detected))"
                }
                if let full = ended.fullAt, let moved = ended.movedAt {
                    told += "\n  traffic back to old fleet full: \(Self.seconds(full - moved))"
                }
            }
            say(told)
            throw ExitCode(3)
        }
    }

    private static func seconds(_ value: Double) -> String { "\((value * 100).rounded() / 100) s" }
}
