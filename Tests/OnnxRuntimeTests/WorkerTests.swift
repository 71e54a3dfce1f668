import Foundation
import Testing

@testable import plumb_worker

/// The running worker: the container contract as a gateway sees it.
@Suite(.serialized, .timeLimit(.minutes(20))) struct WorkerTests {
    private let csv: String
    private let request: String

    init() throws {
        csv = try String(contentsOfFile: Files.digits("request.csv"), encoding: .utf8)
        let json = try String(contentsOfFile: Files.digits("request.json"), encoding: .utf8)
        request =
            "POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)"
    }

    private func post(_ body: String, type: String = "text/csv", _ more: String = "") -> String {
        "POST /invocations HTTP/1.1\r\nContent-Type: \(type)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
    }

    @Test func itServesOnOneConnectionForManyRequests() throws {
        let worker = try WorkerProcess()
        #expect(worker.isListening(), "\(worker.log)")
        let started = try parsed(worker.log)
        #expect(started["inputs"] as? String == "X float32 [?, 64]")
        let client = try worker.connect()
        client.send("GET /ping HTTP/1.1\r\n\r\n")
        #expect(client.answer()?.status == 200)
        for _ in 0..<50 {
            client.send(request)
            let answer = try #require(client.answer())
            #expect(answer.status == 200 && answer.body.hasPrefix("{\"predictions\":[{\"label\":0,\"probabilities\":["))
        }
        client.send(post(csv, "Accept: text/csv\r\n"))
        #expect(client.answer()?.body.hasPrefix("0,") == true)
        client.send("HEAD /ping HTTP/1.1\r\nConnection: close\r\n\r\n")
        while !client.isClosed, client.answer() != nil {}
        let permissions = try FileManager.default.attributesOfItem(atPath: worker.socketPath)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
    }

    @Test func requestsMayBePipelinedAndCutAnywhere() throws {
        let worker = try WorkerProcess()
        #expect(worker.isListening(), "\(worker.log)")
        let chunked =
            "POST /invocations HTTP/1.1\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;a=b\r\n\(csv.prefix(5))\r\n\(String(csv.utf8.count - 5, radix: 16))\r\n"
            + "\(csv.dropFirst(5))\r\n0\r\nT: x\r\n\r\n"
        let stream = Array(([request, chunked, "\r\nGET /ping HTTP/1.1\r\n\r\n", request].joined()).utf8)
        for size in [1, 2, 7, 100, 333, stream.count] {
            let client = try worker.connect()
            for start in stride(from: 0, to: stream.count, by: size) {
                client.send(Array(stream[start..<min(start + size, stream.count)]))
            }
            let bodies = (0..<4).map { _ in client.answer()?.body ?? "nothing" }
            #expect(bodies[0].hasPrefix("{\"predictions\""))
            #expect(bodies[1] == bodies[0] && bodies[3] == bodies[0] && bodies[2] == "{\"ready\":true}", "\(size)")
        }
    }

    @Test func aClientThatAsksFirstIsToldToContinue() throws {
        let worker = try WorkerProcess()
        #expect(worker.isListening(), "\(worker.log)")
        let client = try worker.connect()
        let whole = post(csv, "Expect: 100-continue\r\n")
        client.send(String(whole.dropLast(csv.count)))
        #expect(client.answer()?.status == 100)
        client.send(csv)
        #expect(client.answer()?.status == 200)
        let tooLarge = "POST /invocations HTTP/1.1\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
        client.send(tooLarge)
        #expect(client.answer()?.status == 413)
        #expect(client.isClosed)
    }

    @Test func limitsAndMalformedRequestsEndTheConnectionWithAnAnswer() throws {
        let worker = try WorkerProcess("model.onnx", ["--max-body", "1000"])
        #expect(worker.isListening(), "\(worker.log)")
        let large = String(repeating: "1", count: 200_000)
        for (text, status) in [
            (post(large), 413), ("nonsense\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: \(large)\r\n\r\n", 431),
            ("POST /invocations HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n", 413),
            ("POST /invocations HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ] {
            let client = try worker.connect()
            client.send(text)
            let answer = try #require(client.answer())
            #expect(answer.status == status)
            #expect(answer.head.contains("Connection: close"))
            #expect(client.isClosed)
        }
        let client = try worker.connect()
        client.send(post("a,b") + request)
        #expect(client.answer()?.status == 400)
        #expect(client.answer()?.status == 200, "a wrong body is no reason to end the connection")
        client.send(String(request.prefix(100)))
        client.finishSending()
        #expect(client.answer() == nil)
    }

    @Test func sixteenConnectionsAreServedAtOnce() async throws {
        let worker = try WorkerProcess()
        #expect(worker.isListening(), "\(worker.log)")
        let (path, request) = (worker.socketPath, request)
        let right = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    // A client that cannot connect has no right answers, which the sum below shows.
                    guard let client = try? WorkerProcess.Client(path) else { return 0 }
                    return (0..<200).count { _ in
                        client.send(request)
                        return client.answer()?.body.hasPrefix("{\"predictions\":[{\"label\":0") == true
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(right == 16 * 200)
    }

    @Test func oneConnectionTooManyIsTurnedAway() throws {
        let worker = try WorkerProcess("model.onnx", ["--max-connections", "2"])
        #expect(worker.isListening(), "\(worker.log)")
        let clients = try (0..<2).map { _ in try worker.connect() }
        for client in clients {
            client.send(request)
            #expect(client.answer()?.status == 200)
        }
        let third = try worker.connect()
        #expect(third.answer()?.status == 503)
        #expect(third.isClosed)
    }

    @Test func pingIsNeverStuckBehindASlowInference() throws {
        let worker = try WorkerProcess("model-slow.onnx")
        #expect(worker.isListening(within: .seconds(60)), "\(worker.log)")
        let (slow, probe) = (try worker.connect(), try worker.connect())
        probe.send("GET /v2/health/live HTTP/1.1\r\n\r\n")
        #expect(probe.answer()?.status == 200)
        slow.send(request + request + request + request)
        var answered = 0
        while answered < 20 {
            probe.send("GET /v2/health/live HTTP/1.1\r\n\r\n")
            let start = ContinuousClock.now
            #expect(probe.answer()?.status == 200)
            #expect(ContinuousClock.now - start < .milliseconds(500))
            answered += 1
        }
        for _ in 0..<4 { #expect(slow.answer()?.status == 200) }
    }

    @Test func whatIsInFlightIsFinishedWhenStopped() throws {
        let worker = try WorkerProcess("model-slow.onnx")
        #expect(worker.isListening(within: .seconds(60)), "\(worker.log)")
        let (busy, idle) = (try worker.connect(), try worker.connect())
        idle.send("GET /ping HTTP/1.1\r\n\r\n")
        #expect(idle.answer()?.status == 200)
        busy.send("GET /ping HTTP/1.1\r\n\r\n")
        #expect(busy.answer()?.status == 200)
        busy.send(request)
        worker.process.terminate()
        #expect(idle.isClosed)
        let answer = try #require(busy.answer())
        #expect(answer.status == 200 && answer.head.contains("Connection: close"))
        #expect(busy.isClosed)
        #expect(worker.status() == 0)
        #expect(worker.log.contains("\"abandoned\":\"0\""))
        #expect(!FileManager.default.fileExists(atPath: worker.socketPath))
    }

    @Test func itEndsWithItsParentWhenAskedTo() throws {
        let worker = try WorkerProcess("model.onnx", ["--exit-with-parent"])
        #expect(worker.isListening(), "\(worker.log)")
        let client = try worker.connect()
        client.send(request)
        #expect(client.answer()?.status == 200)
        try worker.input.fileHandleForWriting.close()
        #expect(worker.status() == 0)
        #expect(worker.log.contains("standard input ended"))
    }

    @Test func aStaleSocketIsReplacedAndALiveOneIsNot() throws {
        let first = try WorkerProcess()
        #expect(first.isListening(), "\(first.log)")
        let second = try WorkerProcess("model.onnx", socket: first.socketPath)
        #expect(second.status() == 2)
        first.process.terminate()
        #expect(first.status() == 0)

        let killed = try WorkerProcess()
        #expect(killed.isListening(), "\(killed.log)")
        kill(killed.process.processIdentifier, SIGKILL)
        killed.process.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: killed.socketPath))
        let next = try WorkerProcess("model.onnx", socket: killed.socketPath)
        #expect(next.isListening(), "\(next.log)")
    }

    @Test func whatKeepsItFromStartingIsToldInOneLine() throws {
        let garbage = FileManager.default.temporaryDirectory.appending(path: "garbage-\(UUID().uuidString).onnx")
        try Data("not a model".utf8).write(to: garbage)
        defer { try? FileManager.default.removeItem(at: garbage) }  // a temporary file
        let cases: [(model: String, arguments: [String], environment: [String: String], words: String)] = [
            ("/nowhere/m.onnx", [], [:], "reading /nowhere/m.onnx: No such file or directory"),
            (garbage.path, [], [:], garbage.path),
            ("model.onnx", [], ["PLUMB_ONNXRUNTIME": "/nowhere/lib.so"], "PLUMB_ONNXRUNTIME names /nowhere/lib.so"),
            ("model.onnx", [], ["PLUMB_ONNXRUNTIME": garbage.path], "could not be loaded"),
            (
                "model.onnx", [], ["PLUMB_ONNXRUNTIME": "/lib/x86_64-linux-gnu/libc.so.6"],
                "does not export OrtGetApiBase"
            ),
            ("model.onnx", ["--golden", Files.digits("heldout-labels.csv")], [:], "takes 64 features, row 1 has 1"),
            ("model.onnx", ["--port", "70000"], [:], "70000 is not a port"),
            ("model.onnx", ["--port", "0", "--host", "localhost"], [:], "localhost is not an IPv4 address"),
        ]
        for (model, arguments, environment, words) in cases {
            let worker = try WorkerProcess(model, arguments, environment: environment)
            #expect(worker.status() == 2)
            #expect(worker.log.contains(words), "\(worker.log)")
            #expect(worker.log.hasPrefix("plumb-worker: ") && worker.log.split(separator: "\n").count == 1)
        }
        #expect(try WorkerProcess("model.onnx", ["--threads", "0"]).status() == 2)
    }

    @Test func aPortIsTakenFromTheContainersEnvironment() throws {
        let worker = try WorkerProcess(
            "model.onnx", ["--golden", Files.digits("request.json")], socket: "",
            environment: ["SAGEMAKER_BIND_TO_PORT": "0"])
        #expect(worker.isListening(), "\(worker.log)")
        #expect((try parsed(worker.log)["address"] as? String)?.hasPrefix("http://127.0.0.1:") == true)
    }
}
