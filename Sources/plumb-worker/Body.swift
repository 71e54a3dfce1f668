// The bytes of a request's body, as they arrive.

/// The bytes of a request's body, as a range of the buffer they were received in.
struct Body {
    let bytes: [UInt8]
    let range: Range<Int>

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    init(_ bytes: [UInt8]) {
        self.init(bytes, 0..<bytes.count)
    }
}
