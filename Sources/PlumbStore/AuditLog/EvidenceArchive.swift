// Signed evidence in one folder or one file: reports, drills, approvals and proofs, each under its digest.

import Crypto
public import Foundation
public import PlumbModel

/// Files with a manifest of their digests, signed by the audit log's key.
///
/// The manifest's text is `sha256  name` for each file, sorted by name, as `sha256sum --check` reads it; below it
/// stands the signature of a C2SP signed note.
public struct EvidenceArchive: Sendable {
    static let manifestName = "MANIFEST"
    static let keyName = "audit.pub"
    private static let archiveSuffix = ".tar"
    private static let filesMax = 10_000

    /// Writes the files and the signed manifest into a new folder, or, where its name ends with `.tar`, a new file.
    ///
    /// Throws `conflict` when there is one already.
    public static func write(
        _ files: [String: Data], to path: String, signedBy home: String
    ) throws(PlumbError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw PlumbError(.conflict, "\(path) is there already", hint: "name a new folder or file")
        }
        let signer = try NoteSigner.kept(at: "\(home)/\(Store.auditSigningKeyName)", kind: .note) { _ in "plumb.local" }
        var files = files
        files[keyName] = Data("\(signer.verifier.text)\n".utf8)
        let text = manifest(files)
        files[manifestName] = Data("\(text)\n\(try signer.signatureLine(for: text))".utf8)
        if path.hasSuffix(archiveSuffix) {
            return try AtomicFile.write(TarFile.write(files), to: path, permissions: 0o644)
        }
        try AtomicFile.makeFolder(path)
        for (name, bytes) in files { try AtomicFile.write(bytes, to: "\(path)/\(name)", permissions: 0o644) }
    }

    private static func manifest(_ files: [String: Data]) -> String {
        files.sorted { $0.key < $1.key }.map { name, bytes in
            "\(Data(SHA256.hash(data: bytes)).hexadecimal)  \(name)\n"
        }.joined()
    }

    /// Checks the signature, every digest, and that nothing was added; answers the files that are named.
    ///
    /// Without a key the archive's own is believed, which proves that it is whole and not whose it is.
    public static func verify(_ path: String, key: String?) throws(PlumbError) -> [String: Data] {
        try verify(path.hasSuffix(archiveSuffix) ? read(file: path) : read(folder: path), in: path, key: key)
    }

    static func verify(_ found: [String: Data], in path: String, key: String?) throws(PlumbError) -> [String: Data] {
        func content(_ name: some StringProtocol) throws(PlumbError) -> Data {
            guard let bytes = found[String(name)] else {
                throw PlumbError(.notFound, "\(path) has no \(name): this is no evidence, or a part is missing")
            }
            return bytes
        }
        let note = try SignedNote(String(decoding: content(manifestName), as: UTF8.self))
        let keyText: String
        if let key { keyText = key } else { keyText = String(decoding: try content(keyName), as: UTF8.self) }
        try note.verify(by: NoteVerifier(keyText))
        var files: [String: Data] = [:]
        for line in note.text.split(separator: "\n") {
            let name = String(line.dropFirst(66))
            guard line.count > 66, line.dropFirst(64).hasPrefix("  "), !name.contains("/") else {
                throw PlumbError(.invalidInput, "the manifest's line '\(line.prefix(80))' is none")
            }
            let bytes = try content(name)
            guard line.prefix(64) == Data(SHA256.hash(data: bytes)).hexadecimal else {
                throw PlumbError(.refused, "\(name) was changed: its digest is not the manifest's")
            }
            files[name] = bytes
        }
        if let other = found.keys.sorted().first(where: { files[$0] == nil && $0 != manifestName }) {
            throw PlumbError(.refused, "\(other) is not in the manifest: it was added")
        }
        return files
    }

    private static func read(file path: String) throws(PlumbError) -> [String: Data] {
        // A file whose size cannot be told cannot be read either, which is told below.
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int ?? 0
        guard size <= TarFile.bytesMax else {
            throw PlumbError(.invalidInput, "\(path) is larger than \(TarFile.bytesMax >> 20) MiB")
        }
        guard let archive = FileManager.default.contents(atPath: path) else {
            throw PlumbError(.notFound, "\(path) cannot be read")
        }
        return try TarFile.read(archive)
    }

    private static func read(folder path: String) throws(PlumbError) -> [String: Data] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw PlumbError(.notFound, "\(path) cannot be read", cause: error)
        }
        guard names.count <= filesMax else {
            throw PlumbError(.invalidInput, "\(path) holds more than \(filesMax) files")
        }
        var found: [String: Data] = [:]
        for name in names {
            guard let bytes = FileManager.default.contents(atPath: "\(path)/\(name)") else {
                throw PlumbError(.refused, "\(name) is no file that can be read: it was added, or changed")
            }
            found[name] = bytes
        }
        return found
    }
}
