// A second engine that waits: it follows a backup, and takes over on one word.

import Foundation
import PlumbModel
import PlumbStore

extension Composition {
    /// How far a standby is.
    struct StandbyStatus: Codable {
        var from: String
        var key: String
        /// The newest shipment that was restored and checked, and when the primary made it.
        var shipment: Int
        var shippedAt: Double
        var restoredAt: Double
        var auditEntries: Int
        var processID: Int32
        /// From the shipment to the standby.
        var lagSeconds: Double { max(0, restoredAt - shippedAt) }
    }

    static func standbyMark(_ home: String) -> String { "\(home)/standby.json" }

    /// Throws `notFound` where nothing follows anything.
    static func standbyStatus(in home: String) throws(PlumbError) -> StandbyStatus {
        guard let bytes = FileManager.default.contents(atPath: standbyMark(home)) else {
            throw PlumbError(
                .notFound, "there is no standby in \(home)",
                hint: "plumb standby --from BACKUP --key KEYRING --to \(home) makes one")
        }
        do {
            return try JSONDecoder().decode(StandbyStatus.self, from: bytes)
        } catch {
            throw PlumbError(.internalFault, "\(standbyMark(home)) is damaged", cause: error)
        }
    }

    /// Restores the newest state of a backup into `home`, in the place of what an earlier look left there; nil where
    /// there is nothing newer.
    static func follow(
        from folder: String, key: String, to home: String, after known: Int
    ) async throws -> StandbyStatus? {
        let newest = try await withPlace(folder) { place in
            try await Restoration(from: place, key: key, passphrase: passphrase()).newest()
        }
        guard newest.number > known else { return nil }
        let (next, old) = ("\(home).next", "\(home).old")
        for left in [next, old] where FileManager.default.fileExists(atPath: left) {
            try FileManager.default.removeItem(atPath: left)
        }
        let report = try await restore(from: folder, key: key, to: next, at: nil)
        let status = StandbyStatus(
            from: folder, key: key, shipment: report.shipment, shippedAt: report.at,
            restoredAt: Date().timeIntervalSince1970, auditEntries: report.auditEntries, processID: getpid())
        try AtomicFile.write(JSONEncoder().encode(status), to: standbyMark(next))
        if FileManager.default.fileExists(atPath: home) {
            try FileManager.default.moveItem(atPath: home, toPath: old)
        }
        try FileManager.default.moveItem(atPath: next, toPath: home)
        // A copy of what is in the backup; the next look removes it as well.
        try? FileManager.default.removeItem(atPath: old)
        return status
    }

    /// A following that was ended between its two renames left the folder beside its place.
    static func mendStandby(in home: String) throws {
        let next = "\(home).next"
        guard !FileManager.default.fileExists(atPath: home),
            FileManager.default.fileExists(atPath: standbyMark(next))
        else { return }
        try FileManager.default.moveItem(atPath: next, toPath: home)
    }

    /// Throws `conflict` where a folder is anything but a standby's: it is going to be replaced.
    static func checkStandbyFolder(_ home: String) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? []  // None is as good as empty.
        guard names.isEmpty || FileManager.default.fileExists(atPath: standbyMark(home)) else {
            throw PlumbError(
                .conflict, "\(home) holds something else: a standby replaces its folder again and again",
                hint: "name an empty folder, or one that is not there")
        }
    }

    /// Takes the mark away: what lies there is an engine's folder from now on. Its first start takes over the backup.
    static func endStandby(in home: String, shippingTo folder: String) throws {
        try Backup.setTarget(of: home, to: folder)
        try FileManager.default.removeItem(atPath: standbyMark(home))
    }
}
