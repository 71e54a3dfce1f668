// A second pair of eyes: keeps the last checkpoint it saw of each log, and signs a newer one that grew out of it.

import Crypto
import Foundation
public import PlumbModel

/// A witness with a key of its own in a folder of its own, best on another machine.
public struct AuditWitness: Sendable {
    private let folder: String
    private let signer: NoteSigner

    /// Opens the witness's folder, making its key on first use.
    public init(folder: String, name: String) throws(PlumbError) {
        guard NoteVerifier.isName(name) else {
            throw PlumbError(.invalidInput, "'\(name)' names no witness", hint: "a name has no spaces and no +")
        }
        self.folder = folder
        try AtomicFile.makeFolder(folder)
        signer = try NoteSigner.kept(at: "\(folder)/witness.key", kind: .cosignature) { _ in name }
        try AtomicFile.write(Data("\(signer.verifier.text)\n".utf8), to: "\(folder)/witness.pub", permissions: 0o644)
    }

    public var verifier: NoteVerifier { signer.verifier }

    /// Looks at a log, and answers its newest checkpoint with the cosignature below it.
    ///
    /// Throws `refused` when the log did not grow out of what was seen before; that checkpoint is then kept.
    public func look(at log: AuditReader, now: Double) throws(PlumbError) -> String {
        let (note, newest) = try log.checkpoint()
        let digest = Data(SHA256.hash(data: Data(newest.origin.utf8))).hexadecimal.prefix(16)
        let path = "\(folder)/\(digest).checkpoint"
        if let bytes = FileManager.default.contents(atPath: path) {
            let seen = try AuditReader.checkpoint(String(decoding: bytes, as: UTF8.self), by: log.verifier)
            guard seen.size <= newest.size else {
                throw PlumbError(
                    .refused,
                    "the log has \(newest.size) entries, and had \(seen.size) when it was last seen: it was "
                        + "cut", hint: "\(path) is the proof: it is signed by the log's own key")
            }
            let proof = try log.consistency(from: seen.size, to: newest.size)
            do throws(PlumbError) {
                try proof.verify(from: seen, to: newest)
            } catch {
                throw PlumbError(
                    .refused, error.message, hint: "\(path) is the proof: it is signed by the log's own key")
            }
        }
        let cosigned = note + (try signer.signatureLine(for: newest.text, at: UInt64(max(0, now))))
        // Kept before it is given away: what was signed once binds this witness.
        try AtomicFile.write(Data(cosigned.utf8), to: path, permissions: 0o644)
        return cosigned
    }
}
