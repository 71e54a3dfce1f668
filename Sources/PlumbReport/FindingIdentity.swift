// What makes a finding the same finding in another run: control, resource and the plain words of the message, not the
// line it stands on and not the numbers in it.

import PlumbModel

/// Names findings so that those of two runs can be matched.
enum FindingIdentity {
    /// The identity of each finding, in the order of the findings: 16 hexadecimal digits, a colon, and which of its
    /// like it is, from 1.
    static func all(of findings: [Finding]) -> [String] {
        var countByDigest: [UInt64: Int] = [:]
        return findings.map { finding in
            let digest = digest(of: [finding.control, finding.resource, finding.shape])
            let count = (countByDigest[digest] ?? 0) + 1
            countByDigest[digest] = count
            return "\(padded(digest)):\(count)"
        }
    }

    /// 16 hexadecimal digits that stand for these texts.
    static func digits(of parts: [String]) -> String { padded(digest(of: parts)) }

    private static func padded(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// FNV-1a with 64 bits (Fowler, Noll, Vo): it only has to tell the findings of one input apart, and has to be the
    /// same in every process, which Swift's own hashes are not.
    private static func digest(of parts: [String]) -> UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for byte in part.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
            digest = (digest ^ 0xFF) &* 0x100_0000_01B3
        }
        return digest
    }
}
