// Carries the state elsewhere as it changes, and checkpoints of the audit log with it.

import Logging
import PlumbModel
import PlumbStore
import ServiceLifecycle

/// Ships what changed, twice a second.
struct BackupService: Service {
    let backup: Backup
    /// Seconds since 1970-01-01 UTC.
    let now: @Sendable () -> Double
    let log: Logger
    private static let pauseMilliseconds = 500
    private static let daysMax = 35.0
    private static let pruneEvery = 7200

    func run() async throws {
        var hasFailed = false
        var looks = 0
        while !Task.isShuttingDownGracefully {
            hasFailed = try ship(hasFailed)
            looks += 1
            if looks % Self.pruneEvery == 0 { prune() }
            do {
                try await cancelWhenGracefulShutdown {
                    try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
                }
            } catch {
                break
            }
        }
        _ = try ship(hasFailed)
    }

    /// Whether it failed; told once, until it succeeds again. Throws, and so ends the engine, where another has taken
    /// over.
    private func ship(_ hasFailed: Bool) throws -> Bool {
        do {
            try backup.ship(at: now())
            if hasFailed { log.warning("the state is shipped to \(backup.folder) again") }
            return false
        } catch  where error.kind == .conflict {
            log.critical("the engine ends: \(error)")
            throw error
        } catch {
            if !hasFailed { log.error("the state cannot be shipped to \(backup.folder): \(error)") }
            return true
        }
    }

    private func prune() {
        do {
            try backup.prune(olderThanDays: Self.daysMax, at: now())
        } catch {
            log.warning("old shipments are still in \(backup.folder): \(error)")
        }
    }
}

/// Keeps a checkpoint of the audit log in another place every few minutes.
struct AnchorService: Service {
    let reader: AuditReader
    let folder: String
    let pauseSeconds: Double
    let log: Logger

    func run() async throws {
        while !Task.isShuttingDownGracefully {
            anchor()
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(pauseSeconds)) }
            } catch {
                break
            }
        }
        anchor()
    }

    private func anchor() {
        do {
            try reader.anchor(in: folder)
        } catch {
            log.error("no checkpoint can be kept in \(folder): \(error)")
        }
    }
}
