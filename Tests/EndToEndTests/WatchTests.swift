// plumb watch and plumb promote as people run them.

import Foundation
import Testing

/// A process that goes on, with what it prints in files.
final class Background {
    let process = Process()
    private let files: [URL]
    private let input = Pipe()

    init(_ program: String, _ arguments: [String], home: String, environment: [String: String] = [:]) throws {
        files = ["out", "err"].map { URL(filePath: "\(home)/\(UUID().uuidString).\($0)") }
        for file in files { try Data().write(to: file) }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PLUMB_HOME": home]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
    }

    var output: String { (try? String(contentsOf: files[0], encoding: .utf8)) ?? "" }  // A look at it fails visibly.
    var errors: String { (try? String(contentsOf: files[1], encoding: .utf8)) ?? "" }  // Likewise.

    func end() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

@Suite(.serialized, .timeLimit(.minutes(20)))
struct WatchTests {
    private static let python = [Command.root.appending(path: ".build/aws-tools/bin/python").path, "/usr/bin/python3"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The digits example, with one alarm that may be mended or broken.
    private func write(_ command: Command, isBroken: Bool) throws -> String {
        let path = "\(command.home)/watched.yaml"
        let text = try String(contentsOfFile: "\(Command.digits)/plumb.yaml", encoding: .utf8)
            .replacing("{control: COST-1.1", with: isBroken ? "{control: COST-1.2" : "{control: COST-1.1")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func lines(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    @Test(.enabled(if: python != nil, "python3 is not installed"))
    func aChangeReachesTheWebhookTheMetricsAndTheTerminalAndSurvivesARestart() async throws {
        let command = try Command()
        let spec = try write(command, isBroken: false)
        let log = "\(command.home)/webhook.log"
        let secret = "0123456789abcdef0123"
        try (secret + "\n").write(toFile: "\(command.home)/secret", atomically: true, encoding: .utf8)
        let double = Command.root.appending(path: "Tests/Doubles/webhook.py").path
        let receiver = try Background(
            try #require(Self.python), [double, "--log", log, "--secret", secret, "--answers", "200,503,200"],
            home: command.home)
        let address = try #require(
            try await soon { receiver.output.hasSuffix("\n") ? receiver.output : nil }
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let options = [
            "watch", spec, "--interval", "1s", "--format", "json", "--prometheus", "127.0.0.1:0", "--webhook",
            "\(address)/hook", "--webhook-secret-file", "\(command.home)/secret", "--state",
            "\(command.home)/state.json",
        ]
        func received() throws -> [[String: Any]] {
            // Not there before the first message.
            try lines((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
        }
        let watch = try Background(command.path, options, home: command.home)
        let metrics = try #require(
            try await soon {
                watch.errors.firstMatch(of: #/metrics on (http:\S+)/metrics/#).map { String($0.1) }
            })
        _ = try #require(try await soon { try received().first { $0["status"] as? Int == 200 } })
        _ = try write(command, isBroken: true)
        let change = try #require(
            try await soon { try lines(watch.output).first { $0["event"] as? String == "changed" } })
        #expect((change["policies"] as? [[String: Any]])?.first?["after"] as? String == "fails")
        #expect((change["new"] as? [[String: Any]])?.first?["control"] as? String == "COST-1.1")
        // The receiver was not well at first; the message came again, the same and signed.
        let told = try #require(
            try await soon { () -> [[String: Any]]? in
                let all = try received().filter { $0["delivery"] as? String == change["id"] as? String }
                return all.count >= 2 ? all : nil
            })
        #expect(told.map { $0["status"] as? Int } == [503, 200])
        #expect(told.allSatisfy { $0["isSigned"] as? Bool == true })
        let page = try await get("\(metrics)/metrics")
        let labels = "source=\"\(spec)\",environment=\"production\",policy=\"COST-1\",verdict=\"fails\""
        #expect(page.contains("plumb_policy_verdict{\(labels)} 1"))
        #expect(page.contains("plumb_deliveries_total{channel=\"webhook 127.0.0.1"))
        #expect(try await get("\(metrics)/healthz").hasPrefix("the last good look is"))
        #expect(watch.end() == 0, "\(watch.errors)")
        try await restart(options, command, spec: spec)
    }

    /// What changed while nobody watched is told; what was told before is not told again.
    private func restart(_ options: [String], _ command: Command, spec: String) async throws {
        let still = try Background(command.path, options, home: command.home)
        _ = try #require(try await soon { try lines(still.output).first { $0["event"] as? String == "board" } })
        #expect(still.end() == 0)
        #expect(try lines(still.output).map { $0["event"] as? String } == ["board"])
        _ = try write(command, isBroken: false)
        let again = try Background(command.path, options, home: command.home)
        let gone = try await soon { try lines(again.output).first { $0["event"] as? String == "changed" } }
        #expect((gone?["gone"] as? [[String: Any]])?.first?["control"] as? String == "COST-1.1")
        #expect(again.end() == 0)
    }

    private func get(_ address: String) async throws -> String {
        let result = Process()
        let pipe = Pipe()
        result.executableURL = URL(filePath: "/usr/bin/env")
        result.arguments = ["curl", "-s", "--max-time", "10", address]
        result.standardOutput = pipe
        try result.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        result.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test func onceLooksOnceAndExitsAsCheckDoes() throws {
        let command = try Command()
        let spec = try write(command, isBroken: false)
        let first = try command.run("watch", spec, "--once")
        #expect(first.status == 0 && first.output.contains("policies"), "\(first.errors)")
        _ = try write(command, isBroken: true)
        let second = try command.run("watch", spec, "--once")
        #expect(second.status == 1 && second.output.contains("COST-1.1"), "\(second.output)")
        // Told already, and broken all the same.
        let third = try command.run("watch", spec, "--once", "--format", "json")
        #expect(third.status == 1)
        #expect(try lines(third.output).map { $0["event"] as? String } == ["board"])
    }

    @Test func badOrdersAreToldBeforeAnythingIsWatched() throws {
        let command = try Command()
        let spec = try write(command, isBroken: false)
        #expect(try command.run("watch").status == 2)
        #expect(try command.run("watch", "-").status == 2)
        #expect(try command.run("watch", spec, "--interval", "soon").status == 2)
        #expect(try command.run("watch", spec, "--once", "--webhook", "http://example.org/x").status == 2)
        #expect(try command.run("watch", spec, "--once", "--sns", "topic").status == 2)
        #expect(try command.run("watch", "nowhere.yaml", "--once").status == 2)
        let state = "\(command.home)/bad.json"
        try "{".write(toFile: state, atomically: true, encoding: .utf8)
        let damaged = try command.run("watch", spec, "--once", "--state", state)
        #expect(damaged.status == 2 && damaged.errors.contains("bad.json"), "\(damaged.errors)")
    }

    /// The digits example in two environments, with the records that every spec needs.
    private func promotable(_ command: Command, isWaived: Bool) throws -> String {
        let path = try command.spec("model.onnx")
        // Nobody sends requests here.
        var text = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("requestsMinimum: 20", with: "requestsMinimum: 0")
        if !isWaived { text = text.replacing("{control: OPS-3.5", with: "{control: REL-3.3") }
        // Whoever has a provenance is asked for all of it (SEC-3.9).
        let digest = String(repeating: "0a", count: 32)
        text += "\nprovenance: {author: ada, approver: grace, trainingDataDigest: \"\(digest)\"}\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func aPromotionIsRefusedByNameOrCarriedOutAndWrittenDown() throws {
        let command = try Command()
        let spec = try promotable(command, isWaived: false)
        #expect(try command.run("promote", spec, "--from", "production", "--to", "staging").status == 2)
        #expect(try command.run("promote", spec).status == 2)
        let up = try command.run("up", "--detach", "--port", "0", "--environment", "staging", spec)
        #expect(up.status == 0, "\(up.errors)")
        let refused = try command.run("promote", spec)
        #expect(refused.status == 3, "\(refused.output) \(refused.errors)")
        #expect(refused.errors.contains("soak") && refused.errors.contains("load test"))
        #expect(refused.output.contains("holds          model: The same model runs in staging"))
        #expect(refused.output.contains("minutes more"))

        _ = try promotable(command, isWaived: true)
        let judged = try command.json("promote", spec, "--check-only", "--format", "json")
        #expect(judged["isPromoted"] as? Bool == true, "\(judged)")
        let promoted = try command.run("promote", spec)
        #expect(promoted.status == 0, "\(promoted.output) \(promoted.errors)")
        #expect(promoted.output.contains("digits r2 is active"))
        let written = try String(contentsOfFile: "\(command.home)/model.onnx.promoted.yaml", encoding: .utf8)
        #expect(written.contains("\n  approver: \"grace\"\n") && written.contains("\n  staging:\n    modelDigest: \""))
        let log = try command.run("audit", "log")
        let lines = log.output.split(separator: "\n").filter { $0.contains(" promote") }
        #expect(lines.count == 2 && lines[0].contains("denied") && lines[0].contains("rule.soak=fails"))
        #expect(lines.last?.contains("rule.soak=waived") == true && lines.last?.contains("denied") == false)
        #expect(try command.run("down").status == 0)
    }
}
