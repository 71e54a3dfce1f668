// The keys that wrap all other keys, by version, in one file that only its owner can read.

import Crypto
import Foundation
import PlumbModel

/// Versions of one key-encryption key. New data keys are wrapped with the newest; older ones open what they wrapped.
struct KeyRing: Codable, Sendable {
    struct Version: Codable, Sendable {
        var number: Int
        /// Seconds since 1970.
        var createdAt: Double
        var key: Data
    }
    private var schema = "plumbline.keyring/1"
    private(set) var versions: [Version] = []

    /// Versions of one ring; as many as a rotation a day for 27 years makes.
    private static let versionsMax = 10_000
    /// A number beyond it was not counted up to.
    private static let numberMax = 1 << 31

    /// A ring with its first key.
    init(at now: Double) { versions = [Version(number: 1, createdAt: now, key: Self.makeKey())] }

    var newest: Version { versions[versions.count - 1] }

    func key(_ number: Int) throws(PlumbError) -> SymmetricKey {
        guard let version = versions.first(where: { $0.number == number }) else {
            throw PlumbError(
                .refused, "key version \(number) is not in the key ring: what it wrapped cannot be read",
                hint: "restore the key ring of that time; a version that was shredded is gone for good")
        }
        return SymmetricKey(data: version.key)
    }

    mutating func rotate(at now: Double) throws(PlumbError) {
        guard versions.count < Self.versionsMax else {
            throw PlumbError(.refused, "a key ring holds at most \(Self.versionsMax) versions")
        }
        versions.append(Version(number: newest.number + 1, createdAt: now, key: Self.makeKey()))
    }

    /// Forgets a version that is not the newest: what it wrapped can never be read again.
    mutating func shred(_ number: Int) throws(PlumbError) {
        guard number != newest.number else {
            throw PlumbError(
                .refused, "key version \(number) is in use", hint: "rotate first, then shred the older version")
        }
        guard versions.contains(where: { $0.number == number }) else {
            throw PlumbError(.notFound, "the key ring has no version \(number)")
        }
        versions.removeAll { $0.number == number }
    }

    private static func makeKey() -> Data { unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Data($0) } }

    // MARK: - The file

    /// Reads the ring. Throws `internalFault` when the file is damaged or others may read it, `refused` when the
    /// passphrase is missing or wrong.
    init(fileAt path: String, passphrase: String? = nil) throws(PlumbError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlumbError(.notFound, "the key ring \(path) cannot be read")
        }
        // A file whose permissions cannot be told is judged like one that is open to all.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let mode = (attributes?[.posixPermissions] as? Int) ?? 0o777
        guard mode & 0o077 == 0 else {
            throw PlumbError(
                .refused, "the key ring \(path) can be read by others (mode \(String(mode, radix: 8)))",
                hint: "chmod 600 \(path), and rotate: its keys may be known")
        }
        let plain = try ClosedKeyRing(data).map { closed throws(PlumbError) in
            try closed.open(with: passphrase, path: path)
        }
        do {
            self = try JSONDecoder().decode(KeyRing.self, from: plain ?? data)
        } catch {
            throw PlumbError(
                .internalFault, "the key ring \(path) is damaged", hint: "restore it from its backup", cause: error)
        }
        guard schema == "plumbline.keyring/1", !versions.isEmpty,
            versions.allSatisfy({ $0.key.count == 32 && (1...Self.numberMax).contains($0.number) }),
            zip(versions, versions.dropFirst()).allSatisfy({ $0.number < $1.number })
        else {
            throw PlumbError(
                .internalFault, "the key ring \(path) is damaged or of another version",
                hint: "restore it from its backup")
        }
    }

    func write(to path: String, passphrase: String? = nil) throws(PlumbError) {
        let data: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            data = try encoder.encode(self)
        } catch {
            throw PlumbError(.internalFault, "the key ring cannot be encoded", cause: error)
        }
        let closed = try passphrase.map { text throws(PlumbError) in try ClosedKeyRing.close(data, with: text) }
        try AtomicFile.write(closed ?? data, to: path)
    }
}
