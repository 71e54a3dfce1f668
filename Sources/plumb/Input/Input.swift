// What the user names, found and read: files, folders, standard input, versions in git.

import Foundation
import PlumbModel

/// A file's name, as it is told in reports, and its bytes.
struct InputFile: Sendable {
    var path: String
    var bytes: [UInt8]
    /// Whether the user named this very file, so that it must be one that can be judged.
    var isNamed: Bool
}

/// Everything that was read, and all that could not be.
struct Input: Sendable {
    /// Larger files are refused; the largest plans are some tens of megabytes.
    static let bytesMax = 256 << 20
    /// Files that nobody named are taken for data when they are larger.
    private static let foundBytesMax = 64 << 20
    /// Files, and folders, below one that was named.
    private static let filesMax = 20_000
    private static let foldersMax = 100_000
    private static let endings: Set<String> = ["yaml", "yml", "json", "template"]
    private static let foldersSkipped: Set<String> = ["node_modules"]

    private(set) var files: [InputFile] = []
    /// Errors and notes; each error is about something that the user named.
    private(set) var diagnostics: [Diagnostic] = []
    private var seen: Set<String> = []

    /// Reads what each name stands for: a file, a folder with all below it, `-` for standard input, or `REVISION:PATH`
    /// for a file or folder as git has it.
    static func read(_ names: [String]) -> Input {
        var input = Input()
        for name in names {
            do throws(PlumbError) {
                try input.add(name)
            } catch {
                input.diagnostics.append(Diagnostic(.error, error.message, at: error.place, hint: error.hint))
            }
        }
        return input
    }

    private mutating func add(_ name: String) throws(PlumbError) {
        if name == "-" {
            append(InputFile(path: "standard input", bytes: try Self.standardInput(), isNamed: true))
        } else if let kind = FileKind(name) {
            switch kind {
            case .folder: try addFolder(Self.plain(name))
            case .file: append(InputFile(path: Self.plain(name), bytes: try Self.contents(of: name), isNamed: true))
            case .other:
                throw PlumbError(
                    .invalidInput, "\(name) is neither a file nor a folder",
                    hint: "a pipe is read from standard input: plumb check - < \(name)")
            }
        } else if let version = GitVersion(name) {
            for file in try version.files(endings: Self.endings)
            where file.isNamed || Composition.isJudgeable(file.bytes) { append(file) }
        } else {
            throw PlumbError(
                .notFound, "\(name) is not there",
                hint: name == "plumb.yaml" ? "plumb spec init > plumb.yaml writes a starter" : nil)
        }
    }

    /// Annotations find a file by the name that the repository has for it.
    private static func plain(_ name: String) -> String {
        name.hasPrefix("./") && name.count > 2 ? String(name.dropFirst(2)) : name
    }

    /// The same file is not judged twice, whether named twice or found in a folder that was named too.
    private mutating func append(_ file: InputFile) {
        guard seen.insert(file.path).inserted else { return }
        files.append(file)
    }

    private mutating func addFolder(_ folder: String) throws(PlumbError) {
        var pending = [folder]
        var (fileCount, folderCount) = (0, 0)
        var others: [String] = []
        while let next = pending.popLast() {
            folderCount += 1
            var below: [String] = []
            for name in try Self.names(in: next) where !name.hasPrefix(".") {
                let path = next == "." ? name : next.hasSuffix("/") ? next + name : "\(next)/\(name)"
                switch FileKind(path) {
                case .folder:
                    // A link to a folder may lead round in a circle.
                    if !Self.foldersSkipped.contains(name), !FileKind.isLink(path) { below.append(path) }
                case .file where Self.endings.contains((name as NSString).pathExtension.lowercased()):
                    fileCount += 1
                    // What is none of ours is not kept: a folder may hold more data than memory does.
                    let bytes = FileKind.size(of: path) > Self.foundBytesMax ? [] : try Self.contents(of: path)
                    if Composition.isJudgeable(bytes) {
                        append(InputFile(path: path, bytes: bytes, isNamed: false))
                    } else {
                        others.append(path)
                    }
                default: break
                }
            }
            pending += below.reversed()
            guard fileCount <= Self.filesMax, folderCount + pending.count <= Self.foldersMax else {
                throw PlumbError(
                    .invalidInput,
                    "\(folder) holds more than \(Self.filesMax) such files or \(Self.foldersMax) folders",
                    hint: "name the folder of the templates")
            }
        }
        guard !others.isEmpty else { return }
        let names = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
        let count = others.count == 1 ? "1 file is" : "\(others.count) files are"
        diagnostics.append(Diagnostic(.note, "\(count) no spec, template or plan, and left out: \(names)"))
    }

    private static func names(in folder: String) throws(PlumbError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw PlumbError(.invalidInput, "\(folder) cannot be read", cause: error)
        }
    }

    /// A file's bytes. Throws `invalidInput` with the system's reason when it cannot be read or is too large.
    static func contents(of path: String) throws(PlumbError) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }  // It was only read: nothing is lost.
            return try bytes(from: handle, name: path)
        } catch let error as PlumbError {
            throw error
        } catch {
            let reason = error as? CocoaError
            throw PlumbError(
                .invalidInput, "\(path) cannot be read",
                hint: reason?.code == .fileReadNoPermission ? "ls -l \(path) shows who may read it" : nil,
                cause: reason == nil ? error : nil)
        }
    }

    private static func standardInput() throws(PlumbError) -> [UInt8] {
        do {
            return try bytes(from: .standardInput, name: "standard input")
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.invalidInput, "standard input cannot be read", cause: error)
        }
    }

    private static func bytes(from handle: FileHandle, name: String) throws -> [UInt8] {
        let data = try handle.read(upToCount: bytesMax + 1) ?? Data()
        guard data.count <= bytesMax else {
            throw PlumbError(.invalidInput, "\(name) has more than \(bytesMax >> 20) MiB")
        }
        return [UInt8](data)
    }
}

/// What a path leads to, links followed.
enum FileKind {
    case file, folder
    /// A pipe, a socket, a device: reading one may never end.
    case other

    /// Nil when nothing is there.
    init?(_ path: String) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        self = isFolder.boolValue ? .folder : Self.type(of: target) == .typeRegular ? .file : .other
    }

    static func isLink(_ path: String) -> Bool { type(of: path) == .typeSymbolicLink }

    /// In bytes; 0 where it cannot be told, since reading will tell.
    static func size(of path: String) -> Int {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        // What has no attributes is found out when it is read.
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// The day on which a file was written last; nil for anything else, and where it cannot be told.
    static func modified(_ path: String) -> Day? {
        guard FileKind(path) == .file else { return nil }
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        // What has no attributes has no day that is known.
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return (attributes?[.modificationDate] as? Date).map { Day(secondsSinceEpoch: $0.timeIntervalSince1970) }
    }

    private static func type(of path: String) -> FileAttributeType? {
        // Where it cannot be told, as of a pipe that has no name, it is no file.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType
    }
}
