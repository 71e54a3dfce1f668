import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

/// S3 Object Lock's rules, and a clock that cannot be trusted.
struct AuditRetentionTests {
    private static let day = 86_400.0

    @Test func sixYearsAreTheDefaultAndWholeBundlesGoThen() {
        var retention = AuditRetention()
        #expect(retention.days == 2192 && retention.mode == .governance)
        let latest = [0.0, 10, 20].map { $0 * Self.day }
        #expect(retention.expiredBundles(at: 2192 * Self.day, latest: latest) == 0)
        #expect(retention.expiredBundles(at: 2193 * Self.day, latest: latest) == 1)
        #expect(retention.expiredBundles(at: 2203 * Self.day, latest: latest) == 2)
        #expect(retention.expiredBundles(at: 9000 * Self.day, latest: latest) == 3)
    }

    @Test func aClockThatGoesBackReleasesNothing() {
        var retention = AuditRetention()
        #expect(retention.expiredBundles(at: 9000 * Self.day, latest: []) == 0)
        #expect(retention.expiredBundles(at: 8999 * Self.day, latest: [0]) == 0)
        #expect(retention.latestSeen == 9000 * Self.day)
        #expect(retention.expiredBundles(at: 9001 * Self.day, latest: [0]) == 1)
    }

    @Test func aLegalHoldKeepsEverything() {
        var retention = AuditRetention()
        retention.legalHold = "case 12"
        #expect(retention.expiredBundles(at: 9000 * Self.day, latest: [0]) == 0)
        retention.legalHold = nil
        #expect(retention.expiredBundles(at: 9000 * Self.day, latest: [0]) == 1)
    }

    @Test func governanceIsWalkedAroundOnPurposeOnly() throws {
        let retention = AuditRetention()
        #expect(throws: PlumbError.self) { try retention.changed(mode: nil, days: 30, bypassGovernance: false) }
        #expect(try retention.changed(mode: nil, days: 30, bypassGovernance: true).days == 30)
        #expect(try retention.changed(mode: nil, days: 3000, bypassGovernance: false).days == 3000)
    }

    @Test func complianceIsNeitherLeftNorShortened() throws {
        let strict = try AuditRetention().changed(mode: .compliance, days: nil, bypassGovernance: false)
        for (mode, days) in [(AuditRetention.Mode.governance, 2192), (.compliance, 2191)] {
            let error = #expect(throws: PlumbError.self) {
                try strict.changed(mode: mode, days: days, bypassGovernance: true)
            }
            #expect(error?.kind == .refused)
        }
        #expect(try strict.changed(mode: nil, days: 2193, bypassGovernance: false).days == 2193)
    }

    @Test func whatIsPrunedLeavesTheLogProvenAndWhatIsTakenOutDoesNot() async throws {
        let folder = try ScratchFolder()
        let store = try Store(folder: folder.path)
        try await store.append((0..<700).map { entry("deploy", $0) })
        let kept = try AuditReader.checkpoint(store.auditCheckpoint, by: store.reader.verifier)
        let now = 1_800_000_000.0
        #expect(try await store.pruneAudit(by: "ann", at: now) == 0)
        #expect(try await store.pruneAudit(by: "ann", at: now + 2200 * Self.day) == 512)
        #expect(try await store.pruneAudit(by: "ann", at: now) == 0)
        #expect(try store.reader.verify(since: kept).size == 701)
        #expect(try store.reader.proof(of: 600).verify(by: store.reader.verifier).size == 701)
        #expect(throws: PlumbError.self) { try store.reader.proof(of: 5) }
        #expect(try await store.auditEntries(limit: 1000).count == 189)
        let error = await #expect(throws: PlumbError.self) {
            try await store.changeRetention(by: "ann", at: now) { old throws(PlumbError) in
                try old.changed(mode: nil, days: 1, bypassGovernance: false)
            }
        }
        #expect(error?.kind == .refused)
        #expect(try await store.auditEntries(limit: 1).first?.outcome == .denied)
        try store.close()

        let other = try ScratchFolder()
        let taken = try Store(folder: other.path)
        try await taken.append((0..<700).map { entry("deploy", $0) })
        try FileManager.default.removeItem(atPath: "\(other.path)/audit/tile/entries/001")
        #expect(throws: PlumbError.self) { try taken.reader.verify() }
        try taken.close()
    }
}
