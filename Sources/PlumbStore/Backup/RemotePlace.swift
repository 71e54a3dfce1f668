// A place elsewhere that keeps files by name: for backups and checkpoints. A folder is one; so is any store of objects.

public import Foundation
public import PlumbModel

/// What has to lie in a file's place before it is written.
public enum FileBefore: Sendable {
    case nothing
    /// These very bytes.
    case exactly(Data)
}

/// A file elsewhere.
public struct RemoteFile: Sendable {
    /// Its name in the folder that was listed.
    public var name: String
    /// Seconds since 1970-01-01 UTC.
    public var modifiedAt: Double

    public init(name: String, modifiedAt: Double) {
        self.name = name
        self.modifiedAt = modifiedAt
    }
}

/// Keeps whole files by name, `NAME` or `FOLDER/NAME`.
public protocol RemotePlace: Sendable {
    /// As people write it, and as it is remembered.
    var address: String { get }
    /// The files in a folder, in any order; none of a folder that is not there. "" is the place itself.
    func list(_ folder: String) async throws(PlumbError) -> [RemoteFile]
    /// Nil where there is no such file.
    func read(_ name: String) async throws(PlumbError) -> Data?
    /// Writes a file that is whole at any time; false, and nothing written, where something else lies there than was
    /// said.
    func write(_ data: Data, to name: String, over before: FileBefore) async throws(PlumbError) -> Bool
    func remove(_ name: String) async throws(PlumbError)
}

/// A folder, best on another disk.
public struct FolderPlace: RemotePlace {
    public let address: String
    private let permissions: mode_t

    public init(_ path: String, permissions: mode_t = 0o600) {
        address = path
        self.permissions = permissions
    }

    public func list(_ folder: String) throws(PlumbError) -> [RemoteFile] {
        let path = folder.isEmpty ? address : "\(address)/\(folder)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).compactMap { name in
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
                guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
                return RemoteFile(
                    name: name, modifiedAt: (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0)
            }
        } catch {
            throw PlumbError(.internalFault, "\(path) cannot be listed", cause: error)
        }
    }

    public func read(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(address)/\(name)") }

    /// Between the look and the write another may write the same file: a folder knows no better.
    public func write(_ data: Data, to name: String, over before: FileBefore) throws(PlumbError) -> Bool {
        let path = "\(address)/\(name)"
        switch before {
        case .nothing: guard !FileManager.default.fileExists(atPath: path) else { return false }
        case .exactly(let old): guard read(name) == old else { return false }
        }
        try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
        try AtomicFile.write(data, to: path, permissions: permissions)
        return true
    }

    public func remove(_ name: String) throws(PlumbError) {
        do {
            try FileManager.default.removeItem(atPath: "\(address)/\(name)")
        } catch {
            throw PlumbError(.internalFault, "cannot remove \(name) from \(address)", cause: error)
        }
    }
}
