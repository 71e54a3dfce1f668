// Proofs that fit in a text file: that an entry is in the log (C2SP tlog-proof), and that one tree grew from another.

public import Foundation
public import PlumbModel

/// That one entry is in the log; whoever has the log's key can check it anywhere.
public struct AuditProof: Sendable {
    public let index: Int
    /// The entry's bytes; the format calls them extra, and the proof proves just them.
    public let entry: Data
    let hashes: [TreeHash]
    /// The signed checkpoint, with whatever cosignatures it bears.
    public let note: String
    private static let head = "c2sp.org/tlog-proof@v1"
    private static let hashesMax = 63

    init(index: Int, entry: Data, hashes: [TreeHash], note: String) {
        self.index = index
        self.entry = entry
        self.hashes = hashes
        self.note = note
    }

    /// Reads a proof's text. Throws `invalidInput` for what is none.
    public init(_ text: String) throws(PlumbError) {
        let objection = PlumbError(
            .invalidInput, "this is no proof of an audit entry", hint: "plumb audit prove ENTRY makes one")
        guard let blank = text.range(of: "\n\n") else { throw objection }
        var lines = text[..<blank.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst() == Self.head[...], let extra = lines.popFirst(), extra.hasPrefix("extra "),
            let entry = Data(base64Encoded: String(extra.dropFirst(6))), let number = lines.popFirst(),
            number.hasPrefix("index "), let index = Int(number.dropFirst(6)), "index \(index)" == number,
            lines.count <= Self.hashesMax
        else { throw objection }
        var hashes: [TreeHash] = []
        for line in lines {
            guard let hash = Data(base64Encoded: String(line)), hash.count == MerkleTree.hashBytes else {
                throw objection
            }
            hashes.append(TreeHash(hash))
        }
        self.init(index: index, entry: entry, hashes: hashes, note: String(text[blank.upperBound...]))
    }

    public var text: String {
        var lines = [Self.head, "extra \(entry.base64EncodedString())", "index \(index)"]
        lines += hashes.map { Data($0).base64EncodedString() }
        return lines.joined(separator: "\n") + "\n\n" + note
    }

    /// What the log's signed checkpoint says, once the proof is found to lead to it.
    public func verify(by verifier: NoteVerifier) throws(PlumbError) -> Checkpoint {
        let checkpoint = try AuditReader.checkpoint(note, by: verifier)
        guard
            MerkleTree.isIncluded(
                MerkleTree.leaf(entry), at: index, size: checkpoint.size, root: checkpoint.root, proof: hashes)
        else {
            throw PlumbError(
                .refused, "the proof does not lead from this entry to the checkpoint: one of them was changed")
        }
        return checkpoint
    }
}

/// That the tree of one checkpoint is the beginning of a later one's.
public struct ConsistencyProof: Sendable {
    public let old: Int
    public let new: Int
    let hashes: [TreeHash]

    /// One line a hash, as witnesses take them (C2SP tlog-witness).
    public var text: String {
        "old \(old)\n" + hashes.map { Data($0).base64EncodedString() + "\n" }.joined()
    }

    public func verify(from older: Checkpoint, to newer: Checkpoint) throws(PlumbError) {
        guard older.size == old, newer.size == new, older.origin == newer.origin,
            MerkleTree.isConsistent(
                from: older.size, older.root, to: newer.size, newer.root, proof: hashes)
        else {
            throw PlumbError(
                .refused,
                "the log of \(newer.size) entries did not grow out of that of \(older.size): it was rewritten or forked"
            )
        }
    }
}

extension AuditReader {
    /// The proof that entry `index` is in the log as it is now.
    public func proof(of index: Int) throws(PlumbError) -> AuditProof {
        let entry = try entry(index)
        let (note, checkpoint) = try checkpoint()
        do {
            let hashes = try MerkleTree.inclusionProof(
                of: index, size: checkpoint.size, in: TileReader(disk: disk, size: checkpoint.size))
            return AuditProof(index: index, entry: entry, hashes: hashes, note: note)
        } catch {
            throw PlumbError(.internalFault, "entry \(index) cannot be proven", cause: error)
        }
    }

    /// The proof that the tree of `old` entries is the beginning of that of `new`.
    public func consistency(from old: Int, to new: Int) throws(PlumbError) -> ConsistencyProof {
        let size = try checkpoint().checkpoint.size
        guard 0 <= old, old <= new, new <= size else {
            throw PlumbError(.invalidInput, "the log has \(size) entries: it cannot have grown from \(old) to \(new)")
        }
        do {
            let hashes = try MerkleTree.consistencyProof(
                from: old, to: new, in: TileReader(disk: disk, size: size))
            return ConsistencyProof(old: old, new: new, hashes: hashes)
        } catch {
            throw PlumbError(.internalFault, "the growth from \(old) to \(new) cannot be proven", cause: error)
        }
    }
}
