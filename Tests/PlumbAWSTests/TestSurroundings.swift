// Surroundings in memory: files, time and luck of a test's own.

import Foundation
import Logging
import NIOConcurrencyHelpers
import PlumbModel
import PlumbTesting

@testable import PlumbAWS

/// A machine that a test makes up.
final class TestMachine: Sendable {
    let clock: HandClock
    private let files: NIOLockedValueBox<[String: String]>
    private let pauses = NIOLockedValueBox<[Double]>([])
    private let commands = NIOLockedValueBox<[[String]]>([])
    private let questions = NIOLockedValueBox<[String]>([])
    private let environment: [String: String]
    /// What a program prints.
    private let output: String
    private let status: Int32
    /// What a person answers.
    private let code: String?

    init(
        _ environment: [String: String] = [:], files: [String: String] = [:], at seconds: Double = 1_800_000_000,
        output: String = "", status: Int32 = 0, code: String? = nil
    ) {
        clock = HandClock(at: seconds)
        // No test may find the metadata service of the machine that it happens to run on.
        self.environment = ["AWS_EC2_METADATA_DISABLED": "true"].merging(environment) { _, said in said }
        self.files = NIOLockedValueBox(files)
        self.output = output
        self.status = status
        self.code = code
    }

    var slept: [Double] { pauses.withLockedValue { $0 } }
    var ran: [[String]] { commands.withLockedValue { $0 } }
    var asked: [String] { questions.withLockedValue { $0 } }
    func file(_ path: String) -> String? { files.withLockedValue { $0[path] } }

    var surroundings: Surroundings {
        var surroundings = Surroundings(
            environment: environment, home: "/home/test",
            readFile: { path throws(PlumbError) in self.file(path).map { Data($0.utf8) } },
            writeFile: { path, content throws(PlumbError) in
                self.files.withLockedValue { $0[path] = String(decoding: content, as: UTF8.self) }
            },
            now: { Date(timeIntervalSince1970: self.clock.now) },
            sleep: { seconds in
                self.pauses.withLockedValue { $0.append(seconds) }
                self.clock.advance(by: seconds)
            },
            luck: { 0.5 },
            run: { command in
                self.commands.withLockedValue { $0.append(command) }
                return (self.status, Data(self.output.utf8))
            })
        if let code {
            surroundings.ask = { question in
                self.questions.withLockedValue { $0.append(question) }
                return Secret(code)
            }
        }
        return surroundings
    }

    /// A client on this machine that asks `server` for everything.
    func withClient<Result: Sendable>(
        _ server: TestServer? = nil, _ options: AWSOptions = AWSOptions(), log: Logger = .silent,
        _ body: (AWSClient) async throws -> Result
    ) async throws -> Result {
        var options = options
        options.region = options.region ?? "eu-central-1"
        options.endpointURL = options.endpointURL ?? server?.url
        return try await AWSClient.with(options, surroundings: surroundings, log: log, body)
    }

    /// The credentials that the chain finds on this machine.
    func credentials(_ server: TestServer? = nil, _ options: AWSOptions = AWSOptions()) async throws -> AWSCredentials {
        var options = options
        options.endpointURL = options.endpointURL ?? server?.url
        let settings = try AWSSettings(options: options, surroundings: surroundings)
        let transport = try HTTPTransport(settings: settings)
        let courier = Courier(settings: settings, transport: transport, log: .silent)
        do {
            let found = try await CredentialChain(settings: settings, courier: courier).resolve()
            try await transport.shutDown()
            return found
        } catch {
            try await transport.shutDown()
            throw error
        }
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Keys that no one else has.
let testKeys = [
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
]
