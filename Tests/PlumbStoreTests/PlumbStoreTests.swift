// State on a real disk: what was acknowledged is there, what was tampered with is named, what is damaged is refused.

import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

/// A folder of its own for one test, gone afterwards.
final class ScratchFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "plumb-store-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)  // A leftover in the temporary folder harms nobody.
    }

    func permissions(_ name: String) throws -> Int {
        let found = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions]
        return try #require((found as? NSNumber)?.intValue)
    }
}

/// A disk of 64 KiB that can be filled up or made read-only; only root can make one.
final class TinyDisk {
    let path: String
    private let folder: ScratchFolder

    /// Whether this machine lets the tests mount a disk.
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        do { return try TinyDisk().path.isEmpty == false } catch { return false }
    }()

    init() throws {
        folder = try ScratchFolder()
        path = "\(folder.path)/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path)
    }

    func makeReadOnly() throws { try Self.run("mount", "-o", "remount,ro", path) }

    deinit {
        do { try Self.run("umount", path) } catch { print("\(path) is still mounted: \(error)") }
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw PlumbError(.refused, "\(arguments.joined(separator: " ")): \(process.terminationStatus)")
        }
    }
}

func entry(_ action: String, _ number: Int = 0) -> AuditEntry {
    AuditEntry(
        at: 1_800_000_000 + Double(number), actor: "ann", action: action, subject: "endpoint/digits",
        details: ["number": "\(number)"])
}
