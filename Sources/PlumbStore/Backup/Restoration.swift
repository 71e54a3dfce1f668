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
    private let backup: BackupContents
    private let vault: Vault
    private let verifier: NoteVerifier
    private let keyRing: Data
    private let passphrase: String?

    /// Opens the backup in `place` with the key ring at `keyPath`.
    public init(
        from place: any RemotePlace, key keyPath: String, passphrase: String? = nil
    ) async throws(PlumbError) {
        self.passphrase = passphrase
        backup = BackupContents(place: place)
        verifier = try await backup.verifier()
        vault = try Vault(ringAt: keyPath, passphrase: passphrase)
        keyRing = FileManager.default.contents(atPath: keyPath) ?? Data()
    }

    /// The newest shipment's number and time, and the audit entries it reaches to.
    public func newest() async throws(PlumbError) -> (number: Int, at: Double, auditEntries: Int) {
        guard let last = try await backup.shipments().last else {
            throw PlumbError(.notFound, "nothing was shipped to \(backup.place.address) yet")
        }
        let shipment = try await open(last)
        return (shipment.number, shipment.at, shipment.firstEntry + shipment.entries.count)
    }

    /// Opens and checks everything, and writes nothing.
    public func rehearse(at time: Double? = nil) async throws(PlumbError) -> Report {
        let gathered = try await gather(at: time)
        var edge = TreeEdge()
        for index in 0..<gathered.bundles {
            for entry in try await bundle(index) { _ = edge.append(MerkleTree.leaf(entry)) }
        }
        for entry in gathered.tail { _ = edge.append(MerkleTree.leaf(entry)) }
        try gathered.check(edge.root, edge.size, by: verifier)
        let digests = try await backup.names("artifacts")
        for digest in digests { _ = try await artifact(digest) }
        return report(gathered, artifacts: digests.count)
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
        let gathered = try await gather(at: time)
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
        let digests = try await backup.names("artifacts")
        for digest in digests { _ = try artifacts.add(try await artifact(digest)) }
        try await rebuildLog(in: home, gathered)
        let store = try Store(folder: home, isRestored: true)
        let report = report(gathered, artifacts: digests.count)
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

    private func gather(at time: Double?) async throws(PlumbError) -> GatheredState {
        let all = try await backup.shipments()
        var opened: [Shipment] = []
        var notes: [String] = []
        guard let base = try await newestSnapshot(of: all, at: time) else {
            throw PlumbError(
                .notFound,
                "the backup in \(backup.place.address) has no snapshot\(time == nil ? "" : " from before that time")",
                hint: "plumb backup status says what there is")
        }
        for entry in all where entry.number >= base.number {
            // A snapshot has everything, whatever is missing before it.
            if let last = opened.last, entry.number != last.number + 1, !entry.isSnapshot {
                notes.append("shipments \(last.number + 1) to \(entry.number - 1) are missing: what came after is lost")
                break
            }
            do throws(PlumbError) {
                opened.append(try await open(entry))
            } catch {
                notes.append("shipment \(entry.number) does not open: \(error.message); what came after is lost")
                break
            }
        }
        var gathered = GatheredState()
        gathered.notes = notes
        for shipment in opened { try gathered.take(shipment, at: time) }
        return gathered
    }

    private func newestSnapshot(
        of all: [BackupContents.Entry], at time: Double?
    ) async throws(PlumbError) -> Shipment? {
        for entry in all.reversed() where entry.isSnapshot {
            let shipment = try await open(entry)
            if shipment.at <= time ?? .infinity { return shipment }
        }
        return nil
    }

    private func open(_ entry: BackupContents.Entry) async throws(PlumbError) -> Shipment {
        let sealed = try await backup.read(entry.name)
        do throws(PlumbError) {
            return try Shipment(opening: sealed, number: entry.number, by: vault)
        } catch {
            throw PlumbError(
                error.kind, "\(backup.place.address)/\(entry.name): \(error.message)", hint: error.hint, cause: error)
        }
    }

    // MARK: - Checking

    private func bundle(_ index: Int) async throws(PlumbError) -> [Data] {
        let sealed = try await backup.read(BackupContents.bundle(index))
        let bytes = try vault.open(sealed, for: "backup/bundle/\(index)")
        return EntryBundle.entries(bytes).map { Data($0) }
    }

    private func artifact(_ digest: String) async throws(PlumbError) -> Data {
        let sealed = try await backup.read(BackupContents.artifact(digest))
        let bytes = try vault.open(sealed, for: "backup/artifact/\(digest)")
        guard Data(SHA256.hash(data: bytes)).hexadecimal == digest else {
            throw PlumbError(.internalFault, "the backup's artefact \(digest) is not what its name says")
        }
        return bytes
    }

    /// Writes the tiles anew from the entries, with the engine's own key, and holds them to the last checkpoint.
    private func rebuildLog(in home: String, _ gathered: GatheredState) async throws(PlumbError) {
        let signer = try NoteSigner.kept(at: "\(home)/\(Store.auditSigningKeyName)", kind: .note) { _ in verifier.name }
        guard signer.verifier == verifier else {
            throw PlumbError(.internalFault, "the backup does not hold the key of its audit log")
        }
        let disk = FolderDisk(folder: "\(home)/\(Store.auditFolderName)")
        let log = try AuditLog.open(on: disk, signer: signer, base: 0, entries: []).log
        for index in 0..<gathered.bundles { try log.append(try await bundle(index)) }
        try log.append(gathered.tail)
        try gathered.check(log.root, log.size, by: verifier)
    }

    private func report(_ gathered: GatheredState, artifacts: Int) -> Report {
        // It was checked before.
        let root = (try? AuditReader.checkpoint(gathered.checkpoint, by: verifier).rootText) ?? ""
        return Report(
            shipment: gathered.shipment, at: gathered.at,
            records: gathered.records.values.reduce(0) { $0 + $1.count },
            auditEntries: gathered.bundles * TilePath.width + gathered.tail.count, auditRoot: root,
            artifacts: artifacts, files: gathered.files.keys.sorted(), notes: gathered.notes)
    }
}
