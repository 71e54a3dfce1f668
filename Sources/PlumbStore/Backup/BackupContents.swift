// What lies in a backup's place, by name: nothing here needs a key.

import Foundation
import PlumbModel

/// The files of one backup.
struct BackupContents: Sendable {
    struct Entry: Sendable, Hashable {
        var number: Int
        var isSnapshot: Bool
        var modifiedAt = 0.0

        var name: String {
            let digits = String(number)
            let padded = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
            return "\(Self.folder)/\(padded)\(isSnapshot ? ".snapshot" : "")\(BackupContents.ending)"
        }

        static let folder = "shipments"
    }
    private struct Format: Codable {
        var format: String
        /// The key that signs the audit log of the engine whose backup it is.
        var log: String
    }
    let place: any RemotePlace
    private static let format = "plumbline.backup/1"
    private static let formatName = "backup.json"
    private static let ending = ".sealed"

    static func bundle(_ index: Int) -> String { "bundles/\(index)\(ending)" }
    static func artifact(_ digest: String) -> String { "artifacts/\(digest)\(ending)" }

    /// Marks the place as one engine's. Throws `conflict` when it is another's already.
    func claim(by verifier: NoteVerifier) async throws(PlumbError) {
        let mark: Data
        do {
            mark = try JSONEncoder().encode(Format(format: Self.format, log: verifier.text))
        } catch {
            throw PlumbError(.internalFault, "cannot mark \(place.address) as a backup", cause: error)
        }
        guard try await !place.write(mark, to: Self.formatName, over: .nothing) else { return }
        guard try await self.verifier() == verifier else {
            throw PlumbError(
                .conflict, "\(place.address) holds the backup of another engine",
                hint: "give each engine its own place")
        }
    }

    /// Whose backup it is. Throws `notFound` for a place that holds none.
    func verifier() async throws(PlumbError) -> NoteVerifier {
        guard let bytes = try await place.read(Self.formatName) else {
            throw PlumbError(
                .notFound, "\(place.address) holds no backup", hint: "plumb up --backup FOLDER or s3://… makes one")
        }
        let found: Format
        do {
            found = try JSONDecoder().decode(Format.self, from: bytes)
        } catch {
            throw PlumbError(.invalidInput, "\(place.address)/\(Self.formatName) is damaged", cause: error)
        }
        guard found.format == Self.format else {
            throw PlumbError(
                .unsupported, "\(place.address) holds a backup of the form \(found.format), not \(Self.format)")
        }
        return try NoteVerifier(found.log)
    }

    /// All shipments, oldest first; of two with one number the snapshot is the later.
    func shipments() async throws(PlumbError) -> [Entry] {
        try await place.list(Entry.folder).compactMap { file in
            let parts = file.name.split(separator: ".")
            guard parts.last == "sealed", let number = Int(parts[0]) else { return nil }
            return Entry(number: number, isSnapshot: parts.count == 3, modifiedAt: file.modifiedAt)
        }.sorted { ($0.number, $0.isSnapshot ? 1 : 0) < ($1.number, $1.isSnapshot ? 1 : 0) }
    }

    /// Names of sealed files in a folder, without their ending.
    func names(_ folder: String) async throws(PlumbError) -> [String] {
        try await place.list(folder).map(\.name).filter { $0.hasSuffix(Self.ending) }
            .map { String($0.dropLast(Self.ending.count)) }
    }

    func read(_ name: String) async throws(PlumbError) -> Data {
        guard let bytes = try await place.read(name) else {
            throw PlumbError(.notFound, "the backup's \(name) is gone from \(place.address)")
        }
        return bytes
    }
}
