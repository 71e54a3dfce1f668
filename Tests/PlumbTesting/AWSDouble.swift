// The project's double of AWS in a process of its own, for every suite that needs an account.

public import Foundation
import Glibc
import Testing

/// What scripts/aws-tools.sh has installed.
public enum AWSTools {
    /// The repository's folder.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// A Python that has botocore and moto; nil without.
    public static let python = program("python")

    /// The path of a program; nil where it was not installed.
    public static func program(_ name: String) -> String? {
        let path = root.appending(path: ".build/aws-tools/bin/\(name)").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}

/// Tests/Doubles/aws_double.py, from its start to the end of whoever holds it.
public final class AWSDouble: Sendable {
    /// `http://127.0.0.1:PORT`
    public let address: String
    private let process = Process()
    // Closing it ends the double as well.
    private let input = Pipe()

    /// Starts it; `options` are those of the double's own command line. Throws when it does not come up.
    public init(_ options: String...) throws {
        let python = try #require(AWSTools.python, "scripts/aws-tools.sh installs the double's Python")
        let output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments =
            [AWSTools.root.appending(path: "Tests/Doubles/aws_double.py").path, "--port", "0", "--with-parent"]
            + options
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var said = ""
        while !said.contains("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            said += String(decoding: data, as: UTF8.self)
        }
        let start = try #require(said.firstRange(of: "http://"), "the double did not start: \(said)")
        address = said[start.lowerBound...].trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        // It has nothing to keep, and Python waits with softer signals.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
