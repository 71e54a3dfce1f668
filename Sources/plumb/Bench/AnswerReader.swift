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

    /// Reads bytes and not texts: a load of twenty thousand requests a second leaves no time for Unicode.
    private mutating func readHead(_ end: Int) throws(PlumbError) -> Answer {
        let head = pending.readBytes(length: end) ?? []
        let lines = head.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }
        let words = (lines.first ?? []).split(separator: 0x20, maxSplits: 2)
        guard words.count >= 2, words[0].starts(with: "HTTP/1.".utf8), let status = Int(Self.text(words[1])),
            (100...599).contains(status)
        else { throw Self.error("'\(Self.text(head.prefix(40)))' is no status line") }
        var answer = Answer(status: status, keepsAlive: words[0].elementsEqual("HTTP/1.1".utf8))
        length = .bytes(0)
        var hasLength = status < 200 || status == 204 || status == 304
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let (name, value) = (line[..<colon], line[(colon + 1)...].drop { $0 == 0x20 })
            if Self.isEqual(name, "content-length") {
                guard let count = Int(Self.text(value)), (0...Self.bodyBytesMax).contains(count) else {
                    throw Self.error("content-length \(Self.text(value))")
                }
                length = .bytes(count)
                hasLength = true
            } else if Self.isEqual(name, "transfer-encoding"), Self.isEqual(value, "chunked") {
                length = .chunked
                hasLength = true
            } else if Self.isEqual(name, "connection") {
                answer.keepsAlive = !Self.isEqual(value, "close")
            }
        }
        guard hasLength else { throw Self.error("an answer without length") }
        return answer
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Whether bytes say a word, which is in small letters, in letters of any size.
    private static func isEqual(_ bytes: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            unsafe zip(bytes, word).allSatisfy { byte, letter in
                byte == letter || (byte | 0x20 == letter && (0x41...0x5A).contains(byte))
            }
        }
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
