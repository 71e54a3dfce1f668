// Measurements of a running engine, put where its alarms read them, once a minute.

import PlumbModel
public import ServiceLifecycle

/// Publishes again and again; what fails is told once, and tried again with the next.
public struct PublishService: Service {
    /// Alarms have periods of a minute: one value in each.
    public static let seconds = 60.0

    private let clock: WatchClock
    private let publish: @Sendable () async throws -> Void
    private let complain: @Sendable (String) -> Void

    public init(
        clock: WatchClock, publish: @escaping @Sendable () async throws -> Void,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.clock = clock
        self.publish = publish
        self.complain = complain
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            var next = -Double.infinity
            var isComplaining = false
            try await clock.repeating {
                guard clock.now() >= next else { return }
                next = clock.now() + Self.seconds
                do {
                    try await publish()
                    isComplaining = false
                } catch {
                    let why = (error as? PlumbError)?.message ?? "\(error)"
                    if !isComplaining, !Task.isCancelled {
                        complain("metrics are not published, and are tried again: \(why)")
                    }
                    isComplaining = true
                }
            }
        }
    }

    /// Publishes once.
    public func publishOnce() async throws { try await publish() }
}
