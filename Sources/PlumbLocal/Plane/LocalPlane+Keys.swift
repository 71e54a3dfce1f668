// The keys of what is kept: a new version, everything wrapped with it, and the end of an old one.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbStore

extension LocalPlane {
    func rotateKey(by principal: Principal) async throws -> AccessOutcome {
        try house.vault.rotate(at: house.now())
        let count = try await rewrapAll()
        try await house.store.append([
            keyEntry("key.rotated", by: principal, ["version": "\(house.vault.keyVersion)", "rewrapped": "\(count)"])
        ])
        return AccessOutcome(
            "version \(house.vault.keyVersion) wraps from now on, and \(count) that were there; older versions can be "
                + "shredded")
    }

    func rewrap(by principal: Principal) async throws -> AccessOutcome {
        let count = try await rewrapAll()
        try await house.store.append([
            keyEntry("key.rewrapped", by: principal, ["version": "\(house.vault.keyVersion)", "rewrapped": "\(count)"])
        ])
        return AccessOutcome("\(count) wrapped with version \(house.vault.keyVersion)")
    }

    func shredKey(_ version: Int, by principal: Principal) async throws -> AccessOutcome {
        // What the engine itself still needs is wrapped anew first: shredding is for what lies elsewhere, such as old
        // backups.
        _ = try await rewrapAll()
        try await house.store.append([keyEntry("key.shredding", by: principal, ["version": "\(version)"])])
        try house.vault.shred(version)
        try await house.store.append([keyEntry("key.shredded", by: principal, ["version": "\(version)"])])
        return AccessOutcome("version \(version) is gone: what it still wrapped elsewhere cannot be read by anybody")
    }

    /// The keys of records, captures and artefacts; the content itself is not touched.
    private func rewrapAll() async throws -> Int {
        try await house.store.rewrapRecords() + house.captures.rewrap() + house.artifacts.rewrap() + rewrapSecrets()
    }

    /// The secrets of access keys are sealed within their records as well.
    private func rewrapSecrets() async throws -> Int {
        var changes: [String: AccessKeyRecord?] = [:]
        for (id, record) in try await house.store.records(Self.keyKind, as: AccessKeyRecord.self) {
            guard let renewed = try house.vault.rewrap(record.sealedSecret) else { continue }
            var record = record
            record.sealedSecret = renewed
            changes[id] = record
        }
        if !changes.isEmpty { try await house.store.save(Self.keyKind, changes) }
        return changes.count
    }

    private func keyEntry(_ action: String, by principal: Principal, _ details: [String: String]) -> AuditEntry {
        AuditEntry(at: house.now(), actor: principal.name, action: action, subject: "keyRing", details: details)
    }
}

extension LocalPlane {
    /// How artefacts are kept, as policies judge it: what lies plain on the disk for only a while lies there plain.
    func artefactEncryption() throws(PlumbError) -> String {
        guard try house.artifacts.plainCount() == 0, house.copies.hasMemory, !house.copies.areOnDisk else {
            return "none"
        }
        return "AES-256-GCM, each with a key of its own under version \(house.vault.keyVersion); opened in memory alone"
    }

    func notices() throws(PlumbError) -> [String] {
        var notices = try house.notices.all + drillNotices()
        if house.copies.areOnDisk || !house.copies.hasMemory {
            notices.append(
                "models in service lie in plain text in \(house.folder)/plain: there is no tmpfs, such as /dev/shm, or "
                    + "it has no room for them")
        }
        return notices
    }
}
