// Listens, serves until told to stop, and drains before it ends.

import Glibc
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
    /// Held beside the event loops, so that a socket that is handed over never stops listening.
    private let descriptor: NIOLockedValueBox<Int32?>
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)
    private let isHandingOver = NIOLockedValueBox(false)
    /// Whether requests can be answered; waited for where clients are waiting already.
    private let isServing: @Sendable () -> Bool
    private let isAdopted: Bool
    /// How long requests under way may take to end after the stop, in seconds.
    private static let drainSecondsMax = 20.0
    /// The same while new connections wait for the next daemon.
    private static let handoverSecondsMax = 10.0
    /// How long clients are told with every answer that their connection ends, before it does; and how long the next
    /// daemon waits for its workers.
    private static let farewellMilliseconds = 1000
    private static let lastConnectionsMilliseconds: Int64 = 500
    private static let openSecondsMax = 10.0

    /// `handedOver` is a socket that listens already.
    init(
        state: GatewayState, tls: NIOLockedValueBox<NIOSSLContext>, host: String, port: Int,
        group: MultiThreadedEventLoopGroup, handedOver: Int32?, isServing: @escaping @Sendable () -> Bool, log: Logger
    ) {
        descriptor = NIOLockedValueBox(handedOver)
        isAdopted = handedOver != nil
        self.isServing = isServing
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
        state.serve(on: Array(contexts.values))
        return contexts
    }

    /// Binds the port. Throws `conflict` when it is taken.
    func bind() async throws(PlumbError) -> any Channel {
        let (state, tls) = (state, tls)
        do {
            let held = try descriptor.withLockedValue { $0 } ?? ListeningSocket.open(host: host, port: port)
            descriptor.withLockedValue { $0 = held }
            let contexts = try await makeContexts()
            let channel = try await ServerBootstrap(group: group)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
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
                .withBoundSocket(try ListeningSocket.duplicate(held))
                .get()
            boundPort.withLockedValue { $0 = channel.localAddress?.port }
            listener.withLockedValue { $0 = channel }
            return channel
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(
                .conflict, "cannot listen on \(host):\(port)",
                hint: "is another plumb running here? plumb status shows it; --port chooses another port", cause: error)
        }
    }

    /// The port that was bound; nil before.
    var listeningPort: Int? { boundPort.withLockedValue { $0 } }

    func run() async throws {
        if isAdopted { await waitUntilServing() }
        let listener = try await bind()
        log.info("gateway listens", metadata: ["host": "\(host)", "port": "\(listeningPort ?? port)"])
        await withTaskCancellationOrGracefulShutdownHandler {
            do {
                try await listener.closeFuture.get()
            } catch {
                log.error("the gateway's listener ended", metadata: ["error": "\(error)"])
            }
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
        // Another takes over: this program is over in a moment, and its end must not end the workers.
        if isHandingOver.withLockedValue({ $0 }) { return try await gracefulShutdown() }
        descriptor.withLockedValue { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
        try await drain(secondsMax: Self.drainSecondsMax)
        state.isClosed = true
    }

    /// Stops accepting, lets what is under way end, and answers the socket: it goes on listening, and whoever connects
    /// meanwhile waits for the next daemon.
    func handOver() async throws -> Int32 {
        isHandingOver.withLockedValue { $0 = true }
        guard let descriptor = descriptor.withLockedValue({ $0 }), let listener = listener.withLockedValue({ $0 })
        else {
            isHandingOver.withLockedValue { $0 = false }
            throw PlumbError(.conflict, "the gateway does not listen yet", hint: "try again")
        }
        // A request that comes on a kept connection just as it is closed is lost. So connections are wound up first,
        // each with its next answer, while new ones are still taken.
        state.isDraining = true
        try await Task.sleep(for: .milliseconds(Self.farewellMilliseconds))
        try await listener.close()
        // Whoever has just connected has its request still to send; an idle connection is not waited for so long.
        let deadline = NIODeadline.now() + .milliseconds(Self.lastConnectionsMilliseconds)
        while NIODeadline.now() < deadline, state.connections > 0 { try await Task.sleep(for: .milliseconds(5)) }
        try await drain(secondsMax: Self.handoverSecondsMax)
        return descriptor
    }

    private func drain(secondsMax: Double) async throws {
        state.isDraining = true
        let deadline = NIODeadline.now() + .milliseconds(Int64(secondsMax * 1000))
        while NIODeadline.now() < deadline, state.routes.contains(where: { $0.inFlightTotal + $0.waitingTotal > 0 }) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func waitUntilServing() async {
        let deadline = NIODeadline.now() + .milliseconds(Int64(Self.openSecondsMax * 1000))
        while NIODeadline.now() < deadline, !isServing(), !Task.isCancelled {
            // Ending early is what cancelling is for.
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
