// Drift and quality as metrics of CloudWatch, under the names that working alarms read.

import ArgumentParser
import Foundation
import PlumbAWS
import PlumbEngine
import PlumbModel
import PlumbSignals

extension Composition {
    /// Whose metrics they are.
    struct MetricOwner: Sendable {
        var endpoint: String
        var variant = Revision.variantName
        /// Nil where no schedule of Model Monitor is stood in for.
        var schedule: String?
    }

    /// Model Monitor's namespaces, as its own alarms and dashboards spell them.
    private static let dataNamespace = "aws/sagemaker/Endpoints/data-metrics"
    private static let modelNamespace = "aws/sagemaker/Endpoints/model-metrics"

    /// What rendered alarms read: in units of its own limit, more than 1 is an alarm.
    private static func finding(
        _ name: String, _ level: Double, _ owner: MetricOwner, at seconds: Double
    ) -> PublishedMetric {
        let dimensions = [
            PlumbModel.Dimension("EndpointName", owner.endpoint), PlumbModel.Dimension("VariantName", owner.variant),
        ]
        return PublishedMetric(
            MetricIdentity(namespace: RevisionAlarms.namespace, name: name, dimensions: dimensions), .value(level),
            at: seconds)
    }

    private static func dimensions(_ owner: MetricOwner, feature: String? = nil) -> [PlumbModel.Dimension] {
        [PlumbModel.Dimension("Endpoint", owner.endpoint)]
            + (owner.schedule.map { [PlumbModel.Dimension("MonitoringSchedule", $0)] } ?? [])
            + (feature.map { [PlumbModel.Dimension("Feature", $0)] } ?? [])
    }

    // MARK: - Of files

    /// How far the data is beyond what is asked of it.
    static func findings(_ outcome: DriftOutcome, of owner: MetricOwner, at seconds: Double) -> [PublishedMetric] {
        let limit = outcome.constraints.comparison
        let worst = outcome.report.features.map(\.largestDifference).max() ?? 0
        let isBroken = outcome.violations.contains { $0.check == .drift } && limit.threshold > 0
        return [finding("FeatureDrift", max(outcome.level, isBroken ? worst / limit.threshold : 0), owner, at: seconds)]
    }

    /// Model Monitor's metrics of each feature, with and without the dimension `Feature`.
    static func metrics(_ outcome: DriftOutcome, of owner: MetricOwner, at seconds: Double) -> [PublishedMetric] {
        let distances = Dictionary(outcome.report.features.map { ($0.name, $0.largestDifference) }) { first, _ in first
        }
        return outcome.statistics.features.flatMap { feature -> [PublishedMetric] in
            var told: [(String, PublishedMetric.Content)] = [
                ("feature_non_null_", .value(Double(feature.present))),
                ("feature_null_", .value(Double(feature.missing))),
                ("feature_completeness_", .value(feature.completeness)),
            ]
            if let distance = distances[feature.name] { told.append(("feature_baseline_drift_", .value(distance))) }
            if let numbers = feature.numerical, feature.present > 0 {
                let summary = PublishedMetric.Summary(
                    count: Double(feature.present), sum: numbers.sum, minimum: numbers.minimum,
                    maximum: numbers.maximum)
                told.append(("feature_data_", .summary(summary)))
            }
            return told.flatMap { prefix, content in
                [nil, feature.name].map { name in
                    PublishedMetric(
                        MetricIdentity(
                            namespace: dataNamespace, name: prefix + feature.name,
                            dimensions: dimensions(owner, feature: name)), content, at: seconds)
                }
            }
        }
    }

    /// How many of its limits the answers' quality is beyond: of a measure that must not fall, what is lacking to 1.
    static func findings(_ outcome: QualityOutcome, of owner: MetricOwner, at seconds: Double) -> [PublishedMetric] {
        let worst = outcome.constraints.compactMap { constraint -> Double? in
            guard let value = outcome.quality[constraint.metric]?.value else { return nil }
            if constraint.isBrokenBelow {
                let allowed = 1 - constraint.threshold
                return allowed > 0 ? (1 - value) / allowed : value < constraint.threshold ? 2 : 1
            }
            return constraint.threshold > 0 ? value / constraint.threshold : value > constraint.threshold ? 2 : 1
        }.max()
        // A constraint that is broken is beyond its limit, whatever the division says.
        let level = outcome.report.isClean ? min(1, worst ?? 0) : max(worst ?? 0, 1.01)
        return [finding("QualityDegradation", level, owner, at: seconds)]
    }

    static func metrics(_ outcome: QualityOutcome, of owner: MetricOwner, at seconds: Double) -> [PublishedMetric] {
        outcome.quality.metrics.map { metric in
            PublishedMetric(
                MetricIdentity(namespace: modelNamespace, name: metric.name, dimensions: dimensions(owner)),
                .value(metric.value), at: seconds)
        }
    }

    // MARK: - Of a running engine

    /// What the detectors of an engine hold: the worst of an endpoint's revisions.
    static func findings(_ monitoring: [EndpointMonitoring], at seconds: Double) -> [PublishedMetric] {
        monitoring.flatMap { one -> [PublishedMetric] in
            let owner = MetricOwner(endpoint: one.endpoint)
            let drift = one.revisions.filter { $0.drift.state != .notWatched }.map(\.drift.level).max()
            let watched = one.revisions.compactMap(\.quality).filter { $0.state != .notWatched }
            var told = [
                drift.map { finding("FeatureDrift", $0, owner, at: seconds) },
                watched.map(\.level).max().map { finding("QualityDegradation", $0, owner, at: seconds) },
            ].compactMap { $0 }
            for feature in one.revisions.filter({ $0.drift.state == .alarm }).flatMap(\.drift.features) {
                told.append(
                    PublishedMetric(
                        MetricIdentity(
                            namespace: dataNamespace, name: "feature_baseline_drift_\(feature.name)",
                            dimensions: dimensions(owner)), .value(feature.distance), at: seconds))
            }
            for metric in watched.last?.metrics ?? [] {
                told.append(
                    PublishedMetric(
                        MetricIdentity(namespace: modelNamespace, name: metric.name, dimensions: dimensions(owner)),
                        .value(metric.value), at: seconds))
            }
            return told
        }
    }

    /// Puts metrics into CloudWatch as whoever runs this.
    static func publish(_ metrics: [PublishedMetric]) async throws {
        try await withAWS(AWSAccess.parse([]), region: nil) { try await $0.put(metrics) }
    }

    /// The lines of the file from which SageMaker's own agent publishes what a monitoring job has measured.
    static func agentLines(_ metrics: [PublishedMetric]) -> String {
        metrics.filter(\.isFinite).map { metric in
            let dimensions = metric.identity.dimensions.map { dimension in
                "{\"Name\":\(JSONText.quoted(dimension.name)),\"Value\":\(JSONText.quoted(dimension.value))}"
            }
            let content =
                switch metric.content {
                case .value(let value): "\"Value\":\(value)"
                case .summary(let summary):
                    "\"StatisticValues\":{\"SampleCount\":\(summary.count),\"Sum\":\(summary.sum),"
                        + "\"Minimum\":\(summary.minimum),\"Maximum\":\(summary.maximum)}"
                }
            let moment = Date(timeIntervalSince1970: metric.seconds.rounded(.down)).ISO8601Format()
            return "{\"MetricName\":\(JSONText.quoted(metric.identity.name)),\"Timestamp\":\"\(moment)\","
                + "\"Dimensions\":[\(dimensions.joined(separator: ","))],\(content)}\n"
        }.joined()
    }
}
