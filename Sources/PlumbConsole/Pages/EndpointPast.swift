// The past of an endpoint as charts: an hour, a day, a week or a quarter of a year.

import PlumbEngine
import PlumbModel

/// The section of an endpoint's page that shows what was, with the limits that hold now.
struct EndpointPast: Sendable {
    struct Choice: Sendable {
        let name: String
        let path: String
        let isHere: Bool
    }
    let choices: [Choice]
    let charts: [Chart]
    let text: String

    init(_ history: EndpointHistory, of spec: Spec?) {
        choices = HistorySpan.allCases.map { span in
            Choice(
                name: Self.words(span),
                path: "/endpoints/\(PageWords.escaped(history.endpoint))?over=\(span.rawValue)#past",
                isHere: span == history.span)
        }
        charts = Self.draw(history, spec)
        let step = PageWords.duration(Double(history.stepSeconds))
        text =
            history.points.isEmpty
            ? "Nothing was measured in this time: the engine keeps it from its first minute on."
            : "Each step is \(step); where it is of several measurements, their worst latency, load and drift."
    }

    private static func words(_ span: HistorySpan) -> String {
        switch span {
        case .hour: "1 hour"
        case .day: "24 hours"
        case .week: "7 days"
        case .quarter: "90 days"
        }
    }

    private static func draw(_ history: EndpointHistory, _ spec: Spec?) -> [Chart] {
        guard !history.points.isEmpty else { return [] }
        func chart(
            _ title: String, _ unit: String, _ limit: (name: String, value: Double?)? = nil,
            isLogarithmic: Bool = false,
            fits: Bool = false, _ value: (MetricPoint) -> Double?
        ) -> Chart {
            Chart(
                title, unit: unit, [Chart.Points(name: "", values: history.values(value))],
                limits: limit.flatMap { limit in limit.value.map { [(limit.name, $0)] } } ?? [],
                end: Double(history.end), stepSeconds: Double(history.stepSeconds), isLogarithmic: isLogarithmic,
                fits: fits)
        }
        let step = Double(history.stepSeconds)
        var charts = [
            chart("Requests", "req/s") { Double($0.requests) / step },
            chart("Errors", "%", ("alarm above", spec?.alarms.errorRate.threshold)) { $0.errorPercent },
            chart("Latency p99", "ms", ("alarm above", spec?.alarms.latencyP99.threshold), isLogarithmic: true) {
                $0.p99Milliseconds
            },
            chart("Latency p50", "ms") { $0.p50Milliseconds },
            chart("Instances", "") { Double($0.instances) },
            chart("Cores used", "%", ("set point", spec?.scaling.targetPercent)) { $0.utilizationPercent },
        ]
        if history.points.contains(where: { $0.quality != nil }) || spec?.drift.qualityMetric != nil {
            let metric = spec?.drift.qualityMetric ?? "quality"
            let side = QualityMetric.isError(metric) ? "alarm above" : "alarm below"
            charts.append(
                chart("Quality: \(metric)", "", (side, spec?.drift.qualityThreshold), fits: true) { $0.quality })
        }
        if history.points.contains(where: { $0.driftLevel != nil }) {
            charts.append(chart("Drift", "", ("alarm at", 1)) { $0.driftLevel })
        }
        return charts
    }
}
