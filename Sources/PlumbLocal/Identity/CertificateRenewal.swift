// Keeps the gateway's certificate from expiring under a daemon that runs for months.

import Logging
import NIOConcurrencyHelpers
import NIOSSL
import PlumbModel
import ServiceLifecycle

/// Looks at the server certificate every hour and puts a new one into service when it is due; connections that are open
/// keep theirs.
struct CertificateRenewal: Service {
    let folder: String
    let hosts: [String]
    var asksClients = false
    /// Told the whole days that are left, for the alarm.
    var tell: @Sendable (Int?) -> Void = { _ in }
    let context: NIOLockedValueBox<NIOSSLContext>
    /// Seconds since 1970-01-01 UTC.
    let now: @Sendable () -> Double
    let log: Logger
    private static let pauseSeconds = 3600
    /// Renewal is due at 30: with fewer it has failed for a while.
    private static let warningDays = 21.0

    func run() async throws {
        renew()
        while !Task.isShuttingDownGracefully {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(Self.pauseSeconds)) }
            } catch {
                return
            }
            renew()
        }
    }

    /// Makes what is due and serves it; a failure is told, and tried again in an hour: thirty days are left for it.
    func renew() {
        do {
            let authority = try CertificateAuthority.prepare(
                in: folder, hosts: hosts, now: now(), asksClients: asksClients)
            let renewed = try authority.serverContext()
            context.withLockedValue { $0 = renewed }
            let days = authority.serverDaysLeft(at: now())
            tell(days.map { Int($0) })
            if let days, days < Self.warningDays {
                log.error("the gateway's certificate ends in \(Int(days)) days and was not renewed")
            }
        } catch {
            log.error("the gateway's certificate cannot be renewed: \(error)")
        }
    }
}
