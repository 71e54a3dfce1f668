// What one event loop of the gateway keeps: connections to workers, and the deadlines of what is under way.

import Foundation
import NIOCore
import NIOPosix

/// Something that can run out of time; looked at a few times a second, so that no request needs a timer of its own.
protocol Expiring: AnyObject {
    /// When to give up.
    var deadline: NIODeadline { get }
    func expire()
}

/// State of one event loop; used on that loop only.
final class LoopContext {
    let loop: any EventLoop
    private var lanes: [ObjectIdentifier: [WorkerLane]] = [:]
    private var idle: [ObjectIdentifier: [UpstreamConnection]] = [:]
    /// Every open connection to a worker, idle or not.
    private var open: [ObjectIdentifier: [UpstreamConnection]] = [:]
    private var expiring: [ObjectIdentifier: any Expiring] = [:]
    private var sweep: RepeatedTask?

    init(loop: any EventLoop) { self.loop = loop }

    /// Begins to look at deadlines. To be called on the loop.
    func start() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let pause = TimeAmount.milliseconds(Int64(GatewayLimits.sweepMilliseconds))
        sweep = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in bound.value.expire(at: .now()) }
    }

    func stop() {
        sweep?.cancel()
        for connection in idle.values.joined() { connection.abandon() }
        idle = [:]
        for lane in lanes.values.joined() { lane.close() }
    }

    func watch(_ item: any Expiring) { expiring[ObjectIdentifier(item)] = item }
    func forget(_ item: any Expiring) { expiring[ObjectIdentifier(item)] = nil }

    private func expire(at now: NIODeadline) {
        for item in expiring.values where item.deadline <= now { item.expire() }
    }

    /// The lane to a worker that has the least to do; another one when all have something to do and there may be more.
    func lane(to worker: WorkerRoute) -> WorkerLane {
        let key = ObjectIdentifier(worker)
        let open = lanes[key] ?? []
        let least = open.min { $0.inFlight < $1.inFlight }
        if let least, least.inFlight == 0 || open.count >= Self.lanesMax { return least }
        let lane = WorkerLane(loop: loop)
        // The worker is held as long as the lane is, so that nothing else can come to have its identity.
        lane.onClose = { [unowned self, unowned lane] in
            _ = worker
            self.lanes[key]?.removeAll { $0 === lane }
            if self.lanes[key]?.isEmpty == true { self.lanes[key] = nil }
        }
        lanes[key] = open + [lane]
        lane.connect(to: worker.address)
        return lane
    }

    private static let lanesMax = min(GatewayLimits.lanesMax, ProcessInfo.processInfo.activeProcessorCount)

    /// An idle connection to a worker, if there is one.
    func takeIdle(to worker: WorkerRoute) -> UpstreamConnection? {
        while let connection = idle[ObjectIdentifier(worker)]?.popLast() {
            connection.onIdleClose = nil
            if connection.isOpen { return connection }
        }
        return nil
    }

    /// Keeps a connection for the next request.
    func keep(_ connection: UpstreamConnection, to worker: WorkerRoute) {
        let key = ObjectIdentifier(worker)
        guard connection.isOpen, (idle[key]?.count ?? 0) < GatewayLimits.idleUpstreamMax else {
            connection.abandon()
            return
        }
        connection.onIdleClose = { [unowned self, unowned connection] in
            _ = worker
            self.idle[key]?.removeAll { $0 === connection }
        }
        idle[key, default: []].append(connection)
    }

    /// Notes a new connection, so that it can be closed when its worker stalls.
    func register(_ connection: UpstreamConnection, to worker: WorkerRoute) {
        let key = ObjectIdentifier(worker)
        open[key, default: []].append(connection)
        connection.onEnd = { [unowned self, unowned connection] in
            self.open[key]?.removeAll { $0 === connection }
            if self.open[key]?.isEmpty == true { self.open[key] = nil }
        }
    }

    /// Closes every connection to a worker that has stalled: whoever waits for an answer on one asks another worker.
    func leave(_ worker: WorkerRoute) {
        dropConnections(to: worker)
        for connection in open[ObjectIdentifier(worker)] ?? [] { connection.end() }
        for lane in lanes[ObjectIdentifier(worker)] ?? [] { lane.close() }
    }

    /// Drops all connections to a worker that is gone.
    func dropConnections(to worker: WorkerRoute) {
        for connection in idle.removeValue(forKey: ObjectIdentifier(worker)) ?? [] {
            connection.onIdleClose = nil
            connection.abandon()
        }
    }
}
