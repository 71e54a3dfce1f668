// Notices of spending on their way: each channel takes one once, over a restart, whatever the other does.

import Foundation
import Logging
import PlumbModel
import PlumbStore
import Testing

@testable import PlumbEngine
@testable import PlumbLocal

@Suite struct NoticeOutboxTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)").path
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let now = 1_800_000_000.0

    private func notice(_ percent: Double, at moment: Double? = nil) -> SpendNotice {
        SpendNotice(
            BudgetAlert(basis: .actual, percent: percent, usd: percent, limitUSD: 100, at: moment ?? now),
            of: "endpoint digits")
    }

    /// What an outbox of these channels finds when it opens the folder anew.
    private func found(_ channels: [String], at moment: Double) async throws -> [String: [String]] {
        let store = try Store(folder: folder)
        let outbox = NoticeOutbox(store: store, channels: channels, log: log)
        let left = try await outbox.open(at: moment)
        try store.close()
        return Dictionary(uniqueKeysWithValues: left.map { ($0.notice.id, $0.channels) })
    }

    @Test func eachChannelTakesANoticeOnceOverARestart() async throws {
        let (first, second) = (notice(50), notice(80))
        let store = try Store(folder: folder)
        let outbox = NoticeOutbox(store: store, channels: ["sns", "webhook"], log: log)
        #expect(try await outbox.open(at: now).isEmpty)
        try await outbox.keep([first, second])
        await outbox.taken(first.id, by: "sns", at: now)
        await outbox.taken(second.id, by: "sns", at: now)
        await outbox.taken(second.id, by: "webhook", at: now)
        // One that is kept already stays one, with what is known of it.
        try await outbox.keep([first])
        let told = try await store.auditEntries(limit: 10).filter { $0.action == "notice.told" }
        #expect(told.count == 3 && told.last?.details["channel"] == "webhook")
        try store.close()
        #expect(try await found(["sns", "webhook"], at: now) == [first.id: ["webhook"]])
        // A channel that is new hears of it as well; a month later nobody does.
        #expect(try await found(["webhook", "mail"], at: now) == [first.id: ["webhook", "mail"]])
        #expect(try await found(["webhook"], at: now + 40 * 86_400).isEmpty)
        #expect(try await found(["webhook"], at: now).isEmpty)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func withoutAChannelNothingIsKept() async throws {
        let store = try Store(folder: folder)
        try await NoticeOutbox(store: store, channels: [], log: log).keep([notice(50)])
        try store.close()
        #expect(try await found(["webhook"], at: now).isEmpty)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func theOldestGiveWayWhenNobodyTakesAny() async throws {
        let store = try Store(folder: folder)
        let outbox = NoticeOutbox(store: store, channels: ["webhook"], log: log)
        let most = NoticeOutbox.noticesMax
        try await outbox.keep((0..<most).map { notice(Double($0 + 1), at: now + Double($0)) })
        let late = notice(Double(most + 1), at: now + Double(most))
        try await outbox.keep([late])
        try store.close()
        let left = try await found(["webhook"], at: late.at)
        #expect(left.count == most && left[notice(1).id] == nil && left[late.id] != nil)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(.timeLimit(.minutes(5))) func whatAReceiverNeverTakesHoldsNothingUp() async throws {
        let (refused, urgent) = (notice(50), notice(80))
        let (told, continuation) = AsyncStream.makeStream(of: String.self)
        let channel = AlarmChannel("hook") { alarm in
            guard alarm.id != refused.id else { throw PlumbError(.refused, "no") }
        }
        let service = AlarmService(channel, notices: KeeperNotices(), log: log) { continuation.yield($0) }
        service.raise(EngineAlarm(refused))
        service.raise(EngineAlarm(urgent))
        let running = Task { try await service.run() }
        var all = told.makeAsyncIterator()
        #expect(await all.next() == urgent.id)
        running.cancel()
    }
}
