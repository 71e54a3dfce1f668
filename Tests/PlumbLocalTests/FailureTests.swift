// What befalls workers, with real processes: each failure is noticed, routed around, mended and told.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbSignals
import Testing

@testable import PlumbLocal

@Suite(.serialized, .timeLimit(.minutes(20)))
struct FailureTests {
    /// The reasons on record, newest last.
    private func recorded(_ running: RunningHouse, _ action: String) async throws -> [String] {
        try await running.plane.auditEntries(limit: 100).filter { $0.action == action }
            .compactMap { $0.details["reason"] }
    }

    private func workers(_ running: RunningHouse) async -> [WorkerStatus] {
        await running.house.engine.instances(of: "digits")
    }

    @Test func aDomainThatDiesCostsNoRequest() async throws {
        let (statuses, reasons) = try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"), count: 4)
            let (statuses, _) = try await running.underTraffic { traffic in
                try await running.until("traffic") { traffic.hasFlown(200) }
                for worker in await workers(running) where worker.zone == "local-a" {
                    if let pid = worker.processID { kill(pid, SIGKILL) }
                }
                try await running.until("traffic goes on") { traffic.hasFlown(200) }
            }
            try await running.until("all four are back") {
                try await running.house.engine.observe("digits").first?.ready == 4
            }
            try await running.until("both ends are on record") {
                try await recorded(running, "worker.ended").count == 2
            }
            return (statuses, try await recorded(running, "worker.ended"))
        }
        #expect(statuses.allSatisfy { $0 == 200 })
        #expect(reasons == ["it was killed by signal 9", "it was killed by signal 9"])
    }

    @Test func aWorkerThatHangsLosesItsRequestsToAnotherAndIsReplaced() async throws {
        let (statuses, stalls, ends, order) = try await RunningHouse.with { running in
            try await running.serve(
                try running.revision(1, model: "model.onnx") { spec in
                    spec.alarms.probeIntervalSeconds = 0.2
                    spec.alarms.probeTimeoutSeconds = 0.5
                })
            let (statuses, _) = try await running.underTraffic { traffic in
                try await running.until("traffic") { traffic.hasFlown(500) }
                let hung = try #require(await workers(running).first?.processID)
                kill(hung, SIGSTOP)
                try await running.until("traffic goes on") { traffic.hasFlown(200) }
                try await running.until("another process is there") {
                    await workers(running).allSatisfy { $0.isReady && $0.processID != hung }
                }
            }
            return (
                statuses, try await recorded(running, "worker.stalled"), try await recorded(running, "worker.ended"),
                try await running.plane.auditEntries(limit: 100).sorted { $0.at < $1.at }.map(\.action)
                    .filter { $0 == "worker.stalled" || $0 == "worker.ended" }
            )
        }
        #expect(statuses.allSatisfy { $0 == 200 })
        #expect(stalls.count == 1 && stalls[0].hasPrefix("it answered nothing for"))
        #expect(ends.count == 1 && ends[0].hasPrefix("it failed "))
        // Its requests were taken from it first, and did not wait for the health checks that ended it.
        #expect(order == ["worker.stalled", "worker.ended"])
    }

    private static func server(_ answer: String) -> [String] {
        let text = """
            import http.server, os, time
            number = int(os.environ["PORT"])
            first = os.environ["MARK"]
            try:
                os.close(os.open(first, os.O_CREAT | os.O_EXCL))
                is_odd = True
            except FileExistsError:
                is_odd = False
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self): self.answer(b"")
                def do_POST(self):
                    self.rfile.read(int(self.headers["content-length"]))
                    if is_odd:
                        \(answer)
                    self.answer(b"7")
                def answer(self, body):
                    self.send_response(200)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *_): pass
            http.server.ThreadingHTTPServer(("127.0.0.1", number), Handler).serve_forever()
            """
        return ["python3", "-c", text]
    }

    /// A fleet of two of which the first is odd.
    private func serveWithOdd(_ running: RunningHouse, _ answer: String) async throws {
        let mark = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try await running.serve(
            try running.revision(1, model: "model.onnx") { spec in
                spec.model.path = nil
                spec.model.command = Self.server(answer)
                spec.model.environment = ["MARK": mark]
            })
    }

    @Test func aSlowWorkerIsEjectedWithItsReason() async throws {
        let reasons = try await RunningHouse.with { running in
            try await serveWithOdd(running, "time.sleep(0.15)")
            _ = try await running.underTraffic { _ in
                try await running.until("the slow one is ejected") {
                    await workers(running).contains { $0.state == .ejected }
                }
            }
            let ready = try await running.house.engine.observe("digits").first?.ready
            #expect(ready == 1)
            return try await recorded(running, "worker.ejected")
        }
        #expect(reasons.first?.contains("ms in the mean, its siblings") == true)
    }

    @Test func aWorkerThatAnswersGarbageIsReplacedAndItsRequestsAreAnsweredByAnother() async throws {
        let (statuses, reasons) = try await RunningHouse.with { running in
            try await serveWithOdd(
                running, "self.wfile.write(b'garbage\\r\\n\\r\\n'); self.close_connection = True; return")
            let (statuses, _) = try await running.underTraffic { _ in
                try await running.until("the odd one is replaced") {
                    try await !recorded(running, "worker.ended").isEmpty
                }
            }
            return (statuses, try await recorded(running, "worker.ended"))
        }
        #expect(!statuses.isEmpty && statuses.allSatisfy { $0 == 200 })
        #expect(reasons == ["its answers are no HTTP, to the example neither"])
    }

    @Test func aWorkerWhoseAnswerToTheExampleChangesIsReplaced() async throws {
        let reasons = try await RunningHouse.with(settings: { $0.examinationSeconds = 0.2 }) { running in
            // Right for a second, then wrong; its successor, whose mark is there already, stays right.
            try await serveWithOdd(
                running,
                "t = globals().setdefault('t', time.time()); self.answer(b'8' if time.time() - t > 1 else b'7'); return"
            )
            try await running.until("the wrong one has ended") {
                try await !recorded(running, "worker.ended").isEmpty
            }
            try await running.until("both are ready again") {
                try await running.house.engine.observe("digits").first?.ready == 2
            }
            return try await recorded(running, "worker.ended")
        }
        #expect(reasons == ["its answer to the example is not the fleet's"])
    }

    @Test func aWorkerThatTakesTooMuchMemoryIsEndedWithTheReason() async throws {
        let (reasons, restarts) = try await RunningHouse.with(
            settings: { $0.workerMemoryBytesMax = 100 << 20 },
            { running in
                try await serveWithOdd(running, "globals()['hog'] = bytearray(150 << 20)")
                _ = try await running.underTraffic { _ in
                    try await running.until("the hog has ended") {
                        try await !recorded(running, "worker.ended").isEmpty
                    }
                }
                return (try await recorded(running, "worker.ended"), await workers(running).map(\.restarts))
            })
        #expect(reasons[0].hasPrefix("it used ") && reasons[0].hasSuffix("MiB of memory, and may use 100"))
        #expect(restarts.reduce(0, +) == 1)
    }

    @Test func aWorkerHasNoNetworkAndGainsNoPrivileges() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"))
            let pid = try #require(await workers(running).first?.processID)
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
            let confinement = running.house.launcher.confinement
            if confinement.network != nil {
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/net") != own)
            }
            if confinement.privileges != nil {
                let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
                #expect(status.contains("NoNewPrivs:\t1"))
            }
            #expect(try await running.plane.status().isolation == confinement.text)
            #expect(confinement.text.contains("a user of its own"))
            let seconds = try #require(await workers(running).compactMap(\.startSeconds).min())
            #expect(seconds < 5)
        }
    }
}
