import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

struct ArtifactStoreTests {
    private let folder: ScratchFolder
    private let artifacts: ArtifactStore
    private let vault: Vault

    init() throws {
        folder = try ScratchFolder()
        vault = try Vault(folder: folder.path, at: 0)
        artifacts = try ArtifactStore(folder: folder.path, vault: vault)
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
        #expect(try artifacts.contents(of: digest) == Data("abc".utf8))
        let kept = try #require(FileManager.default.contents(atPath: artifacts.path(of: digest)))
        #expect(Vault.isSealed(kept) && kept.range(of: Data("abc".utf8)) == nil)
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

    @Test func whatAnOlderVersionLeftPlainIsSealedAtTheNextStart() throws {
        let old = Data(repeating: 7, count: 40_000)
        let digest = ArtifactStore.digest(of: old)
        let changed = String(repeating: "a", count: 64)
        for name in [digest, changed] { try old.write(to: URL(filePath: "\(folder.path)/artifacts/\(name)")) }
        #expect(try artifacts.plainCount() == 2)
        // Readable before as well: a start that was cut short has lost nothing.
        #expect(try artifacts.contents(of: digest) == old)
        let reopened = try ArtifactStore(folder: folder.path, vault: vault)
        #expect(try reopened.contents(of: digest) == old)
        // What is not what its name says is not blessed.
        #expect(try reopened.plainCount() == 1)
        #expect(throws: PlumbError.self) { try reopened.verify(changed) }
    }

    @Test func rotationWrapsArtefactsAnewAndShreddingTakesThemAway() throws {
        let digest = try artifacts.add(fileAt: try file(Data("abc".utf8)))
        let before = try #require(FileManager.default.contents(atPath: artifacts.path(of: digest)))
        try vault.rotate(at: 1)
        #expect(try artifacts.rewrap() == 1)
        #expect(try artifacts.rewrap() == 0)
        try vault.shred(1)
        try artifacts.verify(digest)
        try FileManager.default.removeItem(atPath: artifacts.path(of: digest))
        try before.write(to: URL(filePath: artifacts.path(of: digest)))
        let error = #expect(throws: PlumbError.self) { try artifacts.verify(digest) }
        #expect(error?.kind == .refused)
    }

    @Test func anArtefactUnderAnothersNameDoesNotOpen() throws {
        let digests = try ["a", "b"].map { try artifacts.add(fileAt: try file(Data($0.utf8))) }
        let sealed = try #require(FileManager.default.contents(atPath: artifacts.path(of: digests[0])))
        try FileManager.default.removeItem(atPath: artifacts.path(of: digests[1]))
        try sealed.write(to: URL(filePath: artifacts.path(of: digests[1])))
        #expect(throws: PlumbError.self) { try artifacts.contents(of: digests[1]) }
    }

    // MARK: - Plain copies

    /// `/dev/shm` where there is one; the folder itself, which is a disk, otherwise.
    private func copies(in places: [String]? = nil) throws -> ArtifactCopies {
        try ArtifactCopies(of: artifacts, home: folder.path, places: places)
    }

    @Test func aCopyIsPlainAndGoesWhenNobodyNeedsIt() throws {
        let copies = try copies()
        defer { copies.end() }
        let digests = try ["a", "b"].map { try artifacts.add(fileAt: try file(Data($0.utf8))) }
        let paths = try digests.map { try copies.path(of: $0, isList: false, sharedWith: nil) }
        #expect(paths.map { FileManager.default.contents(atPath: $0) } == [Data("a".utf8), Data("b".utf8)])
        #expect(copies.hasMemory != copies.areOnDisk)
        // The second time nothing is opened: the sealed one may be away.
        try FileManager.default.removeItem(atPath: artifacts.path(of: digests[0]))
        #expect(try copies.path(of: digests[0], isList: false, sharedWith: nil) == paths[0])
        copies.sweep(keeping: [digests[1]])
        #expect(paths.map { FileManager.default.fileExists(atPath: $0) } == [false, true])
        copies.end()
        #expect(!FileManager.default.fileExists(atPath: paths[1]))
    }

    @Test func whereNoMemoryIsAFileSystemACopyLiesOnTheDiskAndThatIsTold() throws {
        let copies = try copies(in: ["/proc", "\(folder.path)/nowhere"])
        #expect(!copies.hasMemory && !copies.areOnDisk)
        let digest = try artifacts.add(fileAt: try file(Data("abc".utf8)))
        let path = try copies.path(of: digest, isList: false, sharedWith: nil)
        #expect(path.hasPrefix(folder.path) && copies.areOnDisk)
        copies.end()
        #expect(!copies.areOnDisk)
    }

    @Test func aListBringsAllItsModels() throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/models", withIntermediateDirectories: true)
        for name in ["a", "b"] { _ = try file(Data(name.utf8), "models/\(name).onnx") }
        let list = try artifacts.add(modelsIn: "\(folder.path)/models")
        let copies = try copies()
        defer { copies.end() }
        let place = (try copies.path(of: list, isList: true, sharedWith: nil) as NSString).deletingLastPathComponent
        let models = try #require(artifacts.models(list)).digests.values
        #expect(models.allSatisfy { FileManager.default.fileExists(atPath: "\(place)/\($0)") })
        copies.sweep(keeping: [list])
        #expect(models.allSatisfy { FileManager.default.fileExists(atPath: "\(place)/\($0)") })
        copies.sweep()
        #expect(!models.contains { FileManager.default.fileExists(atPath: "\(place)/\($0)") })
    }
}
