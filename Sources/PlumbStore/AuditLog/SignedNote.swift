// Text with signatures below it, in the form of C2SP signed-note, and the Ed25519 keys that make and check them.

import Crypto
import Foundation
public import PlumbModel

/// Who signs a note, as others know them: `name+keyid+base64`.
public struct NoteVerifier: Sendable, Hashable {
    /// What a signature says.
    enum Kind: UInt8 {
        /// Made by the log itself.
        case note = 0x01
        /// Made by a witness, with the time it saw the note (C2SP tlog-cosignature).
        case cosignature = 0x04
    }
    public let name: String
    let kind: Kind
    let publicKey: [UInt8]

    init(name: String, kind: Kind, publicKey: [UInt8]) {
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
    }

    /// Reads `name+keyid+base64`. Throws `invalidInput` for a key of another form or kind.
    public init(_ text: String) throws(PlumbError) {
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).split(
            separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Data(base64Encoded: String(parts[2])), key.count == 33,
            let kind = Kind(rawValue: key[key.startIndex]), Self.isName(parts[0])
        else {
            throw PlumbError(
                .invalidInput, "this is no key of a log or a witness: '\(text.prefix(80))'",
                hint: "it has the form name+keyid+base64; audit.pub in the engine's folder holds one")
        }
        self.init(name: String(parts[0]), kind: kind, publicKey: Array(key.dropFirst()))
        guard parts[1] == Data(id).hexadecimal else {
            throw PlumbError(.invalidInput, "the key of \(name) is damaged: its id does not fit it")
        }
    }

    /// SHA-256(name ‖ 0x0A ‖ kind ‖ key), the first four bytes.
    var id: [UInt8] {
        Array(SHA256.hash(data: Array(name.utf8) + [0x0A, kind.rawValue] + publicKey).prefix(4))
    }

    public var text: String {
        "\(name)+\(Data(id).hexadecimal)+\(Data([kind.rawValue] + publicKey).base64EncodedString())"
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && !name.contains { $0.isWhitespace || $0 == "+" }
    }

    /// Whether `signature` is this key's over the text; a cosignature holds the time that it signs as well.
    func isSigned(_ text: String, by signature: Data) -> Bool {
        var message = Data(text.utf8)
        var signature = signature
        if kind == .cosignature {
            guard signature.count == 72 else { return false }
            let seconds = signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            message = NoteSigner.cosigned(text, at: seconds)
            signature = Data(signature.dropFirst(8))
        }
        do {
            return try Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
                .isValidSignature(signature, for: message)
        } catch {
            return false
        }
    }
}

/// The private half: signs notes, and never leaves its file of mode 0600.
public struct NoteSigner: Sendable {
    let name: String
    let kind: NoteVerifier.Kind
    private let key: Curve25519.Signing.PrivateKey
    private static let prefix = "PRIVATE+KEY+"

    /// A new key.
    init(name: String, kind: NoteVerifier.Kind) {
        self.name = name
        self.kind = kind
        key = Curve25519.Signing.PrivateKey()
    }

    public var verifier: NoteVerifier {
        NoteVerifier(name: name, kind: kind, publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// The key in a file, which is made when it is not there; `pub` beside it holds the public half.
    ///
    /// Throws `refused` when others may read the file, `internalFault` when it is damaged.
    static func kept(
        at path: String, kind: NoteVerifier.Kind, name: (Curve25519.Signing.PublicKey) -> String
    ) throws(PlumbError) -> NoteSigner {
        guard let data = FileManager.default.contents(atPath: path) else {
            let key = Curve25519.Signing.PrivateKey()
            let made = NoteSigner(name: name(key.publicKey), kind: kind, key: key)
            try AtomicFile.write(Data((made.text + "\n").utf8), to: path)
            return made
        }
        // A file whose permissions cannot be told is judged like one that is open to all.
        let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]) as? Int ?? 0o777
        guard mode & 0o077 == 0 else {
            throw PlumbError(
                .refused, "the signing key \(path) can be read by others (mode \(String(mode, radix: 8)))",
                hint: "chmod 600 \(path); whoever has read it can sign in this engine's name")
        }
        return try NoteSigner(String(decoding: data, as: UTF8.self), path: path)
    }

    private init(name: String, kind: NoteVerifier.Kind, key: Curve25519.Signing.PrivateKey) {
        self.name = name
        self.kind = kind
        self.key = key
    }

    private init(_ text: String, path: String) throws(PlumbError) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let parts = text.dropFirst(Self.prefix.count).split(separator: "+", maxSplits: 2)
        guard text.hasPrefix(Self.prefix), parts.count == 3, let seed = Data(base64Encoded: String(parts[2])),
            seed.count == 33, let kind = NoteVerifier.Kind(rawValue: seed[seed.startIndex]),
            // A seed of 32 bytes makes a key; any other is told below.
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed.dropFirst())
        else {
            throw PlumbError(
                .internalFault, "the signing key \(path) is damaged", hint: "restore it from a backup (plumb restore)")
        }
        self.init(name: String(parts[0]), kind: kind, key: key)
    }

    private var text: String {
        let id = Data(verifier.id).hexadecimal
        let seed = Data([kind.rawValue]) + key.rawRepresentation
        return "\(Self.prefix)\(name)+\(id)+\(seed.base64EncodedString())"
    }

    static func cosigned(_ text: String, at seconds: UInt64) -> Data {
        Data("cosignature/v1\ntime \(seconds)\n\(text)".utf8)
    }

    /// A line to stand below the text. The time is of use to a cosignature only.
    func signatureLine(for text: String, at seconds: UInt64 = 0) throws(PlumbError) -> String {
        var bytes = Data(verifier.id)
        do {
            if kind == .cosignature {
                for shift in stride(from: UInt64(56), through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: seconds >> shift))
                }
                bytes += try key.signature(for: Self.cosigned(text, at: seconds))
            } else {
                bytes += try key.signature(for: Data(text.utf8))
            }
        } catch {
            throw PlumbError(.internalFault, "\(name) cannot sign", cause: error)
        }
        return "\u{2014} \(name) \(bytes.base64EncodedString())\n"
    }
}

/// A text and who signed it.
public struct SignedNote: Sendable, Hashable {
    struct Signature: Sendable, Hashable {
        var name: String
        var id: [UInt8]
        var bytes: Data
    }
    /// With its last newline.
    public let text: String
    let signatures: [Signature]
    private static let signaturesMax = 64

    /// Takes a note apart; nothing is checked yet. Throws `invalidInput` for what is no note.
    public init(_ note: String) throws(PlumbError) {
        let objection = PlumbError(.invalidInput, "this is no signed note")
        guard let blank = note.range(of: "\n\n", options: .backwards), note.hasSuffix("\n"),
            note.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\n" })
        else { throw objection }
        text = String(note[..<blank.lowerBound]) + "\n"
        let lines = note[blank.upperBound...].dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard (1...Self.signaturesMax).contains(lines.count) else { throw objection }
        var signatures: [Signature] = []
        for line in lines {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "\u{2014}", NoteVerifier.isName(parts[1]),
                let bytes = Data(base64Encoded: String(parts[2])), bytes.count > 4
            else { throw objection }
            signatures.append(
                Signature(name: String(parts[1]), id: Array(bytes.prefix(4)), bytes: Data(bytes.dropFirst(4))))
        }
        self.signatures = signatures
    }

    /// Throws `refused` unless `verifier` signed the text: signatures of others say nothing of it.
    public func verify(by verifier: NoteVerifier) throws(PlumbError) {
        let own = signatures.filter { $0.name == verifier.name && $0.id == verifier.id }
        guard !own.isEmpty else { throw PlumbError(.refused, "the note is not signed by \(verifier.name)") }
        guard own.allSatisfy({ verifier.isSigned(text, by: $0.bytes) }) else {
            throw PlumbError(.refused, "the signature of \(verifier.name) does not fit: the text or it was changed")
        }
    }
}

/// How big a log was, and the root that stands for all of it (C2SP tlog-checkpoint).
public struct Checkpoint: Sendable, Hashable {
    public var origin: String
    public var size: Int
    public var root: TreeHash
    /// Entries that no log has, so that nobody has to reckon with more.
    private static let sizeMax = 1 << 60

    init(origin: String, size: Int, root: TreeHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note. Throws `invalidInput` for what is no checkpoint.
    public init(_ text: String) throws(PlumbError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, !lines[0].isEmpty, let size = Int(lines[1]),
            (0...Self.sizeMax).contains(size), "\(size)" == lines[1],
            let root = Data(base64Encoded: String(lines[2])), root.count == MerkleTree.hashBytes
        else { throw PlumbError(.invalidInput, "this is no checkpoint: origin, size and root in three lines") }
        self.init(origin: String(lines[0]), size: size, root: Array(root))
    }

    var text: String { "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n" }

    public var rootText: String { Data(root).base64EncodedString() }
}
