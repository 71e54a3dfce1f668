// A key ring's file that only a passphrase opens.

import Crypto
import CryptoExtras
import Foundation
import PlumbModel

/// The ring sealed with a key that scrypt makes of a passphrase (RFC 7914).
struct ClosedKeyRing: Codable {
    private var schema = schemaName
    private var rounds: Int
    private var blockSize: Int
    private var parallelism: Int
    private var salt: Data
    private var sealed: Data

    private static let schemaName = "plumbline.keyring-closed/1"
    /// 128 MiB and some tenths of a second for each guess.
    private static let costs = (rounds: 1 << 17, blockSize: 8, parallelism: 1)
    /// What a file may ask of this machine: 1 GiB.
    private static let roundsMax = 1 << 20
    private static let saltBytes = 16
    /// Fewer characters are guessed whatever they cost.
    static let charactersMin = 12

    /// Nil for what is no closed ring.
    init?(_ data: Data) {
        // Another form is read, or refused, by whoever knows it.
        guard let found = try? JSONDecoder().decode(ClosedKeyRing.self, from: data), found.schema == Self.schemaName
        else { return nil }
        self = found
    }

    private init(salt: Data) {
        (rounds, blockSize, parallelism) = Self.costs
        self.salt = salt
        sealed = Data()
    }

    static func close(_ ring: Data, with passphrase: String) throws(PlumbError) -> Data {
        guard passphrase.count >= charactersMin else {
            throw PlumbError(
                .invalidInput, "the passphrase has fewer than \(charactersMin) characters", hint: "take a longer one")
        }
        var generator = SystemRandomNumberGenerator()
        var closed = ClosedKeyRing(
            salt: Data((0..<saltBytes).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }))
        do {
            let box = try AES.GCM.seal(ring, using: closed.key(of: passphrase), authenticating: Data(schemaName.utf8))
            guard let combined = box.combined else {
                throw PlumbError(.internalFault, "the key ring cannot be closed")
            }
            closed.sealed = combined
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return try encoder.encode(closed)
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.internalFault, "the key ring cannot be closed", cause: error)
        }
    }

    /// Throws `refused` without the passphrase that closed it.
    func open(with passphrase: String?, path: String) throws(PlumbError) -> Data {
        guard let passphrase else {
            throw PlumbError(
                .refused, "the key ring \(path) is closed with a passphrase",
                hint: "PLUMB_PASSPHRASE_FILE names a file with it; plumb up also takes --passphrase-file FILE")
        }
        guard (1...Self.roundsMax).contains(rounds), blockSize == Self.costs.blockSize, parallelism == 1 else {
            throw PlumbError(.internalFault, "the key ring \(path) is damaged", hint: "restore it from its backup")
        }
        do {
            return try AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed), using: key(of: passphrase),
                authenticating: Data(Self.schemaName.utf8))
        } catch {
            throw PlumbError(
                .refused, "the passphrase does not open the key ring \(path)",
                hint: "without it what the ring sealed cannot be read: there is no other way in", cause: error)
        }
    }

    private func key(of passphrase: String) throws -> SymmetricKey {
        try KDF.Scrypt.deriveKey(
            from: Data(passphrase.utf8), salt: salt, outputByteCount: 32, rounds: rounds, blockSize: blockSize,
            parallelism: parallelism)
    }
}
