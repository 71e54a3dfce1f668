// The recorders of one endpoint variant, read as SageMaker's metrics.

public import PlumbModel

/// Who the invocation metrics of SageMaker are about: an endpoint, one of its variants, and maybe one configuration.
public struct VariantIdentity: Sendable, Hashable, Codable {
    public var endpoint: String
    public var variant: String
    /// `EndpointConfigName`: the third dimension, which tells the new fleet of a deployment from the old one.
    public var config: String?

    public init(endpoint: String, variant: String, config: String? = nil) {
        self.endpoint = endpoint
        self.variant = variant
        self.config = config
    }

    /// The dimensions SageMaker publishes with: two, and the configuration's if there is one.
    public var dimensions: [Dimension] {
        let two = [Dimension("EndpointName", endpoint), Dimension("VariantName", variant)]
        return config.map { two + [Dimension("EndpointConfigName", $0)] } ?? two
    }

    /// The identity of one of the variant's invocation metrics.
    public func metric(_ metric: RequestMetric) -> MetricIdentity {
        MetricIdentity(namespace: RequestMetric.namespace, name: metric.rawValue, dimensions: dimensions)
    }
}

/// The recorders of a variant, one for each endpoint configuration that serves, as a metric source.
///
/// With two dimensions the answer is of both fleets together, with `EndpointConfigName` of that configuration alone.
public struct RequestMetrics: MetricSource {
    public var endpoint: String
    public var variant: String
    /// By the name of the endpoint configuration.
    public var recorders: [String: RequestRecorder]

    public init(endpoint: String, variant: String, recorders: [String: RequestRecorder]) {
        self.endpoint = endpoint
        self.variant = variant
        self.recorders = recorders
    }

    public func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        guard let requestMetric = RequestMetric(metric), periodSeconds > 0 else { return nil }
        let needsDistribution =
            if case .percentile = statistic { requestMetric == .modelLatency } else { false }
        var sum = RequestWindow()
        for recorder in asked(by: metric) {
            let window = recorder.window(
                from: periodStart, to: periodStart + periodSeconds, distribution: needsDistribution)
            // Half of an answer would be a wrong answer.
            guard let window else { return nil }
            sum.add(window)
        }
        return sum.datapoint(requestMetric, statistic)
    }

    public func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool {
        RequestMetric(metric)?.isPublished(in: unit) ?? false
    }

    private func asked(by metric: MetricIdentity) -> [RequestRecorder] {
        var identity = VariantIdentity(endpoint: endpoint, variant: variant)
        if metric.dimensions == sorted(identity) { return Array(recorders.values) }
        guard let config = metric.dimension("EndpointConfigName"), let recorder = recorders[config] else { return [] }
        identity.config = config
        return metric.dimensions == sorted(identity) ? [recorder] : []
    }

    private func sorted(_ identity: VariantIdentity) -> [Dimension] {
        identity.metric(.invocations).dimensions
    }
}
