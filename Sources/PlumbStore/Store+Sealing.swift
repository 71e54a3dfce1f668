// Records are sealed on disk: what a spec holds of a request, and every secret, stands in them.

import Foundation
import GRDB
public import PlumbModel
import Synchronization

/// Seals and opens the bodies of records, each bound to its kind and key: moved to another place, it does not open.
final class RecordSeal: Sendable {
    private let vault = Mutex<Vault?>(nil)

    func use(_ vault: Vault) { self.vault.withLock { $0 = vault } }

    func seal(_ body: Data, _ kind: String, _ key: String) throws(PlumbError) -> Data {
        guard let vault = vault.withLock({ $0 }) else { return body }
        return try vault.seal(body, for: "record/\(kind)/\(key)")
    }

    /// What an older version has left unsealed is read as it is.
    func open(_ body: Data, _ kind: String, _ key: String) throws(PlumbError) -> Data {
        guard Vault.isSealed(body) else { return body }
        guard let vault = vault.withLock({ $0 }) else {
            throw PlumbError(.refused, "the \(kind) record '\(key)' is sealed, and no key ring is open")
        }
        return try vault.open(body, for: "record/\(kind)/\(key)")
    }

    /// An artefact's plain content, from the bytes that lie on the disk.
    func openArtifact(_ bytes: Data, _ digest: String) throws(PlumbError) -> Data {
        guard Vault.isSealed(bytes) else { return bytes }
        guard let vault = vault.withLock({ $0 }) else {
            throw PlumbError(.refused, "the artefact \(digest) is sealed, and no key ring is open")
        }
        return try vault.open(bytes, for: ArtifactStore.context(digest))
    }

    /// The body under the newest key; nil when it is that already.
    func renew(_ body: Data, _ kind: String, _ key: String) throws(PlumbError) -> Data? {
        guard let vault = vault.withLock({ $0 }) else { return nil }
        return Vault.isSealed(body) ? try vault.rewrap(body) : try vault.seal(body, for: "record/\(kind)/\(key)")
    }
}

extension Store {
    /// Seals records with this vault from now on, and what was written before as well. Throws `refused` when its ring
    /// does not open what is there.
    public func seal(with vault: Vault) async throws(PlumbError) {
        seal.use(vault)
        try await checkRing()
        if try await rewrapRecords() > 0 { try await forgetOldPages() }
    }

    /// One record is enough: a ring that was lost, and made anew, opens none.
    private func checkRing() async throws(PlumbError) {
        let seal = seal
        do {
            try await pool.read { database in
                guard let row = try Row.fetchOne(database, sql: "SELECT kind, key, body FROM record LIMIT 1") else {
                    return
                }
                _ = try seal.open(row["body"], row["kind"], row["key"])
            }
        } catch {
            throw PlumbError(
                .refused, "the key ring does not open the state in \(folder)",
                hint: "restore keyring.json of that time from its backup", cause: error)
        }
    }

    /// Wraps the keys of all records with the newest version of the ring, in one change, and answers how many it
    /// changed.
    public func rewrapRecords() async throws(PlumbError) -> Int {
        let seal = seal
        do {
            // What was shipped before is wrapped otherwise: a backup takes everything anew.
            defer { outgoing.withLock { $0?.isIncomplete = true } }
            return try await pool.write { database in
                // One by one: there may be more of them than fit into memory.
                let rows = try Row.fetchCursor(database, sql: "SELECT kind, key, body FROM record")
                var renewals: [(kind: String, key: String, body: Data)] = []
                while let row = try rows.next() {
                    let (kind, key, body): (String, String, Data) = (row["kind"], row["key"], row["body"])
                    if let renewed = try seal.renew(body, kind, key) { renewals.append((kind, key, renewed)) }
                }
                for renewal in renewals {
                    try database.execute(
                        sql: "UPDATE record SET body = ? WHERE kind = ? AND key = ?",
                        arguments: [renewal.body, renewal.kind, renewal.key])
                }
                return renewals.count
            }
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.internalFault, "the records cannot be wrapped anew", cause: error)
        }
    }

    /// Pages that are free still hold what stood on them, and so does the log: both are written anew.
    private func forgetOldPages() async throws(PlumbError) {
        do {
            try await pool.vacuum()
            try await pool.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
            }
        } catch {
            throw PlumbError(.internalFault, "the state cannot be written anew after it was sealed", cause: error)
        }
    }
}
