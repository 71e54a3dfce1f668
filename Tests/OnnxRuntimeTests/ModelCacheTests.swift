// Many models in one worker: loaded when they are asked for, bounded by bytes, and never in each other's way.

import Foundation
import OnnxRuntime
import Synchronization
import Testing

@testable import plumb_worker

@Suite(.timeLimit(.minutes(5)))
struct ModelCacheTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    private let log = Log { _ in }
    private let files = ["one.onnx": "model.onnx", "two.onnx": "model-v2.onnx", "deep/three.onnx": "model-bad.onnx"]

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (index, file) in files.values.sorted().enumerated() {
            try FileManager.default.copyItem(atPath: Files.digits(file), toPath: "\(folder)/\(digest(index))")
        }
        try Data("no model".utf8).write(to: URL(filePath: "\(folder)/\(digest(9))"))
    }

    private func digest(_ number: Int) -> String { String(repeating: "\(number)", count: 64) }

    private func list() throws -> ModelList {
        let sorted = files.values.sorted()
        var text = "# a list\n\(digest(9))  broken.onnx\n"
        for (name, file) in files { text += "\(digest(sorted.firstIndex(of: file) ?? 0))  \(name)\n" }
        return try ModelList(Array(text.utf8), folder: folder)
    }

    private func cache(
        _ limits: ModelCache.Limits = .init(), before: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ModelCache {
        let log = log
        return ModelCache(try list(), limits: limits, log: log) { name, bytes throws(Refusal) in
            before(name)
            do {
                return try ModelService(model: try Model(bytes: bytes), modelName: name, log: log)
            } catch {
                throw Refusal(500, "\(error)")
            }
        }
    }

    private func post(_ shelf: ModelShelf, _ path: String) throws -> Response {
        var head = try RequestHead("POST \(path) HTTP/1.1\r\n\r\n")
        head.contentType = .csv
        return shelf.respond(head, Body(try Files.bytes(Files.digits("request.csv"))))
    }

    @Test func aModelIsLoadedOnceAndTheLeastLatelyUsedMakesRoom() throws {
        // Two of the three fit.
        let cache = try cache(.init(bytesMax: 145_000))
        _ = try cache.service(for: "one.onnx")
        _ = try cache.service(for: "two.onnx")
        _ = try cache.service(for: "one.onnx")
        #expect(cache.counters.hits == 1 && cache.counters.misses == 2 && cache.counters.loads == 2)
        _ = try cache.service(for: "deep/three.onnx")
        #expect(cache.loadedNames == ["deep/three.onnx", "one.onnx"])
        #expect(cache.counters.unloads == 1 && cache.counters.loaded == 2 && cache.counters.bytes <= 145_000)
        #expect(cache.counters.loadMicroseconds > 0 && cache.counters.waitMicroseconds > 0)
    }

    @Test func whatCannotBeLoadedIsSaidAndNotTriedAtEveryRequest() throws {
        let cache = try cache()
        for _ in 0..<3 {
            #expect(#expect(throws: Refusal.self) { try cache.service(for: "broken.onnx") }?.status == 500)
        }
        #expect(cache.counters.loadFailures == 1)
        let tight = try self.cache(.init(bytesMax: 1000))
        #expect(#expect(throws: Refusal.self) { try tight.service(for: "one.onnx") }?.status == 507)
        for name in ["four.onnx", "../one.onnx", "/etc/passwd", ""] {
            #expect(#expect(throws: Refusal.self) { try cache.service(for: name) }?.status == 404)
        }
    }

    @Test func othersAnswerWhileAModelIsLoadedAndOnlySoManyWait() throws {
        let isHeld = Mutex(true)
        let cache = try cache(.init(waitingMax: 2)) { name in
            while name == "two.onnx", isHeld.withLock({ $0 }) { HostProcess.sleep(milliseconds: 1) }
        }
        _ = try cache.service(for: "one.onnx")
        let answered = Mutex(0)
        for _ in 0..<2 {
            #expect(
                HostProcess.startThread {
                    let isThere = (try? cache.service(for: "two.onnx")) != nil
                    answered.withLock { $0 += isThere ? 1 : 0 }
                })
        }
        // Both wait: one loads, the other for it.
        while cache.counters.misses < 3 { HostProcess.sleep(milliseconds: 1) }
        _ = try cache.service(for: "one.onnx")
        #expect(#expect(throws: Refusal.self) { try cache.service(for: "deep/three.onnx") }?.status == 429)
        isHeld.withLock { $0 = false }
        while answered.withLock({ $0 }) < 2 { HostProcess.sleep(milliseconds: 1) }
        #expect(cache.counters.loads == 2)
    }

    @Test func aRequestIsAnsweredByTheModelThatItNames() throws {
        let shelf = try ModelShelf(try cache(), prewarm: ["one.onnx"], log: log)
        #expect(try post(shelf, "/models/one.onnx/invoke").status == 200)
        #expect(try post(shelf, "/models/deep%2Fthree.onnx/invoke").status == 200)
        #expect(try post(shelf, "/models/deep/three.onnx/invoke").status == 404)
        #expect(try post(shelf, "/models/%2e%2e%2fone.onnx/invoke").status == 404)
        #expect(try post(shelf, "/models/%zz/invoke").status == 404)
        #expect(try post(shelf, "/invocations").status == 400)
        func get(_ path: String) throws -> String {
            let head = try RequestHead("GET \(path) HTTP/1.1\r\n\r\n")
            return String(decoding: shelf.respond(head, Body([])).body, as: UTF8.self)
        }
        #expect(try get("/ping") == "{\"ready\":true}")
        #expect(try get("/v2/models/two.onnx").contains("\"name\":\"two.onnx\""))
        let report = try parsed(try get("/models"))
        #expect((report["models"] as? [[String: String]])?.count == 3)
        #expect((report["counters"] as? [String: Int])?["loaded"] == 3)
    }

    @Test func whatIsToBeWarmAndIsNotKeepsTheWorkerFromStarting() throws {
        let failure = #expect(throws: StartFailure.self) {
            try ModelShelf(try cache(), prewarm: ["broken.onnx"], log: log)
        }
        #expect("\(failure.map { "\($0)" } ?? "")".contains("broken.onnx"))
    }
}
