// What lies in a backup's folder, by name: nothing here needs a key.

import Foundation
import PlumbModel

/// The files of one backup.
struct BackupFolder: Sendable {
    struct Entry: Sendable {
        var number: Int
        var isSnapshot: Bool
        var modifiedAt: Double
        var bytes: Int
    }
    private struct Format: Codable {
        var format: String
        /// The key that signs the audit log of the engine whose backup it is.
        var log: String
    }
    let path: String
    private static let format = "plumbline.backup/1"

    /// Marks the folder as one engine's. Throws `conflict` when it is another's already.
    static func claim(_ folder: String, by verifier: NoteVerifier) throws(PlumbError) {
        let path = "\(folder)/\(Backup.formatName)"
        if FileManager.default.fileExists(atPath: path) {
            guard try BackupFolder(path: folder).verifier() == verifier else {
                throw PlumbError(
                    .conflict, "\(folder) holds the backup of another engine", hint: "give each engine its own folder")
            }
            return
        }
        do {
            try AtomicFile.write(JSONEncoder().encode(Format(format: format, log: verifier.text)), to: path)
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.internalFault, "cannot mark \(folder) as a backup", cause: error)
        }
    }

    /// Whose backup it is. Throws `notFound` for a folder that is none.
    func verifier() throws(PlumbError) -> NoteVerifier {
        guard let bytes = FileManager.default.contents(atPath: "\(path)/\(Backup.formatName)") else {
            throw PlumbError(.notFound, "\(path) holds no backup", hint: "plumb up --backup FOLDER makes one")
        }
        let found: Format
        do {
            found = try JSONDecoder().decode(Format.self, from: bytes)
        } catch {
            throw PlumbError(.invalidInput, "\(path)/\(Backup.formatName) is damaged", cause: error)
        }
        guard found.format == Self.format else {
            throw PlumbError(.unsupported, "\(path) holds a backup of the form \(found.format), not \(Self.format)")
        }
        return try NoteVerifier(found.log)
    }

    func path(of number: Int, isSnapshot: Bool) -> String {
        let digits = String(number)
        let name = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
        return "\(path)/shipments/\(name)\(isSnapshot ? ".snapshot" : "").sealed"
    }

    /// All shipments, oldest first.
    func shipments() throws(PlumbError) -> [Entry] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: "\(path)/shipments").compactMap { name in
                let parts = name.split(separator: ".")
                guard parts.last == "sealed", let number = Int(parts[0]) else { return nil }
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/shipments/\(name)")
                return Entry(
                    number: number, isSnapshot: parts.count == 3,
                    modifiedAt: (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0,
                    bytes: attributes[.size] as? Int ?? 0)
            }.sorted { $0.number < $1.number }
        } catch {
            throw PlumbError(.notFound, "\(path) holds no backup that can be read", cause: error)
        }
    }

    func remove(_ entry: Entry) throws(PlumbError) {
        do {
            try FileManager.default.removeItem(atPath: path(of: entry.number, isSnapshot: entry.isSnapshot))
        } catch {
            throw PlumbError(.internalFault, "cannot remove shipment \(entry.number) from \(path)", cause: error)
        }
    }

    /// Names of sealed files in a folder, without their ending.
    func names(_ folder: String) -> [String] {
        // A folder that is not there has no files.
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? [])
            .filter { $0.hasSuffix(".sealed") }.map { String($0.dropLast(7)) }
    }

    func read(_ name: String) throws(PlumbError) -> Data {
        guard let bytes = FileManager.default.contents(atPath: "\(path)/\(name)") else {
            throw PlumbError(.notFound, "the backup's \(name) is gone from \(path)")
        }
        return bytes
    }
}
