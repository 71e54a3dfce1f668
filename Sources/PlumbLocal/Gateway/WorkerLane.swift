// A connection from an event loop to a worker on which many requests travel at once, in frames.

import NIOCore
import NIOPosix

/// A lane to one of the house's own workers; lives on one event loop.
///
/// A system call and a wake-up cost as much as a small model's inference. All requests of one turn of the event loop
/// are therefore written with one call, and whatever answers a read brings are handed on at once.
final class WorkerLane: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Seat {
        /// Nil for a free seat, and for a request that nobody waits for any more.
        var receiver: (any UpstreamReceiver)?
        var isTaken = false
    }

    /// The most requests that may be without an answer, forgotten ones among them.
    static let requestsMax = 4096
    /// Bodies longer than this are written as they are; shorter ones are copied together.
    private static let copiedBytesMax = 32 << 10

    private let loop: any EventLoop
    private var context: ChannelHandlerContext?
    private var isClosed = false
    private var isFlushPlanned = false
    private var outgoing = ByteBuffer()
    private var incoming = ByteBuffer()
    private var seats: [Seat] = []
    private var freeSeats: [Int] = []
    /// The Content-Type of the last answer: nearly all have the same.
    private var knownType = (bytes: ByteBuffer(), text: "", jsonCount: Int?.none)
    /// Requests on the way.
    private(set) var inFlight = 0
    /// Called once, when the lane ends.
    var onClose: (() -> Void)?

    init(loop: any EventLoop) { self.loop = loop }

    /// Begins to connect; what is sent meanwhile waits for the connection.
    func connect(to address: SocketAddress) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 << 10))
            .connectTimeout(.milliseconds(250))
            .connect(to: address)
            .whenFailure { bound.value.end(.connectionLost("\($0)")) }
    }

    /// Sends a request and answers its seat, or nil when the lane can take none. The receiver is called at most once,
    /// later, and not after `forget`.
    func send(_ request: UpstreamRequest, receiver: any UpstreamReceiver) -> Int? {
        guard !isClosed, inFlight < Self.requestsMax else { return nil }
        let seat: Int
        if let free = freeSeats.popLast() {
            seat = free
            seats[seat] = Seat(receiver: receiver, isTaken: true)
        } else {
            seat = seats.count
            seats.append(Seat(receiver: receiver, isTaken: true))
        }
        inFlight += 1
        let length = request.body.readableBytes
        Frame(headCount: request.head.frame.count, bodyCount: length, number: UInt32(seat)).write(to: &outgoing)
        outgoing.writeBytes(request.head.frame)
        if length <= Self.copiedBytesMax || context == nil {
            outgoing.writeImmutableBuffer(request.body)
        } else if let context {
            context.write(wrapOutboundOut(outgoing), promise: nil)
            outgoing.clear()
            context.write(wrapOutboundOut(request.body), promise: nil)
        }
        planFlush()
        return seat
    }

    /// The answer is not wanted any more; when it comes it is dropped.
    func forget(_ seat: Int) {
        guard seats.indices.contains(seat) else { return }
        seats[seat].receiver = nil
    }

    /// Ends the lane; whoever waits is told.
    func close() { end(.connectionLost("the lane was closed")) }

    private func planFlush() {
        guard !isFlushPlanned, context != nil else { return }
        isFlushPlanned = true
        loop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        isFlushPlanned = false
        guard let context else { return }
        if outgoing.readableBytes > 0 {
            context.write(wrapOutboundOut(outgoing), promise: nil)
        }
        context.flush()
        outgoing.clear()
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if incoming.readableBytes == 0 {
            incoming = bytes
        } else {
            incoming.discardReadBytes()
            incoming.writeBuffer(&bytes)
        }
        do throws(UpstreamFault) {
            while let frame = try Frame.peek(incoming), incoming.readableBytes >= frame.count {
                try take(frame)
            }
        } catch {
            end(error)
        }
    }

    private func take(_ frame: Frame) throws(UpstreamFault) {
        incoming.moveReaderIndex(forwardBy: Frame.headerBytes)
        guard let head = incoming.readSlice(length: frame.headCount),
            let body = incoming.readSlice(length: frame.bodyCount)
        else { throw .malformed("its frame is cut") }
        let seat = Int(frame.number)
        guard seats.indices.contains(seat), seats[seat].isTaken else {
            throw .malformed("it answers what nobody asked")
        }
        if head != knownType.bytes {
            // A copy, because the slice would keep the whole read alive.
            let text = String(buffer: head)
            knownType = (ByteBuffer(bytes: head.readableBytesView), text, BinaryTensors.jsonCount(of: text))
            guard !knownType.text.utf8.contains(where: { $0 < 0x20 }) else {
                throw .malformed("its Content-Type holds control characters")
            }
        }
        let receiver = seats[seat].receiver
        seats[seat] = Seat()
        freeSeats.append(seat)
        inFlight -= 1
        receiver?.upstream(
            .success(
                UpstreamResponse(
                    status: frame.status, contentType: knownType.text, customAttributes: nil, body: body,
                    keepsAlive: true, inferenceHeaderLength: knownType.jsonCount)))
    }

    func channelInactive(context: ChannelHandlerContext) { end(.connectionLost("the worker closed the connection")) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.connectionLost("\(error)")) }

    private func end(_ fault: UpstreamFault) {
        guard !isClosed else { return }
        isClosed = true
        context?.close(promise: nil)
        context = nil
        onClose?()
        onClose = nil
        let waiting = seats.compactMap(\.receiver)
        seats = []
        inFlight = 0
        for receiver in waiting { receiver.upstream(.failure(fault)) }
    }
}
