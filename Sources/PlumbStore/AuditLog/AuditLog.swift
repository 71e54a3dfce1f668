// The audit log on disk: every entry a leaf of a Merkle tree, the tree's root signed, in files that others can check.

import Foundation
import PlumbModel
import Synchronization

/// Writes entries to tiles and signs a checkpoint for each group of them.
///
/// The store hands over entries that are durable in its own file already, in order, and forgets them once they are
/// below `durableSize`: full tiles and bundles are synced, partial ones and the checkpoint can be made again from what
/// the store still has. So one sync, the store's, is all that an acknowledgement waits for.
final class AuditLog: Sendable {
    private struct State {
        var edge: TreeEdge
        /// The entries of the bundle that is not full.
        var bundle: [Data]
        var checkpoint: String
    }
    /// What was found when the log was opened.
    struct Opening {
        var log: AuditLog
        /// The log's last entries, as far as they are not durable in it and the store did not have them.
        var adopted: [Data]
        /// What was mended, in words.
        var notes: [String]
    }
    static let entryBytesMax = 60_000

    private let disk: any LogDisk
    private let signer: NoteSigner
    private let state: Mutex<State>

    private init(disk: any LogDisk, signer: NoteSigner, state: State) {
        self.disk = disk
        self.signer = signer
        self.state = Mutex(state)
    }

    var size: Int { state.withLock { $0.edge.size } }
    var root: TreeHash { state.withLock { $0.edge.root } }
    /// Entries below this are durable in the log itself.
    var durableSize: Int { state.withLock { $0.edge.size - $0.bundle.count } }
    var checkpoint: String { state.withLock { $0.checkpoint } }
    var verifier: NoteVerifier { signer.verifier }

    // MARK: - Opening

    /// Opens the log over the store's last `entries`, the first of which is number `base`.
    ///
    /// Throws `internalFault` when the tiles, the checkpoint and the entries do not belong together.
    static func open(
        on disk: any LogDisk, signer: NoteSigner, base: Int, entries: [Data]
    ) throws(PlumbError) -> Opening {
        guard base % TilePath.width == 0 else {
            throw PlumbError(.internalFault, "the audit entries before number \(base) are gone from the store")
        }
        var notes: [String] = []
        let known = base + entries.count
        let published = try publishedCheckpoint(on: disk, signer: signer)
        var (start, rest, adopted) = (base, entries, [Data]())
        if let published, published.size > known {
            // The store is older than the log, as after a restore: it goes on from where the log is.
            try checkOverlap(of: entries, from: base, with: published, on: disk)
            start = max(base, published.size / TilePath.width * TilePath.width)
            rest = Array(entries.dropFirst(start - base))
            adopted = try entriesAhead(of: start + rest.count, in: published, on: disk)
            rest += adopted
            notes.append("took \(published.size - known) audit entries over from the log: the store did not have them")
        } else if let published, known > published.size {
            notes.append("published \(known - published.size) audit entries that were written down already")
        }
        var state = State(edge: try rebuiltEdge(on: disk, size: start), bundle: [], checkpoint: "")
        if let published { try check(published, base: start, edge: state.edge, entries: rest, on: disk) }
        let log = AuditLog(disk: disk, signer: signer, state: state)
        // The partial files may be torn, so they are made again even when nothing is new.
        try log.integrate(rest, into: &state)
        log.state.withLock { $0 = state }
        return Opening(log: log, adopted: adopted, notes: notes)
    }

    /// The tree's right edge, from full tiles alone.
    private static func rebuiltEdge(on disk: any LogDisk, size: Int) throws(PlumbError) -> TreeEdge {
        let reader = TileReader(disk: disk, size: size)
        var levels: [[TreeHash]] = [[]]
        for level in 1..<TilePath.levelsMax where size >> (8 * level) > 0 {
            let count = size >> (8 * level)
            var hashes: [TreeHash] = []
            for index in (count - count % TilePath.width)..<count {
                hashes.append(MerkleTree.perfectRoot(try reader.hashes(level - 1, index)[...]))
            }
            levels.append(hashes)
        }
        return TreeEdge(size: size, levels: levels)
    }

    /// Nil when there is none, or when it was torn by a loss of power.
    private static func publishedCheckpoint(
        on disk: any LogDisk, signer: NoteSigner
    ) throws(PlumbError) -> Checkpoint? {
        guard let bytes = disk.read(TilePath.checkpoint), !bytes.isEmpty else { return nil }
        do throws(PlumbError) {
            let note = try SignedNote(String(decoding: bytes, as: UTF8.self))
            try note.verify(by: signer.verifier)
            return try Checkpoint(note.text)
        } catch {
            throw PlumbError(
                .internalFault, "the audit log's checkpoint is not this engine's: \(error.message)",
                hint: "plumb audit verify says more; plumb restore brings back what was", cause: error)
        }
    }

    /// What the store still has must be what the log has in its place.
    private static func checkOverlap(
        of entries: [Data], from base: Int, with published: Checkpoint, on disk: any LogDisk
    ) throws(PlumbError) {
        guard !entries.isEmpty else { return }
        let ahead = try entriesAhead(of: base, in: published, on: disk)
        guard let other = zip(entries, ahead).enumerated().first(where: { $0.element.0 != $0.element.1 }) else {
            return
        }
        throw PlumbError(
            .internalFault, "audit entry \(base + other.offset) is another in the state than in the audit log",
            hint: "plumb restore brings back both as they belong together")
    }

    private static func entriesAhead(
        of known: Int, in published: Checkpoint, on disk: any LogDisk
    ) throws(PlumbError) -> [Data] {
        guard known < published.size else { return [] }
        let reader = TileReader(disk: disk, size: published.size)
        var entries: [Data] = []
        for index in (known / TilePath.width)...((published.size - 1) / TilePath.width) {
            let bundle = try reader.entries(index)
            entries += bundle.dropFirst(max(0, known - index * TilePath.width))
        }
        return entries.map { Data($0) }
    }

    /// What was published must be the beginning of what there is.
    private static func check(
        _ published: Checkpoint, base: Int, edge: TreeEdge, entries: [Data], on disk: any LogDisk
    ) throws(PlumbError) {
        let root: TreeHash
        if published.size <= base {
            do {
                root = try MerkleTree.root(
                    0, published.size, of: FullTileReader(reader: TileReader(disk: disk, size: base)))
            } catch {
                throw PlumbError(.internalFault, "the audit log cannot be opened", cause: error)
            }
        } else {
            var edge = edge
            for entry in entries.prefix(published.size - base) { _ = edge.append(MerkleTree.leaf(entry)) }
            root = edge.root
        }
        guard root == published.root else {
            throw PlumbError(
                .internalFault,
                "the audit log is not what its checkpoint of \(published.size) entries says: it was changed",
                hint: "plumb audit verify names the entry; plumb restore brings back what was")
        }
    }

    // MARK: - Appending

    /// Takes entries in and publishes the tree that they make; they must be durable elsewhere already.
    ///
    /// When it throws, nothing was taken in, and the same entries have to come again.
    func append(_ entries: [Data]) throws(PlumbError) {
        guard !entries.isEmpty else { return }
        let outcome: Result<Void, PlumbError> = state.withLock { state in
            var next = state
            do throws(PlumbError) {
                try integrate(entries, into: &next)
            } catch {
                return .failure(error)
            }
            state = next
            return .success(())
        }
        try outcome.get()
    }

    private func integrate(_ entries: [Data], into state: inout State) throws(PlumbError) {
        var filled: [(level: Int?, index: Int)] = []
        for entry in entries {
            let tiles = state.edge.append(MerkleTree.leaf(entry))
            state.bundle.append(entry)
            guard let lowest = tiles.first else { continue }
            for tile in tiles {
                try disk.write(
                    Data(tile.hashes.joined()), to: TilePath.path(tile.level, tile.index), durable: true)
                filled.append((tile.level, tile.index))
            }
            try disk.write(
                EntryBundle.bytes(state.bundle), to: TilePath.path(nil, lowest.index), durable: true)
            filled.append((nil, lowest.index))
            state.bundle = []
        }
        try publish(&state)
        for tile in filled { try disk.removeFolder(TilePath.partials(tile.level, tile.index)) }
    }

    /// Writes what is not full, and the checkpoint last.
    private func publish(_ state: inout State) throws(PlumbError) {
        let size = state.edge.size
        for (level, hashes) in state.edge.levels.enumerated() where !hashes.isEmpty {
            let path = TilePath.path(level, (size >> (8 * level)) / TilePath.width, width: hashes.count)
            let bytes = Data(hashes.joined())
            // Upper levels change once in 256 entries.
            if level == 0 || disk.read(path) != bytes { try disk.write(bytes, to: path, durable: false) }
        }
        if !state.bundle.isEmpty {
            try disk.write(
                EntryBundle.bytes(state.bundle),
                to: TilePath.path(nil, size / TilePath.width, width: state.bundle.count), durable: false)
        }
        let text = Checkpoint(origin: signer.name, size: size, root: state.edge.root).text
        let note = "\(text)\n\(try signer.signatureLine(for: text))"
        try disk.write(Data(note.utf8), to: TilePath.checkpoint, durable: false)
        state.checkpoint = note
    }
}
