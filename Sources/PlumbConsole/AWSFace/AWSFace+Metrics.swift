// CloudWatch's metrics: what the recorders hold, under the names that an endpoint's configuration gave.

import PlumbEngine
import PlumbModel
import PlumbSignals

/// One row of metric data, read.
enum MetricRow {
    static func read(_ row: FaceInput) throws -> MetricDataQuery {
        let id = try row.text("Id")
        let returns = try row.optionalFlag("ReturnData") ?? true
        if let expression = try row.optionalText("Expression") {
            return MetricDataQuery(id: id, source: .expression(expression), returnsData: returns)
        }
        let stat = try row.structure("MetricStat")
        return MetricDataQuery(
            id: id,
            source: .metric(
                try identity(stat.structure("Metric")), statistic: try statistic(stat.text("Stat")),
                periodSeconds: try stat.integer("Period", in: 1...86_400), unit: try stat.optionalText("Unit")),
            returnsData: returns)
    }

    static func identity(_ metric: FaceInput) throws -> MetricIdentity {
        MetricIdentity(
            namespace: try metric.text("Namespace"), name: try metric.text("MetricName"),
            dimensions: try metric.structures("Dimensions").map {
                Dimension(try $0.text("Name"), try $0.text("Value"))
            })
    }

    static func statistic(_ text: String) throws(FaceError) -> Statistic {
        guard let statistic = Statistic(cloudWatch: text) else {
            throw .validation("The statistic '\(text.prefix(40))' is not one that the engine reckons.")
        }
        return statistic
    }
}

/// The metrics of all endpoints, asked for by the names their configurations gave them.
struct FaceMetrics: MetricSource {
    struct Known: Sendable {
        var source: any MetricSource & Sendable
        var variant: String
        /// The engine's name of each configuration, by the caller's.
        var configs: [String: String]
    }
    var endpoints: [String: Known]

    func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        guard let (known, metric) = asked(metric) else { return nil }
        return known.source.datapoint(
            metric, statistic: statistic, periodStart: periodStart, periodSeconds: periodSeconds)
    }

    func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool {
        guard let (known, metric) = asked(metric) else { return false }
        return known.source.isPublished(metric, in: unit)
    }

    private func asked(_ metric: MetricIdentity) -> (Known, MetricIdentity)? {
        guard let endpoint = metric.dimension("EndpointName"), let known = endpoints[endpoint] else { return nil }
        var metric = metric
        for index in metric.dimensions.indices {
            let dimension = metric.dimensions[index]
            switch dimension.name {
            case "VariantName":
                guard dimension.value == known.variant else { return nil }
                metric.dimensions[index].value = Revision.variantName
            case "EndpointConfigName":
                guard let config = known.configs[dimension.value] else { return nil }
                metric.dimensions[index].value = config
            default: break
            }
        }
        return (known, metric)
    }
}

extension AWSFace {
    /// Points of one answer, as CloudWatch has it, and rows; expressions look at all of the others.
    private static let pointsMax = 100_800
    private static let rowsMax = 500
    private static let expressionsMax = 20
    /// What a multi-model endpoint publishes beside these, with the unit.
    private static let modelCacheMetrics = [
        ("ModelCacheHit", "None"), ("ModelLoadingWaitTime", "Microseconds"), ("ModelDownloadingTime", "Microseconds"),
        ("ModelLoadingTime", "Microseconds"), ("ModelUnloadingTime", "Microseconds"), ("LoadedModelCount", "None"),
    ]

    func liveMetrics() async throws -> FaceMetrics {
        var metrics = FaceMetrics(endpoints: [:])
        for status in try await plane.status().endpoints {
            let name = status.record.name
            guard let source = try await ground.metrics(of: name) else { continue }
            let record = records[FaceRecord.key(.endpoint, name)]
            var configs: [String: String] = [:]
            for revision in status.record.revisions {
                configs[record?.configs["\(revision.number)"] ?? revision.configName] = revision.configName
            }
            metrics.endpoints[name] = .init(
                source: source, variant: record.flatMap { variantName($0, status) } ?? Revision.variantName,
                configs: configs)
        }
        return metrics
    }

    func metricData(_ input: FaceInput) async throws -> Shape {
        let rows = try input.structures("MetricDataQueries")
        guard (1...Self.rowsMax).contains(rows.count) else {
            throw FaceError.validation("MetricDataQueries: 1 to \(Self.rowsMax) rows")
        }
        guard let start = try input.optionalTime("StartTime"), let end = try input.optionalTime("EndTime"), start < end
        else { throw FaceError.validation("StartTime has to lie before EndTime.") }
        let descends = try input.optionalText("ScanBy") != "TimestampAscending"
        let queries = try rows.map { try MetricRow.read($0) }
        guard queries.count(where: { $0.periodSeconds == nil }) <= Self.expressionsMax else {
            throw FaceError.validation("MetricDataQueries: at most \(Self.expressionsMax) expressions")
        }
        let source = try await liveMetrics()
        var left = Self.pointsMax
        var results: [Shape] = []
        for (row, query) in zip(rows, queries) where query.returnsData {
            let period =
                try query.periodSeconds ?? row.optionalInteger("Period", in: 1...86_400)
                ?? queries.compactMap(\.periodSeconds).first ?? 60
            let points = try points(of: query, among: queries, period, from: start, to: end, source, &left)
            let ordered = descends ? points.reversed() : points
            results.append(
                .made([
                    "Id": .text(query.id), "Label": .text(try row.optionalText("Label") ?? query.label),
                    "Timestamps": .list(ordered.map { .time(Double($0.second)) }),
                    "Values": .list(ordered.map { .number($0.value) }), "StatusCode": "Complete",
                ]))
        }
        return .made(["MetricDataResults": .list(results), "Messages": .list([])])
    }

    private func points(
        of query: MetricDataQuery, among queries: [MetricDataQuery], _ period: Int, from start: Double,
        to end: Double, _ source: FaceMetrics, _ left: inout Int
    ) throws -> [(second: Int, value: Double)] {
        let first = Int((start / Double(period)).rounded(.down)) * period
        let last = Int((end / Double(period)).rounded(.up)) * period
        let count = (last - first) / period
        left -= count
        guard left >= 0 else {
            throw FaceError.validation("More than \(Self.pointsMax) points; ask for less time or longer periods.")
        }
        var rows = query.periodSeconds == nil ? queries : [query]
        for index in rows.indices { rows[index].returnsData = rows[index].id == query.id }
        let points = try MetricMath(rows).datapoints(
            from: source, periodSeconds: period, count: count, before: last)
        return zip(0..., points).compactMap { index, point in point.map { (first + index * period, $0.value) } }
    }

    func listMetrics(_ input: FaceInput) async throws -> Shape {
        let namespace = try input.optionalText("Namespace")
        let name = try input.optionalText("MetricName")
        let filters = try input.structures("Dimensions").map { (try $0.text("Name"), try $0.optionalText("Value")) }
        let token = try input.optionalText("NextToken").flatMap { Int($0) } ?? 0
        var found: [MetricIdentity] = []
        let metrics = try await liveMetrics()
        for (endpoint, known) in metrics.endpoints.sorted(by: { $0.key < $1.key }) {
            for config in [nil] + known.configs.keys.sorted().map({ Optional($0) }) {
                let identity = VariantIdentity(endpoint: endpoint, variant: known.variant, config: config)
                found += RequestMetric.allCases.map { identity.metric($0) }
                found += Self.modelCacheMetrics.compactMap { name, unit in
                    let metric = MetricIdentity(
                        namespace: "AWS/SageMaker", name: name, dimensions: identity.dimensions)
                    return metrics.isPublished(metric, in: unit) ? metric : nil
                }
            }
        }
        found = found.filter { metric in
            (namespace.map { $0 == metric.namespace } ?? true) && (name.map { $0 == metric.name } ?? true)
                && filters.allSatisfy { filter in
                    metric.dimension(filter.0).map { value in filter.1.map { $0 == value } ?? true } ?? false
                }
        }
        let page = found.dropFirst(max(0, token)).prefix(Self.rowsMax)
        return .made([
            "Metrics": .list(
                page.map { metric in
                    .made([
                        "Namespace": .text(metric.namespace), "MetricName": .text(metric.name),
                        "Dimensions": .list(
                            metric.dimensions.map { .map(["Name": .text($0.name), "Value": .text($0.value)]) }),
                    ])
                }),
            "NextToken": page.endIndex < found.endIndex ? .text("\(page.endIndex)") : nil,
        ])
    }
}

extension MetricDataQuery {
    fileprivate var label: String {
        switch source {
        case .metric(let identity, _, _, _): identity.name
        case .expression(let text): text
        }
    }
}
