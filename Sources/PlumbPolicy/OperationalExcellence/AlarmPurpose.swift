// What an alarm is for, told from the metrics it reads.

import PlumbModel
import PlumbSignals

/// How sure it is that a metric probes an endpoint's health.
enum ProbeReading {
    case certain
    /// It names the endpoint, or a canary that is not in the graph, but not what it measures.
    case likely
}

extension Alarm {
    /// Whether the metrics it reads cannot all be told.
    var isUnreadable: Bool {
        guard let rows = queries.value else { return queries.isUnknown }
        return rows.contains { $0.metricName.isUnknown || $0.namespace.isUnknown }
    }

    /// Whether it belongs to autoscaling: everything it acts on is a scaling policy.
    func isForScaling(in graph: Graph) -> Bool {
        let targets = (actions.value ?? []).compactMap(\.value)
        let isManaged = name.value?.hasPrefix("TargetTracking-") == true
        return isManaged || !targets.isEmpty && targets.allSatisfy { graph.scalingPolicies[$0] != nil }
    }
}

extension Graph {
    /// Whether a metric probes this endpoint, and how sure that is; nil when it does not.
    ///
    /// SageMaker has no metric of healthy hosts: a probe is a canary of CloudWatch Synthetics, or a metric in a
    /// namespace of one's own that names the endpoint.
    func probe(_ metric: MetricIdentity, of endpointName: String) -> ProbeReading? {
        if metric.namespace == "CloudWatchSynthetics" {
            guard let canaryName = metric.dimension("CanaryName") else { return nil }
            guard let canary = canaries.first(where: { $0.name.value == canaryName || $0.id == canaryName }),
                !canary.endpointName.isUnknown
            else { return .likely }
            return canary.endpointName.value == endpointName ? .certain : nil
        }
        guard !["AWS/", "/aws/", "aws/"].contains(where: { metric.namespace.hasPrefix($0) }),
            metric.dimension("EndpointName") == endpointName, RequestMetric(rawValue: metric.name) == nil
        else { return nil }
        let name = metric.name.lowercased()
        guard Self.signals(of: name).isEmpty else { return nil }
        let words = ["probe", "health", "success", "ping", "availab", "alive", "heartbeat", "ready"]
        return words.contains { name.contains($0) } || name == "up" ? .certain : .likely
    }

    /// What an alarm is meant to watch, by its metrics; empty for scaling, traffic and everything else.
    func purposes(of alarm: Alarm, for endpointName: String) -> Set<AlarmClass> {
        var found: Set<AlarmClass> = []
        for metric in alarm.metrics {
            switch RequestMetric(rawValue: metric.name) {
            case .serverErrors?, .modelErrors?, .clientErrors?: found.insert(.errorRate)
            case .modelLatency?: found.insert(.latency)
            case .invocations?: break
            case nil:
                if metric.name == "OverheadLatency" { found.insert(.latency) }
                if probe(metric, of: endpointName) == .certain { found.insert(.health) }
                if metric.namespace != RequestMetric.namespace { found.formUnion(Self.signals(of: metric.name)) }
            }
        }
        return found
    }

    /// Drift and quality by the words of a metric's name: Model Monitor's `feature_baseline_drift_…` and its model
    /// metrics, the product's `FeatureDrift` and `QualityDegradation`, or a detector of one's own.
    static func signals(of metricName: String) -> Set<AlarmClass> {
        let name = metricName.lowercased()
        if ["drift", "psi", "population_stability"].contains(where: { name.contains($0) }) { return [.drift] }
        return isQuality(name) ? [.quality] : []
    }

    /// Names of Model Monitor's model-quality metrics that are better when lower.
    static let errorMeasures = ["rmse", "mse", "mae", "mape", "wape", "logloss", "degradation", "error"]
    /// And those that are better when higher.
    private static let scores = [
        "accuracy", "precision", "recall", "f0_5", "f1", "f2", "auc", "au_prc", "r2", "quality", "true_positive_rate",
    ]

    private static func isQuality(_ lowered: String) -> Bool {
        scores.contains { lowered.contains($0) }
            || errorMeasures.contains { $0 != "error" && lowered.contains($0) }
    }
}

extension Graph {
    /// The endpoint's production variants that get traffic, each with the alarms that may watch it; empty, with the
    /// reason told, when they cannot be had.
    func watchedVariants(of endpoint: Endpoint, _ ask: inout Inquiry) -> [WatchedVariant] {
        guard let endpointName = ask.need(endpoint.name, "the endpoint's name") else { return [] }
        let configName = endpointConfigs[endpoint.config]?.name.value
        let serving = variants(of: endpoint, &ask).filter { ($0.weight.value ?? 1) > 0 }
        let names = Set(serving.compactMap(\.name.value))
        return serving.compactMap { variant in
            guard let name = ask.need(variant.name, "a variant's name") else { return nil }
            let identity = VariantIdentity(endpoint: endpointName, variant: name, config: configName)
            return WatchedVariant(identity, siblings: names, in: self)
        }
    }
}
