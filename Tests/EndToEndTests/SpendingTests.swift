// An endpoint of dev that is parked and started, and one whose budget is spent: the built programs, real workers.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct SpendingTests {
    /// The digits example in dev, always on, with a budget.
    private func up(_ command: Command, monthlyUSD: String) throws {
        let path = try command.spec("model.onnx")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "workingHours: none\nbudget: {monthlyUSD: \(monthlyUSD)}\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        let up = try command.run("up", "--detach", "--port", "0", "-e", "dev", path)
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
}
