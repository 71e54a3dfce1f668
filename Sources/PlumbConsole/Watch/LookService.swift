// Looks when it is time, for as long as the watch runs.

public import Foundation
public import PlumbModel
public import PlumbReport
public import ServiceLifecycle

/// Time and luck, as services are handed them.
public struct WatchClock: Sendable {
    public var now: @Sendable () -> Double
    /// A number of 0 ..< 1.
    public var luck: @Sendable () -> Double
    /// How often services see whether there is something to do.
    public var tick: Duration

    public init(
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 },
        luck: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }, tick: Duration = .milliseconds(200)
    ) {
        self.now = now
        self.luck = luck
        self.tick = tick
    }

    /// Runs `step` again and again until the service is to end.
    func repeating(_ step: () async throws -> Void) async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            try await step()
            do {
                try await Task.sleep(for: tick)
            } catch {
                return
            }
        }
    }
}

/// The looks of one watch.
public struct LookService: Service {
    private let desk: WatchDesk
    private let clock: WatchClock
    private let look: @Sendable () async throws -> [Assessment]
    private let tell: @Sendable (WatchNews) -> Void
    private let complain: @Sendable (any Error) -> Void
    private static let mistakes: Set<PlumbError.Kind> = [.invalidInput, .notFound, .unsupported]

    /// `look` judges everything that is watched, `tell` prints news, `complain` a look that failed.
    public init(
        _ desk: WatchDesk, clock: WatchClock, look: @escaping @Sendable () async throws -> [Assessment],
        tell: @escaping @Sendable (WatchNews) -> Void, complain: @escaping @Sendable (any Error) -> Void
    ) {
        self.desk = desk
        self.clock = clock
        self.look = look
        self.tell = tell
        self.complain = complain
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await clock.repeating {
                guard await desk.shouldLook(at: clock.now()) else { return }
                _ = try await lookNow()
            }
        }
    }

    /// One look, whatever the time is; nil where it failed.
    public func lookOnce() async throws -> [Assessment]? {
        _ = await desk.shouldLook(at: clock.now())
        return try await lookNow()
    }

    private func lookNow() async throws -> [Assessment]? {
        let start = clock.now()
        let assessments: [Assessment]
        do {
            assessments = try await look()
        } catch is CancellationError {
            return nil
        } catch {
            // The end of the watch interrupts a look: that is no failure of the look.
            guard !Task.isCancelled else { return nil }
            // What was wrong from the start does not mend itself; what becomes wrong while it is watched may.
            if let error = error as? PlumbError, Self.mistakes.contains(error.kind), await !desk.hasSeen(1) {
                throw error
            }
            complain(error)
            let reason = (error as? PlumbError)?.message ?? "\(error)"
            try await desk.missed(because: reason, at: clock.now(), luck: clock.luck(), tell: tell)
            return nil
        }
        try await desk.saw(assessments, since: start, at: clock.now(), luck: clock.luck(), tell: tell)
        return assessments
    }
}
