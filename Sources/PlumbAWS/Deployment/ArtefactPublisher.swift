// Puts files where the templates look for them: each under its digest, so that it never changes there.

import Crypto
import Foundation
import PlumbModel

/// What becomes of a file that has to be published.
public struct ArtefactPlan: Sendable, Hashable, Encodable {
    public var path: String
    public var address: String
    public var byteCount: Int
    /// Whether it lies there already, byte for byte.
    public var isPublished: Bool

    var text: String {
        isPublished ? "\(address) is published" : "\(path) will be published to \(address), \(byteCount) bytes"
    }
}

/// Publishes artefacts to one bucket.
struct ArtefactPublisher: Sendable {
    let client: AWSClient
    let bucket: String
    let region: String
    /// A folder of this deployment's own, for what is packed or fetched.
    let workFolder: String
    /// Runs a program; answers how it ended.
    let run: @Sendable (_ command: [String]) async throws -> Int32

    /// Sees whether a file is there, and what else would be sent.
    ///
    /// Throws `conflict` when something else lies in its place, `invalidInput` when the file is not the one that the
    /// spec names by its digest.
    func plan(_ artefact: ArtefactSource) async throws -> ArtefactPlan {
        let address = "s3://\(bucket)/\(artefact.key)"
        let there = try await head(artefact.key)
        let file = try await self.file(of: artefact)
        let plan = ArtefactPlan(
            path: artefact.path, address: address, byteCount: file.byteCount, isPublished: there != nil)
        guard let there else { return plan }
        guard try await isSame(there, as: file, at: artefact.key) else {
            // What is not named by its digest may change.
            if artefact.digest == nil {
                var plan = plan
                plan.isPublished = false
                return plan
            }
            throw PlumbError(
                .conflict, "\(address) holds something else than \(artefact.path)",
                hint: "a published artefact is never replaced: find out who wrote it, and give the model a new digest")
        }
        return plan
    }

    /// Sends a file; S3 compares what it gets with the digests.
    func publish(_ artefact: ArtefactSource) async throws {
        let file = try await file(of: artefact)
        try await client.send(
            to: ["Bucket": .text(bucket), "Key": .text(artefact.key)],
            condition: artefact.digest == nil ? [:] : ["IfNoneMatch": "*"], partDigests: file.partDigests,
            region: region, part: file.part)
    }

    // MARK: - Here

    private func file(of artefact: ArtefactSource) async throws -> ArtefactFile {
        var path = artefact.path
        if path.hasPrefix("s3://") { path = try await fetched(path) }
        let file: ArtefactFile
        if artefact.digest != nil, !ArtefactFile.isArchive(artefact.path) {
            let archive = "\(workFolder)/model.tar.gz"
            try refuse(try Self.digest(ofModelAt: path), otherThan: artefact)
            try await ArtefactFile.pack(path, into: archive, run: run)
            file = try ArtefactFile(path: archive)
        } else {
            file = try ArtefactFile(path: path)
            try refuse(file.hexadecimal, otherThan: artefact)
        }
        return file
    }

    private func refuse(_ digest: String?, otherThan artefact: ArtefactSource) throws(PlumbError) {
        guard let wanted = artefact.digest, let digest, digest != wanted.lowercased() else { return }
        throw PlumbError(
            .invalidInput, "\(artefact.path) has the digest \(digest), and the spec says \(wanted)",
            hint: "deploy the file that was judged, or write its digest into model.digest")
    }

    /// A folder has no digest of its own.
    private static func digest(ofModelAt path: String) throws(PlumbError) -> String? {
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return nil
        }
        return try ArtefactFile(path: path).hexadecimal
    }

    /// A copy of an artefact that lies in another bucket.
    private func fetched(_ address: String) async throws -> String {
        let words = address.dropFirst("s3://".count).split(separator: "/", maxSplits: 1).map(String.init)
        guard words.count == 2 else {
            throw PlumbError(.invalidInput, "\(address) names no object", hint: "write s3://BUCKET/KEY")
        }
        let path = "\(workFolder)/fetched"
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw PlumbError(.internalFault, "\(path) cannot be written")
        }
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        defer { try? handle.close() }  // What could not be written has been thrown by then.
        try await read(words[1], in: words[0]) { try handle.write(contentsOf: $0) }
        return path
    }

    // MARK: - There

    private func head(_ key: String, in other: String? = nil) async throws -> AWSValue? {
        do {
            return try await client.call(
                .s3, "HeadObject",
                ["Bucket": .text(other ?? bucket), "Key": .text(key), "ChecksumMode": "ENABLED"], region: region)
        } catch let error as PlumbError where error.kind == .notFound {
            return nil
        }
    }

    private func isSame(_ head: AWSValue, as file: ArtefactFile, at key: String) async throws -> Bool {
        guard head["ContentLength"].integer == file.byteCount else { return false }
        if head["ChecksumSHA256"].text == file.checksum { return true }
        // Sent by other tools in other parts, or without a digest: what it holds decides.
        var content = SHA256()
        try await read(key, in: bucket) { content.update(data: $0) }
        return Data(content.finalize()) == file.digest
    }

    /// An object's bytes, a part at a time.
    private func read(_ key: String, in other: String, _ take: (Data) throws -> Void) async throws {
        guard let count = try await head(key, in: other)?["ContentLength"].integer else {
            throw PlumbError(.notFound, "s3://\(other)/\(key) is not there")
        }
        var start = 0
        while start < count {
            let end = min(count, start + ArtefactFile.partBytes)
            let answer = try await client.call(
                .s3, "GetObject",
                ["Bucket": .text(other), "Key": .text(key), "Range": .text("bytes=\(start)-\(end - 1)")],
                region: region)
            guard let data = answer["Body"].data, data.count == end - start else {
                throw PlumbError(.internalFault, "s3://\(other)/\(key) was cut short at byte \(start)")
            }
            try take(data)
            start = end
        }
    }
}
