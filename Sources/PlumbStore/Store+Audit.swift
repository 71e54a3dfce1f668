// How the store's changes reach the audit log, and what can be asked of it.

import Crypto
import Foundation
import GRDB
public import PlumbModel

extension Store {
    static let auditFolderName = "audit"
    static let auditSigningKeyName = "audit.key"
    static let auditKeyName = "audit.pub"

    /// The newest audit entries, oldest first.
    public func auditEntries(limit: Int) async throws(PlumbError) -> [AuditEntry] {
        try reader.newest(limit).map(\.entry)
    }

    /// How long the audit log is, and the root that stands for all of it, in hex.
    public func auditHead() async throws(PlumbError) -> (entries: Int, hash: String) {
        let checkpoint = try reader.checkpoint().checkpoint
        return (checkpoint.size, Data(checkpoint.root).hexadecimal)
    }

    /// Recomputes the log from its entries and answers its length. Throws `internalFault` that names the first entry
    /// that does not fit. A long log takes its time, in which whoever asks does something else.
    @concurrent public func verifyAudit() async throws(PlumbError) -> Int { try reader.verify().size }

    /// The log as others read it.
    public var reader: AuditReader {
        AuditReader(disk: FolderDisk(folder: "\(folder)/\(Self.auditFolderName)"), verifier: log.verifier)
    }

    /// The signed checkpoint of what was published last.
    public var auditCheckpoint: String { log.checkpoint }

    // MARK: - From the outbox to the log

    /// An entry as it stands in the log. Throws `invalidInput` for one that is too long.
    static func encoded(_ entry: AuditEntry) throws(PlumbError) -> Data {
        let body: Data
        do {
            body = try encoder.encode(entry)
        } catch {
            throw PlumbError(.internalFault, "an audit entry cannot be encoded", cause: error)
        }
        guard body.count <= AuditLog.entryBytesMax else {
            throw PlumbError(
                .invalidInput, "an audit entry of \(body.count) bytes, at most \(AuditLog.entryBytesMax) are kept",
                hint: "keep what is longer in a file, and its digest in the entry")
        }
        return body
    }

    /// Entry number n of the log is number n + 1 of the outbox.
    static func append(_ bodies: [Data], to database: Database) throws {
        for body in bodies {
            try database.execute(sql: "INSERT INTO outbox (entry) VALUES (?)", arguments: [body])
        }
    }

    /// Publishes what the outbox has and the log has not.
    func publish(from database: Database) throws {
        let entries = try Data.fetchAll(
            database, sql: "SELECT entry FROM outbox WHERE sequence > ? ORDER BY sequence", arguments: [log.size])
        try log.append(entries)
    }

    /// Opens the log over what the outbox still has. An entry is in the outbox, durably, before it is published: a log
    /// that knows more shows that SQLite has forgotten changes. It does so without a word where a byte of its
    /// write-ahead log is wrong, and takes all that follows for never written.
    static func openLog(
        in folder: String, over pool: DatabasePool, isRestored: Bool
    ) throws(PlumbError) -> (log: AuditLog, notes: [String]) {
        let disk = FolderDisk(folder: "\(folder)/\(auditFolderName)")
        let signer = try signer(in: folder, isNew: disk.read(TilePath.checkpoint) == nil)
        do {
            let (last, rows) = try pool.read { database in
                (
                    try Int.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'") ?? 0,
                    try Row.fetchAll(database, sql: "SELECT sequence, entry FROM outbox ORDER BY sequence")
                )
            }
            let base = last - rows.count
            for (place, row) in rows.enumerated() where row["sequence"] != base + place + 1 {
                throw PlumbError(
                    .internalFault, "audit entry \(base + place) is gone from the state in \(folder)",
                    hint: "plumb restore brings back what was")
            }
            let opening = try AuditLog.open(on: disk, signer: signer, base: base, entries: rows.map { $0["entry"] })
            if opening.log.size > last {
                guard isRestored else {
                    throw PlumbError(
                        .internalFault,
                        "the records in \(folder) end at change \(last), and \(opening.log.size) were acknowledged: "
                            + "state.sqlite or its write-ahead log is damaged or was put back",
                        hint: "plumb restore brings back what was; the folder as it is may still be of use to experts")
                }
                try keep(opening, in: pool)
            }
            return (opening.log, opening.notes)
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.internalFault, "the audit log in \(folder) cannot be opened", cause: error)
        }
    }

    /// Has the outbox go on counting from where the log is.
    private static func keep(_ opening: AuditLog.Opening, in pool: DatabasePool) throws {
        try pool.write { database in
            let first = opening.log.size - opening.adopted.count
            for (place, entry) in opening.adopted.enumerated() {
                try database.execute(
                    sql: "INSERT INTO outbox (sequence, entry) VALUES (?, ?)", arguments: [first + place + 1, entry])
            }
            if opening.adopted.isEmpty {
                try database.execute(
                    sql: "INSERT INTO outbox (sequence, entry) VALUES (?, x'')", arguments: [opening.log.size])
            }
            try database.execute(
                sql: "DELETE FROM outbox WHERE sequence <= ?", arguments: [opening.log.durableSize])
        }
    }

    /// The log's own key; its public half lies beside it for whoever checks.
    private static func signer(in folder: String, isNew: Bool) throws(PlumbError) -> NoteSigner {
        let path = "\(folder)/\(auditSigningKeyName)"
        guard isNew || FileManager.default.fileExists(atPath: path) else {
            throw PlumbError(
                .internalFault, "the audit log's key \(path) is gone: nothing can be signed in its name",
                hint: "restore the key from a backup (plumb restore)")
        }
        let signer = try NoteSigner.kept(at: path, kind: .note) { key in
            "plumb.local/audit/"
                + Data(SHA256.hash(data: key.rawRepresentation)).hexadecimal.prefix(16)
        }
        let text = Data("\(signer.verifier.text)\n".utf8)
        let publicPath = "\(folder)/\(auditKeyName)"
        if FileManager.default.contents(atPath: publicPath) != text {
            try AtomicFile.write(text, to: publicPath)
        }
        return signer
    }

    // MARK: - What was kept before

    /// The outbox; entries of the hash chain that an older version kept are put into it first, in their order.
    static func takeOverChain(in database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, entry BLOB NOT NULL)")
        var previous = Data(repeating: 0, count: 32)
        var count = 0
        var firstBroken: Int?
        let rows = try Row.fetchCursor(database, sql: "SELECT entry, previous, hash FROM audit ORDER BY sequence")
        while let row = try rows.next() {
            let (entry, claimed, hash): (Data, Data, Data) = (row["entry"], row["previous"], row["hash"])
            count += 1
            var link = SHA256()
            link.update(data: previous)
            link.update(data: entry)
            if claimed != previous || hash != Data(link.finalize()) { firstBroken = firstBroken ?? count }
            previous = hash
            try append([entry], to: database)
        }
        try database.execute(sql: "DROP TABLE audit")
        guard count > 0 else { return }
        var details = ["entries": "\(count)", "chainHead": previous.hexadecimal]
        if let firstBroken { details["firstChanged"] = "\(firstBroken)" }
        let entry = AuditEntry(
            at: Date().timeIntervalSince1970, actor: "plumb", action: "audit.takenOver", subject: "audit",
            outcome: firstBroken == nil ? .done : .failed, details: details)
        try append([encoded(entry)], to: database)
    }
}
