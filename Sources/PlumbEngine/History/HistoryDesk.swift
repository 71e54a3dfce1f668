// Keeps the history of an engine's endpoints: looks once a minute, and writes down what has grown.

/// Where history is kept. Each call returns when all of it is durable.
public protocol HistoryLedger: Sendable {
    /// The points of a tier in `seconds`, oldest first.
    func points(of endpoint: String, _ tier: HistoryTier, in seconds: Range<Int>) async throws -> [MetricPoint]
    /// Saves records over what there is of them.
    func save(_ chunks: [HistoryChunk]) async throws
    /// Forgets the records of an endpoint that begin before that second.
    func forget(_ endpoint: String, _ tier: HistoryTier, before second: Int) async throws
}

/// The history of all endpoints.
public actor HistoryDesk {
    private let ledger: any HistoryLedger
    private var machines: [String: HistoryMachine] = [:]
    /// The end of the last minute that was looked at.
    private var lastMinute: Int?
    private var lastPrunedDay: Int?
    /// What could not be written down yet.
    private var unsaved: [HistoryChunk] = []
    private static let unsavedMax = 10_000
    /// After the end of a minute, the answers that belong to it are counted.
    private static let graceSeconds = 2.0
    /// Minutes that nobody has looked at are made up for this far back: recorders remember no more.
    private static let missedSecondsMax = 900
    private static let endOfTime = 9_999_999_999

    public init(ledger: any HistoryLedger) { self.ledger = ledger }

    /// Looks where a minute is over; `now` is in seconds since 1970-01-01 UTC. Throws where it could not be written
    /// down: it is kept for the next time.
    public func tick(at now: Double, _ look: @Sendable () async throws -> [HistorySight]) async throws {
        let minute = Int(now - Self.graceSeconds) / 60 * 60
        guard let last = lastMinute else {
            lastMinute = minute
            return
        }
        guard minute > last else { return }
        let sights = try await look()
        for sight in sights where machines[sight.endpoint] == nil {
            machines[sight.endpoint] = HistoryMachine(open: try await written(of: sight.endpoint, at: last))
        }
        for sight in sights {
            for start in stride(from: max(last, minute - Self.missedSecondsMax), to: minute, by: 60) {
                unsaved += machines[sight.endpoint]?.note(sight, minuteAt: start) ?? []
            }
        }
        unsaved.removeFirst(max(0, unsaved.count - Self.unsavedMax))
        lastMinute = minute
        if !unsaved.isEmpty {
            let chunks = unsaved
            try await ledger.save(chunks)
            unsaved.removeFirst(min(chunks.count, unsaved.count))
        }
        try await prune(sights.map(\.endpoint), at: minute)
    }

    /// What an earlier engine has written of the records that still grow.
    private func written(of endpoint: String, at second: Int) async throws -> [HistoryChunk] {
        var chunks: [HistoryChunk] = []
        for tier in HistoryTier.allCases {
            let at = second - second % tier.chunkSeconds
            let points = try await ledger.points(of: endpoint, tier, in: at..<at + tier.chunkSeconds)
            if !points.isEmpty { chunks.append(HistoryChunk(endpoint: endpoint, tier: tier, at: at, points: points)) }
        }
        return chunks
    }

    private func prune(_ endpoints: [String], at second: Int) async throws {
        guard lastPrunedDay != second / 86_400 else { return }
        lastPrunedDay = second / 86_400
        for endpoint in endpoints {
            for tier in HistoryTier.allCases {
                try await ledger.forget(endpoint, tier, before: second - tier.keptSeconds - tier.chunkSeconds)
            }
        }
    }

    /// Forgets an endpoint that is gone.
    public func forget(_ endpoint: String) async throws {
        machines[endpoint] = nil
        unsaved.removeAll { $0.endpoint == endpoint }
        for tier in HistoryTier.allCases { try await ledger.forget(endpoint, tier, before: Self.endOfTime) }
    }

    /// The past of an endpoint up to the last whole step.
    public func history(of endpoint: String, over span: HistorySpan, at now: Double) async throws -> EndpointHistory {
        let step = span.stepSeconds
        let end = Int(now) / step * step
        let range = end - span.seconds..<end
        let found =
            if let tier = span.tier {
                try await ledger.points(of: endpoint, tier, in: range)
            } else {
                (machines[endpoint]?.minutes ?? []).filter { range.contains($0.at) }
            }
        let steps = Dictionary(grouping: found) { $0.at / step * step }
        let points = steps.sorted { $0.key < $1.key }.compactMap { MetricPoint.together($0.value, at: $0.key) }
        return EndpointHistory(endpoint: endpoint, span: span, end: end, points: points)
    }
}
