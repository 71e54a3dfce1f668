// Files in gzip's form (RFC 1952), for readers that take no other: the content is stored and not made smaller.

import Foundation

enum GzipFile {
    /// A stored block's length has sixteen bits.
    private static let blockBytesMax = 0xFFFF

    static func wrap(_ content: Data) -> Data {
        // No name, no time, no system: the same content gives the same file.
        var file = Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
        var start = 0
        repeat {
            let block = content.dropFirst(start).prefix(blockBytesMax)
            start += block.count
            let count = UInt16(block.count)
            file.append(start == content.count ? 1 : 0)
            append(count, to: &file)
            append(~count, to: &file)
            file += block
        } while start < content.count
        append(checksum(content), to: &file)
        append(UInt32(truncatingIfNeeded: content.count), to: &file)
        return file
    }

    private static func append(_ number: some FixedWidthInteger, to file: inout Data) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            file.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    /// CRC-32 as gzip has it.
    static func checksum(_ content: Data) -> UInt32 {
        ~content.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
