// Records on the disk are sealed: nothing of them stands there in plain text, and each opens at its own place only.

import Foundation
import GRDB
import PlumbModel
import Testing

@testable import PlumbStore

struct SealedStoreTests {
    private let folder: ScratchFolder
    private let canary = "canary" + UUID().uuidString

    init() throws { folder = try ScratchFolder() }

    private func files(holding word: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { name in
            let content = FileManager.default.contents(atPath: "\(folder.path)/\(name)") ?? Data()
            return content.range(of: Data(word.utf8)) != nil
        }.sorted()
    }

    @Test func nothingOfARecordStandsOnTheDiskInPlainText() async throws {
        let store = try Store(folder: folder.path)
        try await store.seal(with: try Vault(folder: folder.path, at: 1))
        try await store.save("spec", ["digits": [canary]])
        #expect(try await store.records("spec", as: [String].self) == ["digits": [canary]])
        #expect(try files(holding: canary) == [])
        try store.close()
        #expect(try files(holding: canary) == [])
    }

    @Test func whatAnOlderVersionLeftIsSealedWhenItIsOpened() async throws {
        let before = try Store(folder: folder.path)
        for number in 0..<200 { try await before.save("spec", ["s\(number)": ["\(canary) \(number)"]]) }
        #expect(try !files(holding: canary).isEmpty)
        try before.close()
        let store = try Store(folder: folder.path)
        try await store.seal(with: try Vault(folder: folder.path, at: 1))
        #expect(try await store.records("spec", as: [String].self).count == 200)
        #expect(try files(holding: canary) == [])
    }

    @Test func aBodyThatWasMovedDoesNotOpen() async throws {
        let store = try Store(folder: folder.path)
        try await store.seal(with: try Vault(folder: folder.path, at: 1))
        try await store.save("user", ["ada": ["viewer"], "ben": ["admin"]])
        try await store.pool.write { database in
            try database.execute(
                sql: """
                    UPDATE record SET body = (SELECT body FROM record WHERE key = 'ben') WHERE key = 'ada'
                    """)
        }
        let error = await #expect(throws: PlumbError.self) { try await store.records("user", as: [String].self) }
        #expect(error?.kind == .refused)
    }

    @Test func rotationLeavesEverythingReadableAndAShreddedVersionNothingThatItWrapped() async throws {
        let store = try Store(folder: folder.path)
        let vault = try Vault(folder: folder.path, at: 1)
        try await store.seal(with: vault)
        try await store.save("spec", ["digits": [canary], "faces": [canary]])
        let old = try await store.pool.read { try Data.fetchOne($0, sql: "SELECT body FROM record LIMIT 1") }
        try vault.rotate(at: 2)
        #expect(try await store.rewrapRecords() == 2)
        #expect(try await store.rewrapRecords() == 0)
        try vault.shred(1)
        #expect(try await store.records("spec", as: [String].self).count == 2)
        let copy = try #require(old)
        #expect(throws: PlumbError.self) { try vault.open(copy, for: "record/spec/digits") }
    }

    @Test func withoutItsKeyRingASealedStateIsRefusedInWords() async throws {
        let store = try Store(folder: folder.path)
        try await store.seal(with: try Vault(folder: folder.path, at: 1))
        try await store.save("spec", ["digits": [canary]])
        try store.close()
        let bare = try Store(folder: folder.path)
        let closed = await #expect(throws: PlumbError.self) { try await bare.records("spec", as: [String].self) }
        #expect(closed?.message.contains("no key ring is open") == true)
        try FileManager.default.removeItem(atPath: "\(folder.path)/keyring.json")
        let made = try Vault(folder: folder.path, at: 2)
        let lost = await #expect(throws: PlumbError.self) { try await bare.seal(with: made) }
        #expect(lost?.message.contains("the key ring does not open the state") == true)
    }
}
