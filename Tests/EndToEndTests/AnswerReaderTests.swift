// What a load generator reads of answers, however they are cut.

import NIOCore
import PlumbModel
import Testing

@testable import plumb

@Suite struct AnswerReaderTests {
    /// Feeds a text in parts of a size; the answer must come with the last one, and not before.
    private func read(_ text: String, partsOf size: Int) throws -> AnswerReader.Answer? {
        var reader = AnswerReader()
        let bytes = Array(text.utf8)
        var answer: AnswerReader.Answer?
        for start in stride(from: 0, to: bytes.count, by: size) {
            #expect(answer == nil, "an answer before its end")
            answer = try reader.feed(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
        }
        return answer
    }

    @Test(arguments: [1, 7, 1000])
    func anAnswerIsReadHoweverItIsCut(_ size: Int) throws {
        let kept = AnswerReader.Answer(status: 200, keepsAlive: true)
        let texts: [(String, AnswerReader.Answer)] = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", kept),
            ("HTTP/1.1 200 OK\r\nx: y\r\ncontent-length:3\r\nconnection: Keep-Alive\r\n\r\nabc", kept),
            ("HTTP/1.1 204 No Content\r\n\r\n", AnswerReader.Answer(status: 204, keepsAlive: true)),
            (
                "HTTP/1.1 503 Busy\r\nCONTENT-LENGTH: 0\r\nConnection: Close\r\n\r\n",
                AnswerReader.Answer(status: 503, keepsAlive: false)
            ),
            ("HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na", AnswerReader.Answer(status: 200, keepsAlive: false)),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na", kept),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", kept),
        ]
        for (text, expected) in texts { #expect(try read(text, partsOf: size) == expected, "\(text)") }
    }

    @Test(arguments: [
        "SSH-2.0 hello there\r\n\r\n", "HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 3x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nxcontent-length: 3\r\n\r\nabc",
    ])
    func whatIsNoAnswerIsSaidToBeNone(_ text: String) {
        #expect(throws: PlumbError.self) { try read(text, partsOf: 1000) }
    }
}
