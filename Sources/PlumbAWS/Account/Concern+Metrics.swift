// What the endpoints have done: requests, failures and load of the last days, read from CloudWatch.

import Foundation
import PlumbModel

extension Concern {
    static let metrics = Concern(
        name: "metrics", reads: [Read(.cloudWatch, "GetMetricData")],
        measure: { survey, resources in try await survey.measureTraffic(resources) })
}

/// One row of `GetMetricData`.
private struct MetricRow: Sendable {
    let endpoint: String
    let variant: String
    let metric: String
    let namespace: String
    let statistic: String
    /// What 100 % is, where the metric sums up processors.
    var capacity = 1.0

    func query(_ id: String, periodSeconds: Double) -> AWSValue {
        [
            "Id": .text(id), "ReturnData": true,
            "MetricStat": [
                "Stat": .text(statistic), "Period": .number(periodSeconds),
                "Metric": [
                    "Namespace": .text(namespace), "MetricName": .text(metric),
                    "Dimensions": [
                        ["Name": "EndpointName", "Value": .text(endpoint)],
                        ["Name": "VariantName", "Value": .text(variant)],
                    ],
                ],
            ],
        ]
    }
}

extension Survey {
    /// As many as one call takes.
    private static let queriesMax = 500
    private static let daySeconds = 86_400.0

    /// Tells of each endpoint what it was asked and how busy it was: `Evidence.Kind.metrics` and `.availability`.
    fileprivate func measureTraffic(_ resources: [AccountResource]) async throws {
        let endpoints = resources.filter {
            $0.type == "AWS::SageMaker::Endpoint" && $0.properties["LiveStatus"] != .absent
        }
        let configs = Dictionary(
            resources.lazy.filter { $0.type == "AWS::SageMaker::EndpointConfig" }.map { ($0.name, $0.properties) }
        ) { first, _ in first }
        let rows = endpoints.flatMap { endpoint in
            Self.rows(
                of: endpoint, config: configs[endpoint.properties["EndpointConfigName"].text ?? ""] ?? .absent)
        }
        guard !rows.isEmpty, case .seen(let values) = try await values(of: rows) else { return }
        let places = Dictionary(grouping: rows.indices) { rows[$0].endpoint }
        for endpoint in endpoints {
            let born = endpoint.properties["LiveCreationTime"].number ?? now
            let days = min(Self.windowDays, max(0, (now - born) / Self.daySeconds))
            let own = (places[endpoint.name] ?? []).map { (rows[$0], values[$0]) }
            note(own, of: endpoint.name, days: days)
        }
    }

    private static func rows(of endpoint: AccountResource, config: AccountValue) -> [MetricRow] {
        let types = Dictionary(
            config["ProductionVariants"].items.map { ($0["VariantName"].text ?? "", $0["InstanceType"].text) }
        ) { first, _ in first }
        return endpoint.properties["LiveVariants"].items.flatMap { variant -> [MetricRow] in
            guard let name = variant["VariantName"].text else { return [] }
            func row(_ metric: String, _ statistic: String, _ namespace: String, _ capacity: Int = 1) -> MetricRow {
                MetricRow(
                    endpoint: endpoint.name, variant: name, metric: metric, namespace: namespace,
                    statistic: statistic, capacity: Double(capacity))
            }
            let requests = [
                row("Invocations", "Sum", "AWS/SageMaker"), row("Invocation5XXErrors", "Sum", "AWS/SageMaker"),
                row("Invocation4XXErrors", "Sum", "AWS/SageMaker"),
                row("ModelLatency", "SampleCount", "AWS/SageMaker"),
            ]
            // A variant without machines of its own has no load; that of an unlisted machine cannot be told in percent.
            guard let type = (types[name] ?? nil).flatMap(InstanceType.named) else { return requests }
            let machines = "/aws/sagemaker/Endpoints"
            let load = [
                row("CPUUtilization", "p95", machines, type.vCPUs), row("MemoryUtilization", "p95", machines),
            ]
            return requests + load + (type.gpus > 0 ? [row("GPUUtilization", "p95", machines, type.gpus)] : [])
        }
    }

    /// The daily values of each row.
    private func values(of rows: [MetricRow]) async throws -> Seen<[[Double]]> {
        // From midnight to the hour: days are whole, and the same question is the same call.
        let end = (now / 3_600).rounded(.up) * 3_600
        let start = Double(today.daysSinceEpoch) * Self.daySeconds - (Self.windowDays - 1) * Self.daySeconds
        let inputs = Array(rows.indices).batches(of: Self.queriesMax).map { batch -> AWSValue in
            [
                "StartTime": .number(start), "EndTime": .number(end),
                "MetricDataQueries": .list(
                    batch.map { rows[$0].query("m\($0)", periodSeconds: Self.daySeconds) }),
            ]
        }
        return try await items(.cloudWatch, "GetMetricData", each: inputs, in: "MetricDataResults").map { results in
            var values = [[Double]](repeating: [], count: rows.count)
            // A row whose values fill several pages comes once on each.
            for result in results {
                guard let index = result["Id"].text.flatMap({ Int($0.dropFirst()) }), values.indices.contains(index)
                else { continue }
                values[index] += result["Values"].items.compactMap(\.number)
            }
            return values
        }
    }

    private func note(_ rows: [(MetricRow, [Double])], of endpoint: String, days: Double) {
        func sum(_ metric: String) -> Double {
            rows.reduce(0) { $0 + ($1.0.metric == metric ? $1.1.reduce(0, +) : 0) }
        }
        /// The busiest variant on its busiest day.
        func highest(_ metric: String) -> Double? {
            rows.compactMap { row, values in row.metric == metric ? values.max().map { $0 / row.capacity } : nil }.max()
        }
        let requests = sum("Invocations")
        var numbers = ["requests": requests, "days": days]
        numbers["cpuP95Percent"] = highest("CPUUtilization")
        numbers["memoryP95Percent"] = highest("MemoryUtilization")
        numbers["gpuP95Percent"] = highest("GPUUtilization")
        let names = Set(rows.filter { !$0.1.isEmpty }.map(\.0.metric)).sorted().joined(separator: ", ")
        notebook.note(
            Evidence(
                .metrics, endpointName: endpoint, day: today, origin: "account", numbers: numbers,
                texts: ["metrics": names]))
        notebook.note(
            Evidence(
                .availability, endpointName: endpoint, day: today, origin: "account",
                numbers: [
                    "good": max(0, requests - sum("Invocation5XXErrors")), "total": requests, "days": days,
                ]))
    }
}
