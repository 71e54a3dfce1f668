// The part of the traffic for which a model is worst.

public import PlumbModel

/// Losses by the value of one feature: errors of a classifier, or how far a regression was off.
public struct WorstSlice: Sendable {
    public static let slicesMax = 256
    /// Fewer labels say too little of a slice.
    private static let labelsMin = 30

    private struct Losses: Sendable {
        var rows = 0
        var sum = 0.0
        var squares = 0.0
    }
    private var slices: [String: Losses] = [:]
    private var all = Losses()
    private let isShare: Bool
    /// Labels of slices for which there was no room.
    public private(set) var dropped = 0

    /// Of a regression each loss is a distance, else it is 0 or 1.
    public init(isRegression: Bool = false) { isShare = !isRegression }

    public mutating func insert(slice: String, isError: Bool) { insert(slice: slice, loss: isError ? 1 : 0) }

    public mutating func insert(slice: String, loss: Double) {
        Self.add(loss, to: &all)
        if slices[slice] == nil, slices.count >= Self.slicesMax {
            dropped += 1
            return
        }
        Self.add(loss, to: &slices[slice, default: Losses()])
    }

    private static func add(_ loss: Double, to losses: inout Losses) {
        losses.rows += 1
        losses.sum += loss
        losses.squares += loss * loss
    }

    /// The slice whose losses are surely the largest: by the lower end of the interval, so that a small slice is not
    /// the worst by chance.
    public var worst: (slice: String, errors: QualityMetric, rows: Int)? {
        slices.filter { $0.value.rows >= Self.labelsMin }
            .map { ($0.key, metric($0.value), $0.value.rows) }
            .max { ($0.1.lower ?? 0, $1.0) < ($1.1.lower ?? 0, $0.0) }
            .map { (slice: $0.0, errors: $0.1, rows: $0.2) }
    }

    /// Whether the worst slice is surely worse than all rows together.
    public var isWorseThanAll: Bool { (worst?.errors.lower ?? 0) > all.sum / Double(max(1, all.rows)) }

    private func metric(_ losses: Losses) -> QualityMetric {
        let count = Double(losses.rows)
        let mean = losses.sum / count
        guard !isShare else {
            let interval = BinomialInterval.wilson(
                events: Int(losses.sum), trials: losses.rows, confidence: 0.975)
            return QualityMetric(name: "error_rate", value: mean, lower: interval.lower, upper: interval.upper)
        }
        let half = 1.96 * (max(0, losses.squares / count - mean * mean) / count).squareRoot()
        return QualityMetric(name: "mae", value: mean, lower: max(0, mean - half), upper: mean + half)
    }
}
