// Other programs that the command runs to their end.

import Foundation
import PlumbModel

/// One run of a program, and what it said.
struct Program {
    var status: Int32
    var output: String
    var errors: String

    /// The last line it wrote on its error output.
    var lastError: String {
        errors.split(separator: "\n").last { !$0.isEmpty }.map { String($0.prefix(300)) } ?? "it ended with \(status)"
    }

    /// Runs it with nothing on its standard input. Throws `notFound` where it cannot be started.
    static func run(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil
    ) async throws -> Program {
        // Files, and not pipes: a program that says much waits for nobody to read.
        let files = ["out", "err"].map { "\(NSTemporaryDirectory())/plumb-\(UUID().uuidString).\($0)" }
        defer {
            // What stays behind in the temporary folder does no harm.
            for file in files { try? FileManager.default.removeItem(atPath: file) }
        }
        let handles = try files.map { file in
            guard FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: file)
            else { throw PlumbError(.internalFault, "cannot write \(file)") }
            return handle
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        let status: Int32 = try await withCheckedThrowingContinuation { done in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                done.resume(throwing: PlumbError(.notFound, "\(path) cannot be run", cause: error))
            }
        }
        let texts = files.map { String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self) }
        return Program(status: status, output: texts[0], errors: texts[1])
    }
}
