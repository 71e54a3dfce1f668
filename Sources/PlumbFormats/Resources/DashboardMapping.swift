// Dashboards: which metrics their widgets draw, in CloudWatch's shorthand.

import PlumbModel

/// Reads dashboards' bodies.
enum DashboardMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        for resource in tongue.resources("AWS::CloudWatch::Dashboard", "aws_cloudwatch_dashboard", in: inventory) {
            var dashboard = Dashboard(head: resource.head)
            let body = Bilingual(resource, tongue)["DashboardBody", "dashboard_body"].property.parsed
            dashboard.metrics = metrics(body, of: graph)
            graph.dashboards.append(dashboard)
        }
    }

    private static func metrics(_ body: Property, of graph: Graph) -> Fact<[MetricIdentity]> {
        if let why = body.whyUnknown ?? body["widgets"].whyUnknown { return .unknown(why, at: body.place) }
        if body.isAbsent { return .absent(at: body.place) }
        var found: [MetricIdentity] = []
        for widget in body["widgets"].items {
            let rows = widget["properties"]["metrics"]
            if let why = rows.whyUnknown { return .unknown(why, at: rows.place) }
            var previous: [String] = []
            for row in rows.items {
                if let why = row.whyUnknown { return .unknown(why, at: row.place) }
                let (texts, expression) = parts(of: row)
                if let expression { found += searched(by: expression, in: graph) }
                guard !texts.isEmpty else { continue }
                let full = expanded(texts, after: previous)
                if let metric = identity(full) { found.append(metric) }
                previous = full
            }
        }
        return .known(found, at: body.place)
    }

    /// The texts of `[namespace, metric, dimension, value, …, {options}]`, and the options' expression.
    private static func parts(of row: Property) -> (texts: [String], expression: String?) {
        var texts: [String] = []
        var expression: String?
        for item in row.items {
            if case .map = item.state {
                expression = item["expression"].name.value
            } else if let text = item.name.value {
                texts.append(text)
            }
        }
        return (texts, expression)
    }

    /// `.` repeats the part at its place in the row before; `...` all parts that are not written behind it.
    private static func expanded(_ texts: [String], after previous: [String]) -> [String] {
        var texts = texts
        if texts.first == "..." {
            let written = texts.dropFirst()
            texts = Array(previous.prefix(max(0, previous.count - written.count)) + written)
        }
        return texts.enumerated().map { index, text in
            text == "." && index < previous.count ? previous[index] : text
        }
    }

    private static func identity(_ texts: [String]) -> MetricIdentity? {
        guard texts.count >= 2, texts.count.isMultiple(of: 2) else { return nil }
        let dimensions = stride(from: 2, to: texts.count, by: 2).map { Dimension(texts[$0], texts[$0 + 1]) }
        return MetricIdentity(namespace: texts[0], name: texts[1], dimensions: dimensions)
    }

    /// The variants' metrics that a search draws, such as
    /// `SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName="ModelLatency"', 'p99', 60)`.
    private static func searched(by expression: String, in graph: Graph) -> [MetricIdentity] {
        guard expression.contains("SEARCH"), let open = expression.firstIndex(of: "{"),
            let close = expression[open...].firstIndex(of: "}")
        else { return [] }
        let schema = expression[expression.index(after: open)..<close].split(separator: ",").map {
            $0.filter { $0 != " " && $0 != "\"" }
        }
        guard let namespace = schema.first, schema.contains("EndpointName"), schema.contains("VariantName") else {
            return []
        }
        let terms = expression[close...]
        let names = ["ModelLatency", "OverheadLatency", "Invocations", "Invocation5XXErrors", "Invocation4XXErrors"]
        let named = names.filter { terms.contains($0) }
        guard !named.isEmpty else { return [] }
        return graph.endpoints.flatMap { endpoint -> [MetricIdentity] in
            guard let name = endpoint.name.value, !terms.contains("EndpointName=") || terms.contains(name) else {
                return []
            }
            let variants = graph.endpointConfigs[endpoint.config]?.variants.value?.compactMap(\.name.value) ?? []
            return variants.flatMap { variant in
                named.map {
                    MetricIdentity(
                        namespace: namespace, name: $0,
                        dimensions: [Dimension("EndpointName", name), Dimension("VariantName", variant)])
                }
            }
        }
    }
}
