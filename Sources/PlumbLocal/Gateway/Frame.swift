// The gateway's own framing towards the house's model server: many requests travel on one connection at once.

import NIOCore

/// The sixteen bytes before every request and every answer, in little-endian order: a mark (one byte), a version (one),
/// the size of the head (two) and of the body (four), the request's number (four), the answer's status (two), and two
/// zeros. A request's head is `METHOD PATH`, its Content-Type and its Accept, a line each; an answer's head is its
/// Content-Type.
///
/// `plumb-worker` has the same words in `Frame.swift`; the tests of both hold the same bytes.
struct Frame: Equatable {
    static let mark: UInt8 = 0xF1
    static let version: UInt8 = 1
    static let headerBytes = 16
    /// The most bytes of a head; a request whose head is longer is sent with less of it.
    static let headBytesMax = 8 * 1024

    var headCount: Int
    var bodyCount: Int
    var number: UInt32
    var status = 0

    var count: Int { Frame.headerBytes + headCount + bodyCount }

    /// Reads a header without taking it; nil while it is not all there.
    static func peek(_ buffer: ByteBuffer) throws(UpstreamFault) -> Frame? {
        var copy = buffer
        guard
            let (mark, version, head, body, number, status, _) = copy.readMultipleIntegers(
                endianness: .little,
                as: (UInt8, UInt8, UInt16, UInt32, UInt32, UInt16, UInt16).self)
        else { return nil }
        guard mark == Frame.mark, version == Frame.version, (100...599).contains(status) else {
            throw .malformed("it answers in no frame of this version")
        }
        guard body <= GatewayLimits.responseBytesMax, head <= headBytesMax else {
            throw .malformed("its answer is too large")
        }
        return Frame(headCount: Int(head), bodyCount: Int(body), number: number, status: Int(status))
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(
            Frame.mark, Frame.version, UInt16(headCount), UInt32(bodyCount), number, UInt16(status), UInt16(0),
            endianness: .little)
    }
}
