// What a detector of drift has to say.

/// The data is no longer like the reference.
public struct DriftAlarm: Sendable, Equatable, Codable {
    /// The row that proved it, counted from 0.
    public var row: Int
    /// When that row was seen, in seconds since 1970; 0 where nobody knows.
    public var time: Int64
    /// The features that have drifted, the surest first.
    public var features: [DriftedFeature]
    /// Features that move as well, without proof yet.
    public var suspected: [DriftedFeature]

    public init(row: Int, time: Int64, features: [DriftedFeature], suspected: [DriftedFeature]) {
        self.row = row
        self.time = time
        self.features = features
        self.suspected = suspected
    }
}

public struct DriftedFeature: Sendable, Equatable, Codable {
    public var name: String
    /// The row since which, about, it is different.
    public var since: Int
    /// The largest difference between the distributions (L-infinity), since then.
    public var distance: Double
    /// What changed, in words.
    public var change: String
    /// The decimal logarithm of how many times more likely the rows are with the change than without.
    public var evidence: Double
    /// The distribution of the reference and of now, as bars.
    public var expected: String
    public var observed: String

    public init(
        name: String, since: Int, distance: Double, change: String, evidence: Double, expected: String,
        observed: String
    ) {
        self.name = name
        self.since = since
        self.distance = distance
        self.change = change
        self.evidence = evidence
        self.expected = expected
        self.observed = observed
    }
}

/// A distribution as a row of bars.
enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let columnsMax = 14

    static func text(_ parts: [Double]) -> String {
        let width = max(1, (parts.count + columnsMax - 1) / columnsMax)
        let sums = stride(from: 0, to: parts.count, by: width).map { first in
            parts[first..<min(first + width, parts.count)].reduce(0, +)
        }
        let highest = sums.max() ?? 0
        guard highest > 0 else { return "" }
        return String(sums.map { bars[min(7, Int($0 / highest * 7.999))] })
    }
}
