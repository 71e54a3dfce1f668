import PlumbEngine
import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

struct EngineContractTests {
    private let clock = HandClock()

    private func contract(_ engine: any Engine, _ memory: MemoryEngine) -> EngineContract {
        EngineContract(
            engine, revisions: (.sample(1), .sample(2)), send: { memory.send() },
            pause: { [clock] in
                clock.advance(by: 0.1)
                memory.probe()
            }, now: { [clock] in clock.now })
    }

    @Test func theEngineInMemoryKeepsIt() async throws {
        let engine = MemoryEngine(clock: clock)
        #expect(try await contract(engine, engine).run() == [])
    }

    /// Ways to break the contract.
    enum Breach: String, CaseIterable {
        case appliesTwice, losesShift, shiftsInTwoSteps, neverStops, hasNoMetrics, givesTrafficUnasked, neverComesUp
    }

    @Test(
        arguments: zip(
            Breach.allCases, ["apply:", "shift:", "shift:", "apply:", "metrics:", "apply:", "apply:"]))
    func aBreachIsTold(breach: Breach, word: String) async throws {
        let memory = MemoryEngine(clock: clock)
        if breach == .neverComesUp { memory.setConduct(Conduct(startSeconds: nil), of: 2) }
        let found = try await contract(BrokenEngine(memory, breach, clock), memory).run()
        #expect(found.contains { $0.hasPrefix(word) }, "\(found)")
    }

    /// The engine in memory with one fault.
    private struct BrokenEngine: Engine {
        let engine: MemoryEngine
        let breach: Breach
        let clock: HandClock

        init(_ engine: MemoryEngine, _ breach: Breach, _ clock: HandClock) {
            self.engine = engine
            self.breach = breach
            self.clock = clock
        }

        func apply(_ revision: Revision, count: Int) async throws {
            if breach == .neverStops && count == 0 { return }
            let running = try await engine.observe(revision.endpoint).first { $0.revision == revision.number }
            let added = breach == .appliesTwice && count > 0 ? running?.desired ?? 0 : 0
            try await engine.apply(revision, count: count + added)
            if breach == .givesTrafficUnasked { try await engine.shift(revision.endpoint, to: [revision.number: 100]) }
        }
        func shift(_ endpoint: String, to weights: [Int: Int]) async throws {
            if breach == .losesShift && weights.count == 2 { return }
            if breach == .shiftsInTwoSteps {
                try await engine.shift(endpoint, to: [:])
                for _ in 0..<20 { await Task.yield() }
            }
            try await engine.shift(endpoint, to: weights)
        }
        func observe(_ endpoint: String) async throws -> [FleetObservation] { try await engine.observe(endpoint) }
        func metrics(_ endpoint: String) async throws -> any MetricSource & Sendable {
            breach == .hasNoMetrics ? MetricSources([]) : try await engine.metrics(endpoint)
        }
        func traffic(_ endpoint: String, revision: Int) async throws -> TrafficObservation {
            try await engine.traffic(endpoint, revision: revision)
        }
    }
}
