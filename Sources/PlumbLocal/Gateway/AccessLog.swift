// One JSON line for each answer, where the owner of the engine has asked for it.

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
        var file: RotatedFile
        var second = 0
        var lines = 0
        var dropped = 0
    }
    private let state: NIOLockedValueBox<State>

    /// Opens the file, which only its owner may read, and goes on behind what is in it.
    init(path: String, bytesMax: Int = AccessLog.bytesMax) throws(PlumbError) {
        let file = try RotatedFile(
            path: path, bytesMax: bytesMax, hint: "make the access log's folder, or unset \(Self.pathVariable)")
        state = NIOLockedValueBox(State(file: file))
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
            do {
                try state.file.write(entry.json(dropped: state.dropped))
                state.dropped = 0
            } catch {
                // A full disk must not stop the answers; the line counts as left out.
                state.dropped += 1
            }
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
