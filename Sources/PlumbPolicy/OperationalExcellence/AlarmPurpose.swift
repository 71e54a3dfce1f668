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
    /// What an alarm is meant to watch, by its metrics; empty for scaling, traffic and everything else.
    func purposes(of alarm: Alarm, for endpointName: String) -> Set<AlarmClass> {
        joined(AlarmJoin.self).purposes(of: alarm.id, for: endpointName)
    }

    /// Drift and quality by the words of a metric's name: Model Monitor's `feature_baseline_drift_…` and its model
    /// metrics, the product's `FeatureDrift` and `QualityDegradation`, or a detector of one's own.
    static func signals(of metricName: String) -> Set<AlarmClass> {
        let name = metricName.lowercased()
        if ["drift", "psi", "population_stability"].contains(where: { name.holds($0) }) { return [.drift] }
        return isQuality(name) ? [.quality] : []
    }

    /// Names of Model Monitor's model-quality metrics that are better when lower.
    static let errorMeasures = ["rmse", "mse", "mae", "mape", "wape", "logloss", "degradation", "error"]
    /// And those that are better when higher.
    private static let scores = [
        "accuracy", "precision", "recall", "f0_5", "f1", "f2", "auc", "au_prc", "r2", "quality", "true_positive_rate",
    ]

    private static func isQuality(_ lowered: String) -> Bool {
        scores.contains { lowered.holds($0) }
            || errorMeasures.contains { $0 != "error" && lowered.holds($0) }
    }
}

extension Graph {
    /// The endpoint's production variants that get traffic, each with the alarms that may watch it; empty, with the
    /// reason told, when they cannot be had.
    func watchedVariants(of endpoint: Endpoint, _ ask: inout Inquiry) -> [WatchedVariant] {
        guard ask.need(endpoint.name, "the endpoint's name") != nil else { return [] }
        let serving = variants(of: endpoint, &ask).filter { ($0.weight.value ?? 1) > 0 }
        let watched = joined(WatchedVariants.self)
        return serving.compactMap { variant in
            ask.need(variant.name, "a variant's name").flatMap { watched.variant($0, of: endpoint) }
        }
    }
}

/// The variants of all endpoints that get traffic, with the alarms that may watch them.
private struct WatchedVariants: GraphJoin {
    private struct Key: Hashable {
        let endpointID: String
        let variant: String
    }
    private var variants: [Key: WatchedVariant] = [:]

    init(_ graph: Graph) {
        for endpoint in graph.endpoints {
            guard let name = endpoint.name.value, let config = graph.endpointConfigs[endpoint.config]
            else { continue }
            let serving = (config.variants.value ?? []).filter { !$0.isShadow && ($0.weight.value ?? 1) > 0 }
            let names = Set(serving.compactMap(\.name.value))
            for variant in names {
                let identity = VariantIdentity(endpoint: name, variant: variant, config: config.name.value)
                variants[Key(endpointID: endpoint.id, variant: variant)] = WatchedVariant(
                    identity, of: endpoint.head, siblings: names, in: graph)
            }
        }
    }

    func variant(_ name: String, of endpoint: Endpoint) -> WatchedVariant? {
        variants[Key(endpointID: endpoint.id, variant: name)]
    }
}
