// One service in one region: all its calls share a row of places, a pace and a budget for trying again.

import Synchronization

/// What the calls to one service and region share.
final class Lane: Sendable {
    struct Key: Sendable, Hashable {
        let service: AWSService
        let region: String
    }
    let gate: Gate
    private let state: Mutex<(rate: RateMachine, budget: RetryBudget, outage: OutageMachine)>

    init(concurrencyMax: Int, callsPerSecond: Double?) {
        gate = Gate(places: concurrencyMax)
        state = Mutex((RateMachine(limit: callsPerSecond), RetryBudget(), OutageMachine()))
    }

    /// The seconds that a call has to wait for its turn.
    func take(at now: Double) -> Double { state.withLock { $0.rate.take(at: now) } }

    func throttled(at now: Double) { state.withLock { $0.rate.throttled(at: now) } }

    func pause(of machine: inout RetryMachine, after failure: CallFailure, luck: Double) -> Double? {
        // The machine is the caller's own; only the budget is shared.
        var copy = machine
        let pause = state.withLock { copy.pause(after: failure, luck: luck, budget: &$0.budget) }
        machine = copy
        return pause
    }

    /// Whether the service is worth asking now.
    func mayAsk(at now: Double) -> Bool { state.withLock { $0.outage.mayAsk(at: now) } }

    func failed(at now: Double) { state.withLock { $0.outage.failed(at: now) } }

    func answered() { state.withLock { $0.outage.answered() } }

    func refund(_ cost: Int) { state.withLock { $0.budget.refund(cost) } }

    var callsPerSecond: Double? { state.withLock { $0.rate.callsPerSecond } }
}
