// What clients meet: tokens, limits, errors in SageMaker's words, TLS, and workers that die.

import Foundation
import NIOCore
import NIOHTTP1
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbLocal

@Suite(.serialized, .timeLimit(.minutes(20)))
struct GatewayTests {
    @Test func keepsTheContractOfEngines() async throws {
        let breaches = try await RunningHouse.with { running in
            let first = try running.revision(1, model: "model.onnx")
            let second = try running.revision(2, model: "model-v2.onnx")
            return try await EngineContract(
                running.house.engine, revisions: (first, second), send: { try await running.call().status },
                pause: { try await Task.sleep(for: .milliseconds(100)) }, now: { running.house.now() }
            ).run()
        }
        #expect(breaches == [])
    }

    @Test func answersAndRefusesAsSageMakerDoes() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"))
            let good = try await running.call()
            #expect(good.status == 200 && good.body.contains("\"label\":0"))
            #expect(good.headers.first(name: "x-amzn-invoked-production-variant") == "primary")

            let nobody = try await running.call(token: .some(nil))
            #expect(nobody.status == 401 && nobody.headers.first(name: "www-authenticate") == "Bearer")
            #expect(try await running.call(token: "plumb_wrong").status == 401)
            #expect(try await running.call("/metrics", method: .GET, token: .some(nil)).status == 401)

            let stranger = try await running.call("/endpoints/digist/invocations")
            #expect(stranger.status == 404 && stranger.body.contains("Known: digits"))
            #expect(try await running.call(method: .GET).status == 405)
            #expect(try await running.call("/nowhere").status == 404)
            let large = try await running.call(body: String(repeating: "1,", count: 1 << 20))
            #expect(large.status == 413)

            let wrong = try await running.call(body: "1,2,3\n")
            #expect(wrong.status == 424 && wrong.headers.first(name: "x-amzn-errortype") == "ModelError")
            #expect(wrong.body.contains("\"OriginalStatusCode\":400") && wrong.body.contains("64"))

            // Whoever was let in is in the log, by the name that the answer bears, without a word of the request.
            let log = try #require(running.house.gateway.route("digits")).requests.lines(of: "digits", RequestSearch())
            #expect(log.lines.map(\.status) == [424, 413, 405, 200] && log.lines.allSatisfy { $0.caller == "first" })
            #expect(log.lines.first?.id == wrong.headers.first(name: "x-amzn-requestid"))
            #expect(log.lines.first?.reason == "the model answered 400" && log.lines.first?.requestBytes == 6)
            #expect(log.lines.first?.worker != nil && log.lines.last?.revision == 1 && log.lines.last?.reason == nil)

            let page = try await running.call("/metrics", method: .GET)
            let series = "plumb_requests_total{endpoint=\"digits\",variant=\"primary\",revision=\"1\",outcome="
            #expect(page.body.contains("\(series)\"2xx\"} 1\n") && page.body.contains("\(series)\"4xx\"} 1\n"))
            #expect(page.body.contains("plumb_request_duration_seconds_bucket"))
        }
    }

    @Test func anOldProofOfTheAuditLogIsForWhoeverAsksForOne() async throws {
        let (first, old, new) = try await RunningHouse.with { running in
            let revision = try running.revision(1, model: "model.onnx")
            _ = try await running.plane.deploy(
                DeploymentRequest(spec: revision.spec, folder: revision.folder), by: "ann")
            func entries(_ seconds: Double) async throws -> Double? {
                let graph = try await running.plane.graph(of: nil, auditProvenWithin: seconds)
                return graph.evidence.first { $0.kind == .audit }?.numbers["entries"]
            }
            let first = try await entries(0)
            try await running.plane.note(
                AuditEntry(at: 0, actor: "", action: "approve", subject: "endpoint/digits"), by: "ann")
            return (first, try await entries(600), try await entries(0))
        }
        #expect(old == first && (new ?? 0) > (first ?? .infinity))
    }

    @Test func negotiatesTLS12And13Only() async throws {
        let versions = try await RunningHouse.with { await $0.house.tryHandshakes() }
        #expect(versions.accepted == ["1.2", "1.3"])
        #expect(versions.refused == ["1.0", "1.1"])
    }

    @Test func losesNoRequestWhenAWorkerIsKilled() async throws {
        let (statuses, pids) = try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"))
            let before = await running.house.engine.instances(of: "digits").compactMap(\.processID)
            let traffic = FlowingTraffic()
            let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var statuses: [Int] = []
                        while !traffic.isOver, !Task.isCancelled {
                            statuses.append(try await running.call().status)
                            traffic.count()
                        }
                        return statuses
                    }
                }
                // A worker dies in the middle of traffic, and after the last death there is traffic as well.
                for pid in before {
                    try await running.until("a hundred more answers") { traffic.hasFlown(100) }
                    kill(pid, SIGKILL)
                }
                try await running.until("a thousand more answers") { traffic.hasFlown(1000) }
                traffic.end()
                return try await group.reduce(into: [Int]()) { $0 += $1 }
            }
            try await running.until("both instances are back") {
                try await running.house.engine.observe("digits").first?.ready == 2
            }
            let after = await running.house.engine.instances(of: "digits").compactMap(\.processID)
            return (statuses, (before, after))
        }
        #expect(statuses.count >= 1200 && statuses.allSatisfy { $0 == 200 })
        #expect(Set(pids.0).isDisjoint(with: pids.1))
    }

    @Test func boundsTheQueueAndTheRate() async throws {
        try await RunningHouse.with { running in
            let slow = try running.revision(1, model: "model-slow.onnx") { spec in
                spec.model.concurrencyMax = 1
                spec.limits.queueMax = 1
            }
            try await running.serve(slow, count: 1)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await running.call().status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 2 && statuses.filter { $0 == 503 }.count == 4)

            let limited = try running.revision(2, model: "model.onnx") { $0.limits.requestsPerSecondMax = 2 }
            try await running.serve(limited, count: 1)
            var rates: [Int] = []
            for _ in 0..<5 { rates.append(try await running.call().status) }
            #expect(rates.prefix(2).allSatisfy { $0 == 200 } && rates.last == 429)
        }
    }

    @Test func timesOutWhatTakesTooLong() async throws {
        let answer = try await RunningHouse.with { running in
            let slow = try running.revision(1, model: "model-slow.onnx") { $0.limits.timeoutSeconds = 0.2 }
            try await running.serve(slow, count: 1)
            return try await running.call()
        }
        #expect(answer.status == 504)
    }

    @Test func runsAnyProgramThatObeysTheContainerContract() async throws {
        let server = """
            import http.server, os
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self): self.answer(b"")
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["content-length"]))
                    self.send_response(200)
                    self.send_header("transfer-encoding", "chunked")
                    self.end_headers()
                    for part in (body[::-1], b""): self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(part), part))
                def answer(self, body):
                    self.send_response(200)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *_): pass
            port = int(os.environ["SAGEMAKER_BIND_TO_PORT"])
            http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
            """
        let answer = try await RunningHouse.with { running in
            let revision = try running.revision(1, model: "model.onnx") { spec in
                spec.model.path = nil
                spec.model.command = ["python3", "-c", server]
            }
            try await running.serve(revision)
            return try await running.call(body: "abc", type: "text/plain")
        }
        #expect(answer.status == 200 && answer.body == "cba")
    }

    @Test func keepsSecretsInFilesOfTheirOwner() async throws {
        try await RunningHouse.with { running in
            let folder = running.house.folder
            for name in ["token", "certificates/server.key", "certificates/ca.key", "state.sqlite"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: folder)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
            // The token itself is nowhere but in its own file.
            let state = try Data(contentsOf: URL(filePath: "\(folder)/state.sqlite"))
            #expect(state.range(of: Data(running.token.utf8)) == nil)
        }
    }
}
