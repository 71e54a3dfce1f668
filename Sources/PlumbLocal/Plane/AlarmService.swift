// Calls people when somebody acts without a second person, and tells them of spending: through whatever channels the
// engine was given.

import Foundation
import Logging
import PlumbEngine
import PlumbModel
import ServiceLifecycle

/// What somebody has to look at, now.
public struct EngineAlarm: Sendable, Hashable, Codable {
    /// The review that is open, or the notice; the same alarm told again has the same.
    public var id: String
    /// `break-glass`, `emergency-rollback`, or the event of a notice of spending, `budget.alert`.
    public var action: String
    public var by: String
    /// A person's own, or what was seen.
    public var reason: String
    /// Seconds since 1970-01-01 UTC.
    public var at: Double
    /// Until when the glass is broken.
    public var until: Double?
    /// Whose money a notice is about: `endpoint digits`, `team risk in dev`.
    public var subject: String?

    init(_ review: AccessReviewEntry) {
        (id, action, by, reason) = (review.id, review.action, review.by, review.reason)
        (at, until) = (review.at, review.until)
    }

    init(_ notice: SpendNotice) {
        (id, action, by, reason) = (notice.id, notice.event.rawValue, "plumb", notice.text)
        (at, subject) = (notice.at, notice.subject)
    }

    public var title: String { subject.map { "plumb: \(action) of \($0)" } ?? "plumb: \(action) by \(by)" }

    /// For people.
    public var text: String {
        guard subject == nil else { return "\(reason)\nplumb cost report shows the month so far." }
        let start = Date(timeIntervalSince1970: at).formatted(.iso8601)
        let end = until.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) }
        let scope = end.map { ": production may be changed without a second person until \($0)" } ?? ""
        return "\(action) by \(by) at \(start)\(scope).\nReason: \(reason)\n"
            + "Another person closes the review: plumb access review close \(id) --note …"
    }
}

/// One way of calling people.
public struct AlarmChannel: Sendable {
    let name: String
    let send: @Sendable (EngineAlarm) async throws -> Void

    /// `send` throws where nobody took the alarm.
    public init(_ name: String, send: @escaping @Sendable (EngineAlarm) async throws -> Void) {
        self.name = name
        self.send = send
    }
}

/// Tells alarms through one channel, one after the other, each until somebody takes it.
///
/// What was not taken before the engine ends is told at its next start, as every review is that is still open then.
final class AlarmService: Service {
    private let channel: AlarmChannel
    private let notices: KeeperNotices
    private let taken: @Sendable (_ id: String) async -> Void
    private let log: Logger
    private let stream: AsyncStream<EngineAlarm>
    private let continuation: AsyncStream<EngineAlarm>.Continuation
    /// Alarms that may wait; older ones give way.
    private static let waitingMax = 5_000
    private static let pauseSecondsMax = 60.0

    /// `taken` is told of each alarm that somebody took.
    init(
        _ channel: AlarmChannel, notices: KeeperNotices, log: Logger,
        taken: @escaping @Sendable (_ id: String) async -> Void
    ) {
        self.channel = channel
        self.notices = notices
        self.taken = taken
        self.log = log
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.waitingMax))
    }

    var name: String { channel.name }
    /// Whether the last alarm reached nobody yet.
    var isFailing: Bool { notices[channel.name] != nil }

    func raise(_ alarm: EngineAlarm) { continuation.yield(alarm) }

    func run() async throws {
        var pause = 1.0
        for await alarm in stream.cancelOnGracefulShutdown() {
            if await deliver(alarm) {
                pause = 1
                continue
            }
            // To the back: what one receiver will never take must not stand in the way of what wakes people.
            continuation.yield(alarm)
            do {
                try await cancelWhenGracefulShutdown { [pause] in try await Task.sleep(for: .seconds(pause)) }
            } catch {
                return
            }
            pause = min(Self.pauseSecondsMax, 2 * pause)
        }
    }

    /// Whether somebody took it.
    private func deliver(_ alarm: EngineAlarm) async -> Bool {
        do {
            try await channel.send(alarm)
            notices.set(nil, by: channel.name)
            await taken(alarm.id)
            return true
        } catch {
            log.error("the alarm \(alarm.id) cannot be told through \(channel.name): \(error)")
            notices.set("the alarm of \(alarm.title) reaches nobody through \(channel.name)", by: channel.name)
            return false
        }
    }
}
