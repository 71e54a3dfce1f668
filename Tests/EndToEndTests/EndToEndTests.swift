// The commands as people run them: the built programs, real models, a daemon of its own.

import Foundation
import Testing

/// The built `plumb`, with its state in a folder of its own.
final class Command: Sendable {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let digits = root.appending(path: "Examples/digits").path

    struct Result: Sendable {
        var status: Int32
        var output: String
        var errors: String
    }
    let home: String
    private let program: URL
    var path: String { program.path }

    init() throws {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        program = URL(filePath: bundle).deletingLastPathComponent().appending(path: "plumb")
        home = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    }

    /// Whether every user can pass through all the folders above the project.
    static var isOpenToAll: Bool {
        var folder = root
        while folder.path != "/" {
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)  // Then it is not open.
            guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o001 != 0 else { return false }
            folder = folder.deletingLastPathComponent()
        }
        return true
    }

    func run(_ arguments: String..., input: String? = nil) throws -> Result {
        try start(arguments, input: input)()
    }

    /// Starts the command; the answer waits for its end.
    func start(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:], launcher: [String] = []
    ) throws -> @Sendable () throws -> Result {
        let process = Process()
        let words = launcher + [program.path] + arguments
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(["PLUMB_HOME": home]) { $1 }
            .merging(environment) { $1 }
        let files = try (0..<2).map { _ in
            let path = "\(home)/\(UUID().uuidString).out"
            try Data().write(to: URL(filePath: path))
            return path
        }
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files[0]))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: files[1]))
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }
        let box = ProcessBox(process: process)
        return {
            box.process.waitUntilExit()
            return Result(
                status: box.process.terminationStatus, output: try String(contentsOfFile: files[0], encoding: .utf8),
                errors: try String(contentsOfFile: files[1], encoding: .utf8))
        }
    }

    /// `Process` is a class that only this file touches, one thread at a time.
    private struct ProcessBox: @unchecked Sendable { let process: Process }

    func json(_ arguments: String...) throws -> [String: Any] {
        let result = try start(arguments)()
        return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    /// The digits example with waits as short as its alarms allow, at `model`.
    func spec(_ model: String) throws -> String {
        let text = try String(contentsOfFile: "\(Self.digits)/plumb.yaml", encoding: .utf8)
            .replacing("model.onnx", with: "\(Self.digits)/\(model)")
            .replacing("request.csv", with: "\(Self.digits)/request.csv")
            .replacing("wait: 10s, terminationWait: 10s", with: "wait: 5s, terminationWait: 5s, requestsMinimum: 20")
        let path = "\(home)/\(model).yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    func record() throws -> [String: Any] {
        let endpoints = try #require(try json("status", "--format", "json")["endpoints"] as? [[String: Any]])
        return try #require(endpoints.first?["record"] as? [String: Any])
    }
}

@Suite(.serialized, .timeLimit(.minutes(20)))
struct EndToEndTests {
    @Test func checkKeepsItsContract() throws {
        let command = try Command()
        let report = try command.json("check", "\(Command.digits)/plumb.yaml", "--format", "json")
        #expect(report["schema"] as? String == "plumbline.check/1")
        #expect((report["policies"] as? [Any])?.count == 15 && (report["controls"] as? [Any])?.count == 95)
        let summary = try #require(report["summary"] as? [String: Int])
        #expect(summary["fails"] == 0 && summary.values.reduce(0, +) == 95)
        // Nothing fails, so it exits 0; an unknown makes it 1 when production is asked for, or --strict.
        #expect(try command.run("check", "\(Command.digits)/plumb.yaml").status == 0)
        #expect(try command.run("check", "\(Command.digits)/plumb.yaml", "-e", "production").status == 1)
        #expect(try command.run("check", "\(Command.digits)/plumb.yaml", "-e", "production", "--no-strict").status == 0)
    }

    @Test func badInputIsToldWithItsPlaceAndExitsWithTwo() throws {
        let command = try Command()
        let path = "\(command.home)/bad.yaml"
        try "name: digits\nteam: vision\nworkload: cpu\nmodel: {path: m.onnx}\nexample: {body: '1'}\nenvironmnts: {}\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        let result = try command.run("check", path)
        #expect(result.status == 2 && result.errors.contains("bad.yaml:6:1"))
        #expect(result.errors.contains("did you mean `environments`?"))
        #expect(try command.run("check", "nowhere.yaml").status == 2)
        #expect(try command.run("check").status == 2)
        #expect(try command.run("chekc").status == 2)
        #expect(try command.run("explain", "OPS-9.9").status == 2)
        #expect(try command.run("status").errors.contains("plumb up"))
    }

    /// What only root may do is nothing that an engine needs. Where the tests are not root, all of them show that.
    @Test(.enabled(if: getuid() == 0 && Command.isOpenToAll, "another user must reach the program"))
    func anEngineOfAnyUserServes() throws {
        let command = try Command()
        try #require(unsafe chown(command.home, 65_534, 65_534) == 0)
        let nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        let spec = try command.spec("model.onnx")
        let arguments = ["up", "--detach", "--no-restart", "--port", "0", "--console-port", "0", spec]
        let up = try command.start(arguments, launcher: nobody)()
        #expect(up.status == 0, "\(up.errors)")
        let answer = try command.run("invoke", "digits")
        #expect(answer.status == 0 && answer.output.contains("predictions"), "\(answer.errors)")
        #expect(try command.start(["down"], launcher: nobody)().status == 0)
    }

    @Test func specInitAndSchemaWork() throws {
        let command = try Command()
        let starter = try command.run("spec", "init", "--name", "cats", "--team", "zoo", "--model", "cats.onnx")
        let path = "\(command.home)/cats.yaml"
        try starter.output.write(toFile: path, atomically: true, encoding: .utf8)
        let check = try command.run("check", path)
        #expect(starter.status == 0 && check.status != 2, "\(check.errors)")
        let schema = try command.json("spec", "schema")
        #expect((schema["properties"] as? [String: Any])?["workload"] != nil)
        #expect(try command.run("explain", "ops-1.2").output.contains("Alarms: Error rate > 1%"))
        #expect(try command.run("explain").output.contains("COST-3.5"))
    }

    @Test func productionIsNotDeployedWithABrokenPolicy() throws {
        let command = try Command()
        let path = try command.spec("model.onnx")
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("{control: COST-1.1", with: "{control: COST-1.2")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let result = try command.run("up", "--detach", "--port", "0", path)
        #expect(result.status == 3 && result.errors.contains("COST-1.1"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(command.home)/state.sqlite"))
    }

    @Test func servesRollsOutRollsBackAndSurvivesAKill() async throws {
        let command = try Command()
        let up = try command.run("up", "--detach", "--port", "0", try command.spec("model.onnx"))
        #expect(up.status == 0 && up.output.contains("listening on https://127.0.0.1:"), "\(up.errors)")
        let traffic = Traffic(command)
        async let answers = traffic.run()
        #expect(try command.run("invoke", "digits").output.contains("\"label\":0"))

        // Each answer has a name, by which it is found.
        let lines = try #require(try command.json("logs", "digits", "--format", "json")["lines"] as? [[String: Any]])
        let name = try #require(lines.first?["id"] as? String)
        #expect(lines.first?["caller"] as? String == "first" && lines.first?["status"] as? Int == 200)
        #expect(try command.run("logs", "digits", "--id", name).output.contains(" \(name)  200  "))
        #expect(try command.run("logs", "digits", "--id", "nothing").status == 2)

        // A good revision is promoted.
        let good = try command.run("deploy", try command.spec("model-v2.onnx"))
        #expect(good.status == 0 && good.output.contains("r2 is active"), "\(good.output) \(good.errors)")
        // One that fails on part of the real rows is rolled back, and says so.
        let bad = try command.run("deploy", try command.spec("model-error.onnx"))
        // Which judge sees it first is chance: the alarm's period, the verdict over the whole bake, or five in a row.
        let reasons = [
            "error-rate is in ALARM", "requests failed while it was watched", "of its requests in a row failed",
        ]
        #expect(bad.status == 3 && reasons.contains { bad.output.contains($0) }, "\(bad.output) \(bad.errors)")
        #expect(try command.record()["active"] as? Int == 2)
        // By hand, back to the first, weeks later or now.
        let back = try command.run("rollback", "digits", "--reason", "a test")
        #expect(back.status == 0 && back.output.contains("r1 is active"), "\(back.output) \(back.errors)")

        // Killed in the middle of a rollout, the daemon comes back and brings it to an end.
        let rollout = try command.start(["deploy", try command.spec("model-v2.onnx")])
        try await until { try command.json("status", "--format", "json").hasTrafficOnTwoRevisions }
        let pid = try #require(try command.json("status", "--format", "json")["processID"] as? Int)
        kill(pid_t(pid), SIGKILL)
        // Whoever watches the deployment watches on, and learns how it ended.
        let watched = try rollout()
        // Nobody starts it again but its supervisor, on the same port: a client waits for that and is answered.
        #expect(try await traffic.isAnsweredOnANewConnection())
        try await until { try command.run("status").status == 0 }
        let next = try #require(try command.json("status", "--format", "json")["processID"] as? Int)
        #expect(next != pid)
        let again = try command.run("up", "--detach", "--port", "0")
        #expect(again.status == 0, "\(again.errors)")
        try await until { try command.record()["rollout"] == nil }
        let active = try #require(try command.record()["active"] as? Int)
        #expect(active == 1 || active == 4)
        #expect(watched.status == (active == 4 ? 0 : 3), "\(watched.output) \(watched.errors)")
        #expect(try command.run("invoke", "digits").status == 0)

        // What runs is judged, and nothing that it can show is broken.
        let report = try command.json("check", "engine:", "--format", "json")
        let findings = try #require(report["findings"] as? [[String: Any]])
        let broken = findings.filter { $0["verdict"] as? String == "fails" }.compactMap { $0["control"] as? String }
        #expect(broken == [])
        let audit = try command.run("audit", "log").output
        for action in ["deploy", "rollout.promoted", "rollout.rolledBack", "rollback"] {
            #expect(audit.contains(" \(action) "), "\(action)")
        }
        await traffic.stop()
        _ = await answers
        #expect(try command.run("down").status == 0)
        #expect(kill(pid_t(next), 0) != 0)
        try await until { try Self.processes(of: command.home).isEmpty }
    }

    /// Every process whose command line names the folder: the daemon, its supervisor, its workers.
    private static func processes(of folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard Int32(name) != nil, let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: words, as: UTF8.self).contains(folder)
        }
    }

    private func until(_ isSo: () throws -> Bool) async throws {
        let found: Void? = try await soon { try isSo() ? () : nil }
        #expect(found != nil, "not within a minute")
    }
}

/// What a real process brings about, as soon as it is there; nil when it has not come by the 1,200th look, which takes
/// a minute at the least. Looks are counted, not seconds: other tests may hold every thread for longer than a minute.
func soon<Found>(_ found: () throws -> Found?) async throws -> Found? {
    for _ in 0..<1_200 {
        if let found = try found() { return found }
        try await Task.sleep(for: .milliseconds(50))
    }
    return nil
}

/// Requests of held-out rows, one after another, for as long as a test needs traffic.
actor Traffic {
    private let command: Command
    private var isRunning = true
    private var address: (gateway: String, authority: String, token: String)?
    private var lastAddress: (gateway: String, authority: String, token: String)?

    init(_ command: Command) { self.command = command }

    func stop() { isRunning = false }

    /// Calls with curl in batches; answers how many batches there were.
    func run() async -> Int {
        var batches = 0
        while isRunning {
            batches += 1
            do {
                try send()
            } catch {
                address = nil
            }
            // Somebody may want to stop it; each batch takes its time by itself.
            await Task.yield()
        }
        return batches
    }

    /// Whether one request on a connection of its own is answered within 20 s at the last known address.
    func isAnsweredOnANewConnection() throws -> Bool {
        let last = try #require(lastAddress)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/curl")
        process.arguments = [
            "-sf", "--max-time", "20", "-o", "/dev/null", "--cacert", last.authority, "-H",
            "Authorization: Bearer \(last.token)", "-H", "Content-Type: text/csv", "--data-binary",
            "@\(Command.digits)/request.csv", "\(last.gateway)/endpoints/digits/invocations",
        ]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func send() throws {
        let address = try address ?? find()
        self.address = address
        lastAddress = address
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/curl")
        var arguments = ["-s", "--max-time", "2"]
        let rows = try String(contentsOfFile: "\(Command.digits)/heldout.csv", encoding: .utf8).split(separator: "\n")
        for (index, row) in rows.shuffled().prefix(30).enumerated() {
            if index > 0 { arguments.append("--next") }
            arguments += [
                "-s", "-o", "/dev/null", "--cacert", address.authority, "-H", "Authorization: Bearer \(address.token)",
                "-H", "Content-Type: text/csv", "--data-binary", String(row),
                "\(address.gateway)/endpoints/digits/invocations",
            ]
        }
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { self.address = nil }
    }

    private func find() throws -> (gateway: String, authority: String, token: String) {
        let status = try command.json("status", "--format", "json")
        guard let gateway = status["gateway"] as? String, let path = status["tokenPath"] as? String,
            let authority = status["certificateAuthorityPath"] as? String
        else { throw CocoaError(.fileNoSuchFile) }
        return (gateway, authority, try String(contentsOfFile: path, encoding: .utf8))
    }
}

extension [String: Any] {
    /// Whether a status shows a rollout in the middle: old and new revision both have traffic.
    fileprivate var hasTrafficOnTwoRevisions: Bool {
        let endpoints = self["endpoints"] as? [[String: Any]]
        let fleets = endpoints?.first?["fleets"] as? [[String: Any]]
        return (fleets ?? []).count { ($0["weight"] as? Int ?? 0) > 0 } == 2
    }
}
