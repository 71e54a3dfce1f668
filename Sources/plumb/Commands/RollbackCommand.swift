// plumb rollback: back to an earlier revision, now or weeks later.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Stop the rollout under way, or return to an earlier revision.",
        discussion: """
            Examples:
              plumb rollback digits --reason "scores look wrong"
              plumb rollback digits --to 3
            """)

    @Argument(help: "The endpoint.") var endpoint: String
    @Option(name: .long, help: "The revision to return to (default: the one before).") var to: Int?
    @Option(name: .long, help: "Why; kept in the audit record.") var reason = "asked for by hand"
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    @Flag(inversion: .prefixedNo, help: "Whether to wait for the end.") var wait = true
    /// A return needs no bake: only the start of the old revision's instances takes time.
    private static let waitSecondsMax = 900.0

    func run() async throws {
        let say: (String) -> Void = { text in
            if format.format == .text { print(text) }
        }
        try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            let receipt = try await plane.rollback(endpoint, to: to, reason: reason, by: Actor.name)
            guard wait else {
                if format.format == .json { try Terminal.printJSON(receipt) }
                return
            }
            let ended = try await RolloutWatch.untilEnded(
                receipt, on: plane, timeoutSeconds: Self.waitSecondsMax, say: say)
            if format.format == .json { try Terminal.printJSON(ended) }
            switch ended.outcome {
            case .promoted: say("\(endpoint) r\(ended.new) is active")
            case .rolledBack(let reason):
                // A rollout that was stopped by hand ends this way, and that is what was asked for.
                say("\(endpoint) r\(ended.new) was rolled back: \(reason)")
                if ended.isRollback { throw ExitCode(3) }
            }
        }
    }
}
