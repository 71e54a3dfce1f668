// Folders of models: taken in whole, kept whole, and no way out of them.

import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

struct ModelListTests {
    private let folder: ScratchFolder
    private let artifacts: ArtifactStore

    init() throws {
        folder = try ScratchFolder()
        artifacts = try ArtifactStore(folder: folder.path, vault: try Vault(folder: folder.path, at: 0))
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/models/deeper", withIntermediateDirectories: true)
        for (name, text) in [("a.onnx", "a"), ("deeper/b.onnx", "b"), ("notes.txt", "no model")] {
            try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/models/\(name)"))
        }
    }

    private var models: String { "\(folder.path)/models" }

    @Test func everyModelOfAFolderIsKeptUnderOneDigest() throws {
        let digest = try artifacts.add(modelsIn: models)
        let list = try #require(artifacts.models(digest))
        #expect(Set(list.digests.keys) == ["a.onnx", "deeper/b.onnx"])
        #expect(try list.digests["a.onnx"] == ArtifactStore.digest(ofFileAt: "\(models)/a.onnx"))
        #expect(try ArtifactStore.digest(ofModelsIn: models) == digest)
        try Data("another".utf8).write(to: URL(filePath: "\(models)/a.onnx"))
        #expect(try ArtifactStore.digest(ofModelsIn: models) != digest)
        // A single model is no list.
        #expect(try artifacts.models(artifacts.add(fileAt: "\(models)/a.onnx")) == nil)
    }

    @Test func modelsGoAndAreMissedWithTheirList() throws {
        let digest = try artifacts.add(modelsIn: models)
        let model = try #require(artifacts.models(digest)?.digests["deeper/b.onnx"])
        try artifacts.prune(keeping: [digest])
        try artifacts.verify(digest)
        try FileManager.default.removeItem(atPath: artifacts.path(of: model))
        #expect(throws: PlumbError.self) { try artifacts.verify(digest) }
        try artifacts.prune(keeping: [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/artifacts").isEmpty)
    }

    @Test func aLinkOutOfTheFolderIsRefusedAndOneWithinIsNot() throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(models)/same.onnx", withDestinationPath: "\(models)/a.onnx")
        #expect(try artifacts.models(artifacts.add(modelsIn: models))?.digests.count == 3)
        try Data("secret".utf8).write(to: URL(filePath: "\(folder.path)/outside.onnx"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(models)/out.onnx", withDestinationPath: "\(folder.path)/outside.onnx")
        let error = #expect(throws: PlumbError.self) { try artifacts.add(modelsIn: models) }
        #expect(error?.kind == .refused && error?.message.contains("leaves the folder") == true)
    }

    @Test func aFolderWithoutModelsIsNone() throws {
        let error = #expect(throws: PlumbError.self) { try artifacts.add(modelsIn: "\(folder.path)/nowhere") }
        #expect(error?.kind == .notFound)
        try Data("x".utf8).write(to: URL(filePath: "\(models)/two words.onnx"))
        #expect(throws: PlumbError.self) { try artifacts.add(modelsIn: models) }
    }
}
