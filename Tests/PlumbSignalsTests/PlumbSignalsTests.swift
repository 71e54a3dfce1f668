// Tests of what measurements say, with real recorders as sources and a seeded generator instead of luck.

import PlumbModel
import PlumbSignals

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

let digits = VariantIdentity(endpoint: "digits", variant: "main")
let probeMetric = MetricIdentity(
    namespace: "Plumbline/Probe", name: "Healthy", dimensions: [Dimension("EndpointName", "digits")])

/// A row that reads a metric.
func row(
    _ id: String, _ metric: MetricIdentity, _ statistic: Statistic, period: Int = 60, unit: String? = nil,
    returnsData: Bool = false
) -> MetricDataQuery {
    MetricDataQuery(
        id: id, source: .metric(metric, statistic: statistic, periodSeconds: period, unit: unit),
        returnsData: returnsData)
}

/// A row that returns the value of an expression.
func row(_ id: String, _ expression: String, returnsData: Bool = true) -> MetricDataQuery {
    MetricDataQuery(id: id, source: .expression(expression), returnsData: returnsData)
}

/// An alarm on one metric of the digits endpoint.
func alarm(
    _ metric: RequestMetric, _ statistic: Statistic, above threshold: Double, period: Int = 60, of periods: Int = 2,
    datapoints: Int? = nil, missing: MissingDataTreatment = .notBreaching, unit: String? = nil,
    identity: VariantIdentity = digits, lowSamples: LowSampleCountPercentile = .evaluate
) -> AlarmDefinition {
    AlarmDefinition(
        name: "\(metric.rawValue) \(statistic.cloudWatchName)",
        queries: [row("m1", identity.metric(metric), statistic, period: period, unit: unit, returnsData: true)],
        comparison: .greaterThanThreshold, threshold: threshold, periodSeconds: period, evaluationPeriods: periods,
        datapointsToAlarm: datapoints, missingData: missing, lowSamples: lowSamples)
}

/// A gauge with one value a second, ending just before second 0; nil leaves a gap.
func gauge(_ values: [Double?], metric: MetricIdentity = probeMetric) -> GaugeRecorder {
    var gauge = GaugeRecorder(metric: metric)
    for (index, value) in values.enumerated() {
        if let value { gauge.record(value, at: index - values.count) }
    }
    return gauge
}
