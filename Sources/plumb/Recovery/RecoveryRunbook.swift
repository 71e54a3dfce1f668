// The runbook of a recovery, written from what is really there; what is not known is named.

import Foundation
import PlumbEngine
import PlumbModel

/// What whoever recovers an engine has to know, and to do.
struct RecoveryRunbook: Encodable {
    struct Endpoint: Encodable {
        var name: String
        var environment: String
        var revision: Int?
        var modelDigest: String?
        /// What the spec promises, and who leads the recovery.
        var rtoMinutes: Double?
        var rpoMinutes: Double?
        var owner: String?
        var runbook: String?
    }
    struct Step: Encodable {
        var what: String
        var command: String
        var who: String
    }
    var writtenAt: String
    var engine: String
    var backup: String?
    var newestShipmentAt: String?
    var backupAgeSeconds: Double?
    var entriesBehind: Int?
    var keyRing: String?
    var isKeyRingClosed = false
    var endpoints: [Endpoint] = []
    /// The newest of each kind on record.
    var drills: [AuditEntry] = []
    var steps: [Step] = []
    var notCovered: [String] = []
    var unknown: [String] = []

    /// Looks at a folder of state, its backup, and the engine where it runs.
    init(home: HomeOption, backup options: BackupOptions, now: Date) async {
        writtenAt = now.formatted(.iso8601)
        engine = home.folder
        do {
            let status = try await Composition.backupStatus(in: home.folder, folder: options.from, key: options.key)
            (backup, keyRing) = (status.folder, status.key)
            newestShipmentAt = Date(timeIntervalSince1970: status.shippedAt).formatted(.iso8601)
            (backupAgeSeconds, entriesBehind) = (status.ageSeconds.rounded(), status.entriesBehind)
        } catch {
            unknown.append("the backup: \(error)")
        }
        isKeyRingClosed = Composition.isClosed(keyRing: keyRing ?? "")
        do {
            for kind in ["drill.dr", "drill.failover", "drill.rollback"] {
                let found = try Composition.drills(in: home.folder, last: 1, kinds: [kind])
                if found.isEmpty { unknown.append("\(kind): none is on record, so nothing was measured") }
                drills += found
            }
        } catch {
            unknown.append("the drills: \(error)")
        }
        do {
            let status = try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.status() }
            endpoints = status.endpoints.map { Endpoint($0.record) }
        } catch {
            unknown.append("the endpoints, since the engine cannot be asked: \(error)")
        }
        unknown += [
            "whether a copy of the key ring is in a third place, and who can reach it: nobody but you can say",
            "whether clients find the new address: names and load balancers are not this engine's",
        ]
        notCovered = [
            "captures of traffic and logs: they are in no backup",
            "what happened since the newest shipment, where the machine is lost",
            "the programs of endpoints with model.command: only their words are kept",
            "the machine itself: plumb, plumb-worker and ONNX Runtime have to be there",
        ]
        addSteps()
    }

    private mutating func addSteps() {
        let (folder, key) = (backup ?? "BACKUP-FOLDER", keyRing.map { ($0 as NSString).lastPathComponent } ?? "KEYRING")
        let closed = isKeyRingClosed ? "PLUMB_PASSPHRASE_FILE=PASSPHRASE " : ""
        let owner = "whoever runs the engine"
        steps = [
            Step(
                what: "fetch the copy of the key ring from its third place", command: "chmod 600 \(key)", who: owner),
            Step(
                what: "look whether the backup is whole, and how old",
                command: "\(closed)plumb restore --from \(folder) --key \(key) --dry-run", who: owner),
            Step(
                what: "bring it back into an empty folder",
                command: "\(closed)plumb restore --from \(folder) --key \(key) --to NEW-FOLDER", who: owner),
            Step(
                what: "start; the old engine is kept out of the backup from then on",
                command: "\(closed)plumb up --detach --home NEW-FOLDER --backup \(folder)", who: owner),
        ]
        steps += endpoints.map {
            Step(
                what: "ask \($0.name) its example", command: "plumb invoke \($0.name) --home NEW-FOLDER",
                who: $0.owner ?? "an operator")
        }
        steps.append(Step(what: "prove the record", command: "plumb audit verify --home NEW-FOLDER", who: "an auditor"))
        steps.append(
            Step(
                what: "wrap everything with a new key, if the old machine may be in other hands",
                command: "plumb key rotate --home NEW-FOLDER", who: "an admin"))
    }
}

extension RecoveryRunbook.Endpoint {
    init(_ record: EndpointRecord) {
        let active = record.revision(record.active)
        let plan = active?.spec.recovery
        self.init(
            name: record.name, environment: record.environment.rawValue, revision: record.active,
            modelDigest: active?.modelDigest, rtoMinutes: plan?.rtoMinutes, rpoMinutes: plan?.rpoMinutes,
            owner: plan?.owner, runbook: plan?.runbook)
    }
}

extension RecoveryRunbook {
    /// As a file to keep where it can be read when the engine cannot.
    var markdown: String {
        func minutes(_ number: Double?) -> String { number.map { "\($0) min" } ?? "not said" }
        var lines = ["# Recovery of the engine in `\(engine)`", "", "Written \(writtenAt) from what was there.", ""]
        lines += ["## The backup", ""]
        lines.append("- folder: \(backup.map { "`\($0)`" } ?? "**unknown**")")
        lines.append(
            "- newest shipment: \(newestShipmentAt ?? "**unknown**"), \(Int(backupAgeSeconds ?? 0)) s old then")
        lines.append("- audit entries that it lacks: \(entriesBehind.map(String.init) ?? "**unknown**")")
        lines.append(
            "- key ring: \(keyRing.map { "`\($0)`" } ?? "**unknown**")"
                + (isKeyRingClosed ? ", closed with a passphrase: who has it?" : ", with no passphrase"))
        lines += ["", "## What has to answer again", ""]
        lines += ["| endpoint | environment | revision | model | outage at most | loss at most | leads |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for endpoint in endpoints {
            let model = endpoint.modelDigest.map { "`\($0.prefix(12))…`" } ?? "-"
            let revision = endpoint.revision.map { "r\($0)" } ?? "-"
            lines.append(
                "| \(endpoint.name) | \(endpoint.environment) | \(revision) | \(model) "
                    + "| \(minutes(endpoint.rtoMinutes)) | \(minutes(endpoint.rpoMinutes)) "
                    + "| \(endpoint.owner ?? "**unknown**") |")
        }
        lines += ["", "## What was measured", ""]
        if drills.isEmpty { lines.append("Nothing: no drill is on record. `plumb drill dr --record` makes one.") }
        lines += drills.map { "- \(DrillHistoryCommand.line($0))" }
        lines += ["", "## What to do, in this order", ""]
        for (number, step) in steps.enumerated() {
            lines += ["\(number + 1). \(step.what) (\(step.who))", "", "   ```", "   \(step.command)", "   ```", ""]
        }
        lines += ["## What is not covered", ""] + notCovered.map { "- \($0)" }
        lines += ["", "## What is not known", ""] + unknown.map { "- \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
