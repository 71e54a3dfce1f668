import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

/// What was shipped can be brought back, and nothing that was changed can.
struct BackupTests {
    private let folder: ScratchFolder
    private let store: Store
    private let backup: Backup
    private let artifact: String

    private struct Plan: Codable, Sendable, Hashable { var name: String }

    private var home: String { "\(folder.path)/home" }
    private var elsewhere: String { "\(folder.path)/elsewhere" }
    private var place: FolderPlace { FolderPlace(elsewhere) }

    init() async throws {
        folder = try ScratchFolder()
        store = try Store(folder: "\(folder.path)/home")
        let vault = try Vault(folder: "\(folder.path)/home", at: 0)
        try await store.seal(with: vault)
        let file = "\(folder.path)/model.onnx"
        try Data("a model, secretly".utf8).write(to: URL(filePath: file))
        artifact = try ArtifactStore(folder: "\(folder.path)/home", vault: vault).add(fileAt: file)
        backup = try Backup(of: store, to: FolderPlace("\(folder.path)/elsewhere"), at: 1000)
    }

    private func save(_ changes: [String: Plan?], _ number: Int) async throws {
        try await store.save("plan", changes, audit: [entry("deploy", number)])
    }

    private func restore(_ name: String, at time: Double? = nil) async throws -> (Restoration.Report, Store) {
        let restoration = try await Restoration(from: place, key: Backup.keyPath(of: home))
        let target = "\(folder.path)/\(name)"
        let report = try await restoration.restore(to: target, at: time, now: 5000)
        let restored = try Store(folder: target)
        try await restored.seal(with: Vault(ringAt: "\(target)/keyring.json"))
        return (report, restored)
    }

    @Test func whatWasShippedIsBroughtBack() async throws {
        try await save(["a": Plan(name: "a"), "b": Plan(name: "b")], 1)
        #expect(try await backup.ship(at: 1001))
        #expect(try await !backup.ship(at: 1002))
        try await store.append((0..<600).map { entry("x", $0) })
        try await save(["a": Plan(name: "A"), "b": nil], 2)
        #expect(try await backup.ship(at: 1003))
        try await save(["c": Plan(name: "c")], 3)
        #expect(try await backup.ship(at: 1004))

        let (report, restored) = try await restore("back")
        #expect(report.at == 1004)
        #expect(report.auditEntries == 603)
        #expect(report.notes.isEmpty)
        #expect(report.files == ["audit.key", "audit.pub", "keyring.json"])
        #expect(try await restored.records("plan", as: Plan.self) == ["a": Plan(name: "A"), "c": Plan(name: "c")])
        #expect(try await restored.verifyAudit() == 604)
        #expect(try await restored.auditEntries(limit: 1).first?.action == "state.restored")
        let ring = try Vault(ringAt: "\(folder.path)/back/keyring.json")
        try ArtifactStore(folder: "\(folder.path)/back", vault: ring).verify(artifact)
        // It is the same log that goes on: the old engine's checkpoint is the beginning of it.
        let kept = try AuditReader.checkpoint(store.auditCheckpoint, by: store.reader.verifier)
        try restored.reader.verify(since: kept)

        let (early, before) = try await restore("earlier", at: 1002)
        #expect(early.at == 1001)
        #expect(try await before.records("plan", as: Plan.self) == ["a": Plan(name: "a"), "b": Plan(name: "b")])
        // Records go back, the log never does.
        #expect(try await before.verifyAudit() == 604)
        let error = await #expect(throws: PlumbError.self) {
            try await Restoration(from: place, key: Backup.keyPath(of: home)).rehearse(at: 999)
        }
        #expect(error?.kind == .notFound)
    }

    @Test func anEngineThatStartsAgainBeginsWithASnapshot() async throws {
        try await save(["a": Plan(name: "a")], 1)
        try await backup.ship(at: 1001)
        try await save(["a": nil, "b": Plan(name: "b")], 2)
        try store.close()
        let again = try Store(folder: home)
        try await Backup(of: again, to: place, at: 1002).ship(at: 1002)
        let (report, restored) = try await restore("back")
        #expect(report.shipment == 2)
        #expect(try await restored.records("plan", as: Plan.self) == ["b": Plan(name: "b")])
    }

    @Test func nothingInTheBackupCanBeReadOrChangedUnseen() async throws {
        try await save(["a": Plan(name: "canary")], 1)
        try await store.append((0..<300).map { entry("canary", $0) })
        try await backup.ship(at: 1001)
        let files = try FileManager.default.subpathsOfDirectory(atPath: elsewhere).filter { $0.hasSuffix("sealed") }
        #expect(files.count == 3)
        for file in files {
            let url = URL(filePath: "\(elsewhere)/\(file)")
            let whole = try Data(contentsOf: url)
            for word in ["canary", "secretly"] { #expect(whole.range(of: Data(word.utf8)) == nil, "\(file)") }
            for offset in [whole.count - 1, whole.count / 2, 200] {
                var changed = whole
                changed[offset] ^= 1
                try changed.write(to: url)
                await #expect(throws: PlumbError.self, "\(file)") {
                    let report = try await Restoration(from: place, key: Backup.keyPath(of: home)).rehearse()
                    if !report.notes.isEmpty { throw PlumbError(.internalFault, report.notes[0]) }
                }
            }
            try whole.write(to: url)
        }
        _ = try await Restoration(from: place, key: Backup.keyPath(of: home)).rehearse()
    }

    @Test func aGapIsToldAndWhatCameBeforeIsBroughtBack() async throws {
        for number in 1...4 {
            try await save(["a": Plan(name: "\(number)")], number)
            try await backup.ship(at: 1000 + Double(number))
        }
        try place.remove(BackupContents.Entry(number: 3, isSnapshot: false).name)
        let (report, restored) = try await restore("back")
        #expect(report.notes == ["shipments 3 to 3 are missing: what came after is lost"])
        #expect(try await restored.records("plan", as: Plan.self) == ["a": Plan(name: "2")])
    }

    @Test func aFolderBelongsToOneEngineAndARestoreGoesIntoAnEmptyPlace() async throws {
        try await backup.ship(at: 1001)
        let other = try Store(folder: "\(folder.path)/other")
        let claim = await #expect(throws: PlumbError.self) {
            try await Backup(of: other, to: place, at: 1000).begin(at: 1000)
        }
        #expect(claim?.kind == .conflict)
        let restoration = try await Restoration(from: place, key: Backup.keyPath(of: home))
        let taken = await #expect(throws: PlumbError.self) { try await restoration.restore(to: home, now: 0) }
        #expect(taken?.kind == .conflict)
        await #expect(throws: PlumbError.self) { try await Restoration(from: place, key: "\(home)/none") }
        let stranger = try Vault(folder: "\(folder.path)/stranger", at: 0)
        withExtendedLifetime(stranger) {}
        let key = "\(folder.path)/stranger/keyring.json"
        await #expect(throws: PlumbError.self) { try await Restoration(from: place, key: key).rehearse() }
    }

    @Test func oldShipmentsGoAndTheNewestSnapshotsStay() async throws {
        for number in 1...5 {
            try await save(["a": Plan(name: "\(number)")], number)
            try await backup.snapshot(at: 1000 + Double(number))
        }
        try await backup.prune(olderThanDays: 35, at: Date().timeIntervalSince1970)
        #expect(try await BackupContents(place: place).shipments().count == 5)
        try await backup.prune(olderThanDays: 35, at: Date().timeIntervalSince1970 + 36 * 86_400)
        #expect(try await BackupContents(place: place).shipments().map(\.number) == [3, 4, 5])
        let (_, restored) = try await restore("back")
        #expect(try await restored.records("plan", as: Plan.self) == ["a": Plan(name: "5")])
    }
}
