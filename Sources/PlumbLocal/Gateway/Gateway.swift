// The way in: TLS 1.2 and 1.3, tokens, limits, and the path that SageMaker Runtime's clients call.
//
// Read `GatewayChannel` first: a connection. `RequestParser` and `RequestHead` read requests, `RequestTarget` finds
// whom they are for, `EndpointRoute` chooses the worker, `Exchange` asks it over a `WorkerLane` (the house's own
// workers) or an `UpstreamConnection` (anything that speaks HTTP), and `ClientAnswer` is what the client is told.

/// What the gateway lets happen, as limits with names.
enum GatewayLimits {
    /// Open client connections; one more is closed at once.
    static let connectionsMax = 4096
    /// How long a request may take to arrive, and how long a quiet connection is kept.
    static let requestReadMillisecondsMax: Int64 = 30_000
    static let idleMillisecondsMax: Int64 = 75_000
    /// What a client may send of its next requests while one is being answered.
    static let pipelinedBytesMax = 64 << 10
    /// What is read, and thrown away, of a request that was refused, and for how long.
    static let lingerBytesMax = 1 << 20
    static let lingerMillisecondsMax: Int64 = 1000
    /// The largest body of a request for one of the gateway's own pages, which nobody reads.
    static let pageBodyBytesMax = 64 << 10
    /// Labels that are sent at once.
    static let labelBytesMax = 4 << 20
    /// Bodies up to here are copied behind their head, so that both leave in one piece.
    static let copiedBytesMax = 32 << 10
    /// The largest answer of a worker that is passed on: SageMaker's own limit for real-time answers.
    static let responseBytesMax = 25 << 20
    /// Attempts at one request, each on another worker.
    static let attemptsMax = 3
    /// Idle HTTP connections kept to one worker by one event loop.
    static let idleUpstreamMax = 64
    /// Lanes from one event loop to one worker: as many as cores could work on requests at once, but no more than this.
    static let lanesMax = 8
    /// How often deadlines are looked at, in milliseconds.
    static let sweepMilliseconds = 100
}
