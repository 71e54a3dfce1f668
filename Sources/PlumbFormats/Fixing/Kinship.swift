// How much two resources of one type have in common: what each is for, what it watches, whom it serves.

import PlumbModel

/// A resource, and what is compared of it, found out once: each is compared with many.
struct Kin {
    struct Watch {
        let metrics: Set<String>
        let dimensions: Set<String>
        let comparison: Fact<ComparisonOperator>
        let statistic: Fact<String>?
        /// The seconds that it looks back.
        let span: Int?

        init(_ alarm: Alarm) {
            let queries = alarm.queries.value ?? []
            metrics = Set(queries.compactMap(\.metricName.value))
            dimensions = Set(queries.flatMap { $0.dimensions.value ?? [] }.map(\.name))
            comparison = alarm.comparison
            statistic = queries.last?.statistic
            guard let period = alarm.effectivePeriodSeconds.value,
                let count = alarm.evaluationPeriods.value,
                (1...86_400).contains(period), (1...1_000).contains(count)
            else {
                span = nil
                return
            }
            span = period * count
        }
    }
    let resource: any Resource
    let isElsewhere: Bool
    /// What it watches; nil for what is no alarm.
    let watch: Watch?

    init(_ resource: any Resource) {
        self.resource = resource
        isElsewhere = resource.head.region.isKnown
        watch = (resource as? Alarm).map(Watch.init)
    }
}

/// Compares a resource of the compiled architecture with one of an input.
enum Kinship {
    /// nil where one cannot do the other's work; 1 is enough without a likeness of names.
    static func score(_ own: Kin, _ other: Kin) -> Double? {
        // What stands in the second region does not stand for what stands in the first.
        if own.isElsewhere != other.isElsewhere { return nil }
        if let own = own.watch, let other = other.watch { return watches(own, other) }
        return switch (own.resource, other.resource) {
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

    private static func watches(_ own: Kin.Watch, _ other: Kin.Watch) -> Double? {
        var score = own.metrics.isDisjoint(with: other.metrics) ? 0 : 1.0
        if own.metrics == other.metrics { score += 0.5 }
        if own.comparison == other.comparison { score += 0.3 }
        if own.statistic == other.statistic { score += 0.3 }
        // Alarms on the error budget differ from the one on errors by how far they look back.
        if let span = own.span, let theirs = other.span {
            score += span == theirs ? 0.5 : -0.3 * min(3, distance(span, theirs))
        }
        let isOfConfig = "EndpointConfigName"
        if own.dimensions.contains(isOfConfig) != other.dimensions.contains(isOfConfig) { score -= 0.6 }
        return score < 0.3 ? nil : score - 0.2
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
