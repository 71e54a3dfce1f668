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
        for seed in 0..<8 {
            // Numbers that look random and are the same in every run.
            let tape =
                [UInt8(seed % 3), 130] + (0..<40).map { UInt8(truncatingIfNeeded: ($0 * 167 + seed * 59) * 31 >> 2) }
            let json = TreeMutation.document(of: tape, from: tree.seeds).json
            // By another reader than ours, which refuses what is nested too deep.
            _ = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        }
    }
}
