// The one way a file of state is written: beside its place, synced, then renamed over it.

public import Foundation
public import PlumbModel

/// Writes files so that a reader, or a machine that lost power, sees the old content or the new, never a part.
public enum AtomicFile {
    /// Writes `data` to `path` with the given permissions (0600 unless told otherwise).
    ///
    /// What can be made again at any time need not be `durable`: readers see the old content or the new as well, and
    /// nobody waits for the disk; after a loss of power the file may be empty.
    ///
    /// Throws `internalFault` that names the path and the system's reason. The old file is then untouched, unless only
    /// the last step failed: the new one is in place and might not outlive a loss of power.
    public static func write(_ data: Data, to path: String, permissions: mode_t = 0o600, durable: Bool = true)
        throws(PlumbError)
    {
        let temporary = "\(path).\(UInt64.random(in: 0 ... .max)).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw failure("create", temporary) }
        do throws(PlumbError) {
            try writeAll(data, to: descriptor, path: temporary)
            guard !durable || fsync(descriptor) == 0 else { throw failure("sync", temporary) }
            close(descriptor)
        } catch {
            close(descriptor)
            unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let error = failure("put in place", path)
            unsafe unlink(temporary)
            throw error
        }
        if durable { try syncFolder(of: path) }
    }

    /// Makes a folder, and those above it, readable by its owner only unless told otherwise.
    public static func makeFolder(_ path: String, permissions: mode_t = 0o700) throws(PlumbError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: Int(permissions)])
        } catch {
            throw PlumbError(.internalFault, "cannot make the folder \(path)", cause: error)
        }
    }

    /// Makes the rename itself durable.
    static func syncFolder(of path: String) throws(PlumbError) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = unsafe open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the folder of", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync the folder of", path) }
    }

    private static func writeAll(_ data: Data, to descriptor: Int32, path: String) throws(PlumbError) {
        var rest = data[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(written)
        }
    }

    static func failure(_ action: String, _ path: String) -> PlumbError {
        let reason = unsafe String(cString: strerror(errno))
        return PlumbError(.internalFault, "cannot \(action) \(path): \(reason)")
    }
}
