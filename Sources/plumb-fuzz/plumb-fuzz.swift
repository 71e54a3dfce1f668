// Feeds readers with bytes that nobody would write: kept ones in every run of the tests, new ones for as long as asked.
//
// `FuzzedReader` lists the readers, `TreeMutation` bends real templates, plans and specs. Built for fuzzing (`make
// fuzz`) the program is driven by libFuzzer; built as usual it replays the files that are kept.

import Foundation

@main
enum PlumbFuzz {
    static func main() {
        #if FUZZING
            FuzzDriver.run()
        #else
            replay(CommandLine.arguments.dropFirst().map { $0 })
        #endif
    }

    /// `plumb-fuzz CORPUS` replays a folder that holds a folder for each reader; `plumb-fuzz --print READER FILE`
    /// writes the document that a tree reader makes of a file; `plumb-fuzz READER FILE…` feeds one reader; `plumb-fuzz
    /// --bend READER CORPUS SECONDS SEED` feeds it files of a corpus that are bent at random.
    private static func replay(_ words: [String]) {
        guard let first = words.first else {
            return stop("usage: plumb-fuzz CORPUS | READER FILE… | --print READER FILE | --bend READER …")
        }
        if first == "--bend", words.count == 5 { return bend(words[1], words[2], words[3], words[4]) }
        if first == "--print", words.count == 3 {
            guard let tree = FuzzedReader.all[words[1]]?.tree else { return stop("\(words[1]) is no tree reader") }
            return print(TreeMutation.document(of: Kept.bytes(words[2]), from: tree.seeds).json)
        }
        guard words.count > 1 else {
            let (count, slow) = Kept.replay(first)
            print("\(count) files were answered")
            return slow.isEmpty ? () : stop("too slow: " + slow.joined(separator: ", "))
        }
        guard let reader = FuzzedReader.all[first] else {
            return stop("there is no reader \(first); there are \(FuzzedReader.all.keys.sorted())")
        }
        for path in words.dropFirst() {
            let took = ContinuousClock().measure { reader.feed(Kept.bytes(path)) }
            print("\(path): \(took)")
        }
    }

    private static func stop(_ message: String) {
        FileHandle.standardError.write(Data("\(message)\n".utf8))
        exit(2)
    }

    private static func bend(_ name: String, _ corpus: String, _ seconds: String, _ seed: String) {
        guard let reader = FuzzedReader.all[name], let seconds = Double(seconds), let seed = UInt64(seed) else {
            return stop("usage: plumb-fuzz --bend READER CORPUS SECONDS SEED")
        }
        let files = Kept.files(in: corpus).filter { $0.reader == name }.map { Kept.bytes($0.path) }
        let last = FileManager.default.temporaryDirectory.appending(path: "plumb-fuzz-\(name).input").path
        let count = BlindMutation.run(reader, files: files, seconds: seconds, seed: seed, last: last)
        print("\(name): \(count) inputs in \(seconds) s; the last one is in \(last)")
    }
}
