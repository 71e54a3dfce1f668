// What the commands that reach into an AWS account share.

import ArgumentParser
import Foundation
import PlumbModel
import ServiceLifecycle
import UnixSignals

/// Where an endpoint lives.
enum DeploymentTarget: String, ExpressibleByArgument, CaseIterable {
    /// The engine on this machine.
    case engine
    case aws
}

/// As whom an account is reached, and at which address.
struct AWSAccess: ParsableArguments {
    @Option(help: ArgumentHelp("The profile of ~/.aws/config (default: as for the AWS CLI).", valueName: "name"))
    var profile: String?
    @Option(
        name: .customLong("endpoint-url"),
        help: ArgumentHelp("Ask this address instead of AWS's own.", valueName: "url"))
    var endpointURL: String?

    /// The words by which another command is told the same.
    var words: [String] {
        (profile.map { ["--profile", $0] } ?? []) + (endpointURL.map { ["--endpoint-url", $0] } ?? [])
    }
}

/// Whose account, and where in it.
struct AWSAccountOptions: ParsableArguments {
    @OptionGroup var access: AWSAccess
    @Option(help: "With --to aws: the region (default: $AWS_REGION, else the profile's; deploy takes the spec's).")
    var region: String?

    func target(home: HomeOption) -> Composition.AWSTarget {
        Composition.AWSTarget(access: access, region: region, home: home.folder)
    }
}

/// Agreement to what has been shown.
enum Agreement {
    /// Throws unless somebody agrees: by `--yes`, or by typing it. `showing` is the option that only shows.
    static func ask(_ question: String, isGiven: Bool, showing: String = "--plan-only") throws -> String {
        if isGiven { return "--yes" }
        guard Terminal.canAsk else {
            throw PlumbError(
                .invalidInput, "nobody can be asked here, and nothing is changed without agreement",
                hint: "--yes agrees; \(showing) shows what would change")
        }
        guard let answer = Terminal.answer(to: "\(question) [yes/no] "), answer.lowercased() == "yes" else {
            throw PlumbError(.refused, "not agreed to: nothing was changed", hint: "type yes, or give --yes")
        }
        return "answer"
    }
}

/// Work in an account that goes on when whoever watches it leaves.
enum LeavableWork {
    /// Ctrl-C ends the watching, and says what becomes of the deployment.
    static func watch<Result: Sendable>(
        _ endpoint: String, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await watch(
            leaving: "no longer watched: what is under way in AWS goes on, and nothing after it is begun",
            hint: "plumb status \(endpoint) --to aws follows it; deploying again goes on from there", work)
    }

    /// Ctrl-C ends the watching, with these words.
    static func watch<Result: Sendable>(
        leaving message: String, hint: String, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw PlumbError(.refused, message, hint: hint)
            }
            return result
        }
    }
}
