// Sealed content: as the standard has it, bound to its place, and never read in part.

import Crypto
import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

struct VaultTests {
    private let folder: ScratchFolder
    private let vault: Vault

    init() throws {
        folder = try ScratchFolder()
        vault = try Vault(folder: folder.path, at: 1000)
    }

    /// Lengths around the ends of chunks, where an implementation goes wrong.
    private static let lengths = [0, 1, 16_383, 16_384, 16_385, 32_768, 100_000]

    private static func message(_ length: Int) -> Data { Data((0..<length).map { UInt8(truncatingIfNeeded: $0 * 31) }) }

    @Test(arguments: lengths) func whatIsSealedOpens(length: Int) throws {
        let message = Self.message(length)
        let sealed = try vault.seal(message, for: "artifact/a")
        #expect(try vault.open(sealed, for: "artifact/a") == message)
        #expect(try vault.seal(message, for: "artifact/a") != sealed, "no two are sealed alike")
    }

    @Test func everyChangedByteIsFoundOut() throws {
        let sealed = try vault.seal(Self.message(40), for: "a")
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: PlumbError.self, "byte \(place)") { try vault.open(changed, for: "a") }
        }
    }

    @Test func contentThatWasCutOrMixedDoesNotOpen() throws {
        let key = SymmetricKey(size: .bits256)
        let sealed = try ChunkedCipher.seal(Self.message(40_000), with: key, context: Data())
        let whole = ChunkedCipher.chunkBytes + ChunkedCipher.tagBytes
        let head = ChunkedCipher.headBytes
        for length in [0, 55, head, head + 15, head + whole, head + 2 * whole, sealed.count - 1] {
            #expect(throws: PlumbError.self, "\(length) bytes") {
                try ChunkedCipher.open(sealed.prefix(length), with: key, context: Data())
            }
        }
        let swapped =
            sealed.prefix(head) + sealed[(head + whole)..<(head + 2 * whole)] + sealed[head..<(head + whole)]
            + sealed[(head + 2 * whole)...]
        #expect(throws: PlumbError.self) { try ChunkedCipher.open(Data(swapped), with: key, context: Data()) }
    }

    @Test func contentBelongsToOnePlaceAndOneRing() throws {
        let sealed = try vault.seal(Data("abc".utf8), for: "capture/a")
        #expect(throws: PlumbError.self) { try vault.open(sealed, for: "capture/b") }
        let other = try ScratchFolder()
        let stranger = try Vault(folder: other.path, at: 1000)
        #expect(throws: PlumbError.self) { try stranger.open(sealed, for: "capture/a") }
    }

    @Test func rotationKeepsOldContentReadableAndShreddingDoesNot() throws {
        let old = try vault.seal(Data("old".utf8), for: "a")
        try vault.rotate(at: 2000)
        #expect(vault.keyVersion == 2)
        #expect(vault.keyCreatedAt == 2000)
        #expect(try vault.open(old, for: "a") == Data("old".utf8))
        let moved = try #require(try vault.rewrap(old))
        #expect(try vault.rewrap(moved) == nil, "it is wrapped with the newest version already")
        #expect(moved.suffix(70) == old.suffix(70), "the content itself is not touched")
        #expect(throws: PlumbError.self, "the newest version is in use") { try vault.shred(2) }
        try vault.shred(1)
        #expect(throws: PlumbError.self) { try vault.open(old, for: "a") }
        #expect(try vault.open(moved, for: "a") == Data("old".utf8))
        let again = try Vault(folder: folder.path, at: 3000)
        #expect(again.keyVersion == 2)
        #expect(try again.open(moved, for: "a") == Data("old".utf8))
        #expect(throws: PlumbError.self) { try again.open(old, for: "a") }
    }

    @Test func theRingIsForItsOwnerOnly() throws {
        #expect(try folder.permissions("keyring.json") == 0o600)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640], ofItemAtPath: "\(folder.path)/keyring.json")
        let error = #expect(throws: PlumbError.self) { try Vault(folder: folder.path, at: 1000) }
        #expect(error?.kind == .refused)
    }

    @Test func aDamagedRingIsNamed() throws {
        try AtomicFile.write(Data("{".utf8), to: "\(folder.path)/keyring.json")
        let error = #expect(throws: PlumbError.self) { try Vault(folder: folder.path, at: 1000) }
        #expect(error?.message.contains("damaged") == true)
    }

    /// Made with the Python package `cryptography` 50.0.2, `Cobblestone256Encryptor`.
    @Test func theFormIsThatOfTheStandard() throws {
        let key = SymmetricKey(data: Data(0..<32))
        let sealed = try #require(Data(base64Encoded: Self.published))
        #expect(
            try ChunkedCipher.open(sealed, with: key, context: Data("plumbline".utf8))
                == Data("a plumb line shows whether a wall is true".utf8))
        #expect(throws: PlumbError.self) { try ChunkedCipher.open(sealed, with: key, context: Data("other".utf8)) }
    }

    private static let published =
        "IGwTS5RVft0NUHw+FPf6TxtVGZAkWz2CWxVkNNLjYygd9vtOJeMxQZ3b+sr585XM5lknFdUzKGV958499Dai7aCVYW"
        + "I8JGV6739ptuZEwQbcsg6E3UaC5nL4Hovwvc7av1KNa15NUfe4UmNGBcXTBPY="
}

struct CapturesTests {
    private let folder: ScratchFolder
    private let captures: Captures
    /// 2026-11-28 21:05:07 UTC.
    private let now = 1_795_899_907.0

    init() throws {
        folder = try ScratchFolder()
        captures = try Captures(folder: folder.path, vault: try Vault(folder: folder.path, at: 1000))
    }

    private func lines(_ texts: String...) -> Data { Data(texts.map { $0 + "\n" }.joined().utf8) }

    @Test func linesAreKeptByEndpointVariantAndHourAndSealed() throws {
        let canary = "canary-7f3a"
        let path = try captures.add(lines("{\"data\":\"\(canary)\"}"), endpoint: "digits", variant: "primary", at: now)
        #expect(path.hasPrefix("digits/primary/2026/11/28/21/05-07-"))
        let file = try #require(captures.files(of: "digits").first)
        #expect(file.path == path)
        #expect(file.hour == 1_795_899_600)
        #expect(try captures.lines(of: file) == lines("{\"data\":\"\(canary)\"}"))
        #expect(try folder.permissions("captures/\(path)") == 0o600)
        let raw = try #require(FileManager.default.contents(atPath: "\(folder.path)/captures/\(path)"))
        #expect(raw.firstRange(of: Data(canary.utf8)) == nil)
        #expect(captures.files(of: "other").isEmpty)
    }

    @Test func aFileThatWasMovedDoesNotOpen() throws {
        let path = try captures.add(lines("{}"), endpoint: "digits", variant: "primary", at: now)
        let moved = path.replacing("digits/", with: "others/")
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/captures/\((moved as NSString).deletingLastPathComponent)",
            withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: "\(folder.path)/captures/\(path)", toPath: "\(folder.path)/captures/\(moved)")
        let file = try #require(captures.files(of: "others").first)
        #expect(throws: PlumbError.self) { try captures.lines(of: file) }
    }

    @Test func oldHoursExpireAndLeaveNoEmptyFolders() throws {
        try captures.add(lines("old"), endpoint: "digits", variant: "primary", at: now - 31 * 86_400)
        try captures.add(lines("new"), endpoint: "digits", variant: "primary", at: now - 29 * 86_400)
        try captures.add(lines("other"), endpoint: "others", variant: "primary", at: now - 31 * 86_400)
        #expect(try captures.expire("digits", olderThanDays: 30, at: now) == 1)
        #expect(try captures.files(of: "digits").map { try captures.lines(of: $0) } == [lines("new")])
        #expect(captures.files(of: "others").count == 1)
        #expect(try captures.expire("others", olderThanDays: 30, at: now) == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/captures/others"))
    }

    @Test func oneSubjectsLinesAreErasedAndTheOthersStay() throws {
        try captures.add(lines("a1", "b1", "a2"), endpoint: "digits", variant: "primary", at: now)
        try captures.add(lines("a3"), endpoint: "digits", variant: "primary", at: now + 4000)
        try captures.add(lines("b2"), endpoint: "digits", variant: "primary", at: now + 8000)
        let erased = try captures.erase { $0.first == UInt8(ascii: "a") }
        #expect(erased == 3)
        #expect(try captures.files().map { try captures.lines(of: $0) } == [lines("b1"), lines("b2")])
        #expect(try captures.erase { $0.first == UInt8(ascii: "a") } == 0)
    }

    @Test func aPassphraseClosesTheRingAndNothingElseOpensIt() throws {
        let folder = try ScratchFolder()
        let vault = try Vault(folder: folder.path, at: 1000)
        let path = "\(folder.path)/keyring.json"
        let sealed = try vault.seal(Data("a".utf8), for: "a")
        try vault.setPassphrase("a long passphrase")
        #expect(Vault.isClosed(ringAt: path))
        #expect(try folder.permissions("keyring.json") == 0o600)
        for wrong in [nil, "another passphrase"] {
            let error = #expect(throws: PlumbError.self) { try Vault(ringAt: path, passphrase: wrong) }
            #expect(error?.kind == .refused && error?.message.contains("passphrase") == true)
        }
        let opened = try Vault(folder: folder.path, at: 2000, passphrase: "a long passphrase")
        #expect(try opened.open(sealed, for: "a") == Data("a".utf8))
        // A rotation leaves the file closed.
        try opened.rotate(at: 3000)
        #expect(Vault.isClosed(ringAt: path))
        try opened.setPassphrase(nil)
        #expect(try Vault(ringAt: path).keyVersion == 2)
        let short = #expect(throws: PlumbError.self) { try opened.setPassphrase("short") }
        #expect(short?.kind == .invalidInput)
        #expect(!Vault.isClosed(ringAt: path))
    }
}
