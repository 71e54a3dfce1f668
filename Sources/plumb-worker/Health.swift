// Whether the model really answers, proved by running it.

import OnnxRuntime
import Synchronization

/// Whether the model works: shown by a real inference on a golden input, never by the process merely being up.
final class Health: Sendable {
    /// How long one good inference speaks for the model.
    static let freshFor = Duration.seconds(5)
    /// How long a failed one does; short, so that recovery shows soon and probes cannot pile work on a sick model.
    static let failedFor = Duration.seconds(1)
    /// While an inference is under way, how old the last good one may be.
    static let staleAfter = Duration.seconds(30)

    private struct State {
        var checkedAt: ContinuousClock.Instant?
        var goodAt: ContinuousClock.Instant?
        var trouble: String?
        var isChecking = false
    }

    private let model: Model
    private let golden: [Tensor]
    private let state = Mutex(State())

    init(model: Model, golden: [Tensor]) {
        self.model = model
        self.golden = golden
    }

    /// What is wrong with the model, or nil when it works. Runs the golden input when the last run is too old.
    func trouble(at now: ContinuousClock.Instant = .now) -> String? {
        let known: String?? = state.withLock { state in
            let age = state.checkedAt.map { now - $0 }
            if let age, age < (state.trouble == nil ? Health.freshFor : Health.failedFor) {
                return .some(state.trouble)
            }
            if state.isChecking {
                if let goodAt = state.goodAt, now - goodAt < Health.staleAfter { return .some(state.trouble) }
                return .some(state.trouble ?? "the golden input has had no answer for \(Health.staleAfter)")
            }
            state.isChecking = true
            return nil
        }
        if let known { return known }
        return check()
    }

    private func check() -> String? {
        var trouble: String?
        do throws(ModelError) {
            _ = try model.run(golden)
        } catch {
            trouble = "the model fails on its golden input: \(error.message)"
        }
        let now = ContinuousClock.now
        return state.withLock { state in
            state.isChecking = false
            state.checkedAt = now
            state.trouble = trouble
            if trouble == nil { state.goodAt = now }
            return trouble
        }
    }
}

extension Model {
    /// An input of zeros (or empty strings) with one row: what the model is tried with when no golden input is given.
    func synthesisedInput() throws(ModelError) -> [Tensor] {
        try inputs.map { info throws(ModelError) in
            guard let type = info.elementType else {
                throw ModelError(.unsupported, "input \(info.name) is a sequence; requests can only carry tensors")
            }
            return try .zeros(type, shape: info.shape.map { $0.size ?? 1 })
        }
    }
}
