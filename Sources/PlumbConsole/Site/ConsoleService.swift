// The console's own listener: a port with TLS, beside the gateway's.

import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import NIOSSL
import PlumbEngine
import PlumbModel
public import ServiceLifecycle
import Synchronization

/// Serves the pages. Where its port is taken and nobody has asked for that one, the engine goes on without a console.
public final class ConsoleService: Service, ConsoleDoor {
    /// Where to listen.
    public struct Listener: Sendable {
        public var host: String
        public var port: Int
        /// Whether somebody has named the port: then it is a fault when it is taken.
        public var isNamed: Bool
        public init(host: String, port: Int, isNamed: Bool) {
            self.host = host
            self.port = port
            self.isNamed = isNamed
        }
    }
    private let listener: Listener
    private let tls: @Sendable () -> NIOSSLContext
    private let site: Site
    private let log: Logger
    private let boundPort = Mutex<Int?>(nil)
    /// Bytes of all fields of a request's head.
    private static let headBytesMax = 16 << 10
    private static let idleSecondsMax: Int64 = 75
    /// Connections at a time; others wait.
    private static let connectionsMax = 512

    public init(
        _ ground: ConsoleGround, desk: ControlDesk, listener: Listener, tls: @escaping @Sendable () -> NIOSSLContext,
        log: Logger
    ) throws {
        self.listener = listener
        self.tls = tls
        self.log = log
        site = try Site(ground, desk: desk, log: log)
    }

    /// The listener, and what it shows verdicts of.
    public var services: [any Service] { [site.board, self] }

    public func run() async throws {
        let (tls, log) = (tls, log)
        let server = HTTPServerBuilder { responder in
            SecuredChannel(
                http: HTTP1Channel(
                    responder: responder,
                    configuration: .init(
                        idleTimeout: .seconds(Self.idleSecondsMax),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: Self.headBytesMax, maxHeaderListSize: Self.headBytesMax,
                            maxHeaderFieldCount: 100))),
                context: tls)
        }
        var quiet = log
        // A connection that does not speak TLS is no news.
        quiet.logLevel = .critical
        let application = Application(
            router: SiteRoutes(site: site).router(), server: server,
            configuration: .init(
                address: .hostname(listener.host, port: listener.port), serverName: "plumb",
                availableConnectionsDelegate: .maximum(Self.connectionsMax, logger: quiet)),
            onServerRunning: { [self] channel in boundPort.withLock { $0 = channel.localAddress?.port } },
            logger: quiet)
        do {
            try await application.run()
        } catch let error as IOError {
            let why = "\(listener.host):\(listener.port) cannot be listened on for the console"
            guard !listener.isNamed else {
                throw PlumbError(.conflict, why, hint: "--console-port names another port", cause: error)
            }
            log.warning("\(why) (\(error)): there is none; --console-port names another port")
            try await gracefulShutdown()
        }
    }

    public func link(for owner: String) async throws -> String {
        guard let port = boundPort.withLock({ $0 }) else {
            throw PlumbError(
                .unsupported, "no console listens", hint: "plumb up --console-port PORT says where it does")
        }
        guard let code = await site.makeLink(for: owner) else {
            throw PlumbError(
                .refused, "\(SessionBook.linksMax) links wait to be used", hint: "try again in two minutes")
        }
        // Where it listens everywhere, it listens here.
        let named = ["0.0.0.0", "::"].contains(listener.host) ? "127.0.0.1" : listener.host
        let host = named.contains(":") ? "[\(named)]" : named
        return "https://\(host):\(port)/open?code=\(code)"
    }
}
