// The alarms of one revision: the spec's three classes, on that revision's own traffic.

public import PlumbModel
public import PlumbSignals

/// The metrics an engine publishes and the alarms it holds each revision to.
public enum RevisionAlarms {
    /// The product's own namespace for what SageMaker has no metric of.
    public static let namespace = "Plumbline/Endpoints"

    /// Who the metrics are about: the third dimension keeps a canary's errors from being diluted by the old fleet.
    public static func identity(of revision: Revision) -> VariantIdentity {
        VariantIdentity(endpoint: revision.endpoint, variant: Revision.variantName, config: revision.configName)
    }

    /// 1 while at least one instance of the revision is healthy, else 0; once a second.
    public static func probe(of revision: Revision) -> MetricIdentity {
        MetricIdentity(namespace: namespace, name: "ProbeSuccess", dimensions: identity(of: revision).dimensions)
    }

    /// How far the captured traffic is from its baseline, in units of what is an alarm.
    public static func drift(of revision: Revision) -> MetricIdentity {
        MetricIdentity(namespace: namespace, name: "FeatureDrift", dimensions: identity(of: revision).dimensions)
    }

    /// How far the answers' quality is from its limit, in units of the limit.
    public static func quality(of revision: Revision) -> MetricIdentity {
        MetricIdentity(
            namespace: namespace, name: "QualityDegradation", dimensions: identity(of: revision).dimensions)
    }

    /// Error rate, p99 latency and health, in that order; then drift and quality where they are watched.
    ///
    /// A period with fewer than `alarms.requestsMinimum` requests says nothing about rate or latency (T-19): one error
    /// in twenty requests is 5 %.
    public static func definitions(for revision: Revision) -> [AlarmDefinition] {
        let plan = revision.spec.alarms
        let requests = row("requests", .invocations, .sum, plan.errorRate, revision)
        return [
            alarm(
                "error-rate", plan.errorRate, revision, comparison: .greaterThanThreshold,
                threshold: plan.errorRate.threshold,
                rows: [
                    requests, row("errors", .serverErrors, .sum, plan.errorRate, revision),
                    result("IF(requests >= \(max(1, plan.requestsMinimum)), 100 * errors / requests, 0)"),
                ]),
            alarm(
                "latency-p99", plan.latencyP99, revision, comparison: .greaterThanThreshold,
                threshold: plan.latencyP99.threshold * 1000,
                rows: [
                    row("requests", .invocations, .sum, plan.latencyP99, revision),
                    row("p99", .modelLatency, .percentile(rank: 99), plan.latencyP99, revision),
                    result("IF(requests >= \(max(1, plan.requestsMinimum)), p99, 0)"),
                ]),
            // Maximum: one healthy instance answers for the endpoint; a single dead one is the supervisor's affair.
            AlarmDefinition(
                name: name("health", revision),
                queries: [
                    MetricDataQuery(
                        id: "probe",
                        source: .metric(
                            probe(of: revision), statistic: .maximum, periodSeconds: plan.health.periodSeconds,
                            unit: nil),
                        returnsData: true)
                ],
                comparison: .lessThanThreshold, threshold: 1, periodSeconds: plan.health.periodSeconds,
                evaluationPeriods: plan.health.evaluationPeriods, datapointsToAlarm: plan.health.datapointsToAlarm,
                missingData: plan.health.missingData),
        ] + detectors(of: revision)
    }

    /// The detectors see to their own false alarms: one datapoint beyond the limit is enough.
    private static func detectors(of revision: Revision) -> [AlarmDefinition] {
        var metrics: [(kind: String, metric: MetricIdentity)] = []
        if revision.isWatchedForDrift { metrics.append(("drift", drift(of: revision))) }
        if revision.isWatchedForQuality { metrics.append(("quality", quality(of: revision))) }
        return metrics.map { kind, metric in
            let query = MetricDataQuery(
                id: kind,
                source: .metric(metric, statistic: .maximum, periodSeconds: detectorPeriodSeconds, unit: nil),
                returnsData: true)
            return AlarmDefinition(
                name: name(kind, revision), queries: [query], comparison: .greaterThanThreshold, threshold: 1,
                periodSeconds: detectorPeriodSeconds, evaluationPeriods: 1, datapointsToAlarm: 1,
                missingData: .notBreaching)
        }
    }

    /// Detectors report every second.
    private static let detectorPeriodSeconds = 1

    private static func name(_ kind: String, _ revision: Revision) -> String { "\(revision.configName)-\(kind)" }

    private static func alarm(
        _ kind: String, _ rule: AlarmPlan.Rule, _ revision: Revision, comparison: ComparisonOperator,
        threshold: Double, rows: [MetricDataQuery]
    ) -> AlarmDefinition {
        AlarmDefinition(
            name: name(kind, revision), queries: rows, comparison: comparison, threshold: threshold,
            periodSeconds: rule.periodSeconds, evaluationPeriods: rule.evaluationPeriods,
            datapointsToAlarm: rule.datapointsToAlarm, missingData: rule.missingData)
    }

    private static func row(
        _ id: String, _ metric: RequestMetric, _ statistic: Statistic, _ rule: AlarmPlan.Rule, _ revision: Revision
    ) -> MetricDataQuery {
        MetricDataQuery(
            id: id,
            source: .metric(
                identity(of: revision).metric(metric), statistic: statistic, periodSeconds: rule.periodSeconds,
                unit: nil),
            returnsData: false)
    }

    private static func result(_ expression: String) -> MetricDataQuery {
        MetricDataQuery(id: "result", source: .expression(expression), returnsData: true)
    }
}
