// Takes events from a queue: each asks for a look, and leaves the queue when one has seen it.

import PlumbModel
public import ServiceLifecycle

/// The events of one queue. `Delivery` is whatever the queue needs to delete one again.
public struct EventService<Delivery: Sendable>: Service {
    /// What to do about a message.
    public enum Event: Sendable {
        case change
        case harmless
        case unreadable
    }
    private let desk: WatchDesk
    private let clock: WatchClock
    private let receive: @Sendable (_ waitingSeconds: Int) async throws -> [Delivery]
    private let read: @Sendable (Delivery) -> Event
    private let delete: @Sendable ([Delivery]) async throws -> Int
    private let complain: @Sendable (String) -> Void
    /// Messages that wait for their look; with more, none are received.
    private let heldMax = 10_000
    private let pauseSecondsMax = 300.0
    /// The longest that SQS waits for a message.
    private let waitSecondsMax = 20

    /// `delete` answers how many messages could not be deleted.
    public init(
        _ desk: WatchDesk, clock: WatchClock,
        receive: @escaping @Sendable (_ waitingSeconds: Int) async throws -> [Delivery],
        read: @escaping @Sendable (Delivery) -> Event,
        delete: @escaping @Sendable ([Delivery]) async throws -> Int, complain: @escaping @Sendable (String) -> Void
    ) {
        self.desk = desk
        self.clock = clock
        self.receive = receive
        self.read = read
        self.delete = delete
        self.complain = complain
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            var held: [(delivery: Delivery, look: Int)] = []
            var failures = 0
            var notBefore = 0.0
            try await clock.repeating {
                guard clock.now() >= notBefore else { return }
                do {
                    try await step(&held)
                    failures = 0
                } catch {
                    guard !Task.isCancelled else { return }
                    failures += 1
                    if failures == 1 {
                        complain(
                            "the queue does not answer, and is asked again: "
                                + ((error as? PlumbError)?.message ?? "\(error)"))
                    }
                    notBefore = clock.now() + min(pauseSecondsMax, 5 * Double(1 << min(failures, 6)))
                }
            }
        }
    }

    private func step(_ held: inout [(delivery: Delivery, look: Int)]) async throws {
        var done: [Delivery] = []
        if held.count < heldMax {
            // While messages wait for their look, it is seen soon that they have waited enough.
            for delivery in try await receive(held.isEmpty ? waitSecondsMax : 1) {
                switch read(delivery) {
                case .change: held.append((delivery, await desk.happened(at: clock.now())))
                case .harmless: done.append(delivery)
                case .unreadable:
                    complain("a message of the queue is no event, and is deleted")
                    done.append(delivery)
                }
            }
        }
        var waiting: [(delivery: Delivery, look: Int)] = []
        for item in held {
            if await desk.hasSeen(item.look) { done.append(item.delivery) } else { waiting.append(item) }
        }
        held = waiting
        guard !done.isEmpty else { return }
        let failed = try await delete(done)
        if failed > 0 { complain("the queue kept \(failed) messages that were done with: they come again") }
    }
}
