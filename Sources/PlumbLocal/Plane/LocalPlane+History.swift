// What people ask about the past of an endpoint, and the look once a minute that answers it.

import Logging
public import PlumbEngine
import PlumbModel
import PlumbStore

extension LocalPlane {
    /// Looks once a second whether a minute is over, until the engine ends.
    func keepHistory() async {
        while !Task.isCancelled {
            do {
                try await chronicle.tick(at: house.now()) { try await self.sights() }
            } catch is CancellationError {
                break
            } catch {
                log.error("the history of the endpoints cannot be written down: \(error)")
            }
            // Ending early is what cancelling is for.
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// What is seen of each endpoint now.
    private func sights() async throws -> [HistorySight] {
        var sights: [HistorySight] = []
        for record in try await records(of: nil) {
            guard let route = house.gateway.route(record.name) else { continue }
            let fleets = try await house.engine.observe(record.name)
            let seen = await house.monitor.status(of: record.name, at: house.now()).first {
                $0.revision == record.active
            }
            sights.append(
                HistorySight(
                    endpoint: record.name, source: LiveMetrics(route: route),
                    instances: fleets.reduce(0) { $0 + $1.ready },
                    utilizationPercent: record.scaling?.utilizationPercent, quality: seen?.quality?.value,
                    driftLevel: seen.flatMap { $0.drift.state == .notWatched ? nil : $0.drift.level }))
        }
        return sights
    }

    public func history(of endpoint: String, over span: HistorySpan) async throws -> EndpointHistory {
        _ = try endpointRunner(endpoint)
        return try await chronicle.history(of: endpoint, over: span, at: house.now())
    }
}

extension StoreLedger: HistoryLedger {
    private static let historyKind = "history"

    func points(of endpoint: String, _ tier: HistoryTier, in seconds: Range<Int>) async throws -> [MetricPoint] {
        let first = seconds.lowerBound - seconds.lowerBound % tier.chunkSeconds
        let keys =
            HistoryChunk.key(
                of: endpoint, tier, at: first)..<HistoryChunk.key(of: endpoint, tier, at: seconds.upperBound)
        return try await store.records(Self.historyKind, as: [MetricPoint].self, keys: keys)
            .sorted { $0.key < $1.key }.flatMap(\.value).filter { seconds.contains($0.at) }
    }

    func save(_ chunks: [HistoryChunk]) async throws {
        let records = chunks.map {
            (HistoryChunk.key(of: $0.endpoint, $0.tier, at: $0.at), [MetricPoint]?.some($0.points))
        }
        // The later of two holds all of the earlier one.
        try await store.save(Self.historyKind, Dictionary(records) { _, later in later })
    }

    func forget(_ endpoint: String, _ tier: HistoryTier, before second: Int) async throws {
        let range = HistoryChunk.key(of: endpoint, tier, at: 0)..<HistoryChunk.key(of: endpoint, tier, at: second)
        let gone = try await store.keys(Self.historyKind, in: range).map { ($0, [MetricPoint]?.none) }
        guard !gone.isEmpty else { return }
        try await store.save(Self.historyKind, Dictionary(gone) { first, _ in first })
    }
}
