import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

struct AtomicFileTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func content(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(folder.path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aFileIsItsOwnersAloneUnlessToldOtherwise() throws {
        try AtomicFile.write(Data("key".utf8), to: "\(folder.path)/key")
        try AtomicFile.write(Data("cert".utf8), to: "\(folder.path)/cert", permissions: 0o444)
        #expect(try folder.permissions("key") == 0o600)
        #expect(try folder.permissions("cert") == 0o444)
        #expect(content("key") == "key")
    }

    @Test func theNewContentReplacesTheOldAndNothingElseIsLeft() throws {
        for size in [0, 1, 4096, 3_000_000, 5] {
            try AtomicFile.write(Data(repeating: 7, count: size), to: "\(folder.path)/state")
            #expect(FileManager.default.contents(atPath: "\(folder.path)/state")?.count == size)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state"])
    }

    @Test func aLinkIsReplacedNotFollowed() throws {
        try Data("precious".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/elsewhere"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/state", withDestinationPath: "\(folder.path)/elsewhere")
        try AtomicFile.write(Data("new".utf8), to: "\(folder.path)/state")
        #expect(content("elsewhere") == "precious")
        #expect(content("state") == "new")
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        let error = #expect(throws: PlumbError.self) {
            try AtomicFile.write(Data(), to: "\(folder.path)/none/state")
        }
        #expect(error?.kind == .internalFault)
        #expect(error?.message.contains("\(folder.path)/none/state") == true)
        #expect(error?.message.hasSuffix("No such file or directory") == true)
    }

    @Test func whatCannotBePutInPlaceLeavesNothingBehind() throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/state/inner", withIntermediateDirectories: true)
        #expect(throws: PlumbError.self) { try AtomicFile.write(Data("x".utf8), to: "\(folder.path)/state") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state"])
    }

    @Test(.enabled(if: TinyDisk.isPossible, "only root can mount a small disk"))
    func onAFullDiskTheOldContentSurvives() throws {
        let disk = try TinyDisk()
        try AtomicFile.write(Data("old".utf8), to: "\(disk.path)/state")
        let error = #expect(throws: PlumbError.self) {
            try AtomicFile.write(Data(repeating: 1, count: 1 << 20), to: "\(disk.path)/state")
        }
        #expect(error?.message.hasSuffix("No space left on device") == true)
        #expect(FileManager.default.contents(atPath: "\(disk.path)/state") == Data("old".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["state"])
    }

    @Test(.enabled(if: TinyDisk.isPossible, "only root can mount a small disk"))
    func onAReadOnlyDiskTheOldContentSurvives() throws {
        let disk = try TinyDisk()
        try AtomicFile.write(Data("old".utf8), to: "\(disk.path)/state")
        try disk.makeReadOnly()
        let error = #expect(throws: PlumbError.self) {
            try AtomicFile.write(Data("new".utf8), to: "\(disk.path)/state")
        }
        #expect(error?.message.hasSuffix("Read-only file system") == true)
        #expect(FileManager.default.contents(atPath: "\(disk.path)/state") == Data("old".utf8))
    }

    @Test func aFolderIsMadeWithThoseAboveItForItsOwnerAlone() throws {
        try AtomicFile.makeFolder("\(folder.path)/a/b")
        #expect(try folder.permissions("a/b") == 0o700)
        try AtomicFile.makeFolder("\(folder.path)/a/b")
        try Data().write(to: URL(fileURLWithPath: "\(folder.path)/file"))
        #expect(throws: PlumbError.self) { try AtomicFile.makeFolder("\(folder.path)/file/c") }
    }
}
