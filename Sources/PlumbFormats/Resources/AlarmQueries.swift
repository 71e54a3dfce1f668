// The rows of an alarm or of a customised scaling metric: one metric, or metric math.

import PlumbModel

/// Reads metrics as alarms and scaling policies write them.
enum AlarmQueries {
    /// The rows of an alarm: `Metrics`, else the single metric it names.
    static func ofAlarm(_ alarm: Bilingual) -> Fact<[AlarmQuery]> {
        let rows = alarm["Metrics", "metric_query"]
        if rows.isPresent || rows.whyUnknown != nil { return self.rows(rows) }
        guard !alarm["MetricName", "metric_name"].orNothing.property.isAbsent else { return .absent(at: alarm.place) }
        var row = single(alarm)
        let extended = alarm["ExtendedStatistic", "extended_statistic"].orNothing.string
        if row.statistic.isAbsent { row.statistic = extended }
        return .known([row], at: alarm.place)
    }

    /// The rows of a customised metric of target tracking; absent without one.
    static func customised(_ metric: Bilingual) -> Fact<[AlarmQuery]> {
        guard metric.isPresent else { return metric.property.structure { _ in [] } }
        let rows = metric["Metrics", "metrics"]
        if rows.isPresent || rows.whyUnknown != nil { return self.rows(rows) }
        return .known([single(metric)], at: metric.place)
    }

    private static func single(_ source: Bilingual) -> AlarmQuery {
        var row = AlarmQuery()
        row.id = "m1"
        row.namespace = source["Namespace", "namespace"].orNothing.name
        row.metricName = source["MetricName", "metric_name"].name
        row.dimensions = dimensions(source["Dimensions", "dimensions"].property)
        row.statistic = source["Statistic", "statistic"].orNothing.string
        row.unit = source["Unit", "unit"].orNothing.string
        row.returnsData = true
        return row
    }

    private static func rows(_ rows: Bilingual) -> Fact<[AlarmQuery]> {
        if let why = rows.items.lazy.compactMap(\.whyUnknown).first { return .unknown(why, at: rows.place) }
        let count = rows.items.count
        return rows.list { row($0, isOnly: count == 1) }
    }

    private static func row(_ source: Bilingual, isOnly: Bool) -> AlarmQuery {
        var row = AlarmQuery()
        row.id = source["Id", "id"].string
        row.expression = source["Expression", "expression"].orNothing.name
        // An alarm's block holds the metric and its statistic in one, a scaling policy's in two, as CloudFormation.
        let joined = source["", "metric"]
        let isJoined = source.tongue == .plan && joined.isPresent
        let statistic = isJoined ? joined : source["MetricStat", "metric_stat"]
        let metric = isJoined ? joined : statistic["Metric", "metric"]
        row.namespace = metric["Namespace", "namespace"].name
        row.metricName = metric["MetricName", "metric_name"].name
        row.dimensions = dimensions(metric["Dimensions", "dimensions"].property)
        row.statistic = statistic["Stat", "stat"].string
        row.unit = statistic["Unit", "unit"].orNothing.string
        let own = statistic["Period", "period"].int
        row.periodSeconds = own.isAbsent ? source["Period", "period"].int : own
        // CloudWatch's default is true; Terraform's provider sends false where nothing is said.
        let returns = source["ReturnData", "return_data"].bool
        row.returnsData = returns.defaulting(to: isOnly || source.tongue == .template)
        return row
    }

    /// A list of names and values, or a map of them.
    static func dimensions(_ property: Property) -> Fact<[DimensionFact]> {
        func one(_ item: Property) -> DimensionFact? {
            let name = item["Name"].isAbsent ? item["name"] : item["Name"]
            let value = item["Value"].isAbsent ? item["value"] : item["Value"]
            return name.name.value.map { DimensionFact($0, value.name) }
        }
        switch property.state {
        case .absent: return .absent(at: property.place)
        case .unknown(let why): return .unknown(why, at: property.place)
        case .text: return .unknown("a list of dimensions was expected here", at: property.place)
        case .map(let fields):
            // CloudFormation takes a single item for a list of one.
            if fields.contains(where: { $0.key == "Name" }), let dimension = one(property) {
                return .known([dimension], at: property.place)
            }
            return .known(fields.map { DimensionFact($0.key, $0.value.name) }, at: property.place)
        case .list(let items):
            var found: [DimensionFact] = []
            for item in items {
                guard let dimension = one(item) else {
                    return .unknown(item.whyUnknown ?? "a dimension has no name", at: item.place)
                }
                found.append(dimension)
            }
            return .known(found, at: property.place)
        }
    }
}
