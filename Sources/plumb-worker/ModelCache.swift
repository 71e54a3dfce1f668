// Models that are loaded at their first use, and unloaded when others need the room.

import OnnxRuntime
import Synchronization

/// Loaded models, bounded by the bytes of their files; the one that was asked for the longest time ago goes first.
///
/// One model is loaded at a time, on the thread of the first request that wants it; whoever wants a model that is not
/// there yet waits, and so many may wait. A request for a model that is there never waits for one that is not.
final class ModelCache: Sendable {
    struct Limits: Sendable {
        /// The most bytes of the files of loaded models.
        var bytesMax = 1 << 30
        /// The most requests that wait for their model; one more is told to come again.
        var waitingMax = 2
    }

    /// What came to pass since the start; times in microseconds.
    struct Counters: Sendable, Equatable {
        var hits = 0
        var misses = 0
        var loads = 0
        var loadFailures = 0
        var waitMicroseconds = 0
        var readMicroseconds = 0
        var loadMicroseconds = 0
        var unloads = 0
        var unloadMicroseconds = 0
        var loaded = 0
        var bytes = 0
    }

    /// How long a model that could not be loaded is not tried again.
    static let failedFor = Duration.seconds(1)

    private struct Held {
        let service: ModelService
        let bytes: Int
        var usedAt: UInt64
    }
    private struct State {
        var held: [String: Held] = [:]
        var failed: [String: (refusal: Refusal, at: ContinuousClock.Instant)] = [:]
        var loading: String?
        var waiting = 0
        var turn: UInt64 = 0
        var counters = Counters()
    }
    private enum Look {
        case found(ModelService)
        case failed(Refusal)
        case mine
        case wait
    }

    let list: ModelList
    let limits: Limits
    private let load: @Sendable (_ name: String, _ bytes: [UInt8]) throws(Refusal) -> ModelService
    private let log: Log
    private let state = Mutex(State())

    /// `load` makes a service of the bytes of a model's file.
    init(
        _ list: ModelList, limits: Limits, log: Log,
        load: @escaping @Sendable (_ name: String, _ bytes: [UInt8]) throws(Refusal) -> ModelService
    ) {
        self.list = list
        self.limits = limits
        self.log = log
        self.load = load
    }

    var counters: Counters {
        state.withLock { state in
            var counters = state.counters
            counters.loaded = state.held.count
            return counters
        }
    }

    /// The names of the models that are loaded.
    var loadedNames: [String] { state.withLock { $0.held.keys.sorted() } }

    /// The model of this name if it is loaded; no use that counts.
    func loaded(_ name: String) -> ModelService? { state.withLock { $0.held[name]?.service } }

    /// The model of this name, loaded if it was not.
    func service(for name: String) throws(Refusal) -> ModelService {
        guard let file = list.files[name] else {
            throw Refusal(404, "there is no model \"\(name.prefix(200))\" among the \(list.files.count) that are here")
        }
        if let held = use(name) { return held }
        try beginWaiting()
        let begun = ContinuousClock.now
        defer {
            let waited = ContinuousClock.now - begun
            state.withLock { state in
                state.waiting -= 1
                state.counters.waitMicroseconds += Int(waited / .microseconds(1))
            }
        }
        while true {
            switch look(name) {
            case .found(let service): return service
            case .failed(let refusal): throw refusal
            case .mine: return try bring(name, file)
            // Loading takes milliseconds at least; looking takes less than one of them.
            case .wait: HostProcess.sleep(milliseconds: 1)
            }
        }
    }

    private func use(_ name: String) -> ModelService? {
        state.withLock { state in
            guard let held = state.held[name] else { return nil }
            state.counters.hits += 1
            return Self.touch(held, name, &state)
        }
    }

    private static func touch(_ held: Held, _ name: String, _ state: inout State) -> ModelService {
        state.turn += 1
        state.held[name]?.usedAt = state.turn
        return held.service
    }

    private func beginWaiting() throws(Refusal) {
        let isAdmitted = state.withLock { state in
            state.counters.misses += 1
            guard state.waiting < limits.waitingMax else { return false }
            state.waiting += 1
            return true
        }
        guard isAdmitted else {
            throw Refusal(429, "\(limits.waitingMax) requests wait for their models already; come again in a second")
        }
    }

    private func look(_ name: String, at now: ContinuousClock.Instant = .now) -> Look {
        state.withLock { state in
            if let held = state.held[name] { return .found(Self.touch(held, name, &state)) }
            if let failed = state.failed[name] {
                if now - failed.at < Self.failedFor { return .failed(failed.refusal) }
                state.failed[name] = nil
            }
            guard state.loading == nil else { return .wait }
            state.loading = name
            return .mine
        }
    }

    /// Loads a model, for which this thread alone has the turn.
    private func bring(_ name: String, _ file: String) throws(Refusal) -> ModelService {
        do throws(Refusal) {
            let begun = ContinuousClock.now
            let bytes: [UInt8]
            do throws(StartFailure) {
                bytes = try HostProcess.contents(of: file)
            } catch {
                throw Refusal(500, "the model \"\(name)\" cannot be read: \(error)")
            }
            let read = ContinuousClock.now
            try makeRoom(for: bytes.count, name)
            let loading = ContinuousClock.now
            let service = try load(name, bytes)
            let loaded = ContinuousClock.now
            state.withLock { state in
                state.turn += 1
                state.held[name] = Held(service: service, bytes: bytes.count, usedAt: state.turn)
                state.loading = nil
                state.counters.bytes += bytes.count
                state.counters.loads += 1
                state.counters.readMicroseconds += Int((read - begun) / .microseconds(1))
                state.counters.loadMicroseconds += Int((loaded - loading) / .microseconds(1))
            }
            log.line("loaded", [("model", name), ("milliseconds", String((loaded - begun) / .milliseconds(1)))])
            return service
        } catch {
            state.withLock { state in
                state.loading = nil
                state.counters.loadFailures += 1
                // A list of models is finite, and so is this.
                state.failed[name] = (error, .now)
            }
            log.line("not loaded", [("model", name), ("error", error.message)])
            throw error
        }
    }

    /// Unloads what was used the longest time ago, until so many bytes fit. A request that is under way with one
    /// keeps it until it is answered.
    private func makeRoom(for bytes: Int, _ name: String) throws(Refusal) {
        guard bytes <= limits.bytesMax else {
            throw Refusal(
                507, "the model \"\(name)\" has \(bytes) bytes, and all that are loaded may have \(limits.bytesMax)")
        }
        while true {
            let begun = ContinuousClock.now
            guard let victim = unloadOldest(toFit: bytes) else { return }
            state.withLock { state in
                state.counters.unloads += 1
                state.counters.unloadMicroseconds += Int((ContinuousClock.now - begun) / .microseconds(1))
            }
            log.line("unloaded", [("model", victim)])
        }
    }

    /// Unloads one model, and answers its name; nil when there is room. What is taken out under the lock goes with the
    /// end of the call, outside of it.
    private func unloadOldest(toFit bytes: Int) -> String? {
        let victim: (key: String, value: Held)? = state.withLock { state in
            guard state.counters.bytes + bytes > limits.bytesMax,
                let oldest = state.held.min(by: { $0.value.usedAt < $1.value.usedAt })
            else { return nil }
            state.held[oldest.key] = nil
            state.counters.bytes -= oldest.value.bytes
            return oldest
        }
        return victim?.key
    }
}
