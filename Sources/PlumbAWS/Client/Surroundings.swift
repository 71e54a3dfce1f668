// All that the client takes from the machine it runs on; tests hand it other surroundings.

public import Foundation
import Glibc
public import PlumbModel

/// Time, luck, environment, files, programs and the person at the terminal.
public struct Surroundings: Sendable {
    public var environment: [String: String]
    /// The folder that `~` stands for.
    public var home: String
    /// The content of a file; nil where there is none. Throws when it is there and cannot be read.
    public var readFile: @Sendable (_ path: String) throws(PlumbError) -> Data?
    /// Replaces a file whole, readable by its owner alone.
    public var writeFile: @Sendable (_ path: String, _ content: Data) throws(PlumbError) -> Void
    public var now: @Sendable () -> Date
    public var sleep: @Sendable (_ seconds: Double) async throws -> Void
    /// A number of 0 ..< 1.
    public var luck: @Sendable () -> Double
    /// Runs a program to its end; answers its exit code and what it printed.
    public var run: @Sendable (_ command: [String]) async throws -> (status: Int32, output: Data)
    /// Asks the person for a line (an MFA code); nil where nobody can be asked.
    public var ask: (@Sendable (_ question: String) async throws -> Secret)?

    public init(
        environment: [String: String], home: String,
        readFile: @escaping @Sendable (_ path: String) throws(PlumbError) -> Data?,
        writeFile: @escaping @Sendable (_ path: String, _ content: Data) throws(PlumbError) -> Void,
        now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (_ seconds: Double) async throws -> Void,
        luck: @escaping @Sendable () -> Double,
        run: @escaping @Sendable (_ command: [String]) async throws -> (status: Int32, output: Data),
        ask: (@Sendable (_ question: String) async throws -> Secret)? = nil
    ) {
        self.environment = environment
        self.home = home
        self.readFile = readFile
        self.writeFile = writeFile
        self.now = now
        self.sleep = sleep
        self.luck = luck
        self.run = run
        self.ask = ask
    }

    /// This machine, now. `ask` prompts a person, if there is one.
    public static func machine(ask: (@Sendable (_ question: String) async throws -> Secret)? = nil) -> Surroundings {
        Surroundings(
            environment: ProcessInfo.processInfo.environment,
            home: ProcessInfo.processInfo.environment["HOME"] ?? NSHomeDirectory(), readFile: Self.content,
            writeFile: Self.replace, now: { Date() }, sleep: { try await Task.sleep(for: .seconds($0)) },
            luck: { Double.random(in: 0..<1) }, run: { try await CredentialProcess.run($0) }, ask: ask)
    }

    /// A variable that is set to something.
    func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A path with `~` replaced.
    func expanded(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    @Sendable private static func content(of path: String) throws(PlumbError) -> Data? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            // A device such as /dev/null, by which people say that there is no file, is read to its end as well.
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }  // It was only read: nothing is lost.
            return try file.readToEnd() ?? Data()
        } catch {
            throw PlumbError(.refused, "\(path) cannot be read", hint: "ls -l \(path) shows who may", cause: error)
        }
    }

    @Sendable private static func replace(_ path: String, by content: Data) throws(PlumbError) {
        let beside = "\(path).\(getpid()).new"
        let isWritten = FileManager.default.createFile(
            atPath: beside, contents: content, attributes: [.posixPermissions: 0o600])
        guard isWritten, unsafe rename(beside, path) == 0 else {
            throw PlumbError(.refused, "\(path) cannot be written", hint: "ls -ld \(path) shows who may")
        }
    }
}
