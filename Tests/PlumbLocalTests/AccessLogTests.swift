// The access log: its lines, and what bounds it.

import Foundation
import PlumbModel
import Testing

@testable import PlumbLocal

struct AccessLogTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).log").path

    private func entry(_ second: Double, path: String = "/a\"b") -> AccessLog.Entry {
        AccessLog.Entry(
            seconds: second, number: "n", path: path, token: "first", traceParent: nil, revision: 2, status: 200,
            microseconds: 150, requestBytes: 10, answerBytes: 20)
    }

    private func lines(_ path: String) throws -> [[String: Any]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func everyAnswerIsALineOfJSONThatOnlyTheOwnerReads() throws {
        let log = try AccessLog(path: path)
        log.note(entry(1.5))
        log.note(entry(2.5))
        let lines = try lines(path)
        #expect(lines.count == 2 && lines[0]["path"] as? String == "/a\"b" && lines[0]["status"] as? Int == 200)
        #expect(lines[1]["time"] as? Double == 2.5 && lines[1]["token"] as? String == "first")
        let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
    }

    @Test func linesBeyondTheBoundOfASecondAreCounted() throws {
        let log = try AccessLog(path: path)
        for _ in 0..<(AccessLog.linesPerSecondMax + 7) { log.note(entry(1)) }
        log.note(entry(2))
        let lines = try lines(path)
        #expect(lines.count == AccessLog.linesPerSecondMax + 1 && lines.last?["linesDropped"] as? Int == 7)
    }

    @Test func twoFilesOfItAreKept() throws {
        let log = try AccessLog(path: path, bytesMax: 1000)
        for second in 0..<100 { log.note(entry(Double(second))) }
        let (newer, older) = (try lines(path), try lines("\(path).1"))
        #expect(newer.last?["time"] as? Double == 99)
        #expect(newer.count + older.count >= 5 && newer.count + older.count < 20)
    }

    @Test func aFileThatCannotBeWrittenIsToldAtTheStart() throws {
        #expect(throws: PlumbError.self) { try AccessLog(path: "/nowhere/access.log") }
        #expect(try AccessLog.asked(by: [:]) == nil)
    }
}
