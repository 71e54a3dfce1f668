// Takes a client's bytes as they come, and gives heads and bodies once they are whole.

import Foundation
import NIOCore

/// The bytes of one connection that are received and not yet used. The owner asks for a head, looks whether it wants
/// what follows, and then asks for the body.
struct RequestParser {
    /// The most bytes of a chunk's first line, and of all trailer lines together.
    static let lineBytesMax = 4096

    /// The room that is kept between requests.
    private static let keptBytesMax = 64 << 10

    private var pending = ByteBuffer()
    /// Where to look on for the end of the head.
    private var searched = 0
    /// The last head, as bytes and as read: clients that keep a connection mostly send the same one again.
    private var known: (bytes: [UInt8], head: RequestHead)?
    private var chunks: Chunks?

    private struct Chunks {
        enum State { case size, data(left: Int), dataEnd, trailer }
        var state = State.size
        var trailerBytes = 0
        var body = ByteBuffer()
    }

    var bufferedBytes: Int { pending.readableBytes }

    /// Copies the bytes: the buffer they came in is TLS's own, and whoever keeps it makes TLS copy all of it.
    mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            if pending.capacity > Self.keptBytesMax { pending = ByteBuffer() } else { pending.clear() }
        } else if pending.readerIndex > Self.keptBytesMax {
            pending.discardReadBytes()
        }
        pending.writeImmutableBuffer(bytes)
    }

    /// Passes over so many bytes; false, and nothing is passed over, when they have not all come.
    mutating func skip(_ count: Int) -> Bool { pending.readSlice(length: count) != nil }

    /// Throws away what has come.
    mutating func clear() { pending = ByteBuffer() }

    // MARK: - Heads

    /// The next head, once it is whole. `isKnown` says that it is the one before, byte for byte.
    mutating func head() throws(RequestFault) -> (head: RequestHead, isKnown: Bool)? {
        if let known, beginsWith(known.bytes) {
            searched = 0
            pending.moveReaderIndex(forwardBy: known.bytes.count)
            return (known.head, true)
        }
        try skipBlankLines()
        guard let count = headCount() else {
            guard pending.readableBytes <= RequestHead.bytesMax else { throw Self.tooLong }
            return nil
        }
        searched = 0
        guard count <= RequestHead.bytesMax, let bytes = pending.readBytes(length: count) else { throw Self.tooLong }
        let head = try RequestHead(bytes)
        known = (bytes, head)
        return (head, false)
    }

    private static let tooLong = RequestFault(
        status: 431, message: "the request's head is longer than \(RequestHead.bytesMax) bytes")

    private func beginsWith(_ bytes: [UInt8]) -> Bool {
        guard pending.readableBytes >= bytes.count else { return false }
        return unsafe pending.withUnsafeReadableBytes { buffered in
            unsafe bytes.withUnsafeBytes { wanted in
                guard let wanted = wanted.baseAddress, let buffered = buffered.baseAddress else {
                    return false
                }
                return unsafe memcmp(wanted, buffered, bytes.count) == 0
            }
        }
    }

    /// Blank lines before a request are to be passed over (RFC 9112, section 2.2).
    private mutating func skipBlankLines() throws(RequestFault) {
        while let byte = pending.getInteger(at: pending.readerIndex, as: UInt8.self), byte == 0x0D || byte == 0x0A {
            guard let both = pending.getInteger(at: pending.readerIndex, as: UInt16.self) else {
                if byte == 0x0D { return }
                break
            }
            guard both == 0x0D0A else { break }
            pending.moveReaderIndex(forwardBy: 2)
            searched = 0
        }
    }

    /// The size of the head with the blank line at its end, once that has come. A line feed alone after another ends
    /// the search as well: reading such a head says what is wrong with it.
    private mutating func headCount() -> Int? {
        let from = max(0, searched - 3)
        let found = unsafe pending.withUnsafeReadableBytes { bytes -> Int? in
            var index = from
            while index < bytes.count {
                guard unsafe bytes[index] == 0x0A else {
                    index += 1
                    continue
                }
                if index + 1 < bytes.count, unsafe bytes[index + 1] == 0x0A { return index + 2 }
                if index + 2 < bytes.count, unsafe bytes[index + 1] == 0x0D, unsafe bytes[index + 2] == 0x0A {
                    return index + 3
                }
                index += 1
            }
            return nil
        }
        searched = pending.readableBytes
        return found
    }

    // MARK: - Bodies

    /// The body that belongs to `head`, once it is whole.
    mutating func body(of head: RequestHead, bytesMax: Int) throws(RequestFault) -> ByteBuffer? {
        if head.isChunked { return try chunkedBody(bytesMax: bytesMax) }
        let length = head.contentLength ?? 0
        guard length <= bytesMax else { throw Self.tooLarge(bytesMax) }
        return pending.readSlice(length: length)
    }

    static func tooLarge(_ bytesMax: Int) -> RequestFault {
        RequestFault(status: 413, message: "the body is larger than \(bytesMax) bytes")
    }

    private mutating func chunkedBody(bytesMax: Int) throws(RequestFault) -> ByteBuffer? {
        var chunks = self.chunks ?? Chunks()
        self.chunks = nil
        while true {
            if case .data(let left) = chunks.state {
                guard var part = pending.readSlice(length: min(left, pending.readableBytes)), part.readableBytes > 0
                else { break }
                let count = part.readableBytes
                chunks.body.writeBuffer(&part)
                chunks.state = count == left ? .dataEnd : .data(left: left - count)
                continue
            }
            guard let line = try chunkLine() else { break }
            switch chunks.state {
            case .dataEnd:
                guard line.isEmpty else { throw .malformed("a chunk is longer than it says") }
                chunks.state = .size
            case .trailer:
                if line.isEmpty { return chunks.body }
                chunks.trailerBytes += line.count
                guard chunks.trailerBytes <= Self.lineBytesMax else { throw .malformed("the trailer is too long") }
            case .size, .data:
                let size = try Self.chunkSize(line)
                guard size <= bytesMax - chunks.body.readableBytes else { throw Self.tooLarge(bytesMax) }
                chunks.state = size == 0 ? .trailer : .data(left: size)
            }
        }
        self.chunks = chunks
        return nil
    }

    /// The next line of the chunks' framing without its CR LF.
    private mutating func chunkLine() throws(RequestFault) -> [UInt8]? {
        guard let end = pending.readableBytesView.prefix(Self.lineBytesMax + 2).firstIndex(of: 0x0A) else {
            guard pending.readableBytes <= Self.lineBytesMax else { throw .malformed("a chunk's line is too long") }
            return nil
        }
        var line = pending.readBytes(length: end - pending.readerIndex + 1) ?? []
        line.removeLast()
        guard line.popLast() == 0x0D, !line.contains(where: { $0 < 0x20 && $0 != 0x09 }) else {
            throw .malformed("a chunk's line does not end in CR LF")
        }
        return line
    }

    /// Extensions after `;` are allowed, and mean nothing here.
    private static func chunkSize(_ line: [UInt8]) throws(RequestFault) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        guard (1...8).contains(digits.count), digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .malformed("a chunk's size is not a hexadecimal number") }
        return size
    }
}
