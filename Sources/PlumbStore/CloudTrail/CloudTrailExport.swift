// Lays the audit log out as CloudTrail lays out its own: gzipped log files, and a signed digest for each hour.

import Crypto
import CryptoExtras
import Foundation
public import PlumbModel

/// An export of a whole log, begun anew each time: the same log gives the same files, up to its last hour.
public struct CloudTrailExport {
    /// Whose trail it is to be, and where its files are going to lie; digests name their own place.
    public struct Trail: Sendable {
        public var account: String
        public var region: String
        public var name: String
        public var bucket: String
        /// Empty, or a folder of the bucket.
        public var prefix: String

        public init(account: String, region: String, name: String, bucket: String, prefix: String) {
            self.account = account
            self.region = region
            self.name = name
            self.bucket = bucket
            self.prefix = prefix
        }

        public var arn: String { "arn:aws:cloudtrail:\(region):\(account):trail/\(name)" }

        fileprivate func key(_ kind: String, _ seconds: Double, _ file: String) -> String {
            let day = CloudTrailExport.time(seconds).prefix(10).replacing("-", with: "/")
            let folder = "AWSLogs/\(account)/\(kind)/\(region)/\(day)/\(account)_\(kind)_\(region)"
            return "\(prefix.isEmpty ? "" : "\(prefix)/")\(folder)_\(file).json.gz"
        }
    }
    /// What was written.
    public struct Report: Sendable, Codable {
        public var entries: Int
        public var logFiles: Int
        public var digests: Int
        public var trail: String
        public var fingerprint: String
    }
    private struct LogFile: Encodable {
        var s3Bucket: String
        var s3Object: String
        var hashValue: String
        var hashAlgorithm = "SHA-256"
        var newestEventTime: String
        var oldestEventTime: String
    }
    private struct Digest: Encodable {
        var awsAccountId: String
        var digestStartTime: String
        var digestEndTime: String
        var digestS3Bucket: String
        var digestS3Object: String
        var digestPublicKeyFingerprint: String
        var digestSignatureAlgorithm = CloudTrailExport.algorithm
        var newestEventTime: String
        var oldestEventTime: String
        var previousDigestS3Bucket: String?
        var previousDigestS3Object: String?
        var previousDigestHashValue: String?
        var previousDigestHashAlgorithm: String?
        var previousDigestSignature: String?
        var logFiles: [LogFile]

        /// Nulls are said: readers want the keys of the first digest of a chain as well.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(awsAccountId, forKey: .awsAccountId)
            try container.encode(digestStartTime, forKey: .digestStartTime)
            try container.encode(digestEndTime, forKey: .digestEndTime)
            try container.encode(digestS3Bucket, forKey: .digestS3Bucket)
            try container.encode(digestS3Object, forKey: .digestS3Object)
            try container.encode(digestPublicKeyFingerprint, forKey: .digestPublicKeyFingerprint)
            try container.encode(digestSignatureAlgorithm, forKey: .digestSignatureAlgorithm)
            try container.encode(newestEventTime, forKey: .newestEventTime)
            try container.encode(oldestEventTime, forKey: .oldestEventTime)
            try container.encode(previousDigestS3Bucket, forKey: .previousDigestS3Bucket)
            try container.encode(previousDigestS3Object, forKey: .previousDigestS3Object)
            try container.encode(previousDigestHashValue, forKey: .previousDigestHashValue)
            try container.encode(previousDigestHashAlgorithm, forKey: .previousDigestHashAlgorithm)
            try container.encode(previousDigestSignature, forKey: .previousDigestSignature)
            try container.encode(logFiles, forKey: .logFiles)
        }

        private enum CodingKeys: String, CodingKey {
            case awsAccountId, digestStartTime, digestEndTime, digestS3Bucket, digestS3Object
            case digestPublicKeyFingerprint, digestSignatureAlgorithm, newestEventTime, oldestEventTime
            case previousDigestS3Bucket, previousDigestS3Object, previousDigestHashValue, previousDigestHashAlgorithm
            case previousDigestSignature, logFiles
        }
    }
    private struct Batch: Encodable {
        var records: [CloudTrailRecord]
        private enum CodingKeys: String, CodingKey { case records = "Records" }
    }
    /// As the operation ListPublicKeys answers.
    private struct PublicKeys: Encodable {
        struct Key: Encodable {
            var value: Data
            var validityStartTime: Double
            var validityEndTime: Double
            var fingerprint: String
            private enum CodingKeys: String, CodingKey {
                case value = "Value"
                case validityStartTime = "ValidityStartTime"
                case validityEndTime = "ValidityEndTime"
                case fingerprint = "Fingerprint"
            }
        }
        var keys: [Key]
        private enum CodingKeys: String, CodingKey { case keys = "PublicKeyList" }
    }
    /// The digest before, as the next one names it.
    private struct Link {
        var key: String
        var hash: String
        var signature: String
        var end: Double
    }
    fileprivate static let algorithm = "SHA256withRSA"
    private static let signingKeyName = "cloudtrail.key"
    private static let hourSeconds = 3600.0
    /// Records of one log file.
    private static let recordsMax = 5000
    private let trail: Trail
    private let folder: String
    private let key: _RSA.Signing.PrivateKey
    private let fingerprint: String
    private var report: Report
    private var previous: Link?

    /// Writes the log of `home` into a new folder. The key that signs is kept beside the audit log's own.
    ///
    /// Throws `conflict` when there is such a folder already, and whatever is wrong with the log before anything is
    /// written.
    public static func write(
        _ home: String, as trail: Trail, to folder: String, at now: Double
    ) throws(PlumbError) -> Report {
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw PlumbError(.conflict, "\(folder) is there already", hint: "name a new folder")
        }
        let reader = try AuditReader(home: home)
        let newest = try reader.verify()
        var export = try CloudTrailExport(trail, folder: folder, key: kept(in: home))
        var hour: [CloudTrailRecord] = []
        for (number, bytes) in try reader.everything(upTo: newest) {
            let entry: AuditEntry
            do {
                entry = try JSONDecoder().decode(AuditEntry.self, from: bytes)
            } catch {
                throw PlumbError(.internalFault, "audit entry \(number) is damaged", cause: error)
            }
            // A clock that was set back belongs to the hour in which it was noticed.
            if let first = hour.first, Self.hour(of: entry.at) > Self.hour(of: first.at) {
                try export.close(hour, at: Self.hour(of: first.at) + Self.hourSeconds)
                hour = []
            }
            hour.append(CloudTrailRecord(entry, number: number, bytes: bytes, log: newest.origin, trail: trail))
        }
        if let first = hour.first {
            try export.close(hour, at: min(max(now, first.at), Self.hour(of: first.at) + Self.hourSeconds))
        }
        try export.writeKey(until: now)
        return export.report
    }

    private init(_ trail: Trail, folder: String, key: _RSA.Signing.PrivateKey) {
        self.trail = trail
        self.folder = folder
        self.key = key
        // CloudTrail's own are as long; nothing but the list of keys says what a fingerprint is.
        fingerprint = String(Data(SHA256.hash(data: key.publicKey.pkcs1DERRepresentation)).hexadecimal.prefix(32))
        report = Report(entries: 0, logFiles: 0, digests: 0, trail: trail.arn, fingerprint: fingerprint)
    }

    private static func kept(in home: String) throws(PlumbError) -> _RSA.Signing.PrivateKey {
        let path = "\(home)/\(signingKeyName)"
        do {
            if let bytes = FileManager.default.contents(atPath: path) {
                return try _RSA.Signing.PrivateKey(pemRepresentation: String(decoding: bytes, as: UTF8.self))
            }
            let made = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            try AtomicFile.write(Data(made.pemRepresentation.utf8), to: path)
            return made
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(
                .internalFault, "\(path), which signs digests, cannot be read or made",
                hint: "where it is damaged, take it away: another is made", cause: error)
        }
    }

    // MARK: - Files

    /// The log files of an hour, and the digest over them.
    private mutating func close(_ records: [CloudTrailRecord], at end: Double) throws(PlumbError) {
        let first = records.map(\.at).min() ?? end
        let last = records.map(\.at).max() ?? end
        var files: [LogFile] = []
        for start in stride(from: 0, to: records.count, by: Self.recordsMax) {
            files.append(try logFile(Array(records.dropFirst(start).prefix(Self.recordsMax)), at: end))
        }
        let object = trail.key(
            "CloudTrail-Digest", end, "\(trail.name)_\(trail.region)_\(Self.compactTime(end))")
        let digest = Digest(
            awsAccountId: trail.account, digestStartTime: Self.time(previous?.end ?? Self.hour(of: first)),
            digestEndTime: Self.time(end), digestS3Bucket: trail.bucket, digestS3Object: object,
            digestPublicKeyFingerprint: fingerprint, newestEventTime: Self.time(last),
            oldestEventTime: Self.time(first), previousDigestS3Bucket: previous.map { _ in trail.bucket },
            previousDigestS3Object: previous?.key, previousDigestHashValue: previous?.hash,
            previousDigestHashAlgorithm: previous.map { _ in "SHA-256" },
            previousDigestSignature: previous?.signature, logFiles: files)
        let content = try Self.encoded(digest)
        let hash = Data(SHA256.hash(data: content)).hexadecimal
        let text = [Self.time(end), "\(trail.bucket)/\(object)", hash, previous?.signature ?? "null"]
        let signature = try signature(of: text.joined(separator: "\n"))
        try write(GzipFile.wrap(content), to: object)
        // What S3 keeps as the object's metadata.
        try write(
            Self.encoded(["signature": signature, "signature-algorithm": Self.algorithm]), to: "\(object).metadata")
        previous = Link(key: object, hash: hash, signature: signature, end: end)
        report.entries += records.count
        report.logFiles += files.count
        report.digests += 1
    }

    private func logFile(_ records: [CloudTrailRecord], at end: Double) throws(PlumbError) -> LogFile {
        let content = try Self.encoded(Batch(records: records))
        let hash = Data(SHA256.hash(data: content)).hexadecimal
        let object = trail.key(
            "CloudTrail", end, "\(Self.compactTime(end).prefix(13))Z_\(hash.prefix(16).uppercased())")
        try write(GzipFile.wrap(content), to: object)
        return LogFile(
            s3Bucket: trail.bucket, s3Object: object, hashValue: hash,
            newestEventTime: Self.time(records.map(\.at).max() ?? end),
            oldestEventTime: Self.time(records.map(\.at).min() ?? end))
    }

    private func writeKey(until now: Double) throws(PlumbError) {
        let keys = PublicKeys(keys: [
            .init(
                value: key.publicKey.pkcs1DERRepresentation, validityStartTime: 0,
                validityEndTime: now + 24 * Self.hourSeconds, fingerprint: fingerprint)
        ])
        try write(Self.encoded(keys), to: "public-keys.json")
    }

    private func write(_ data: Data, to name: String) throws(PlumbError) {
        let path = "\(folder)/\(name)"
        try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent, permissions: 0o755)
        try AtomicFile.write(data, to: path, permissions: 0o644, durable: false)
    }

    private func signature(of text: String) throws(PlumbError) -> String {
        do {
            // The padding that the format asks for.
            return try key.signature(for: SHA256.hash(data: Data(text.utf8)), padding: .insecurePKCS1v1_5)
                .rawRepresentation.hexadecimal
        } catch {
            throw PlumbError(.internalFault, "a digest cannot be signed", cause: error)
        }
    }

    private static func encoded(_ value: some Encodable) throws(PlumbError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(value)
        } catch {
            throw PlumbError(.internalFault, "a part of the export cannot be encoded", cause: error)
        }
    }

    // MARK: - Time

    private static func hour(of seconds: Double) -> Double { (seconds / hourSeconds).rounded(.down) * hourSeconds }

    /// `2026-11-29T10:58:00Z`.
    static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.rounded(.down)).ISO8601Format()
    }

    /// `20261129T105800Z`.
    private static func compactTime(_ seconds: Double) -> String {
        time(seconds).replacing("-", with: "").replacing(":", with: "")
    }
}

extension AuditReader {
    /// Every entry that is not pruned, with its number.
    func everything(upTo newest: Checkpoint) throws(PlumbError) -> [(number: Int, bytes: Data)] {
        let reader = TileReader(disk: disk, size: newest.size)
        var found: [(number: Int, bytes: Data)] = []
        for bundle in 0..<((newest.size + TilePath.width - 1) / TilePath.width) {
            guard let entries = try entries(of: bundle, by: reader) else { continue }
            for (place, bytes) in entries.enumerated() { found.append((bundle * TilePath.width + place, bytes)) }
        }
        return found
    }
}
