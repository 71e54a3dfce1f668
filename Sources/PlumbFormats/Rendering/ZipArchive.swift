// Archives of small programs in the ZIP format, the same bytes for the same content: AWS Lambda takes code in no other
// form from Terraform.
//
// Members are stored without compression; names are ASCII; every member bears the format's earliest date.

enum ZipArchive {
    /// An archive of files by name.
    static func bytes(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let offset = archive.count
            let name = Array(member.name.utf8)
            // Version 2.0, UTF-8 names, stored, 1980-01-01 00:00.
            let shared =
                little(20, 2) + little(0x0800, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
                + little(Int(checksum(member.content)), 4) + little(member.content.count, 4)
                + little(member.content.count, 4) + little(name.count, 2) + little(0, 2)
            archive += [0x50, 0x4B, 0x03, 0x04] + shared + name + member.content
            // Made by version 2.0 on Unix; a regular file that everyone may read (0100644), as Lambda asks.
            directory += [0x50, 0x4B, 0x01, 0x02] + little(0x0314, 2) + shared + little(0, 2) + little(0, 2)
            directory += little(0, 2) + little(0o100644 << 16, 4) + little(offset, 4) + name
        }
        let end =
            [0x50, 0x4B, 0x05, 0x06] + little(0, 2) + little(0, 2) + little(members.count, 2) + little(members.count, 2)
            + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
        return archive + directory + end
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// CRC-32 as ISO 3309 has it.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
