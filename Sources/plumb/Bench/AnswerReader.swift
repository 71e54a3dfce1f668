// As much of an HTTP/1.1 answer as a load needs to know: its status, and where it ends.

import NIOCore
import PlumbModel

/// Takes bytes as they come until they make one whole answer.
struct AnswerReader {
    struct Answer: Equatable {
        var status: Int
        var keepsAlive: Bool
    }
    private enum Length { case bytes(Int), chunked }
    private static let headBytesMax = 64 << 10
    private static let bodyBytesMax = 64 << 20

    private var pending = ByteBuffer()
    private var answer: Answer?
    private var length = Length.bytes(0)
    /// Whether any byte of the answer has come.
    private(set) var hasBegun = false

    mutating func feed(_ bytes: ByteBuffer) throws(PlumbError) -> Answer? {
        hasBegun = true
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            var bytes = bytes
            pending.writeBuffer(&bytes)
        }
        while answer == nil {
            guard let end = headEnd() else {
                guard pending.readableBytes <= Self.headBytesMax else { throw Self.error("its head has no end") }
                return nil
            }
            let read = try readHead(end)
            // 1xx answers are announcements; the real one follows.
            if read.status >= 200 { answer = read }
        }
        guard let answer, try bodyIsWhole() else { return nil }
        return answer
    }

    private static func error(_ what: String) -> PlumbError { PlumbError(.invalidInput, what) }

    /// How many bytes the head has, with its empty line.
    private func headEnd() -> Int? {
        let view = pending.readableBytesView
        var index = view.startIndex
        while let end = view[index...].firstIndex(of: UInt8(ascii: "\n")) {
            if end - view.startIndex >= 3, view[end - 1] == 13, view[end - 2] == 10, view[end - 3] == 13 {
                return end + 1 - view.startIndex
            }
            index = end + 1
        }
        return nil
    }

    private mutating func readHead(_ end: Int) throws(PlumbError) -> Answer {
        let text = pending.readString(length: end) ?? ""
        let lines = text.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100...599).contains(status)
        else { throw Self.error("'\(String(text.prefix(40)))' is no status line") }
        var answer = Answer(status: status, keepsAlive: words[0] == "HTTP/1.1")
        length = .bytes(0)
        var hasLength = status < 200 || status == 204 || status == 304
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon].lowercased() {
            case "content-length":
                guard let count = Int(value), (0...Self.bodyBytesMax).contains(count) else {
                    throw Self.error("content-length \(value)")
                }
                length = .bytes(count)
                hasLength = true
            case "transfer-encoding" where value.lowercased() == "chunked":
                length = .chunked
                hasLength = true
            case "connection": answer.keepsAlive = value.lowercased() != "close"
            default: break
            }
        }
        guard hasLength else { throw Self.error("an answer without length") }
        return answer
    }

    private mutating func bodyIsWhole() throws(PlumbError) -> Bool {
        switch length {
        case .bytes(let count): return pending.readableBytes >= count
        case .chunked:
            while let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = end - pending.readerIndex + 1
                let text = pending.getString(at: pending.readerIndex, length: line) ?? ""
                let digits = text.prefix { $0.isHexDigit }
                guard let count = Int(digits, radix: 16), (0...Self.bodyBytesMax).contains(count) else {
                    throw Self.error("a chunk of '\(text.prefix(10))' bytes")
                }
                // The last chunk ends with an empty line; trailers are not sent to clients that do not ask for them.
                guard pending.readableBytes >= line + count + 2 else { return false }
                pending.moveReaderIndex(forwardBy: line + count + 2)
                if count == 0 { return true }
            }
            return false
        }
    }
}
