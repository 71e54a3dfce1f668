// A number that is looked at from time to time, such as the health of an endpoint or the length of a queue.

public import PlumbModel

/// Records the values of one gauge second by second over a fixed window, as a metric source.
///
/// A probe that stops reporting leaves a gap, and a gap is what `TreatMissingData: breaching` is for. Percentiles are
/// not kept: asked for one, the gauge has no data.
public struct GaugeRecorder: MetricSource {
    /// How far back the gauge remembers.
    public static let windowSecondsMax = RequestRecorder.windowSecondsMax

    private struct Slot: Sendable {
        var second = Int.min
        var count = 0
        var sum = 0.0
        var least = Double.infinity
        var most = -Double.infinity
    }

    private static let secondsHeld = 1024

    public let metric: MetricIdentity
    /// CloudWatch's spelling: None, Count, Percent, Bytes …
    public let unit: String
    private var slots = [Slot](repeating: Slot(), count: secondsHeld)

    public init(metric: MetricIdentity, unit: String = "None") {
        self.metric = metric
        self.unit = unit
    }

    /// Records what the gauge shows; a value that is not a number is no measurement and is left out.
    public mutating func record(_ value: Double, at second: Int) {
        guard value.isFinite else { return }
        let index = second & (Self.secondsHeld - 1)
        if slots[index].second != second { slots[index] = Slot(second: second) }
        slots[index].count += 1
        slots[index].sum += value
        slots[index].least = min(slots[index].least, value)
        slots[index].most = max(slots[index].most, value)
    }

    public func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        guard metric == self.metric, periodSeconds > 0, periodSeconds <= Self.windowSecondsMax else { return nil }
        var sum = Slot()
        for second in periodStart..<periodStart + periodSeconds {
            let slot = slots[second & (Self.secondsHeld - 1)]
            guard slot.second == second else { continue }
            sum.count += slot.count
            sum.sum += slot.sum
            sum.least = min(sum.least, slot.least)
            sum.most = max(sum.most, slot.most)
        }
        guard sum.count > 0 else { return nil }
        let value: Double? =
            switch statistic {
            case .sampleCount: Double(sum.count)
            case .sum: sum.sum
            case .average: sum.sum / Double(sum.count)
            case .minimum: sum.least
            case .maximum: sum.most
            case .percentile: nil
            }
        return value.map { Datapoint(value: $0, sampleCount: Double(sum.count)) }
    }

    public func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool {
        metric == self.metric && unit == self.unit
    }
}
