// Rare entries of the audit log: found once, and followed from then on.

import Foundation
import PlumbModel
import Synchronization
import Testing

@testable import PlumbStore

/// The files of a log, and how many of its entries' bundles were read.
private final class CountingDisk: LogDisk {
    private let disk: FolderDisk
    private let count = Mutex(0)
    var reads: Int { count.withLock { $0 } }

    init(folder: String) { disk = FolderDisk(folder: folder) }

    func read(_ path: String) -> Data? {
        if path.hasPrefix("tile/entries/") { count.withLock { $0 += 1 } }
        return disk.read(path)
    }
    func write(_ data: Data, to path: String, durable: Bool) throws(PlumbError) {
        try disk.write(data, to: path, durable: durable)
    }
    func removeFolder(_ path: String) throws(PlumbError) { try disk.removeFolder(path) }
}

struct FollowedEntriesTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func entry(_ action: String, _ subject: String = "engine") -> AuditEntry {
        // The word alone, in another place, makes no drill.
        AuditEntry(at: 1, actor: "ann", action: action, subject: subject, details: ["reason": "drill.dr"])
    }

    @Test func whatWasFoundIsNotLookedForAgain() async throws {
        let store = try Store(folder: folder.path)
        try await store.append((0..<1000).map { entry($0 % 400 == 7 ? "drill.dr" : "deploy", "\($0)") })
        let disk = CountingDisk(folder: "\(folder.path)/audit")
        let followed = FollowedEntries(
            AuditReader(disk: disk, verifier: store.reader.verifier), actions: ["drill.dr", "drill.failover"])
        #expect(try followed.newest(10).map(\.subject) == ["7", "407", "807"])
        let first = disk.reads
        #expect(first > 0)
        for _ in 0..<100 { #expect(try followed.newest(1).map(\.subject) == ["807"]) }
        #expect(disk.reads == first)
        // What comes is found, and only where it is.
        try await store.append([entry("drill.failover", "endpoint/a"), entry("deploy")])
        #expect(try followed.newest(1).map(\.subject) == ["endpoint/a"])
        #expect(try followed.newest(1) { $0.action == "drill.dr" }.map(\.subject) == ["807"])
        #expect(disk.reads <= first + 4)
        #expect(try followed.newest(10) { $0.subject == "nobody" }.isEmpty)
        try store.close()
    }

    @Test func whoeverSearchesNeedNotReadWhatCannotBeMeant() async throws {
        let store = try Store(folder: folder.path)
        try await store.append((0..<300).map { entry($0 % 100 == 7 ? "drill.dr" : "deploy", "\($0)") })
        var looked = 0
        let found = try store.reader.newest(2, holding: ["\"action\":\"drill.dr\""]) { _ in
            looked += 1
            return true
        }
        #expect(found.map(\.entry.subject) == ["107", "207"] && looked == 2)
        #expect(try store.reader.newest(5, holding: ["nobody"]).isEmpty)
        try store.close()
    }

    @Test func anEmptyLogHasNone() async throws {
        let store = try Store(folder: folder.path)
        try await store.append([entry("deploy")])
        #expect(try FollowedEntries(store.reader, actions: ["drill.dr"]).newest(5).isEmpty)
        try store.close()
    }

    @Test func aDamagedEntryIsToldAndFoundOnceItIsWhole() async throws {
        let store = try Store(folder: folder.path)
        try await store.append((0..<3).map { entry($0 == 1 ? "drill.dr" : "deploy") })
        let path = URL(fileURLWithPath: "\(folder.path)/audit/tile/entries/000.p/3")
        let whole = try Data(contentsOf: path)
        var broken = whole
        let place = try #require(broken.range(of: Data("\"action\":\"drill.dr\"".utf8)))
        broken[place.lowerBound] = UInt8(ascii: "x")
        try broken.write(to: path)
        let followed = FollowedEntries(store.reader, actions: ["drill.dr"])
        #expect(throws: PlumbError.self) { try followed.newest(1) }
        try whole.write(to: path)
        #expect(try followed.newest(1).count == 1)
        try store.close()
    }
}
