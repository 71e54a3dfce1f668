// What clients send, right and wrong, however it is cut up on the way.

import Foundation
import NIOCore
import PlumbTesting
import Testing

@testable import PlumbLocal

struct RequestParserTests {
    private static let head = "POST /endpoints/digits/invocations?x=1 HTTP/1.1\r\nHost: a\r\n"

    /// Reads as the gateway does: heads and bodies in turn, until nothing is left or something is wrong.
    private func read(_ parts: [ArraySlice<UInt8>]) throws -> [(path: String, body: String)] {
        var parser = RequestParser()
        var found: [(String, String)] = []
        var head: RequestHead?
        for part in parts {
            parser.append(ByteBuffer(bytes: part))
            while true {
                if let current = head {
                    guard let body = try parser.body(of: current, bytesMax: 100) else { break }
                    found.append((current.path, String(buffer: body)))
                    head = nil
                }
                guard let next = try parser.head() else { break }
                head = next.head
            }
        }
        return found
    }

    @Test func readsRequestsHoweverTheyAreCut() throws {
        let text =
            "\r\n" + Self.head + "Content-Length: 3\r\n\r\nabc" + Self.head + "Content-Length: 3\r\n\r\ndef"
            + Self.head + "Transfer-Encoding: chunked\r\n\r\n3\r\nghi\r\n2;x=y\r\njk\r\n0\r\nT: 1\r\n\r\n"
            + "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"
        let bytes = Array(text.utf8)
        let wanted = ["abc", "def", "ghijk", ""]
        for cut in 0...bytes.count {
            #expect(try read([bytes[..<cut], bytes[cut...]]).map(\.body) == wanted, "cut at \(cut)")
        }
        let single = try read(bytes.indices.map { bytes[$0...$0] })
        #expect(single.map(\.body) == wanted && single.last?.path == "/ping")
    }

    @Test func readsWhatTheGatewayHeeds() throws {
        let head = try RequestHead(
            Array(
                ("POST /e?q HTTP/1.1\r\nhOsT: x\r\nAUTHORIZATION: \t Bearer t \r\nContent-Type:text/csv\r\n"
                    + "Accept: a/b\r\nContent-Length: 0012\r\nConnection: x, Close\r\nExpect: 100-Continue\r\n"
                    + "traceparent: 00-1-2-01\r\nX-Amzn-SageMaker-Custom-Attributes: k=v\r\nX-Y:\r\n\r\n").utf8))
        #expect(head.method == .post && head.path == "/e" && head.authorization == "Bearer t")
        #expect(head.contentType == "text/csv" && head.accept == "a/b" && head.contentLength == 12)
        #expect(!head.keepsAlive && head.expectsContinue && head.customAttributes == "k=v")
        #expect(head.traceParent == "00-1-2-01")
        let old = try RequestHead(Array("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".utf8))
        #expect(old.keepsAlive && old.isOldVersion)
        #expect(try !RequestHead(Array("GET /ping HTTP/1.0\r\n\r\n".utf8)).keepsAlive)
    }

    @Test(arguments: [
        // Two lengths, or a length that two readers could read differently.
        ("Content-Length: 1\r\nContent-Length: 2\r\n", 400), ("Content-Length: 1\r\nContent-Length: 1\r\n", 400),
        ("Content-Length: 1, 1\r\n", 400), ("Content-Length: +1\r\n", 400), ("Content-Length: -1\r\n", 400),
        ("Content-Length: 0x1\r\n", 400), ("Content-Length:\r\n", 400), ("Content-Length: 1 1\r\n", 400),
        ("Content-Length: 99999999999999999999\r\n", 400), ("Content-Length: １\r\n", 400),
        ("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Transfer-Encoding: gzip, chunked\r\n", 501), ("Transfer-Encoding: chunked, identity\r\n", 501),
        ("Transfer-Encoding: xchunked\r\n", 501), ("Transfer-Encoding: \u{B}chunked\r\n", 400),
        // Lines that end, fold or are named wrongly.
        ("A: b\nContent-Length: 1\r\n", 400), ("A: b\rC: d\r\n", 400), ("A: b\r\n folded\r\n", 400),
        ("A: b\r\n\tfolded\r\n", 400), (" A: b\r\n", 400), ("Content-Length : 1\r\n", 400), (": b\r\n", 400),
        ("A b\r\n", 400), ("A\u{0}: b\r\n", 400), ("A: \u{0}\r\n", 400), ("A: \u{7F}\r\n", 400), ("Ä: b\r\n", 400),
        ("Host: b\r\n", 400), ("Authorization: x\r\nauthorization: y\r\n", 400),
        ("Content-Type: a\r\nContent-type: b\r\n", 400), ("Expect: miracles\r\n", 417),
        (String(repeating: "A: b\r\n", count: 200), 431),
        ("A: \(String(repeating: "b", count: 20_000))\r\n", 431),
    ])
    func refusesWhatCouldBeReadInTwoWays(fields: String, status: Int) {
        expect(status, Self.head + fields + "\r\n")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET /\r\nHost: a\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400), ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", 400), ("GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: a\n\n", 400), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("\n\nGET / HTTP/1.1\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (String(repeating: "a", count: 20_000), 431), ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
    ])
    func refusesWhatIsNoRequest(text: String, status: Int) {
        expect(status, text)
    }

    @Test(arguments: [
        ("x\r\n", 400), ("\r\n", 400), ("-1\r\n", 400), ("4\nWiki", 400), ("4\r\nWikiX\r\n", 400),
        ("fffffffff\r\n", 400), ("65\r\n", 413), ("0x4\r\n", 400), ("4;\u{0}\r\n", 400),
        ("0\r\n" + String(repeating: "a: b\r\n", count: 1500), 400), (String(repeating: "0", count: 9000), 400),
    ])
    func refusesChunksThatAreNone(body: String, status: Int) {
        expect(status, Self.head + "Transfer-Encoding: chunked\r\n\r\n" + body)
    }

    private func expect(_ status: Int, _ text: String) {
        do {
            let found = try read([Array(text.utf8)[...]])
            Issue.record("\(text.debugDescription.prefix(200)) was taken as \(found)")
        } catch {
            #expect((error as? RequestFault)?.status == status, "\(text.debugDescription.prefix(200)): \(error)")
        }
    }

    @Test func aHeadThatOnlyBeginsLikeTheLastIsReadAnew() throws {
        let first = Self.head + "Content-Length: 1\r\n\r\na"
        let second = Self.head + "Content-Length: 1\r\nX: y\r\n\r\nb"
        #expect(try read([Array((first + first + second + first).utf8)[...]]).map(\.body) == ["a", "a", "b", "a"])
    }

    @Test func neverTrapsOnMutatedRequests() {
        var generator = SeededGenerator(seed: 12)
        let texts = [
            Self.head + "Content-Length: 3\r\n\r\nabc" + Self.head + "\r\n",
            Self.head + "Transfer-Encoding: chunked\r\n\r\n3\r\nghi\r\n2;x=y\r\njk\r\n0\r\nT: 1\r\n\r\n",
        ]
        for _ in 0..<20_000 {
            var bytes = Array(texts[Int.random(in: 0..<texts.count, using: &generator)].utf8)
            for _ in 0...Int.random(in: 0...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            do {
                // However it is cut, it is taken as the same requests.
                #expect(
                    try read([bytes[...]]).map(\.body) == read([bytes[..<cut], bytes[cut...]]).map(\.body))
            } catch {
                continue
            }
        }
    }
}
