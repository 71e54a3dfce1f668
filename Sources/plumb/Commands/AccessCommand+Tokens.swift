// plumb access token, cert, bootstrap, claim, plans, break-glass: by what people come in, and what waits for another.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct AccessTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Issue, list and revoke short-lived tokens.",
        subcommands: [
            IssueTokenCommand.self, ListTokensCommand.self, RevokeTokenCommand.self, RotateTokenKeyCommand.self,
        ])
}

struct IssueTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issue a token; it is shown this once.",
        discussion: """
            Examples:
              export PLUMB_TOKEN=$(plumb access token issue ada)
              plumb access token issue ci --minutes 15
            """)

    @Argument(help: "The user.") var user: String
    @Option(help: "Minutes until it expires, at most 720.") var minutes = 60
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard (1...720).contains(minutes) else { throw ValidationError("--minutes takes 1 to 720") }
    }

    func run() async throws {
        try await AccessOrders.give(.issueToken(user: user, seconds: minutes * 60), home, format)
    }
}

struct ListTokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens and client certificates that hold.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let tokens = try await AccessOrders.report(home).tokens
        if format.format == .json { return try Terminal.printJSON(tokens) }
        if tokens.isEmpty { print("no tokens hold: plumb access token issue USER makes one") }
        for token in tokens {
            print(
                "\(token.id)  \(token.user)  until \(AccessOrders.moment(token.expiresAt))"
                    + (token.issuer.isEmpty ? "" : "  issued by \(token.issuer)"))
        }
    }
}

struct RevokeTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a token or a client's certificate out of use, at once.")

    @Argument(help: "Its id, as the list shows it.") var id: String
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.revokeToken(id), home, format) }
}

struct RotateTokenKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key", abstract: "Sign tokens with a new key; those that are out hold until they expire.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.rotateTokenKey, home, format) }
}

struct AccessCertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cert", abstract: "Issue client certificates (plumb up --client-certificates asks for them).",
        subcommands: [IssueCertificateCommand.self])
}

struct IssueCertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issue a certificate for a user; its key is written this once, to a file.")

    @Argument(help: "The user.") var user: String
    @Option(help: "Days until it expires, at most 90.") var days = 30
    @Option(help: "Where they go: PREFIX.pem and PREFIX.key (default: the user's name).") var prefix: String?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let order = AccessOrder.issueCertificate(user: user, days: days)
        let outcome = try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.carryOut(order) }
        let prefix = prefix ?? user
        try Composition.writeSecret(outcome.key ?? "", to: "\(prefix).key")
        try Composition.write(outcome.certificate ?? "", to: "\(prefix).pem")
        print("export PLUMB_CERT=\(prefix).pem PLUMB_KEY=\(prefix).key")
        Terminal.printError(outcome.text + (outcome.expiresAt.map { ", until \(AccessOrders.moment($0))" } ?? ""))
    }
}

struct BootstrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap", abstract: "Make the one-time token for the first admin; on the engine's machine.",
        discussion: """
            It is shown once, opens one thing once, and expires after 15 minutes.

            Examples:
              PLUMB_TOKEN=$(plumb access bootstrap) plumb access claim ada --engine https://127.0.0.1:8443
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.makeFirstToken, home, format) }
}

struct ClaimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Become the first admin with the one-time token in PLUMB_TOKEN.")

    @Argument(help: "The name.") var name: String
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.claim(name: name), home, format) }
}

struct AccessPlansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans", abstract: "List the changes that wait for another person: plumb approve --plan ID.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let plans = try await AccessOrders.report(home).plans
        if format.format == .json { return try Terminal.printJSON(plans) }
        if plans.isEmpty { print("no plan waits") }
        for plan in plans { Self.tell(plan) }
    }

    static func tell(_ plan: ChangePlan) {
        let state = plan.approver.map { "approved by \($0)" } ?? "waits for another person"
        print(
            "\(plan.id)  \(plan.summary)  asked by \(plan.requester), \(state), until "
                + AccessOrders.moment(plan.expiresAt))
    }
}

struct BreakGlassCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break-glass", abstract: "Change production without a second person, for some minutes, loudly.",
        discussion: """
            It gives no role: only the wait for an approval falls away. It is an audit
            entry, an error in the engine's log, a metric (plumb_glass_broken), and a
            review that another person has to close.
            """)

    @Option(help: "Why, so that others understand.") var reason: String
    @Option(help: "For how many minutes, at most 60.") var minutes = 15
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.breakGlass(reason: reason, minutes: minutes), home, format) }
}
