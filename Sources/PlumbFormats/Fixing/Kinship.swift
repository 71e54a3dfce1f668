// How much two resources of one type have in common: what each is for, what it watches, whom it serves.

import PlumbModel

/// Compares a resource of the compiled architecture with one of an input.
enum Kinship {
    /// nil where one cannot do the other's work; 1 is enough without a likeness of names.
    static func score(_ own: any Resource, _ other: any Resource) -> Double? {
        // What stands in the second region does not stand for what stands in the first.
        if own.head.region.isKnown != other.head.region.isKnown { return nil }
        return switch (own, other) {
        case (let own as Alarm, let other as Alarm): alarms(own, other)
        case (let own as Bucket, let other as Bucket): purposes(own.purpose, other.purpose)
        case (let own as Role, let other as Role): purposes(own.purpose, other.purpose)
        case (let own as Function, let other as Function): purposes(own.purpose, other.purpose, unknown: 0)
        case (let own as VPCEndpoint, let other as VPCEndpoint): same(lastWords(own.service), lastWords(other.service))
        case (let own as MonitoringSchedule, let other as MonitoringSchedule): same(own.kind.value, other.kind.value)
        case (let own as CostAllocationTag, let other as CostAllocationTag): same(own.name.value, other.name.value)
        case (let own as Analyzer, let other as Analyzer): same(isOfUnused(own), isOfUnused(other))
        case (let own as RecordSet, let other as RecordSet): same(own.failover.value, other.failover.value)
        case (let own as ScalingPolicy, let other as ScalingPolicy): policies(own, other)
        case (let own as LogGroup, let other as LogGroup): logGroups(own, other)
        case (let own as EventRule, let other as EventRule): eventRules(own, other)
        case (let own as Key, let other as Key): same(own.isReplica.value ?? false, other.isReplica.value ?? false, 0)
        case (is Subnet, is Subnet), (is RouteTable, is RouteTable), (is SecurityGroup, is SecurityGroup),
            (is Table, is Table), (is Schedule, is Schedule), (is Topic, is Topic), (is Budget, is Budget):
            0.6
        // Of every other type a deployment needs but one.
        default: 1
        }
    }

    private static func same<Value: Equatable>(_ own: Value, _ other: Value, _ score: Double = 3) -> Double? {
        own == other ? score : nil
    }

    private static func purposes<Purpose: Equatable>(
        _ own: Fact<Purpose>, _ other: Fact<Purpose>, unknown: Double = 0.2
    ) -> Double? {
        guard let own = own.value, let other = other.value else { return unknown }
        return own == other ? 3 : nil
    }

    private static func isOfUnused(_ analyzer: Analyzer) -> Bool {
        analyzer.kind.value?.hasSuffix("UNUSED_ACCESS") ?? false
    }

    /// `sagemaker.runtime`, `ecr.dkr`.
    private static func lastWords(_ service: Fact<String>) -> String {
        let parts = (service.value ?? "").split(separator: ".")
        return parts.dropFirst(parts.count > 3 ? 3 : 0).joined(separator: ".")
    }

    private static func logGroups(_ own: LogGroup, _ other: LogGroup) -> Double? {
        func kind(_ group: LogGroup) -> Substring? {
            guard let name = group.name.value, name.hasPrefix("/aws/") else { return nil }
            return name.dropFirst(5).prefix { $0 != "/" }
        }
        guard let own = kind(own), let other = kind(other) else { return 0.2 }
        return own == other ? (own == "sagemaker" ? 3 : 0.4) : nil
    }

    private static func eventRules(_ own: EventRule, _ other: EventRule) -> Double? {
        let common = Set(own.detailTypes.value ?? []).intersection(other.detailTypes.value ?? [])
        return common.isEmpty ? (own.scheduleExpression.isKnown == other.scheduleExpression.isKnown ? 0 : nil) : 1.5
    }

    private static func policies(_ own: ScalingPolicy, _ other: ScalingPolicy) -> Double? {
        func adds(_ policy: ScalingPolicy) -> Bool? { policy.steps.value?.first?.adjustment.value.map { $0 > 0 } }
        guard own.kind.value == other.kind.value else { return nil }
        return own.kind.value == .targetTracking ? 2 : adds(own) == adds(other) ? 2 : 0
    }

    // MARK: - Alarms

    private static func alarms(_ own: Alarm, _ other: Alarm) -> Double? {
        let (mine, theirs) = (metricNames(own), metricNames(other))
        var score = mine.isDisjoint(with: theirs) ? 0 : 1.0
        if mine == theirs { score += 0.5 }
        if own.comparison == other.comparison { score += 0.3 }
        if own.queries.value?.last?.statistic == other.queries.value?.last?.statistic { score += 0.3 }
        // Alarms on the error budget differ from the one on errors by how far they look back.
        let (span, theirSpan) = (span(own), span(other))
        if let span, let theirSpan { score += span == theirSpan ? 0.5 : -0.3 * min(3, distance(span, theirSpan)) }
        let dimensions = (dimensionNames(own), dimensionNames(other))
        if dimensions.0.contains("EndpointConfigName") != dimensions.1.contains("EndpointConfigName") { score -= 0.6 }
        return score < 0.3 ? nil : score - 0.2
    }

    private static func metricNames(_ alarm: Alarm) -> Set<String> {
        Set((alarm.queries.value ?? []).compactMap(\.metricName.value))
    }

    private static func dimensionNames(_ alarm: Alarm) -> Set<String> {
        Set((alarm.queries.value ?? []).flatMap { $0.dimensions.value ?? [] }.map(\.name))
    }

    private static func span(_ alarm: Alarm) -> Int? {
        guard let period = alarm.effectivePeriodSeconds.value, let count = alarm.evaluationPeriods.value,
            (1...86_400).contains(period), (1...1_000).contains(count)
        else { return nil }
        return period * count
    }

    /// How many times the one is twice the other.
    private static func distance(_ left: Int, _ right: Int) -> Double {
        var (low, times) = (min(left, right), 0.0)
        while low * 2 <= max(left, right) {
            low *= 2
            times += 1
        }
        return times
    }
}
