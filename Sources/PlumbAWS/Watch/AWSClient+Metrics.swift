// Measurements put into CloudWatch, where alarms read them.

public import PlumbModel

extension AWSClient {
    /// Values of one call; CloudWatch takes 1,000, and a megabyte.
    private static let valuesMax = 500
    private static let nameMax = 255

    /// Puts all values, namespace by namespace, in the order in which they come. What is no number is left out.
    public func put(_ metrics: [PublishedMetric]) async throws {
        let known = metrics.filter(\.isFinite)
        for namespace in known.map(\.identity.namespace).reduce(
            into: [String](), { if !$0.contains($1) { $0.append($1) } })
        {
            var rest = known.filter { $0.identity.namespace == namespace }[...]
            while !rest.isEmpty {
                let data = rest.prefix(Self.valuesMax).map { Self.datum($0) }
                rest = rest.dropFirst(Self.valuesMax)
                _ = try await call(
                    .cloudWatch, "PutMetricData", ["Namespace": .text(namespace), "MetricData": .list(data)])
            }
        }
    }

    private static func datum(_ metric: PublishedMetric) -> AWSValue {
        var datum: AWSValue = [
            "MetricName": .text(plain(metric.identity.name)), "Timestamp": .number(metric.seconds.rounded(.down)),
            "Dimensions": .list(
                metric.identity.dimensions.map { ["Name": .text(plain($0.name)), "Value": .text(plain($0.value))] }),
        ]
        switch metric.content {
        case .value(let value): datum["Value"] = .number(value)
        case .summary(let summary):
            datum["StatisticValues"] = [
                "SampleCount": .number(summary.count), "Sum": .number(summary.sum),
                "Minimum": .number(summary.minimum), "Maximum": .number(summary.maximum),
            ]
        }
        return datum
    }

    /// CloudWatch takes names of printable ASCII.
    private static func plain(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?" }.prefix(nameMax))
    }
}
