// Delivers news to one channel, message by message; a channel that is slow or down holds up nothing else.

import PlumbModel
import PlumbReport
public import ServiceLifecycle

/// One place that is told: a webhook, a topic.
public struct NewsChannel: Sendable {
    public let name: String
    /// Throws `refused` or `invalidInput` where trying again is of no use.
    public let send: @Sendable (WatchDesk.Message) async throws -> Void

    public init(_ name: String, send: @escaping @Sendable (WatchDesk.Message) async throws -> Void) {
        self.name = name
        self.send = send
    }
}

/// The deliveries to one channel, the oldest message first.
public struct DeliveryService: Service {
    private let desk: WatchDesk
    private let channel: NewsChannel
    private let clock: WatchClock
    private let complain: @Sendable (String) -> Void

    public init(
        _ channel: NewsChannel, _ desk: WatchDesk, clock: WatchClock, complain: @escaping @Sendable (String) -> Void
    ) {
        self.channel = channel
        self.desk = desk
        self.clock = clock
        self.complain = complain
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await clock.repeating { try await deliverAll(attemptsMax: 10) }
        }
    }

    /// Delivers what waits, each message with up to `attemptsMax` attempts.
    public func deliverAll(attemptsMax: Int) async throws {
        while !Task.isCancelled, let message = await desk.next(for: channel.name) {
            guard try await deliver(message, DeliveryMachine(attemptsMax: attemptsMax)) else { return }
        }
    }

    /// Whether the message is settled: delivered, or given up.
    private func deliver(_ message: WatchDesk.Message, _ start: DeliveryMachine) async throws -> Bool {
        var machine = start
        while !Task.isCancelled {
            do {
                try await channel.send(message)
                try await desk.settled(message, in: channel.name, isDelivered: true)
                return true
            } catch {
                guard !Task.isCancelled else { return false }
                await desk.failed(in: channel.name)
                let kind = (error as? PlumbError)?.kind
                let isForGood = kind == .refused || kind == .invalidInput
                let what = "\(channel.name): '\(message.title)' was not delivered"
                let why = (error as? PlumbError)?.message ?? "\(error)"
                guard
                    case .retry(let moment) = machine.failed(at: clock.now(), isForGood: isForGood, luck: clock.luck())
                else {
                    complain("\(what), and is dropped: \(why)")
                    try await desk.settled(message, in: channel.name, isDelivered: false)
                    return true
                }
                if machine.attempts == 1 { complain("\(what), and is tried again: \(why)") }
                while clock.now() < moment, !Task.isCancelled {
                    // Cut short by the end of the watch, which the loop sees.
                    try? await Task.sleep(for: clock.tick)
                }
            }
        }
        return false
    }
}
