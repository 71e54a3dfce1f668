// Runs the program that `credential_process` of a profile names.

import Foundation
import PlumbModel
import Subprocess
import SystemPackage

/// A program without a shell: what a profile says is split into words and nothing more is read into it.
enum CredentialProcess {
    /// A program that has not ended by then is ended.
    static let secondsMax = 60.0
    static let outputBytesMax = 1 << 20

    /// The words of a command line; quotation marks and backslashes as in a shell, and nothing else of it.
    static func words(of line: String) throws(PlumbError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                // Inside double quotation marks a backslash escapes only what would end or escape.
                if quote == "\"", character != "\"", character != "\\" { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else {
            throw PlumbError(.invalidInput, "a quotation mark or backslash of credential_process stands alone")
        }
        if let whole = word { words.append(whole) }
        guard !words.isEmpty else { throw PlumbError(.invalidInput, "credential_process is empty") }
        return words
    }

    /// What it prints on its error output goes to ours, since it may ask its user for something there.
    static func run(_ command: [String]) async throws -> (status: Int32, output: Data) {
        guard let name = command.first else { throw PlumbError(.invalidInput, "the command is empty") }
        let program = name.contains("/") ? Executable.path(FilePath(name)) : Executable.name(name)
        return try await withThrowingTaskGroup(of: (status: Int32, output: Data).self) { group in
            group.addTask { try await end(of: program, named: name, arguments: Array(command.dropFirst())) }
            group.addTask {
                try await Task.sleep(for: .seconds(secondsMax))
                throw PlumbError(.timedOut, "\(name) did not end within \(Int(secondsMax)) s")
            }
            // Whichever is first; the other is cancelled, and with it the program.
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private static func end(
        of program: Executable, named name: String, arguments: [String]
    ) async throws -> (status: Int32, output: Data) {
        do {
            let ended = try await Subprocess.run(
                program, arguments: Arguments(arguments), output: .bytes(limit: outputBytesMax),
                error: .currentStandardError)
            guard case .exited(let status) = ended.terminationStatus else {
                throw PlumbError(.refused, "\(name) was ended by a signal")
            }
            return (status, Data(ended.standardOutput))
        } catch let error as SubprocessError {
            throw PlumbError(.notFound, "\(name) cannot be run", hint: "name it with its whole path", cause: error)
        }
    }
}
