// The charts of an endpoint: what its revisions have answered in the last quarter of an hour.

import PlumbEngine
import PlumbModel
import PlumbSignals

/// The charts that were drawn last, endpoint by endpoint: they change with each step, and pages are written more often.
struct EndpointCharts: Sendable {
    private struct Key: Sendable, Equatable {
        let step: Int
        let active: Int?
        let new: Int?
    }
    private var drawn: [String: (key: Key, charts: [Chart])] = [:]
    private static let drawnMax = 200

    /// What was drawn of this endpoint in this very step; nil where it has to be drawn.
    func charts(of record: EndpointRecord, at now: Double) -> [Chart]? {
        drawn[record.name].flatMap { $0.key == Self.key(record, now) ? $0.charts : nil }
    }

    mutating func keep(_ charts: [Chart], of record: EndpointRecord, at now: Double) {
        if drawn.count >= Self.drawnMax { drawn = [:] }
        drawn[record.name] = (Self.key(record, now), charts)
    }

    private static func key(_ record: EndpointRecord, _ now: Double) -> Key {
        Key(step: Int(now) / stepSeconds, active: record.active, new: record.rollout?.order.new)
    }

    private static let stepSeconds = 10
    /// Fifteen minutes, which the engine remembers.
    private static let steps = 90

    /// Requests, errors, and the two percentiles; of the active revision and the one that is being rolled out.
    static func draw(_ record: EndpointRecord, from source: (any MetricSource & Sendable)?, now: Double) -> [Chart] {
        guard let source else { return [] }
        let new = record.rollout.map(\.order.new)
        let shown = [record.active ?? new, record.active == nil ? nil : new].compactMap { record.revision($0) }
        guard let plan = shown.last?.spec.alarms else { return [] }
        let end = Int(now)
        func lines(_ metric: RequestMetric, _ statistic: Statistic, _ factor: Double) -> [Chart.Points] {
            shown.map { revision in
                let values = source.datapoints(
                    RevisionAlarms.identity(of: revision).metric(metric), statistic: statistic, unit: nil,
                    periodSeconds: stepSeconds, count: steps, before: end)
                return Chart.Points(name: "r\(revision.number)", values: values.map { $0.map { $0.value * factor } })
            }
        }
        let last = Double(end - end % stepSeconds)
        func chart(
            _ title: String, _ unit: String, _ points: [Chart.Points], _ limits: [(name: String, value: Double)] = [],
            isLogarithmic: Bool = false
        ) -> Chart {
            Chart(
                title, unit: unit, points, limits: limits, end: last, stepSeconds: Double(stepSeconds),
                isLogarithmic: isLogarithmic)
        }
        return [
            chart("Requests", "req/s", lines(.invocations, .sum, 1 / Double(stepSeconds))),
            chart("Errors", "%", lines(.serverErrors, .average, 100), [("alarm above", plan.errorRate.threshold)]),
            chart(
                "Latency p99", "ms", lines(.modelLatency, .percentile(rank: 99), 0.001),
                [("alarm above", plan.latencyP99.threshold)], isLogarithmic: true),
            chart("Latency p50", "ms", lines(.modelLatency, .percentile(rank: 50), 0.001)),
        ]
    }
}
