// Reads the fields of one Protocol Buffers message, without copying what is skipped.

/// The fields of a message that lies in a range of bytes.
struct WireReader {
    enum Value {
        case number(UInt64)
        /// A fixed-width number, of which nothing here needs the value.
        case fixed(bytes: Int)
        /// A text, a nested message or a packed list.
        case block(Range<Int>)
    }
    /// Why the bytes are no message, and where.
    struct Fault: Error {
        let reason: String
        let offset: Int
    }

    let bytes: [UInt8]
    private(set) var offset: Int
    let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or nil at the end of the message.
    mutating func next() throws(Fault) -> (field: UInt64, value: Value)? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try number()
        guard tag >> 3 > 0 else { throw Fault(reason: "a field has the number 0", offset: start) }
        switch tag & 7 {
        case 0: return (tag >> 3, .number(try number()))
        case 1: return (tag >> 3, .fixed(bytes: try skip(8).count))
        case 2:
            let count = try number()
            guard count <= UInt64(end - offset) else {
                throw Fault(reason: "a field of \(count) bytes ends behind its message", offset: start)
            }
            return (tag >> 3, .block(try skip(Int(count))))
        case 5: return (tag >> 3, .fixed(bytes: try skip(4).count))
        default: throw Fault(reason: "wire type \(tag & 7) is not in use", offset: start)
        }
    }

    /// A number in groups of seven bits, ten groups at most.
    mutating func number() throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        let start = offset
        while offset < end, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Fault(reason: "a number does not end", offset: start)
    }

    private mutating func skip(_ count: Int) throws(Fault) -> Range<Int> {
        guard count <= end - offset else { throw Fault(reason: "the message ends in a number", offset: offset) }
        offset += count
        return (offset - count)..<offset
    }
}
