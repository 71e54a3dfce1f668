// An object's bytes to S3 and back, a part at a time.

import Crypto
import Foundation
import PlumbModel

extension AWSClient {
    /// A request carries so much of an object.
    static let partBytes = 16 << 20

    /// Sends an object in as many requests as it has parts; S3 compares what it gets with the digests.
    ///
    /// `target` names bucket and key, `properties` what the object is to have, `condition` what must lie there before.
    func send(
        to target: AWSValue, properties: AWSValue = [:], condition: AWSValue = [:], partDigests: [Data],
        region: String, part: (Int) throws -> Data
    ) async throws {
        let properties = properties.with(["ChecksumAlgorithm": "SHA256"])
        guard partDigests.count > 1 else {
            var input = target.with(properties).with(condition)
            input["Body"] = .data(try part(0))
            _ = try await call(.s3, "PutObject", input, region: region)
            return
        }
        let upload = try await call(.s3, "CreateMultipartUpload", target.with(properties), region: region)["UploadId"]
        do {
            var parts: [AWSValue] = []
            for index in partDigests.indices {
                let number = AWSValue.number(Double(index + 1))
                let input = target.with(["UploadId": upload, "PartNumber": number, "Body": .data(try part(index))])
                let answer = try await call(.s3, "UploadPart", input, region: region)
                parts.append([
                    "ETag": answer["ETag"], "PartNumber": number,
                    "ChecksumSHA256": .text(partDigests[index].base64EncodedString()),
                ])
            }
            let end = target.with(condition).with(["UploadId": upload, "MultipartUpload": ["Part": .list(parts)]])
            _ = try await call(.s3, "CompleteMultipartUpload", end, region: region)
        } catch {
            // What the parts cost until the bucket's own rule removes them is less than the error that is told.
            _ = try? await call(.s3, "AbortMultipartUpload", target.with(["UploadId": upload]), region: region)
            throw error
        }
    }

    /// An object's bytes and the tag of the version that they are of; nil where there is no such object.
    func object(_ key: String, in bucket: String, region: String) async throws -> (bytes: Data, tag: String)? {
        var bytes = Data()
        return try await read(key, in: bucket, region: region) { bytes += $0 }.map { (bytes, $0) }
    }

    /// SHA-256 of an object's bytes in hex, and how many there are; nil where there is no such object.
    func digest(
        ofObject key: String, in bucket: String, region: String
    ) async throws -> (hexadecimal: String, byteCount: Int)? {
        var (digest, count) = (SHA256(), 0)
        let tag = try await read(key, in: bucket, region: region) { part in
            digest.update(data: part)
            count += part.count
        }
        guard tag != nil else { return nil }
        return (digest.finalize().map(ArtefactFile.hexadecimal).joined(), count)
    }

    /// Reads an object part by part, and answers the tag of its version; nil where there is no such object.
    private func read(
        _ key: String, in bucket: String, region: String, take: (Data) throws -> Void
    ) async throws -> String? {
        var count = 0
        var tag: AWSValue = .null
        repeat {
            // The parts are of one version, or S3 refuses.
            let input: AWSValue = [
                "Bucket": .text(bucket), "Key": .text(key), "IfMatch": tag,
                "Range": .text("bytes=\(count)-\(count + Self.partBytes - 1)"),
            ]
            let answer: AWSValue
            do {
                answer = try await call(.s3, "GetObject", input, region: region)
            } catch let error as PlumbError where (error.cause as? AWSError)?.code == "NoSuchKey" {
                return nil
            }
            guard let part = answer["Body"].data, !part.isEmpty else {
                throw PlumbError(.internalFault, "s3://\(bucket)/\(key) was cut short at byte \(count)")
            }
            try take(part)
            count += part.count
            tag = answer["ETag"]
            let total = answer["ContentRange"].text?.split(separator: "/").last.flatMap { Int($0) }
            guard let total, count < total else { break }
        } while true
        return tag.text ?? ""
    }
}

extension AWSValue {
    /// This map with the members of another.
    func with(_ other: AWSValue) -> AWSValue { .map(members.merging(other.members) { $1 }) }
}
