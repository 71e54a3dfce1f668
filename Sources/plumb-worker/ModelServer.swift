// Listens, takes connections, and drains at the end.

import Synchronization

/// Accepts connections and gives each a thread, until it is told to stop; then lets what is in flight finish.
final class ModelServer: Sendable {
    /// The bounds that a server keeps.
    struct Limits: Sendable {
        /// The most connections at once; one more is answered with 503.
        var connectionMax = 256
        /// The most bytes of a request's body. SageMaker's own limit is 6 MiB.
        var bodyBytesMax = 6 * 1024 * 1024
        /// The longest that a request may take to arrive, from its first byte. SageMaker waits 60 s for an answer.
        var requestSecondsMax = 60
        /// The longest that requests in flight may take to finish once the server is stopped, in seconds.
        var graceSecondsMax = 25
        /// The most requests that one run of the model answers; 1 for each alone.
        var batchMax = 1
    }

    let limits: Limits
    let service: any RequestAnswering
    let log: Log
    private let listener: Socket
    private let stopping = Atomic<Bool>(false)
    private let connections = Mutex<[ObjectIdentifier: ConnectionHandle]>([:])

    init(listener: Socket, service: any RequestAnswering, limits: Limits, log: Log) {
        self.listener = listener
        self.service = service
        self.limits = limits
        self.log = log
    }

    var isStopping: Bool { stopping.load(ordering: .sequentiallyConsistent) }

    /// Serves until `stop` is called and every connection has ended, and returns how many had to be abandoned because
    /// they took longer than the grace.
    func run() -> Int {
        accepting: while !isStopping {
            switch listener.accept() {
            case .connection(let socket): serve(socket)
            case .stopped: break accepting
            case .failed(let reason):
                log.line("connection lost", [("error", reason)])
                // The usual cause is too many open files; a moment later some may be closed.
                HostProcess.sleep(milliseconds: 10)
            }
        }
        listener.close()
        let deadline = ContinuousClock.now + .seconds(limits.graceSecondsMax)
        while openCount > 0, ContinuousClock.now < deadline { HostProcess.sleep(milliseconds: 2) }
        return openCount
    }

    /// Stops accepting, and ends connections that wait for a request. May be called from any thread, more than once.
    func stop() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        listener.stopListening()
        connections.withLock { for handle in $0.values { handle.endIfIdle() } }
    }

    private var openCount: Int { connections.withLock { $0.count } }

    private func serve(_ socket: Socket) {
        socket.setTimeout(seconds: limits.requestSecondsMax)
        let handle = ConnectionHandle(socket)
        let isAdmitted = connections.withLock { open in
            guard open.count < limits.connectionMax else { return false }
            open[ObjectIdentifier(handle)] = handle
            return true
        }
        let isStarted =
            isAdmitted
            && HostProcess.startThread { [self] in
                var connection = Connection(handle, server: self)
                connection.run()
                forget(handle)
            }
        if !isStarted {
            refuse(socket)
            forget(handle)
        }
    }

    private func refuse(_ socket: Socket) {
        var bytes: [UInt8] = []
        Response(Refusal(503, "\(limits.connectionMax) connections are open, which is the most there may be"))
            .append(to: &bytes, keepsAlive: false, isHeadOnly: false)
        _ = socket.send(bytes)
    }

    /// Forgets a connection before its descriptor is closed, so that `stop` never touches a number that the system has
    /// given to another file.
    private func forget(_ handle: ConnectionHandle) {
        _ = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(handle)) }
        handle.socket.close()
    }
}

/// What the server holds of a connection: its socket, and whether it waits for a request.
final class ConnectionHandle: Sendable {
    let socket: Socket
    private let idle = Atomic<Bool>(false)

    init(_ socket: Socket) {
        self.socket = socket
    }

    /// Whether the connection is between two requests. The order matters: a connection says that it is idle, then
    /// looks whether the server stops; the server says that it stops, then looks who is idle. One sees the other.
    var isIdle: Bool {
        get { idle.load(ordering: .sequentiallyConsistent) }
        set { idle.store(newValue, ordering: .sequentiallyConsistent) }
    }

    func endIfIdle() {
        if isIdle { socket.stopReceiving() }
    }
}
