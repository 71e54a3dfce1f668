// Reads and checks an audit log from its files alone, whether an engine runs on them or not.

public import Foundation
public import PlumbModel

/// An audit log that somebody else writes.
public struct AuditReader: Sendable {
    let disk: any LogDisk
    /// Whose signature the checkpoints must bear.
    public let verifier: NoteVerifier

    /// Opens the log of an engine's folder. The key is `audit.pub` there, unless a kept one is given.
    ///
    /// Throws `notFound` when there is no log.
    public init(home: String, key: String? = nil) throws(PlumbError) {
        let path = "\(home)/\(Store.auditKeyName)"
        guard let text = key ?? FileManager.default.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) })
        else {
            throw PlumbError(
                .notFound, "there is no audit log in \(home) (\(path) is not there)",
                hint: "--home or PLUMB_HOME names the engine's folder")
        }
        self.init(disk: FolderDisk(folder: "\(home)/\(Store.auditFolderName)"), verifier: try NoteVerifier(text))
    }

    init(disk: any LogDisk, verifier: NoteVerifier) {
        self.disk = disk
        self.verifier = verifier
    }

    /// The newest checkpoint as it is on disk, and what it says; its signature is checked.
    public func checkpoint() throws(PlumbError) -> (note: String, checkpoint: Checkpoint) {
        guard let bytes = disk.read(TilePath.checkpoint) else {
            throw PlumbError(.notFound, "the audit log has no checkpoint")
        }
        let note = String(decoding: bytes, as: UTF8.self)
        return (note, try Self.checkpoint(note, by: verifier))
    }

    /// What a signed checkpoint says. Throws `refused` when this log's key did not sign it.
    public static func checkpoint(_ note: String, by verifier: NoteVerifier) throws(PlumbError) -> Checkpoint {
        let signed = try SignedNote(note)
        try signed.verify(by: verifier)
        let checkpoint = try Checkpoint(signed.text)
        guard checkpoint.origin == verifier.name else {
            throw PlumbError(.refused, "the checkpoint is of another log, \(checkpoint.origin)")
        }
        return checkpoint
    }

    /// One entry's bytes.
    public func entry(_ index: Int) throws(PlumbError) -> Data {
        let size = try checkpoint().checkpoint.size
        guard index >= 0, index < size else {
            throw PlumbError(
                .notFound, "the audit log has no entry \(index)",
                hint: size == 0 ? "it is empty" : "it has the entries 0 to \(size - 1)")
        }
        let entries = try TileReader(disk: disk, size: size).entries(index / TilePath.width)
        guard index % TilePath.width < entries.count else { throw Self.changed(index) }
        return entries[index % TilePath.width]
    }

    /// The newest entries that `isMeant` names, newest last, with their numbers; at most `limit`.
    ///
    /// Every such entry holds all of `words` as they are written in JSON: those without are not even read.
    public func newest(
        _ limit: Int, holding words: [String] = [], where isMeant: (AuditEntry) -> Bool = { _ in true }
    ) throws(PlumbError) -> [(index: Int, entry: AuditEntry)] {
        let needles = words.map { Data($0.utf8) }
        // The writer may replace a partial bundle between two looks; the checkpoint then names the next.
        for _ in 1..<Self.attemptsMax {
            do throws(PlumbError) { return try newestNow(limit, needles, where: isMeant) } catch { continue }
        }
        return try newestNow(limit, needles, where: isMeant)
    }

    static let attemptsMax = 3

    private func newestNow(
        _ limit: Int, _ needles: [Data], where isMeant: (AuditEntry) -> Bool
    ) throws(PlumbError) -> [(index: Int, entry: AuditEntry)] {
        let size = try checkpoint().checkpoint.size
        let reader = TileReader(disk: disk, size: size)
        var found: [(index: Int, entry: AuditEntry)] = []
        var bundle = (size + TilePath.width - 1) / TilePath.width - 1
        while bundle >= 0, found.count < limit {
            let isFull = (bundle + 1) * TilePath.width <= size
            // Nothing older is there; that it was pruned, and not taken out, is for `verify` to say.
            if isFull, disk.read(TilePath.path(nil, bundle)) == nil { break }
            for (place, bytes) in try reader.entries(bundle).enumerated().reversed() where found.count < limit {
                guard needles.allSatisfy(bytes.contains) else { continue }
                let index = bundle * TilePath.width + place
                do {
                    let entry = try JSONDecoder().decode(AuditEntry.self, from: bytes)
                    if isMeant(entry) { found.append((index, entry)) }
                } catch {
                    throw PlumbError(.internalFault, "audit entry \(index) is damaged", cause: error)
                }
            }
            bundle -= 1
        }
        return found.reversed()
    }

    static func changed(_ index: Int) -> PlumbError {
        PlumbError(
            .internalFault, "audit entry \(index) is not what was written: it was changed, moved or taken out",
            hint: "entries before it are whole; compare with a backup (plumb restore --dry-run)")
    }

    // MARK: - The whole log

    /// Recomputes the tree from every entry and compares it with every tile, the checkpoint, and a checkpoint kept
    /// elsewhere; answers the newest checkpoint.
    ///
    /// Throws `internalFault` that names the first entry that does not fit, or the first that is gone.
    @discardableResult
    public func verify(since kept: Checkpoint? = nil) throws(PlumbError) -> Checkpoint {
        try verify(against: kept.map { [$0] } ?? [])
    }

    /// The same, against many checkpoints that were kept elsewhere.
    @discardableResult
    public func verify(against all: [Checkpoint]) throws(PlumbError) -> Checkpoint {
        let newest = try checkpoint().checkpoint
        let kept = Dictionary(grouping: all, by: \.size)
        if let longest = kept.keys.max(), longest > newest.size {
            throw PlumbError(
                .internalFault,
                "the audit log was cut: it has \(newest.size) entries, and had \(longest); entry \(newest.size) is "
                    + "the first that is gone", hint: "plumb restore brings back what was")
        }
        let reader = TileReader(disk: disk, size: newest.size)
        var edge = TreeEdge()
        try Self.compare(kept, edge)
        for bundle in 0..<((newest.size + TilePath.width - 1) / TilePath.width) {
            let entries = try entries(of: bundle, by: reader)
            let hashes = try reader.hashes(0, bundle)
            for (place, hash) in hashes.enumerated() {
                if let entries {
                    guard place < entries.count, MerkleTree.leaf(entries[place]) == hash else {
                        throw Self.changed(bundle * TilePath.width + place)
                    }
                }
                for tile in edge.append(hash) where tile.level > 0 { try compare(tile, with: reader) }
                try Self.compare(kept, edge)
            }
        }
        for (level, hashes) in edge.levels.enumerated().dropFirst() where !hashes.isEmpty {
            let index = (newest.size >> (8 * level)) / TilePath.width
            try compare(TreeEdge.FullTile(level: level, index: index, hashes: hashes), with: reader)
        }
        guard edge.root == newest.root else {
            throw PlumbError(
                .internalFault,
                "the entries and hashes of the audit log were changed together: they are not what its checkpoint of "
                    + "\(newest.size) entries was signed for",
                hint: "--since with an older checkpoint narrows it down; plumb restore brings back what was")
        }
        return newest
    }

    /// Nil for a bundle that was pruned as the log itself tells; its hashes are there.
    func entries(of bundle: Int, by reader: TileReader) throws(PlumbError) -> [Data]? {
        do throws(PlumbError) {
            return try reader.entries(bundle)
        } catch {
            guard try (bundle + 1) * TilePath.width <= prunedBefore() else { throw error }
            return nil
        }
    }

    /// The first entry that is not pruned.
    private func prunedBefore() throws(PlumbError) -> Int {
        let pruning = try newest(1) { $0.action == Store.prunedAction && $0.outcome == .done }.last
        return pruning.flatMap { Int($0.entry.details["before"] ?? "") } ?? 0
    }

    private static func compare(_ all: [Int: [Checkpoint]], _ edge: TreeEdge) throws(PlumbError) {
        guard let kept = all[edge.size]?.first(where: { $0.root != edge.root }) else { return }
        throw PlumbError(
            .internalFault,
            "the audit log was forked: its first \(kept.size) entries are not those of the checkpoint that was kept",
            hint: "one of the two histories is not true; compare the log with its backup")
    }

    private func compare(_ tile: TreeEdge.FullTile, with reader: TileReader) throws(PlumbError) {
        let found = try reader.hashes(tile.level, tile.index)
        guard found != tile.hashes else { return }
        let place = zip(found, tile.hashes).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? found.count
        let first = (tile.index * TilePath.width + place) << (8 * tile.level)
        throw PlumbError(
            .internalFault,
            "the hash over audit entries \(first) to \(first + 1 << (8 * tile.level) - 1) was changed",
            hint: "the entries fit their own hashes; plumb restore brings back the tile")
    }
}
