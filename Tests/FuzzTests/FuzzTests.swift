// What is kept of fuzzing is answered still.

import Foundation
import Testing

@testable import plumb_fuzz

struct FuzzTests {
    static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus").path

    @Test func everyKeptFileIsAnsweredSoon() {
        let (count, slow) = Kept.replay(Self.corpus)
        #expect(count > 100)
        #expect(slow.isEmpty, "\(slow)")
    }

    @Test func theCorpusIsSmallAndEveryFolderIsAReader() throws {
        let files = Kept.files(in: Self.corpus)
        #expect(files.reduce(0) { $0 + Kept.bytes($1.path).count } < 300_000)
        // The worker is a program of its own: scripts/fuzz.sh feeds it.
        #expect(Set(files.map(\.reader)) == Set(FuzzedReader.all.keys).union(["worker"]))
    }

    /// A bent document is an ordinary one as well: what a crash leaves can be kept as a file.
    @Test(arguments: ["template-tree", "plan-tree"])
    func aBentDocumentIsWrittenAsJSON(reader: String) throws {
        let tree = try #require(FuzzedReader.all[reader]?.tree)
        var random = SystemRandomNumberGenerator()
        for seed in 0..<3 {
            let tape = [UInt8(seed), 130] + (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
            let json = TreeMutation.document(of: tape, from: tree.seeds).json
            #expect(FuzzedReader.document(Array(json.utf8)) != nil, "tape \(tape)")
        }
    }
}
