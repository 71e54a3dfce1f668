// Notices of spending on their way to people: kept until every channel has taken them, over a restart too.

import Logging
import PlumbEngine
import PlumbModel
import PlumbStore

/// Which notices are still to be told, and by which channel.
actor NoticeOutbox {
    /// A notice, and the channels that have taken it.
    private struct Kept: Codable, Sendable {
        var notice: SpendNotice
        var takenBy: [String] = []
    }
    private static let kind = "notice"
    /// Older ones give way to newer ones.
    static let noticesMax = 5_000
    /// Nobody wants to hear of a month that is long over.
    private static let ageSecondsMax = 31 * 86_400.0

    private let store: Store
    private let channels: [String]
    private let log: Logger
    private var kept: [String: Kept] = [:]

    init(store: Store, channels: [String], log: Logger) {
        self.store = store
        self.channels = channels
        self.log = log
    }

    /// Reads what an earlier daemon left; answers what is still to be told, oldest first.
    func open(at now: Double) async throws -> [(notice: SpendNotice, channels: [String])] {
        let found = try await store.records(Self.kind, as: Kept.self)
        let stale = found.filter { now - $0.value.notice.at > Self.ageSecondsMax }
        if !stale.isEmpty { try await store.save(Self.kind, stale.mapValues { _ in Kept?.none }) }
        kept = found.filter { stale[$0.key] == nil }
        return kept.values.sorted { $0.notice.at < $1.notice.at }.map { entry in
            (entry.notice, channels.filter { !entry.takenBy.contains($0) })
        }
    }

    /// Durable when it returns. Without a channel nothing is kept: there is nobody to tell.
    func keep(_ notices: [SpendNotice]) async throws {
        guard !channels.isEmpty, !notices.isEmpty else { return }
        var changes: [String: Kept?] = [:]
        for notice in notices where kept[notice.id] == nil { changes[notice.id] = Kept(notice: notice) }
        for old in surplus(changes.count) { changes[old] = .some(nil) }
        try await store.save(Self.kind, changes)
        for (id, entry) in changes { kept[id] = entry }
    }

    /// The ids of the oldest that have to go for so many new ones.
    private func surplus(_ count: Int) -> [String] {
        let over = kept.count + count - Self.noticesMax
        guard over > 0 else { return [] }
        log.error("\(over) notices of spending were told by no channel and are given up")
        return kept.values.sorted { $0.notice.at < $1.notice.at }.prefix(over).map(\.notice.id)
    }

    /// A channel has taken a notice. One that cannot be written down is told again after a restart, with the same id.
    func taken(_ id: String, by channel: String, at now: Double) async {
        guard var entry = kept[id] else { return }
        entry.takenBy.append(channel)
        // Before the write: another channel may take it meanwhile.
        kept[id] = entry
        let isDone = channels.allSatisfy(entry.takenBy.contains)
        let told = AuditEntry(
            at: now, actor: "plumb", action: "notice.told", subject: "notice/\(id)", details: ["channel": channel])
        do {
            try await store.save(Self.kind, [id: isDone ? Kept?.none : entry], audit: [told])
            if isDone { kept[id] = nil }
        } catch {
            log.error("that \(channel) has taken \(id) cannot be written down: \(error)")
        }
    }
}

/// Brings notices to the channels of an engine.
struct ChannelHerald: SpendHerald {
    private let outbox: NoticeOutbox
    let channels: [AlarmService]

    init(
        _ channels: [AlarmChannel], store: Store, notices: KeeperNotices, now: @escaping @Sendable () -> Double,
        log: Logger
    ) {
        let outbox = NoticeOutbox(store: store, channels: channels.map(\.name), log: log)
        self.outbox = outbox
        self.channels = channels.map { channel in
            AlarmService(channel, notices: notices, log: log) { await outbox.taken($0, by: channel.name, at: now()) }
        }
    }

    func keep(_ notices: [SpendNotice]) async throws { try await outbox.keep(notices) }

    func tell(_ notices: [SpendNotice]) async {
        for notice in notices { for channel in channels { channel.raise(EngineAlarm(notice)) } }
    }

    /// Tells what an earlier daemon could not.
    func resume(at now: Double) async throws {
        for (notice, names) in try await outbox.open(at: now) {
            for channel in channels where names.contains(channel.name) { channel.raise(EngineAlarm(notice)) }
        }
    }
}
