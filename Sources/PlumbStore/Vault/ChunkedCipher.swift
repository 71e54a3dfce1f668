// Encrypts messages of any length chunk by chunk, so that each part can be read, and checked, by itself.

import Crypto
import Foundation
import PlumbModel

/// Cobblestone-256: AES-256-GCM over chunks of 16 KiB, keys and a commitment to them derived with SHA-512.
///
/// The form is that of C2SP chunked-encryption, version 1 (c2sp.org/chunked-encryption): 24 bytes of salt, 32 bytes of
/// commitment, then the chunks with a tag of 16 bytes each; the last chunk is always shorter than 16 KiB, and may be
/// empty, so that a message that was cut is known for one.
struct ChunkedCipher {
    static let chunkBytes = 16_384
    static let tagBytes = 16
    static let headBytes = saltBytes + commitmentBytes
    private static let saltBytes = 24
    private static let commitmentBytes = 32
    private static let nonceBytes = 12
    /// The standard's limit: 4 PiB.
    private static let chunksMax: UInt64 = 1 << 38

    private let key: SymmetricKey
    private let baseNonce: [UInt8]
    /// Salt and commitment, as they stand before the first chunk.
    let head: Data

    /// Derives the keys of one message. `context` is bound into them: the message opens with the same one only.
    private init(inputKey: SymmetricKey, salt: Data, context: Data) {
        let info = Data("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".utf8) + salt + context
        let length = 32 + Self.nonceBytes + Self.commitmentBytes
        let derived = unsafe HKDF<SHA512>.expand(pseudoRandomKey: inputKey, info: info, outputByteCount: length)
            .withUnsafeBytes { unsafe Data($0) }
        key = SymmetricKey(data: derived.prefix(32))
        baseNonce = [UInt8](derived.dropFirst(32).prefix(Self.nonceBytes))
        head = salt + derived.suffix(Self.commitmentBytes)
    }

    /// For a new message, with a salt that no other has.
    init(sealingWith inputKey: SymmetricKey, context: Data) {
        var generator = SystemRandomNumberGenerator()
        let salt = Data((0..<Self.saltBytes).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
        self.init(inputKey: inputKey, salt: salt, context: context)
    }

    /// For a message that begins with `head`. Throws `refused` for another key or context.
    init(openingWith inputKey: SymmetricKey, context: Data, head: Data) throws(PlumbError) {
        guard head.count == Self.headBytes else {
            throw PlumbError(.invalidInput, "the sealed content is cut: it is shorter than its head")
        }
        self.init(inputKey: inputKey, salt: Data(head.prefix(Self.saltBytes)), context: context)
        guard Self.isEqual(head, self.head) else {
            throw PlumbError(.refused, "the sealed content was made with another key, or for another place")
        }
    }

    /// Encrypts chunk `number`; only the last may, and must, be shorter than 16 KiB.
    func seal(_ chunk: Data, number: UInt64) throws(PlumbError) -> Data {
        do {
            let box = try AES.GCM.seal(chunk, using: key, nonce: nonce(number))
            return box.ciphertext + box.tag
        } catch {
            throw PlumbError(.internalFault, "chunk \(number) cannot be sealed", cause: error)
        }
    }

    /// Decrypts chunk `number`. Throws `refused` when it is not what was sealed.
    func open(_ chunk: Data, number: UInt64) throws(PlumbError) -> Data {
        guard chunk.count >= Self.tagBytes else {
            throw PlumbError(.invalidInput, "the sealed content is cut in chunk \(number)")
        }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: nonce(number), ciphertext: chunk.dropLast(Self.tagBytes), tag: chunk.suffix(Self.tagBytes))
            return try AES.GCM.open(box, using: key)
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.refused, "chunk \(number) of the sealed content was changed", cause: error)
        }
    }

    private func nonce(_ number: UInt64) throws -> AES.GCM.Nonce {
        guard number < Self.chunksMax else {
            throw PlumbError(.invalidInput, "a sealed message has at most \(Self.chunksMax) chunks")
        }
        var bytes = baseNonce
        for place in 0..<8 {
            bytes[bytes.count - 1 - place] ^= UInt8(truncatingIfNeeded: number >> (8 * UInt64(place)))
        }
        return try AES.GCM.Nonce(data: bytes)
    }

    /// Compares without telling by its time where the first difference is.
    private static func isEqual(_ left: Data, _ right: Data) -> Bool {
        left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension ChunkedCipher {
    /// A whole message, sealed.
    static func seal(_ message: Data, with key: SymmetricKey, context: Data) throws(PlumbError) -> Data {
        let cipher = ChunkedCipher(sealingWith: key, context: context)
        var sealed = cipher.head
        sealed.reserveCapacity(message.count + message.count / 1000 + 128)
        var number: UInt64 = 0
        var rest = message[...]
        while rest.count >= chunkBytes {
            sealed.append(try cipher.seal(Data(rest.prefix(chunkBytes)), number: number))
            rest = rest.dropFirst(chunkBytes)
            number += 1
        }
        sealed.append(try cipher.seal(Data(rest), number: number))
        return sealed
    }

    /// A whole message, opened. Throws `refused` when any part was changed, `invalidInput` when it was cut.
    static func open(_ sealed: Data, with key: SymmetricKey, context: Data) throws(PlumbError) -> Data {
        let cipher = try ChunkedCipher(openingWith: key, context: context, head: Data(sealed.prefix(headBytes)))
        var message = Data(capacity: sealed.count)
        var number: UInt64 = 0
        var rest = sealed.dropFirst(headBytes)
        while rest.count >= chunkBytes + tagBytes {
            message.append(try cipher.open(Data(rest.prefix(chunkBytes + tagBytes)), number: number))
            rest = rest.dropFirst(chunkBytes + tagBytes)
            number += 1
        }
        message.append(try cipher.open(Data(rest), number: number))
        return message
    }

    /// The first chunk of a message. Throws as `open` does.
    static func openFirst(_ sealed: Data, with key: SymmetricKey, context: Data) throws(PlumbError) -> Data {
        let cipher = try ChunkedCipher(openingWith: key, context: context, head: Data(sealed.prefix(headBytes)))
        return try cipher.open(Data(sealed.dropFirst(headBytes).prefix(chunkBytes + tagBytes)), number: 0)
    }
}
