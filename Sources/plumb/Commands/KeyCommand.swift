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
            PassphraseCommand.self,
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

struct PassphraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase", abstract: "Close the key rings' files with a passphrase, or open them again.",
        discussion: """
            The engine must not run. From then on it starts with --passphrase-file FILE,
            $PLUMB_PASSPHRASE or $PLUMB_PASSPHRASE_FILE, or asks; commands that read the
            state or a backup need one of the variables. Whoever loses the passphrase
            has lost what the rings seal. Copies made before stay as they were.

            Examples:
              plumb key passphrase set --to new-passphrase.txt
              PLUMB_PASSPHRASE_FILE=passphrase.txt plumb key passphrase remove
            """,
        subcommands: [SetPassphraseCommand.self, RemovePassphraseCommand.self])
}

struct SetPassphraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Close both rings with the passphrase in a file; the old one opens them.")

    @Option(help: "A file with the new passphrase.") var to: String
    @OptionGroup var home: HomeOption

    func run() async throws {
        try await Composition.setPassphrase(try Composition.passphrase(file: to), in: home.folder)
        print("both key rings are closed with the passphrase; copy them to their other places anew")
    }
}

struct RemovePassphraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Leave the rings to the permissions of their files alone.")

    @OptionGroup var home: HomeOption

    func run() async throws {
        try await Composition.setPassphrase(nil, in: home.folder)
        print("the key rings have no passphrase")
    }
}
