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
        from address: String, key: String, to home: String?, at time: Double?
    ) async throws -> RestoreReport {
        let clock = ContinuousClock()
        let start = clock.now
        let report = try await withPlace(address) { place in
            let restoration = try await Restoration(from: place, key: key, passphrase: passphrase())
            guard let home else { return try await restoration.rehearse(at: time) }
            return try await restoration.restore(to: home, at: time, now: Date().timeIntervalSince1970)
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
    static func backupStatus(in home: String, folder: String?, key: String?) async throws -> BackupStatus {
        let (folder, key) = try backupPlace(in: home, folder: folder, key: key)
        let newest = try await withPlace(folder) { place in
            try await Restoration(from: place, key: key, passphrase: passphrase()).newest()
        }
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
                .notFound, "the engine in \(home) makes no backup", hint: "plumb up --backup FOLDER or s3://… makes one"
            )
        }
        return (placeAddress(place), key ?? Backup.keyPath(of: home))
    }

    /// A snapshot of a folder of state that no engine holds; names the place for the engine's next start as well.
    static func backUp(_ home: String, to address: String) async throws {
        let store = try Store(folder: home)
        let now = Date().timeIntervalSince1970
        let passphrase = try passphrase()
        try await store.seal(with: Vault(folder: home, at: now, passphrase: passphrase))
        try await withPlace(address) { place in
            try await Backup(of: store, to: place, at: now, passphrase: passphrase).snapshot(at: now)
        }
        try store.close()
        try Backup.setTarget(of: home, to: address)
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

    /// Hands over a count of the audit entries in the newest part of a backup, for whoever waits for one of them.
    static func withShippedEntries(
        in address: String, key: String, _ body: (_ count: () async throws -> Int) async throws -> Void
    ) async throws {
        try await withPlace(address) { place in
            let restoration = try await Restoration(from: place, key: key, passphrase: passphrase())
            try await body { try await restoration.newest().auditEntries }
        }
    }

    /// The drills on record, the newest last.
    static func drills(
        in home: String, last count: Int, kinds: Set<String> = ["drill.dr", "drill.failover", "drill.rollback"]
    ) throws -> [AuditEntry] {
        try AuditReader(home: home).newest(count) { kinds.contains($0.action) }.map(\.entry)
    }

    static func auditSize(in home: String) throws -> Int { try AuditReader(home: home).checkpoint().checkpoint.size }
}
