// Which alarm brought a deployment back, and why: its reason, and what it has measured.

import Foundation
import PlumbModel

/// One alarm that fired.
public struct FiredAlarm: Sendable, Hashable, Encodable {
    public struct Point: Sendable, Hashable, Encodable {
        public var at: Double
        public var value: Double
    }
    public var name: String
    public var summary: String?
    /// CloudWatch's own sentence.
    public var reason: String
    /// Seconds since 1970.
    public var firedAt: Double?
    /// `> 1`.
    public var limit: String
    public var unit: String
    /// What it judges, oldest first; gaps are periods without data.
    public var points: [Point]

    /// As a person reads it.
    public var lines: [String] {
        let time = firedAt.map { " at \(clockText($0))" } ?? ""
        var lines = ["\(name) went into ALARM\(time)\(summary.map { ": \($0)" } ?? "")", "  \(reason)"]
        if points.isEmpty {
            lines.append("  nothing was measured around it")
        } else {
            let values = points.map { "\(clockText($0.at)) \(numberText($0.value))" }.joined(separator: " · ")
            lines.append("  \(unit): \(values) (limit \(limit))")
        }
        return lines
    }
}

/// A time of day in UTC.
func clockText(_ seconds: Double) -> String {
    let second = Int(seconds.rounded(.down)) % 86_400
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
}

func numberText(_ value: Double) -> String {
    let scaled = (value * 100).rounded() / 100
    return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
}

/// Finds out which alarms fired.
struct RollbackInquiry: Sendable {
    let client: AWSClient
    let region: String
    /// How long before and after it fired an alarm's metric is shown.
    static let periodsBeforeMax = 10
    static let alarmsMax = 10
    static let historyItemsMax = 100

    /// The alarms of a deployment that were in ALARM since a moment. `seen` are descriptions taken while it ran: a
    /// stack that goes back takes the new revision's alarm with it.
    func fired(_ names: [String], since start: Date, seen: [String: AWSValue]) async throws -> [FiredAlarm] {
        var described = seen
        for alarm in try await unlessRefused({ try await alarms(names) }) ?? [] {
            guard let name = alarm["AlarmName"].text else { continue }
            if alarm["StateValue"].text == "ALARM" || described[name] == nil { described[name] = alarm }
        }
        var fired: [FiredAlarm] = []
        for (name, alarm) in described.sorted(by: { $0.key < $1.key }).prefix(Self.alarmsMax) {
            let change = try await unlessRefused { try await changeToAlarm(name, since: start) } ?? nil
            guard change != nil || alarm["StateValue"].text == "ALARM" else { continue }
            fired.append(try await story(of: alarm, change: change))
        }
        return fired.sorted { ($0.firedAt ?? .infinity) < ($1.firedAt ?? .infinity) }
    }

    /// What AWS does not tell is left out: that something was rolled back must be told in any case.
    private func unlessRefused<Value>(_ ask: () async throws -> Value) async throws -> Value? {
        do {
            return try await ask()
        } catch is PlumbError {
            return nil
        }
    }

    func alarms(_ names: [String]) async throws -> [AWSValue] {
        guard !names.isEmpty else { return [] }
        let input: AWSValue = [
            "AlarmNames": .list(names.map { .text($0) }), "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        ]
        var alarms: [AWSValue] = []
        for try await page in client.pages(.cloudWatch, "DescribeAlarms", input, region: region) {
            alarms += page["MetricAlarms"].items + page["CompositeAlarms"].items
        }
        return alarms
    }

    /// The last change of an alarm's state to ALARM since a moment.
    private func changeToAlarm(_ name: String, since start: Date) async throws -> (at: Date?, reason: String)? {
        let answer = try await client.call(
            .cloudWatch, "DescribeAlarmHistory",
            [
                "AlarmName": .text(name), "HistoryItemType": "StateUpdate", "ScanBy": "TimestampDescending",
                "StartDate": .number(start.timeIntervalSince1970.rounded(.down)),
                "EndDate": .number(Date().timeIntervalSince1970.rounded(.up)),
                "MaxRecords": .number(Double(Self.historyItemsMax)),
            ], region: region)
        for item in answer["AlarmHistoryItems"].items {
            guard let data = item["HistoryData"].text.map({ Data($0.utf8) }) else { continue }
            let new = try JSONBody.read(data)["newState"]
            if new["stateValue"].text == "ALARM" { return (item["Timestamp"].date, new["stateReason"].text ?? "") }
        }
        return nil
    }

    private func story(of alarm: AWSValue, change: (at: Date?, reason: String)?) async throws -> FiredAlarm {
        let reason = change?.reason ?? alarm["StateReason"].text ?? "CloudWatch gives no reason"
        let at = change?.at ?? alarm["StateUpdatedTimestamp"].date
        let queries = Self.queries(of: alarm)
        let period = queries.compactMap { $0["MetricStat"]["Period"].number }.max() ?? 60
        var points: [FiredAlarm.Point] = []
        if !queries.isEmpty {
            let fired = at ?? Date()
            let answer = try await client.call(
                .cloudWatch, "GetMetricData",
                [
                    "MetricDataQueries": .list(queries), "ScanBy": "TimestampAscending",
                    "StartTime": .number(
                        (fired.timeIntervalSince1970 - period * Double(Self.periodsBeforeMax)).rounded()),
                    "EndTime": .number((fired.timeIntervalSince1970 + period).rounded()),
                ], region: region)
            let result = answer["MetricDataResults"].items.first ?? .null
            points = zip(result["Timestamps"].items, result["Values"].items).compactMap { time, value in
                guard let time = time.date, let value = value.number else { return nil }
                return FiredAlarm.Point(at: time.timeIntervalSince1970, value: value)
            }
        }
        return FiredAlarm(
            name: alarm["AlarmName"].text ?? "an alarm", summary: alarm["AlarmDescription"].text, reason: reason,
            firedAt: at?.timeIntervalSince1970, limit: Self.limit(of: alarm), unit: Self.unit(of: alarm),
            points: points)
    }

    /// What an alarm judges, as GetMetricData is asked for it; nothing for one that judges other alarms.
    private static func queries(of alarm: AWSValue) -> [AWSValue] {
        let own = alarm["Metrics"].items
        if !own.isEmpty { return own }
        guard let name = alarm["MetricName"].text, let namespace = alarm["Namespace"].text else { return [] }
        return [
            [
                "Id": "judged",
                "MetricStat": [
                    "Metric": [
                        "Namespace": .text(namespace), "MetricName": .text(name), "Dimensions": alarm["Dimensions"],
                    ],
                    "Period": alarm["Period"], "Stat": .text(statistic(of: alarm)),
                ],
            ]
        ]
    }

    private static func statistic(of alarm: AWSValue) -> String {
        alarm["ExtendedStatistic"].text ?? alarm["Statistic"].text ?? "Average"
    }

    private static func unit(of alarm: AWSValue) -> String {
        if let name = alarm["MetricName"].text { return "\(name) \(statistic(of: alarm))" }
        let judged = alarm["Metrics"].items.first { $0["ReturnData"].bool != false }
        return judged?["Label"].text ?? judged?["Id"].text ?? "measured"
    }

    private static func limit(of alarm: AWSValue) -> String {
        let sign =
            switch alarm["ComparisonOperator"].text {
            case "GreaterThanThreshold": ">"
            case "GreaterThanOrEqualToThreshold": ">="
            case "LessThanThreshold": "<"
            case "LessThanOrEqualToThreshold": "<="
            default: ""
            }
        return "\(sign) \(alarm["Threshold"].number.map(numberText) ?? "its own")"
    }
}
