// plumb scale: another number of instances, within the bounds.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Set the number of an endpoint's instances on the running engine.",
        discussion: """
            The bounds of the spec (instances.minimum, instances.maximum) hold for
            every writer: a number outside of them is refused. Autoscaling goes on from
            the number that is set. docs/AUTOSCALING.md

            Example:
              plumb scale digits 3 --reason "a campaign at noon"
            """)

    @Argument(help: "The endpoint.") var endpoint: String
    @Argument(help: "How many instances.") var count: Int
    @Option(name: .long, help: "Why; kept in the audit record.") var reason = "asked for by hand"
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            let activity = try await plane.scale(endpoint, to: count, reason: reason, by: Actor.name)
            if format.format == .json { return try Terminal.printJSON(activity) }
            print(
                "\(endpoint): \(activity.from) -> \(activity.to) instances of \(activity.floor) to \(activity.ceiling)")
        }
    }
}
