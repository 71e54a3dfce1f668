// One request's way through the house: a worker is found, asked, and asked again elsewhere if it dies.

import NIOCore
import NIOPosix

/// How an exchange ended, for whoever answers the client.
enum ExchangeResult {
    case answered(UpstreamResponse)
    /// No worker gave a whole answer, after the attempts that were allowed.
    case failed(UpstreamFault)
    case unavailable
    case queueFull
}

/// Carries one request to a worker and its whole answer back. Lives on one event loop.
///
/// An answer is taken only when it is complete, so a worker that dies at any moment before costs the client nothing but
/// time: inference has no side effect, and the request goes to another worker. A model's own error is an answer, not a
/// fault: it is never sent again (a retry would multiply the load of a bad revision).
final class Exchange: UpstreamReceiver {
    private let route: EndpointRoute
    private let context: LoopContext
    let request: UpstreamRequest
    private let trace: RequestTrace?
    private let onFault: @Sendable (WorkerRoute) -> Void
    private var completion: ((ExchangeResult) -> Void)?
    private var worker: WorkerRoute?
    private var carrier = Carrier.none
    private var tried: [WorkerRoute] = []
    private var isReused = false
    private var attempts = 0
    private var wasAskedAfresh = false
    /// The revision of whose budget this attempt is a retry.
    private var retryOf: Int?
    private var place: Int?
    private var sentAt = NIODeadline.now()
    /// The revision that answers; another one when the first was taken away while the request waited.
    private(set) var revision: Int
    /// The instance that was asked last.
    private(set) var lastWorker: String?

    /// What the request is on its way on.
    private enum Carrier {
        case none
        case lane(WorkerLane, seat: Int)
        case connection(UpstreamConnection)
    }

    /// `onFault` is told of a worker whose connection broke; `completion` is called at most once, on the loop, and
    /// never after `cancel`.
    init(
        route: EndpointRoute, revision: Int, context: LoopContext, request: UpstreamRequest,
        trace: RequestTrace? = nil, onFault: @escaping @Sendable (WorkerRoute) -> Void,
        completion: @escaping (ExchangeResult) -> Void
    ) {
        self.route = route
        self.revision = revision
        self.context = context
        self.request = request
        self.trace = trace
        self.onFault = onFault
        self.completion = completion
    }

    func start() { findWorker() }

    /// The client went away: the answer is not wanted any more.
    func cancel() {
        guard completion != nil else { return }
        completion = nil
        endRetry(inVain: false)
        leaveQueue()
        giveUpWorker()
    }

    /// Its time is up.
    func expire() { finish(.failed(.timedOut)) }

    private func findWorker() {
        let bound = NIOLoopBound(self, eventLoop: context.loop)
        let admission = route.acquire(revision: revision, avoiding: tried) { worker in
            bound._execute { exchange in
                exchange.place = nil
                if let worker { exchange.take(worker) } else { exchange.findOtherRevision() }
            }
        }
        switch admission {
        case .worker(let worker): take(worker)
        case .queued(let number):
            place = number
            trace?.waits()
        case .unavailable: finish(.unavailable)
        case .queueFull: finish(.queueFull)
        }
    }

    /// The revision was taken out of service while the request waited: the one that has the traffic now takes it.
    private func findOtherRevision() {
        guard completion != nil else { return }
        guard let other = route.chooseRevision(), other != revision else { return finish(.unavailable) }
        revision = other
        tried = []
        findWorker()
    }

    private func leaveQueue() {
        if let place { route.withdraw(place, revision: revision) }
        place = nil
    }

    private func take(_ worker: WorkerRoute) {
        guard completion != nil else {
            route.release(worker)
            return
        }
        self.worker = worker
        lastWorker = worker.id
        sentAt = .now()
        trace?.isSent(to: worker)
        if worker.takesFrames {
            isReused = false
            let lane = context.lane(to: worker)
            guard let seat = lane.send(request, receiver: self) else {
                return lost(.connectionLost("the worker owes too many answers"))
            }
            carrier = .lane(lane, seat: seat)
            return
        }
        if let connection = context.takeIdle(to: worker) {
            isReused = true
            send(on: connection)
            return
        }
        isReused = false
        let bound = NIOLoopBound((self, worker), eventLoop: context.loop)
        UpstreamConnection.connect(to: worker.address, on: context.loop).whenComplete { result in
            let (exchange, worker) = bound.value
            exchange.connected(result.map(\.value), to: worker)
        }
    }

    private func connected(_ result: Result<UpstreamConnection, any Error>, to worker: WorkerRoute) {
        guard completion != nil, self.worker === worker else {
            if case .success(let connection) = result { context.keep(connection, to: worker) }
            return
        }
        switch result {
        case .success(let connection):
            context.register(connection, to: worker)
            send(on: connection)
        case .failure(let error): lost(.connectionLost("\(error)"))
        }
    }

    private func send(on connection: UpstreamConnection) {
        carrier = .connection(connection)
        connection.send(request.http(traceParent: trace?.traceParentOfWorker), receiver: self)
    }

    func upstream(_ result: Result<UpstreamResponse, UpstreamFault>) {
        guard let worker else { return }
        switch result {
        case .success(let response):
            worker.vitals.answered(status: response.status, in: .now() - sentAt)
            trace?.isAnswered(response.status)
            if case .connection(let connection) = carrier {
                if response.keepsAlive {
                    context.keep(connection, to: worker)
                } else {
                    connection.abandon()
                }
            }
            carrier = .none
            self.worker = nil
            route.release(worker)
            finish(.answered(response))
        case .failure(let fault): lost(fault)
        }
    }

    private func lost(_ fault: UpstreamFault) {
        guard let worker else { return }
        trace?.isLost(fault)
        carrier = .none
        self.worker = nil
        route.release(worker)
        // A kept connection may end just as it is used, which says nothing about the worker: ask it once more, afresh.
        // That is no attempt of its own: when a whole domain dies, every one of its workers may be met like this.
        if isReused, !wasAskedAfresh, case .connectionLost = fault, route.isReady(worker) {
            wasAskedAfresh = true
            context.dropConnections(to: worker)
        } else {
            attempts += 1
            worker.vitals.faulted()
            onFault(worker)
            tried.append(worker)
            endRetry(inVain: true)
            guard attempts < GatewayLimits.attemptsMax, fault.mayPassElsewhere, route.beginRetry(revision: revision)
            else { return finish(.failed(fault)) }
            retryOf = revision
        }
        findWorker()
    }

    /// An attempt that was a retry is over.
    private func endRetry(inVain: Bool) {
        if let retryOf { route.endRetry(revision: retryOf, inVain: inVain) }
        retryOf = nil
    }

    private func giveUpWorker() {
        guard let worker else { return }
        trace?.isGivenUp()
        self.worker = nil
        switch carrier {
        case .none: break
        case .lane(let lane, let seat): lane.forget(seat)
        case .connection(let connection): connection.abandon()
        }
        carrier = .none
        route.release(worker)
    }

    private func finish(_ result: ExchangeResult) {
        guard let completion else { return }
        self.completion = nil
        endRetry(inVain: false)
        leaveQueue()
        giveUpWorker()
        completion(result)
    }
}

extension NIOLoopBound {
    /// Runs work with the value on its loop, at once when already there.
    fileprivate func _execute(_ work: @escaping @Sendable (Value) -> Void) {
        let bound = self
        eventLoop.execute { work(bound.value) }
    }
}
