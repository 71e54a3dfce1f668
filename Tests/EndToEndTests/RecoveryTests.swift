// The commands of recovery and of its proofs, against one running engine.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct RecoveryTests {
    /// An engine with a backup; two failure domains, so that one may be lost.
    private func engine() throws -> (command: Command, backup: String) {
        let command = try Command()
        let path = try command.spec("model.onnx")
        let up = try command.run(
            "up", "--detach", "--no-restart", "--port", "0", "-e", "production", "--backup", "\(command.home)-backup",
            path)
        try #require(up.status == 0, "\(up.errors)")
        return (command, "\(command.home)-backup")
    }

    /// The second line of a checkpoint; 0 while a standby is being replaced.
    private static func auditSize(_ home: String) -> Int {
        let note = FileManager.default.contents(atPath: "\(home)/audit/checkpoint") ?? Data()
        let lines = String(decoding: note, as: UTF8.self).split(separator: "\n")
        return lines.count > 1 ? Int(lines[1]) ?? 0 : 0
    }

    private func until(_ isSo: () throws -> Bool) async throws {
        try #require(try await soon { try isSo() ? () : nil } != nil, "not within a minute")
    }

    @Test func aBackupIsWatchedRestoredDrilledAndProven() throws {
        let (command, backup) = try engine()
        defer { try? FileManager.default.removeItem(atPath: backup) }  // A temporary folder.
        #expect(try command.json("backup", "status", "--format", "json")["newestShipment"] as? Int ?? 0 > 0)

        let drill = try command.json("drill", "dr", "--record", "--format", "json")
        #expect(drill["succeeded"] as? Bool == true && drill["endpoints"] as? [String] == ["digits"])
        // The same as a file to keep: what was measured beside what is promised, and what proves it.
        let page = try command.run("drill", "dr", "--format", "html")
        #expect(page.status == 0 && page.output.hasPrefix("<!doctype html>"), "\(page.errors)")
        #expect(page.output.contains("(RTO)") && page.output.contains("✓ kept") && page.output.contains("--record"))
        #expect(page.output.contains("root of the audit log"))
        let key = "\(command.home)/backup/keyring.json"
        let dry = try command.run("restore", "--from", backup, "--key", key, "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("would restore"), "\(dry.errors)")
        let back = "\(command.home)-back"
        defer { try? FileManager.default.removeItem(atPath: back) }  // As above.
        let restored = try command.run("restore", "--from", backup, "--key", key, "--to", back)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try command.run("audit", "verify", "--home", back).status == 0)
        #expect(try command.run("audit", "verify").status == 0)

        let evidence = "\(command.home)-evidence"
        defer { try? FileManager.default.removeItem(atPath: evidence) }  // As above.
        let exported = try command.run("evidence", "export", "-o", evidence)
        #expect(exported.status == 0, "\(exported.errors)")
        #expect(try command.run("evidence", "verify", evidence).status == 0)
        let drills = try String(contentsOfFile: "\(evidence)/drills.json", encoding: .utf8)
        #expect(drills.contains("drill.dr"))
        try Data("changed".utf8).write(to: URL(filePath: "\(evidence)/drills.json"))
        #expect(try command.run("evidence", "verify", evidence).status == 3)
        #expect(try command.run("down").status == 0)
    }

    /// The machine of the primary is lost; the standby takes over, and the primary that comes back is kept out.
    @Test func aStandbyTakesOverAndTheOldPrimaryIsKeptOut() async throws {
        let (command, backup) = try engine()
        let second = "\(command.home)-second"
        // Temporary folders.
        defer { for folder in [backup, second] { try? FileManager.default.removeItem(atPath: folder) } }
        let ended = try command.start([
            "standby", "--from", backup, "--key", "\(command.home)/backup/keyring.json", "--to", second,
        ])
        try await until { FileManager.default.fileExists(atPath: "\(second)/standby.json") }
        // What comes later is followed as well.
        #expect(try command.run("access", "user", "add", "ada").status == 0)
        let size = Self.auditSize(command.home)
        try await until { Self.auditSize(second) > size }
        let pid = try #require(try command.json("status", "--format", "json")["processID"] as? Int)
        kill(pid_t(pid), SIGKILL)

        let promoted = try command.run("standby", "promote", "--to", second, "--port", "0")
        #expect(promoted.status == 0, "\(promoted.errors)")
        _ = try ended()
        #expect(try command.run("invoke", "digits", "--home", second).status == 0)
        #expect(try command.run("audit", "verify", "--home", second).status == 0)
        #expect(try command.run("audit", "log", "--home", second).output.contains("state.restored"))
        #expect(try command.run("access", "review", "--home", second).output.contains("ada"))

        let back = try command.run("up", "--detach", "--port", "0")
        #expect(back.status == 3 && back.errors.contains("taken over"), "\(back.errors)")
        // The new one is not hindered.
        #expect(try command.run("invoke", "digits", "--home", second).status == 0)
        #expect(try command.run("backup", "status", "--home", second).status == 0)
        #expect(try command.run("down", "--home", second).status == 0)
    }

    @Test func theRunbookSaysWhatIsThereAndDrillsRunOnSchedule() async throws {
        let (command, backup) = try engine()
        defer { try? FileManager.default.removeItem(atPath: backup) }  // A temporary folder.
        let plan = try command.run("dr", "plan")
        #expect(plan.status == 0 && plan.output.contains("plumb restore --from \(backup)"), "\(plan.output)")
        #expect(plan.output.contains("drill.dr: none is on record") && plan.output.contains("digits"))
        #expect(try command.run("down").status == 0)
        // Due at once, since none is on record.
        let up = try command.run("up", "--detach", "--port", "0", "--drill-every", "10s")
        #expect(up.status == 0, "\(up.errors)")
        try await until { try command.run("drill", "history").output.contains("drill.dr  engine  done") }
        #expect(try command.run("dr", "plan").output.contains("rtoSeconds"))
        #expect(try command.run("down").status == 0)
    }

    @Test func aLostDomainAndABadRevisionArePractisedAndJudged() throws {
        let (command, backup) = try engine()
        defer { try? FileManager.default.removeItem(atPath: backup) }  // A temporary folder.
        // Nobody practises in production by accident.
        let refused = try command.run("drill", "failover", "digits", "--record")
        #expect(refused.status == 3 && refused.errors.contains("--yes"), "\(refused.errors)")

        let failover = try command.json("drill", "failover", "digits", "--yes", "--record", "--format", "json")
        #expect(failover["succeeded"] as? Bool == true && failover["ended"] as? Int ?? 0 > 0, "\(failover)")
        #expect(failover["failedRequests"] as? Int == 0 && failover["requests"] as? Int ?? 0 > 0, "\(failover)")
        let rollback = try command.json("drill", "rollback", "digits", "--yes", "--record", "--format", "json")
        #expect(rollback["succeeded"] as? Bool == true && rollback["detectedToMovedSeconds"] != nil, "\(rollback)")

        let history = try command.run("drill", "history")
        #expect(history.output.contains("drill.failover") && history.output.contains("drill.rollback"))
        let report = try command.json("check", "engine:", "--format", "json")
        let controls = try #require(report["controls"] as? [[String: Any]])
        for id in ["OPS-2.5", "OPS-2.10", "REL-1.4", "SEC-1.5"] {
            #expect(controls.first { $0["id"] as? String == id }?["verdict"] as? String == "holds", "\(id)")
        }
        #expect(try command.run("down").status == 0)
    }
}
