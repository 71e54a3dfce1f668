// Records by kind and key in one SQLite file, each change with its audit entries.

import Crypto
import Foundation
import GRDB
import GRDBSQLite
public import PlumbModel
import Synchronization

/// The state of one engine, in one folder that one process holds at a time.
///
/// Every change returns only when it is on disk (`synchronous = FULL` over a write-ahead log) and its audit entries are
/// in the published log. A change and the audit entries that belong to it are one transaction; changes that come
/// together share one.
public final class Store: Sendable {
    let seal = RecordSeal()
    /// The folder, absolute.
    public let folder: String
    /// What was mended when the state was opened, in words.
    public let openingNotes: [String]
    let pool: DatabasePool
    let log: AuditLog
    private let lock: FolderLock
    private let waiting = Mutex<[Change]>([])
    /// Nil while nobody makes a backup.
    let outgoing = Mutex<Outgoing?>(nil)

    /// A change that waits for its transaction.
    private struct Change: Sendable {
        var what: String
        /// The records as a backup will have them.
        var records: [Shipment.Change]
        var work: @Sendable (Database) throws -> Void
        var done: CheckedContinuation<Result<Void, PlumbError>, Never>
    }
    /// Changes that share a transaction.
    private static let groupMax = 1000
    /// Changes that may wait.
    private static let waitingMax = 100_000

    /// Opens the state in `folder`, making it on first use.
    ///
    /// `isRestored` says that the log may know more than the records, which a backup is about to fill in. Throws
    /// `conflict` when another process holds it, `internalFault` when the state or the audit log is damaged or cannot
    /// be written.
    public init(folder: String, isRestored: Bool = false) throws(PlumbError) {
        self.folder = folder
        try AtomicFile.makeFolder(folder)
        lock = try FolderLock(folder: folder)
        do {
            let path = "\(folder)/state.sqlite"
            try Self.makePrivate(path)
            var configuration = Configuration()
            configuration.prepareDatabase { database in
                Self.keepWriteAheadLog(of: database)
                try database.execute(sql: "PRAGMA foreign_keys = ON")
            }
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
        (log, openingNotes) = try Self.openLog(in: folder, over: pool, isRestored: isRestored)
    }

    /// Has SQLite leave its write-ahead log where it is when the last connection closes. It takes a log for copied, and
    /// deletes it with all that was acknowledged, where the disk was full as it opened the index beside it
    /// (`Benchmarks/faults.py`, SQLite 3.40). Nothing has been read yet when this is called.
    private static func keepWriteAheadLog(of database: Database) {
        var isKept: CInt = 1
        _ = unsafe sqlite3_file_control(database.sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &isKept)
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
        migrator.registerMigration("2") { try takeOverChain(in: $0) }
        return migrator
    }

    /// All records of a kind, by key; or those whose keys are in a range, as they sort by their bytes.
    public func records<Record: Decodable & Sendable>(
        _ kind: String, as type: Record.Type, keys: Range<String>? = nil
    ) async throws(PlumbError) -> [String: Record] {
        let rows = try await reading("read the \(kind) records") { database in
            let found =
                if let keys {
                    try Row.fetchAll(
                        database, sql: "SELECT key, body FROM record WHERE kind = ? AND key >= ? AND key < ?",
                        arguments: [kind, keys.lowerBound, keys.upperBound])
                } else {
                    try Row.fetchAll(database, sql: "SELECT key, body FROM record WHERE kind = ?", arguments: [kind])
                }
            return found.map { ($0["key"] as String, $0["body"] as Data) }
        }
        var records: [String: Record] = [:]
        for (key, body) in rows {
            let plain = try seal.open(body, kind, key)
            do {
                records[key] = try JSONDecoder().decode(type, from: plain)
            } catch {
                throw PlumbError(
                    .internalFault, "the \(kind) record '\(key)' is damaged or of another version", cause: error)
            }
        }
        return records
    }

    /// The keys of a kind in a range, in the order of their bytes.
    public func keys(_ kind: String, in range: Range<String>) async throws(PlumbError) -> [String] {
        try await reading("look for \(kind) records") { database in
            try String.fetchAll(
                database, sql: "SELECT key FROM record WHERE kind = ? AND key >= ? AND key < ? ORDER BY key",
                arguments: [kind, range.lowerBound, range.upperBound])
        }
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
        let bodies = try entries.map { entry throws(PlumbError) in try Self.encoded(entry) }
        // Sealed once: what is on disk is what a backup has.
        var records: [Shipment.Change] = []
        for (key, body) in encoded {
            let sealed: Data? = if let body { try seal.seal(body, kind, key) } else { nil }
            records.append(Shipment.Change(kind: kind, key: key, body: sealed))
        }
        try await writing("save the \(kind) records", records) { [records] database in
            for record in records {
                if let body = record.body {
                    try database.execute(
                        sql: "INSERT INTO record (kind, key, body) VALUES (?, ?, ?) "
                            + "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                        arguments: [kind, record.key, body])
                } else {
                    try database.execute(
                        sql: "DELETE FROM record WHERE kind = ? AND key = ?", arguments: [kind, record.key])
                }
            }
            try Self.append(bodies, to: database)
        }
    }

    /// Appends to the audit log; returns when it is durable and published.
    public func append(_ entries: [AuditEntry]) async throws(PlumbError) {
        let bodies = try entries.map { entry throws(PlumbError) in try Self.encoded(entry) }
        try await writing("append to the audit log") { try Self.append(bodies, to: $0) }
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

    // MARK: - Writing

    /// Keys in one order, so that equal entries have equal bytes.
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// Makes a change with whatever else waits; returns when it is durable, and its entries are published.
    ///
    /// Everyone who waits asks for a turn of the one writer; whoever has the first turn takes all that wait along.
    func writing(
        _ what: String, _ records: [Shipment.Change] = [], _ work: @escaping @Sendable (Database) throws -> Void
    ) async throws(PlumbError) {
        let outcome: Result<Void, PlumbError> = await withCheckedContinuation { done in
            let isTaken = waiting.withLock { waiting in
                guard waiting.count < Self.waitingMax else { return false }
                waiting.append(Change(what: what, records: records, work: work, done: done))
                return true
            }
            guard isTaken else {
                return done.resume(
                    returning: .failure(PlumbError(.refused, "cannot \(what): \(Self.waitingMax) changes wait")))
            }
            pool.asyncWriteWithoutTransaction { self.writeGroup(on: $0) }
        }
        try outcome.get()
    }

    private func writeGroup(on database: Database) {
        let group = waiting.withLock { waiting in
            let group = Array(waiting.prefix(Self.groupMax))
            waiting.removeFirst(group.count)
            return group
        }
        guard !group.isEmpty else { return }
        var outcomes = group.map { _ in Result<Void, PlumbError>.success(()) }
        func fail(_ place: Int, _ error: any Error) {
            outcomes[place] = .failure(
                PlumbError(
                    .internalFault, "cannot \(group[place].what)",
                    hint: "is the disk full, or the folder read-only?", cause: error))
        }
        do {
            try database.inTransaction {
                try database.execute(
                    sql: "DELETE FROM outbox WHERE sequence <= ?", arguments: [log.durableSize])
                for (place, change) in group.enumerated() {
                    do {
                        try database.inSavepoint {
                            try change.work(database)
                            return .commit
                        }
                    } catch {
                        fail(place, error)
                        // On a full disk SQLite gives up the whole transaction, and the others with it.
                        guard database.isInsideTransaction else { throw error }
                    }
                }
                return .commit
            }
            try publish(from: database)
            var records: [Shipment.Change] = []
            for (change, outcome) in zip(group, outcomes) {
                if case .success = outcome { records += change.records }
            }
            outgoing.withLock { [records] in $0?.add(records) }
        } catch {
            for place in group.indices { fail(place, error) }
            // Whether it was written down cannot be told here: the next backup takes everything.
            outgoing.withLock { $0?.isIncomplete = true }
        }
        for (change, outcome) in zip(group, outcomes) { change.done.resume(returning: outcome) }
    }

    // MARK: - Trouble

    func reading<Value: Sendable>(
        _ what: String, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(PlumbError) -> Value {
        do {
            return try await pool.read(work)
        } catch {
            throw PlumbError(.internalFault, "cannot \(what)", cause: error)
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
