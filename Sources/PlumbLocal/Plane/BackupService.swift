// Carries the state elsewhere as it changes, and checkpoints of the audit log with it.

import Foundation
import Logging
import PlumbModel
import PlumbStore
import ServiceLifecycle
import Synchronization

/// What is the matter with those who carry things elsewhere, for the engine's status: one sentence each at most.
final class KeeperNotices: Sendable {
    private let texts = Mutex<[String: String]>([:])

    /// Nil when all is well again.
    func set(_ text: String?, by keeper: String) { texts.withLock { $0[keeper] = text } }

    subscript(keeper: String) -> String? { texts.withLock { $0[keeper] } }

    var all: [String] { texts.withLock { $0.sorted { $0.key < $1.key }.map(\.value) } }
}

/// Ships what changed, twice a second.
struct BackupService: Service {
    let backup: Backup
    let notices: KeeperNotices
    /// Seconds since 1970-01-01 UTC.
    let now: @Sendable () -> Double
    let log: Logger
    private static let pauseMilliseconds = 500
    private static let daysMax = 35.0
    private static let pruneEvery = 7200
    /// A place that does not answer keeps neither a start nor an end waiting for longer.
    private static let waitSecondsMax = 15.0

    /// The first look at the place. An engine that has shipped before starts without it, and goes on trying: an outage
    /// there is no reason to serve nobody here. Throws where another has taken over, and where nothing was ever
    /// shipped: what was named may be wrong.
    func begin(home: String) async throws {
        do {
            try await Self.within(Self.waitSecondsMax) { try await backup.begin(at: now()) }
        } catch let error as PlumbError where error.kind != .conflict && Backup.hasBegun(in: home) {
            complain(error, since: nil)
        }
    }

    func run() async throws {
        var failedAt: Double?
        var looks = 0
        while !Task.isShuttingDownGracefully {
            if let since = failedAt {
                // Whoever waits for the engine's end does not wait for a place that is out.
                failedAt = try await cancelWhenGracefulShutdown { try await ship(failedAt: since) }
            } else {
                failedAt = try await ship(failedAt: nil)
            }
            looks += 1
            if looks % Self.pruneEvery == 0 { await prune() }
            do {
                try await cancelWhenGracefulShutdown {
                    try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
                }
            } catch {
                break
            }
        }
        let last = failedAt
        do {
            try await Self.within(Self.waitSecondsMax) { _ = try await ship(failedAt: last) }
        } catch let error as PlumbError where error.kind == .timedOut {
            complain(error, since: nil)
        }
    }

    /// Since when it fails; told once, until it succeeds again. Throws, and so ends the engine, where another has taken
    /// over.
    private func ship(failedAt: Double?) async throws -> Double? {
        do {
            try await backup.ship(at: now())
            if failedAt != nil { log.warning("the state is shipped to \(backup.address) again") }
            notices.set(nil, by: "backup")
            return nil
        } catch  where error.kind == .conflict {
            log.critical("the engine ends: \(error)")
            throw error
        } catch {
            complain(error, since: failedAt)
            return failedAt ?? now()
        }
    }

    private func complain(_ error: PlumbError, since: Double?) {
        if since == nil { log.error("the state cannot be shipped to \(backup.address): \(error)") }
        let start = Date(timeIntervalSince1970: since ?? now()).formatted(.iso8601)
        notices.set(
            "the state is NOT in its backup: since \(start) nothing can be shipped to \(backup.address) "
                + "(\(error.message))", by: "backup")
    }

    private func prune() async {
        do {
            try await backup.prune(olderThanDays: Self.daysMax, at: now())
        } catch {
            log.warning("old shipments are still in \(backup.address): \(error)")
        }
    }

    /// Cancels work that takes longer.
    private static func within(_ seconds: Double, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw PlumbError(.timedOut, "nothing has answered for \(Int(seconds)) s")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// Keeps a checkpoint of the audit log in another place every few minutes.
struct AnchorService: Service {
    let reader: AuditReader
    let place: any RemotePlace
    let pauseSeconds: Double
    let notices: KeeperNotices
    let log: Logger

    func run() async throws {
        while !Task.isShuttingDownGracefully {
            await anchor()
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(pauseSeconds)) }
            } catch {
                break
            }
        }
        await anchor()
    }

    private func anchor() async {
        do {
            try await reader.anchor(in: place)
            notices.set(nil, by: "anchor")
        } catch {
            log.error("no checkpoint can be kept in \(place.address): \(error)")
            notices.set(
                "no checkpoint of the audit log can be kept in \(place.address): \(error.message)", by: "anchor")
        }
    }
}
