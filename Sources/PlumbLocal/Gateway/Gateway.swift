// The way in: TLS 1.2 and 1.3, tokens, limits, and the path that SageMaker Runtime's clients call.

/// What the gateway lets happen, as limits with names.
enum GatewayLimits {
    /// Open client connections; one more is closed at once.
    static let connectionsMax = 4096
    /// How long a request may take to arrive, and how long a quiet connection is kept, in seconds.
    static let requestReadSecondsMax = 30.0
    static let idleSecondsMax = 75.0
    /// The largest answer of a worker that is passed on: SageMaker's own limit for real-time answers.
    static let responseBytesMax = 25 << 20
    /// Attempts at one request, each on another worker.
    static let attemptsMax = 3
    /// Idle connections kept to one worker by one event loop.
    static let idleUpstreamMax = 64
    /// How often deadlines are looked at, in milliseconds.
    static let sweepMilliseconds = 100
}
