// Files in one file, as tar (POSIX ustar) has it: each set of files has one form, and no other is read.

import Foundation
import PlumbModel

/// An archive of plain files without folders, sorted by name, without times or owners.
enum TarFile {
    private static let blockBytes = 512
    static let bytesMax = 1 << 30
    private static let filesMax = 10_000
    private static let nameBytesMax = 100

    /// The archive's bytes. Throws `invalidInput` for a name that is none, or too much.
    static func write(_ files: [String: Data]) throws(PlumbError) -> Data {
        var archive = Data()
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            guard isName(name) else {
                throw PlumbError(.invalidInput, "an archive cannot hold a file named '\(name.prefix(100))'")
            }
            archive += header(name, bytes.count) + bytes + padding(bytes.count)
        }
        guard files.count <= filesMax, archive.count <= bytesMax - 2 * blockBytes else {
            throw PlumbError(.invalidInput, "an archive holds at most \(filesMax) files and \(bytesMax >> 20) MiB")
        }
        return archive + Data(count: 2 * blockBytes)
    }

    /// The files of an archive. Throws `invalidInput` for anything that `write` would not have written: links, folders,
    /// paths, a name twice, a size that is not there, bytes after the end.
    static func read(_ archive: Data) throws(PlumbError) -> [String: Data] {
        guard archive.count <= bytesMax else {
            throw PlumbError(.invalidInput, "the archive is larger than \(bytesMax >> 20) MiB")
        }
        var files: [String: Data] = [:]
        var last = ""
        var rest = archive[...]
        func take(_ count: Int) throws(PlumbError) -> Data {
            guard count <= rest.count else { throw PlumbError(.invalidInput, "the archive is cut") }
            let part = Data(rest.prefix(count))
            rest = rest.dropFirst(count)
            return part
        }
        while true {
            let head = try take(blockBytes)
            if head == Data(count: blockBytes) { break }
            let (name, size) = try entry(head)
            guard name > last else {
                throw PlumbError(.invalidInput, "the archive names \(name) twice, or out of order")
            }
            guard files.count < filesMax else {
                throw PlumbError(.invalidInput, "the archive holds more than \(filesMax) files")
            }
            files[name] = try take(size)
            guard try take(padding(size).count) == padding(size) else {
                throw PlumbError(.invalidInput, "the archive holds bytes after the end of \(name)")
            }
            last = name
        }
        guard rest == Data(count: blockBytes) else {
            throw PlumbError(.invalidInput, "the archive is cut at its end, or goes on after it")
        }
        return files
    }

    /// Name and size of an entry, whose header has to be, byte for byte, the one that `write` makes of them.
    private static func entry(_ head: Data) throws(PlumbError) -> (name: String, size: Int) {
        let name = String(decoding: head.prefix(nameBytesMax).prefix { $0 != 0 }, as: UTF8.self)
        let kind = head[head.startIndex + 156]
        guard kind == UInt8(ascii: "0") else {
            let words: [UInt8: String] = [
                UInt8(ascii: "1"): "a link", UInt8(ascii: "2"): "a link", UInt8(ascii: "5"): "a folder",
            ]
            throw PlumbError(
                .invalidInput,
                "'\(name)' in the archive is \(words[kind] ?? "no plain file"): plain files alone are read")
        }
        guard isName(name) else {
            throw PlumbError(.invalidInput, "'\(name)' in the archive is no plain name of a file")
        }
        let digits = head.dropFirst(124).prefix(11)
        guard digits.allSatisfy({ (0x30...0x37).contains($0) }),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 8), header(name, size) == head
        else {
            throw PlumbError(
                .invalidInput, "the head of \(name) in the archive is not as it was written",
                hint: "an archive that another program made can be unpacked, and its folder checked")
        }
        return (name, size)
    }

    /// Letters, digits, `.`, `-` and `_`, beginning with no dot: nothing that leads elsewhere.
    private static func isName(_ name: String) -> Bool {
        (1...nameBytesMax - 1).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func padding(_ size: Int) -> Data { Data(count: (blockBytes - size % blockBytes) % blockBytes) }

    private static func header(_ name: String, _ size: Int) -> Data {
        var head = Data(name.utf8) + Data(count: nameBytesMax - name.utf8.count)
        head += Data("0000644\0\(octal(0, 7))\0\(octal(0, 7))\0\(octal(size, 11))\0\(octal(0, 11))\0".utf8)
        let tail = Data("0".utf8) + Data(count: 100) + Data("ustar\u{0}00".utf8)
        // The sum is taken with blanks in its own place.
        let blank = head + Data("        ".utf8) + tail
        let sum = blank.reduce(0) { $0 + Int($1) }
        head += Data("\(octal(sum, 6))\0 ".utf8) + tail
        return head + Data(count: blockBytes - head.count)
    }

    private static func octal(_ number: Int, _ width: Int) -> String {
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
