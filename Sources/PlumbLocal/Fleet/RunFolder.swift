// Where sockets lie: paths of Unix sockets are short, folders of state may be deep.

import Foundation
import PlumbModel
import PlumbStore

/// The folder of an engine's sockets.
public enum RunFolder {
    /// A Unix socket's path may have no more bytes than this (`sun_path` in sys/un.h).
    static let socketPathBytesMax = 107

    /// `run` in the folder of state, or a private folder of the system's temporary one when that is too deep.
    public static func path(for folder: String) -> String {
        let wished = "\(folder)/run"
        // Room for "/control.sock" and "/w-99999/s".
        guard wished.utf8.count + 16 > socketPathBytesMax else { return wished }
        return "\(NSTemporaryDirectory())plumb-\(getuid())-\(TokenRegistry.digest(of: folder).prefix(12))"
    }

    /// Makes the folder. Throws `refused` when somebody else owns it or may write in it.
    static func make(for folder: String) throws(PlumbError) -> String {
        let path = path(for: folder)
        try AtomicFile.makeFolder(path)
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
            status.st_mode & 0o077 == 0
        else {
            throw PlumbError(
                .refused, "the folder of sockets \(path) is not yours alone",
                hint: "remove it, or choose a shorter path for PLUMB_HOME")
        }
        return path
    }

    /// The socket of the control API.
    public static func controlSocket(for folder: String) -> String { "\(path(for: folder))/control.sock" }
}
