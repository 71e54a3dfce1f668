import Foundation
import GRDB
import PlumbModel
import Testing

@testable import PlumbStore

struct StoreTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private struct Plan: Codable, Sendable, Hashable {
        var name: String
        var size: Double
    }

    private func plans(_ store: Store) async throws -> [String: Plan] {
        try await store.records("plan", as: Plan.self)
    }

    @Test func recordsAndEntriesAreThereAfterReopening() async throws {
        let store = try Store(folder: folder.path)
        try await store.save(
            "plan", ["a": Plan(name: "a", size: 1), "b": Plan(name: "b", size: 2)], audit: [entry("deploy", 1)])
        try await store.save("plan", ["a": Plan(name: "a", size: 3), "b": nil], audit: [entry("remove", 2)])
        try await store.save("other", ["a": Plan(name: "x", size: 0)])
        try await store.append([entry("rollback", 3), entry("deploy", 4)])
        let head = try await store.auditHead()
        try store.close()
        let again = try Store(folder: folder.path)
        #expect(try await plans(again) == ["a": Plan(name: "a", size: 3)])
        #expect(try await again.auditEntries(limit: 3).map(\.action) == ["remove", "rollback", "deploy"])
        #expect(try await again.auditEntries(limit: 100).first == entry("deploy", 1))
        #expect(try await again.verifyAudit() == 4)
        #expect(try await again.auditHead() == head)
        #expect(head.entries == 4)
    }

    @Test func anEmptyRecordHasAnOrigin() async throws {
        let store = try Store(folder: folder.path)
        // The root of a tree without leaves: SHA-256 of nothing.
        #expect(
            try await store.auditHead() == (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
        #expect(try await store.verifyAudit() == 0)
        #expect(try await store.auditEntries(limit: 5).isEmpty)
    }

    @Test func aChangeAndItsEntriesAreOneOrNone() async throws {
        let store = try Store(folder: folder.path)
        try await store.save("plan", ["a": Plan(name: "old", size: 1)], audit: [entry("deploy")])
        var impossible = entry("deploy")
        impossible.at = .nan
        for entries in [[impossible], [entry("fine"), impossible]] {
            let error = await #expect(throws: PlumbError.self) {
                try await store.save("plan", ["a": Plan(name: "new", size: 2), "b": nil], audit: entries)
            }
            #expect(error?.kind == .internalFault)
        }
        #expect(try await plans(store)["a"]?.name == "old")
        #expect(try await store.verifyAudit() == 1)
        await #expect(throws: PlumbError.self) {
            try await store.save("plan", ["a": Plan(name: "new", size: .infinity)], audit: [entry("deploy")])
        }
        #expect(try await store.verifyAudit() == 1)
    }

    @Test func manyWritersMakeOneChain() async throws {
        let store = try Store(folder: folder.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    try await store.save(
                        "plan", ["\(number % 7)": Plan(name: "", size: 0)], audit: [entry("x", number)])
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.verifyAudit() == 60)
        let numbers = try await store.auditEntries(limit: 100).compactMap { $0.details["number"] }
        #expect(Set(numbers).count == 60)
    }

    /// With NORMAL a change that was acknowledged is lost with the power: the log is not synced at its commit.
    @Test func everyCommitIsSynced() async throws {
        let store = try Store(folder: folder.path)
        let (level, mode) = try await store.pool.writeWithoutTransaction { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA journal_mode")
            )
        }
        #expect(level == 2)
        #expect(mode == "wal")
    }

    @Test func everyFileIsItsOwnersAlone() async throws {
        // The folder may have been made by somebody with a looser hand.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        let store = try Store(folder: folder.path)
        try await store.append([entry("deploy")])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names).isSuperset(of: ["state.sqlite", "state.sqlite-wal", "lock"]))
        for name in names {
            #expect(try folder.permissions(name) == (name == "audit" ? 0o700 : 0o600), "\(name)")
        }
        try store.close()
    }

    @Test func oneFolderHasOneHolder() throws {
        let store = try Store(folder: folder.path)
        for _ in 0..<3 {
            let error = #expect(throws: PlumbError.self) { try Store(folder: folder.path) }
            #expect(error?.kind == .conflict)
            #expect(error?.hint?.contains("plumb down") == true)
        }
        try store.close()
        let next = try Store(folder: folder.path)
        try next.close()
    }

    /// A descriptor that is closed twice is somebody else's by the second time.
    @Test func aRefusedLockClosesOnlyWhatItOpened() async throws {
        let holder = try FolderLock(folder: folder.path)
        let path = folder.path
        let lost = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                (0..<20_000).count { _ in
                    let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
                    sched_yield()
                    return close(descriptor) != 0
                }
            }
            group.addTask {
                for _ in 0..<5000 {
                    do { _ = try FolderLock(folder: path) } catch { continue }
                }
                return 0
            }
            return await group.reduce(0, +)
        }
        #expect(lost == 0)
        withExtendedLifetime(holder) {}
    }

    @Test(arguments: ["", "this is no database, but a letter", String(repeating: "\u{0}", count: 8192)])
    func aFileThatIsNoDatabaseIsRefusedInWords(content: String) throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/state.sqlite"))
        if content.isEmpty {
            // An empty file is an empty database.
            try Store(folder: folder.path).close()
            return
        }
        let error = #expect(throws: PlumbError.self) { try Store(folder: folder.path) }
        #expect(error?.kind == .internalFault)
        #expect(error?.message == "the state in \(folder.path) cannot be opened")
        #expect(error?.hint?.contains("backup") == true)
        // The lock is let go of: what was restored can be opened.
        try FileManager.default.removeItem(atPath: "\(folder.path)/state.sqlite")
        try Store(folder: folder.path).close()
    }

    @Test func aRecordOfAnotherShapeIsNamed() async throws {
        let store = try Store(folder: folder.path)
        try await store.save("plan", ["digits": ["name"]])
        let error = await #expect(throws: PlumbError.self) { try await plans(store) }
        #expect(error?.message == "the plan record 'digits' is damaged or of another version")
    }

    /// The log is cut anywhere, as a crash of the machine may cut it: a beginning of what was written is there.
    @Test func aLogThatIsCutShortCostsOnlyItsEnd() async throws {
        let store = try Store(folder: folder.path)
        for number in 1...20 { try await store.append([entry("deploy", number)]) }
        let log = try #require(FileManager.default.contents(atPath: "\(folder.path)/state.sqlite-wal"))
        let file = try #require(FileManager.default.contents(atPath: "\(folder.path)/state.sqlite"))
        var counts: [Int] = []
        for cut in stride(from: log.count, through: 0, by: -max(1, log.count / 25)) {
            let copy = try ScratchFolder()
            try file.write(to: URL(fileURLWithPath: "\(copy.path)/state.sqlite"))
            try log.prefix(cut).write(to: URL(fileURLWithPath: "\(copy.path)/state.sqlite-wal"))
            let opened = try Store(folder: copy.path)
            counts.append(try await opened.verifyAudit())
            try await opened.append([entry("goes on")])
            #expect(try await opened.verifyAudit() == (counts.last ?? 0) + 1)
            try opened.close()
        }
        #expect(counts.first == 20)
        #expect(counts == counts.sorted(by: >))
        #expect(Set(counts).count > 5)
    }

    /// SQLite takes what follows a wrong byte of its log for never written; the audit log knows better.
    @Test func aByteThatChangedInTheWriteAheadLogIsToldAndNothingIsForgotten() async throws {
        let store = try Store(folder: folder.path)
        for number in 1...20 {
            try await store.save("plan", ["digits": ["revision \(number)"]], audit: [entry("deploy", number)])
        }
        let size = try #require(FileManager.default.contents(atPath: "\(folder.path)/state.sqlite-wal")).count
        for place in stride(from: size / 3, to: size, by: size / 7) {
            let scratch = try ScratchFolder()
            let copy = URL(filePath: "\(scratch.path)/home")
            try FileManager.default.copyItem(at: URL(filePath: folder.path), to: copy)
            try FileManager.default.removeItem(at: copy.appending(path: "state.sqlite-shm"))
            let path = copy.appending(path: "state.sqlite-wal")
            var bytes = try Data(contentsOf: path)
            bytes[place] ^= 0x10
            try bytes.write(to: path)
            let error = #expect(throws: PlumbError.self) { try Store(folder: copy.path) }
            #expect(
                error?.kind == .internalFault && error?.hint?.contains("plumb restore") == true,
                "\(place): \(String(describing: error))")
        }
        withExtendedLifetime(store) {}
    }

    @Test(.enabled(if: TinyDisk.isPossible, "only root can mount a small disk"))
    func aFullDiskIsToldAndCostsNothingThatWasAcknowledged() async throws {
        let disk = try TinyDisk()
        let home = "\(disk.path)/home"
        var acknowledged = 0
        do {
            let store = try Store(folder: home)
            for number in 1...500 {
                try await store.append([entry("deploy", number)])
                acknowledged = number
            }
            Issue.record("64 KiB held 500 entries")
        } catch {
            #expect(error.kind == .internalFault)
        }
        let copy = try ScratchFolder()
        for name in ["state.sqlite", "state.sqlite-wal"]
        where FileManager.default.fileExists(atPath: "\(home)/\(name)") {
            try FileManager.default.copyItem(atPath: "\(home)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        let opened = try Store(folder: copy.path)
        // What was written down when the disk had no room to publish it is published now.
        let kept = try await opened.verifyAudit()
        #expect(kept == acknowledged || kept == acknowledged + 1)
    }
}
