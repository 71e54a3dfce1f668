// The load generator of `plumb bench`: one event loop that sends requests when they are due, answered or not.

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import PlumbModel
import PlumbSignals

/// Where a load goes, and what it sends.
struct LoadTarget: Sendable {
    var host: String
    var port: Int
    /// Nil for plain HTTP.
    var tls: NIOSSLContext?
    /// The name that is sent along with the handshake; nil for an address, which has none (RFC 6066, section 3).
    var serverName: String?
    /// Whole HTTP/1.1 requests, sent in turn.
    var requests: [ByteBuffer]
}

/// How much is sent, for how long.
struct LoadPlan: Sendable {
    var rate: Double
    var durationSeconds: Double
    var arrivals: Arrivals
    var connectionsMax: Int
    var timeoutSeconds: Double
    /// Requests that are due and have no connection yet; one more counts as failed.
    static let pendingMax = 200_000
}

/// Runs loads against one target, one after another, on a thread of its own.
final class LoadGenerator: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let target: LoadTarget

    init(_ target: LoadTarget) { self.target = target }

    /// Opens the connections, then runs the load. Throws `notFound` when nobody listens there.
    func run(_ plan: LoadPlan, progress: @escaping @Sendable (LoadResult) -> Void) async throws -> LoadResult {
        let loop = group.next()
        let target = target
        return try await loop.flatSubmit {
            LoadRun(plan, target, loop: loop, progress: progress).start()
        }.get()
    }

    func close() async throws { try await group.shutdownGracefully() }
}

/// One load under way; lives on its event loop.
private final class LoadRun {
    private let plan: LoadPlan
    private let target: LoadTarget
    private let loop: any EventLoop
    private let progress: @Sendable (LoadResult) -> Void
    private let promise: EventLoopPromise<LoadResult>
    private var schedule: ArrivalSchedule
    private var result: LoadResult
    private var nextDue: NIODeadline?
    private var startedAt = NIODeadline.now()
    private var pending = CircularBuffer<NIODeadline>()
    private var idle: [LoadConnection] = []
    private var busy: [ObjectIdentifier: LoadConnection] = [:]
    /// Connections that are open or being opened.
    private var open = 0
    private var connecting = 0
    private var turn = 0
    private var sweep: RepeatedTask?
    private var isOver = false
    /// How often deadlines are looked at and progress is told, in milliseconds.
    private static let sweepMilliseconds: Int64 = 100
    /// A connection that could not be made is not tried again at once.
    private static let reconnectMilliseconds: Int64 = 20

    init(
        _ plan: LoadPlan, _ target: LoadTarget, loop: any EventLoop, progress: @escaping @Sendable (LoadResult) -> Void
    ) {
        self.plan = plan
        self.target = target
        self.loop = loop
        self.progress = progress
        promise = loop.makePromise()
        schedule = ArrivalSchedule(rate: plan.rate, durationSeconds: plan.durationSeconds, arrivals: plan.arrivals)
        result = LoadResult(rate: plan.rate)
    }

    /// Connections first: their handshakes are no part of the load.
    func start() -> EventLoopFuture<LoadResult> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let opening = (0..<plan.connectionsMax).map { _ in connect() }
        EventLoopFuture.andAllSucceed(opening, on: loop).whenComplete { outcome in
            switch outcome {
            case .success: bound.value.begin()
            case .failure(let error): bound.value.fail(error)
            }
        }
        return promise.futureResult
    }

    private func fail(_ error: any Error) {
        isOver = true
        closeAll()
        promise.fail(
            PlumbError(
                .notFound, "\(target.host):\(target.port) takes no connection",
                hint: "is it up, and is it this authority that signed its certificate (--ca)?", cause: error))
    }

    private func begin() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        startedAt = .now()
        advance()
        let pause = TimeAmount.milliseconds(Self.sweepMilliseconds)
        sweep = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in bound.value.look() }
        pump()
    }

    private func advance() {
        nextDue = schedule.next().map { startedAt + .nanoseconds(Int64($0 * 1e9)) }
    }

    /// Sends everything that is due by now, and wakes up for what is due next.
    private func pump() {
        guard !isOver else { return }
        let now = NIODeadline.now()
        while let due = nextDue, due <= now {
            result.requestWasDue()
            if pending.count < LoadPlan.pendingMax {
                pending.append(due)
            } else {
                result.failed("not sent: \(LoadPlan.pendingMax) requests were waiting already")
            }
            advance()
        }
        dispatch()
        guard let nextDue else { return endIfDone() }
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.assumeIsolated().scheduleTask(deadline: nextDue) { bound.value.pump() }
    }

    private func dispatch() {
        while !pending.isEmpty, let connection = idle.popLast() {
            let due = pending.removeFirst()
            busy[ObjectIdentifier(connection)] = connection
            turn += 1
            connection.send(target.requests[turn % target.requests.count], due: due)
        }
        while !isOver, open < plan.connectionsMax, pending.count > connecting { reconnect() }
    }

    private func reconnect() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        connect().whenFailure { _ in
            let run = bound.value
            // Whoever was due keeps waiting, and is counted as late or failed: nothing is hidden.
            run.loop.assumeIsolated().scheduleTask(in: .milliseconds(Self.reconnectMilliseconds)) {
                bound.value.dispatch()
            }
        }
    }

    private func connect() -> EventLoopFuture<Void> {
        open += 1
        connecting += 1
        let (target, timeout) = (target, TimeAmount.nanoseconds(Int64(plan.timeoutSeconds * 1e9)))
        let bound = NIOLoopBound(self, eventLoop: loop)
        return ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls = target.tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: target.serverName))
                    }
                    try pipeline.addHandler(LoadConnection(bound.value))
                }
            }
            .connect(host: target.host, port: target.port)
            .flatMap { channel in
                let loop = channel.eventLoop
                return loop.makeCompletedFuture {
                    let connection = try channel.pipeline.syncOperations.handler(type: LoadConnection.self)
                    return NIOLoopBound(connection, eventLoop: loop)
                }.flatMap { connection in
                    // A handshake that does not end is given up like a connection that is not made.
                    let timer = loop.scheduleTask(in: timeout) { connection.value.giveUp("no handshake") }
                    return connection.value.ready.futureResult.always { _ in timer.cancel() }
                }
            }
            .always { _ in bound.value.connecting -= 1 }
            .flatMapErrorThrowing { error in
                bound.value.open -= 1
                throw error
            }
    }

    // MARK: - What connections tell

    func isReady(_ connection: LoadConnection) {
        idle.append(connection)
        dispatch()
    }

    func answered(_ status: Int, by connection: LoadConnection, due: NIODeadline, sentAt: NIODeadline) {
        let now = NIODeadline.now()
        busy[ObjectIdentifier(connection)] = nil
        if (200..<300).contains(status) {
            result.succeeded(
                latencyMicroseconds: Int((now - due).nanoseconds / 1000),
                serviceMicroseconds: Int((now - sentAt).nanoseconds / 1000))
        } else {
            result.failed("HTTP \(status)")
        }
        if connection.isReusable { idle.append(connection) }
        dispatch()
        if nextDue == nil { endIfDone() }
    }

    func lost(_ connection: LoadConnection, whileBusy why: String?) {
        open -= 1
        if busy.removeValue(forKey: ObjectIdentifier(connection)) != nil, let why { result.failed(why) }
        idle.removeAll { $0 === connection }
        guard !isOver else { return }
        dispatch()
        if nextDue == nil { endIfDone() }
    }

    // MARK: - The end

    private func look() {
        guard !isOver else { return }
        let late = NIODeadline.now() - .nanoseconds(Int64(plan.timeoutSeconds * 1e9))
        while let due = pending.first, due <= late {
            pending.removeFirst()
            result.failed("timed out before it could be sent")
        }
        for connection in busy.values where connection.due <= late { connection.giveUp("timed out") }
        progress(result)
        if nextDue == nil { endIfDone() }
    }

    private func endIfDone() {
        guard !isOver, nextDue == nil, busy.isEmpty, pending.isEmpty else { return }
        isOver = true
        // A schedule of Poisson arrivals ends a little before its time: what was promised is the whole of it.
        result.elapsedSeconds = max(plan.durationSeconds, Double((NIODeadline.now() - startedAt).nanoseconds) / 1e9)
        closeAll()
        promise.succeed(result)
    }

    private func closeAll() {
        sweep?.cancel()
        for connection in idle { connection.close() }
        for connection in busy.values { connection.close() }
        idle = []
    }
}

/// One kept-alive connection of a load, with one request on it at a time.
private final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let run: LoadRun
    private var context: ChannelHandlerContext?
    private var reader = AnswerReader()
    private(set) var due = NIODeadline.distantFuture
    private var sentAt = NIODeadline.now()
    private var isAwaited = false
    private(set) var isReusable = true
    /// Succeeds once requests can be sent: behind TLS, after the handshake.
    private(set) lazy var ready: EventLoopPromise<Void> = run.makePromise()
    private var isReady = false

    init(_ run: LoadRun) { self.run = run }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        if !run.usesTLS { becomeReady() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { becomeReady() }
        context.fireUserInboundEventTriggered(event)
    }

    private func becomeReady() {
        isReady = true
        ready.succeed(())
        run.isReady(self)
    }

    func send(_ request: ByteBuffer, due: NIODeadline) {
        self.due = due
        sentAt = .now()
        isAwaited = true
        reader = AnswerReader()
        context?.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isAwaited else { return context.close(promise: nil) }
        do throws(PlumbError) {
            guard let answer = try reader.feed(unwrapInboundIn(data)) else { return }
            isAwaited = false
            isReusable = answer.keepsAlive
            if !isReusable { context.close(promise: nil) }
            run.answered(answer.status, by: self, due: due, sentAt: sentAt)
        } catch {
            giveUp("no HTTP: \(error.message)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(reader.hasBegun ? "closed in the middle of an answer" : "closed before an answer")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isReady { ready.fail(error) }
        end("broken: \(Self.words(for: error))")
        context.close(promise: nil)
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case let error as IOError where error.errnoCode == ECONNRESET: "the server reset the connection"
        case NIOSSLError.uncleanShutdown: "the server closed the connection without TLS's goodbye"
        default: "\(error)"
        }
    }

    func giveUp(_ why: String) {
        let context = context
        end(why)
        context?.close(promise: nil)
    }

    func close() { context?.close(promise: nil) }

    private func end(_ why: String) {
        guard context != nil else { return }
        context = nil
        if isReady { run.lost(self, whileBusy: isAwaited ? why : nil) } else { ready.fail(ChannelError.eof) }
        isAwaited = false
    }
}

extension LoadRun {
    fileprivate func makePromise() -> EventLoopPromise<Void> { loop.makePromise() }
    fileprivate var usesTLS: Bool { target.tls != nil }
}
