// Records by kind and key, and the audit record, in one SQLite file.

import Crypto
import Foundation
import GRDB
public import PlumbModel

/// The state of one engine, in one folder that one process holds at a time.
///
/// Every change returns only when it is on disk (`synchronous = FULL` over a write-ahead log). A change and the audit
/// entries that belong to it are one transaction.
public final class Store: Sendable {
    let seal = RecordSeal()
    /// The folder, absolute.
    public let folder: String
    let pool: DatabasePool
    private let lock: FolderLock

    /// Opens the state in `folder`, making it on first use.
    ///
    /// Throws `conflict` when another process holds it, `internalFault` when the file is damaged or cannot be written.
    public init(folder: String) throws(PlumbError) {
        self.folder = folder
        try AtomicFile.makeFolder(folder)
        lock = try FolderLock(folder: folder)
        do {
            let path = "\(folder)/state.sqlite"
            try Self.makePrivate(path)
            var configuration = Configuration()
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA foreign_keys = ON") }
            pool = try DatabasePool(path: path, configuration: configuration)
            // Here and not in `prepareDatabase`: going over to the write-ahead log, GRDB sets NORMAL, and then a change
            // that was acknowledged could be lost with the power.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrator.migrate(pool)
        } catch {
            throw PlumbError(
                .internalFault, "the state in \(folder) cannot be opened",
                hint: "restore a backup, or start afresh with another folder in PLUMB_HOME", cause: error)
        }
    }

    /// Makes the file before SQLite does: its log and its index take over the file's permissions.
    private static func makePrivate(_ path: String) throws(PlumbError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AtomicFile.failure("open", path) }
        defer { Foundation.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw AtomicFile.failure("set the permissions of", path) }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE record (
                        kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
                        PRIMARY KEY (kind, key)
                    ) WITHOUT ROWID;
                    CREATE TABLE audit (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, entry BLOB NOT NULL,
                        previous BLOB NOT NULL, hash BLOB NOT NULL UNIQUE
                    );
                    CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
                        BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
                    CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
                        BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
                    CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
                        WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence OR hash = NEW.hash)
                        BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
                    """)
        }
        return migrator
    }

    /// All records of a kind, by key.
    public func records<Record: Decodable & Sendable>(
        _ kind: String, as type: Record.Type
    ) async throws(PlumbError) -> [String: Record] {
        let rows = try await reading("read the \(kind) records") { database in
            try Row.fetchAll(database, sql: "SELECT key, body FROM record WHERE kind = ?", arguments: [kind])
                .map { ($0["key"] as String, $0["body"] as Data) }
        }
        var records: [String: Record] = [:]
        for (key, body) in rows {
            do {
                records[key] = try JSONDecoder().decode(type, from: seal.open(body, kind, key))
            } catch {
                throw PlumbError(
                    .internalFault, "the \(kind) record '\(key)' is damaged or of another version", cause: error)
            }
        }
        return records
    }

    /// Saves records and appends audit entries in one durable change; nil removes a record.
    public func save<Record: Encodable & Sendable>(
        _ kind: String, _ changes: [String: Record?], audit entries: [AuditEntry] = []
    ) async throws(PlumbError) {
        let encoded: [String: Data?]
        do {
            encoded = try changes.mapValues { record in try record.map { try Self.encoder.encode($0) } }
        } catch {
            throw PlumbError(.internalFault, "a \(kind) record cannot be encoded", cause: error)
        }
        let seal = seal
        try await writing("save the \(kind) records") { database in
            for (key, body) in encoded {
                if let body {
                    try database.execute(
                        sql: "INSERT INTO record (kind, key, body) VALUES (?, ?, ?) "
                            + "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                        arguments: [kind, key, try seal.seal(body, kind, key)])
                } else {
                    try database.execute(
                        sql: "DELETE FROM record WHERE kind = ? AND key = ?", arguments: [kind, key])
                }
            }
            try Self.append(entries, to: database)
        }
    }

    /// Appends to the audit record; returns when it is durable.
    public func append(_ entries: [AuditEntry]) async throws(PlumbError) {
        try await writing("append to the audit record") { try Self.append(entries, to: $0) }
    }

    /// The newest audit entries, oldest first.
    public func auditEntries(limit: Int) async throws(PlumbError) -> [AuditEntry] {
        let bodies = try await reading("read the audit record") { database in
            try Data.fetchAll(
                database, sql: "SELECT entry FROM audit ORDER BY sequence DESC LIMIT ?", arguments: [limit])
        }
        do {
            return try bodies.reversed().map { try JSONDecoder().decode(AuditEntry.self, from: $0) }
        } catch {
            throw PlumbError(.internalFault, "an audit entry is damaged", cause: error)
        }
    }

    /// How long the audit record is, and the hash that stands for all of it.
    public func auditHead() async throws(PlumbError) -> (entries: Int, hash: String) {
        try await reading("read the audit record") { database in
            let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM audit") ?? 0
            let hash = try Data.fetchOne(database, sql: "SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1")
            return (count, (hash ?? Self.origin).hexadecimal)
        }
    }

    /// Walks the chain from its origin and answers its length. Throws `internalFault` that names the first entry that
    /// does not fit, or the first that is gone from the end.
    public func verifyAudit() async throws(PlumbError) -> Int {
        let found = try await reading("read the audit record") { database -> (whole: Int, broken: Int?) in
            var previous = Self.origin
            var count = 0
            let rows = try Row.fetchCursor(
                database, sql: "SELECT sequence, entry, previous, hash FROM audit ORDER BY sequence")
            while let row = try rows.next() {
                let (entry, claimed, hash): (Data, Data, Data) = (row["entry"], row["previous"], row["hash"])
                guard row["sequence"] == count + 1, claimed == previous, hash == Self.link(previous, entry) else {
                    return (count, count + 1)
                }
                count += 1
                previous = hash
            }
            // The number SQLite gave out last is kept apart from the entries, and changes with them.
            let last = try Int.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
            return (count, last > count ? count + 1 : nil)
        }
        if let sequence = found.broken {
            throw PlumbError(
                .internalFault, "audit entry \(sequence) is not what was written: it was changed or taken out",
                hint: "entries 1 to \(found.whole) are whole; compare with a backup of the state")
        }
        return found.whole
    }

    /// Closes the file and lets go of the folder; the store must not be used after.
    public func close() throws(PlumbError) {
        do {
            try pool.close()
            lock.release()
        } catch {
            throw PlumbError(.internalFault, "the state in \(folder) cannot be closed", cause: error)
        }
    }

    // MARK: - The chain

    private static let origin = Data(repeating: 0, count: 32)
    /// Keys in one order, so that equal entries have equal bytes.
    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private static func link(_ previous: Data, _ entry: Data) -> Data {
        var hash = SHA256()
        hash.update(data: previous)
        hash.update(data: entry)
        return Data(hash.finalize())
    }

    private static func append(_ entries: [AuditEntry], to database: Database) throws {
        guard !entries.isEmpty else { return }
        var previous =
            try Data.fetchOne(database, sql: "SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1") ?? origin
        for entry in entries {
            let body = try encoder.encode(entry)
            let hash = link(previous, body)
            try database.execute(
                sql: "INSERT INTO audit (entry, previous, hash) VALUES (?, ?, ?)", arguments: [body, previous, hash])
            previous = hash
        }
    }

    // MARK: - Trouble

    private func reading<Value: Sendable>(
        _ what: String, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(PlumbError) -> Value {
        do {
            return try await pool.read(work)
        } catch {
            throw PlumbError(.internalFault, "cannot \(what)", cause: error)
        }
    }

    private func writing(
        _ what: String, _ work: @escaping @Sendable (Database) throws -> Void
    ) async throws(PlumbError) {
        do {
            try await pool.write(work)
        } catch {
            throw PlumbError(
                .internalFault, "cannot \(what)", hint: "is the disk full, or the folder read-only?", cause: error)
        }
    }
}

/// Keeps a second process out of a folder of state, for as long as it lives.
final class FolderLock: Sendable {
    private let descriptor: Int32

    init(folder: String) throws(PlumbError) {
        let path = "\(folder)/lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AtomicFile.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(descriptor)
            throw PlumbError(
                .conflict, "another plumb holds the state in \(folder)",
                hint: "plumb status shows it; plumb down ends it; PLUMB_HOME chooses another folder")
        }
        // Last, so that a failure above has nothing that `deinit` would close a second time.
        self.descriptor = descriptor
    }

    /// Another process, or another store, may have the folder.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { Foundation.close(descriptor) }
}

extension Data {
    /// Two lower-case digits a byte.
    var hexadecimal: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
