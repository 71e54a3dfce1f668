// One signed folder of evidence: reports, drills, approvals and proofs, each file under its digest.

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
    private static let filesMax = 10_000

    /// Writes the files and the signed manifest into a new folder. Throws `conflict` when there is one already.
    public static func write(
        _ files: [String: Data], to folder: String, signedBy home: String
    ) throws(PlumbError) {
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw PlumbError(.conflict, "\(folder) is there already", hint: "name a new folder")
        }
        let signer = try NoteSigner.kept(at: "\(home)/\(Store.auditSigningKeyName)", kind: .note) { _ in "plumb.local" }
        var files = files
        files[keyName] = Data("\(signer.verifier.text)\n".utf8)
        try AtomicFile.makeFolder(folder)
        for (name, bytes) in files { try AtomicFile.write(bytes, to: "\(folder)/\(name)", permissions: 0o644) }
        let text = manifest(files)
        let note = "\(text)\n\(try signer.signatureLine(for: text))"
        try AtomicFile.write(Data(note.utf8), to: "\(folder)/\(manifestName)", permissions: 0o644)
    }

    private static func manifest(_ files: [String: Data]) -> String {
        files.sorted { $0.key < $1.key }.map { name, bytes in
            "\(Data(SHA256.hash(data: bytes)).hexadecimal)  \(name)\n"
        }.joined()
    }

    /// Checks the signature, every digest, and that nothing was added; answers the files' names.
    ///
    /// Without a key the archive's own is believed, which proves that it is whole and not whose it is.
    public static func verify(_ folder: String, key: String?) throws(PlumbError) -> [String] {
        func content(_ name: String) throws(PlumbError) -> Data {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                throw PlumbError(.notFound, "\(folder) has no \(name): this is no evidence, or a part is missing")
            }
            return bytes
        }
        let note = try SignedNote(String(decoding: content(manifestName), as: UTF8.self))
        let keyText: String
        if let key { keyText = key } else { keyText = String(decoding: try content(keyName), as: UTF8.self) }
        try note.verify(by: NoteVerifier(keyText))
        let lines = note.text.split(separator: "\n")
        guard lines.count <= filesMax else {
            throw PlumbError(.invalidInput, "the manifest names more than \(filesMax) files")
        }
        var files: [String: Data] = [:]
        for line in lines {
            let name = String(line.dropFirst(66))
            guard line.count > 66, !name.contains("/") else {
                throw PlumbError(.invalidInput, "the manifest's line '\(line.prefix(80))' is none")
            }
            files[name] = try content(name)
            guard line.prefix(64) == Data(SHA256.hash(data: files[name] ?? Data())).hexadecimal else {
                throw PlumbError(.refused, "\(name) was changed: its digest is not the manifest's")
            }
        }
        let found: [String]
        do {
            found = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw PlumbError(.notFound, "\(folder) cannot be read", cause: error)
        }
        if let other = found.sorted().first(where: { files[$0] == nil && $0 != manifestName }) {
            throw PlumbError(.refused, "\(other) is not in the manifest: it was added")
        }
        return files.keys.sorted()
    }
}
