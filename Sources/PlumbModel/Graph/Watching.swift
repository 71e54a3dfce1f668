// The resources that watch and tell: alarms, dashboards, topics, event rules, functions, canaries.

/// One row of an alarm's metric math, as facts.
public struct AlarmQuery: Sendable, Hashable, Codable {
    public var id: Fact<String> = .absent
    public var expression: Fact<String> = .absent
    public var namespace: Fact<String> = .absent
    public var metricName: Fact<String> = .absent
    public var dimensions: Fact<[DimensionFact]> = .absent
    /// `Average`, `Sum`, `p99`, …
    public var statistic: Fact<String> = .absent
    public var periodSeconds: Fact<Int> = .absent
    public var unit: Fact<String> = .absent
    public var returnsData: Fact<Bool> = .absent
    public init() {}
}

/// A dimension whose value may not be known.
public struct DimensionFact: Sendable, Hashable, Codable {
    public var name: String
    public var value: Fact<String>
    public init(_ name: String, _ value: Fact<String>) {
        self.name = name
        self.value = value
    }
}

/// A metric alarm (`AWS::CloudWatch::Alarm`). A single metric stands as one row in `queries`.
public struct Alarm: Resource {
    public static let type = "AWS::CloudWatch::Alarm"
    public var head: ResourceHead
    public var queries: Fact<[AlarmQuery]> = .absent
    public var comparison: Fact<ComparisonOperator> = .absent
    public var threshold: Fact<Double> = .absent
    public var periodSeconds: Fact<Int> = .absent
    public var evaluationPeriods: Fact<Int> = .absent
    public var datapointsToAlarm: Fact<Int> = .absent
    public var missingData: Fact<MissingDataTreatment> = .absent
    public var lowSamples: Fact<LowSampleCountPercentile> = .absent
    public var isActionsEnabled: Fact<Bool> = .absent
    public var actions: Fact<[Fact<Reference>]> = .absent
    /// The alarm's state where a live source shows it.
    public var state: Fact<AlarmState> = .absent
    public init(head: ResourceHead) { self.head = head }

    /// This alarm as an evaluator runs it, or why that cannot be told.
    ///
    /// CloudWatch's defaults are applied: missing data `missing`, low samples `evaluate`, M = N.
    public var definition: Fact<AlarmDefinition> {
        var why: String?
        func need<Value>(_ fact: Fact<Value>, _ what: String) -> Value? {
            if let value = fact.value { return value }
            why = why ?? fact.whyUnknown ?? "the alarm has no \(what)"
            return nil
        }
        let rows = (need(queries, "metric") ?? []).enumerated().compactMap { index, row -> MetricDataQuery? in
            let id = row.id.value ?? "m\(index + 1)"
            let returns = row.returnsData.value ?? (queries.value?.count == 1)
            if let expression = row.expression.value {
                return MetricDataQuery(id: id, source: .expression(expression), returnsData: returns)
            }
            guard let namespace = need(row.namespace, "namespace"), let metric = need(row.metricName, "metric name"),
                let text = need(row.statistic, "statistic"), let statistic = Statistic(cloudWatch: text),
                let period = need(row.periodSeconds.isAbsent ? periodSeconds : row.periodSeconds, "period")
            else {
                why = why ?? "the alarm's statistic is not one that CloudWatch knows"
                return nil
            }
            let dimensions = (row.dimensions.value ?? []).compactMap { fact -> Dimension? in
                need(fact.value, "value for dimension \(fact.name)").map { Dimension(fact.name, $0) }
            }
            let identity = MetricIdentity(namespace: namespace, name: metric, dimensions: dimensions)
            return MetricDataQuery(
                id: id,
                source: .metric(identity, statistic: statistic, periodSeconds: period, unit: row.unit.value),
                returnsData: returns)
        }
        guard let comparison = need(comparison, "comparison operator"), let threshold = need(threshold, "threshold"),
            let evaluationPeriods = need(evaluationPeriods, "evaluation periods"),
            let period = need(effectivePeriodSeconds, "period"), why == nil
        else { return .unknown(why ?? "the alarm is incomplete", at: head.place) }
        return .known(
            AlarmDefinition(
                name: head.name.value ?? head.id, queries: rows, comparison: comparison, threshold: threshold,
                periodSeconds: period, evaluationPeriods: evaluationPeriods,
                datapointsToAlarm: datapointsToAlarm.value, missingData: missingData.value ?? .missing,
                lowSamples: lowSamples.value ?? .evaluate),
            at: head.place)
    }

    /// The length of one data point: the alarm's own, or the longest of its rows.
    public var effectivePeriodSeconds: Fact<Int> {
        guard periodSeconds.isAbsent, let rows = queries.value else { return periodSeconds }
        let periods = rows.map(\.periodSeconds)
        if let unknown = periods.first(where: \.isUnknown) { return unknown }
        return periods.compactMap(\.value).max().map { .known($0, at: head.place) } ?? .absent
    }

    /// Every metric row's identity that is fully known.
    public var metrics: [MetricIdentity] {
        (queries.value ?? []).compactMap { row in
            guard let namespace = row.namespace.value, let name = row.metricName.value else { return nil }
            let dimensions = (row.dimensions.value ?? []).compactMap { fact in
                fact.value.value.map { Dimension(fact.name, $0) }
            }
            return MetricIdentity(namespace: namespace, name: name, dimensions: dimensions)
        }
    }
}

/// An alarm over alarms (`AWS::CloudWatch::CompositeAlarm`).
public struct CompositeAlarm: Resource {
    public static let type = "AWS::CloudWatch::CompositeAlarm"
    public var head: ResourceHead
    public var rule: Fact<String> = .absent
    public var actions: Fact<[Fact<Reference>]> = .absent
    public var isActionsEnabled: Fact<Bool> = .absent
    public var actionsSuppressor: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A time in which alarms take no action (`AWS::CloudWatch::AlarmMuteRule`).
public struct AlarmMuteRule: Resource {
    public static let type = "AWS::CloudWatch::AlarmMuteRule"
    public var head: ResourceHead
    public var alarmNames: Fact<[Fact<String>]> = .absent
    public var expression: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A page of charts (`AWS::CloudWatch::Dashboard`); the metrics are those its widgets draw.
public struct Dashboard: Resource {
    public static let type = "AWS::CloudWatch::Dashboard"
    public var head: ResourceHead
    public var metrics: Fact<[MetricIdentity]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// One receiver of a topic's messages.
public struct Subscription: Sendable, Hashable, Codable {
    public var protocolName: Fact<String> = .absent
    public var endpoint: Fact<String> = .absent
    /// Whether the receiver has confirmed; only a live source knows.
    public var isConfirmed: Fact<Bool> = .absent
    public init() {}
}

/// A topic that carries alarms to people (`AWS::SNS::Topic`), with its policy and subscriptions joined in.
public struct Topic: Resource {
    public static let type = "AWS::SNS::Topic"
    public var head: ResourceHead
    public var subscriptions: Fact<[Subscription]> = .absent
    public var policy: Fact<PolicyDocument> = .absent
    public var key: Fact<Reference> = .absent
    public var isFIFO: Fact<Bool> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A rule that starts a target on an event (`AWS::Events::Rule`).
public struct EventRule: Resource {
    public static let type = "AWS::Events::Rule"
    public var head: ResourceHead
    public var isEnabled: Fact<Bool> = .absent
    /// `detail-type` values of the pattern.
    public var detailTypes: Fact<[String]> = .absent
    /// Names the pattern filters on: endpoint names, alarm names.
    public var names: Fact<[Fact<String>]> = .absent
    public var targets: Fact<[Fact<Reference>]> = .absent
    public var scheduleExpression: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// Code that runs on an event (`AWS::Lambda::Function`, SSM document or state machine: `runtime` tells).
public struct Function: Resource {
    public static let type = "AWS::Lambda::Function"
    public var head: ResourceHead
    public var runtime: Fact<String> = .absent
    public var role: Fact<Reference> = .absent
    /// What the function is for, where its own tag `ml:purpose` says: `late-rollback`, `health-probe`, …
    public var purpose: Fact<String> = .absent
    public var code: Fact<String> = .absent
    public var timeoutSeconds: Fact<Int> = .absent
    public var environment: Fact<[String: String]> = .absent
    /// The network it runs in; absent for none of the account's own.
    public var subnets: Fact<[Fact<Reference>]> = .absent
    public var securityGroups: Fact<[Fact<Reference>]> = .absent
    /// The principals that its resource policy lets call it, such as `events.amazonaws.com`; absent where the source
    /// says nothing of them.
    public var invokers: Fact<[Fact<String>]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A scripted probe (`AWS::Synthetics::Canary`).
public struct SyntheticsCanary: Resource {
    public static let type = "AWS::Synthetics::Canary"
    public var head: ResourceHead
    public var scheduleExpression: Fact<String> = .absent
    public var endpointName: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}
