// Backups, what is brought back from them, and drills that prove it.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbStore

extension Composition {
    /// What a restore brought back, or would bring back.
    struct RestoreReport: Encodable {
        var shipment: Int
        var at: Double
        var records: Int
        var auditEntries: Int
        var auditRoot: String
        var artifacts: Int
        var files: [String]
        var notes: [String]
        /// How long it took.
        var seconds: Double
    }

    /// Brings a backup back into an empty folder; only opens and checks it where `home` is nil.
    static func restore(
        from folder: String, key: String, to home: String?, at time: Double?
    ) async throws -> RestoreReport {
        let clock = ContinuousClock()
        let start = clock.now
        let restoration = try Restoration(from: folder, key: key, passphrase: passphrase())
        let report: Restoration.Report
        if let home {
            report = try await restoration.restore(to: home, at: time, now: Date().timeIntervalSince1970)
        } else {
            report = try restoration.rehearse(at: time)
        }
        return RestoreReport(
            shipment: report.shipment, at: report.at, records: report.records, auditEntries: report.auditEntries,
            auditRoot: report.auditRoot, artifacts: report.artifacts, files: report.files, notes: report.notes,
            seconds: (clock.now - start) / .seconds(1))
    }

    /// How a backup stands.
    struct BackupStatus: Encodable {
        var folder: String
        var key: String
        var newestShipment: Int
        var shippedAt: Double
        /// The age of the newest shipment, and the audit entries that the engine has and the backup does not.
        var ageSeconds: Double
        var entriesBehind: Int?
    }

    /// Throws `notFound` where nobody ships anything.
    static func backupStatus(in home: String, folder: String?, key: String?) throws -> BackupStatus {
        let (folder, key) = try backupPlace(in: home, folder: folder, key: key)
        let newest = try Restoration(from: folder, key: key, passphrase: passphrase()).newest()
        // Where the engine's folder is lost there is nothing to compare with.
        let size = try? AuditReader(home: home).checkpoint().checkpoint.size
        return BackupStatus(
            folder: folder, key: key, newestShipment: newest.number, shippedAt: newest.at,
            ageSeconds: Date().timeIntervalSince1970 - newest.at,
            entriesBehind: size.map { max(0, $0 - newest.auditEntries) })
    }

    /// Where the backup and its key lie: as named, or as the engine was told.
    static func backupPlace(in home: String, folder: String?, key: String?) throws -> (folder: String, key: String) {
        guard let place = folder ?? Backup.target(of: home) else {
            throw PlumbError(
                .notFound, "the engine in \(home) makes no backup", hint: "plumb up --backup FOLDER makes one")
        }
        return (URL(fileURLWithPath: place).standardizedFileURL.path, key ?? Backup.keyPath(of: home))
    }

    /// A snapshot of a folder of state that no engine holds; names the folder for the engine's next start as well.
    static func backUp(_ home: String, to folder: String) async throws {
        let store = try Store(folder: home)
        let now = Date().timeIntervalSince1970
        let passphrase = try passphrase()
        try await store.seal(with: Vault(folder: home, at: now, passphrase: passphrase))
        try Backup(of: store, to: folder, at: now, passphrase: passphrase).snapshot(at: now)
        try store.close()
        try Backup.setTarget(of: home, to: folder)
    }

    /// What the engine in a folder has kept under this digest; nil where it is not there or its keys are not.
    static func artifact(_ digest: String, in home: String) -> Data? {
        guard FileManager.default.fileExists(atPath: "\(home)/keyring.json"),
            // Whoever asks says what cannot be done without it.
            let vault = try? Vault(ringAt: "\(home)/keyring.json", passphrase: passphrase())
        else { return nil }
        // As above.
        return try? ArtifactStore(folder: home, vault: vault).contents(of: digest)
    }

    /// Counts audit entries in the newest part of a backup, for whoever waits for one of them.
    static func shippedEntries(in folder: String, key: String) throws -> () throws -> Int {
        let restoration = try Restoration(from: folder, key: key, passphrase: passphrase())
        return { try restoration.newest().auditEntries }
    }

    /// The drills on record, the newest last.
    static func drills(
        in home: String, last count: Int, kinds: Set<String> = ["drill.dr", "drill.failover", "drill.rollback"]
    ) throws -> [AuditEntry] {
        try AuditReader(home: home).newest(count) { kinds.contains($0.action) }.map(\.entry)
    }

    static func auditSize(in home: String) throws -> Int { try AuditReader(home: home).checkpoint().checkpoint.size }
}
