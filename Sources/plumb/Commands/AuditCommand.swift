// plumb audit: what was done, by whom, and the proof of it.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read, check and prove the audit log of control actions; erase a subject.",
        subcommands: [
            AuditLogCommand.self, AuditVerifyCommand.self, AuditProveCommand.self, AuditCheckpointCommand.self,
            AuditWitnessCommand.self, AuditCloudTrailCommand.self, AuditRetentionCommand.self,
            AuditPruneCommand.self, AuditEraseCommand.self,
        ])
}

struct AuditLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Print the newest entries, oldest first.",
        discussion: """
            Example: plumb audit log --endpoint digits --outcome denied --since 2026-11-01
            """)

    @Option(help: "How many entries.") var limit = 50
    @Option(help: "Only what this person or part did.") var actor: String?
    @Option(help: "Only this action, such as deploy, or all of a kind, such as rollout.") var action: String?
    @Option(help: "Only what was done to this endpoint.") var endpoint: String?
    @Option(help: "Only done, denied or failed.") var outcome: AuditEntry.Outcome?
    @Option(help: "Only from this time on: 2026-11-28 or 2026-11-28T21:00:00Z.") var since: Moment?
    @Option(help: "Only up to this time.") var until: Moment?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        guard limit > 0 else { throw ValidationError("--limit takes a number from 1 up") }
        let filter = Composition.AuditFilter(
            actor: actor, action: action, endpoint: endpoint, outcome: outcome, since: since?.seconds,
            until: until?.seconds)
        let entries = try Composition.auditEntries(in: home.folder, limit: limit, filter: filter)
        guard format.format == .text else { return try Terminal.printJSON(entries) }
        for numbered in entries {
            let entry = numbered.entry
            let time = Date(timeIntervalSince1970: entry.at).formatted(.iso8601)
            let details = entry.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let outcome = entry.outcome == .done ? "" : " \(entry.outcome.rawValue)"
            print(
                "\(numbered.index) \(time) \(entry.actor) \(entry.action)\(outcome) \(entry.subject) "
                    + details.joined(separator: " "))
        }
    }
}

/// A day or a moment in UTC, as people write it.
struct Moment: ExpressibleByArgument {
    var seconds: Double

    init?(argument: String) {
        if let day = Day(argument) {
            seconds = Double(day.daysSinceEpoch) * 86_400
        } else if let date = try? Date(argument, strategy: .iso8601) {  // Anything else is refused by the parser.
            seconds = date.timeIntervalSince1970
        } else {
            return nil
        }
    }
}

struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute the log from its entries, or check a proof.",
        discussion: """
            Every entry is hashed anew and compared with every tile and with the signed
            checkpoint. A log whose owner has rewritten it is found out by a checkpoint
            that was kept elsewhere: --since, or --anchor for all that plumb up --anchor
            has kept. A proof needs the log's key and nothing else; --key gives it where
            the engine's folder is not at hand.

            Examples:
              plumb audit verify --since kept/checkpoint
              plumb audit verify --anchor s3://elsewhere/checkpoints
              plumb audit verify --proof entry-7.tlog-proof --key audit.pub
            """)

    @Option(help: "A checkpoint that was kept elsewhere.", completion: .file()) var since: String?
    @Option(help: "A folder or s3://BUCKET/PREFIX with checkpoints that plumb up --anchor kept.") var anchor: String?
    @Option(help: "A proof that plumb audit prove wrote.", completion: .file()) var proof: String?
    @Option(help: "The log's public key, or a file with it (default: audit.pub of the engine's folder).")
    var key: String?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard proof == nil || (since == nil && anchor == nil) else {
            throw ValidationError("--proof stands alone: no --since, no --anchor")
        }
    }

    func run() async throws {
        if let proof {
            let verdict = try Composition.verifyProof(proof, in: home.folder, key: key)
            guard format.format == .text else { return try Terminal.printJSON(verdict) }
            print("entry \(verdict.index) of \(verdict.entries) is in the log \(verdict.log):")
            return print(verdict.entry)
        }
        let verdict = try await Composition.verifyAudit(in: home.folder, since: since, anchor: anchor, key: key)
        guard format.format == .text else { return try Terminal.printJSON(verdict) }
        let kept = verdict.checkpoints == 1 ? "the checkpoint" : "\(verdict.checkpoints) checkpoints from that"
        let growth = verdict.since.map { "; it grew out of \(kept) of \($0) entries" } ?? ""
        print("all \(verdict.entries) entries of \(verdict.log) are what was written\(growth)")
        print("root \(verdict.root)")
    }
}

struct AuditProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Prove that an entry is in the log, or that the log grew out of a checkpoint.",
        discussion: """
            The proof of an entry is a text file (C2SP tlog-proof) that holds the entry,
            the hashes up to the root, and the signed checkpoint: anybody who has the
            log's public key can check it, with plumb or without.

            Examples:
              plumb audit prove 7 > entry-7.tlog-proof
              plumb audit prove --since kept/checkpoint
            """)

    @Argument(help: "The number of the entry, as plumb audit log prints it.") var entry: Int?
    @Option(help: "An older checkpoint: proves that the log grew out of it.", completion: .file()) var since: String?
    @OptionGroup var home: HomeOption

    func validate() throws {
        guard (entry == nil) != (since == nil) else { throw ValidationError("name an entry, or --since CHECKPOINT") }
    }

    func run() async throws {
        if let entry { print(try Composition.proof(ofEntry: entry, in: home.folder), terminator: "") }
        if let since { print(try Composition.growthProof(since: since, in: home.folder), terminator: "") }
    }
}

struct AuditCheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Print the log's signed checkpoint, to be kept elsewhere.")

    @OptionGroup var home: HomeOption

    func run() async throws { print(try Composition.auditCheckpoint(in: home.folder), terminator: "") }
}

struct AuditWitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness", abstract: "Watch a log with a key of one's own, and cosign what grew as it should.",
        discussion: """
            The witness keeps the last checkpoint that it saw, checks that the next one
            grew out of it, and signs it with the time (C2SP tlog-cosignature). It is
            worth the more the farther its folder is from the engine's.

            Example: plumb audit witness --folder /mnt/elsewhere/witness --every 60
            """)

    @Option(help: "The witness's own folder, with its key.") var folder: String
    @Option(help: "The witness's name.") var name = "plumb.local/witness"
    @Option(help: "Look again every so many seconds; looks once where it is not given.") var every: Double?
    @OptionGroup var home: HomeOption

    func validate() throws {
        guard every.map({ $0 >= 1 }) ?? true else { throw ValidationError("--every takes 1 or more") }
    }

    func run() async throws {
        print(try Composition.witness(home.folder, folder: folder, name: name), terminator: "")
        while let every {
            try await Task.sleep(for: .seconds(every))
            _ = try Composition.witness(home.folder, folder: folder, name: name)
        }
    }
}

struct AuditRetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Say how long entries are kept, or change it; the engine must be down.",
        discussion: """
            As S3 Object Lock has it: in governance mode the days may be shortened with
            --bypass-governance-retention only; compliance mode can neither be shortened
            nor left. A legal hold keeps everything, whatever its age. Every change, and
            every refusal, is an entry of the log.

            Example: plumb audit retention --compliance --days 2555
            """)

    @Flag(inversion: .prefixedNo, help: "Compliance mode, which cannot be left.") var compliance: Bool?
    @Option(help: "Days that entries are kept (2,192 unless changed).") var days: Int?
    @Option(help: "Hold everything, for this reason.") var hold: String?
    @Flag(help: "End the legal hold.") var releaseHold = false
    @Flag(help: "Shorten the days in governance mode.") var bypassGovernanceRetention = false
    @OptionGroup var home: HomeOption

    func run() async throws {
        let wish = Composition.RetentionWish(
            isCompliance: compliance, days: days, legalHold: hold, releasesHold: releaseHold,
            bypassesGovernance: bypassGovernanceRetention)
        print(try await Composition.retention(in: home.folder, wish, by: Actor.name))
    }
}

struct AuditPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove whole bundles of entries that the retention releases; the engine down.",
        discussion: "Hashes stay, so that every proof remains one. A clock that goes back releases nothing.")

    @OptionGroup var home: HomeOption

    func run() async throws {
        print("\(try await Composition.pruneAudit(in: home.folder, by: Actor.name)) entries are pruned")
    }
}

struct AuditEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase every captured request and answer of one subject (GDPR, article 17).",
        discussion: """
            A record is the subject's when its inference id, its request id, or
            subject=… in its X-Amzn-SageMaker-Custom-Attributes is the name given. The
            audit log keeps how many records went, and not whose.

            Example: plumb audit erase --subject patient-4711
            """)

    @Option(help: "The subject's name, exactly as requests carry it.") var subject: String
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let count = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            try await plane.eraseCaptures(of: subject, by: Actor.name)
        }
        if format.format == .json { return try Terminal.printJSON(["records": count]) }
        print("\(count) captured \(count == 1 ? "record is" : "records are") erased")
    }
}
