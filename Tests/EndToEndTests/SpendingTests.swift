// An endpoint of dev that is parked and started, and one whose budget is spent: the built programs, real workers.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct SpendingTests {
    /// The digits example in dev, always on, with a budget.
    private func up(_ command: Command, monthlyUSD: String, _ options: String...) throws {
        let path = try command.spec("model.onnx")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "workingHours: none\nbudget: {monthlyUSD: \(monthlyUSD)}\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        let up = try command.start(["up", "--detach", "--port", "0", "-e", "dev"] + options + [path])()
        try #require(up.status == 0, "\(up.output) \(up.errors)")
    }

    private func endpoint(_ command: Command) throws -> [String: Any]? {
        (try command.json("status", "--format", "json")["endpoints"] as? [[String: Any]])?.first
    }

    private func isOff(_ command: Command) throws -> Bool {
        let endpoint = try endpoint(command)
        return endpoint?["state"] as? String == "OutOfService" && (endpoint?["workers"] as? [Any])?.isEmpty == true
    }

    private func until(_ what: String, _ isSo: () throws -> Bool) async throws {
        for _ in 0..<3 where try await soon({ try isSo() ? () : nil }) != nil { return }
        Issue.record("not there in time: \(what)")
    }

    /// What nobody can judge is not said to be in order.
    @Test func aSeriesThatIsTooShortIsNotCalledOrdinary() throws {
        let command = try Command()
        let path = "\(command.home)/costs.csv"
        let days = (1...15).map { "2026-11-\($0 < 10 ? "0" : "")\($0),12.50" }
        try days.dropLast().joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let short = try command.run("cost", "anomalies", path)
        #expect(
            short.status == 2 && short.errors.contains("14 days, and none of them can be judged"), "\(short.errors)")
        try days.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try command.run("cost", "anomalies", path).output == "nothing odd\n")
    }

    @Test func anEndpointIsParkedAndStaysSoOverAKillUntilItIsStarted() async throws {
        let command = try Command()
        try up(command, monthlyUSD: "97")
        #expect(try command.run("invoke", "digits").status == 0)
        let parked = try command.run("park", "digits", "--until", "5h", "--reason", "a test")
        #expect(parked.status == 0 && parked.output.contains("is being parked until 20"), "\(parked.errors)")
        try await until("parked") { try isOff(command) }
        let refused = try command.run("invoke", "digits")
        #expect(refused.status != 0 && refused.errors.contains("503"), "\(refused.errors)")
        let told = refused.output + refused.errors
        #expect(told.contains("digits is parked: it was parked by hand; it is back at 20"), "\(told)")

        let pid = try #require(try command.json("status", "--format", "json")["processID"] as? Int)
        kill(pid_t(pid), SIGKILL)
        try await until("back") {
            try command.run("status").status == 0
                && (try command.json("status", "--format", "json")["processID"] as? Int) != pid
        }
        try await until("still parked") { try isOff(command) }
        #expect(try command.run("invoke", "digits").status != 0)

        let started = try command.run("start", "digits", "--until", "2h")
        #expect(started.status == 0 && started.output.contains("is kept on until 20"), "\(started.errors)")
        try await until("started") { try command.run("invoke", "digits").status == 0 }
        let audit = try command.run("audit", "log").output
        for action in ["spending.park", "park", "spending.start", "start"] {
            #expect(audit.contains(" \(action) "), "\(action)")
        }
        #expect(try command.run("down").status == 0)
    }

    @Test func aSpentBudgetIsToldAndParksTheEndpoint() async throws {
        let command = try Command()
        try up(command, monthlyUSD: "0.0001")
        try await until("stopped by its budget") { try isOff(command) }
        let refused = try command.run("invoke", "digits")
        let told = refused.output + refused.errors
        #expect(told.contains("100 % of the budget of 0.00 USD of endpoint digits are spent"), "\(told)")
        #expect(try command.run("start", "digits").errors.contains("plumb cost allow digits"))

        let report = try command.json("cost", "report", "digits", "--format", "json")
        let spent = try #require((report["endpoints"] as? [[String: Any]])?.first)
        #expect(spent["usd"] as? Double ?? 0 >= 0.0001 && spent["isComplete"] as? Bool == true)
        let budgets = try #require(report["budgets"] as? [[String: Any]])
        #expect(budgets.compactMap { $0["restraint"] as? String } == ["stopped", "stopped"])
        #expect(budgets.allSatisfy { ($0["alerts"] as? [String])?.count == 6 })
        #expect(try command.run("cost", "report", "--format", "csv").output.split(separator: "\n").count == 2)
        #expect(try command.run("cost", "report").output.contains("forecast of the month"))
        #expect(try command.run("cost", "anomalies", "engine:digits").output == "nothing odd\n")
        #expect(try command.run("status").output.contains("stopped: 100 % of the budget"))
        // Twelve alerts: three thresholds of two budgets, spent and forecast; each once.
        let audit = try command.run("audit", "log").output
        #expect(audit.split(separator: "\n").count { $0.contains(" budget.alert ") } == 12, "\(audit)")

        let allowed = try command.run("cost", "allow", "digits", "--until", "2h", "--reason", "a demo")
        #expect(allowed.status == 0, "\(allowed.errors)")
        try await until("allowed") { try command.run("invoke", "digits").status == 0 }
        #expect(try command.run("down").status == 0)
    }

    private static let python = [Command.root.appending(path: ".build/aws-tools/bin/python").path, "/usr/bin/python3"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private func finding(_ command: Command) throws -> (verdict: String?, message: String) {
        let report = try command.json("check", "engine:", "--only", "COST-3.3", "--format", "json")
        let control = (report["controls"] as? [[String: Any]])?.first { $0["id"] as? String == "COST-3.3" }
        let finding = (report["findings"] as? [[String: Any]])?.first
        return (control?["verdict"] as? String, finding?["message"] as? String ?? "")
    }

    /// A pager that is out at first, and a daemon that is killed meanwhile: nothing is lost, and nothing comes twice.
    @Test(.enabled(if: python != nil, "python3 is not installed"))
    func alertsReachAPagerOnceEachThroughAnOutageAndAKill() async throws {
        let command = try Command()
        let log = "\(command.home)/webhook.log"
        let secret = "0123456789abcdef0123"
        try (secret + "\n").write(toFile: "\(command.home)/secret", atomically: true, encoding: .utf8)
        let double = Command.root.appending(path: "Tests/Doubles/webhook.py").path
        let refusals = Array(repeating: "503", count: 6).joined(separator: ",")
        let receiver = try Background(
            try #require(Self.python), [double, "--log", log, "--secret", secret, "--answers", refusals + ",200"],
            home: command.home)
        let address = try #require(
            try await soon { receiver.output.hasSuffix("\n") ? receiver.output : nil }
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        func received() throws -> [[String: Any]] {
            // Not there before the first message.
            try ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
        }
        try up(
            command, monthlyUSD: "0.0001", "--alarm-webhook", "\(address)/pager", "--alarm-secret-file",
            "\(command.home)/secret")
        #expect(try finding(command).verdict == "holds")
        try await until("refused") { try received().count >= 2 }
        #expect(try command.run("status").output.contains("reaches nobody through webhook 127.0.0.1"))
        let doubted = try finding(command)
        #expect(doubted.verdict == "unknown" && doubted.message.contains("has reached nobody"), "\(doubted)")

        let pid = try #require(try command.json("status", "--format", "json")["processID"] as? Int)
        kill(pid_t(pid), SIGKILL)
        // Three thresholds of two budgets, spent and forecast, and both ask to park it.
        try await until("all are told") { try received().count { $0["status"] as? Int == 200 } == 14 }
        let taken = try received().filter { $0["status"] as? Int == 200 }
        #expect(taken.allSatisfy { $0["isSigned"] as? Bool == true })
        let ids = taken.compactMap { $0["delivery"] as? String }
        #expect(Set(ids).count == 14, "\(ids)")
        let bodies = taken.compactMap { $0["body"] as? [String: Any] }
        #expect(bodies.compactMap { $0["id"] as? String } == ids)
        #expect(bodies.count { $0["action"] as? String == "budget.alert" } == 12)
        #expect(bodies.contains { ($0["reason"] as? String)?.hasPrefix("endpoint digits is parked, for") == true })
        #expect(try finding(command).verdict == "holds")
        let audit = try command.run("audit", "log").output
        #expect(audit.split(separator: "\n").count { $0.contains(" notice.told ") } == 14)

        // The next one has nothing left to tell.
        #expect(try command.run("down").status == 0)
        #expect(
            try command.run("up", "--detach", "--port", "0", "--alarm-webhook", "\(address)/pager").status == 0)
        try await until("its books are open") {
            ((try command.json("cost", "report", "--format", "json")["budgets"] as? [Any])?.count ?? 0) == 2
        }
        #expect(try command.run("down").status == 0)
        #expect(try received().count { $0["status"] as? Int == 200 } == 14)
    }

    @Test func whoNamesNobodyIsToldThatNobodyIsTold() throws {
        let command = try Command()
        try up(command, monthlyUSD: "97")
        let found = try finding(command)
        #expect(found.verdict == "unknown" && found.message.contains("--alarm-webhook"), "\(found)")
        #expect(try command.run("down").status == 0)
    }
}
