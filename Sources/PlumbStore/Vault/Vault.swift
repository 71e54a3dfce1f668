// Seals what holds customers' data, and is alone in touching keys.

import Crypto
public import Foundation
public import PlumbModel
import Synchronization

/// Seals and opens content with keys of a ring.
///
/// Each sealed content has a data key of its own, wrapped (AES-256-GCM) by a version of the ring's key and bound to a
/// context, the words for what it is and where it belongs: content that was moved elsewhere does not open. Rotation
/// wraps data keys anew and leaves the content as it is.
public final class Vault: Sendable {
    /// What stands before the sealed bytes, on a line of its own.
    private struct Head: Codable {
        var context: String
        var keyVersion: Int
        var wrappedKey: Data
    }
    private static let magic = Data("plumbline-sealed/1\n".utf8)
    private static let headBytesMax = 4096

    private let path: String
    /// Closes the file; nil where nothing does.
    private let passphrase: Mutex<String?>
    private let ring: Mutex<KeyRing>

    /// Opens the key ring of a folder of state, making it on first use. A passphrase closes a file that was open.
    ///
    /// Throws `internalFault` when it is damaged, `refused` when others may read it, or the passphrase is missing or
    /// wrong.
    public init(folder: String, at now: Double, passphrase: String? = nil) throws(PlumbError) {
        try AtomicFile.makeFolder(folder)
        path = "\(folder)/keyring.json"
        self.passphrase = Mutex(passphrase)
        if let bytes = FileManager.default.contents(atPath: path) {
            let found = try KeyRing(fileAt: path, passphrase: passphrase)
            if passphrase != nil, ClosedKeyRing(bytes) == nil { try found.write(to: path, passphrase: passphrase) }
            ring = Mutex(found)
        } else {
            let made = KeyRing(at: now)
            try made.write(to: path, passphrase: passphrase)
            ring = Mutex(made)
        }
    }

    /// Opens a key ring where it lies. Throws `notFound` when it is not there, and as `init(folder:at:)` does.
    public init(ringAt path: String, passphrase: String? = nil) throws(PlumbError) {
        self.path = path
        self.passphrase = Mutex(passphrase)
        ring = Mutex(try KeyRing(fileAt: path, passphrase: passphrase))
    }

    /// Whether a key ring's file is closed with a passphrase.
    public static func isClosed(ringAt path: String) -> Bool {
        FileManager.default.contents(atPath: path).map { ClosedKeyRing($0) != nil } ?? false
    }

    /// Closes the file with another passphrase, or with none.
    public func setPassphrase(_ text: String?) throws(PlumbError) {
        let ring = ring.withLock { $0 }
        try ring.write(to: path, passphrase: text)
        passphrase.withLock { $0 = text }
    }

    /// The number of the version that seals now.
    public var keyVersion: Int { ring.withLock { $0.newest.number } }
    /// When the version that seals now was made, in seconds since 1970.
    public var keyCreatedAt: Double { ring.withLock { $0.newest.createdAt } }

    /// Every version in the ring, the oldest first.
    public var keyVersions: [(number: Int, createdAt: Double)] {
        ring.withLock { $0.versions.map { ($0.number, $0.createdAt) } }
    }

    /// Whether content has the form of what a vault has sealed.
    public static func isSealed(_ content: Data) -> Bool { content.starts(with: magic) }

    /// The version that wraps the key of sealed content. Throws `invalidInput` for what was never sealed.
    public static func keyVersion(of sealed: Data) throws(PlumbError) -> Int { try split(sealed).head.keyVersion }

    /// Seals content for a context, such as `capture/digits/primary/2026/11/28/21`.
    public func seal(_ content: Data, for context: String) throws(PlumbError) -> Data {
        let version = ring.withLock { $0.newest }
        let dataKey = SymmetricKey(size: .bits256)
        let head = Head(
            context: context, keyVersion: version.number,
            wrappedKey: try Self.wrap(dataKey, with: SymmetricKey(data: version.key), context: context))
        return try Self.line(head) + ChunkedCipher.seal(content, with: dataKey, context: Data(context.utf8))
    }

    /// Opens what was sealed for this context.
    ///
    /// Throws `refused` when it was changed, sealed for another context, or its key version is gone; `invalidInput`
    /// when it was cut or was never sealed here.
    public func open(_ sealed: Data, for context: String) throws(PlumbError) -> Data {
        let (head, body) = try Self.split(sealed)
        guard head.context == context else {
            throw PlumbError(.refused, "the sealed content belongs to \(head.context), not to \(context)")
        }
        return try ChunkedCipher.open(body, with: dataKey(of: head), context: Data(context.utf8))
    }

    /// The first part of what was sealed for this context; what was never sealed, as it is. Throws as `open` does.
    func openBeginning(_ content: Data, for context: String) throws(PlumbError) -> Data {
        guard Self.isSealed(content) else { return content.prefix(ChunkedCipher.chunkBytes) }
        let (head, body) = try Self.split(content)
        guard head.context == context else {
            throw PlumbError(.refused, "the sealed content belongs to \(head.context), not to \(context)")
        }
        return try ChunkedCipher.openFirst(body, with: dataKey(of: head), context: Data(context.utf8))
    }

    /// Wraps the data key with the newest version; nil when it is that already. The content is not touched.
    public func rewrap(_ sealed: Data) throws(PlumbError) -> Data? {
        var (head, body) = try Self.split(sealed)
        let version = ring.withLock { $0.newest }
        guard head.keyVersion != version.number else { return nil }
        head.wrappedKey = try Self.wrap(
            dataKey(of: head), with: SymmetricKey(data: version.key), context: head.context)
        head.keyVersion = version.number
        return try Self.line(head) + body
    }

    /// Makes a new version; everything sealed from now on uses it.
    public func rotate(at now: Double) throws(PlumbError) {
        try change { ring throws(PlumbError) in try ring.rotate(at: now) }
    }

    /// Destroys a version, and with it all that it still wraps.
    public func shred(_ version: Int) throws(PlumbError) {
        try change { ring throws(PlumbError) in try ring.shred(version) }
    }

    /// Durable first, in use then.
    private func change(_ work: (inout KeyRing) throws(PlumbError) -> Void) throws(PlumbError) {
        let result: Result<Void, PlumbError> = ring.withLock { ring in
            var changed = ring
            do throws(PlumbError) {
                try work(&changed)
                try changed.write(to: path, passphrase: passphrase.withLock { $0 })
            } catch {
                return .failure(error)
            }
            ring = changed
            return .success(())
        }
        try result.get()
    }

    // MARK: - Data keys

    private func dataKey(of head: Head) throws(PlumbError) -> SymmetricKey {
        let key = try ring.withLock { ring throws(PlumbError) in try ring.key(head.keyVersion) }
        do {
            let box = try AES.GCM.SealedBox(combined: head.wrappedKey)
            return SymmetricKey(data: try AES.GCM.open(box, using: key, authenticating: Data(head.context.utf8)))
        } catch {
            throw PlumbError(.refused, "the key of \(head.context) does not open: it was changed", cause: error)
        }
    }

    private static func wrap(
        _ dataKey: SymmetricKey, with key: SymmetricKey, context: String
    ) throws(PlumbError) -> Data {
        do {
            let plain = unsafe dataKey.withUnsafeBytes { unsafe Data($0) }
            guard let wrapped = try AES.GCM.seal(plain, using: key, authenticating: Data(context.utf8)).combined else {
                throw PlumbError(.internalFault, "a data key cannot be wrapped")
            }
            return wrapped
        } catch {
            throw PlumbError(.internalFault, "a data key cannot be wrapped", cause: error)
        }
    }

    // MARK: - The form of sealed content

    private static func line(_ head: Head) throws(PlumbError) -> Data {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return magic + (try encoder.encode(head)) + Data("\n".utf8)
        } catch {
            throw PlumbError(.internalFault, "the head of sealed content cannot be encoded", cause: error)
        }
    }

    private static func split(_ sealed: Data) throws(PlumbError) -> (head: Head, body: Data) {
        guard sealed.starts(with: magic) else {
            throw PlumbError(.invalidInput, "this is no sealed content, or its first bytes were changed")
        }
        let rest = sealed.dropFirst(magic.count)
        guard let end = rest.prefix(headBytesMax).firstIndex(of: UInt8(ascii: "\n")) else {
            throw PlumbError(.invalidInput, "the sealed content is cut in its head")
        }
        do {
            return (try JSONDecoder().decode(Head.self, from: Data(rest[..<end])), Data(rest[(end + 1)...]))
        } catch {
            throw PlumbError(.invalidInput, "the head of the sealed content is damaged", cause: error)
        }
    }
}
