// Which engine may ship to a backup's folder: each that takes over raises a number, and the one before sees it.

import Foundation
import PlumbModel

/// The number of times a backup's folder was taken over, as the folder has it and as an engine remembers it.
///
/// It keeps an engine that comes back from going on where another has taken over, as long as it sees the folder. Two
/// that cannot both see it are kept apart by nothing here.
struct BackupEpoch: Codable, Sendable, Equatable {
    var number: Int
    /// Tells two engines apart that took over at the same time: the one whose words stayed has it.
    var holder: String
    /// Seconds since 1970.
    var at: Double

    private static let name = "epoch"

    private static func read(_ folder: String) throws(PlumbError) -> BackupEpoch? {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
        do {
            return try JSONDecoder().decode(BackupEpoch.self, from: bytes)
        } catch {
            throw PlumbError(.internalFault, "\(folder)/\(name) is damaged: who may ship cannot be told", cause: error)
        }
    }

    private func write(to folder: String) throws(PlumbError) {
        do {
            try AtomicFile.write(JSONEncoder().encode(self), to: "\(folder)/\(Self.name)")
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.internalFault, "the epoch cannot be written to \(folder)", cause: error)
        }
    }

    /// The epoch of the engine with this folder of state; one that has none, as after a restore, takes over.
    ///
    /// Throws `conflict` when another engine has taken over since.
    static func take(_ folder: String, home: String, at now: Double) throws(PlumbError) -> BackupEpoch {
        let keyFolder = Backup.keyFolder(of: home)
        let there = try read(folder)
        if let own = try read(keyFolder), own.number >= there?.number ?? 0 {
            try own.check(folder)
            return own
        } else if let own = try read(keyFolder) {
            throw own.conflict(with: there, in: folder)
        }
        let taken = BackupEpoch(number: (there?.number ?? 0) + 1, holder: UUID().uuidString, at: now)
        try taken.write(to: folder)
        try taken.write(to: keyFolder)
        return taken
    }

    /// Throws `conflict` when the folder is another engine's by now.
    func check(_ folder: String) throws(PlumbError) {
        guard let there = try Self.read(folder) else { return try write(to: folder) }
        guard there.holder == holder else { throw conflict(with: there, in: folder) }
    }

    private func conflict(with there: BackupEpoch?, in folder: String) -> PlumbError {
        let time = Date(timeIntervalSince1970: there?.at ?? 0).formatted(.iso8601)
        return PlumbError(
            .conflict,
            "another engine has taken over the backup in \(folder) at \(time) (epoch \(there?.number ?? 0), "
                + "this one has \(number)): this one neither serves nor ships any more",
            hint:
                "what it did since is in its folder alone; plumb standby --from \(folder) --to NEW-FOLDER follows the "
                + "new one")
    }
}
