// Which engine may ship to a backup: each that takes over raises a number, and the one before sees it.

import Foundation
import PlumbModel

/// The number of times a backup was taken over, as its place has it and as an engine remembers it.
///
/// It keeps an engine that comes back from going on where another has taken over, as long as it sees the place. Two
/// that cannot both see it are kept apart by nothing here.
struct BackupEpoch: Codable, Sendable, Equatable {
    var number: Int
    /// Tells two engines apart that took over at the same time: the one whose words stayed has it.
    var holder: String
    /// Seconds since 1970.
    var at: Double

    private static let name = "epoch"

    /// Whether the engine with this folder of state has shipped anywhere yet.
    static func isKnown(in home: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(Backup.keyFolder(of: home))/\(name)")
    }

    private static func read(
        _ place: any RemotePlace
    ) async throws(PlumbError) -> (epoch: BackupEpoch, bytes: Data)? {
        guard let bytes = try await place.read(name) else { return nil }
        do {
            return (try JSONDecoder().decode(BackupEpoch.self, from: bytes), bytes)
        } catch {
            throw PlumbError(
                .internalFault, "\(place.address)/\(name) is damaged: who may ship cannot be told", cause: error)
        }
    }

    /// Throws `conflict` where another was quicker.
    private func write(to place: any RemotePlace, over before: FileBefore) async throws(PlumbError) {
        let data: Data
        do {
            data = try JSONEncoder().encode(self)
        } catch {
            throw PlumbError(.internalFault, "the epoch cannot be written to \(place.address)", cause: error)
        }
        guard try await place.write(data, to: Self.name, over: before) else {
            throw conflict(with: try await Self.read(place)?.epoch, in: place)
        }
    }

    /// The epoch of the engine with this folder of state; one that has none, as after a restore, takes over.
    ///
    /// Throws `conflict` when another engine has taken over since.
    static func take(_ place: any RemotePlace, home: String, at now: Double) async throws(PlumbError) -> BackupEpoch {
        let own = FolderPlace(Backup.keyFolder(of: home))
        let there = try await read(place)
        if let known = try await read(own)?.epoch {
            guard known.number >= there?.epoch.number ?? 0 else { throw known.conflict(with: there?.epoch, in: place) }
            try await known.check(place)
            return known
        }
        let taken = BackupEpoch(number: (there?.epoch.number ?? 0) + 1, holder: UUID().uuidString, at: now)
        try await taken.write(to: place, over: there.map { .exactly($0.bytes) } ?? .nothing)
        try await taken.write(to: own, over: .nothing)
        return taken
    }

    /// Throws `conflict` when the backup is another engine's by now.
    func check(_ place: any RemotePlace) async throws(PlumbError) {
        guard let there = try await Self.read(place)?.epoch else { return try await write(to: place, over: .nothing) }
        guard there.holder == holder else { throw conflict(with: there, in: place) }
    }

    private func conflict(with there: BackupEpoch?, in place: any RemotePlace) -> PlumbError {
        let time = Date(timeIntervalSince1970: there?.at ?? 0).formatted(.iso8601)
        return PlumbError(
            .conflict,
            "another engine has taken over the backup in \(place.address) at \(time) (epoch \(there?.number ?? 0), "
                + "this one has \(number)): this one neither serves nor ships any more",
            hint:
                "what it did since is in its folder alone; plumb standby --from \(place.address) --to NEW-FOLDER "
                + "follows the new one")
    }
}
