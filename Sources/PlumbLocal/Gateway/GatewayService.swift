// Listens, serves until told to stop, and drains before it ends.

import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import PlumbModel
import ServiceLifecycle

/// The TLS listener on every address it was given.
final class GatewayService: Service {
    private let state: GatewayState
    /// Read anew for each connection: a renewed certificate needs no restart.
    private let tls: NIOLockedValueBox<NIOSSLContext>
    private let host: String
    private let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let log: Logger
    private let boundPort = NIOLockedValueBox<Int?>(nil)
    /// How long requests under way may take to end after the stop, in seconds.
    private static let drainSecondsMax = 20.0

    init(
        state: GatewayState, tls: NIOLockedValueBox<NIOSSLContext>, host: String, port: Int,
        group: MultiThreadedEventLoopGroup,
        log: Logger
    ) {
        self.state = state
        self.tls = tls
        self.host = host
        self.port = port
        self.group = group
        self.log = log
    }

    /// One context for each event loop, made on that loop.
    private func makeContexts() async throws -> [ObjectIdentifier: NIOLoopBound<LoopContext>] {
        var contexts: [ObjectIdentifier: NIOLoopBound<LoopContext>] = [:]
        for loop in group.makeIterator() {
            contexts[ObjectIdentifier(loop)] = try await loop.submit {
                let context = LoopContext(loop: loop)
                context.start()
                return NIOLoopBound(context, eventLoop: loop)
            }.get()
        }
        return contexts
    }

    /// Binds the port. Throws `conflict` when it is taken.
    func bind() async throws(PlumbError) -> any Channel {
        let (state, tls) = (state, tls)
        do {
            let contexts = try await makeContexts()
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                // One read a wake-up: a second one would nearly always find nothing, and cost a system call.
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelInitializer { channel in
                    guard state.connectionOpened() else {
                        state.connectionClosed()
                        return channel.close()
                    }
                    return channel.eventLoop.makeCompletedFuture {
                        guard let context = contexts[ObjectIdentifier(channel.eventLoop)]?.value else {
                            throw ChannelError.operationUnsupported
                        }
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(NIOSSLServerHandler(context: tls.withLockedValue { $0 }))
                        try pipeline.addHandler(GatewayChannel(gateway: state, loopContext: context))
                    }
                }
                .bind(host: host, port: port)
                .get()
            boundPort.withLockedValue { $0 = channel.localAddress?.port }
            return channel
        } catch {
            throw PlumbError(
                .conflict, "cannot listen on \(host):\(port)",
                hint: "is another plumb running here? plumb status shows it; --port chooses another port", cause: error)
        }
    }

    /// The port that was bound; nil before.
    var listeningPort: Int? { boundPort.withLockedValue { $0 } }

    func run() async throws {
        let listener = try await bind()
        log.info("gateway listens", metadata: ["host": "\(host)", "port": "\(listeningPort ?? port)"])
        await withGracefulShutdownHandler {
            do {
                try await listener.closeFuture.get()
            } catch {
                log.error("the gateway's listener ended", metadata: ["error": "\(error)"])
            }
        } onGracefulShutdown: {
            listener.close(promise: nil)
        }
        state.isDraining = true
        let deadline = NIODeadline.now() + .milliseconds(Int64(Self.drainSecondsMax * 1000))
        while NIODeadline.now() < deadline, state.routes.contains(where: { $0.inFlightTotal + $0.waitingTotal > 0 }) {
            try await Task.sleep(for: .milliseconds(20))
        }
        state.isClosed = true
    }
}
