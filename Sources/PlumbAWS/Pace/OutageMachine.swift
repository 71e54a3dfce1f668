// Whether a service is worth asking: after many calls in a row without an answer only one is let through now and then.

/// The calls to one service and region, as far as they came to nothing; times are seconds of any clock.
struct OutageMachine: Sendable {
    private var failures = 0
    private var askedAt = 0.0
    /// Calls in a row, each tried as often as it may, after which the service counts as out.
    static let failuresMax = 5
    /// One call is let through after so long, and when it is answered all are.
    static let restSeconds = 5.0

    /// Whether a call may go out; the one that asks takes the place.
    mutating func mayAsk(at now: Double) -> Bool {
        guard failures >= Self.failuresMax else { return true }
        guard now - askedAt >= Self.restSeconds else { return false }
        askedAt = now
        return true
    }

    /// A call came to nothing: no answer, none that can be read, or only that the service is too busy or broken.
    mutating func failed(at now: Double) {
        failures += 1
        askedAt = now
    }

    /// The service has answered, if only that something is wrong with the call.
    mutating func answered() { failures = 0 }
}
