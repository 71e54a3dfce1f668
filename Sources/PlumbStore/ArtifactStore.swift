// Artefacts by the digest of their content, so that a revision always finds what it was made of.

import Crypto
import Foundation
public import PlumbModel

/// A folder of files named by their SHA-256; what is there is never changed.
public struct ArtifactStore: Sendable {
    private let folder: String
    /// Bytes read at a time while a digest is computed.
    private static let chunkBytes = 1 << 20

    public init(folder: String) throws(PlumbError) {
        self.folder = "\(folder)/artifacts"
        try AtomicFile.makeFolder(self.folder)
    }

    /// Takes in a copy of a file and answers its digest in hex; a kept copy that was changed is made good.
    ///
    /// Throws `notFound` when the file cannot be read.
    public func add(fileAt path: String) throws(PlumbError) -> String {
        let (data, digest) = try Self.read(path)
        try keep(data, digest)
        return digest
    }

    /// Takes in bytes and answers their digest in hex.
    func add(_ data: Data) throws(PlumbError) -> String {
        let digest = Self.digest(of: data)
        try keep(data, digest)
        return digest
    }

    private func keep(_ data: Data, _ digest: String) throws(PlumbError) {
        let kept = path(of: digest)
        guard FileManager.default.contents(atPath: kept) != data else { return }
        try AtomicFile.write(data, to: kept, permissions: 0o400)
    }

    static func digest(of data: Data) -> String { Data(SHA256.hash(data: data)).hexadecimal }

    /// The digest of a file's content in hex. Throws `notFound` when it cannot be read.
    public static func digest(ofFileAt path: String) throws(PlumbError) -> String { try read(path).digest }

    private static func read(_ path: String) throws(PlumbError) -> (data: Data, digest: String) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlumbError(
                .notFound, "the model file \(path) is not there or cannot be read",
                hint: "paths in a spec start from the spec's own folder")
        }
        var hash = SHA256()
        var rest = data[...]
        while !rest.isEmpty {
            hash.update(data: rest.prefix(chunkBytes))
            rest = rest.dropFirst(chunkBytes)
        }
        return (data, Data(hash.finalize()).hexadecimal)
    }

    /// Where the artefact lies; it may have been lost: `verify` tells.
    public func path(of digest: String) -> String { "\(folder)/\(digest)" }

    /// Throws `notFound` when the artefact is gone and `internalFault` when its content is not what its name says. Of a
    /// list of models, every one is looked at.
    public func verify(_ digest: String) throws(PlumbError) {
        guard let data = FileManager.default.contents(atPath: path(of: digest)) else {
            throw PlumbError(.notFound, "the artefact \(digest) is gone from \(folder)")
        }
        let found = Self.digest(of: data)
        guard found == digest else {
            throw PlumbError(.internalFault, "the artefact \(digest) was changed: its content's digest is \(found)")
        }
        for model in Set((ModelList(data)?.digests ?? [:]).values) { try verify(model) }
    }

    /// Removes every artefact that `isNeeded` does not name, nor a list of models that it names.
    public func prune(keeping isNeeded: Set<String>) throws(PlumbError) {
        let isNeeded = isNeeded.reduce(into: isNeeded) { $0.formUnion((models($1)?.digests ?? [:]).values) }
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !isNeeded.contains(name) {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        } catch {
            throw PlumbError(.internalFault, "cannot remove old artefacts from \(folder)", cause: error)
        }
    }
}
