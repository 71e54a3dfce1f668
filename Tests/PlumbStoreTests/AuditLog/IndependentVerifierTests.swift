import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

/// A verifier in another language, written from the standards, believes what is true and nothing else.
struct IndependentVerifierTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Doubles/audit_verifier.py").path
    private static let isThere = FileManager.default.fileExists(atPath: "/usr/bin/python3")
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// Whether the verifier believes it.
    private func believes(_ arguments: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [Self.script] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let path = "\(folder.path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test(.enabled(if: isThere, "python3 is not installed"))
    func itBelievesTheLogAndItsProofsAndNothingThatWasChanged() async throws {
        let store = try Store(folder: folder.path)
        try await store.append((0..<300).map { entry("deploy", $0) })
        let old = try file("old", store.auditCheckpoint)
        try await store.append((300..<700).map { entry("deploy", $0) })
        let (reader, key) = (store.reader, store.reader.verifier.text)
        let log = "\(folder.path)/audit"
        #expect(try believes("log", log, key))

        let proof = try reader.proof(of: 299).text
        #expect(try believes("proof", try file("proof", proof), key))
        #expect(try AuditProof(proof).verify(by: reader.verifier).size == 700)
        for (part, other) in [("index 299", "index 298"), ("\n700\n", "\n701\n"), ("extra ey", "extra fy")] {
            let changed = proof.replacingOccurrences(of: part, with: other)
            #expect(changed != proof)
            #expect(try !believes("proof", try file("proof", changed), key), "\(part)")
            #expect(throws: PlumbError.self) { try AuditProof(changed).verify(by: reader.verifier) }
        }

        let growth = try reader.consistency(from: 300, to: 700).text + "\n" + store.auditCheckpoint
        #expect(try believes("growth", try file("growth", growth), old, key))
        let lines = growth.split(separator: "\n", omittingEmptySubsequences: false)
        let swapped = ([lines[0], lines[2], lines[1]] + lines[3...]).joined(separator: "\n")
        #expect(try !believes("growth", try file("growth", swapped), old, key))

        let witness = try AuditWitness(folder: "\(folder.path)/witness", name: "witness.example")
        let cosigned = try witness.look(at: reader, now: 1_800_000_000)
        #expect(try believes("cosigned", try file("cosigned", cosigned), key, witness.verifier.text))
        #expect(try !believes("cosigned", try file("cosigned", store.auditCheckpoint), key, witness.verifier.text))

        var bundle = try Data(contentsOf: URL(filePath: "\(log)/tile/entries/001"))
        bundle[1000] ^= 1
        try bundle.write(to: URL(filePath: "\(log)/tile/entries/001"))
        #expect(try !believes("log", log, key))
        try store.close()
    }
}
