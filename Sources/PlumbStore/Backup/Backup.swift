// Ships the state to another place as it changes, sealed: a snapshot, then every change within a second.

import Crypto
import Foundation
public import PlumbModel
import Synchronization

/// What one sealed file of a backup holds: all of the state, or what changed since the file before.
struct Shipment: Codable, Sendable {
    struct Change: Codable, Sendable {
        var kind: String
        var key: String
        /// Nil for a record that was removed.
        var body: Data?
    }
    /// One more than the file before; a gap is a loss.
    var number: Int
    var at: Double
    /// All records and files; a snapshot may be begun with.
    var isSnapshot: Bool
    var changes: [Change]
    /// The number of the first audit entry here. Earlier ones are in files before, or in whole bundles.
    var firstEntry: Int
    var entries: [Data]
    /// The audit log's signed checkpoint over the last entry here.
    var checkpoint: String
    /// Keys, certificates and tokens of the engine's folder, by name.
    var files: [String: Data]

    static func context(_ number: Int) -> String { "backup/shipment/\(number)" }
}

/// A backup in the making: of one store, to one folder, best on another disk in another place.
///
/// Everything is sealed with a key ring of the backup's own. Whoever has the folder without that ring has nothing, and
/// whoever has lost the ring has no backup: it must be kept elsewhere as well.
public final class Backup: Sendable {
    private struct State {
        var nextNumber: Int
        var needsSnapshot = true
        var snapshotAt = 0.0
        var sinceSnapshot = 0
        var shippedEntries = 0
        var bundles: Set<Int> = []
        var artifacts: Set<String> = []
        var files: [String: Data] = [:]
    }
    public let folder: String
    private let store: Store
    private let vault: Vault
    private let epoch: BackupEpoch
    private let state: Mutex<State>
    /// Shipments on which a restore may have to build before the next snapshot.
    private static let sinceSnapshotMax = 1000
    private static let snapshotSeconds = 3600.0
    /// Bytes of one small file beside the state.
    private static let fileBytesMax = 1 << 20
    static let formatName = "backup.json"
    private static let targetName = "target"

    /// Begins to ship; the first shipment is a snapshot. Throws `conflict` when the folder is another engine's, or one
    /// that was restored from it has taken over.
    public init(of store: Store, to folder: String, at now: Double, passphrase: String? = nil) throws(PlumbError) {
        self.store = store
        self.folder = folder
        try AtomicFile.makeFolder("\(folder)/shipments")
        try AtomicFile.makeFolder("\(folder)/bundles")
        try AtomicFile.makeFolder("\(folder)/artifacts")
        vault = try Vault(folder: Self.keyFolder(of: store.folder), at: now, passphrase: passphrase)
        try BackupFolder.claim(folder, by: store.log.verifier)
        epoch = try BackupEpoch.take(folder, home: store.folder, at: now)
        let kept = BackupFolder(path: folder)
        var state = State(nextNumber: (try kept.shipments().last?.number ?? 0) + 1)
        state.bundles = Set(kept.names("bundles").compactMap { Int($0) })
        state.artifacts = Set(kept.names("artifacts"))
        self.state = Mutex(state)
        store.beginOutgoing()
    }

    /// Where the backup's own key ring lies; a copy belongs to another place.
    public static func keyFolder(of home: String) -> String { "\(home)/backup" }
    public static func keyPath(of home: String) -> String { "\(keyFolder(of: home))/keyring.json" }

    /// The folder that an engine ships to, as it was told last; nil when it was never told one.
    public static func target(of home: String) -> String? {
        FileManager.default.contents(atPath: "\(keyFolder(of: home))/\(targetName)").map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Has an engine ship to a folder from its next start on.
    public static func setTarget(of home: String, to folder: String) throws(PlumbError) {
        try AtomicFile.makeFolder(keyFolder(of: home))
        try AtomicFile.write(Data("\(folder)\n".utf8), to: "\(keyFolder(of: home))/\(targetName)")
    }

    /// Ships what changed since the last time; true when that was anything.
    ///
    /// When it throws, the next shipment is a snapshot: nothing is left out.
    @discardableResult
    public func ship(at now: Double) throws(PlumbError) -> Bool {
        let outcome: Result<Bool, PlumbError> = state.withLock { state in
            do throws(PlumbError) {
                return .success(try ship(at: now, &state))
            } catch {
                state.needsSnapshot = true
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Ships all of the state, whatever changed.
    public func snapshot(at now: Double) throws(PlumbError) {
        state.withLock { $0.needsSnapshot = true }
        try ship(at: now)
    }

    private func ship(at now: Double, _ state: inout State) throws(PlumbError) -> Bool {
        try epoch.check(folder)
        let due = state.sinceSnapshot >= Self.sinceSnapshotMax || now - state.snapshotAt >= Self.snapshotSeconds
        let taken = try store.takeOutgoing(all: state.needsSnapshot || due)
        let (note, checkpoint) = try store.reader.checkpoint()
        let first = taken.isAll ? checkpoint.size / TilePath.width * TilePath.width : state.shippedEntries
        let files = changedFiles(all: taken.isAll, &state)
        guard taken.isAll || !taken.changes.isEmpty || checkpoint.size > first || !files.isEmpty else { return false }
        // A record may name an artefact, so those go first.
        try shipArtifacts(&state)
        if taken.isAll { try shipBundles(checkpoint.size / TilePath.width, &state) }
        let shipment = Shipment(
            number: state.nextNumber, at: now, isSnapshot: taken.isAll, changes: taken.changes, firstEntry: first,
            entries: try entries(first, checkpoint.size), checkpoint: note, files: files)
        let data: Data
        do {
            data = try JSONEncoder().encode(shipment)
        } catch {
            throw PlumbError(.internalFault, "a shipment cannot be encoded", cause: error)
        }
        try AtomicFile.write(
            vault.seal(data, for: Shipment.context(shipment.number)),
            to: BackupFolder(path: folder).path(of: shipment.number, isSnapshot: shipment.isSnapshot))
        state.nextNumber += 1
        state.shippedEntries = checkpoint.size
        state.sinceSnapshot = taken.isAll ? 0 : state.sinceSnapshot + 1
        if taken.isAll { (state.snapshotAt, state.needsSnapshot) = (now, false) }
        return true
    }

    private func entries(_ first: Int, _ end: Int) throws(PlumbError) -> [Data] {
        guard first < end else { return [] }
        let reader = TileReader(disk: store.reader.disk, size: end)
        var entries: [Data] = []
        for bundle in (first / TilePath.width)...((end - 1) / TilePath.width) {
            entries += try reader.entries(bundle).dropFirst(max(0, first - bundle * TilePath.width))
        }
        return entries.map { Data($0) }
    }

    /// Full bundles never change: each is shipped once.
    private func shipBundles(_ count: Int, _ state: inout State) throws(PlumbError) {
        for index in 0..<count where !state.bundles.contains(index) {
            guard let bytes = store.reader.disk.read(TilePath.path(nil, index)) else {
                throw PlumbError(.internalFault, "the audit log's bundle \(index) is gone")
            }
            try AtomicFile.write(
                vault.seal(bytes, for: "backup/bundle/\(index)"), to: "\(folder)/bundles/\(index).sealed")
            state.bundles.insert(index)
        }
    }

    private func shipArtifacts(_ state: inout State) throws(PlumbError) {
        let source = "\(store.folder)/artifacts"
        // A folder that is not there yet has nothing to ship.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? []
        where name.count == 64 && !state.artifacts.contains(name) {
            // One that was removed meanwhile is needed by nobody.
            guard let bytes = FileManager.default.contents(atPath: "\(source)/\(name)") else { continue }
            // Under the backup's own keys: a version of the engine's ring may be shredded, its backup has to open.
            let plain = try store.seal.openArtifact(bytes, name)
            try AtomicFile.write(
                vault.seal(plain, for: "backup/artifact/\(name)"), to: "\(folder)/artifacts/\(name).sealed")
            state.artifacts.insert(name)
        }
    }

    /// The small files beside the state: the key ring, the audit key, certificates, tokens.
    private func changedFiles(all: Bool, _ state: inout State) -> [String: Data] {
        var changed: [String: Data] = [:]
        for folder in ["", "certificates/"] {
            // A folder that is not there yet has no files.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(store.folder)/\(folder)")) ?? []
            for name in names where name != "lock" && !name.hasPrefix("state.sqlite") && !name.hasSuffix(".tmp") {
                let path = "\(store.folder)/\(folder)\(name)"
                // What cannot be looked at is no file of ours.
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                guard attributes?[.type] as? FileAttributeType == .typeRegular,
                    (attributes?[.size] as? Int ?? 0) <= Self.fileBytesMax,
                    let bytes = FileManager.default.contents(atPath: path)
                else { continue }
                if all || state.files[folder + name] != bytes { changed[folder + name] = bytes }
                state.files[folder + name] = bytes
            }
        }
        return changed
    }

    /// Removes what is older than `days`, and never the two newest snapshots with what follows them.
    public func prune(olderThanDays days: Double, at now: Double) throws(PlumbError) {
        let kept = BackupFolder(path: folder)
        let snapshots = try kept.shipments().filter(\.isSnapshot)
        guard snapshots.count > 2 else { return }
        let old = snapshots.dropLast(2).last { $0.modifiedAt < now - days * 86_400 }
        guard let old else { return }
        for shipment in try kept.shipments() where shipment.number < old.number {
            try kept.remove(shipment)
        }
    }
}
