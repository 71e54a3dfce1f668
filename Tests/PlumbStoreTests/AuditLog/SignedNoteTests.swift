import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

struct SignedNoteTests {
    /// The example of Go's sumdb/note, whose form C2SP signed-note takes over.
    private static let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let note = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """

    @Test func thePublishedExampleIsVerified() throws {
        let verifier = try NoteVerifier(Self.key)
        #expect(verifier.text == Self.key)
        try SignedNote(Self.note).verify(by: verifier)
    }

    @Test(arguments: [("answer", "answers"), ("x08go", "x08gp"), ("ZJkuBS", "ZJkuBT"), ("PeterNeumann", "Peter")])
    func whatWasChangedIsRefused(part: String, other: String) throws {
        let changed = try SignedNote(Self.note.replacingOccurrences(of: part, with: other))
        let verifier = try NoteVerifier(Self.key)
        let error = #expect(throws: PlumbError.self) { try changed.verify(by: verifier) }
        #expect(error?.kind == .refused)
    }

    @Test(arguments: [
        "", "a\n", "a\n\n", "a\n\nno signature\n", "a\n\n— b\n", "a\n\n— b AAAA\n", "a\n\n— b c+ AAAAAAAA",
    ])
    func whatIsNoNoteIsToldFrom(text: String) {
        #expect(throws: PlumbError.self) { try SignedNote(text) }
    }

    @Test(arguments: [
        "", "a+b", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "a+00000000+AAAA",
    ])
    func whatIsNoKeyIsToldFrom(text: String) {
        #expect(throws: PlumbError.self) { try NoteVerifier(text) }
    }

    @Test func aKeyIsItsOwnersAloneAndSignsAfterReopening() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/key"
        func open() throws -> NoteSigner { try NoteSigner.kept(at: path, kind: .note) { _ in "example.org/log" } }
        let first = try open()
        #expect(try folder.permissions("key") == 0o600)
        let again = try open()
        #expect(again.verifier == first.verifier)
        let note = "a\n\n" + (try again.signatureLine(for: "a\n"))
        try SignedNote(note).verify(by: try NoteVerifier(first.verifier.text))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let error = #expect(throws: PlumbError.self) { try open() }
        #expect(error?.kind == .refused)
    }

    @Test func aCosignatureBindsItsTime() throws {
        let signer = NoteSigner(name: "witness.example", kind: .cosignature)
        let line = try signer.signatureLine(for: "a\n", at: 1_800_000_000)
        let note = try SignedNote("a\n\n" + line)
        try note.verify(by: signer.verifier)
        let bytes = try #require(note.signatures.first?.bytes)
        #expect(bytes.count == 72)
        #expect(signer.verifier.isSigned("a\n", by: bytes))
        for place in [0, 7, 8, 71] {
            var changed = bytes
            changed[changed.startIndex + place] ^= 1
            #expect(!signer.verifier.isSigned("a\n", by: changed))
        }
    }
}
