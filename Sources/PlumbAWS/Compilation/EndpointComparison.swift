// Two endpoints compared by what SageMaker itself measures: a compiled model beside the model as it was.

import Foundation
import PlumbModel

/// Latencies of two endpoints over the minutes in which both were asked.
public struct EndpointComparison: Sendable, Encodable {
    /// One of the two.
    public struct Side: Sendable, Encodable {
        public var endpoint: String
        public var config: String
        public var instanceType: String
        /// Where its model lies.
        public var model: String?
        /// Medians over the minutes of each minute's percentile, of `ModelLatency`.
        public var p50Milliseconds = 0.0
        public var p99Milliseconds = 0.0
        public var requests = 0
        var variant: String

        private enum CodingKeys: String, CodingKey {
            case endpoint, config, instanceType, model, p50Milliseconds, p99Milliseconds, requests
        }
    }
    public var schema = "plumbline.compare/1"
    public var baseline: Side
    public var candidate: Side
    /// By what share the median fell, minute by minute.
    public var reductions: [Double]
    /// A minute counts when both answered so many requests in it.
    public static let requestsMin = 30
    /// So many minutes are looked at.
    public static let minutesMax = 1_440
    private static let periodSeconds = 60

    /// Looks at the last `minutes`. Throws `notFound` for an endpoint that is not there, `unsupported` for two that
    /// cannot be compared.
    public init(
        of baseline: String, and candidate: String, minutes: Int, region: String, client: AWSClient
    ) async throws {
        var sides: [Side] = []
        for name in [baseline, candidate] { sides.append(try await Self.side(name, region, client)) }
        guard sides[0].instanceType == sides[1].instanceType else {
            throw PlumbError(
                .unsupported,
                "\(baseline) runs on \(sides[0].instanceType) and \(candidate) on \(sides[1].instanceType): two "
                    + "machines cannot be compared", hint: "deploy both on the same type")
        }
        let end =
            (client.now.timeIntervalSince1970 / Double(Self.periodSeconds)).rounded(.down)
            * Double(Self.periodSeconds)
        let start = end - Double(minutes * Self.periodSeconds)
        var series: [[Double: Minute]] = []
        for side in sides { series.append(try await Self.minutes(of: side, from: start, to: end, region, client)) }
        let common = series[0].keys.filter { series[1][$0] != nil }.sorted()
        for index in sides.indices {
            let found = common.compactMap { series[index][$0] }
            sides[index].p50Milliseconds = Self.median(found.map(\.p50))
            sides[index].p99Milliseconds = Self.median(found.map(\.p99))
            sides[index].requests = found.reduce(0) { $0 + $1.count }
        }
        (self.baseline, self.candidate) = (sides[0], sides[1])
        reductions = common.compactMap { moment in
            guard let before = series[0][moment]?.p50, let after = series[1][moment]?.p50, before > 0 else {
                return nil
            }
            return (before - after) / before
        }
    }

    /// What one minute shows.
    private struct Minute {
        var p50: Double
        var p99: Double
        var count: Int
    }

    private static func side(_ name: String, _ region: String, _ client: AWSClient) async throws -> Side {
        let watch = EndpointWatch(
            client: client, endpoint: name, region: region, clock: DeploymentClock(), tell: { _ in })
        guard let described = try await watch.described(), let config = described["EndpointConfigName"].text else {
            throw PlumbError(
                .notFound, "there is no endpoint '\(name)' in \(region)", hint: "plumb status --to aws lists them")
        }
        let variants = try await client.call(
            .sageMaker, "DescribeEndpointConfig", ["EndpointConfigName": .text(config)], region: region
        )["ProductionVariants"].items
        guard variants.count == 1, let variant = variants.first?["VariantName"].text,
            let type = variants.first?["InstanceType"].text
        else {
            throw PlumbError(
                .unsupported, "\(name) has \(variants.count) variants, and one with instances can be compared")
        }
        var side = Side(endpoint: name, config: config, instanceType: type, variant: variant)
        if let model = variants.first?["ModelName"].text {
            let answer = try await client.call(
                .sageMaker, "DescribeModel", ["ModelName": .text(model)], region: region)
            side.model = answer["PrimaryContainer"]["ModelDataUrl"].text
        }
        return side
    }

    private static func minutes(
        of side: Side, from start: Double, to end: Double, _ region: String, _ client: AWSClient
    ) async throws -> [Double: Minute] {
        let statistics = ["p50", "p99", "SampleCount"]
        let queries = statistics.enumerated().map { index, statistic -> AWSValue in
            [
                "Id": .text("m\(index)"), "ReturnData": true,
                "MetricStat": [
                    "Metric": [
                        "Namespace": "AWS/SageMaker", "MetricName": "ModelLatency",
                        "Dimensions": [
                            ["Name": "EndpointName", "Value": .text(side.endpoint)],
                            ["Name": "VariantName", "Value": .text(side.variant)],
                        ],
                    ],
                    "Period": .number(Double(periodSeconds)), "Stat": .text(statistic),
                ],
            ]
        }
        let results = try await client.items(
            .cloudWatch, "GetMetricData",
            [
                "MetricDataQueries": .list(queries), "StartTime": .number(start), "EndTime": .number(end),
                "ScanBy": "TimestampAscending",
            ], in: "MetricDataResults", region: region)
        var found: [String: [Double: Double]] = [:]
        // A page may hold a part of a series.
        for result in results {
            for (moment, value) in zip(result["Timestamps"].items, result["Values"].items) {
                guard let seconds = moment.date?.timeIntervalSince1970, let number = value.number else { continue }
                found[result["Id"].text ?? "", default: [:]][seconds] = number
            }
        }
        var minutes: [Double: Minute] = [:]
        for (moment, count) in found["m2"] ?? [:] where count >= Double(requestsMin) {
            guard let p50 = found["m0"]?[moment], let p99 = found["m1"]?[moment] else { continue }
            // Microseconds, as SageMaker has them.
            minutes[moment] = Minute(p50: p50 / 1_000, p99: p99 / 1_000, count: Int(count))
        }
        return minutes
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}

extension AWSClient {
    /// SHA-256 of an object of S3 by its address, in hex; nil where it is not there or is no address.
    public func digest(ofObjectAt address: String, region: String) async throws -> String? {
        let words = address.dropFirst("s3://".count).split(separator: "/", maxSplits: 1).map(String.init)
        guard address.hasPrefix("s3://"), words.count == 2 else { return nil }
        return try await digest(ofObject: words[1], in: words[0], region: region)?.hexadecimal
    }
}
