// How many requests may be sent once more to another instance, before that only adds to the load of a fleet that fails.

/// The budget of one revision: retries in vain are at most a share of its latest requests, and a few more.
///
/// A retry that is answered has done its work and costs nothing, so one bad instance among good ones never uses the
/// budget up. Where everything fails, each request would be sent three times; the budget makes that 1.2 times.
public struct RetryBudget: Sendable, Hashable {
    /// Retries in vain for each request of the window.
    static let share = 0.2
    static let windowSeconds = 10
    /// As many are always allowed, so that a quiet endpoint has some.
    static let retriesMin = 10

    /// What happened in one second.
    private struct Second: Hashable {
        var requests = 0
        var inVain = 0
    }
    private var seconds: [Second] = [Second()]
    private var newest: Int?
    /// Retries on their way.
    private var underWay = 0
    /// Since the start: retries that were made, and that were not because the budget was used up.
    public private(set) var made = 0
    public private(set) var refused = 0

    public init() {}

    /// A request came that was not sent before.
    public mutating func ask() { seconds[seconds.count - 1].requests += 1 }

    /// A second has gone by, or several.
    public mutating func tick(at second: Int) {
        let passed = newest.map { second - $0 } ?? 1
        guard passed > 0 else { return }
        newest = second
        seconds += Array(repeating: Second(), count: min(passed, Self.windowSeconds))
        seconds.removeFirst(max(0, seconds.count - Self.windowSeconds))
    }

    /// Whether a request may be sent once more. `capacity` is what the fleet can be busy with: when a part of it dies,
    /// all that was on it goes elsewhere once. After true, `end` must follow.
    public mutating func begin(capacity: Int) -> Bool {
        let requests = seconds.reduce(0) { $0 + $1.requests }
        let spent = seconds.reduce(underWay) { $0 + $1.inVain }
        guard spent < Int(Double(requests) * Self.share) + max(Self.retriesMin, capacity) else {
            refused += 1
            return false
        }
        underWay += 1
        made += 1
        return true
    }

    /// A retry has ended.
    public mutating func end(inVain: Bool) {
        underWay -= 1
        if inVain { seconds[seconds.count - 1].inVain += 1 }
    }
}
