// What a watch remembers: what was told, what still has to be, and what is counted; written down after each change.

public import Foundation
import PlumbModel
public import PlumbReport

/// The memory of one watch, shared by its services.
public actor WatchDesk {
    /// News on their way to a channel.
    public struct Message: Sendable, Codable {
        public let id: String
        public let at: Double
        public let title: String
        public let text: String
        public let json: String
    }

    private struct Outbox: Codable {
        var messages: [Message] = []
    }

    /// What outlives a restart.
    private struct State: Codable {
        var schema = WatchDesk.schema
        var machine = WatchMachine()
        var ledger = SecurityLedger()
        var outboxes: [String: Outbox] = [:]
    }
    private static let schema = "plumbline.watch-state/1"
    /// Messages that wait for one channel; the oldest is dropped for the next one.
    static let waitingMax = 200

    private var state: State
    private let channels: [String]
    private let save: @Sendable (Data) throws -> Void
    private var looks: LookMachine
    private var looksBegun = 0
    private var looksSeen = 0
    public private(set) var metrics: WatchMetrics

    /// `saved` is what `save` was given last, in an earlier run. Throws `invalidInput` where it is something else.
    public init(
        channels: [String], saved: Data?, version: String, looks: LookMachine,
        save: @escaping @Sendable (Data) throws -> Void
    ) throws {
        self.channels = channels
        self.save = save
        self.looks = looks
        metrics = WatchMetrics(version: version)
        state = State()
        if let saved {
            do {
                state = try JSONDecoder().decode(State.self, from: saved)
            } catch {
                throw PlumbError(.invalidInput, "the state is damaged or of another version", cause: error)
            }
            guard state.schema == Self.schema else {
                throw PlumbError(.invalidInput, "the state is \(state.schema), this version reads \(Self.schema)")
            }
        }
        for channel in channels {
            metrics.deliveries[channel] = .init()
            metrics.deliveries[channel]?.waiting = state.outboxes[channel]?.messages.count ?? 0
        }
    }

    // MARK: - Looking

    /// Whether to look now.
    func shouldLook(at now: Double) -> Bool {
        guard looks.tick(at: now) == .look else { return false }
        looksBegun += 1
        return true
    }

    /// Something happened; answers the number of the look that will have seen it.
    public func happened(at now: Double) -> Int {
        looks.happened(at: now)
        metrics.events += 1
        return looksBegun + 1
    }

    /// Whether a look of that number, or a later one, has succeeded.
    public func hasSeen(_ look: Int) -> Bool { looksSeen >= look }

    /// A look has succeeded: what of it is news. It is told first and written down then, so that a watch that is killed
    /// between the two tells it twice, under the same id, and never not at all.
    func saw(
        _ assessments: [Assessment], since start: Double, at now: Double, luck: Double,
        tell: (WatchNews) -> Void
    ) throws {
        looks.ended(at: now, succeeded: true, luck: luck)
        metrics.looks += 1
        metrics.lastSuccessAt = now
        metrics.lastDurationSeconds = now - start
        metrics.saw(assessments)
        try take(state.machine.tick(at: now, assessments), tell: tell)
        looksSeen = looksBegun
    }

    /// A look has failed.
    func missed(because reason: String, at now: Double, luck: Double, tell: (WatchNews) -> Void) throws {
        looks.ended(at: now, succeeded: false, luck: luck)
        metrics.looks += 1
        metrics.lookErrors += 1
        try take(state.machine.missed(at: now, because: reason), tell: tell)
    }

    private func take(_ news: [WatchNews], tell: (WatchNews) -> Void) throws {
        for item in news {
            tell(item)
            let message = Message(
                id: item.id, at: item.at, title: NewsReport.title(of: item), text: NewsReport.text(item),
                json: NewsReport.json(item))
            for channel in channels { put(message, in: channel) }
        }
        try write()
    }

    private func put(_ message: Message, in channel: String) {
        var messages = state.outboxes[channel]?.messages ?? []
        messages.append(message)
        let surplus = max(0, messages.count - Self.waitingMax)
        messages.removeFirst(surplus)
        state.outboxes[channel] = Outbox(messages: messages)
        metrics.deliveries[channel]?.dropped += surplus
        metrics.deliveries[channel]?.waiting = messages.count
    }

    private func write() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try save(try encoder.encode(state))
    }

    // MARK: - Telling

    /// What a channel is to be told next.
    func next(for channel: String) -> Message? { state.outboxes[channel]?.messages.first }

    /// A channel has the message, or never will.
    func settled(_ message: Message, in channel: String, isDelivered: Bool) throws {
        state.outboxes[channel]?.messages.removeAll { $0.id == message.id }
        metrics.deliveries[channel]?.waiting = state.outboxes[channel]?.messages.count ?? 0
        if isDelivered {
            metrics.deliveries[channel]?.delivered += 1
        } else {
            metrics.deliveries[channel]?.dropped += 1
        }
        try write()
    }

    func failed(in channel: String) { metrics.deliveries[channel]?.failed += 1 }

    /// Findings that Security Hub does not know yet. Nothing before the first look of this run: what is gone since the
    /// last run is not known.
    func findings(for owner: SecurityAccount, at now: Double) -> [SecurityFinding] {
        looksSeen == 0 ? [] : state.ledger.due(state.machine.failures, in: owner, at: now)
    }

    func imported(_ findings: [SecurityFinding], at now: Double) throws {
        state.ledger.imported(findings.map(\.identity), of: state.machine.failures, at: now)
        try write()
    }

    func count(_ channel: String, delivered: Int, failed: Int) {
        metrics.deliveries[channel, default: .init()].delivered += delivered
        metrics.deliveries[channel, default: .init()].failed += failed
    }
}
