import Foundation
import PlumbModel
import Synchronization
import Testing

@testable import PlumbStore

/// A backup far away: it may be out, lose answers, and be taken over.
struct RemotePlaceTests {
    private let folder: ScratchFolder
    private let store: Store
    private let place = MemoryPlace()
    private let backup: Backup

    private struct Plan: Codable, Sendable, Hashable { var name: String }

    private var home: String { "\(folder.path)/home" }

    init() async throws {
        folder = try ScratchFolder()
        store = try Store(folder: "\(folder.path)/home")
        try await store.seal(with: Vault(folder: "\(folder.path)/home", at: 0))
        backup = try Backup(of: store, to: place, at: 1000)
    }

    private func save(_ number: Int) async throws {
        try await store.save("plan", ["a": Plan(name: "\(number)")], audit: [entry("deploy", number)])
    }

    private func restore(_ name: String, at time: Double? = nil) async throws -> (Restoration.Report, Store) {
        let restoration = try await Restoration(from: place, key: Backup.keyPath(of: home))
        let report = try await restoration.restore(to: "\(folder.path)/\(name)", at: time, now: 5000)
        let restored = try Store(folder: "\(folder.path)/\(name)")
        try await restored.seal(with: Vault(ringAt: "\(folder.path)/\(name)/keyring.json"))
        return (report, restored)
    }

    @Test func anOutageIsCaughtUpAndTheTimesBeforeItStay() async throws {
        for number in 1...2 {
            try await save(number)
            try await backup.ship(at: 1000 + Double(number))
        }
        place.set(.out)
        for number in 3...5 {
            try await save(number)
            await #expect(throws: PlumbError.self) { try await backup.ship(at: 1000 + Double(number)) }
        }
        place.set(.none)
        #expect(try await backup.ship(at: 1006))
        #expect(try await !backup.ship(at: 1007))
        let (report, restored) = try await restore("back")
        #expect(report.notes.isEmpty && report.auditEntries == 5)
        #expect(try await restored.records("plan", as: Plan.self) == ["a": Plan(name: "5")])
        let (_, before) = try await restore("before", at: 1002)
        #expect(try await before.records("plan", as: Plan.self) == ["a": Plan(name: "2")])
    }

    /// The first try came through, and nobody knew: what was shipped after it is whole all the same.
    @Test func aLostAnswerLeavesNoGap() async throws {
        try await save(1)
        try await backup.ship(at: 1001)
        place.set(.answersAreLost)
        try await save(2)
        await #expect(throws: PlumbError.self) { try await backup.ship(at: 1002) }
        place.set(.none)
        try await save(3)
        try await backup.ship(at: 1003)
        try await save(4)
        try await backup.ship(at: 1004)
        let (report, restored) = try await restore("back", at: 1001)
        #expect(report.notes.isEmpty && report.auditEntries == 4)
        #expect(try await restored.records("plan", as: Plan.self) == ["a": Plan(name: "1")])
    }

    /// The old primary looks, another takes over and ships, and the old one writes then: nothing is overwritten, and
    /// the old one ends.
    @Test func aShipmentThatComesTooLateOverwritesNothing() async throws {
        try await save(1)
        try await backup.ship(at: 1001)
        let (_, second) = try await restore("second")
        let next = try Backup(of: second, to: place, at: 1002)
        try await next.begin(at: 1002)
        try await next.ship(at: 1002)
        let newest = try #require(place.names.last { $0.hasPrefix("shipments/") })
        #expect(newest.hasSuffix("000000000002.snapshot.sealed"))
        let written = place.state.withLock { $0.files[newest] }

        try await save(2)
        let ended = await #expect(throws: PlumbError.self) { try await backup.ship(at: 1003) }
        #expect(ended?.kind == .conflict)
        // Had it looked before the other came, its own number two lies beside the other's and counts for nothing.
        let vault = try Vault(ringAt: Backup.keyPath(of: home))
        let late = Shipment(
            number: 2, at: 1003, isSnapshot: false, changes: [], firstEntry: 1, entries: [Data("x".utf8)],
            checkpoint: "", files: [:])
        #expect(try place.write(late.sealed(by: vault), to: "shipments/000000000002.sealed", over: .nothing))
        let (report, _) = try await restore("third", at: 1001)
        #expect(report.notes.isEmpty)
        #expect(place.state.withLock { $0.files[newest] } == written)
    }

    @Test func ofTwoThatTakeOverAtOnceOneHasIt() async throws {
        try await save(1)
        try await backup.ship(at: 1001)
        let (_, second) = try await restore("second")
        let rival = Data(#"{"number":2,"holder":"rival","at":1}"#.utf8)
        place.state.withLock { $0.before = ("epoch", { $0["epoch"] = rival }) }
        let lost = await #expect(throws: PlumbError.self) {
            try await Backup(of: second, to: place, at: 1002).begin(at: 1002)
        }
        #expect(lost?.kind == .conflict)
        #expect(place.state.withLock { $0.files["epoch"] } == rival)
    }

    @Test func theLogIsHeldToEveryCheckpointThatWasKept() async throws {
        let reader = store.reader
        for number in 1...3 {
            try await save(number)
            #expect(try await reader.anchor(in: place))
            #expect(try await !reader.anchor(in: place))
        }
        let kept = try await reader.anchors(in: place)
        #expect(kept.map(\.size).sorted() == [1, 2, 3])
        #expect(try reader.verify(against: kept).size == 3)

        // Another history of the same engine: written anew with its own key, whole in itself.
        let signer = try NoteSigner.kept(at: "\(home)/audit.key", kind: .note) { _ in reader.verifier.name }
        let disk = FolderDisk(folder: "\(folder.path)/forked")
        let entries = (0..<3).map { Data("{\"fork\":\($0)}".utf8) }
        _ = try AuditLog.open(on: disk, signer: signer, base: 0, entries: entries)
        let forked = AuditReader(disk: disk, verifier: reader.verifier)
        try forked.verify()
        #expect(throws: PlumbError.self) { try forked.verify(against: kept) }
        await #expect(throws: PlumbError.self) { try await forked.anchor(in: place) }
        await #expect(throws: PlumbError.self) { try await reader.anchors(in: MemoryPlace()) }
    }
}
