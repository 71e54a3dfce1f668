import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbStore

/// Evidence is one thing in a folder and in a file, and what was changed, added or smuggled in is told.
struct EvidenceArchiveTests {
    private static let files = [
        "a.json": Data("{}".utf8), "b.tlog-proof": Data(repeating: 65, count: 512), "empty": Data(),
    ]

    @Test func aFileAndAFolderHoldTheSameAndTheFileIsTheSameEachTime() throws {
        let scratch = try ScratchFolder()
        try AtomicFile.makeFolder(scratch.path)
        for name in ["one.tar", "two.tar", "folder"] {
            try EvidenceArchive.write(Self.files, to: "\(scratch.path)/\(name)", signedBy: scratch.path)
            let found = try EvidenceArchive.verify("\(scratch.path)/\(name)", key: nil)
            #expect(found.filter { $0.key != "audit.pub" } == Self.files)
        }
        let bytes = FileManager.default.contents(atPath: "\(scratch.path)/one.tar")
        #expect(bytes != nil && bytes == FileManager.default.contents(atPath: "\(scratch.path)/two.tar"))
        #expect(throws: PlumbError.self) {
            try EvidenceArchive.write(Self.files, to: "\(scratch.path)/one.tar", signedBy: scratch.path)
        }
    }

    /// Whatever byte is changed, and wherever the file is cut, it is told.
    @Test func noByteOfAnArchiveMayDifferAndNoneMayBeMissing() throws {
        let scratch = try ScratchFolder()
        let path = "\(scratch.path)/evidence.tar"
        try AtomicFile.makeFolder(scratch.path)
        try EvidenceArchive.write(Self.files, to: path, signedBy: scratch.path)
        let whole = try #require(FileManager.default.contents(atPath: path))
        for place in stride(from: 0, to: whole.count, by: 7) {
            var changed = whole
            changed[place] ^= 0x20
            try changed.write(to: URL(filePath: path))
            #expect(throws: PlumbError.self, "byte \(place)") { try EvidenceArchive.verify(path, key: nil) }
        }
        for length in stride(from: 0, to: whole.count, by: 129) {
            try whole.prefix(length).write(to: URL(filePath: path))
            #expect(throws: PlumbError.self, "the first \(length) bytes") { try EvidenceArchive.verify(path, key: nil) }
        }
    }

    @Test func aNameThatLeadsElsewhereIsNotWritten() {
        for name in ["../a", "/a", "a/b", ".a", "", "a b", String(repeating: "a", count: 100)] {
            #expect(throws: PlumbError.self, "\(name)") { try TarFile.write([name: Data()]) }
        }
    }

    /// Archives as somebody who means harm would make them.
    @Test func hostileArchivesAreToldByWhatIsWrong() throws {
        let plain = try TarFile.write(["a": Data("x".utf8)])
        func bent(_ change: (inout Data) -> Void) -> Data {
            var archive = plain
            change(&archive)
            return archive
        }
        let cases: [(String, Data)] = [
            ("no plain name", bent { $0.replaceSubrange(0..<4, with: Data("../a".utf8)) }),
            ("a link", bent { $0[156] = UInt8(ascii: "2") }), ("a folder", bent { $0[156] = UInt8(ascii: "5") }),
            ("no plain file", bent { $0[156] = UInt8(ascii: "x") }),
            ("as it was written", bent { $0[124] = 0x80 }),
            ("as it was written", bent { $0.replaceSubrange(124..<135, with: Data("77777777777".utf8)) }),
            ("twice", plain.prefix(1024) + plain), ("goes on after it", plain + Data(count: 512)),
            ("after the end of a", bent { $0[600] = 1 }), ("cut", plain.prefix(700)), ("cut", Data()),
        ]
        for (words, archive) in cases {
            let error = #expect(throws: PlumbError.self, "\(words)") { try TarFile.read(Data(archive)) }
            #expect(error?.message.contains(words) == true, "\(words): \(error?.message ?? "")")
        }
        #expect(try TarFile.read(plain) == ["a": Data("x".utf8)])
    }

    /// The system's own program reads it, where there is one.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tar")))
    func otherProgramsReadIt() throws {
        let scratch = try ScratchFolder()
        try AtomicFile.makeFolder(scratch.path)
        let path = "\(scratch.path)/evidence.tar"
        try EvidenceArchive.write(Self.files, to: path, signedBy: scratch.path)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/tar")
        process.arguments = [
            "-xf", path, "-C", scratch.path, "a.json", "b.tlog-proof", "empty", "MANIFEST", "audit.pub",
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        for (name, bytes) in Self.files {
            #expect(FileManager.default.contents(atPath: "\(scratch.path)/\(name)") == bytes)
        }
    }
}
