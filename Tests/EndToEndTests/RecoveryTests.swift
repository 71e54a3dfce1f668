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
            "up", "--detach", "--port", "0", "-e", "production", "--backup", "\(command.home)-backup", path)
        try #require(up.status == 0, "\(up.errors)")
        return (command, "\(command.home)-backup")
    }

    @Test func aBackupIsWatchedRestoredDrilledAndProven() throws {
        let (command, backup) = try engine()
        defer { try? FileManager.default.removeItem(atPath: backup) }  // A temporary folder.
        #expect(try command.json("backup", "status", "--format", "json")["newestShipment"] as? Int ?? 0 > 0)

        let drill = try command.json("drill", "dr", "--record", "--format", "json")
        #expect(drill["succeeded"] as? Bool == true && drill["endpoints"] as? [String] == ["digits"])
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
