// The inputs that are kept: those that once broke a reader, and small ones of every sort to start from.

import Foundation

/// Files that are fed to readers in every run of the tests.
enum Kept {
    /// No input of the corpus, all smaller than 100 KB, may take longer than this; a debug build takes ten times as long.
    #if DEBUG
        static let longest = Duration.seconds(20)
    #else
        static let longest = Duration.seconds(2)
    #endif

    /// Feeds each reader the files in the folder of its name, and each file to every other reader as well: what broke
    /// one may break another. Answers how many runs that were, and those that took too long.
    static func replay(_ folder: String) -> (count: Int, slow: [String]) {
        var count = 0
        var slow: [String] = []
        for (owner, path) in files(in: folder) {
            let bytes = bytes(path)
            for (name, reader) in FuzzedReader.all where owner == name || reader.tree == nil {
                let took = ContinuousClock().measure { reader.feed(bytes) }
                count += 1
                if took > longest { slow.append("\(path) in \(name): \(took)") }
            }
        }
        return (count, slow)
    }

    /// The files of a corpus, each with the reader whose folder it is in.
    static func files(in folder: String) -> [(reader: String, path: String)] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.sorted() ?? []
        return names.compactMap { name in
            let parts = name.split(separator: "/")
            return parts.count == 2 ? (String(parts[0]), "\(folder)/\(name)") : nil
        }
    }

    static func bytes(_ path: String) -> [UInt8] { FileManager.default.contents(atPath: path).map(Array.init) ?? [] }
}
