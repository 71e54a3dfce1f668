// The past of endpoints: what is written down of each minute, and what is read back over hours and months.

import PlumbModel
import PlumbSignals
import PlumbTesting
import Synchronization
import Testing

@testable import PlumbEngine

/// Keeps records as a file would; can refuse the next writes.
private final class MemoryHistoryLedger: HistoryLedger {
    private struct State {
        var chunks: [String: HistoryChunk] = [:]
        var refusals = 0
    }
    private let state = Mutex(State())

    var chunks: [HistoryChunk] { state.withLock { $0.chunks.sorted { $0.key < $1.key }.map(\.value) } }
    func refuseWrites(_ count: Int) { state.withLock { $0.refusals = count } }

    func points(of endpoint: String, _ tier: HistoryTier, in seconds: Range<Int>) async throws -> [MetricPoint] {
        chunks.filter { $0.endpoint == endpoint && $0.tier == tier }.flatMap(\.points).filter {
            seconds.contains($0.at)
        }
    }

    func save(_ chunks: [HistoryChunk]) async throws {
        try state.withLock { state in
            if state.refusals > 0 {
                state.refusals -= 1
                throw PlumbError(.internalFault, "the disk is full")
            }
            for chunk in chunks { state.chunks["\(chunk.endpoint)/\(chunk.tier)/\(chunk.at)"] = chunk }
        }
    }

    func forget(_ endpoint: String, _ tier: HistoryTier, before second: Int) async throws {
        state.withLock { state in
            state.chunks = state.chunks.filter { _, chunk in
                chunk.endpoint != endpoint || chunk.tier != tier || chunk.at >= second
            }
        }
    }
}

/// One endpoint with requests, and a desk that looks at it.
private final class Watched: Sendable {
    let recorder = Mutex(RequestRecorder())
    let clock: HandClock
    let desk: Mutex<HistoryDesk>
    let ledger = MemoryHistoryLedger()

    /// A whole day begins then.
    static let start = 1_800_057_600

    init() {
        clock = HandClock(at: Double(Self.start))
        desk = Mutex(HistoryDesk(ledger: ledger))
    }

    /// So many minutes with so many requests each, of which the first of a minute fails and takes 90 ms.
    func live(minutes: Int, requests: Int = 10) async throws {
        for _ in 0..<minutes {
            for index in 0..<requests {
                let failed = index == 0
                recorder.withLock {
                    $0.record(
                        latencyMicroseconds: failed ? 90_000 : 10_000, status: failed ? 500 : 200,
                        at: Int(clock.now) + index % 60)
                }
            }
            clock.advance(by: 60)
            try await look()
        }
    }

    func look(instances: Int = 2) async throws {
        let desk = desk.withLock { $0 }
        try await desk.tick(at: clock.now + 3) { [self] in
            let source = RequestMetrics(
                endpoint: "digits", variant: Revision.variantName, recorders: ["digits-r1": recorder.withLock { $0 }])
            return [
                HistorySight(
                    endpoint: "digits", source: source, instances: instances, utilizationPercent: 40, quality: 0.9,
                    driftLevel: 0.2)
            ]
        }
    }

    func history(_ span: HistorySpan) async throws -> EndpointHistory {
        let desk = desk.withLock { $0 }
        return try await desk.history(of: "digits", over: span, at: clock.now + 3)
    }
}

struct HistoryTests {
    @Test func minutesBecomeFiveMinutesAndThoseHours() async throws {
        let watched = Watched()
        try await watched.look()
        try await watched.live(minutes: 120)
        let hour = try await watched.history(.hour)
        #expect(hour.points.count == 60 && hour.end == Watched.start + 7200)
        #expect(hour.points.allSatisfy { $0.requests == 10 && $0.serverErrors == 1 && $0.errorPercent == 10 })
        let day = try await watched.history(.day)
        #expect(day.points.count == 24 && day.points.allSatisfy { $0.requests == 50 && $0.instances == 2 })
        let worst = try #require(day.points.first?.p99Milliseconds)
        #expect(abs(worst - 90) < 1 && day.points[0].quality == 0.9 && day.points[0].driftLevel == 0.2)
        let coarse = watched.ledger.chunks.filter { $0.tier == .coarse }.flatMap(\.points)
        #expect(coarse.map(\.requests) == [600, 600] && coarse.map(\.at) == [Watched.start, Watched.start + 3600])
        // Six hours are one step of a quarter, and only whole steps are told.
        #expect(try await watched.history(.quarter).points.isEmpty)
        try await watched.live(minutes: 240)
        #expect(try await watched.history(.quarter).points.map(\.requests) == [3600])
        #expect(try await watched.history(.week).points.map(\.requests) == Array(repeating: 300, count: 12))
    }

    @Test func aNewEngineGoesOnWithWhatTheOldOneWrote() async throws {
        let watched = Watched()
        try await watched.look()
        try await watched.live(minutes: 32)
        watched.desk.withLock { $0 = HistoryDesk(ledger: watched.ledger) }
        try await watched.look()
        try await watched.live(minutes: 28)
        let coarse = watched.ledger.chunks.filter { $0.tier == .coarse }.flatMap(\.points)
        // What was answered is in the recorder, which the new desk reads; nothing is there twice.
        #expect(coarse.map(\.requests) == [600])
        #expect(try await watched.history(.day).points.count == 12)
        // The minutes of the old one are gone.
        #expect(try await watched.history(.hour).points.count == 28)
    }

    @Test func whatCannotBeWrittenIsWrittenLater() async throws {
        let watched = Watched()
        try await watched.look()
        try await watched.live(minutes: 4)
        watched.ledger.refuseWrites(1)
        await #expect(throws: PlumbError.self) { try await watched.live(minutes: 1) }
        #expect(watched.ledger.chunks.isEmpty)
        try await watched.live(minutes: 1)
        #expect(watched.ledger.chunks.flatMap(\.points).map(\.requests) == [50])
    }

    @Test func minutesThatNobodyLookedAtAreMadeUpFor() async throws {
        let watched = Watched()
        try await watched.look()
        watched.clock.advance(by: 600)
        for second in 0..<600 {
            watched.recorder.withLock { $0.record(latencyMicroseconds: 1000, status: 200, at: Watched.start + second) }
        }
        try await watched.look()
        #expect(try await watched.history(.hour).points.map(\.requests) == Array(repeating: 60, count: 10))
        #expect(try await watched.history(.day).points.map(\.requests) == [300, 300])
    }

    @Test func whatIsOldOrGoneIsForgottenAndNothingIsKeptOfNothing() async throws {
        let watched = Watched()
        try await watched.look()
        try await watched.live(minutes: 120)
        watched.clock.advance(by: Double(HistoryTier.fine.keptSeconds + 7200))
        try await watched.look(instances: 0)
        #expect(Set(watched.ledger.chunks.map(\.tier)) == [.coarse])
        try await watched.desk.withLock { $0 }.forget("digits")
        #expect(watched.ledger.chunks.isEmpty)
        watched.clock.advance(by: 600)
        try await watched.look(instances: 0)
        #expect(watched.ledger.chunks.isEmpty)
    }

    @Test func valuesLieWhereTheirTimeIs() {
        var point = MetricPoint(at: Watched.start + 120)
        point.requests = 7
        let history = EndpointHistory(
            endpoint: "digits", span: .hour, end: Watched.start + 3600, points: [point, MetricPoint(at: 0)])
        let values = history.values { Double($0.requests) }
        #expect(values.count == 60 && values[2] == 7 && values.compactMap { $0 }.count == 1)
        for span in HistorySpan.allCases {
            #expect(span.seconds % span.stepSeconds == 0)
            if let tier = span.tier {
                #expect(span.stepSeconds % tier.periodSeconds == 0 && tier.keptSeconds > span.seconds)
            }
        }
    }
}
