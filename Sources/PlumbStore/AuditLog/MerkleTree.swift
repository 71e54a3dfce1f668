// The Merkle tree of RFC 6962: hashes of leaves and nodes, proofs, and how they are checked.

import Crypto

/// 32 bytes of SHA-256.
public typealias TreeHash = [UInt8]

/// Whatever can tell the hash of a perfect subtree: 2^`height` leaves from `index` · 2^`height` on.
protocol SubtreeSource {
    func hash(height: Int, index: Int) throws -> TreeHash
}

/// RFC 6962, section 2.1.
enum MerkleTree {
    static let hashBytes = 32
    /// The root of a tree without leaves.
    static let emptyRoot = TreeHash(SHA256.hash(data: [UInt8]()))

    static func leaf(_ entry: some Sequence<UInt8>) -> TreeHash {
        TreeHash(SHA256.hash(data: [0x00] + Array(entry)))
    }

    static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        TreeHash(SHA256.hash(data: [0x01] + left + right))
    }

    /// The root over a number of hashes that is a power of two.
    static func perfectRoot(_ hashes: ArraySlice<TreeHash>) -> TreeHash {
        var row = Array(hashes)
        while row.count > 1 {
            row = stride(from: 0, to: row.count, by: 2).map { node(row[$0], row[$0 + 1]) }
        }
        return row.first ?? emptyRoot
    }

    // MARK: - Making proofs

    /// The hash over the leaves `from..<to`, where `from` begins a subtree.
    static func root(_ from: Int, _ to: Int, of source: some SubtreeSource) throws -> TreeHash {
        let count = to - from
        guard count > 0 else { return emptyRoot }
        let split = leftCount(count)
        guard count > 1, split * 2 != count else {
            return try source.hash(height: count.trailingZeroBitCount, index: from / count)
        }
        return node(try root(from, from + split, of: source), try root(from + split, to, of: source))
    }

    /// From the leaf's sibling up to the root's child.
    static func inclusionProof(of index: Int, size: Int, in source: some SubtreeSource) throws -> [TreeHash] {
        func path(_ from: Int, _ to: Int) throws -> [TreeHash] {
            guard to - from > 1 else { return [] }
            let middle = from + leftCount(to - from)
            return index < middle
                ? try path(from, middle) + [root(middle, to, of: source)]
                : try path(middle, to) + [root(from, middle, of: source)]
        }
        return try path(0, size)
    }

    /// That the tree of `old` leaves is the beginning of the tree of `size` leaves.
    static func consistencyProof(from old: Int, to size: Int, in source: some SubtreeSource) throws -> [TreeHash] {
        func path(_ from: Int, _ to: Int, _ isKnown: Bool) throws -> [TreeHash] {
            guard old != to else { return isKnown ? [] : [try root(from, to, of: source)] }
            let middle = from + leftCount(to - from)
            return old <= middle
                ? try path(from, middle, isKnown) + [root(middle, to, of: source)]
                : try path(middle, to, false) + [root(from, middle, of: source)]
        }
        return old == 0 || old == size ? [] : try path(0, size, true)
    }

    /// The largest power of two below `count`.
    private static func leftCount(_ count: Int) -> Int {
        count < 2 ? 1 : 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    // MARK: - Checking proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2)

    static func isIncluded(
        _ leaf: TreeHash, at index: Int, size: Int, root: TreeHash, proof: [TreeHash]
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var (place, last, hash) = (index, size - 1, leaf)
        for sibling in proof {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                hash = node(sibling, hash)
                while place & 1 == 0 && place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                hash = node(hash, sibling)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    static func isConsistent(
        from old: Int, _ oldRoot: TreeHash, to size: Int, _ root: TreeHash, proof: [TreeHash]
    ) -> Bool {
        guard old >= 0, old <= size else { return false }
        if old == size { return proof.isEmpty && oldRoot == root }
        if old == 0 { return proof.isEmpty && oldRoot == emptyRoot }
        var hashes = proof[...]
        // The old tree is one perfect subtree of the new: its root is known, and left out of the proof.
        if old & (old - 1) == 0 { hashes = [oldRoot] + hashes }
        guard let first = hashes.popFirst() else { return false }
        var (place, last) = (old - 1, size - 1)
        while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
        var (oldHash, newHash) = (first, first)
        for hash in hashes {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                oldHash = node(hash, oldHash)
                newHash = node(hash, newHash)
                while place & 1 == 0 && place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                newHash = node(newHash, hash)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && oldHash == oldRoot && newHash == root
    }
}

/// The right edge of a growing tree: for each level of tiles the hashes of its last tile that is not full.
struct TreeEdge: Sendable {
    /// A tile that has just become full.
    struct FullTile {
        var level: Int
        var index: Int
        var hashes: [TreeHash]
    }
    private(set) var size = 0
    private(set) var levels: [[TreeHash]] = [[]]

    init() {}

    /// The edge of a tree whose full tiles are known.
    init(size: Int, levels: [[TreeHash]]) {
        self.size = size
        self.levels = levels.isEmpty ? [[]] : levels
    }

    /// Adds a leaf; the tiles that it completed, lowest first.
    mutating func append(_ leaf: TreeHash) -> [FullTile] {
        var full: [FullTile] = []
        size += 1
        var hash = leaf
        for level in 0... {
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
            guard levels[level].count == TilePath.width else { break }
            let index = (size >> (8 * (level + 1))) - 1
            hash = MerkleTree.perfectRoot(levels[level][...])
            full.append(FullTile(level: level, index: index, hashes: levels[level]))
            levels[level] = []
        }
        return full
    }

    var root: TreeHash {
        var root: TreeHash?
        for level in levels {
            var end = level.count
            while end > 0 {
                let width = end & -end
                let peak = MerkleTree.perfectRoot(level[(end - width)..<end])
                root = root.map { MerkleTree.node(peak, $0) } ?? peak
                end -= width
            }
        }
        return root ?? MerkleTree.emptyRoot
    }
}
