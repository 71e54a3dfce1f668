// Plain copies of sealed artefacts, in memory, for as long as a worker needs them.

import Foundation
public import PlumbModel
import Synchronization

/// Opens artefacts into a file system that is memory: what lies there is gone with the power, and never on the disk.
///
/// Where no such file system is, or it has no room, the copy lies in the folder of state while it is needed, and
/// `areOnDisk` says so. (A machine that swaps may write memory to the disk as well: swap is for whoever runs it to
/// encrypt.)
public final class ArtifactCopies: Sendable {
    private let artifacts: ArtifactStore
    private let memory: String?
    private let disk: String
    /// One at a time: two workers of a revision share a copy.
    private let turn = Mutex<Void>(())
    /// Where Linux has memory as a file system.
    private static let memoryPlaces = ["/dev/shm", "/run/user/\(getuid())"]
    private static let memoryKinds: Set<Substring> = ["tmpfs", "ramfs"]
    /// Of a file system's room, what a copy leaves to others.
    private static let spareBytes = 1 << 20

    /// For the engine with this folder of state; `places` are where memory is looked for.
    public init(of artifacts: ArtifactStore, home: String, places: [String]? = nil) throws(PlumbError) {
        self.artifacts = artifacts
        disk = "\(home)/plain"
        memory = Self.memoryFolder(for: home, in: places ?? Self.memoryPlaces)
        if memory == nil { try makeDisk() }
    }

    /// The folder of copies, as long as they are in memory; their folder on the disk where there is no memory.
    public var folder: String { memory ?? disk }

    /// Whether copies can be kept off the disk at all.
    public var hasMemory: Bool { memory != nil }

    /// Whether any artefact lies in plain text on the disk now.
    public var areOnDisk: Bool { !Self.names(in: disk).isEmpty }

    private func makeDisk() throws(PlumbError) { try AtomicFile.makeFolder(disk, permissions: 0o711) }

    /// The engine's own folder in the first place that is memory; nil where there is none, or the folder is not ours.
    private static func memoryFolder(for home: String, in places: [String]) -> String? {
        let name = "plumb-\(getuid())-\(ArtifactStore.digest(of: Data(home.utf8)).prefix(12))"
        for place in places {
            guard isMemory(place) else { continue }
            let folder = "\(place)/\(name)"
            // One that is there already is looked at below.
            unsafe mkdir(folder, 0o711)
            var status = stat()
            guard unsafe lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
                status.st_mode & 0o022 == 0
            else { continue }
            return folder
        }
        return nil
    }

    /// Whether the file system that a folder is on is memory, by the list of what is mounted (proc_mounts(5)).
    private static func isMemory(_ folder: String) -> Bool {
        guard let mounts = FileManager.default.contents(atPath: "/proc/self/mounts") else { return false }
        var found = (point: "", kind: Substring(""))
        for line in String(decoding: mounts, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2 else { continue }
            let point = String(words[1])
            let holds = point == "/" || folder == point || folder.hasPrefix(point + "/")
            // Of two on one point the later one covers the other.
            if holds, point.count >= found.point.count { found = (point, words[2]) }
        }
        return memoryKinds.contains(found.kind)
    }

    /// The path of a plain copy, made unless it is there; of a list of models, all of them beside it. A group may read
    /// it where one is named.
    ///
    /// Throws as `ArtifactStore.contents` does.
    public func path(of digest: String, isList: Bool, sharedWith group: UInt32?) throws(PlumbError) -> String {
        let result: Result<String, PlumbError> = turn.withLock { _ in
            do throws(PlumbError) {
                return .success(try make(digest, isList: isList, group))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func make(_ digest: String, isList: Bool, _ group: UInt32?) throws(PlumbError) -> String {
        let models = isList ? Set((artifacts.models(digest)?.digests ?? [:]).values) : []
        let digests = [digest] + models.subtracting([digest])
        if let memory, try fill(memory, digests, isBounded: true, group) { return "\(memory)/\(digest)" }
        try makeDisk()
        _ = try fill(disk, digests, isBounded: false, group)
        return "\(disk)/\(digest)"
    }

    /// False where the folder's file system has no room for them.
    private func fill(
        _ folder: String, _ digests: [String], isBounded: Bool, _ group: UInt32?
    ) throws(PlumbError) -> Bool {
        for digest in digests {
            let path = "\(folder)/\(digest)"
            guard !FileManager.default.fileExists(atPath: path) else { continue }
            let data = try artifacts.contents(of: digest)
            guard !isBounded || Self.room(in: folder) > data.count + Self.spareBytes else { return false }
            try AtomicFile.write(data, to: path, permissions: 0o400, durable: false)
            guard let group else { continue }
            guard unsafe chown(path, uid_t.max, group) == 0 && chmod(path, 0o440) == 0 else {
                throw AtomicFile.failure("share", path)
            }
        }
        return true
    }

    private static func room(in folder: String) -> Int {
        var known = statvfs()
        guard unsafe statvfs(folder, &known) == 0 else { return 0 }
        return Int(known.f_bavail) * Int(known.f_frsize)
    }

    /// Removes every copy that `isNeeded` does not name, nor a list of models that it names.
    public func sweep(keeping isNeeded: Set<String> = []) {
        turn.withLock { _ in
            let isNeeded = isNeeded.isEmpty ? [] : artifacts.withModels(isNeeded)
            for folder in [memory, disk].compactMap({ $0 }) {
                for name in Self.names(in: folder) where !isNeeded.contains(name) {
                    // What is gone already needs no removing; what cannot be removed is told by `areOnDisk`.
                    unsafe unlink("\(folder)/\(name)")
                }
            }
        }
    }

    /// Removes everything, and the folder in memory with it.
    public func end() {
        sweep()
        if let memory { unsafe rmdir(memory) }
    }

    private static func names(in folder: String) -> [String] {
        // A folder that is not there has no copies.
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
