import Crypto
import CryptoExtras
import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

/// The audit log in CloudTrail's form.
struct CloudTrailTests {
    private let folder: ScratchFolder
    private let home: String
    private let trail = CloudTrailExport.Trail(
        account: "111122223333", region: "eu-central-1", name: "engine", bucket: "audit", prefix: "deep/er")

    init() async throws {
        folder = try ScratchFolder()
        home = "\(folder.path)/home"
    }

    /// The content of a gzipped file whose blocks are stored.
    private static func unwrapped(_ file: Data) -> Data {
        var (content, place) = (Data(), 10)
        while true {
            let count = Int(file[place + 1]) | Int(file[place + 2]) << 8
            content += file[(place + 5)..<(place + 5 + count)]
            if file[place] == 1 { return content }
            place += 5 + count
        }
    }

    private func json(_ path: String) throws -> (content: Data, object: [String: Any]) {
        let content = Self.unwrapped(try Data(contentsOf: URL(filePath: path)))
        return (content, try #require(try JSONSerialization.jsonObject(with: content) as? [String: Any]))
    }

    @Test func anyLengthIsWrapped() {
        #expect(GzipFile.checksum(Data("123456789".utf8)) == 0xCBF4_3926)
        for count in [0, 1, 65_534, 65_535, 65_536, 200_000] {
            let content = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            let file = GzipFile.wrap(content)
            #expect(Self.unwrapped(file) == content)
            #expect(file.suffix(4) == Data([0, 8, 16, 24].map { UInt8(truncatingIfNeeded: count >> $0) }))
        }
    }

    @Test func digestsAreAChainAndEachNamesItsLogFiles() async throws {
        let store = try Store(folder: home)
        // Three hours, one without entries between them; six thousand entries in one of them.
        let start = 1_800_000_000.0
        var entries = (0..<6000).map { number in
            AuditEntry(at: start + Double(number) / 10, actor: "ann", action: "deploy", subject: "endpoint/a")
        }
        entries.append(
            AuditEntry(
                at: start + 7300, actor: "ben", action: "deploy", subject: "endpoint/b", outcome: .denied,
                details: ["reason": "not ben", "address": "10.1.2.3"]))
        try await store.append(entries)
        try store.close()
        let output = "\(folder.path)/trail"
        let report = try CloudTrailExport.write(home, as: trail, to: output, at: start + 9000)
        #expect(report.entries == 6001 && report.digests == 2 && report.logFiles == 3)

        let keys =
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(filePath: "\(output)/public-keys.json"))) as? [String: Any]
        let first = try #require((keys?["PublicKeyList"] as? [[String: Any]])?.first)
        let encoded = try #require(Data(base64Encoded: first["Value"] as? String ?? ""))
        let key = try _RSA.Signing.PublicKey(derRepresentation: encoded)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: output)
            .filter { $0.contains("CloudTrail-Digest/") && $0.hasSuffix(".json.gz") }.sorted()
        var previous: (path: String, content: Data, signature: String)?
        var events: [[String: Any]] = []
        for path in paths {
            let (content, digest) = try json("\(output)/\(path)")
            #expect(digest["digestS3Object"] as? String == path && digest["digestS3Bucket"] as? String == "audit")
            #expect(digest["digestPublicKeyFingerprint"] as? String == report.fingerprint)
            #expect(digest["previousDigestS3Object"] as? String == previous?.path)
            #expect(digest["previousDigestSignature"] as? String == previous?.signature)
            #expect(
                digest["previousDigestHashValue"] as? String
                    == previous.map { Data(SHA256.hash(data: $0.content)).hexadecimal })
            let metadata = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(contentsOf: URL(filePath: "\(output)/\(path).metadata"))) as? [String: String])
            let signature = try #require(metadata["signature"])
            let text = [
                digest["digestEndTime"] as? String ?? "", "audit/\(path)",
                Data(SHA256.hash(data: content)).hexadecimal, previous?.signature ?? "null",
            ].joined(separator: "\n")
            let bytes = stride(from: 0, to: signature.count, by: 2).compactMap { place in
                UInt8(signature.dropFirst(place).prefix(2), radix: 16)
            }
            #expect(
                key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: bytes), for: SHA256.hash(data: Data(text.utf8)),
                    padding: .insecurePKCS1v1_5))
            for file in digest["logFiles"] as? [[String: String]] ?? [] {
                let (log, batch) = try json("\(output)/\(file["s3Object"] ?? "")")
                #expect(file["hashValue"] == Data(SHA256.hash(data: log)).hexadecimal)
                events += batch["Records"] as? [[String: Any]] ?? []
            }
            previous = (path, content, signature)
        }
        #expect(events.count == 6001 && Set(events.compactMap { $0["eventID"] as? String }).count == 6001)
        let denied = try #require(events.last)
        #expect(denied["errorCode"] as? String == "AccessDenied" && denied["errorMessage"] as? String == "not ben")
        #expect(denied["sourceIPAddress"] as? String == "10.1.2.3" && denied["eventName"] as? String == "deploy")
        #expect((denied["additionalEventData"] as? [String: Any])?["auditEntry"] as? Int == 6000)
        let again = #expect(throws: PlumbError.self) {
            try CloudTrailExport.write(home, as: trail, to: output, at: start + 9000)
        }
        #expect(again?.kind == .conflict)
    }
}
