// Loads as people run them, and a daemon that is replaced under one.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct BenchAndReloadTests {
    /// An engine with the digits endpoint, for the length of `body`.
    private func withEngine(_ body: (Command, String) async throws -> Void) async throws {
        let command = try Command()
        let spec = try command.spec("model.onnx")
        let up = try command.run("up", "--detach", "--port", "0", spec)
        #expect(up.status == 0, "\(up.errors)")
        do {
            try await body(command, spec)
        } catch {
            _ = try command.run("down")
            throw error
        }
        #expect(try command.run("down").status == 0)
    }

    @Test func aLoadIsToldJudgedWrittenDownAndRecorded() async throws {
        try await withEngine { command, spec in
            let csv = "\(command.home)/latency.csv"
            let kept = try command.run(
                "bench", "digits", "--rate", "50", "--duration", "1s", "--p99", "30s", "--output", csv, "--record", spec
            )
            #expect(kept.status == 0 && kept.output.contains("50 requests at 50/s"), "\(kept.errors)")
            let lines = try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n")
            #expect(lines.last?.contains(",50,100.0") == true)
            let written = try String(contentsOfFile: spec, encoding: .utf8)
            #expect(written.contains("benchmark:\n  modelDigest: ") && written.contains("  requests: 50\n"))
            // What is recorded again takes the place of what was there.
            _ = try command.run("bench", "digits", "--rate", "20", "--duration", "1s", "--record", spec)
            let again = try String(contentsOfFile: spec, encoding: .utf8)
            #expect(again.components(separatedBy: "benchmark:").count == 2 && again.contains("  requests: 20\n"))

            let broken = try command.run("bench", "digits", "--rate", "50", "--duration", "1s", "--p99", "0.001ms")
            #expect(broken.status == 1 && broken.output.contains("BROKEN"))
        }
    }

    @Test func badLoadsAreRefusedWithWhatToDo() throws {
        let command = try Command()
        #expect(try command.run("bench", "digits", "--find-capacity").errors.contains("--p99 500ms"))
        #expect(try command.run("bench", "digits", "--duration", "soon").status == 2)
        #expect(try command.run("bench", "ftp://host/", "--body", "x").status == 2)
        let body = "\(command.home)/body.csv"
        try "1\n".write(toFile: body, atomically: true, encoding: .utf8)
        let nobody = try command.run("bench", "http://127.0.0.1:1/", "--body", body)
        #expect(nobody.status == 2 && nobody.errors.contains("takes no connection"))
    }

    private func workers(_ command: Command) throws -> [Int] {
        let endpoints = try #require(try command.json("status", "--format", "json")["endpoints"] as? [[String: Any]])
        let workers = try #require(endpoints.first?["workers"] as? [[String: Any]])
        return workers.compactMap { $0["processID"] as? Int }.sorted()
    }

    @Test func aReplacedDaemonKeepsItsWorkersItsPortAndItsProcess() async throws {
        try await withEngine { command, _ in
            let before = try command.json("status", "--format", "json")
            let processes = try workers(command)
            #expect(processes.count == 2)
            // One connection that is always busy: each answer tells it to end before it is closed.
            let load = try command.start([
                "bench", "digits", "--rate", "100", "--duration", "8s", "--connections", "1", "--format", "json",
            ])
            for turn in 1...2 {
                let reload = try command.run("reload")
                #expect(reload.status == 0 && reload.output.contains("has taken over"), "\(turn): \(reload.errors)")
                #expect(try workers(command) == processes)
            }
            let result = try load()
            let told = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            #expect(told?["failed"] as? Int == 0, "\(result.output)")
            let after = try command.json("status", "--format", "json")
            #expect(after["processID"] as? Int == before["processID"] as? Int)
            #expect(after["gateway"] as? String == before["gateway"] as? String)
            // The next daemon waits for the workers it did not start: one that dies is started again.
            let victim = try #require(processes.first)
            kill(pid_t(victim), SIGKILL)
            let replaced: Void? = try await soon {
                let now = try workers(command)
                return now.count == 2 && !now.contains(victim) ? () : nil
            }
            #expect(replaced != nil, "the dead worker is not replaced within a minute")
        }
    }
}
