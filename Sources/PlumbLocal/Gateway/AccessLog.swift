// One JSON line for each answer, where the owner of the engine has asked for it.

import Foundation
import NIOConcurrencyHelpers
import PlumbModel

/// A file of answers: when, which request, whose, for what, with which outcome and how fast. Bodies are never in it.
///
/// It is bounded twice: in lines a second, so that the log is never the load, and in bytes, of which two files' worth
/// is kept. Lines that were left out are counted in the next one.
final class AccessLog: Sendable {
    /// The variable that names the file; without it there is no access log.
    static let pathVariable = "PLUMB_ACCESS_LOG"
    static let linesPerSecondMax = 1000
    static let bytesMax = 64 << 20

    /// What is told of one answer.
    struct Entry {
        var seconds: Double
        var number: String
        var path: String
        var token: String?
        var traceParent: String?
        var revision: Int
        var status: Int
        var microseconds: Int
        var requestBytes: Int
        var answerBytes: Int
    }

    private struct State {
        var file: FileHandle
        var bytes: Int
        var second = 0
        var lines = 0
        var dropped = 0
    }
    private let path: String
    private let bytesMax: Int
    private let state: NIOLockedValueBox<State>

    /// Opens the file, which only its owner may read, and goes on behind what is in it.
    init(path: String, bytesMax: Int = AccessLog.bytesMax) throws(PlumbError) {
        self.path = path
        self.bytesMax = bytesMax
        let (file, bytes) = try Self.open(path)
        state = NIOLockedValueBox(State(file: file, bytes: bytes))
    }

    /// The log that the environment asks for.
    static func asked(by environment: [String: String]) throws(PlumbError) -> AccessLog? {
        guard let path = environment[pathVariable], !path.isEmpty else { return nil }
        return try AccessLog(path: path)
    }

    func note(_ entry: Entry) {
        state.withLockedValue { state in
            let second = Int(entry.seconds)
            if second != state.second { (state.second, state.lines) = (second, 0) }
            guard state.lines < Self.linesPerSecondMax else {
                state.dropped += 1
                return
            }
            state.lines += 1
            let line = Data((entry.json(dropped: state.dropped) + "\n").utf8)
            do {
                if state.bytes + line.count > bytesMax { try turn(&state) }
                try state.file.write(contentsOf: line)
                state.bytes += line.count
                state.dropped = 0
            } catch {
                // A full disk must not stop the answers; the line counts as left out.
                state.dropped += 1
            }
        }
    }

    /// Keeps the file as the older one, and begins another.
    private func turn(_ state: inout State) throws {
        let older = "\(path).1"
        if FileManager.default.fileExists(atPath: older) { try FileManager.default.removeItem(atPath: older) }
        try FileManager.default.moveItem(atPath: path, toPath: older)
        try state.file.close()
        (state.file, state.bytes) = try Self.open(path)
    }

    private static func open(_ path: String) throws(PlumbError) -> (FileHandle, Int) {
        let exists = FileManager.default.fileExists(atPath: path)
        guard
            exists
                || FileManager.default.createFile(
                    atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw PlumbError(
                .invalidInput, "the access log \(path) cannot be written",
                hint: "make its folder, or unset \(pathVariable)")
        }
        do {
            return (file, Int(try file.seekToEnd()))
        } catch {
            throw PlumbError(.invalidInput, "the access log \(path) cannot be written", cause: error)
        }
    }
}

extension AccessLog.Entry {
    fileprivate func json(dropped: Int) -> String {
        var text = "{\"time\":\(seconds),\"id\":\"\(number)\",\"path\":\(JSONText.quoted(path)),\"status\":\(status)"
        text += ",\"revision\":\(revision),\"microseconds\":\(microseconds),\"requestBytes\":\(requestBytes)"
        text += ",\"answerBytes\":\(answerBytes)"
        if let token { text += ",\"token\":\(JSONText.quoted(token))" }
        if let traceParent { text += ",\"traceparent\":\(JSONText.quoted(traceParent))" }
        if dropped > 0 { text += ",\"linesDropped\":\(dropped)" }
        return text + "}"
    }
}
