import Foundation
import GRDB
import PlumbModel
import Testing

@testable import PlumbStore

/// The audit log against somebody who has the files.
struct AuditTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    /// 300 entries: a full bundle and a partial one.
    private func write(_ count: Int = 300) async throws {
        let store = try Store(folder: folder.path)
        try await store.append((0..<count).map { entry("deploy", $0) })
        try store.close()
    }

    private func reader() throws -> AuditReader { try AuditReader(home: folder.path) }

    private func change(_ path: String, _ work: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: "\(folder.path)/audit/\(path)")
        var bytes = try Data(contentsOf: url)
        work(&bytes)
        try bytes.write(to: url)
    }

    private func verdict(since kept: Checkpoint? = nil) throws -> String? {
        let reader = try reader()
        do {
            #expect(try reader.verify(since: kept).size == 300)
            return nil
        } catch {
            #expect(error.kind == .internalFault)
            return error.message
        }
    }

    private func changed(_ index: Int) -> String {
        "audit entry \(index) is not what was written: it was changed, moved or taken out"
    }

    @Test func aWholeLogIsWhole() async throws {
        try await write()
        #expect(try verdict() == nil)
        let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/audit").sorted()
        #expect(
            names.filter { !$0.hasSuffix(".p") && $0.contains { $0.isNumber } && $0.split(separator: "/").count > 2 }
                == ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"])
        #expect(try folder.permissions("audit.key") == 0o600)
    }

    @Test(arguments: [("entries/000", 0), ("entries/000", 7), ("entries/000", 255), ("entries/001.p/44", 299)])
    func anEditIsFoundAndTheEntryNamed(path: String, index: Int) async throws {
        try await write()
        try change("tile/\(path)") { bytes in
            let range = bytes.range(of: Data("\"number\":\"\(index)\"".utf8))
            bytes[(range?.upperBound ?? bytes.endIndex) - 2] ^= 1
        }
        #expect(try verdict() == changed(index))
    }

    @Test func deletingReorderingAndCuttingAreFoundAndTheEntryNamed() async throws {
        try await write()
        let path = "\(folder.path)/audit/tile/entries/000"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let entries = EntryBundle.entries(whole).map { Data($0) }
        var without = entries
        without.remove(at: 100)
        var swapped = entries
        swapped.swapAt(20, 30)
        for (bytes, index) in [
            (EntryBundle.bytes(without), 100), (EntryBundle.bytes(swapped), 20), (whole.dropLast(1), 255),
            (whole.prefix(1), 0),
        ] {
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(try verdict() == changed(index))
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(try verdict() == "the audit log's tile/entries/000 is gone: entries from 0 on")
    }

    @Test func aHashThatWasChangedIsFound() async throws {
        try await write()
        try change("tile/0/000") { $0[32 * 5] ^= 1 }
        #expect(try verdict() == changed(5))
        try change("tile/0/000") { $0[32 * 5] ^= 1 }
        try change("tile/1/000.p/1") { $0[3] ^= 1 }
        #expect(try verdict() == "the hash over audit entries 0 to 255 was changed")
    }

    @Test func whoChangesEntryAndHashesCannotSignThem() async throws {
        try await write()
        let kept = try reader().checkpoint().note
        let other = try ScratchFolder()
        let store = try Store(folder: other.path)
        try await store.append((0..<300).map { entry($0 == 9 ? "remove" : "deploy", $0) })
        try store.close()
        for name in ["tile"] {
            try FileManager.default.removeItem(atPath: "\(folder.path)/audit/\(name)")
            try FileManager.default.copyItem(
                atPath: "\(other.path)/audit/\(name)", toPath: "\(folder.path)/audit/\(name)")
        }
        #expect(try verdict()?.hasPrefix("the entries and hashes of the audit log were changed together") == true)
        // Their checkpoint is not signed by this log's key.
        try change("checkpoint") { bytes in
            bytes = FileManager.default.contents(atPath: "\(other.path)/audit/checkpoint") ?? Data()
        }
        let error = #expect(throws: PlumbError.self) { try reader().verify() }
        #expect(error?.kind == .refused)
        #expect(kept.hasPrefix("plumb.local/audit/"))
        // The engine does not go on upon it either.
        #expect(throws: PlumbError.self) { try Store(folder: folder.path) }
    }

    /// The owner of the key writes another history: only what was kept elsewhere convicts them.
    @Test func aForkAndACutAreFoundByACheckpointThatWasKept() async throws {
        let store = try Store(folder: folder.path)
        try await store.append((0..<200).map { entry("deploy", $0) })
        let early = try AuditReader.checkpoint(store.auditCheckpoint, by: store.reader.verifier)
        try await store.append((200..<300).map { entry("deploy", $0) })
        let late = try AuditReader.checkpoint(store.auditCheckpoint, by: store.reader.verifier)
        try store.close()
        #expect(try verdict(since: early) == nil)
        #expect(try verdict(since: late) == nil)
        for name in ["audit", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
            let path = "\(folder.path)/\(name)"
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
        let rewritten = try Store(folder: folder.path)
        try await rewritten.append((0..<250).map { entry($0 == 70 ? "remove" : "deploy", $0) })
        try rewritten.close()
        func message(_ kept: Checkpoint) throws -> String? {
            #expect(throws: PlumbError.self) { try reader().verify(since: kept) }?.message
        }
        #expect(try message(early)?.hasPrefix("the audit log was forked: its first 200 entries") == true)
        #expect(try message(late)?.hasPrefix("the audit log was cut: it has 250 entries, and had 300") == true)
    }

    @Test func theRecordOfAnOlderVersionIsTakenOver() async throws {
        let store = try Store(folder: folder.path)
        try store.close()
        try FileManager.default.removeItem(atPath: "\(folder.path)/audit")
        let queue = try DatabaseQueue(path: "\(folder.path)/state.sqlite")
        try await queue.write { database in
            try database.execute(
                sql: """
                    DROP TABLE outbox;
                    DELETE FROM grdb_migrations WHERE identifier = '2';
                    CREATE TABLE audit (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, entry BLOB NOT NULL,
                        previous BLOB NOT NULL, hash BLOB NOT NULL UNIQUE);
                    """)
            for number in 0..<3 {
                try database.execute(
                    sql: "INSERT INTO audit (entry, previous, hash) VALUES (?, zeroblob(32), ?)",
                    arguments: [try Store.encoded(entry("deploy", number)), Data([UInt8(number)])])
            }
        }
        try queue.close()
        let again = try Store(folder: folder.path)
        let entries = try await again.auditEntries(limit: 10)
        #expect(entries.map(\.action) == ["deploy", "deploy", "deploy", "audit.takenOver"])
        // The hashes above are no chain, and that is not hushed up.
        #expect(entries.last?.outcome == .failed)
        #expect(entries.last?.details["firstChanged"] == "1")
        #expect(try await again.verifyAudit() == 4)
    }
}
