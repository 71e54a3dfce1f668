// plumb rollback: back to an earlier revision, now or weeks later.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Stop the rollout under way, or return to an earlier revision.",
        discussion: """
            With --to aws the endpoint goes back to the newest configuration that is
            older than the one in service, all at once. The alarms of the last
            deployment guard it, except those in ALARM now. Exits 3 when it did not
            get there.

            Examples:
              plumb rollback digits --reason "scores look wrong"
              plumb rollback digits --to 3
              plumb rollback digits --to aws --reason "scores look wrong"
            """)

    @Argument(help: "The endpoint.") var endpoint: String
    @Option(help: "The revision to return to (default: the one before), or aws for an endpoint there.")
    var to: Destination?
    @Option(help: ArgumentHelp("With --to aws: the configuration to return to.", valueName: "config"))
    var toConfig: String?
    @OptionGroup var account: AWSAccountOptions
    @Flag(name: .shortAndLong, help: "With --to aws: agree without being asked.") var yes = false
    @Option(name: .long, help: "Why; kept in the audit record.") var reason = "asked for by hand"
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    @Flag(inversion: .prefixedNo, help: "Whether to wait for the end.") var wait = true
    /// A return needs no bake: only the start of the old revision's instances takes time.
    private static let waitSecondsMax = 900.0

    /// A revision of the engine's, or AWS.
    enum Destination: ExpressibleByArgument, Equatable {
        case revision(Int)
        case aws

        init?(argument: String) {
            if argument == "aws" {
                self = .aws
            } else if let number = Int(argument) {
                self = .revision(number)
            } else {
                return nil
            }
        }
    }

    func validate() throws {
        guard to != .aws else { return }
        if toConfig != nil || yes { throw ValidationError("--to-config and --yes go with --to aws") }
    }

    func run() async throws {
        if to == .aws { return try await rollBackOnAWS() }
        var revision: Int?
        if case .revision(let number) = to { revision = number }
        let say: (String) -> Void = { text in
            if format.format == .text { print(text) }
        }
        try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            let receipt = try await plane.rollback(endpoint, to: revision, reason: reason, by: Actor.name)
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

    private func rollBackOnAWS() async throws {
        let isText = format.format == .text
        let result = try await Composition.rollBackOnAWS(
            endpoint, to: toConfig, reason: reason, target: account.target(home: home),
            tell: { if isText { Terminal.say($0) } },
            agree: { lines in
                if isText { Terminal.say(lines.joined(separator: "\n")) }
                _ = try Agreement.ask("Go back?", isGiven: yes)
            })
        if isText { Terminal.say(result.lines.joined(separator: "\n")) } else { try Terminal.printJSON(result.report) }
        if !result.isGood { throw ExitCode(3) }
    }
}
