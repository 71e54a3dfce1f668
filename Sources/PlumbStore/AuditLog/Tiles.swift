// The log's files in the form of C2SP tlog-tiles: where they lie, how they are read, and the disk beneath them.

import Foundation
import PlumbModel

/// Where a tile or a bundle of entries lies, below the log's folder.
enum TilePath {
    /// Hashes in a full tile, entries in a full bundle.
    static let width = 256
    static let checkpoint = "checkpoint"
    /// Levels of tiles that a log of 2^62 entries has.
    static let levelsMax = 8

    /// `tile/0/x001/234.p/7`; a level of nil is the bundles'.
    static func path(_ level: Int?, _ index: Int, width: Int = width) -> String {
        folder(level, index) + (width == Self.width ? "" : ".p/\(width)")
    }

    /// The folder of a tile's partial forms.
    static func partials(_ level: Int?, _ index: Int) -> String { folder(level, index) + ".p" }

    private static func folder(_ level: Int?, _ index: Int) -> String {
        var parts = [three(index % 1000)]
        var rest = index / 1000
        while rest > 0 {
            parts.insert("x" + three(rest % 1000), at: 0)
            rest /= 1000
        }
        return "tile/\(level.map(String.init) ?? "entries")/" + parts.joined(separator: "/")
    }

    private static func three(_ number: Int) -> String {
        String(repeating: "0", count: 3 - String(number).count) + String(number)
    }

    /// How many hashes the tile has in a tree of `size` leaves.
    static func width(_ level: Int, _ index: Int, size: Int) -> Int {
        let hashes = size >> (8 * level)
        return min(width, max(0, hashes - index * width))
    }
}

/// Entries of a bundle, each after its length in two bytes.
enum EntryBundle {
    static func bytes(_ entries: [Data]) -> Data {
        var bytes = Data(capacity: entries.reduce(0) { $0 + $1.count + 2 })
        for entry in entries {
            bytes.append(UInt8(truncatingIfNeeded: entry.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: entry.count))
            bytes.append(entry)
        }
        return bytes
    }

    /// The whole entries that stand at the beginning; what is cut off at the end is left out.
    static func entries(_ bytes: Data) -> [Data] {
        var entries: [Data] = []
        var place = bytes.startIndex
        while place + 2 <= bytes.endIndex {
            let end = place + 2 + (Int(bytes[place]) << 8 | Int(bytes[place + 1]))
            guard end <= bytes.endIndex else { break }
            entries.append(bytes[(place + 2)..<end])
            place = end
        }
        return entries
    }
}

/// Files by name below one folder. Tests put one in its place that loses what was not synced.
protocol LogDisk: Sendable {
    func read(_ path: String) -> Data?
    /// The old content or the new, never a part; durable on return only where that is asked for.
    func write(_ data: Data, to path: String, durable: Bool) throws(PlumbError)
    func removeFolder(_ path: String) throws(PlumbError)
}

/// The real one.
struct FolderDisk: LogDisk {
    let folder: String

    func read(_ path: String) -> Data? { FileManager.default.contents(atPath: "\(folder)/\(path)") }

    func write(_ data: Data, to path: String, durable: Bool) throws(PlumbError) {
        let parent = ("\(folder)/\(path)" as NSString).deletingLastPathComponent
        if !FileManager.default.fileExists(atPath: parent) {
            try AtomicFile.makeFolder(parent)
            // The new folders' names have to outlive a loss of power as well.
            var made = parent
            while durable, made.count > folder.count {
                try AtomicFile.syncFolder(of: made)
                made = (made as NSString).deletingLastPathComponent
            }
        }
        try AtomicFile.write(data, to: "\(folder)/\(path)", durable: durable)
    }

    func removeFolder(_ path: String) throws(PlumbError) {
        guard FileManager.default.fileExists(atPath: "\(folder)/\(path)") else { return }
        do {
            try FileManager.default.removeItem(atPath: "\(folder)/\(path)")
        } catch {
            throw PlumbError(.internalFault, "cannot remove \(folder)/\(path)", cause: error)
        }
    }
}

/// Reads the tiles of a tree of one size.
struct TileReader: SubtreeSource {
    let disk: any LogDisk
    let size: Int

    /// The hashes of a tile as far as this tree goes. Throws `internalFault` when they are not there.
    func hashes(_ level: Int, _ index: Int) throws(PlumbError) -> [TreeHash] {
        let width = TilePath.width(level, index, size: size)
        let path = TilePath.path(level, index, width: width)
        // A full tile takes the place of its partial forms.
        let found = disk.read(path) ?? disk.read(TilePath.path(level, index))
        guard let bytes = found, bytes.count >= width * MerkleTree.hashBytes else {
            throw PlumbError(
                .internalFault, "the audit log's \(path) is \(found == nil ? "gone" : "cut short")",
                hint: "restore it from a backup: plumb restore")
        }
        return (0..<width).map { place in
            let start = bytes.startIndex + place * MerkleTree.hashBytes
            return TreeHash(bytes[start..<(start + MerkleTree.hashBytes)])
        }
    }

    /// Entries of one bundle as far as this tree goes; fewer where the file ends before.
    func entries(_ index: Int) throws(PlumbError) -> [Data] {
        let width = min(TilePath.width, size - index * TilePath.width)
        let path = TilePath.path(nil, index, width: width)
        guard let bytes = disk.read(path) ?? disk.read(TilePath.path(nil, index)) else {
            throw PlumbError(
                .internalFault, "the audit log's \(path) is gone: entries from \(index * TilePath.width) on",
                hint: "restore it from a backup: plumb restore")
        }
        return Array(EntryBundle.entries(bytes).prefix(width))
    }

    func hash(height: Int, index: Int) throws -> TreeHash {
        let (level, inner) = (height / 8, height % 8)
        let first = index << inner
        let hashes = try hashes(level, first / TilePath.width)
        let start = first % TilePath.width
        guard start + 1 << inner <= hashes.count else {
            throw PlumbError(.internalFault, "a tree of \(size) entries has no subtree \(index) of height \(height)")
        }
        return MerkleTree.perfectRoot(hashes[start..<(start + 1 << inner)])
    }
}

/// The subtrees of a tree as its full tiles alone give them: partial ones may be torn by a loss of power.
struct FullTileReader: SubtreeSource {
    let reader: TileReader

    func hash(height: Int, index: Int) throws -> TreeHash {
        let (level, inner) = (height / 8, height % 8)
        let tile = (index << inner) / TilePath.width
        if level == 0 || TilePath.width(level, tile, size: reader.size) == TilePath.width {
            return try reader.hash(height: height, index: index)
        }
        guard inner > 0 else { return MerkleTree.perfectRoot(try reader.hashes(level - 1, index)[...]) }
        return MerkleTree.node(
            try hash(height: height - 1, index: 2 * index), try hash(height: height - 1, index: 2 * index + 1))
    }
}
