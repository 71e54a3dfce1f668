// plumb access: keys with which AWS's own tools sign their requests to the engine.

public import ArgumentParser
import Foundation
public import PlumbEngine
import PlumbModel

struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Who may do what: users, roles, tokens, keys, certificates, and what another person has to look at.",
        discussion: """
            Whoever runs the engine may all on its own machine. Over the network
            (--engine or $PLUMB_ENGINE_URL, with $PLUMB_TOKEN and $PLUMB_CA) the table of
            roles decides. docs/ACCESS.md has it; docs/AWS-FACE.md is about keys with
            which boto3, the AWS CLI and Terraform sign.

            Examples:
              plumb access bootstrap
              plumb access user add ada
              plumb access grant ada deployer --if environment=dev,staging
              plumb access token issue ada
              plumb access key create alice --role operator
              plumb access review
            """,
        subcommands: [
            AccessUserCommand.self, GrantCommand.self, RevokeGrantCommand.self, AccessTokenCommand.self,
            AccessKeyCommand.self, AccessCertificateCommand.self, AccessReviewCommand.self, AccessPlansCommand.self,
            BreakGlassCommand.self, BootstrapCommand.self, ClaimCommand.self, OpenAPICommand.self,
        ])
}

struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the control API as OpenAPI 3.1, as /v1/openapi.json answers it.")

    func run() throws { print(Composition.controlDescription, terminator: "") }
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
