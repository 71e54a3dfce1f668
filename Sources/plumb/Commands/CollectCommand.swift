// plumb gc: endpoints that nobody asks, listed, and deleted where that is agreed to.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "List endpoints that nobody has asked for long; with --yes, delete them (COST-1.5).",
        discussion: """
            Idle is an endpoint without a request for 7 days, in production for 14. Where
            requests were not counted for so long that is not known, and nothing is
            deleted. An endpoint of production is deleted only when it is named with
            --approve. Of an account the endpoint alone goes: its configuration and its
            model stay.

            Examples:
              plumb gc engine:
              plumb gc aws://eu-west-1 --yes
              plumb gc aws:// --yes --approve digits

            Exit codes: 0 nothing is idle, or all that is was deleted, 1 something is
            idle and stays, 2 bad input, 3 it could not be done.
            """)

    @OptionGroup var live: LiveSource
    @Flag(name: .shortAndLong, help: "Delete what is idle.") var yes = false
    @Option(
        name: .customLong("approve"),
        help: ArgumentHelp(
            "Agree to the deletion of this endpoint of production; may be given again.", valueName: "name")
    ) var approved: [String] = []
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Input") var environment: EnvironmentOption
    @OptionGroup(title: "Input") var home: HomeOption
    @OptionGroup(title: "AWS account") var account: AccountOptions

    func run() async throws {
        let subjects = try await input.load(
            [live.source], environment: environment.environment, home: home, account: account)
        let found = Composition.idle(in: subjects)
        for month in found.unknown {
            print("\(month.name): not known to be idle; its requests were counted for \(Int(month.days)) days")
        }
        var stays = false
        for month in found.idle {
            let cost = month.floorUSD.map { ", \(SpendEstimate.usd($0)) USD a month" } ?? ""
            let told = "\(month.name) (\(month.environment.rawValue)): no request in \(Int(month.days)) days\(cost)"
            guard yes, month.environment != .production || approved.contains(month.name) else {
                stays = true
                print(yes ? "\(told); it stays: --approve \(month.name) agrees to its deletion" : told)
                continue
            }
            try await delete(month.name)
            print("\(told); deleted")
        }
        if found.idle.isEmpty { print("nothing is known to be idle") }
        if stays { throw ExitCode(1) }
    }

    private func delete(_ name: String) async throws {
        guard live.source.hasPrefix("engine:") else {
            return try await Composition.deleteEndpoint(name, in: live.source, account.access)
        }
        try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.remove(name, by: Actor.name) }
    }
}
