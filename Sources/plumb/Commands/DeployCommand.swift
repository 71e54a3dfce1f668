// plumb deploy: a new revision, guarded.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Roll a spec out on the running engine or on AWS, and watch it.",
        discussion: """
            The spec is held to the policies first; in production a broken control
            that is not waived refuses it. Then the new revision comes up beside the
            old one, takes traffic by the spec's rollout plan, and goes back at the
            first alarm on its own traffic. Exits 3 when it was rolled back.

            With --to aws the spec is rendered as CloudFormation stacks. What would
            change is shown and asked for (--yes agrees), the model is published
            under its digest, and the stacks and the endpoint are followed to the
            end. A rollback is told with the alarm, its reason and its values.
            Ctrl-C ends the watching, not the deployment. Every step is kept in the
            audit record before it is begun (plumb audit log). docs/DEPLOY-AWS.md

            Examples:
              plumb deploy plumb-v2.yaml --environment production
              plumb deploy plumb.yaml -e staging --to aws --plan-only
              plumb deploy plumb.yaml -e production --to aws --yes --format json
            """)

    @Argument(help: "The spec.") var spec: String
    @OptionGroup var environment: EnvironmentOption
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    @Flag(inversion: .prefixedNo, help: "Whether to wait for the rollout's end.") var wait = true
    @Option(help: "engine (on this machine) or aws.") var to = DeploymentTarget.engine
    @OptionGroup var account: AWSAccountOptions
    @Flag(name: .shortAndLong, help: "With --to aws: agree to the plan without being asked.") var yes = false
    @Flag(help: "With --to aws: show what would change, and change nothing.") var planOnly = false
    @Flag(help: "With --to aws: agree that what holds data, keys or callers is replaced or removed.")
    var acceptLoss = false
    @Option(help: ArgumentHelp("With --to aws: a value for a parameter of the templates.", valueName: "name=value"))
    var parameter: [String] = []
    @Option(help: ArgumentHelp("With --to aws: a file of such values.", valueName: "file")) var parameters: [String] =
        []

    func validate() throws {
        let isAWS = to == .aws
        guard isAWS || !(yes || planOnly || acceptLoss || !parameter.isEmpty || !parameters.isEmpty) else {
            throw ValidationError("--yes, --plan-only, --accept-loss and --parameter go with --to aws")
        }
        if isAWS, !wait {
            throw ValidationError("--no-wait is for the engine; Ctrl-C leaves a deployment to AWS alone")
        }
        if isAWS, account.region != nil { throw ValidationError("the spec says the region: write it there") }
    }

    func run() async throws {
        if to == .aws { return try await deployToAWS() }
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
            + numbers.notes.map { "\n  \($0)" }.joined()
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
