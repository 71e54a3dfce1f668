// A folder of a bucket: files by name, each written only over what its writer knows.

import Crypto
public import Foundation
public import PlumbModel
import Synchronization

/// How long nobody may remove an object, in a bucket with Object Lock.
public struct ObjectRetention: Sendable, Hashable {
    /// `GOVERNANCE` or `COMPLIANCE`.
    public var mode: String
    public var days: Int

    public init(mode: String, days: Int) {
        self.mode = mode
        self.days = days
    }
}

/// What lies below `s3://BUCKET/PREFIX`.
public final class BucketFolder: Sendable {
    public struct Item: Sendable {
        public var name: String
        public var modifiedAt: Double
        public var byteCount: Int
    }
    /// What has to lie in the place of an object before it is written.
    public enum Before: Sendable {
        case nothing
        /// These very bytes.
        case exactly(Data)
    }
    public let address: String
    private let client: AWSClient
    private let bucket: String
    /// Empty, or with a slash at its end.
    private let prefix: String
    private let region: String
    private let retention: ObjectRetention?
    /// The members that encrypt an object as its bucket does; nil until the bucket was asked.
    private let encryption = Mutex<AWSValue?>(nil)
    private static let scheme = "s3://"

    /// Throws `invalidInput` for what is no address of a folder in S3.
    public init(_ address: String, client: AWSClient, retention: ObjectRetention? = nil) throws(PlumbError) {
        let words = address.dropFirst(Self.scheme.count).split(separator: "/").map(String.init)
        guard address.hasPrefix(Self.scheme), let bucket = words.first else {
            throw PlumbError(.invalidInput, "'\(address)' names no bucket", hint: "write s3://BUCKET/PREFIX")
        }
        self.bucket = bucket
        prefix = words.dropFirst().map { $0 + "/" }.joined()
        self.address = Self.scheme + words.joined(separator: "/")
        self.client = client
        self.retention = retention
        // S3 says where a bucket lives, whichever region is asked first.
        region = (try? client.region) ?? "us-east-1"
    }

    public static func isAddress(_ text: String) -> Bool { text.hasPrefix(scheme) }

    /// The objects in a folder below this one, in the order of their names.
    public func list(_ folder: String) async throws -> [Item] {
        let start = folder.isEmpty ? prefix : "\(prefix)\(folder)/"
        return try await client.items(
            .s3, "ListObjectsV2", ["Bucket": .text(bucket), "Prefix": .text(start)], in: "Contents", region: region
        ).compactMap { item in
            guard let key = item["Key"].text, !key.dropFirst(start.count).contains("/") else { return nil }
            return Item(
                name: String(key.dropFirst(start.count)),
                modifiedAt: item["LastModified"].date?.timeIntervalSince1970 ?? 0, byteCount: item["Size"].integer ?? 0)
        }
    }

    /// Nil where there is no such object.
    public func read(_ name: String) async throws -> Data? {
        try await client.object(prefix + name, in: bucket, region: region)?.bytes
    }

    /// Writes an object; false where something else lies there than was said.
    public func write(_ data: Data, to name: String, over before: Before) async throws -> Bool {
        var condition: AWSValue = ["IfNoneMatch": "*"]
        if case .exactly(let old) = before {
            guard let there = try await client.object(prefix + name, in: bucket, region: region), there.bytes == old
            else { return false }
            condition = ["IfMatch": .text(there.tag)]
        }
        let parts = stride(from: 0, to: max(1, data.count), by: AWSClient.partBytes).map { start in
            data.dropFirst(start).prefix(AWSClient.partBytes)
        }
        do {
            try await client.send(
                to: ["Bucket": .text(bucket), "Key": .text(prefix + name)], properties: try await properties(),
                condition: condition, partDigests: parts.map { Data(SHA256.hash(data: $0)) }, region: region
            ) { Data(parts[$0]) }
            return true
        } catch let error as PlumbError where Self.isRefusedCondition(error) {
            // A first try whose answer was lost may have come through.
            return try await read(name) == data
        }
    }

    public func remove(_ name: String) async throws {
        _ = try await client.call(
            .s3, "DeleteObject", ["Bucket": .text(bucket), "Key": .text(prefix + name)], region: region)
    }

    /// Whether the bucket can keep objects from being removed.
    public func hasObjectLock() async throws -> Bool {
        do {
            let answer = try await client.call(
                .s3, "GetObjectLockConfiguration", ["Bucket": .text(bucket)], region: region)
            return answer[path: "ObjectLockConfiguration.ObjectLockEnabled"].text == "Enabled"
        } catch let error as PlumbError
            where (error.cause as? AWSError)?.code == "ObjectLockConfigurationNotFoundError"
        {
            return false
        }
    }

    private static func isRefusedCondition(_ error: PlumbError) -> Bool {
        guard let said = error.cause as? AWSError else { return false }
        return said.status == 412 || said.code == "ConditionalRequestConflict"
    }

    private func properties() async throws -> AWSValue {
        var properties = try await encryptionOfBucket()
        if let retention {
            let until = client.now.addingTimeInterval(Double(retention.days) * 86_400)
            properties["ObjectLockMode"] = .text(retention.mode)
            properties["ObjectLockRetainUntilDate"] = .text(until.ISO8601Format())
        }
        return properties
    }

    /// Said with each object: policies of buckets refuse what does not say it, and a mode without its key would mean
    /// AWS's own key.
    private func encryptionOfBucket() async throws -> AWSValue {
        if let known = encryption.withLock({ $0 }) { return known }
        var found: AWSValue = [:]
        do {
            let answer = try await client.call(.s3, "GetBucketEncryption", ["Bucket": .text(bucket)], region: region)
            let rule = answer[path: "ServerSideEncryptionConfiguration.Rule"].items.first ?? .null
            let usual = rule["ApplyServerSideEncryptionByDefault"]
            if let algorithm = usual["SSEAlgorithm"].text, algorithm.hasPrefix("aws:kms") {
                found = ["ServerSideEncryption": .text(algorithm), "SSEKMSKeyId": usual["KMSMasterKeyID"]]
            }
        } catch let error as PlumbError where [.notFound, .refused].contains(error.kind) {
            // Nobody has said how, or we may not know: S3 encrypts as the bucket does.
            guard (error.cause as? AWSError)?.code != "NoSuchBucket" else { throw error }
        }
        encryption.withLock { $0 = found }
        return found
    }
}
