// Artefacts by the digest of their content, sealed, so that a revision always finds what it was made of.

import Crypto
public import Foundation
public import PlumbModel

/// A folder of sealed files named by the SHA-256 of their plain content; what is there is never changed.
///
/// Programs that need a file get a plain one from `ArtifactCopies`.
public struct ArtifactStore: Sendable {
    private let folder: String
    private let vault: Vault
    /// Bytes read at a time while a digest is computed.
    private static let chunkBytes = 1 << 20
    private static let nameCharacters = 64

    /// Opens the folder, and seals what a version that did not has left there, each file whole or not at all.
    public init(folder: String, vault: Vault) throws(PlumbError) {
        self.folder = "\(folder)/artifacts"
        self.vault = vault
        try AtomicFile.makeFolder(self.folder)
        for digest in try names() {
            let bytes = try bytes(of: digest)
            guard !Vault.isSealed(bytes) else { continue }
            // One that was changed stays as it is: `verify` tells, and the file that it came from makes it good.
            if Self.digest(of: bytes) == digest { try write(bytes, digest) }
        }
    }

    /// Takes in a copy of a file and answers its digest in hex; a kept copy that was changed is made good.
    ///
    /// Throws `notFound` when the file cannot be read.
    public func add(fileAt path: String) throws(PlumbError) -> String { try add(Self.read(path)) }

    /// Takes in bytes and answers their digest in hex.
    public func add(_ data: Data) throws(PlumbError) -> String {
        let digest = Self.digest(of: data)
        // What cannot be opened, or is not what it should be, is written anew.
        if (try? contents(of: digest)) == nil { try write(data, digest) }
        return digest
    }

    private func write(_ data: Data, _ digest: String) throws(PlumbError) {
        try AtomicFile.write(
            vault.seal(data, for: Self.context(digest)), to: path(of: digest), permissions: 0o400)
    }

    static func context(_ digest: String) -> String { "artifact/\(digest)" }

    static func digest(of data: Data) -> String {
        var hash = SHA256()
        var rest = data[...]
        while !rest.isEmpty {
            hash.update(data: rest.prefix(chunkBytes))
            rest = rest.dropFirst(chunkBytes)
        }
        return Data(hash.finalize()).hexadecimal
    }

    /// The digest of a file's content in hex. Throws `notFound` when it cannot be read.
    public static func digest(ofFileAt path: String) throws(PlumbError) -> String { digest(of: try read(path)) }

    private static func read(_ path: String) throws(PlumbError) -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlumbError(
                .notFound, "the model file \(path) is not there or cannot be read",
                hint: "paths in a spec start from the spec's own folder")
        }
        return data
    }

    /// Where the sealed artefact lies; it may have been lost: `verify` tells.
    func path(of digest: String) -> String { "\(folder)/\(digest)" }

    /// The artefact's plain content.
    ///
    /// Throws `notFound` when it is gone, `refused` when the key ring does not open it, and `internalFault` when its
    /// content is not what its name says.
    public func contents(of digest: String) throws(PlumbError) -> Data {
        let sealed = try bytes(of: digest)
        let data = Vault.isSealed(sealed) ? try vault.open(sealed, for: Self.context(digest)) : sealed
        let found = Self.digest(of: data)
        guard found == digest else {
            throw PlumbError(.internalFault, "the artefact \(digest) was changed: its content's digest is \(found)")
        }
        return data
    }

    /// The first bytes of an artefact, enough to tell what it is. Throws as `contents` does.
    func beginning(of digest: String) throws(PlumbError) -> Data {
        try vault.openBeginning(bytes(of: digest), for: Self.context(digest))
    }

    private func bytes(of digest: String) throws(PlumbError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path(of: digest)), options: .mappedIfSafe)
        } catch {
            throw PlumbError(.notFound, "the artefact \(digest) is gone from \(folder)", cause: error)
        }
    }

    /// Throws as `contents` does. Of a list of models, every one is looked at.
    public func verify(_ digest: String) throws(PlumbError) {
        let data = try contents(of: digest)
        for model in Set((ModelList(data)?.digests ?? [:]).values) { try verify(model) }
    }

    /// Removes every artefact that `isNeeded` does not name, nor a list of models that it names.
    public func prune(keeping isNeeded: Set<String>) throws(PlumbError) {
        let isNeeded = withModels(isNeeded)
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !isNeeded.contains(name) {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        } catch {
            throw PlumbError(.internalFault, "cannot remove old artefacts from \(folder)", cause: error)
        }
    }

    /// Wraps the keys of all artefacts with the newest version of the ring, and answers how many it changed.
    public func rewrap() throws(PlumbError) -> Int {
        var count = 0
        for digest in try names() {
            let sealed = try bytes(of: digest)
            guard Vault.isSealed(sealed), let changed = try vault.rewrap(sealed) else { continue }
            try AtomicFile.write(changed, to: path(of: digest), permissions: 0o400)
            count += 1
        }
        return count
    }

    /// How many artefacts lie here in plain text: those that were changed, and so could not be sealed.
    public func plainCount() throws(PlumbError) -> Int {
        var count = 0
        for digest in try names() where !Vault.isSealed(try bytes(of: digest)) { count += 1 }
        return count
    }

    private func names() throws(PlumbError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                $0.count == Self.nameCharacters
            }
        } catch {
            throw PlumbError(.internalFault, "the artefacts in \(folder) cannot be listed", cause: error)
        }
    }
}
