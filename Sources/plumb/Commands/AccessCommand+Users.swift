// plumb access user, grant, revoke, review: who can do what, and who has not been here for long.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct AccessUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add, list and remove users and service accounts.",
        subcommands: [AddUserCommand.self, ListUsersCommand.self, RemoveUserCommand.self])
}

/// Gives an order to the engine and tells what came of it.
enum AccessOrders {
    static func give(_ order: AccessOrder, _ home: HomeOption, _ format: FormatOption) async throws {
        let outcome = try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.carryOut(order) }
        try tell(outcome, format)
    }

    /// The secret alone goes to standard output, so that it can be kept in a variable.
    static func tell(_ outcome: AccessOutcome, _ format: FormatOption) throws {
        if format.format == .json { return try Terminal.printJSON(outcome) }
        guard let secret = outcome.secret else { return print(outcome.text) }
        let end = outcome.expiresAt.map { ", until \(moment($0))" } ?? ""
        Terminal.printError("\(outcome.text)\(end); it is not shown again")
        print(secret)
    }

    /// Such as `2026-11-29 01:02 UTC`.
    static func moment(_ seconds: Double) -> String {
        let minute = Int(seconds) % 86_400 / 60
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(Day(secondsSinceEpoch: seconds)) \(two(minute / 60)):\(two(minute % 60)) UTC"
    }

    static func report(_ home: HomeOption) async throws -> AccessReport {
        try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.accessReport() }
    }
}

struct AddUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a user known; it holds nothing until a role is granted.")

    @Argument(help: "The name, which the audit record will show.") var name: String
    @Option(help: "The person who answers for it: makes it a service account.") var owner: String?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.addUser(name: name, owner: owner), home, format) }
}

struct RemoveUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a user away, with all tokens, certificates and keys, at once.")

    @Argument(help: "The name.") var name: String
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.removeUser(name), home, format) }
}

struct ListUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the users and their grants.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let report = try await AccessOrders.report(home)
        if format.format == .json { return try Terminal.printJSON(report.users) }
        if report.users.isEmpty { print("no users: plumb access bootstrap makes the first admin's token") }
        for user in report.users { Self.tell(user) }
    }

    static func tell(_ user: AccessUser) {
        let used = user.lastUsedAt.map { "last here \(AccessOrders.moment($0))" } ?? "never here"
        print("\(user.name)\(user.owner.map { " (service of \($0))" } ?? "")  \(used)")
        for grant in user.grants { print("  \(grant.id)  \(grant.text)  by \(grant.grantedBy)") }
    }
}

struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Give a user a role, or forbid something.",
        discussion: """
            Over the network another admin has to approve it, and nobody gives more
            than they hold. docs/ACCESS.md has the table of roles and the conditions.

            Examples:
              plumb access grant ada deployer --if environment=dev,staging
              plumb access grant ben operator --on 'endpoint/digits*' --if 'time=Mon-Fri 08:00-18:00'
              plumb access grant ben --deny stop,scale --if environment=production
            """)

    @Argument(help: "The user.") var user: String
    @Argument(help: "viewer, data-scientist, invoker, deployer, approver, operator, auditor or admin.")
    var role: AccessRole?
    @Option(name: .customLong("deny"), help: "Verbs to forbid instead, with commas; 'all' forbids everything.")
    var denied: String?
    @Option(name: .customLong("on"), help: "A pattern of what it is about; may be given again (default: *).")
    var resources: [String] = []
    @Option(name: .customLong("if"), help: "A condition, KEY=VALUE,…; may be given again.")
    var conditions: [String] = []
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard (role == nil) != (denied == nil) else { throw ValidationError("name a role, or --deny VERBS") }
    }

    func run() async throws {
        let terms = try conditions.map { try AccessCondition($0) }
        let resources = resources.isEmpty ? ["*"] : resources
        let grant: AccessGrant
        if let role {
            grant = AccessGrant(allow: role, on: resources, if: terms)
        } else {
            grant = AccessGrant(deny: try Self.verbs(denied ?? ""), on: resources, if: terms)
        }
        try await AccessOrders.give(.grant(user: user, grant), home, format)
    }

    private static func verbs(_ text: String) throws(PlumbError) -> [AccessVerb] {
        if text == "all" { return [] }
        var verbs: [AccessVerb] = []
        for word in text.split(separator: ",") {
            guard let verb = AccessVerb(rawValue: String(word)) else {
                throw PlumbError(
                    .invalidInput, "there is no verb '\(word)'",
                    hint: AccessVerb.allCases.map(\.rawValue).joined(separator: ", "))
            }
            verbs.append(verb)
        }
        guard !verbs.isEmpty else { throw PlumbError(.invalidInput, "--deny names no verb", hint: "or --deny all") }
        return verbs
    }
}

struct RevokeGrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Take a grant away, at once.")

    @Argument(help: "The user.") var user: String
    @Argument(help: "The grant's id, as the list shows it.") var grant: String
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.revokeGrant(user: user, id: grant), home, format) }
}

struct AccessReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Who can do what, who has not been here for long, what waits for a person.",
        discussion: """
            Examples:
              plumb access review
              plumb access review --unused-days 30
              plumb access review close r-… --note "the pager was right, see INC-17"

            Exit codes: 0, or 1 when a review is open or somebody has not been here for so long.
            """,
        subcommands: [ShowReviewCommand.self, CloseReviewCommand.self], defaultSubcommand: ShowReviewCommand.self)
}

struct ShowReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show it.")

    @Option(help: "Days after which somebody counts as not being here any more.") var unusedDays = 90
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let report = try await AccessOrders.report(home)
        let unused = report.unused(days: unusedDays)
        if format.format == .json {
            try Terminal.printJSON(report)
        } else {
            for user in report.users { ListUsersCommand.tell(user) }
            for key in report.keys { print("key \(key.id)  \(key.role.rawValue)  \(key.holder)") }
            for token in report.tokens {
                print("\(token.id)  \(token.user)  until \(AccessOrders.moment(token.expiresAt))")
            }
            for user in unused { print("unused for \(unusedDays) days: \(user.name)") }
            for plan in report.plans { AccessPlansCommand.tell(plan) }
            for review in report.reviews {
                print(
                    "to be closed by another person: \(review.id)  \(review.action) by \(review.by), "
                        + "\(AccessOrders.moment(review.at)): \(review.reason)")
            }
        }
        if !unused.isEmpty || !report.reviews.isEmpty { throw ExitCode(1) }
    }
}

struct CloseReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Say that you have looked at what another person did.")

    @Argument(help: "The review's id.") var id: String
    @Option(help: "What you have found.") var note: String
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.closeReview(id: id, note: note), home, format) }
}
