// The state as the shipments of a backup give it, one after the other.

import Foundation
import PlumbModel

/// What was taken from shipments so far.
struct GatheredState {
    private(set) var records: [String: [String: Data]] = [:]
    private(set) var files: [String: Data] = [:]
    private(set) var bundles = 0
    /// Audit entries after the whole bundles.
    private(set) var tail: [Data] = []
    private(set) var checkpoint = ""
    private(set) var shipment = 0
    private(set) var at = 0.0
    var notes: [String] = []

    /// Takes the next shipment: its audit entries, and its records where it is not younger than `time`.
    mutating func take(_ next: Shipment, at time: Double? = nil) throws(PlumbError) {
        if next.isSnapshot {
            bundles = next.firstEntry / TilePath.width
            tail = next.entries
        } else {
            let known = bundles * TilePath.width + tail.count
            guard next.firstEntry == known else {
                throw PlumbError(
                    .internalFault, "the backup's audit entries from \(known) to \(next.firstEntry) are missing")
            }
            tail += next.entries
        }
        checkpoint = next.checkpoint
        guard next.at <= time ?? .infinity else { return }
        if next.isSnapshot { records = [:] }
        for change in next.changes { records[change.kind, default: [:]][change.key] = change.body }
        files.merge(next.files) { $1 }
        (shipment, at) = (next.number, next.at)
    }

    /// Throws `internalFault` where a log of that size and root is not the one that was signed.
    func check(_ root: TreeHash, _ size: Int, by verifier: NoteVerifier) throws(PlumbError) {
        let checkpoint = try AuditReader.checkpoint(checkpoint, by: verifier)
        guard checkpoint.size == size, checkpoint.root == root else {
            throw PlumbError(
                .internalFault,
                "the backup's audit entries are not those of its signed checkpoint of \(checkpoint.size) entries",
                hint: "another backup, or an older time (--at), may be whole")
        }
    }
}
