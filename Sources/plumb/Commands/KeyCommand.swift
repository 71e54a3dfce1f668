// plumb key: the keys that protect what the engine keeps.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Rotate, rewrap and shred the keys of what the engine keeps.",
        discussion: """
            Everything that can hold customers' data is sealed with a key of its own,
            which a version of the key ring wraps. docs/ACCESS.md says what and where.

            Examples:
              plumb key status
              plumb key rotate
              plumb key shred 1
            """,
        subcommands: [
            KeyStatusCommand.self, RotateKeyCommand.self, RewrapKeyCommand.self, ShredKeyCommand.self,
        ])
}

struct KeyStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show the versions of the ring.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let versions = try await AccessOrders.report(home).keyVersions
        if format.format == .json { return try Terminal.printJSON(versions) }
        for version in versions {
            let use = version.number == versions.last?.number ? "seals" : "opens what it wrapped"
            print("version \(version.number)  made \(AccessOrders.moment(version.createdAt))  \(use)")
        }
    }
}

struct RotateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a new version and wrap everything with it; content is not touched.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.rotateKey, home, format) }
}

struct RewrapKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewrap", abstract: "Wrap everything with the newest version, such as after a restore.")

    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.rewrap, home, format) }
}

struct ShredKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shred",
        abstract: "Destroy an older version: what it still wraps elsewhere, such as in old backups, is lost for good.")

    @Argument(help: "The version.") var version: Int
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws { try await AccessOrders.give(.shredKey(version), home, format) }
}
