// plumb backup and plumb restore: nothing is lost.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

/// Where a backup and its key lie.
struct BackupOptions: ParsableArguments {
    @Option(help: "The backup: a folder, or s3://BUCKET/PREFIX (default: the one that plumb up --backup named).")
    var from: String?
    @Option(help: "The backup's key ring (default: backup/keyring.json in the engine's folder).") var key: String?
}

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Ship the state elsewhere as it changes, sealed; see how far it is.",
        discussion: """
            plumb up --backup FOLDER, or s3://BUCKET/PREFIX, ships every change within
            a second or two. The key ring backup/keyring.json in the engine's folder
            opens the backup: keep a copy of it in a third place, for without it the
            backup is worth nothing.
            """,
        subcommands: [BackupStatusCommand.self, BackupNowCommand.self])
}

struct BackupStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how old the newest shipment is, and what it lacks.")

    @OptionGroup var backup: BackupOptions
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let status = try await Composition.backupStatus(in: home.folder, folder: backup.from, key: backup.key)
        guard format.format == .text else { return try Terminal.printJSON(status) }
        print("shipment \(status.newestShipment) in \(status.folder), \(Int(status.ageSeconds)) s old")
        if let behind = status.entriesBehind {
            print(behind == 0 ? "nothing is missing from it" : "\(behind) audit entries are not in it yet")
        }
        print("it opens with \(status.key): keep a copy of that in another place")
    }
}

struct BackupNowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "now",
        abstract: "Ship a snapshot of a folder that no engine holds; a running one ships by itself.",
        discussion: "Example: plumb backup now --to /mnt/elsewhere/plumb")

    @Option(help: "The folder or s3://BUCKET/PREFIX to ship to.") var to: String?
    @OptionGroup var home: HomeOption

    func run() async throws {
        if FileManager.default.fileExists(atPath: home.controlSocket) {
            let status = try await Composition.backupStatus(in: home.folder, folder: to, key: nil)
            guard status.entriesBehind == 0 else {
                throw PlumbError(
                    .conflict, "the engine has not shipped \(status.entriesBehind ?? 0) audit entries yet",
                    hint: "plumb backup status watches it; the engine's log says what is in its way")
            }
            return print("the engine has shipped everything to \(status.folder)")
        }
        let (folder, _) = try Composition.backupPlace(in: home.folder, folder: to, key: nil)
        try await Composition.backUp(home.folder, to: folder)
        print("a snapshot is in \(folder); plumb up goes on shipping there")
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring the state back from its backup into an empty folder.",
        discussion: """
            Every shipment is opened, every artefact's digest computed, and the audit
            log's root held to the last signed checkpoint. With --at the records are
            those of that time; the audit log is always the newest, since it is never
            cut back. Captures are not in a backup: what was erased stays erased.

            Examples:
              plumb restore --from /mnt/elsewhere/plumb --key keyring.json --dry-run
              plumb restore --from s3://elsewhere/plumb --key keyring.json --to .plumb
            """)

    @OptionGroup var backup: BackupOptions
    @Option(help: "The empty folder that becomes the engine's.") var to: String?
    @Option(help: "The time to go back to: 2026-11-28 or 2026-11-28T21:00:00Z.") var at: Moment?
    @Flag(help: "Open and check everything, and write nothing.") var dryRun = false
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard dryRun != (to != nil) else { throw ValidationError("name --to FOLDER, or --dry-run") }
    }

    func run() async throws {
        let (folder, key) = try Composition.backupPlace(in: home.folder, folder: backup.from, key: backup.key)
        let target = to.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        let report = try await Composition.restore(from: folder, key: key, to: target, at: at?.seconds)
        guard format.format == .text else { return try Terminal.printJSON(report) }
        let time = Date(timeIntervalSince1970: report.at).formatted(.iso8601)
        print("\(target == nil ? "would restore" : "restored") the state of \(time) (shipment \(report.shipment)):")
        print("  \(report.records) records, \(report.artifacts) artefacts, \(report.files.count) files")
        print("  \(report.auditEntries) audit entries, root \(report.auditRoot) as it was signed")
        for note in report.notes { print("  \(note)") }
        if let target { print("plumb up --home \(target) --backup \(folder) goes on with it") }
    }
}
