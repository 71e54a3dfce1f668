import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

struct ArtifactStoreTests {
    private let folder: ScratchFolder
    private let artifacts: ArtifactStore

    init() throws {
        folder = try ScratchFolder()
        artifacts = try ArtifactStore(folder: folder.path)
    }

    private func file(_ content: Data, _ name: String = "model.onnx") throws -> String {
        let path = "\(folder.path)/\(name)"
        try content.write(to: URL(fileURLWithPath: path))
        return path
    }

    private var kept: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/artifacts").sorted() }
    }

    @Test func aFileIsKeptByTheDigestOfItsContent() throws {
        let digest = try artifacts.add(fileAt: try file(Data("abc".utf8)))
        // SHA-256 of "abc", FIPS 180-2, appendix B.1.
        #expect(digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try ArtifactStore.digest(ofFileAt: "\(folder.path)/model.onnx") == digest)
        #expect(FileManager.default.contents(atPath: artifacts.path(of: digest)) == Data("abc".utf8))
        #expect(try folder.permissions("artifacts/\(digest)") == 0o400)
        try artifacts.verify(digest)
    }

    @Test func theSameContentIsKeptOnce() throws {
        let big = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
        let first = try artifacts.add(fileAt: try file(big))
        let second = try artifacts.add(fileAt: try file(big, "copy.onnx"))
        let other = try artifacts.add(fileAt: try file(big.dropLast(), "other.onnx"))
        #expect(first == second)
        #expect(try kept == [first, other].sorted())
    }

    @Test func theCopyOutlivesTheOriginal() throws {
        let path = try file(Data("abc".utf8))
        let digest = try artifacts.add(fileAt: path)
        try Data("changed".utf8).write(to: URL(fileURLWithPath: path))
        try artifacts.verify(digest)
        try FileManager.default.removeItem(atPath: path)
        try artifacts.verify(digest)
    }

    @Test func aChangedArtefactIsFoundOutAndMadeGood() throws {
        let path = try file(Data("abc".utf8))
        let digest = try artifacts.add(fileAt: path)
        try FileManager.default.removeItem(atPath: artifacts.path(of: digest))
        try Data("abd".utf8).write(to: URL(fileURLWithPath: artifacts.path(of: digest)))
        let changed = #expect(throws: PlumbError.self) { try artifacts.verify(digest) }
        #expect(changed?.kind == .internalFault)
        #expect(try artifacts.add(fileAt: path) == digest)
        try artifacts.verify(digest)
        try FileManager.default.removeItem(atPath: artifacts.path(of: digest))
        let gone = #expect(throws: PlumbError.self) { try artifacts.verify(digest) }
        #expect(gone?.kind == .notFound)
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: PlumbError.self) { try artifacts.add(fileAt: "\(folder.path)/none.onnx") }
        #expect(error?.kind == .notFound)
        #expect(error?.message.contains("none.onnx") == true)
    }

    @Test func pruningKeepsWhatIsNeeded() throws {
        let digests = try (0..<4).map { try artifacts.add(fileAt: try file(Data("\($0)".utf8))) }
        try artifacts.prune(keeping: Set(digests.prefix(2)))
        #expect(try kept == digests.prefix(2).sorted())
        try artifacts.prune(keeping: Set(digests))
        try artifacts.verify(digests[0])
        try artifacts.prune(keeping: [])
        #expect(try kept.isEmpty)
    }
}
