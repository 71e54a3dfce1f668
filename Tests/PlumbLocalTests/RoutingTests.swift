// The parts of the gateway that need no socket: weights, queues, and the parser of workers' answers.

import Foundation
import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbLocal

struct RoutingTests {
    private func route(queue: Int = 2) -> EndpointRoute {
        var limits = Spec.sample().limits
        limits.queueMax = queue
        return EndpointRoute(name: "digits", limits: limits)
    }

    private func worker(_ id: String, revision: Int = 1, concurrency: Int = 1) throws -> WorkerRoute {
        WorkerRoute(
            id: id, revision: revision, zone: "local-a", address: try SocketAddress(unixDomainSocketPath: "/\(id)"),
            concurrencyMax: concurrency)
    }

    @Test(arguments: [1, 10, 25, 50])
    func choosesExactlyByWeightOverEveryHundred(share: Int) {
        let route = route()
        route.shift(to: [1: 100 - share, 2: share])
        for _ in 0..<5 {
            let chosen = (0..<100).map { _ in route.chooseRevision() }
            #expect(chosen.filter { $0 == 2 }.count == share)
        }
    }

    @Test func aRevisionsRetriesEndWithItsBudgetAndNotWithAnothers() throws {
        let route = route()
        for revision in 1...2 { route.add(try worker("w\(revision)", revision: revision, concurrency: 12)) }
        for _ in 0..<12 {
            #expect(route.beginRetry(revision: 1))
            route.endRetry(revision: 1, inVain: true)
        }
        #expect(!route.beginRetry(revision: 1))
        #expect(route.beginRetry(revision: 2))
        #expect(route.retries.map(\.made) == [12, 1] && route.retries.map(\.refused) == [1, 0])
    }

    @Test func hasNoRevisionWithoutWeights() {
        let route = route()
        #expect(route.chooseRevision() == nil)
        route.shift(to: [7: 100])
        #expect(route.chooseRevision() == 7)
    }

    @Test func queuesInOrderUpToItsBoundAndServesOnRelease() throws {
        let route = route(queue: 2)
        let one = try worker("a")
        route.add(one)
        route.setReady(one, true)
        let order = NIOLockedValueBox<[Int]>([])
        func ask(_ number: Int) -> Admission {
            route.acquire(revision: 1, avoiding: []) { _ in order.withLockedValue { $0.append(number) } }
        }
        guard case .worker = ask(1), case .queued = ask(2), case .queued = ask(3), case .queueFull = ask(4) else {
            Issue.record("one worker, two places in the queue")
            return
        }
        route.release(one)
        route.release(one)
        #expect(order.withLockedValue { $0 } == [2, 3])
        #expect(route.inFlight(on: one) == 1)
        route.release(one)
        #expect(route.inFlight(on: one) == 0 && route.shed == 1)
    }

    @Test func avoidsWorkersThatWereTriedAndThatAreNotReady() throws {
        let route = route()
        let (one, two) = (try worker("a"), try worker("b"))
        for worker in [one, two] {
            route.add(worker)
            route.setReady(worker, true)
        }
        guard case .worker(let first) = route.acquire(revision: 1, avoiding: [one], waiter: { _ in }) else {
            Issue.record("b is free")
            return
        }
        #expect(first === two)
        route.setReady(one, false)
        guard case .queued = route.acquire(revision: 1, avoiding: [], waiter: { _ in }) else {
            Issue.record("a is not ready and b is busy")
            return
        }
        guard case .unavailable = route.acquire(revision: 9, avoiding: [], waiter: { _ in }) else {
            Issue.record("there is no revision 9")
            return
        }
    }
}

struct ResponseParserTests {
    private static let answers: [(text: String, status: Int, body: String, keepsAlive: Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 5\r\n\r\n1,2,3", 200, "1,2,3", true),
        ("HTTP/1.1 500 No\r\ncontent-length: 0\r\nConnection: close\r\n\r\n", 500, "", false),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 200, "abcde",
            true
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nTrailer: 1\r\n\r\n", 200, "a", true),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\n\r\n", 204, "", true),
    ]

    @Test func readsAnswersHoweverTheyAreCut() throws {
        for answer in Self.answers {
            let bytes = Array(answer.text.utf8)
            for cut in 0...bytes.count {
                var parser = ResponseParser()
                var response = try parser.feed(ByteBuffer(bytes: bytes[..<cut]))
                if response == nil { response = try parser.feed(ByteBuffer(bytes: bytes[cut...])) }
                let read = try #require(response, "cut at \(cut): \(answer.text)")
                #expect(read.status == answer.status && String(buffer: read.body) == answer.body)
                #expect(read.keepsAlive == answer.keepsAlive)
            }
            var parser = ResponseParser()
            var response: UpstreamResponse?
            for byte in bytes { response = try response ?? parser.feed(ByteBuffer(bytes: [byte])) }
            #expect(response?.status == answer.status)
        }
    }

    @Test func takesTheEndOfTheConnectionForTheEndOfTheBody() throws {
        var parser = ResponseParser()
        #expect(try parser.feed(ByteBuffer(string: "HTTP/1.0 200 OK\r\n\r\nabc")) == nil)
        let response = try #require(try parser.end())
        #expect(String(buffer: response.body) == "abc" && !response.keepsAlive)
        var cut = ResponseParser()
        #expect(try cut.feed(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")) == nil)
        #expect(try cut.end() == nil)
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: a\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
    ])
    func refusesWhatIsNoAnswer(text: String) {
        var parser = ResponseParser()
        #expect(throws: UpstreamFault.self) { try parser.feed(ByteBuffer(string: text)) }
    }

    @Test func neverTrapsOnMutatedAnswers() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            var bytes = Array(Self.answers[Int.random(in: 0..<Self.answers.count, using: &generator)].text.utf8)
            for _ in 0...Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            var parser = ResponseParser()
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            do {
                if try parser.feed(ByteBuffer(bytes: bytes[..<cut])) == nil {
                    _ = try parser.feed(ByteBuffer(bytes: bytes[cut...]))
                }
                _ = try parser.end()
            } catch {
                continue
            }
        }
    }
}
