// Bodies that come in chunks.

/// Puts together a body that is sent in chunks (RFC 9112, section 7.1), however it is cut up on the way.
struct ChunkedBody {
    /// The most bytes of a chunk's first line, and of all trailer lines together.
    static let lineBytesMax = 4096

    private enum State {
        case size, data(left: Int), dataEnd, trailer, complete
    }

    /// The body so far.
    private(set) var bytes: [UInt8] = []
    private var state = State.size
    private var line: [UInt8] = []
    private var trailerBytes = 0
    let bytesMax: Int

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// Takes what belongs to the body from `input[range]`, and returns how many bytes that was.
    mutating func take(_ input: [UInt8], _ range: Range<Int>) throws(Refusal) -> Int {
        var at = range.lowerBound
        while at < range.upperBound {
            switch state {
            case .complete:
                return at - range.lowerBound
            case .data(let left):
                let count = min(left, range.upperBound - at)
                bytes.append(contentsOf: input[at..<(at + count)])
                at += count
                state = count == left ? .dataEnd : .data(left: left - count)
            case .size, .dataEnd, .trailer:
                let byte = input[at]
                at += 1
                guard byte == 0x0A else {
                    guard line.count < ChunkedBody.lineBytesMax else { throw .badRequest("a chunk's line is too long") }
                    line.append(byte)
                    continue
                }
                guard line.last == 0x0D else { throw .badRequest("a chunk's line does not end in CR LF") }
                line.removeLast()
                try takeLine()
                line.removeAll(keepingCapacity: true)
            }
        }
        return at - range.lowerBound
    }

    private mutating func takeLine() throws(Refusal) {
        switch state {
        case .dataEnd:
            guard line.isEmpty else { throw .badRequest("a chunk is longer than it says") }
            state = .size
        case .trailer:
            trailerBytes += line.count
            guard trailerBytes <= ChunkedBody.lineBytesMax else { throw .badRequest("the trailer is too long") }
            if line.isEmpty { state = .complete }
        default:
            // Extensions after `;` are allowed, and mean nothing here.
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
            guard digits.count <= 8, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .badRequest("a chunk's size is not a hexadecimal number") }
            guard size <= bytesMax - bytes.count else {
                throw Refusal(413, "the body is larger than \(bytesMax) bytes")
            }
            state = size == 0 ? .trailer : .data(left: size)
        }
    }
}
