// Brings a state back from a backup into an empty folder, and proves on the way that it is whole.

import Crypto
import Foundation
import GRDB
public import PlumbModel

/// A backup, opened with its key.
public struct Restoration: Sendable {
    /// What was, or would be, brought back.
    public struct Report: Sendable, Codable, Hashable {
        /// The newest shipment that the records are from, and its time.
        public var shipment: Int
        public var at: Double
        public var records: Int
        public var auditEntries: Int
        /// The audit log's root, found equal to the last signed checkpoint.
        public var auditRoot: String
        public var artifacts: Int
        public var files: [String]
        /// What is missing or was left out, in words.
        public var notes: [String]
    }
    /// The state as the shipments give it.
    private struct Gathered {
        var records: [String: [String: Data]] = [:]
        var files: [String: Data] = [:]
        var bundles = 0
        /// Audit entries after the whole bundles.
        var tail: [Data] = []
        var checkpoint = ""
        var shipment = 0
        var at = 0.0
        var notes: [String] = []
    }
    /// Entries of one log, as far as anybody can count.
    private static let entriesMax = 1 << 48
    private let backup: BackupFolder
    private let vault: Vault
    private let verifier: NoteVerifier
    private let keyRing: Data
    private let passphrase: String?

    /// Opens the backup in `folder` with the key ring at `keyPath`.
    public init(from folder: String, key keyPath: String, passphrase: String? = nil) throws(PlumbError) {
        self.passphrase = passphrase
        backup = BackupFolder(path: folder)
        verifier = try backup.verifier()
        vault = try Vault(ringAt: keyPath, passphrase: passphrase)
        keyRing = FileManager.default.contents(atPath: keyPath) ?? Data()
    }

    /// The newest shipment's number and time, and the audit entries it reaches to.
    public func newest() throws(PlumbError) -> (number: Int, at: Double, auditEntries: Int) {
        guard let last = try backup.shipments().last else {
            throw PlumbError(.notFound, "nothing was shipped to \(backup.path) yet")
        }
        let shipment = try open(last)
        return (shipment.number, shipment.at, shipment.firstEntry + shipment.entries.count)
    }

    /// Opens and checks everything, and writes nothing.
    public func rehearse(at time: Double? = nil) throws(PlumbError) -> Report {
        let gathered = try gather(at: time)
        var edge = TreeEdge()
        for index in 0..<gathered.bundles {
            for entry in try bundle(index) { _ = edge.append(MerkleTree.leaf(entry)) }
        }
        for entry in gathered.tail { _ = edge.append(MerkleTree.leaf(entry)) }
        try check(edge.root, edge.size, gathered)
        for digest in backup.names("artifacts") { _ = try artifact(digest) }
        return report(gathered)
    }

    /// Brings the state back into `home`, which must be empty or not there, and answers what it found.
    ///
    /// The records are those of `time`, or the newest. The audit log is always the newest: a log that is cut back
    /// would contradict the checkpoints that others have kept.
    public func restore(to home: String, at time: Double? = nil, now: Double) async throws(PlumbError) -> Report {
        // An empty folder is as good as none.
        guard (try? FileManager.default.contentsOfDirectory(atPath: home))?.isEmpty ?? true else {
            throw PlumbError(
                .conflict, "\(home) is not empty: a backup is restored into an empty place only",
                hint: "name another folder with --to")
        }
        let gathered = try gather(at: time)
        try AtomicFile.makeFolder(home)
        for (name, bytes) in gathered.files {
            try AtomicFile.makeFolder(("\(home)/\(name)" as NSString).deletingLastPathComponent)
            try AtomicFile.write(bytes, to: "\(home)/\(name)")
        }
        // So that the restored engine goes on with the same backup, once it is told where.
        try AtomicFile.makeFolder(Backup.keyFolder(of: home))
        try AtomicFile.write(keyRing, to: Backup.keyPath(of: home))
        // The key ring opens, or what it sealed is lost: better known now than at the first request.
        guard gathered.files["keyring.json"] != nil else {
            throw PlumbError(.internalFault, "the backup does not hold the key ring of its engine")
        }
        let ring = try Vault(ringAt: "\(home)/keyring.json", passphrase: passphrase)
        let artifacts = try ArtifactStore(folder: home, vault: ring)
        for digest in backup.names("artifacts") { _ = try artifacts.add(artifact(digest)) }
        try rebuildLog(in: home, gathered)
        let store = try Store(folder: home)
        let report = report(gathered)
        try await store.takeIn(
            gathered.records,
            audit: [
                AuditEntry(
                    at: now, actor: "plumb", action: "state.restored", subject: "engine",
                    details: [
                        "shipment": "\(report.shipment)", "at": "\(report.at)", "auditRoot": report.auditRoot,
                    ])
            ])
        try await store.checkIntegrity()
        _ = try await store.verifyAudit()
        try store.close()
        return report
    }

    // MARK: - Gathering

    private func gather(at time: Double?) throws(PlumbError) -> Gathered {
        let all = try backup.shipments()
        var opened: [Shipment] = []
        var notes: [String] = []
        guard let base = try newestSnapshot(of: all, at: time) else {
            throw PlumbError(
                .notFound, "the backup in \(backup.path) has no snapshot\(time == nil ? "" : " from before that time")",
                hint: "plumb backup status says what there is")
        }
        for entry in all where entry.number >= base.number {
            if let last = opened.last, entry.number != last.number + 1 {
                notes.append("shipments \(last.number + 1) to \(entry.number - 1) are missing: what came after is lost")
                break
            }
            do throws(PlumbError) {
                opened.append(try open(entry))
            } catch {
                notes.append("shipment \(entry.number) does not open: \(error.message); what came after is lost")
                break
            }
        }
        var gathered = Gathered()
        gathered.notes = notes
        for shipment in opened { try take(shipment, into: &gathered, at: time) }
        return gathered
    }

    private func newestSnapshot(of all: [BackupFolder.Entry], at time: Double?) throws(PlumbError) -> Shipment? {
        for entry in all.reversed() where entry.isSnapshot {
            let shipment = try open(entry)
            if shipment.at <= time ?? .infinity { return shipment }
        }
        return nil
    }

    private func take(_ shipment: Shipment, into gathered: inout Gathered, at time: Double?) throws(PlumbError) {
        if shipment.isSnapshot {
            gathered.bundles = shipment.firstEntry / TilePath.width
            gathered.tail = shipment.entries
        } else {
            let known = gathered.bundles * TilePath.width + gathered.tail.count
            guard shipment.firstEntry == known else {
                throw PlumbError(
                    .internalFault, "the backup's audit entries from \(known) to \(shipment.firstEntry) are missing")
            }
            gathered.tail += shipment.entries
        }
        gathered.checkpoint = shipment.checkpoint
        guard shipment.at <= time ?? .infinity else { return }
        if shipment.isSnapshot { gathered.records = [:] }
        for change in shipment.changes { gathered.records[change.kind, default: [:]][change.key] = change.body }
        gathered.files.merge(shipment.files) { $1 }
        (gathered.shipment, gathered.at) = (shipment.number, shipment.at)
    }

    private func open(_ entry: BackupFolder.Entry) throws(PlumbError) -> Shipment {
        let path = backup.path(of: entry.number, isSnapshot: entry.isSnapshot)
        guard let sealed = FileManager.default.contents(atPath: path) else {
            throw PlumbError(.notFound, "\(path) cannot be read")
        }
        let data = try vault.open(sealed, for: Shipment.context(entry.number))
        do {
            let shipment = try JSONDecoder().decode(Shipment.self, from: data)
            guard shipment.number == entry.number, (0...Self.entriesMax).contains(shipment.firstEntry) else {
                throw PlumbError(.internalFault, "it says that it is another")
            }
            return shipment
        } catch {
            throw PlumbError(.internalFault, "\(path) is damaged or of another version", cause: error)
        }
    }

    // MARK: - Checking

    private func bundle(_ index: Int) throws(PlumbError) -> [Data] {
        let bytes = try vault.open(try backup.read("bundles/\(index).sealed"), for: "backup/bundle/\(index)")
        return EntryBundle.entries(bytes).map { Data($0) }
    }

    private func artifact(_ digest: String) throws(PlumbError) -> Data {
        let bytes = try vault.open(try backup.read("artifacts/\(digest).sealed"), for: "backup/artifact/\(digest)")
        guard Data(SHA256.hash(data: bytes)).hexadecimal == digest else {
            throw PlumbError(.internalFault, "the backup's artefact \(digest) is not what its name says")
        }
        return bytes
    }

    private func check(_ root: TreeHash, _ size: Int, _ gathered: Gathered) throws(PlumbError) {
        let checkpoint = try AuditReader.checkpoint(gathered.checkpoint, by: verifier)
        guard checkpoint.size == size, checkpoint.root == root else {
            throw PlumbError(
                .internalFault,
                "the backup's audit entries are not those of its signed checkpoint of \(checkpoint.size) entries",
                hint: "another backup, or an older time (--at), may be whole")
        }
    }

    /// Writes the tiles anew from the entries, with the engine's own key, and holds them to the last checkpoint.
    private func rebuildLog(in home: String, _ gathered: Gathered) throws(PlumbError) {
        let signer = try NoteSigner.kept(at: "\(home)/\(Store.auditSigningKeyName)", kind: .note) { _ in verifier.name }
        guard signer.verifier == verifier else {
            throw PlumbError(.internalFault, "the backup does not hold the key of its audit log")
        }
        let disk = FolderDisk(folder: "\(home)/\(Store.auditFolderName)")
        let log = try AuditLog.open(on: disk, signer: signer, base: 0, entries: []).log
        for index in 0..<gathered.bundles { try log.append(bundle(index)) }
        try log.append(gathered.tail)
        try check(log.root, log.size, gathered)
    }

    private func report(_ gathered: Gathered) -> Report {
        // It was checked before.
        let root = (try? AuditReader.checkpoint(gathered.checkpoint, by: verifier).rootText) ?? ""
        return Report(
            shipment: gathered.shipment, at: gathered.at,
            records: gathered.records.values.reduce(0) { $0 + $1.count },
            auditEntries: gathered.bundles * TilePath.width + gathered.tail.count, auditRoot: root,
            artifacts: backup.names("artifacts").count, files: gathered.files.keys.sorted(), notes: gathered.notes)
    }
}
