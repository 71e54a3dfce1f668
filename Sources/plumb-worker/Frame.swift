// What goes over a connection on which many requests travel at once: the gateway's own framing.

import OnnxRuntime

/// The sixteen bytes before every request and every answer, in little-endian order: a mark (one byte), a version (one),
/// the size of the head (two) and of the body (four), the request's number (four), the answer's status (two), and two
/// zeros. A request's head is `METHOD PATH`, its Content-Type and its Accept, a line each; an answer's head is its
/// Content-Type.
///
/// The numbers are the gateway's: answers may come in any order. The mark begins no HTTP request, so one socket serves
/// both tongues.
struct Frame: Equatable {
    static let mark: UInt8 = 0xF1
    static let version: UInt8 = 1
    static let headerBytes = 16
    /// The most bytes of a request's head.
    static let headBytesMax = 8 * 1024

    var headCount: Int
    var bodyCount: Int
    var number: UInt32

    /// The size of the whole.
    var count: Int { Frame.headerBytes + headCount + bodyCount }

    /// Reads the header that stands at `start`, of which all sixteen bytes are there; nil when it is none.
    init?(_ bytes: [UInt8], at start: Int) {
        guard bytes[start] == Frame.mark, bytes[start + 1] == Frame.version else { return nil }
        func integer(at offset: Int, bytes count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[start + offset + $1]) << ($1 * 8) }
        }
        headCount = integer(at: 2, bytes: 2)
        bodyCount = integer(at: 4, bytes: 4)
        number = UInt32(integer(at: 8, bytes: 4))
        guard headCount <= Frame.headBytesMax else { return nil }
    }

    /// Appends the answer to the request with this number.
    static func append(_ response: Response, to number: UInt32, _ output: inout [UInt8]) {
        let type = response.contentType.text
        func integer(_ value: Int, bytes count: Int) {
            for index in 0..<count { output.append(UInt8(truncatingIfNeeded: value >> (index * 8))) }
        }
        output.append(mark)
        output.append(version)
        integer(type.utf8.count, bytes: 2)
        integer(response.body.count, bytes: 4)
        integer(Int(number), bytes: 4)
        integer(response.status, bytes: 2)
        integer(0, bytes: 2)
        output.append(contentsOf: type.utf8)
        output.append(contentsOf: response.body)
    }
}

extension RequestHead {
    /// Reads the head of a frame.
    init(frame bytes: [UInt8], _ range: Range<Int>) throws(Refusal) {
        let lines = bytes[range].split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count == 3, let space = lines[0].firstIndex(of: 0x20) else {
            throw .badRequest("a frame's head is three lines")
        }
        self.init(
            method: String(decoding: lines[0][..<space], as: UTF8.self),
            path: String(decoding: lines[0][(space + 1)...], as: UTF8.self),
            contentType: MediaType(bytes, lines[1].startIndex..<lines[1].endIndex),
            accepted: lines[2].isEmpty
                ? .json : MediaType.accepted(by: HeaderText(bytes, lines[2].startIndex..<lines[2].endIndex)))
    }
}
