// A file of lines that turns at a size, so that two files' worth is kept.

import Foundation
import PlumbModel

/// Lines in a file that only its owner may read; the one before is kept under the same name with `.1`.
struct RotatedFile {
    private let path: String
    private let bytesMax: Int
    private var file: FileHandle
    private var bytes: Int

    /// Opens the file and goes on behind what is in it.
    init(path: String, bytesMax: Int, hint: String) throws(PlumbError) {
        self.path = path
        self.bytesMax = bytesMax
        do {
            (file, bytes) = try Self.open(path)
        } catch {
            throw PlumbError(.invalidInput, "\(path) cannot be written", hint: hint, cause: error)
        }
    }

    mutating func write(_ line: String) throws {
        let data = Data((line + "\n").utf8)
        if bytes > 0, bytes + data.count > bytesMax { try turn() }
        try file.write(contentsOf: data)
        bytes += data.count
    }

    /// Keeps the file as the older one, and begins another.
    private mutating func turn() throws {
        let older = "\(path).1"
        if FileManager.default.fileExists(atPath: older) { try FileManager.default.removeItem(atPath: older) }
        try FileManager.default.moveItem(atPath: path, toPath: older)
        try file.close()
        (file, bytes) = try Self.open(path)
    }

    private static func open(_ path: String) throws -> (FileHandle, Int) {
        if !FileManager.default.fileExists(atPath: path) {
            // That it failed, opening the file tells.
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        return (file, Int(try file.seekToEnd()))
    }
}
