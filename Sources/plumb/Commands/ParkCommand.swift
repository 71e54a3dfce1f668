// plumb park and plumb start: an endpoint of dev or staging, off and on by hand.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct ParkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "park",
        abstract: "Take an endpoint of dev or staging off until its working hours begin.",
        discussion: """
            Its instances end; its record, artefacts and alarms stay. Callers are
            answered 503 with the time at which it is back. Outside its working hours
            the engine parks it by itself. docs/COST.md

            Examples:
              plumb park digits
              plumb park digits --until 2026-12-01T07:00:00Z
            """)

    @OptionGroup var wish: SpendingWish

    func run() async throws {
        let until = try await wish.ask(.park)
        print("\(wish.endpoint) is being parked \(until.map { "until \($0)" } ?? "until somebody starts it")")
    }
}

struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a parked endpoint, or keep one on past its working hours.",
        discussion: """
            Examples:
              plumb start digits                for an hour
              plumb start digits --until 3h     24 h at most
            """)

    @OptionGroup var wish: SpendingWish

    func run() async throws {
        let until = try await wish.ask(.start)
        print("\(wish.endpoint) is kept on until \(until ?? "its hours end")")
    }
}

struct CostAllowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow",
        abstract: "Let an endpoint run and scale although its budget is spent, for a while.",
        discussion: """
            Examples:
              plumb cost allow digits --until 4h --reason "the demo on Friday"

            Without --until it is for 24 h; 7 days at most. It is kept in the audit
            record. A larger budget is a change of the spec.
            """)

    @OptionGroup var wish: SpendingWish

    func run() async throws {
        let until = try await wish.ask(.allow)
        print("\(wish.endpoint) may spend past its budget until \(until ?? "the month ends")")
    }
}

/// What the three have in common.
struct SpendingWish: ParsableArguments {
    @Argument(help: "The endpoint.") var endpoint: String
    @Option(help: ArgumentHelp("A time from now on such as 2h, or 2026-11-30T22:00:00Z.", valueName: "time"))
    var until: String?
    @Option(help: "Why; kept in the audit record.") var reason = "asked for by hand"
    @OptionGroup var home: HomeOption

    /// Asks the engine, and answers until when it holds, in words.
    func ask(_ order: SpendingOrder) async throws -> String? {
        let moment = try until.map { try TimeText.moment($0) }
        return try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            try await plane.spend(endpoint, order, until: moment, reason: reason, by: Actor.name)
                .map(TimeText.text(of:))
        }
    }
}
