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
    let context: NIOLockedValueBox<NIOSSLContext>
    /// Seconds since 1970-01-01 UTC.
    let now: @Sendable () -> Double
    let log: Logger
    private static let pauseSeconds = 3600

    func run() async throws {
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
            let authority = try CertificateAuthority.prepare(in: folder, hosts: hosts, now: now())
            let renewed = try authority.serverContext()
            context.withLockedValue { $0 = renewed }
        } catch {
            log.error("the gateway's certificate cannot be renewed: \(error)")
        }
    }
}
