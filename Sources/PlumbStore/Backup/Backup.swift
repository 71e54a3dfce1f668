// Ships the state to another place as it changes, sealed: a snapshot, then every change within a second.

import Foundation
public import PlumbModel

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
}

extension Shipment {
    static func context(_ number: Int) -> String { "backup/shipment/\(number)" }
    /// Entries of one log, as far as anybody can count.
    private static let entriesMax = 1 << 48

    func sealed(by vault: Vault) throws(PlumbError) -> Data {
        let data: Data
        do {
            data = try JSONEncoder().encode(self)
        } catch {
            throw PlumbError(.internalFault, "a shipment cannot be encoded", cause: error)
        }
        return try vault.seal(data, for: Self.context(number))
    }

    /// Throws `internalFault` for bytes that are not the sealed shipment of that number.
    init(opening sealed: Data, number: Int, by vault: Vault) throws(PlumbError) {
        let data = try vault.open(sealed, for: Self.context(number))
        do {
            self = try JSONDecoder().decode(Shipment.self, from: data)
        } catch {
            throw PlumbError(.internalFault, "it is damaged or of another version", cause: error)
        }
        guard self.number == number, (0...Self.entriesMax).contains(firstEntry) else {
            throw PlumbError(.internalFault, "it says that it is another")
        }
    }
}

/// A backup in the making: of one store, to one place, best far away.
///
/// Everything is sealed with a key ring of the backup's own. Whoever has the place without that ring has nothing, and
/// whoever has lost the ring has no backup: it must be kept elsewhere as well.
public actor Backup {
    private struct State {
        var nextNumber: Int
        var snapshotAt: Double?
        var sinceSnapshot = 0
        var shippedEntries = 0
        var bundles: Set<Int>
        var artifacts: Set<String>
        var files: [String: Data] = [:]
    }
    public nonisolated let address: String
    private let place: any RemotePlace
    private let contents: BackupContents
    private let store: Store
    private let vault: Vault
    private var epoch: BackupEpoch?
    /// Nil where it has to be seen first what there is: in the beginning, and after a failure.
    private var state: State?
    /// One shipment at a time.
    private var isShipping = false
    /// Shipments on which a restore may have to build before the next snapshot.
    private static let sinceSnapshotMax = 1000
    private static let snapshotSeconds = 3600.0
    /// Bytes of one small file beside the state.
    private static let fileBytesMax = 1 << 20
    private static let targetName = "target"

    /// Makes or opens the key ring; nothing is asked of the place yet.
    public init(
        of store: Store, to place: any RemotePlace, at now: Double, passphrase: String? = nil
    ) throws(PlumbError) {
        self.store = store
        self.place = place
        address = place.address
        contents = BackupContents(place: place)
        vault = try Vault(folder: Self.keyFolder(of: store.folder), at: now, passphrase: passphrase)
        store.beginOutgoing()
    }

    /// Where the backup's own key ring lies; a copy belongs to another place.
    public static func keyFolder(of home: String) -> String { "\(home)/backup" }
    public static func keyPath(of home: String) -> String { "\(keyFolder(of: home))/keyring.json" }

    /// The place that an engine ships to, as it was told last; nil when it was never told one.
    public static func target(of home: String) -> String? {
        FileManager.default.contents(atPath: "\(keyFolder(of: home))/\(targetName)").map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Has an engine ship to a place from its next start on.
    public static func setTarget(of home: String, to address: String) throws(PlumbError) {
        guard target(of: home) != address else { return }
        try AtomicFile.makeFolder(keyFolder(of: home))
        try AtomicFile.write(Data("\(address)\n".utf8), to: "\(keyFolder(of: home))/\(targetName)")
    }

    /// Whether an engine has begun to ship at any time before.
    public static func hasBegun(in home: String) -> Bool { BackupEpoch.isKnown(in: home) }

    /// Sees whose the place is and what lies there. `conflict` is thrown only when it is another engine's, or one that
    /// was restored from it has taken over.
    public func begin(at now: Double) async throws(PlumbError) {
        try await contents.claim(by: store.log.verifier)
        epoch = try await BackupEpoch.take(place, home: store.folder, at: now)
        state = State(
            nextNumber: (try await contents.shipments().last?.number ?? 0) + 1,
            bundles: Set(try await contents.names("bundles").compactMap { Int($0) }),
            artifacts: Set(try await contents.names("artifacts")))
    }

    /// Ships what changed since the last time; true when that was anything.
    ///
    /// When it throws, the next shipment is a snapshot: nothing is left out.
    @discardableResult
    public func ship(at now: Double) async throws(PlumbError) -> Bool {
        guard !isShipping else { return false }
        isShipping = true
        defer { isShipping = false }
        do throws(PlumbError) {
            if state == nil { try await begin(at: now) }
            return try await shipChanges(at: now)
        } catch {
            // An answer may be lost on its way: what lies there is seen anew.
            state = nil
            throw error
        }
    }

    /// Ships all of the state, whatever changed.
    public func snapshot(at now: Double) async throws(PlumbError) {
        state?.snapshotAt = nil
        try await ship(at: now)
    }

    private func shipChanges(at now: Double) async throws(PlumbError) -> Bool {
        guard var state, let epoch else { return false }
        try await epoch.check(place)
        let isDue = state.snapshotAt.map { now - $0 >= Self.snapshotSeconds } ?? true
        let taken = try store.takeOutgoing(all: isDue || state.sinceSnapshot >= Self.sinceSnapshotMax)
        let (note, checkpoint) = try store.reader.checkpoint()
        let first = taken.isAll ? checkpoint.size / TilePath.width * TilePath.width : state.shippedEntries
        let files = changedFiles(all: taken.isAll, &state.files)
        guard taken.isAll || !taken.changes.isEmpty || checkpoint.size > first || !files.isEmpty else { return false }
        // A record may name an artefact, so those go first.
        try await shipArtifacts(&state.artifacts)
        if taken.isAll { try await shipBundles(checkpoint.size / TilePath.width, &state.bundles) }
        let shipment = Shipment(
            number: state.nextNumber, at: now, isSnapshot: taken.isAll, changes: taken.changes, firstEntry: first,
            entries: try entries(first, checkpoint.size), checkpoint: note, files: files)
        let entry = BackupContents.Entry(number: shipment.number, isSnapshot: shipment.isSnapshot)
        guard try await place.write(shipment.sealed(by: vault), to: entry.name, over: .nothing) else {
            throw PlumbError(.internalFault, "somebody else has written \(address)/\(entry.name)")
        }
        state.nextNumber += 1
        state.shippedEntries = checkpoint.size
        state.sinceSnapshot = taken.isAll ? 0 : state.sinceSnapshot + 1
        if taken.isAll { state.snapshotAt = now }
        self.state = state
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
    private func shipBundles(_ count: Int, _ shipped: inout Set<Int>) async throws(PlumbError) {
        for index in 0..<count where !shipped.contains(index) {
            guard let bytes = store.reader.disk.read(TilePath.path(nil, index)) else {
                throw PlumbError(.internalFault, "the audit log's bundle \(index) is gone")
            }
            try await keep(vault.seal(bytes, for: "backup/bundle/\(index)"), as: BackupContents.bundle(index))
            shipped.insert(index)
        }
    }

    private func shipArtifacts(_ shipped: inout Set<String>) async throws(PlumbError) {
        let source = "\(store.folder)/artifacts"
        // A folder that is not there yet has nothing to ship.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? []
        where name.count == 64 && !shipped.contains(name) {
            // One that was removed meanwhile is needed by nobody.
            guard let bytes = FileManager.default.contents(atPath: "\(source)/\(name)") else { continue }
            // Under the backup's own keys: a version of the engine's ring may be shredded, its backup has to open.
            let plain = try store.seal.openArtifact(bytes, name)
            try await keep(vault.seal(plain, for: "backup/artifact/\(name)"), as: BackupContents.artifact(name))
            shipped.insert(name)
        }
    }

    /// Content that never changes: what lies there under its name is the same.
    private func keep(_ sealed: Data, as name: String) async throws(PlumbError) {
        _ = try await place.write(sealed, to: name, over: .nothing)
    }

    /// The small files beside the state: the key ring, the audit key, certificates, tokens.
    private func changedFiles(all: Bool, _ known: inout [String: Data]) -> [String: Data] {
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
                if all || known[folder + name] != bytes { changed[folder + name] = bytes }
                known[folder + name] = bytes
            }
        }
        return changed
    }

    /// Removes what is older than `days`, and never the two newest snapshots with what follows them.
    public func prune(olderThanDays days: Double, at now: Double) async throws(PlumbError) {
        let all = try await contents.shipments()
        let snapshots = all.filter(\.isSnapshot)
        guard snapshots.count > 2 else { return }
        guard let old = snapshots.dropLast(2).last(where: { $0.modifiedAt < now - days * 86_400 }) else { return }
        for shipment in all where shipment.number < old.number { try await place.remove(shipment.name) }
    }
}
