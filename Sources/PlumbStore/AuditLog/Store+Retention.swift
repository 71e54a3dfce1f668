// The retention of the audit log on record, and the pruning of what it releases.

import Foundation
public import PlumbModel

extension Store {
    private static let retentionKind = "auditRetention"
    static let prunedAction = "audit.pruned"

    public func auditRetention() async throws(PlumbError) -> AuditRetention {
        try await records(Self.retentionKind, as: AuditRetention.self)["audit"] ?? AuditRetention()
    }

    /// Changes the retention, as its mode allows; a refusal is an entry of the log as well.
    public func changeRetention(
        by actor: String, at now: Double,
        _ change: (AuditRetention) throws(PlumbError) -> AuditRetention
    ) async throws(PlumbError) -> AuditRetention {
        let old = try await auditRetention()
        var entry = AuditEntry(at: now, actor: actor, action: "audit.retention", subject: "audit")
        do throws(PlumbError) {
            let new = try change(old)
            entry.details = [
                "mode": new.mode.rawValue, "days": "\(new.days)", "before": "\(old.mode.rawValue), \(old.days) days",
            ]
            entry.details["legalHold"] = new.legalHold
            try await save(Self.retentionKind, ["audit": new], audit: [entry])
            return new
        } catch {
            guard error.kind == .refused else { throw error }
            entry.outcome = .denied
            entry.details = ["reason": error.message]
            try await append([entry])
            throw error
        }
    }

    /// Removes whole bundles of entries that the retention releases, and answers how many entries those are.
    ///
    /// Their hashes stay: proofs of other entries, and of the log's growth, are what they were.
    public func pruneAudit(by actor: String, at now: Double) async throws(PlumbError) -> Int {
        var retention = try await auditRetention()
        let first = retention.minimumIndex / TilePath.width
        let expired = retention.expiredBundles(at: now, latest: try latestTimes(from: first))
        let end = (first + expired) * TilePath.width
        let count = end - retention.minimumIndex
        retention.prune(to: end)
        var entries: [AuditEntry] = []
        if count > 0 {
            entries.append(
                AuditEntry(
                    at: now, actor: actor, action: Self.prunedAction, subject: "audit",
                    details: ["before": "\(end)", "entries": "\(count)"]))
        }
        // On record before anything goes: a bundle that is missing without this entry was taken out.
        try await save(Self.retentionKind, ["audit": retention], audit: entries)
        for index in first..<(first + expired) {
            let path = "\(folder)/\(Self.auditFolderName)/\(TilePath.path(nil, index))"
            // One that is gone already was removed before a crash.
            try? FileManager.default.removeItem(atPath: path)
        }
        return count
    }

    /// For each full bundle from `first` on, the latest time of its entries and of those before.
    private func latestTimes(from first: Int) throws(PlumbError) -> [Double] {
        struct Time: Decodable { var at: Double }
        let (reader, size) = (reader, log.size)
        var latest = 0.0
        var times: [Double] = []
        for bundle in first..<max(first, size / TilePath.width) {
            for entry in try TileReader(disk: reader.disk, size: size).entries(bundle) {
                do {
                    latest = max(latest, try JSONDecoder().decode(Time.self, from: entry).at)
                } catch {
                    throw PlumbError(.internalFault, "an audit entry of bundle \(bundle) is damaged", cause: error)
                }
            }
            times.append(latest)
        }
        return times
    }
}
