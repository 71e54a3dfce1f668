// Where sockets lie: paths of Unix sockets are short, folders of state may be deep.

import Foundation

/// The folder of an engine's sockets.
public enum RunFolder {
    /// A Unix socket's path may have no more bytes than this (`sun_path` in sys/un.h).
    static let socketPathBytesMax = 107

    /// `run` in the folder of state, or a private folder of the system's temporary one when that is too deep.
    public static func path(for folder: String) -> String {
        let wished = "\(folder)/run"
        // Room for "/control.sock" and "/w-99999.sock".
        guard wished.utf8.count + 16 > socketPathBytesMax else { return wished }
        return "\(NSTemporaryDirectory())plumb-\(getuid())-\(TokenRegistry.digest(of: folder).prefix(12))"
    }

    /// The socket of the control API.
    public static func controlSocket(for folder: String) -> String { "\(path(for: folder))/control.sock" }
}
