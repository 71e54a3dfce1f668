// A file or folder as a revision of the git repository has it.

import Foundation
import PlumbModel

/// `REVISION:PATH`, as git itself writes it: `main:template.yaml`, `HEAD~1:infra`, `v1.2:./plumb.yaml`.
struct GitVersion {
    let revision: String
    let path: String

    /// Nil when the name has no such form.
    init?(_ name: String) {
        guard let colon = name.firstIndex(of: ":"), colon != name.startIndex else { return nil }
        revision = String(name[..<colon])
        path = String(name[name.index(after: colon)...])
        // What begins with a dash would be an option to git.
        guard !path.isEmpty, !revision.hasPrefix("-"), !path.hasPrefix("/"), !path.contains("\0") else { return nil }
    }

    /// The file, or every file of the folder with one of the endings; paths are told as git writes them.
    ///
    /// Throws `invalidInput` with git's own words when it has no such thing, `unsupported` when there is no git.
    func files(endings: Set<String>) throws(PlumbError) -> [InputFile] {
        // A path is meant from the working folder, as everywhere else on the command line.
        let object = "\(revision):\(path.hasPrefix("./") || path.hasPrefix("../") ? path : "./" + path)"
        let kind = try git(["cat-file", "-t", object]).text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard kind == "tree" else {
            return [InputFile(path: "\(revision):\(path)", bytes: try git(["show", object]).bytes, isNamed: true)]
        }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let names = try git(["ls-tree", "-r", "-z", "--full-tree", "--name-only", object]).text.split(separator: "\0")
        return try names.filter { isWanted($0, endings) }.map { name throws(PlumbError) in
            let bytes = try git(["show", object + (object.hasSuffix("/") ? "" : "/") + name]).bytes
            return InputFile(path: "\(revision):\(folder)\(name)", bytes: bytes, isNamed: false)
        }
    }

    private func isWanted(_ name: Substring, _ endings: Set<String>) -> Bool {
        let parts = name.split(separator: "/")
        guard !parts.contains(where: { $0.hasPrefix(".") || $0 == "node_modules" }) else { return false }
        return endings.contains((String(name) as NSString).pathExtension.lowercased())
    }

    private struct Answer {
        var bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private func git(_ arguments: [String]) throws(PlumbError) -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
            // Git says little on its error output, which a pipe holds; the file itself is read as it comes.
            let data = try output.fileHandleForReading.read(upToCount: Input.bytesMax + 1) ?? Data()
            guard data.count <= Input.bytesMax else {
                process.terminate()
                throw PlumbError(.invalidInput, "\(revision):\(path) has more than \(Input.bytesMax >> 20) MiB")
            }
            let told = try errors.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                let reason = String(decoding: told, as: UTF8.self).split(separator: "\n").first.map(String.init)
                throw PlumbError(
                    process.terminationStatus == 127 ? .unsupported : .invalidInput,
                    "git has no \(revision):\(path): \(reason ?? "it ended with \(process.terminationStatus)")",
                    hint: "git log --oneline -- \(path) lists its revisions")
            }
            return Answer(bytes: [UInt8](data))
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.unsupported, "git cannot be run", hint: "install git, or give two files", cause: error)
        }
    }
}
