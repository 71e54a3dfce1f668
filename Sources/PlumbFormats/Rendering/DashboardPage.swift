// How the dashboard is laid out: a line that says what it is, the alarms, then one chart for each question.

import PlumbModel

/// The body of a dashboard over an endpoint's metrics.
struct DashboardPage {
    let plan: Blueprint
    let metrics: [MetricIdentity]
    /// Ids of the alarms whose states are shown.
    let alarms: [String]

    /// A dashboard is 24 columns wide.
    private static let width = 24

    init(_ plan: Blueprint, metrics: [MetricIdentity], alarms: [String]) {
        self.plan = plan
        self.metrics = metrics
        self.alarms = alarms
    }

    /// The widgets, in CloudWatch's own words. Every metric is drawn once, in the order in which the graph has them.
    var body: RenderedValue {
        var widgets: [RenderedValue] = []
        var top = 0
        /// Widgets side by side, as wide as fits.
        func row(height: Int, _ contents: [(type: String, properties: [RenderedPair])]) {
            guard !contents.isEmpty else { return }
            let width = Self.width / contents.count
            for (index, content) in contents.enumerated() {
                widgets.append(
                    .pairs([
                        RenderedPair("type", .text(content.type)), RenderedPair("x", .int(index * width)),
                        RenderedPair("y", .int(top)), RenderedPair("width", .int(width)),
                        RenderedPair("height", .int(height)), RenderedPair("properties", .pairs(content.properties)),
                    ]))
            }
            top += height
        }
        row(height: 2, [("text", [RenderedPair("markdown", .text(title))])])
        row(height: 3, [alarmStates].compactMap { $0 })
        row(height: 6, [requests, errors, latency].compactMap { $0 })
        row(height: 6, [machines, probe, detectors].compactMap { $0 })
        return .pairs([RenderedPair("widgets", .list(widgets))])
    }

    private var title: String {
        "# \(plan.spec.name) (\(plan.spec.environment.rawValue))\n"
            + "Team \(plan.spec.team). What is drawn here is what the alarms watch."
    }

    // MARK: - Widgets

    private var alarmStates: (type: String, properties: [RenderedPair])? {
        guard !alarms.isEmpty else { return nil }
        return (
            "alarm",
            [RenderedPair("title", .text("Alarms")), RenderedPair("alarms", .texts(alarms.map { "${\($0).Arn}" }))]
        )
    }

    private var requests: (type: String, properties: [RenderedPair])? {
        chart("Requests", of: ["Invocations"], "Sum")
    }
    private var errors: (type: String, properties: [RenderedPair])? {
        chart("Failed requests", of: ["Invocation4XXErrors", "Invocation5XXErrors"], "Sum")
    }
    private var latency: (type: String, properties: [RenderedPair])? {
        chart(
            "Latency in microseconds, 99th percentile", of: ["ModelLatency", "OverheadLatency"], "p99",
            limit: ("limit", plan.spec.alarms.latencyP99.threshold * 1000))
    }
    /// Processors and GPUs count 100 for each of them.
    private var machines: (type: String, properties: [RenderedPair])? {
        chart(
            "Machines in percent",
            of: ["CPUUtilization", "MemoryUtilization", "DiskUtilization", "GPUUtilization", "GPUMemoryUtilization"],
            "Average")
    }
    private var probe: (type: String, properties: [RenderedPair])? {
        chart("Probe: 1 answered, 0 not", of: ["ProbeSuccess"], "Minimum")
    }
    private var detectors: (type: String, properties: [RenderedPair])? {
        chart(
            "Drift and quality in units of their limits", of: ["FeatureDrift", "QualityDegradation"], "Maximum",
            limit: ("limit", 1))
    }

    /// A chart of those of the metrics that the dashboard has; nil where it has none of them.
    private func chart(
        _ title: String, of names: [String], _ statistic: String, limit: (label: String, value: Double)? = nil
    ) -> (type: String, properties: [RenderedPair])? {
        let rows = metrics.filter { names.contains($0.name) }.map { metric in
            RenderedValue.texts(
                [metric.namespace, metric.name] + metric.dimensions.flatMap { [$0.name, $0.value] })
        }
        guard !rows.isEmpty else { return nil }
        var properties = [
            RenderedPair("title", .text(title)), RenderedPair("view", .text("timeSeries")),
            RenderedPair("region", .text("${AWS::Region}")), RenderedPair("stat", .text(statistic)),
            RenderedPair("period", .int(60)), RenderedPair("metrics", .list(rows)),
        ]
        if let limit {
            let line = RenderedValue.pairs([
                RenderedPair("label", .text(limit.label)), RenderedPair("value", .number(limit.value)),
            ])
            properties.append(RenderedPair("annotations", .pairs([RenderedPair("horizontal", .list([line]))])))
        }
        return ("metric", properties)
    }
}
