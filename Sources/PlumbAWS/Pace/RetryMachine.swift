// Whether a call that failed is tried again, and when.

/// What went wrong, as far as trying again is concerned.
enum CallFailure: Sendable, Hashable {
    /// AWS says: too fast. It may say for how many seconds to keep away.
    case throttled(afterSeconds: Double?)
    /// AWS failed.
    case transient(afterSeconds: Double?)
    case timedOut
    case unreachable
    /// What was wrong with the request has been put right: another clock, another region, fresh credentials.
    case mended
    /// The same request would get the same answer.
    case final
}

/// What all calls to one service may spend on trying again: when the service is down, they soon stop.
struct RetryBudget: Sendable {
    static let tokensMax = 500
    private(set) var tokens = tokensMax

    mutating func spend(_ cost: Int) -> Bool {
        guard tokens >= cost else { return false }
        tokens -= cost
        return true
    }

    /// A call came through: what its last retry has cost, and at least one.
    mutating func refund(_ cost: Int) {
        tokens = min(Self.tokensMax, tokens + max(1, cost))
    }
}

/// One call's attempts.
struct RetryMachine: Sendable {
    let attemptsMax: Int
    private(set) var attempts = 1
    /// What the last retry took from the budget.
    private(set) var cost = 0
    private var mendings = 0
    static let pauseSecondsMax = 20.0
    /// Clock, region and credentials can each be put right once.
    static let mendingsMax = 3

    init(attemptsMax: Int) { self.attemptsMax = attemptsMax }

    /// The seconds to wait before the next attempt; nil when there is none. `luck` is 0 ..< 1.
    mutating func pause(after failure: CallFailure, luck: Double, budget: inout RetryBudget) -> Double? {
        switch failure {
        case .final: return nil
        case .mended:
            guard mendings < Self.mendingsMax else { return nil }
            mendings += 1
            return 0
        case .throttled, .transient, .timedOut, .unreachable: break
        }
        let price = failure == .timedOut ? 10 : 5
        guard attempts < attemptsMax, budget.spend(price) else { return nil }
        cost = price
        // Full jitter: anything up to the doubled limit, so that those who failed together do not come back together.
        let pause = luck * min(Self.pauseSecondsMax, Double(1 << min(attempts - 1, 10)))
        attempts += 1
        switch failure {
        case .throttled(let wanted?), .transient(let wanted?): return max(pause, min(wanted, Self.pauseSecondsMax))
        default: return pause
        }
    }
}
