import Foundation
import GRDB
import PlumbModel
import Testing

@testable import PlumbStore

/// The audit record against somebody who has the file.
struct AuditTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    /// Ten entries, then the file is in other hands.
    private func tamper(_ work: @escaping @Sendable (Database) throws -> Void) async throws {
        let store = try Store(folder: folder.path)
        for number in 1...10 { try await store.append([entry("deploy", number)]) }
        try store.close()
        let queue = try DatabaseQueue(path: "\(folder.path)/state.sqlite")
        try await queue.write(work)
        try queue.close()
    }

    private func verdict() async throws -> String? {
        let store = try Store(folder: folder.path)
        do {
            #expect(try await store.verifyAudit() == 10)
            return nil
        } catch {
            #expect(error.kind == .internalFault)
            return error.message
        }
    }

    @Test(arguments: [
        "UPDATE audit SET entry = x'00' WHERE sequence = 4", "DELETE FROM audit WHERE sequence = 10",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT sequence, x'00', previous, hash FROM audit WHERE sequence = 4",
        "INSERT OR REPLACE INTO audit (entry, previous, hash) SELECT x'00', previous, hash FROM audit LIMIT 1",
    ])
    func theFileItselfRefusesToForget(sql: String) async throws {
        let error = await #expect(throws: DatabaseError.self) { try await tamper { try $0.execute(sql: sql) } }
        #expect(error?.message == "the audit record is append-only")
        #expect(try await verdict() == nil)
    }

    static let triggers = ["changed", "shortened", "replaced"].map { "DROP TRIGGER audit_is_never_\($0);" }.joined()

    @Test(arguments: [
        ("UPDATE audit SET entry = replace(entry, 'ann', 'bob') WHERE sequence = 4", 4),
        ("UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'ann', 'bob') AS BLOB) WHERE sequence = 1", 1),
        ("UPDATE audit SET hash = x'00' WHERE sequence = 10", 10),
        ("UPDATE audit SET previous = x'00' WHERE sequence = 7", 7),
        ("DELETE FROM audit WHERE sequence = 5", 5), ("DELETE FROM audit WHERE sequence = 1", 1),
        ("DELETE FROM audit WHERE sequence = 10", 10), ("DELETE FROM audit WHERE sequence > 6", 7),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET sequence = 99 WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3", 2),
        ("INSERT INTO audit (entry, previous, hash) VALUES (x'7b7d', x'00', x'01')", 11),
    ])
    func whoGetsPastItIsFoundOutAndTheEntryNamed(sql: String, sequence: Int) async throws {
        try await tamper { database in
            try database.execute(sql: Self.triggers)
            try database.execute(sql: sql)
        }
        #expect(
            try await verdict() == "audit entry \(sequence) is not what was written: it was changed or taken out")
    }

    @Test func aByteThatFlippedOnTheDiskIsFoundOut() async throws {
        try await tamper { _ in }
        let path = "\(folder.path)/state.sqlite"
        var bytes = try #require(FileManager.default.contents(atPath: path))
        let range = try #require(bytes.range(of: Data("\"number\":\"6\"".utf8)))
        bytes[range.upperBound - 2] ^= 0x01
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try await verdict() == "audit entry 6 is not what was written: it was changed or taken out")
    }

    @Test func theHashStandsForEveryEntry() async throws {
        var heads: Set<String> = []
        for (actor, count) in [("ann", 3), ("bob", 3), ("ann", 4)] {
            let scratch = try ScratchFolder()
            let store = try Store(folder: scratch.path)
            for number in 1...count {
                var entry = entry("deploy", number)
                if number == 2 { entry.actor = actor }
                try await store.append([entry])
            }
            heads.insert(try await store.auditHead().hash)
        }
        #expect(heads.count == 3)
    }
}
