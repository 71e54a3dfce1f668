// What a utilisation metric shows when an instance is fully used: the difference between 70 % and 4.4 %.

import PlumbModel
import PlumbSignals

/// How the number that a scaling rule compares relates to real capacity.
///
/// SageMaker's `CPUUtilization` runs to 100 % for each vCPU (400 on ml.m5.xlarge) and `GPUUtilization` to 100 % for
/// each
/// GPU; rules therefore need metric math or a scaled threshold. The rows are run through the same metric math as
/// alarms,
/// on a variant whose capacity is half and then fully used, so that spelling does not matter.
enum CapacityScale {
    enum Answer {
        /// What the returned row shows at full use of the instance.
        case fullUse(Double)
        case fault(String)
        case unknown(String)
    }

    /// The instance metrics' namespace, with its leading slash; `AWS/SageMaker` holds the invocation metrics only.
    static let namespace = "/aws/sagemaker/Endpoints"

    /// The metric that tells the load of a type: its GPUs' where it has any.
    static func metricName(of type: InstanceType) -> String { type.gpus > 0 ? "GPUUtilization" : "CPUUtilization" }

    static func answer(_ rows: [MetricDataQuery], on identity: VariantIdentity, of type: InstanceType) -> Answer {
        let wanted = metricName(of: type)
        for row in rows {
            guard case .metric(let metric, let statistic, _, _) = row.source else { continue }
            if let fault = fault(of: metric, statistic, wanted: wanted, identity, type) { return .fault(fault) }
        }
        do {
            let math = try MetricMath(rows)
            func value(at percent: Double) -> Double? {
                let source = UtilisedVariant(identity: identity, type: type, percent: percent)
                return math.datapoints(from: source, periodSeconds: 60, count: 1, before: 60).first??.value
            }
            guard let full = value(at: 100), let half = value(at: 50), full > 0 else {
                return .fault("it has no data: a metric's name, dimensions or unit are not those that are published")
            }
            guard abs(full - 2 * half) <= full / 1000 else {
                return .unknown("its value is not proportional to \(wanted)")
            }
            return .fullUse(full)
        } catch {
            return .unknown(error.message)
        }
    }

    private static func fault(
        of metric: MetricIdentity, _ statistic: Statistic, wanted: String, _ identity: VariantIdentity,
        _ type: InstanceType
    ) -> String? {
        if metric.name.hasSuffix("Normalized") {
            return "\(metric.name) exists only for endpoints with inference components"
        }
        if metric.name != wanted {
            return "it follows \(metric.name), and the load of \(type.name) shows in \(wanted)"
        }
        if metric.namespace != namespace {
            return "\(wanted) is published in \(namespace), not in '\(metric.namespace)'"
        }
        if metric.dimensions != UtilisedVariant.dimensions(of: identity) {
            let told = metric.dimensions.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
            return "its dimensions are [\(told)], wanted EndpointName=\(identity.endpoint), "
                + "VariantName=\(identity.variant)"
        }
        if statistic != .average {
            return "its statistic is \(statistic.cloudWatchName), wanted Average: only the average over all "
                + "instances falls when one is added"
        }
        return nil
    }
}

/// A variant whose instances are all used to the same percentage of their capacity, as a metric source.
private struct UtilisedVariant: MetricSource {
    let identity: VariantIdentity
    let type: InstanceType
    let percent: Double

    static func dimensions(of identity: VariantIdentity) -> [Dimension] {
        let two = VariantIdentity(endpoint: identity.endpoint, variant: identity.variant)
        return MetricIdentity(namespace: CapacityScale.namespace, name: "", dimensions: two.dimensions).dimensions
    }

    func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        guard metric.namespace == CapacityScale.namespace, metric.dimensions == Self.dimensions(of: identity),
            metric.name == CapacityScale.metricName(of: type)
        else { return nil }
        return Datapoint(value: percent * Double(type.gpus > 0 ? type.gpus : type.vCPUs), sampleCount: 1)
    }

    func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool { unit == "Percent" }
}
