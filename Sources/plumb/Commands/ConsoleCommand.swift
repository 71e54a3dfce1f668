// plumb console: a link that opens the console once.

import ArgumentParser
import Foundation
import PlumbModel

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Print a link that opens the console once, within two minutes.",
        discussion: """
            Whoever opens it is the owner of the engine's files there, for an hour.
            Everybody else signs in with a token: plumb access token issue NAME.
            docs/CONSOLE.md

            Example: plumb console
            """)

    @OptionGroup var home: HomeOption

    func run() async throws {
        print(try await RemotePlane.with(socketPath: home.localSocket) { try await $0.consoleLink() })
    }
}
