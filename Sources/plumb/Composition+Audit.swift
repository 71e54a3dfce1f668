// The audit log as commands read, prove and check it.

import Foundation
import PlumbModel
import PlumbStore

extension Composition {
    /// Which entries are asked for; nil asks for any.
    struct AuditFilter {
        var actor: String?
        var action: String?
        var endpoint: String?
        var outcome: AuditEntry.Outcome?
        var since: Double?
        var until: Double?

        func isMet(by entry: AuditEntry) -> Bool {
            let subject = endpoint.map { "endpoint/\($0)" }
            return (actor ?? entry.actor) == entry.actor && (outcome ?? entry.outcome) == entry.outcome
                && (action.map { entry.action == $0 || entry.action.hasPrefix("\($0).") } ?? true)
                && (subject.map { entry.subject == $0 || entry.subject.hasPrefix("\($0)/") } ?? true)
                && entry.at >= (since ?? -.infinity) && entry.at <= (until ?? .infinity)
        }
    }

    /// An entry and its number in the log.
    struct NumberedEntry: Encodable {
        var index: Int
        var entry: AuditEntry

        private enum Key: CodingKey { case index }

        /// The number stands among the entry's own keys.
        func encode(to encoder: any Encoder) throws {
            try entry.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(index, forKey: .index)
        }
    }

    /// The newest entries that are asked for, oldest first. The log's files are read, whether an engine runs or not.
    static func auditEntries(in home: String, limit: Int, filter: AuditFilter) throws -> [NumberedEntry] {
        try AuditReader(home: home).newest(limit) { filter.isMet(by: $0) }
            .map { NumberedEntry(index: $0.index, entry: $0.entry) }
    }

    /// The newest checkpoint with its signature.
    static func auditCheckpoint(in home: String) throws -> String { try AuditReader(home: home).checkpoint().note }

    /// What a check of the audit log found.
    struct AuditVerdict: Encodable {
        var entries: Int
        var root: String
        var log: String
        /// The size of the older checkpoint that the log was held to; the oldest of many.
        var since: Int?
        /// How many checkpoints that were kept elsewhere it was held to.
        var checkpoints: Int
    }

    /// Recomputes the whole log; `kept` is the file of a checkpoint that was kept elsewhere, `anchor` a place of many.
    static func verifyAudit(
        in home: String, since kept: String?, anchor: String?, key: String?
    ) async throws -> AuditVerdict {
        let reader = try AuditReader(home: home, key: try key.map(keyText))
        var older = try kept.map { [try AuditReader.checkpoint(try text(of: $0), by: reader.verifier)] } ?? []
        if let anchor {
            older += try await withPlace(placeAddress(anchor)) { try await reader.anchors(in: $0) }
        }
        let newest = try reader.verify(against: older)
        return AuditVerdict(
            entries: newest.size, root: newest.rootText, log: newest.origin, since: older.map(\.size).min(),
            checkpoints: older.count)
    }

    /// What a proof proves.
    struct ProofVerdict: Encodable {
        var index: Int
        var entry: String
        var entries: Int
        var log: String
    }

    /// Checks a proof with nothing but the log's key.
    static func verifyProof(_ path: String, in home: String, key: String?) throws -> ProofVerdict {
        let verifier: NoteVerifier
        if let key {
            verifier = try NoteVerifier(keyText(key))
        } else {
            verifier = try AuditReader(home: home).verifier
        }
        let proof = try AuditProof(text(of: path))
        let checkpoint = try proof.verify(by: verifier)
        return ProofVerdict(
            index: proof.index, entry: String(decoding: proof.entry, as: UTF8.self), entries: checkpoint.size,
            log: checkpoint.origin)
    }

    static func proof(ofEntry index: Int, in home: String) throws -> String {
        try AuditReader(home: home).proof(of: index).text
    }

    /// The proof that the log grew out of an older checkpoint, which is checked before it is given away.
    static func growthProof(since kept: String, in home: String) throws -> String {
        let reader = try AuditReader(home: home)
        let older = try AuditReader.checkpoint(try text(of: kept), by: reader.verifier)
        let (note, newer) = try reader.checkpoint()
        let proof = try reader.consistency(from: older.size, to: newer.size)
        try proof.verify(from: older, to: newer)
        return proof.text + "\n" + note
    }

    /// What is asked of the retention; nil leaves it as it is.
    struct RetentionWish {
        var isCompliance: Bool?
        var days: Int?
        var legalHold: String?
        var releasesHold = false
        var bypassesGovernance = false

        var isNone: Bool { isCompliance == nil && days == nil && legalHold == nil && !releasesHold }
    }

    /// The retention of a log that no engine holds, changed as asked, in words.
    static func retention(in home: String, _ wish: RetentionWish, by actor: String) async throws -> String {
        let store = try await unsealedStore(in: home)
        var retention = try await store.auditRetention()
        if !wish.isNone {
            retention = try await store.changeRetention(by: actor, at: Date().timeIntervalSince1970) {
                old throws(PlumbError) in
                var new = try old.changed(
                    mode: wish.isCompliance.map { $0 ? .compliance : .governance }, days: wish.days,
                    bypassGovernance: wish.bypassesGovernance)
                if let reason = wish.legalHold { new.legalHold = reason }
                if wish.releasesHold { new.legalHold = nil }
                return new
            }
        }
        try store.close()
        let hold = retention.legalHold.map { ", held: \($0)" } ?? ""
        let pruned = "entries before \(retention.minimumIndex) are pruned"
        return "\(retention.mode.rawValue), \(retention.days) days\(hold); \(pruned)"
    }

    /// The state of a folder that no engine holds, with the key ring that its records are sealed with.
    private static func unsealedStore(in home: String) async throws -> Store {
        let store = try Store(folder: home)
        try await store.seal(
            with: Vault(
                folder: home, at: Date().timeIntervalSince1970, passphrase: passphrase()))
        return store
    }

    /// Prunes what the retention releases; answers how many entries went.
    static func pruneAudit(in home: String, by actor: String) async throws -> Int {
        let store = try await unsealedStore(in: home)
        let count = try await store.pruneAudit(by: actor, at: Date().timeIntervalSince1970)
        try store.close()
        return count
    }

    /// One look of a witness at the log; the cosigned checkpoint.
    static func witness(_ home: String, folder: String, name: String) throws -> String {
        try AuditWitness(folder: folder, name: name)
            .look(at: try AuditReader(home: home), now: Date().timeIntervalSince1970)
    }

    /// Writes the log as CloudTrail writes its own.
    static func exportCloudTrail(
        of home: String, account: String, region: String, trail: String, bucket: String, prefix: String,
        to output: String
    ) throws -> CloudTrailExport.Report {
        let trail = CloudTrailExport.Trail(
            account: account, region: region, name: trail, bucket: bucket, prefix: prefix)
        return try CloudTrailExport.write(
            home, as: trail, to: URL(fileURLWithPath: output).standardizedFileURL.path,
            at: Date().timeIntervalSince1970)
    }

    /// A key that is written out, or lies in a file.
    private static func keyText(_ key: String) throws -> String { FileKind(key) == nil ? key : try text(of: key) }

    static func text(of path: String) throws -> String {
        let bytes = try Input.contents(of: path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PlumbError(.invalidInput, "\(path) is not UTF-8 text")
        }
        return text
    }
}
