import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

/// The tests' own program, started again as a process that does nothing but append, and killed without warning.
@Suite(.serialized) struct KilledProcessTests {
    private static let variable = "PLUMB_APPEND_TO"
    private static let acknowledgement = "acknowledged "

    /// The process that is killed: appends for ever and says so each time it is told that an entry is durable.
    @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] != nil, "runs in the process that is killed"))
    func appendsUntilItIsKilled() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment[Self.variable])
        let store = try Store(folder: folder)
        for number in 1...1_000_000 {
            try await store.append([entry("deploy", number)])
            let head = try await store.auditHead()
            FileHandle.standardOutput.write(Data("\(Self.acknowledgement)\(head.entries)\n".utf8))
        }
    }

    private func start(on folder: String) throws -> (Process, FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var arguments = Array(CommandLine.arguments.dropFirst())
        for option in ["--filter", "--skip"] {
            while let index = arguments.firstIndex(of: option) {
                arguments.removeSubrange(index...min(index + 1, arguments.count - 1))
            }
        }
        if !arguments.contains("--testing-library") { arguments += ["--testing-library", "swift-testing"] }
        process.arguments = arguments + ["--filter", "appendsUntilItIsKilled"]
        process.environment = ProcessInfo.processInfo.environment.merging([Self.variable: folder]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    /// Reads until `count` entries were acknowledged; the last number, or 0 when the process ended before.
    private func read(_ output: FileHandle, until count: Int, _ text: inout String) -> Int {
        while acknowledged(in: text) < count {
            let data = output.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return acknowledged(in: text)
    }

    private func acknowledged(in text: String) -> Int {
        // A line that was cut off by the kill says nothing.
        let whole = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let last = whole.last { $0.hasPrefix(Self.acknowledgement) }
        return last.flatMap { Int($0.dropFirst(Self.acknowledgement.count)) } ?? 0
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] == nil, "not in the process that is killed"))
    func whatWasAcknowledgedSurvivesTwentyKills() async throws {
        let folder = try ScratchFolder()
        var entries = 0
        for turn in 1...20 {
            let (process, output) = try start(on: folder.path)
            var text = ""
            // Every turn is killed at another moment; the first few in their very first write.
            _ = read(output, until: entries + 1 + (turn * 7) % 23, &text)
            if turn == 1 {
                let error = #expect(throws: PlumbError.self) { try Store(folder: folder.path) }
                #expect(error?.kind == .conflict)
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            text += String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
            let promised = acknowledged(in: text)
            try #require(promised > entries, "turn \(turn): the process appended nothing: \(text.suffix(400))")
            let store = try Store(folder: folder.path)
            entries = try await store.verifyAudit()
            #expect(entries >= promised && entries <= promised + 1, "turn \(turn): \(promised) promised")
            try store.close()
        }
    }
}
