// plumb standby: an engine in waiting, kept up to date from a backup, and its promotion.

import ArgumentParser
import Foundation
import PlumbModel

struct StandbyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standby", abstract: "Follow another engine's backup, and take over on one word.",
        discussion: """
            follow restores and checks every shipment as it arrives. promote restores
            the last of them, ends the following and starts the engine. From then on the
            old primary finds that the backup is another's: it ends, or does not start.
            That holds as long as it sees the backup. docs/RECOVERY.md

            Examples:
              plumb standby follow --from /mnt/elsewhere/plumb --key keyring.json --to /srv/plumb2
              plumb standby status --to /srv/plumb2
              plumb standby promote --to /srv/plumb2 --port 8443
            """,
        subcommands: [FollowCommand.self, StandbyStatusCommand.self, PromoteStandbyCommand.self],
        defaultSubcommand: FollowCommand.self)
}

/// Where a standby lies.
struct StandbyPlace: ParsableArguments {
    @Option(help: "The standby's folder.") var to: String
    var folder: String { URL(fileURLWithPath: to).standardizedFileURL.path }
}

struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Restore and check each shipment as it arrives, until promoted or ended.")

    @Option(help: "The backup: a folder, or s3://BUCKET/PREFIX.") var from: String
    @Option(help: "The backup's key ring.") var key: String
    @OptionGroup var place: StandbyPlace
    @Flag(help: "Look once.") var once = false
    private static let pauseMilliseconds = 1000

    func run() async throws {
        let from = Composition.placeAddress(from)
        let key = URL(fileURLWithPath: key).standardizedFileURL.path
        try Composition.checkStandbyFolder(place.folder)
        var known = 0
        var trouble = ""
        repeat {
            // Somebody has promoted it: it is an engine's folder now, and no more to be replaced.
            if known > 0, !FileManager.default.fileExists(atPath: Composition.standbyMark(place.folder)) {
                return print("it was promoted; the following ends")
            }
            do {
                if let status = try await Composition.follow(
                    from: from, key: key, to: place.folder, after: known)
                {
                    (known, trouble) = (status.shipment, "")
                    Terminal.say(StandbyStatusCommand.line(status))
                }
            } catch {
                if once { throw error }
                // The primary may be writing, or its disk be away: told once, and tried on.
                if "\(error)" != trouble { Terminal.printError("the standby is not up to date: \(error)") }
                trouble = "\(error)"
            }
            if !once { try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds)) }
        } while !once
    }
}

struct StandbyStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say which shipment a standby has, and how long that took.")

    @OptionGroup var place: StandbyPlace
    @OptionGroup var format: FormatOption

    func run() async throws {
        let status = try Composition.standbyStatus(in: place.folder)
        if format.format == .json { return try Terminal.printJSON(status) }
        print(Self.line(status))
        let newest = try await Composition.backupStatus(in: place.folder, folder: status.from, key: status.key)
        let behind = newest.newestShipment - status.shipment
        print(behind == 0 ? "it has everything" : "\(behind) shipments are not in it yet: does plumb standby run?")
    }

    static func line(_ status: Composition.StandbyStatus) -> String {
        let lag = RecoveryRehearsal.rounded(status.lagSeconds)
        return "shipment \(status.shipment), restored and checked \(lag) s after it was made, "
            + "\(status.auditEntries) audit entries"
    }
}

struct PromoteStandbyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Restore what came last, end the following, and start the engine.")

    @OptionGroup var place: StandbyPlace
    @Option(help: "The port to listen on; 0 chooses a free one.") var port = 8443
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    private static let endSecondsMax = 10.0

    func run() async throws {
        try Composition.mendStandby(in: place.folder)
        try await endFollowing(try Composition.standbyStatus(in: place.folder))
        try Composition.mendStandby(in: place.folder)
        let status = try Composition.standbyStatus(in: place.folder)
        do {
            if let newer = try await Composition.follow(
                from: status.from, key: status.key, to: place.folder, after: status.shipment)
            {
                Terminal.say(StandbyStatusCommand.line(newer))
            }
        } catch {
            // The backup may be lost with the primary: what was restored before was checked as well.
            Terminal.printError(
                "what came last cannot be restored (\(error)); going on with shipment \(status.shipment)")
        }
        try Composition.endStandby(in: place.folder, shippingTo: status.from)
        let up = try UpCommand.parse([
            "--detach", "--home", place.folder, "--port", "\(port)", "--host", host, "--backup", status.from,
        ])
        try await up.run()
        print("promoted: the engine in \(place.folder) serves and ships to \(status.from)")
    }

    /// Its process is asked to end, if it is one of this machine that follows still.
    private func endFollowing(_ status: Composition.StandbyStatus) async throws {
        let path = "/proc/\(status.processID)/cmdline"
        let words = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard words.contains("standby"), status.processID != getpid() else { return }
        kill(status.processID, SIGTERM)
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(Self.endSecondsMax)
        while kill(status.processID, 0) == 0 {
            guard clock.now < deadline else {
                throw PlumbError(.timedOut, "the process \(status.processID) follows the backup still")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
