// plumb access: keys with which AWS's own tools sign their requests to the engine.

public import ArgumentParser
import Foundation
public import PlumbEngine
import PlumbModel

struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Give and take the access keys of the engine's AWS interfaces.",
        discussion: """
            boto3, the AWS CLI and Terraform sign their requests with such a key. Its
            secret is shown once. docs/AWS-FACE.md says what they can do.

            Examples:
              plumb access key create alice --role operator
              plumb access key list
              plumb access key revoke PLMB…
            """,
        subcommands: [AccessKeyCommand.self])
}

struct AccessKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make, list and revoke access keys.",
        subcommands: [CreateAccessKeyCommand.self, ListAccessKeysCommand.self, RevokeAccessKeyCommand.self])
}

struct CreateAccessKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access key; its secret is shown this once.")

    @Argument(help: "Who holds it; actions are audited under this name.") var holder: String
    @Option(help: "invoker (calls endpoints), viewer (sees) or operator (sees, changes and calls).")
    var role = AccessRole.invoker
    @Option(help: "Days until it expires (default: never).") var days: Int?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let request = AccessKeyRequest(holder: holder, role: role, days: days)
        let (issued, status) = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            (try await plane.makeAccessKey(request, by: Actor.name), try await plane.status())
        }
        if format.format == .json { return try Terminal.printJSON(issued) }
        print(
            """
            export AWS_ACCESS_KEY_ID=\(issued.key.id)
            export AWS_SECRET_ACCESS_KEY=\(issued.secret)
            export AWS_ENDPOINT_URL=\(status.gateway)
            export AWS_CA_BUNDLE=\(status.certificateAuthorityPath)
            """)
        Terminal.printError("\(issued.key.role.rawValue) for \(issued.key.holder); the secret is not shown again")
    }
}

struct ListAccessKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the access keys.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let keys = try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.accessKeys() }
        if format.format == .json { return try Terminal.printJSON(keys) }
        if keys.isEmpty { print("no access keys: plumb access key create NAME makes one") }
        for key in keys {
            let made = Day(secondsSinceEpoch: key.createdAt)
            let end = key.expiresAt.map { ", expires \(Day(secondsSinceEpoch: $0))" } ?? ""
            print("\(key.id)  \(key.role.rawValue)  \(key.holder)  made \(made)\(end)")
        }
    }
}

struct RevokeAccessKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take an access key away; requests signed with it are refused at once.")

    @Argument(help: "The key's id.") var id: String
    @OptionGroup var home: HomeOption

    func run() async throws {
        try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.revokeAccessKey(id, by: Actor.name) }
        print("\(id) is revoked")
    }
}

extension AccessRole: ExpressibleByArgument {}
