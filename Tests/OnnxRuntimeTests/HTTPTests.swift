import Testing

@testable import plumb_worker

@Suite struct HTTPTests {
    @Test func aHeadIsRead() throws {
        let head = try RequestHead(
            "POST /invocations?x=1 HTTP/1.1\r\nhost: a\r\nCONTENT-TYPE: \tText/CSV ; charset=utf-8\r\n"
                + "Content-Length: 12 \r\nAccept: text/csv\r\n"
                + "Expect: 100-Continue\r\nConnection: x, Close\r\nX-Y:\r\n\r\n"
        )
        #expect(head.method == "POST" && head.path == "/invocations")
        #expect(head.contentType == .csv && head.accepted == .csv)
        #expect(head.contentLength == 12 && !head.isChunked && head.expectsContinue && !head.keepsAlive)
        let plain = try RequestHead("GET /ping HTTP/1.1\r\n\r\n")
        #expect(plain.keepsAlive && plain.accepted == .json && plain.contentType == .other(""))
        #expect(try !RequestHead("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keepsAlive)
    }

    @Test(arguments: [
        ("GET /\r\n\r\n", 400), ("GET  HTTP/1.1\r\n\r\n", 400), (" / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1 x\r\n\r\n", 400), ("G@T / HTTP/1.1\r\n\r\n", 400), ("GET /a b HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\n\r\n", 505), ("GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n folded\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: \u{1}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400), ("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nExpect: miracles\r\n\r\n", 417),
    ])
    func aMalformedHeadIsRefused(_ text: String, _ status: Int) {
        do throws(Refusal) {
            _ = try RequestHead(text)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.status == status, "\(text): \(error.message)")
        }
    }

    @Test(arguments: [
        ("*/*", MediaType.json), ("text/csv, application/json;q=0.9", .csv), ("text/*", .csv),
        ("application/json;q=0.5, text/csv;q=0.4", .json), ("text/html, */*;q=0.1", .json), ("application/*", .json),
        ("image/png", nil), ("application/json;q=0", nil), ("", nil), (";;,,;q=x", nil),
    ])
    func theAnswersTypeIsTheClientsChoice(_ accept: String, _ type: MediaType?) {
        #expect(MediaType.accepted(by: HeaderText(Array(accept.utf8))) == type)
    }

    @Test func theEndOfAHeadIsFoundHoweverItIsCut() {
        let bytes = Array("GET / HTTP/1.1\r\nA: b\r\n\r\nrest".utf8)
        for cut in 0...bytes.count {
            let end = RequestHead.end(in: bytes, 0..<bytes.count, from: cut)
            #expect(end == (cut <= 23 ? 24 : nil))
            #expect(RequestHead.end(in: bytes, 0..<cut, from: 0) == (cut >= 24 ? 24 : nil))
        }
    }

    @Test func aChunkLineAndATrailerHaveLimits() {
        for text in ["4;" + String(repeating: "a", count: 5000), "0\r\n" + String(repeating: "a: b\r\n", count: 1500)] {
            var body = ChunkedBody(bytesMax: 100)
            #expect(throws: Refusal.self) { try body.take(Array(text.utf8), 0..<text.utf8.count) }
        }
    }

    private let chunked = Array("4;ext=1\r\nWiki\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nNEXT".utf8)

    @Test func aChunkedBodyIsPutTogetherHoweverItIsCut() throws {
        for size in 1...chunked.count {
            var body = ChunkedBody(bytesMax: 100)
            var at = 0
            while !body.isComplete {
                let taken = try body.take(chunked, at..<min(at + size, chunked.count))
                #expect(taken > 0)
                at += taken
            }
            #expect(body.bytes == Array("Wiki0123456789".utf8))
            #expect(Array(chunked[at...]) == Array("NEXT".utf8))
        }
    }

    @Test(arguments: [
        ("x\r\n", 400), ("\r\n", 400), ("-1\r\n", 400), ("4\nWiki", 400), ("4\r\nWikiX\r\n", 400),
        ("fffffffff\r\n", 400), ("65\r\n", 413),
    ])
    func aMalformedChunkIsRefused(_ text: String, _ status: Int) {
        var body = ChunkedBody(bytesMax: 100)
        do throws(Refusal) {
            _ = try body.take(Array(text.utf8), 0..<text.utf8.count)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.status == status, "\(text): \(error.message)")
        }
    }
}
