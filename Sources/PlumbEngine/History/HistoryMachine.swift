// Which points of one endpoint are kept, as a pure decision: a minute goes in, the records to write come out.

/// Points of one tier that are kept as one record.
public struct HistoryChunk: Sendable, Hashable {
    public var endpoint: String
    public var tier: HistoryTier
    /// Where it begins; a multiple of the tier's chunk.
    public var at: Int
    public var points: [MetricPoint]

    /// Its name among the records; seconds of this century have ten digits, so that names sort as their times do.
    public static func key(of endpoint: String, _ tier: HistoryTier, at second: Int) -> String {
        "\(endpoint)/\(tier.periodSeconds)/\(second)"
    }
}

/// The minutes of the last hour, and the records that are still growing.
struct HistoryMachine: Sendable {
    private(set) var minutes: [MetricPoint] = []
    private var open: [HistoryTier: HistoryChunk] = [:]
    static let minutesMax = 60

    /// `open` holds what was written of the records that are still growing.
    init(open: [HistoryChunk]) {
        for chunk in open { self.open[chunk.tier] = chunk }
    }

    /// Takes in the whole minute that begins at `start`, a multiple of 60; answers the records that have grown.
    mutating func note(_ sight: HistorySight, minuteAt start: Int) -> [HistoryChunk] {
        let minute = sight.point(at: start, seconds: 60)
        if !minute.isEmpty { minutes.append(minute) }
        minutes.removeAll { $0.at <= start - 60 * Self.minutesMax }
        var grown: [HistoryChunk] = []
        let end = start + 60
        let (fine, coarse) = (HistoryTier.fine.periodSeconds, HistoryTier.coarse.periodSeconds)
        if end % fine == 0 {
            grown += add(sight.point(at: end - fine, seconds: fine), to: .fine, of: sight.endpoint)
        }
        // An hour is one record of the finer tier.
        if end % coarse == 0, let hour = open[.fine], hour.at == end - coarse,
            let sum = MetricPoint.together(hour.points, at: end - coarse)
        {
            grown += add(sum, to: .coarse, of: sight.endpoint)
        }
        return grown
    }

    private mutating func add(_ point: MetricPoint, to tier: HistoryTier, of endpoint: String) -> [HistoryChunk] {
        guard !point.isEmpty else { return [] }
        let at = point.at - point.at % tier.chunkSeconds
        var chunk =
            open[tier].flatMap { $0.at == at ? $0 : nil }
            ?? HistoryChunk(endpoint: endpoint, tier: tier, at: at, points: [])
        chunk.points.append(point)
        open[tier] = chunk
        return [chunk]
    }
}
