import Foundation
import PlumbModel
import PlumbTesting
import Synchronization
import Testing

@testable import PlumbStore

/// A disk that forgets at a loss of power what was not synced, as it likes: all of it, none, or half a file.
private final class ForgetfulDisk: LogDisk {
    private struct Files {
        var seen: [String: Data] = [:]
        var durable: [String: Data] = [:]
        /// Writes until one fails.
        var writesLeft: Int?
    }
    private let files = Mutex(Files())
    /// As if somebody had taken the syncs out.
    private let syncsNothing: Bool

    init(syncsNothing: Bool = false) { self.syncsNothing = syncsNothing }

    func read(_ path: String) -> Data? { files.withLock { $0.seen[path] } }

    func write(_ data: Data, to path: String, durable: Bool) throws(PlumbError) {
        let isFull = files.withLock { files in
            if let left = files.writesLeft {
                files.writesLeft = left - 1
                guard left > 0 else { return true }
            }
            files.seen[path] = data
            if durable && !syncsNothing { files.durable[path] = data }
            return false
        }
        if isFull { throw PlumbError(.internalFault, "no space left on \(path)") }
    }

    func removeFolder(_ path: String) throws(PlumbError) {
        files.withLock { files in
            for name in files.seen.keys where name.hasPrefix("\(path)/") { files.seen[name] = nil }
        }
    }

    func fail(afterWrites count: Int?) { files.withLock { $0.writesLeft = count } }

    func losePower(_ generator: inout SeededGenerator) {
        files.withLock { files in
            for path in files.seen.keys.sorted() where files.seen[path] != files.durable[path] {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: files.seen[path] = files.durable[path]
                case 1: files.seen[path] = Data()
                // A checkpoint is half written in no rename; anything else may be.
                case 2 where path != TilePath.checkpoint:
                    files.seen[path] = files.seen[path].map { $0.prefix($0.count / 2) }
                default: break
                }
            }
            files.durable = files.seen
        }
    }
}

/// What was acknowledged outlives a loss of power at any point, and the history stays one.
struct PowerLossTests {
    private let signer = NoteSigner(name: "plumb.local/audit/test", kind: .note)

    private func reader(_ disk: ForgetfulDisk) -> AuditReader { AuditReader(disk: disk, verifier: signer.verifier) }

    /// One life: groups of entries, a loss of power after some of them, again and again. Answers what was lost.
    private func live(_ disk: ForgetfulDisk, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var outbox: [Data] = []
        var base = 0
        var last: Checkpoint?
        for _ in 0..<4 {
            let log = try AuditLog.open(
                on: disk, signer: signer, base: base, entries: Array(outbox.dropFirst(base))
            ).log
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                // The store forgets what is durable in the log before it writes down the next.
                base = log.durableSize
                let group = (0..<Int.random(in: 1...180, using: &generator)).map { _ in
                    Data("entry \(UInt64.random(in: 0 ... .max, using: &generator))".utf8)
                }
                outbox += group
                try log.append(group)
                last = try AuditReader.checkpoint(log.checkpoint, by: signer.verifier)
            }
            disk.losePower(&generator)
            let again = try AuditLog.open(
                on: disk, signer: signer, base: base, entries: Array(outbox.dropFirst(base)))
            #expect(again.adopted.isEmpty)
            let checkpoint = try reader(disk).verify(since: last)
            guard checkpoint.size == outbox.count else {
                throw PlumbError(.internalFault, "\(checkpoint.size) entries of \(outbox.count)")
            }
            base = again.log.durableSize
        }
    }

    @Test func nothingThatWasAcknowledgedIsLost() throws {
        for seed in 1...60 {
            do {
                try live(ForgetfulDisk(), seed: UInt64(seed))
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }

    /// A test that cannot fail proves nothing: without its syncs the log is caught.
    @Test func aLogWithoutItsSyncsIsCaught() {
        let caught = (1...60).count { seed in
            do {
                try live(ForgetfulDisk(syncsNothing: true), seed: UInt64(seed))
                return false
            } catch {
                return true
            }
        }
        #expect(caught > 50, "\(caught) of 60")
    }

    /// Every write of a group that fills a bundle fails once: the group comes again, and the tree is the same.
    @Test func afterEachWriteThatFailsTheSameEntriesMakeTheSameTree() throws {
        let entries = (0..<300).map { Data("entry \($0)".utf8) }
        let whole = ForgetfulDisk()
        let log = try AuditLog.open(on: whole, signer: signer, base: 0, entries: entries).log
        for count in 0..<12 {
            let disk = ForgetfulDisk()
            let tried = try AuditLog.open(on: disk, signer: signer, base: 0, entries: Array(entries.prefix(250))).log
            disk.fail(afterWrites: count)
            var failed = false
            do { try tried.append(Array(entries.dropFirst(250))) } catch { failed = true }
            disk.fail(afterWrites: nil)
            #expect(failed == (count < 6), "\(count) writes")
            #expect(tried.size == (failed ? 250 : 300))
            if failed { try tried.append(Array(entries.dropFirst(250))) }
            #expect(tried.root == log.root)
            #expect(try reader(disk).verify().size == 300)
        }
    }

    @Test func aLogThatIsAheadOfTheStoreIsTakenOver() throws {
        for (known, size) in [(0, 700), (300, 700), (512, 700), (0, 512), (512, 512)] {
            let entries = (0..<size).map { Data("entry \($0)".utf8) }
            let disk = ForgetfulDisk()
            _ = try AuditLog.open(on: disk, signer: signer, base: 0, entries: entries)
            let base = known / 256 * 256
            let opening = try AuditLog.open(on: disk, signer: signer, base: base, entries: Array(entries[base..<known]))
            #expect(opening.adopted == Array(entries.dropFirst(max(known, size / 256 * 256))))
            #expect(opening.log.size == size)
            #expect(opening.notes.isEmpty == (known == size))
            #expect(try reader(disk).verify().size == size)
        }
    }

    @Test func anotherHistoryIsNotGoneOnWith() throws {
        let disk = ForgetfulDisk()
        _ = try AuditLog.open(on: disk, signer: signer, base: 0, entries: (0..<100).map { Data("entry \($0)".utf8) })
        let error = #expect(throws: PlumbError.self) {
            try AuditLog.open(on: disk, signer: signer, base: 0, entries: (0..<100).map { Data("other \($0)".utf8) })
        }
        #expect(error?.kind == .internalFault)
        let other = NoteSigner(name: "plumb.local/audit/test", kind: .note)
        #expect(throws: PlumbError.self) { try AuditLog.open(on: disk, signer: other, base: 0, entries: []) }
    }
}
