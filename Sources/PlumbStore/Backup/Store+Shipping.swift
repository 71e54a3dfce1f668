// What a backup takes from the store: changes in their order, or everything at once.

import Foundation
import GRDB
import PlumbModel
import Synchronization

/// Changes of records that no backup has taken yet.
struct Outgoing: Sendable {
    var changes: [Shipment.Change] = []
    /// Changes were dropped, since nobody took them: only everything will do.
    var isIncomplete = true
    /// Changes that wait to be taken.
    static let changesMax = 10_000

    mutating func add(_ more: [Shipment.Change]) {
        guard changes.count + more.count <= Self.changesMax else {
            (changes, isIncomplete) = ([], true)
            return
        }
        if !isIncomplete { changes += more }
    }
}

extension Store {
    /// From now on changes are kept for a backup to take.
    func beginOutgoing() { outgoing.withLock { $0 = Outgoing() } }

    /// The changes since the last time, in order; all records when that is asked for, or when some were dropped.
    func takeOutgoing(all: Bool) throws(PlumbError) -> (changes: [Shipment.Change], isAll: Bool) {
        let isIncomplete = outgoing.withLock { $0?.isIncomplete ?? true }
        guard all || isIncomplete else {
            let changes = outgoing.withLock { outgoing in
                let changes = outgoing?.changes ?? []
                outgoing?.changes = []
                return changes
            }
            return (changes, false)
        }
        do {
            // On the writer's turn: no change comes between the look and the new beginning.
            let everything = try pool.writeWithoutTransaction { database in
                let rows = try Row.fetchAll(database, sql: "SELECT kind, key, body FROM record")
                outgoing.withLock { $0 = Outgoing(changes: [], isIncomplete: false) }
                return rows.map { Shipment.Change(kind: $0["kind"], key: $0["key"], body: $0["body"]) }
            }
            return (everything, true)
        } catch {
            throw PlumbError(.internalFault, "cannot read the state for its backup", cause: error)
        }
    }

    /// Takes over records as they were kept elsewhere, in place of all that is here.
    func takeIn(_ records: [String: [String: Data]], audit entries: [AuditEntry]) async throws(PlumbError) {
        let bodies = try entries.map { entry throws(PlumbError) in try Self.encoded(entry) }
        try await writing("take over the records") { database in
            try database.execute(sql: "DELETE FROM record")
            for (kind, bodies) in records {
                for (key, body) in bodies {
                    try database.execute(
                        sql: "INSERT INTO record (kind, key, body) VALUES (?, ?, ?)", arguments: [kind, key, body])
                }
            }
            try Self.append(bodies, to: database)
        }
    }

    /// Throws `internalFault` when SQLite finds its own file damaged.
    func checkIntegrity() async throws(PlumbError) {
        let words = try await reading("check the state") { database in
            try String.fetchAll(database, sql: "PRAGMA integrity_check")
                + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { "\($0)" }
        }
        guard words == ["ok"] else {
            throw PlumbError(
                .internalFault, "the state in \(folder) is damaged: \(words.prefix(3).joined(separator: "; "))")
        }
    }
}
