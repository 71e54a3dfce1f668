// Imports into Security Hub what it does not know yet, batch by batch.

import PlumbModel
public import PlumbReport
public import ServiceLifecycle

/// What Security Hub does not know yet, imported batch by batch.
public struct SecurityService: Service {
    private let desk: WatchDesk
    private let owner: SecurityAccount
    private let clock: WatchClock
    private let send: @Sendable ([SecurityFinding]) async throws -> [String: String]
    private let complain: @Sendable (String) -> Void
    public static let channel = "securityhub"
    private static let pauseSecondsMax = 3_600.0

    /// `send` imports at most 100 findings and answers, by id, why some were not taken.
    public init(
        _ desk: WatchDesk, owner: SecurityAccount, clock: WatchClock,
        send: @escaping @Sendable ([SecurityFinding]) async throws -> [String: String],
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.desk = desk
        self.owner = owner
        self.clock = clock
        self.send = send
        self.complain = complain
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            var failures = 0
            var notBefore = 0.0
            try await clock.repeating {
                guard clock.now() >= notBefore else { return }
                let isWhole = try await importAll()
                failures = isWhole ? 0 : failures + 1
                guard !isWhole else { return }
                notBefore = clock.now() + min(Self.pauseSecondsMax, 10 * Double(1 << min(failures, 10)))
            }
        }
    }

    /// Imports what is due; false where something was not taken.
    public func importAll() async throws -> Bool {
        let due = await desk.findings(for: owner, at: clock.now())
        var isWhole = true
        var rest = due[...]
        while !rest.isEmpty, !Task.isCancelled {
            let batch = Array(rest.prefix(SecurityFinding.batchMax))
            rest = rest.dropFirst(SecurityFinding.batchMax)
            do {
                let refused = try await send(batch)
                for (id, why) in refused.sorted(by: { $0.key < $1.key }) {
                    complain("Security Hub did not take \(id): \(why)")
                }
                let taken = batch.filter { refused[$0.id] == nil }
                try await desk.imported(taken, at: clock.now())
                await desk.count(Self.channel, delivered: taken.count, failed: refused.count)
                if !refused.isEmpty { isWhole = false }
            } catch {
                guard !Task.isCancelled else { return false }
                complain("Security Hub took nothing: \((error as? PlumbError)?.message ?? "\(error)")")
                await desk.count(Self.channel, delivered: 0, failed: batch.count)
                return false
            }
        }
        return isWhole
    }
}
