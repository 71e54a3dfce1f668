// plumb dr: the plan of a recovery, from what is really there.

import ArgumentParser
import Foundation
import PlumbModel

struct RecoveryPlanningCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dr", abstract: "Plan a recovery.", subcommands: [RunbookCommand.self])
}

struct RunbookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Write the runbook of a recovery: what is where, who does what, in which order.",
        discussion: """
            Everything in it was looked up: backup and its age, key ring, endpoints and
            digests, what drills measured, the commands. What cannot be known is named.
            Keep it where it can be read when this machine cannot.

            Example: plumb dr plan -o recovery.md
            """)

    @OptionGroup var backup: BackupOptions
    @Option(name: .shortAndLong, help: "The file to write (default: print it).") var output: String?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let runbook = await RecoveryRunbook(home: home, backup: backup, now: Date())
        if format.format == .json { return try Terminal.printJSON(runbook) }
        guard let output else { return print(runbook.markdown, terminator: "") }
        try Composition.write(runbook.markdown, to: output)
        print("the runbook is in \(output); \(runbook.unknown.count) things in it are not known")
    }
}
