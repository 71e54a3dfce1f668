// Drift from end to end: a baseline, live traffic that changes, an alarm, and the previous revision back.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct DriftTests {
    /// The rows that the model was not trained on, as they are and inverted, each in a file of its own.
    private func bodies(_ command: Command) throws -> (usual: [String], inverted: [String], data: String) {
        let rows = try String(contentsOfFile: "\(Command.digits)/heldout.csv", encoding: .utf8).split(separator: "\n")
        let header = (0..<64).map { "p\($0)" }.joined(separator: ",")
        let data = "\(command.home)/training.csv"
        try ([header] + rows.map(String.init)).joined(separator: "\n").write(
            toFile: data, atomically: true, encoding: .utf8)
        var usual: [String] = []
        var inverted: [String] = []
        for (number, row) in rows.enumerated() {
            let other = row.split(separator: ",").map { "\(16 - (Int($0) ?? 0))" }.joined(separator: ",")
            for (text, kind) in [(String(row), "usual"), (other, "inverted")] {
                let path = "\(command.home)/\(kind)-\(number).csv"
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                if kind == "usual" { usual.append(path) } else { inverted.append(path) }
            }
        }
        return (usual, inverted, data)
    }

    private func load(_ command: Command, _ bodies: [String], seconds: Int) throws -> [String: Any] {
        let arguments =
            ["bench", "digits", "--rate", "100", "--duration", "\(seconds)s", "--format", "json", "-c", "text/csv"]
            + bodies.flatMap { ["--body", $0] }
        let result = try command.start(arguments)()
        #expect(result.status == 0, "\(result.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    private func drift(_ command: Command) throws -> (status: Int32, state: String, records: Int, names: [String]) {
        let result = try command.run("drift", "status", "digits", "--format", "json")
        let all = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        let revisions = try #require(all.first?["revisions"] as? [[String: Any]])
        let drift = revisions.last?["drift"] as? [String: Any]
        let features = drift?["features"] as? [[String: Any]] ?? []
        return (
            result.status, drift?["state"] as? String ?? "none", drift?["records"] as? Int ?? 0,
            features.compactMap { $0["name"] as? String }
        )
    }

    @Test func trafficThatIsNoLongerLikeTheBaselineBringsThePreviousRevisionBack() throws {
        let command = try Command()
        let (usual, inverted, data) = try bodies(command)
        let baseline = "\(command.home)/baseline"
        #expect(try command.run("drift", "baseline", data, "-o", baseline).status == 0)
        let clean = try command.run(
            "drift", "run", "--baseline", baseline, "--data", data, "-o", "\(command.home)/report")
        #expect(clean.status == 0, "\(clean.output)")

        let first = try command.spec("model.onnx")
        let up = try command.run("up", "--detach", "--port", "0", first)
        try #require(up.status == 0, "\(up.errors)")
        // A daemon that will not end shows in the process list, and harms no other test.
        defer { _ = try? command.run("down") }
        let second = "\(command.home)/watched.yaml"
        try
            (try String(contentsOfFile: first, encoding: .utf8)
            + "drift: {baseline: \(baseline)}\ncapture: {samplingPercent: 100}\n")
            .write(toFile: second, atomically: true, encoding: .utf8)
        let deployment = try command.start(["deploy", second])
        _ = try load(command, usual, seconds: 25)
        let promoted = try deployment()
        try #require(promoted.status == 0, "\(promoted.output)\(promoted.errors)")
        _ = try load(command, usual, seconds: 5)
        let steady = try drift(command)
        #expect(steady.status == 0 && steady.state == "steady" && steady.records >= 500, "\(steady)")

        _ = try load(command, inverted, seconds: 5)
        let moved = try drift(command)
        #expect(moved.state == "alarm" && !moved.names.isEmpty || moved.state == "none", "\(moved)")
        var record: [String: Any] = [:]
        for _ in 0..<100 {
            record = try command.record()
            if record["active"] as? Int == 1, record["rollout"] == nil { break }
            _ = try load(command, usual, seconds: 1)
        }
        #expect(record["active"] as? Int == 1)
        let entries = try command.run("audit", "log", "--limit", "100").output
        #expect(entries.contains("late alarm: digits-r2-drift"), "\(entries)")

        let captured = try command.run("drift", "captures", "digits")
        #expect(captured.status == 0 && captured.output.contains("\"eventVersion\":\"0\""))
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(command.home)/captures")
            .filter { $0.hasSuffix(".sealed") }
        #expect(!files.isEmpty)
        let erased = try command.run("audit", "erase", "--subject", "nobody", "--format", "json")
        #expect(erased.status == 0 && erased.output.contains("0"))
    }
}
