// Alarms and the dashboard.

import PlumbModel

extension RenderedDeployment {
    func monitoring() -> [RenderedResource] {
        graph.alarms.compactMap(alarm) + graph.dashboards.map(dashboard)
    }

    // MARK: - Alarms

    /// nil for an alarm whose metrics cannot be told: without them AWS refuses it.
    private func alarm(_ alarm: Alarm) -> RenderedResource? {
        guard let rows = alarm.queries.value else { return nil }
        let about = AlarmText.of(alarm.id)
        let isForScaling = ["ScaleOutAlarm", "ScaleInAlarm"].contains(alarm.id)
        return RenderedResource(
            alarm, "AWS::CloudWatch::Alarm", "aws_cloudwatch_metric_alarm", in: isForScaling ? .scaling : .monitoring,
            for: about.controls
        ) { fields in
            fields.put("AlarmName", "alarm_name", alarm.name)
            fields.put("AlarmDescription", "alarm_description", .text(about.sentence))
            if rows.count == 1, let only = rows.first, only.expression.isAbsent {
                put(only, of: alarm, &fields)
            } else {
                fields.put("Metrics", "metric_query", .blocks(rows.map(row)), for: about.control)
            }
            fields.put(
                "ComparisonOperator", "comparison_operator", alarm.comparison.value.map { .text($0.rawValue) },
                for: about.control)
            fields.put("Threshold", "threshold", alarm.threshold, for: about.control)
            fields.put("EvaluationPeriods", "evaluation_periods", alarm.evaluationPeriods, for: "OPS-1.7", "OPS-2.4")
            fields.put("DatapointsToAlarm", "datapoints_to_alarm", alarm.datapointsToAlarm, for: "OPS-1.7", "OPS-2.4")
            fields.put(
                "TreatMissingData", "treat_missing_data", alarm.missingData.value.map { .text($0.rawValue) },
                for: "OPS-1.7")
            fields.put(
                "EvaluateLowSampleCountPercentile", "evaluate_low_sample_count_percentiles",
                alarm.lowSamples.value.map { .text($0.rawValue) }, for: "OPS-1.7")
            let told = isForScaling ? about.control : "OPS-1.6"
            fields.put("ActionsEnabled", "actions_enabled", alarm.isActionsEnabled, for: told)
            fields.put("AlarmActions", "alarm_actions", .links(alarm.actions, nil, "arn"), for: told)
            fields.put("Tags", "tags", alarm.head.tags.value.map { .tags($0) })
        }
    }

    /// A single metric stands in the alarm itself.
    private func put(_ row: AlarmQuery, of alarm: Alarm, _ fields: inout RenderedFields) {
        fields.put("Namespace", "namespace", row.namespace)
        fields.put("MetricName", "metric_name", row.metricName)
        let isPlain = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"].contains(row.statistic.value)
        fields.put(
            isPlain ? "Statistic" : "ExtendedStatistic", isPlain ? "statistic" : "extended_statistic", row.statistic,
            for: "OPS-1.3")
        fields.put("Period", "period", row.periodSeconds.isAbsent ? alarm.periodSeconds : row.periodSeconds)
        putDimensions(row, &fields)
    }

    private func row(_ row: AlarmQuery) -> [RenderedField] {
        RenderedFields {
            $0.put("Id", "id", row.id)
            $0.put("Expression", "expression", row.expression)
            $0.putBlock("MetricStat", "metric") {
                if tongue == .template {
                    $0.putBlock("Metric", nil) { putMetric(row, &$0) }
                } else {
                    putMetric(row, &$0)
                }
                $0.put("Period", "period", row.periodSeconds)
                $0.put("Stat", "stat", row.statistic)
            }
            $0.put("ReturnData", "return_data", row.returnsData)
        }.list
    }

    private func putMetric(_ row: AlarmQuery, _ fields: inout RenderedFields) {
        fields.put("Namespace", "namespace", row.namespace)
        fields.put("MetricName", "metric_name", row.metricName)
        putDimensions(row, &fields)
    }

    /// A list of names and values in CloudFormation, a map in Terraform.
    private func putDimensions(_ row: AlarmQuery, _ fields: inout RenderedFields) {
        let known = (row.dimensions.value ?? []).compactMap { dimension in
            dimension.value.value.map { (name: dimension.name, value: RenderedValue.text($0)) }
        }
        guard !known.isEmpty else { return }
        let list = known.map { dimension in
            RenderedFields {
                $0.put("Name", nil, .text(dimension.name))
                $0.put("Value", nil, dimension.value)
            }.list
        }
        fields.put("Dimensions", nil, .blocks(list), for: "OPS-1.5")
        fields.put(
            nil, "dimensions", .map(Dictionary(known.map { ($0.name, $0.value) }) { _, new in new }), for: "OPS-1.5")
    }

    // MARK: - Dashboard

    private func dashboard(_ dashboard: Dashboard) -> RenderedResource {
        RenderedResource(
            dashboard, "AWS::CloudWatch::Dashboard", "aws_cloudwatch_dashboard", in: .monitoring,
            note: "Requests, errors, latency and machines on one page, with what the alarms hold them to.",
            for: ["OPS-1.1"]
        ) { fields in
            fields.put("DashboardName", "dashboard_name", dashboard.name)
            let page = DashboardPage(
                plan, metrics: dashboard.metrics.value ?? [], alarms: graph.alarms.filter(\.queries.isKnown).map(\.id))
            fields.put("DashboardBody", "dashboard_body", .json(page.body), for: "OPS-1.1")
        }
    }
}

/// What a reader is told about an alarm, and the controls that ask for it.
private struct AlarmText {
    /// The control whose limit the threshold is.
    var control: String
    var others: [String] = []
    var sentence: String

    var controls: [String] { [control] + others }

    static func of(_ id: String) -> AlarmText { table[id] ?? AlarmText(control: "OPS-1.6", sentence: id) }

    private static let table: [String: AlarmText] = [
        "ErrorRateAlarm": AlarmText(
            control: "OPS-1.2", others: ["OPS-1.1", "OPS-1.8"],
            sentence: "Too many requests fail. A minute with few requests counts as none failed."),
        "NewRevisionErrorRateAlarm": AlarmText(
            control: "OPS-2.9", others: ["OPS-1.2"],
            sentence: "Too many requests to the new configuration fail, whatever the old fleet answers."),
        "LatencyP99Alarm": AlarmText(
            control: "OPS-1.3", others: ["OPS-1.1", "OPS-1.8"],
            sentence: "One request in a hundred takes too long; the threshold is in microseconds."),
        "HealthAlarm": AlarmText(
            control: "OPS-1.4", others: ["OPS-1.8"],
            sentence: "The probe gets no answer, or nothing probes; after a stop on purpose its actions are off."),
        "DriftAlarm": AlarmText(
            control: "OPS-2.2",
            sentence: "Inputs have left the baseline: the detector reports its finding in units of its own limit."),
        "QualityAlarm": AlarmText(
            control: "OPS-2.2",
            sentence: "Answers are worse than the baseline's: the detector reports in units of its own limit."),
        "BurnRateFastAlarm": AlarmText(
            control: "OPS-1.2", others: ["REL-1.6"],
            sentence: "In an hour, two per cent of a month's error budget went."),
        "BurnRateSlowAlarm": AlarmText(
            control: "OPS-1.2", others: ["REL-1.6"],
            sentence: "In six hours, five per cent of a month's error budget went."),
        "TrafficDropAlarm": AlarmText(
            control: "OPS-1.1", sentence: "Nobody has asked anything for a quarter of an hour."),
        "ReplicationLagAlarm": AlarmText(
            control: "REL-3.4", others: ["REL-3.5"],
            sentence: "The deployed artefact is not in the second region yet."),
        "ScaleOutAlarm": AlarmText(control: "REL-2.4", sentence: "Load is above what capacity is added at."),
        "ScaleInAlarm": AlarmText(
            control: "REL-2.5", sentence: "Load has been below what capacity is taken away at for a quarter of an hour."
        ),
    ]
}
