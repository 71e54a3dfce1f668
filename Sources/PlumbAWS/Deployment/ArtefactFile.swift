// A file that is published: read in parts, packed where SageMaker wants an archive, known by its digest.

import Crypto
import Foundation
import PlumbModel

/// A file on this machine, and the digests that S3 knows it by.
struct ArtefactFile: Sendable {
    let path: String
    let byteCount: Int
    /// SHA-256 of all of it.
    let digest: Data
    /// SHA-256 of each part that is sent in a request of its own.
    let partDigests: [Data]
    /// A request holds so much; a file of one part is sent in one.
    static let partBytes = AWSClient.partBytes
    /// S3 takes this many parts.
    static let partsMax = 10_000

    /// Reads a file. Throws `notFound` when it cannot be read.
    init(path: String) throws(PlumbError) {
        self.path = path
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }  // It was only read: nothing is lost.
            var whole = SHA256()
            var parts: [Data] = []
            var count = 0
            while let data = try handle.read(upToCount: Self.partBytes), !data.isEmpty {
                whole.update(data: data)
                parts.append(Data(SHA256.hash(data: data)))
                count += data.count
            }
            byteCount = count
            digest = Data(whole.finalize())
            partDigests = parts
        } catch {
            throw PlumbError(
                .notFound, "\(path), which is to be published, cannot be read",
                hint: "paths in a spec start from the spec's own folder", cause: error)
        }
        guard partDigests.count <= Self.partsMax else {
            throw PlumbError(
                .unsupported, "\(path) has more than \(Self.partsMax * (Self.partBytes >> 20)) MiB",
                hint: "publish it with AWS's own tools; what lies there already is not sent again")
        }
    }

    func part(_ index: Int) throws -> Data {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }  // It was only read: nothing is lost.
        try handle.seek(toOffset: UInt64(index * Self.partBytes))
        return try handle.read(upToCount: Self.partBytes) ?? Data()
    }

    var hexadecimal: String { digest.map { Self.hexadecimal($0) }.joined() }

    static func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }

    /// What S3 says of an object that was sent as this file would be.
    var checksum: String {
        guard partDigests.count > 1 else { return digest.base64EncodedString() }
        let together = Data(SHA256.hash(data: Data(partDigests.joined())))
        return "\(together.base64EncodedString())-\(partDigests.count)"
    }

    /// Whether SageMaker can unpack a model from it.
    static func isArchive(_ path: String) -> Bool { path.hasSuffix(".tar.gz") || path.hasSuffix(".tgz") }

    /// Packs a model as the rendered pipelines do: no time, no owner, no order of the file system.
    static func pack(_ path: String, into archive: String, run: (_ command: [String]) async throws -> Int32)
        async throws
    {
        let url = URL(filePath: path)
        let status = try await run([
            "tar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "-C",
            url.deletingLastPathComponent().path, "-czf", archive, url.lastPathComponent,
        ])
        guard status == 0 else {
            throw PlumbError(.internalFault, "\(path) cannot be packed: tar ended with \(status)")
        }
    }
}
