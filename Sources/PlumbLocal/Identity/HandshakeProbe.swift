// Proves by trying which TLS versions the gateway really takes.

import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// A handshake with the gateway, held to one TLS version.
enum HandshakeProbe {
    private static let versions: [(name: String, version: TLSVersion)] = [
        ("1.0", .tlsv1), ("1.1", .tlsv11), ("1.2", .tlsv12), ("1.3", .tlsv13),
    ]

    /// The versions that were accepted and those that were refused, in ascending order.
    static func run(host: String, port: Int, authorityPath: String, on loop: any EventLoop) async -> (
        accepted: [String], refused: [String]
    ) {
        var accepted: [String] = []
        var refused: [String] = []
        for (name, version) in versions {
            if await isAccepted(version, host: host, port: port, authorityPath: authorityPath, on: loop) {
                accepted.append(name)
            } else {
                refused.append(name)
            }
        }
        return (accepted, refused)
    }

    private static func isAccepted(
        _ version: TLSVersion, host: String, port: Int, authorityPath: String, on loop: any EventLoop
    ) async -> Bool {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = version
        configuration.maximumTLSVersion = version
        configuration.trustRoots = .file(authorityPath)
        let done = loop.makePromise(of: Bool.self)
        do {
            let context = try NIOSSLContext(configuration: configuration)
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(.seconds(2))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // The certificate names the address itself, so no server name is sent.
                        let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandlers([tls, Listener(done)])
                    }
                }
                .connect(host: host, port: port).get()
            let timer = loop.scheduleTask(in: .seconds(2)) { done.succeed(false) }
            let answer = try await done.futureResult.get()
            timer.cancel()
            channel.close(promise: nil)
            return answer
        } catch {
            done.succeed(false)
            return false
        }
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let done: EventLoopPromise<Bool>
        init(_ done: EventLoopPromise<Bool>) { self.done = done }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case TLSUserEvent.handshakeCompleted = event { done.succeed(true) }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            done.succeed(false)
            context.close(promise: nil)
        }
        func channelInactive(context: ChannelHandlerContext) { done.succeed(false) }
    }
}
