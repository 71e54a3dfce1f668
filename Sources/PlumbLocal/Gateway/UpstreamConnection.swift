// One HTTP connection from an event loop to a worker, carrying one request at a time.

import NIOCore
import NIOPosix

/// Whoever waits for a worker's answer.
protocol UpstreamReceiver: AnyObject {
    func upstream(_ result: Result<UpstreamResponse, UpstreamFault>)
}

/// A kept-alive connection; lives on one event loop.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var parser = ResponseParser()
    private var receiver: (any UpstreamReceiver)?
    /// Called when an idle connection ends, so that its pool forgets it.
    var onIdleClose: (() -> Void)?
    /// Called when the connection ends, idle or not.
    var onEnd: (() -> Void)?

    var isOpen: Bool { context?.channel.isActive ?? false }

    /// Connects to a worker. The connection is usable once the future succeeds.
    static func connect(
        to address: SocketAddress, on loop: any EventLoop
    ) -> EventLoopFuture<NIOLoopBound<UpstreamConnection>> {
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(UpstreamConnection())
                }
            }
            .channelOption(.maxMessagesPerRead, value: 1)
            .connectTimeout(.milliseconds(250))
            .connect(to: address)
            .flatMapThrowing { channel in
                try NIOLoopBound(
                    channel.pipeline.syncOperations.handler(type: UpstreamConnection.self),
                    eventLoop: channel.eventLoop)
            }
    }

    /// Sends one whole request; the receiver is called exactly once.
    func send(_ request: ByteBuffer, receiver: any UpstreamReceiver) {
        self.receiver = receiver
        guard let context, context.channel.isActive else {
            return finish(.failure(.connectionLost("the connection was already closed")))
        }
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    /// Gives up on the answer: the connection cannot be used again.
    func abandon() {
        receiver = nil
        context?.close(promise: nil)
    }

    /// Closes the connection; whoever waits for an answer is told that it is lost.
    func end() { context?.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard receiver != nil else {
            // An answer to nothing: this peer does not speak HTTP as it should.
            context.close(promise: nil)
            return
        }
        do throws(UpstreamFault) {
            if let response = try parser.feed(unwrapInboundIn(data)) { finish(.success(response)) }
        } catch {
            finish(.failure(error))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        do throws(UpstreamFault) {
            if let response = try parser.end() {
                finish(.success(response))
            } else {
                finish(.failure(.connectionLost("the worker closed the connection")))
            }
        } catch {
            finish(.failure(error))
        }
        onIdleClose?()
        onEnd?()
        onEnd = nil
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(.connectionLost("\(error)")))
        context.close(promise: nil)
    }

    private func finish(_ result: Result<UpstreamResponse, UpstreamFault>) {
        guard let receiver else { return }
        self.receiver = nil
        receiver.upstream(result)
    }
}
